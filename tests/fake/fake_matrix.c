/* A homeserver of Matrix on 127.0.0.1, for tests. README.md beside this file says what it knows. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "matrix.h"

static volatile sig_atomic_t stopping;

static void stop(int signum)
{
	(void)signum;
	stopping = 1;
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Who started us is gone. */
static bool stdin_ended(void)
{
	struct pollfd fd = {0, POLLIN, 0};
	char c;

	return poll(&fd, 1, 0) > 0 && read(0, &c, 1) <= 0;
}

int main(int argc, char **argv)
{
	const char *token = "fake-matrix-token", *journal = NULL;
	bool lifeline = false;
	int port = 0;
	int64_t end = now_ms() + 300000;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--stdin-lifeline"))
			lifeline = true;
		else if (i + 1 < argc && !strcmp(argv[i], "--port"))
			port = atoi(argv[++i]);
		else if (i + 1 < argc && !strcmp(argv[i], "--max-seconds"))
			end = now_ms() + 1000LL * atoi(argv[++i]);
		else if (i + 1 < argc && !strcmp(argv[i], "--token"))
			token = argv[++i];
		else if (i + 1 < argc && !strcmp(argv[i], "--journal"))
			journal = argv[++i];
		else
			return fprintf(stderr, "usage: fake_matrix [--port N] [--max-seconds N] "
					       "[--stdin-lifeline] [--token TOKEN] "
					       "[--journal FILE]\n"),
			       2;
	}
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	signal(SIGPIPE, SIG_IGN);
	world_init(token);
	if (journal && !journal_open(journal)) {
		fprintf(stderr, "fake_matrix: %s is no journal\n", journal);
		return 1;
	}
	if (!http_listen(port)) {
		fprintf(stderr, "fake_matrix: cannot listen on 127.0.0.1:%d\n", port);
		return 1;
	}
	printf("port %d\n", server_port);
	fflush(stdout);
	while (!stopping && now_ms() < end && !(lifeline && stdin_ended()))
		http_turn(20);
	control_done();
	world_done();
	journal_close();
	return 0;
}
