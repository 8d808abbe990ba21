/* For madvise: POSIX_MADV_DONTNEED does nothing in glibc. */
#define _DEFAULT_SOURCE /* NOLINT(readability-identifier-naming) */
#include "io/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/secret.h"

/* What a person is told; NULL where strerror is plain enough. */
static const char *reason(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return "it is not there";
	case EACCES:
	case EPERM:
		return "no permission to read it";
	case ELOOP:
		return "its links go in a circle";
	default:
		return strerror(error);
	}
}

bool file_error_lasts(int error)
{
	static const int lasting[] = {EACCES, EPERM,  EROFS, ENOTDIR,	   EISDIR,
				      ELOOP,  ENOENT, ENXIO, ENAMETOOLONG, EOVERFLOW};

	for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
		if (error == lasting[i])
			return true;
	return false;
}

static bool system_failed(const char *path, int error, struct err *err)
{
	return err_set(err, file_error_lasts(error) ? ERR_INPUT : ERR_LATER, "%s: %s", path,
		       reason(error));
}

/* Without waiting for the other end of a FIFO or a modem, hence O_NONBLOCK and O_NOCTTY; both mean
 * nothing for a regular file. -1 with `err` set. */
static int open_regular(const char *path, struct stat *st, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		system_failed(path, errno, err);
		return -1;
	}
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	err_set(err, ERR_INPUT, "%s: %s", path,
		S_ISDIR(st->st_mode) ? "it is a directory, not a file"
				     : "it is not a regular file");
	close(fd);
	return -1;
}

