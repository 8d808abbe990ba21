#define _GNU_SOURCE /* NOLINT(readability-identifier-naming): syscall, O_PATH */
#include "io/confine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "io/log.h"

/* Of ABI 3, which Debian 12's header does not know. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READS ((uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR))
#define WRITES                                                                    \
	((uint64_t)(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | \
		    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG))
/* What can be asked of a file alone. */
#define OF_FILES                                                                   \
	((uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		    LANDLOCK_ACCESS_FS_TRUNCATE))
/* All that the first version knows: its last right is the making of links. */
#define OF_ABI_1 ((uint64_t)(LANDLOCK_ACCESS_FS_MAKE_SYM | (LANDLOCK_ACCESS_FS_MAKE_SYM - 1)))
#define LINKS_DEPTH 2 /* intents/en/urgent */
#define SAID_BYTES_MAX ((size_t)2048)

struct confining {
	int rules;	  /* the rule set's file descriptor */
	uint64_t handled; /* the rights that the kernel can withhold */
	struct arena arena;
};

void confine_memory(void)
{
	const struct rlimit none = {0};

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		log_warn("confine", "core files are not ruled out: %s", strerror(errno));
}

static long rules_make(const struct landlock_ruleset_attr *attr, size_t n, uint32_t flags)
{
	return syscall(SYS_landlock_create_ruleset, attr, n, flags);
}

static uint64_t handled_by(long abi)
{
	uint64_t handled = OF_ABI_1;

	if (abi >= 2)
		handled |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		handled |= LANDLOCK_ACCESS_FS_TRUNCATE;
	return handled;
}

static void open_allow(const struct confining *c, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.parent_fd = fd};
	struct stat st = {0};

	if (fstat(fd, &st) != 0)
		return;
	rule.allowed_access = rights & c->handled & (S_ISDIR(st.st_mode) ? UINT64_MAX : OF_FILES);
	if (syscall(SYS_landlock_add_rule, c->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		log_warn("confine", "a place stays closed: %s", strerror(errno));
}

static bool allow(const struct confining *c, const char *path, uint64_t rights)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return false;
	open_allow(c, fd, rights);
	close(fd);
	return true;
}

/* A clinic may keep its articles elsewhere and link to them. */
static void links_allow(const struct confining *c, int folder, uint64_t rights, int depth)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		bool is_link = entry->d_type == DT_LNK;

		if (entry->d_name[0] == '.' || (!is_link && entry->d_type != DT_DIR))
			continue;
		fd = openat(folder, entry->d_name, O_PATH | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (is_link)
			open_allow(c, fd, rights);
		if (depth > 0)
			links_allow(c, fd, rights, depth - 1);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

/* The path without links, or of the folder around that; NULL when it is not there. To be freed. */
static char *real_path(const char *path, bool folder_of)
{
	char *real = realpath(path, NULL);
	char *slash = real && folder_of ? strrchr(real, '/') : NULL;

	if (slash)
		slash[slash == real] = '\0';
	return real;
}

/* glibc reads its files in /etc again when others were put in their place, and loads what nsswitch.conf names when
 * it is first needed. Certificates are links into the last two. */
static void system_allow(const struct confining *c)
{
	static const char *const places[] = {"/etc",
					     "/lib",
					     "/lib64",
					     "/usr/lib",
					     "/usr/lib64",
					     "/usr/local/lib",
					     "/usr/share/ca-certificates",
					     "/usr/local/share/ca-certificates"};
	const char *certificates[] = {X509_get_default_cert_file(), X509_get_default_cert_dir(),
				      getenv(X509_get_default_cert_file_env()),
				      getenv(X509_get_default_cert_dir_env())};
	char *resolv;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		allow(c, places[i], READS);
	for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++)
		if (certificates[i])
			allow(c, certificates[i], READS);
	resolv = real_path("/etc/resolv.conf", true);
	if (resolv)
		allow(c, resolv, READS);
	free(resolv);
#ifdef __SANITIZE_ADDRESS__
	/* What the sanitizers look at when they report. */
	allow(c, "/proc", READS);
	allow(c, "/proc/self/exe", READS);
#endif
}

/* Allows it, and adds it to what is said. */
static void place_allow(struct confining *c, const struct confine_place *place, struct buf *said)
{
	uint64_t rights = place->writable ? READS | WRITES : READS;
	char *path = real_path(arena_cstr(&c->arena, place->path), place->is_file);
	int fd = path ? open(path, O_PATH | O_CLOEXEC) : -1;

	if (fd >= 0) {
		open_allow(c, fd, rights);
		if (!place->is_file)
			links_allow(c, fd, rights, LINKS_DEPTH);
		close(fd);
		buf_addf(said, "%s%s %s", said->n ? ", " : "", place->writable ? "writes" : "reads",
			 path);
	}
	free(path);
}

static bool restrict_now(const struct confining *c)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_landlock_restrict_self, c->rules, 0) == 0;
}

void confine_files(const struct confine_place *places, size_t n)
{
	long abi = rules_make(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct confining c = {.handled = handled_by(abi)};
	const struct landlock_ruleset_attr attr = {.handled_access_fs = c.handled};
	struct buf said;

	c.rules = abi < 1 ? -1 : (int)rules_make(&attr, sizeof attr, 0);
	if (c.rules < 0) {
		log_info("confine",
			 "there is no Landlock here (%s): files are as closed as their modes and "
			 "the service make them",
			 strerror(errno));
		return;
	}
	arena_init(&c.arena);
	buf_init(&said, SAID_BYTES_MAX);
	system_allow(&c);
	for (size_t i = 0; i < n; i++)
		place_allow(&c, &places[i], &said);
	if (restrict_now(&c))
		log_info("confine",
			 STR_FMT ", and what names and certificates take; no other file "
				 "(Landlock %ld)",
			 STR_ARG(buf_str(&said)), abi);
	else
		log_warn("confine", "files are not closed: %s", strerror(errno));
	close(c.rules);
	buf_done(&said);
	arena_done(&c.arena);
}

struct confine_folder confine_folder(struct str path)
{
	struct confine_folder folder = {0};
	struct arena arena;
	struct stat st;

	arena_init(&arena);
	if (stat(arena_cstr(&arena, path), &st) == 0)
		folder = (struct confine_folder){st.st_dev, st.st_ino};
	arena_done(&arena);
	return folder;
}
