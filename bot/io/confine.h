/* What the running bot gives up, so that whoever takes it over through some mistake in it has little in
 * hand: its memory is in no core file and open to no other process, and files that it does not need are
 * closed to it (Landlock, https://docs.kernel.org/userspace-api/landlock.html). Nothing of it can be
 * taken back by this process. */
#ifndef IO_CONFINE_H
#define IO_CONFINE_H

#include "core/str.h"

/* Writes no core file and lets no process of the same user look into this one (root still may). To be
 * called before a secret is read. */
void confine_memory(void);

/* A folder with all beneath it and what the links in it lead to, or a file. */
struct confine_place {
	struct str path;
	bool is_file; /* it may be renewed by renaming another one over it: its folder counts, whole */
	bool writable; /* files may be made, written, cut and removed, too */
};

/* From now on this thread, and the threads that it starts later, open nothing but the `n` places and what
 * looking up names and checking certificates takes (/etc, the libraries' folders), and start no program.
 * Files that are open stay so. Places that are not there are left out. One line of the log says what
 * came of it: an old kernel may know less than all this, or nothing. */
void confine_files(const struct confine_place *places, size_t n);

/* Which folder a path leads to. Another one that is put in its place is not open to a confined process. */
struct confine_folder {
	uint64_t device, inode; /* 0: none */
};
struct confine_folder confine_folder(struct str path);

#endif
