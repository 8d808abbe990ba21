/* The world of the fake homeserver as lines of JSON, one for each change, so that it outlives kill -9. A
 * line is written before anybody is told of its change; one that the kill cut off is taken back. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "matrix.h"

static int journal = -1;

/* The file from its start; NULL when it cannot be read. */
static char *file_read(int fd, size_t *n)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = size < 0 ? NULL : malloc((size_t)size + 1);

	*n = 0;
	while (text && *n < (size_t)size) {
		ssize_t got = pread(fd, text + *n, (size_t)size - *n, (off_t)*n);

		if (got <= 0) {
			free(text);
			return NULL;
		}
		*n += (size_t)got;
	}
	return text;
}

bool journal_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
	size_t n = 0, at = 0, lines = 0;
	char *text = fd < 0 ? NULL : file_read(fd, &n), *end;

	for (; text && (end = memchr(text + at, '\n', n - at)); lines++) {
		json_t *line =
			json_loadb(text + at, (size_t)(end - text) - at, JSON_ALLOW_NUL, NULL);

		if (!line)
			break;
		world_replay(line);
		json_decref(line);
		at = (size_t)(end - text) + 1;
	}
	if (!text || (at < n && memchr(text + at, '\n', n - at)) || ftruncate(fd, (off_t)at) != 0) {
		free(text);
		return false;
	}
	free(text);
	world_resume(lines);
	journal = fd; /* not before: what is done again is not kept again */
	return true;
}

void journal_add(json_t *line)
{
	char *text = journal < 0 ? NULL : json_dumps(line, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;

	json_decref(line);
	if (!text)
		return;
	text[n] = '\n'; /* in place of the NUL */
	for (size_t at = 0; at <= n;) {
		ssize_t wrote = write(journal, text + at, n + 1 - at);

		if (wrote <= 0) {
			perror("fake_matrix: journal");
			abort();
		}
		at += (size_t)wrote;
	}
	free(text);
}

void journal_close(void)
{
	if (journal >= 0)
		close(journal);
	journal = -1;
}
