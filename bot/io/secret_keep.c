#include "io/secret_keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "io/files.h"

static bool write_all(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text = str_sub(text, (size_t)n, text.n);
	}
	return true;
}

/* The name of a file lives in its folder, which must reach the disk too. */
static bool folder_sync(struct arena *arena, struct str path)
{
	size_t n = path.n;
	const char *folder;
	bool good;
	int fd;

	while (n && path.p[n - 1] != '/')
		n--;
	folder = n ? arena_cstr(arena, str_sub(path, 0, n)) : ".";
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	good = fsync(fd) == 0;
	close(fd);
	return good;
}

static bool file_make(const char *path, struct str secret)
{
	bool good;
	int fd;

	unlink(path); /* what a crash left */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return false;
	good = write_all(fd, secret) && write_all(fd, STR("\n")) && fsync(fd) == 0;
	return close(fd) == 0 && good;
}

bool secret_keep(struct str path, struct str secret, struct err *err)
{
	struct arena arena;
	const char *fresh;
	bool good;

	if (secret.n >= SECRET_BYTES_MAX || (secret.n && memchr(secret.p, '\n', secret.n)))
		return err_set(err, ERR_INPUT, "it is longer than %zu bytes, or more than a line",
			       SECRET_BYTES_MAX - 1);
	arena_init(&arena);
	fresh = arena_fmt(&arena, STR_FMT ".new", STR_ARG(path)).p;
	good = file_make(fresh, secret) && rename(fresh, arena_cstr(&arena, path)) == 0 &&
	       folder_sync(&arena, path);
	if (!good)
		err_set(err, ERR_LATER, STR_FMT ": %s", STR_ARG(path), strerror(errno));
	arena_done(&arena);
	return good;
}

bool secret_is_kept(struct str path)
{
	struct arena arena;
	struct stat st;
	bool kept;

	arena_init(&arena);
	kept = lstat(arena_cstr(&arena, path), &st) == 0;
	arena_done(&arena);
	return kept;
}