/* Up to `n` bytes from where `fd` stands, fewer only at the end. -1 on an error. */
static ssize_t read_full(int fd, char *to, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, to + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* To the end of the file, whatever its size was said to be: it may grow while it is read. */
static bool read_all(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
	char part[16384];
	ssize_t n;

	while ((n = read_full(fd, part, sizeof part)) > 0)
		if (!buf_add(out, (struct str){part, (size_t)n}))
			return err_set(err, ERR_INPUT, "%s: it is larger than %zu bytes", path,
				       max);
	if (n < 0)
		return system_failed(path, errno, err);
	return true;
}

static bool path_is_usable(struct str path, struct err *err)
{
	if (path.n == 0)
		return err_set(err, ERR_INPUT, "a file name is empty");
	if (memchr(path.p, '\0', path.n))
		return err_set(err, ERR_INPUT, "a file name holds a zero byte");
	return true;
}

bool file_read(struct str path, size_t max, struct arena *arena, struct str *out, struct err *err)
{
	struct stat st = {0};
	struct buf text;
	const char *name;
	bool done;
	int fd;

	if (!path_is_usable(path, err))
		return false;
	name = arena_cstr(arena, path);
	fd = open_regular(name, &st, err);
	if (fd < 0)
		return false;
	buf_init(&text, max);
	done = read_all(fd, name, max, &text, err);
	close(fd);
	if (done)
		*out = arena_str(arena, buf_str(&text));
	buf_done(&text);
	return done;
}

static bool map_open(int fd, const char *path, size_t n, struct str *out, struct err *err)
{
	void *p;

	/* No mapping has 0 bytes. */
	if (n == 0) {
		*out = STR("");
		return true;
	}
	p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return system_failed(path, errno, err);
	*out = (struct str){p, n};
	return true;
}

bool file_map(struct str path, size_t max, struct arena *arena, struct str *out, struct err *err)
{
	struct stat st = {0};
	const char *name;
	bool done;
	int fd;

	if (!path_is_usable(path, err))
		return false;
	name = arena_cstr(arena, path);
	fd = open_regular(name, &st, err);
	if (fd < 0)
		return false;
	done = (uintmax_t)st.st_size <= max
		       ? map_open(fd, name, (size_t)st.st_size, out, err)
		       : err_set(err, ERR_INPUT, "%s: it is larger than %zu bytes", name, max);
	close(fd);
	return done;
}

/* The mapping is not const; only the view is. */
static void *mapping_of(struct str mapped)
{
	return (void *)(uintptr_t)mapped.p;
}

void file_map_rest(struct str mapped)
{
	if (mapped.n)
		madvise(mapping_of(mapped), mapped.n, MADV_DONTNEED);
}

void file_unmap(struct str mapped)
{
	if (mapped.n)
		munmap(mapping_of(mapped), mapped.n);
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Or a link that leads nowhere, which reading tells of. */
static bool is_regular_at(DIR *dir, const char *name)
{
	struct stat st;

	if (fstatat(dirfd(dir), name, &st, 0) == 0)
		return S_ISREG(st.st_mode);
	return fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool files_list(struct str dir, struct str suffix, struct arena *arena, struct str **names,
		size_t *names_n, struct err *err)
{
	struct str *list = NULL;
	size_t n = 0;
	size_t cap = 0;
	const char *path;
	struct dirent *entry;
	int failed;
	DIR *d;

	if (!path_is_usable(dir, err))
		return false;
	path = arena_cstr(arena, dir);
	d = opendir(path);
	if (!d)
		return errno == ENOTDIR ? err_set(err, ERR_INPUT, "%s: it is not a directory", path)
					: system_failed(path, errno, err);
	while ((errno = 0, entry = readdir(d))) {
		struct str name = str_of(entry->d_name);

		if (name.p[0] == '.' || !str_ends(name, suffix) || !is_regular_at(d, name.p))
			continue;
		list = arena_grow(arena, list, &n, &cap, sizeof *list);
		list[n - 1] = arena_str(arena, name);
	}
	failed = errno;
	closedir(d);
	if (failed)
		return system_failed(path, failed, err);
	if (n)
		qsort(list, n, sizeof *list, compare_names);
	*names = list;
	*names_n = n;
	return true;
}

static bool secret_is_private(const char *path, const struct stat *st, struct err *err)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(err, ERR_INPUT, "%s: it belongs to another user; chown it", path);
	if (st->st_mode & (S_IRWXG | S_IRWXO))
		return err_set(err, ERR_INPUT, "%s: other users may read or write it; chmod 600 %s",
			       path, path);
	return true;
}

static bool secret_check(const char *path, struct str line, struct err *err)
{
	if (line.n == 0)
		return err_set(err, ERR_INPUT, "%s: its first line is empty", path);
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c < 0x20 || c == 0x7f)
			return err_set(err, ERR_INPUT, "%s: it holds a control byte at %zu", path,
				       i + 1);
	}
	return true;
}

bool secret_read(struct str path, struct arena *arena, struct str *out, struct err *err)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	bool is_credential = credentials && path.n && !memchr(path.p, '/', path.n);
	char text[SECRET_BYTES_MAX + 1];
	struct stat st = {0};
	struct str rest;
	struct str line = {0};
	const char *name;
	ssize_t n;
	bool good;
	int fd;

	if (!path_is_usable(path, err))
		return false;
	name = is_credential ? arena_fmt(arena, "%s/" STR_FMT, credentials, STR_ARG(path)).p
			     : arena_cstr(arena, path);
	fd = open_regular(name, &st, err);
	if (fd < 0)
		return false;
	/* systemd keeps the directory for the unit alone, and lets the user in by an access list,
	 * which shows as a group bit. */
	if (!is_credential && !secret_is_private(name, &st, err)) {
		close(fd);
		return false;
	}
	n = read_full(fd, text, sizeof text);
	close(fd);
	if (n < 0)
		return system_failed(name, errno, err);
	rest = (struct str){text, (size_t)n};
	str_cut(&rest, '\n', &line);
	line = str_trim(line);
	good = (size_t)n <= SECRET_BYTES_MAX
		       ? secret_check(name, line, err)
		       : err_set(err, ERR_INPUT, "%s: it is larger than %zu bytes", name,
				 SECRET_BYTES_MAX);
	if (good)
		*out = arena_str(arena, line);
	secret_wipe((struct str){text, sizeof text});
	return good;
}
