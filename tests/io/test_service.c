/* What a service manager hears. */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "io/loop.h"
#include "io/service.h"

struct manager {
	int fd;
	char path[108]; /* as in $NOTIFY_SOCKET */
	struct loop *loop;
	struct timer *timer;
};

static void listen_at(struct manager *m, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(path);

	snprintf(m->path, sizeof m->path, "%s", path);
	memcpy(address.sun_path, path, n);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(m->fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
			 0);
	setenv("NOTIFY_SOCKET", path, 1);
}

static void on_time(void *arg)
{
	struct manager *m = arg;

	loop_stop(m->loop);
}

static int start(void **state)
{
	struct manager *m = calloc(1, sizeof *m);
	struct err err = {0};

	m->fd = -1;
	m->loop = loop_new(&err);
	m->timer = timer_new(m->loop, on_time, m);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	*state = m;
	return m->loop ? 0 : -1;
}

static int stop(void **state)
{
	struct manager *m = *state;

	timer_free(m->timer);
	loop_free(m->loop);
	if (m->fd >= 0)
		close(m->fd);
	if (m->path[0] == '/')
		unlink(m->path);
	free(m);
	return 0;
}

/* The next datagram, "" when there is none. */
static const char *heard(struct manager *m)
{
	static char text[1024];
	ssize_t n = recv(m->fd, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void turn_for(struct manager *m, int64_t ms)
{
	timer_set(m->timer, loop_now_ms(m->loop) + ms);
	loop_run(m->loop);
}

static void test_ready(void **state)
{
	struct manager *m = *state;
	struct service *s;
	struct timespec now;
	long long us = 0;
	char path[64];

	snprintf(path, sizeof path, "/tmp/clinicbot-notify-%d", (int)getpid());
	listen_at(m, path);
	s = service_new(m->loop);
	assert_string_equal(heard(m), "");
	service_ready(s, "Answers from version 1");
	assert_string_equal(heard(m), "READY=1\nSTATUS=Answers from version 1");
	service_reloading(s);
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_int_equal(sscanf(heard(m), "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=", &us), 1);
	assert_in_range(now.tv_sec * 1000000LL + now.tv_nsec / 1000 - us, 0, 10000000);
	service_ready(s, "Answers from version 2");
	assert_string_equal(heard(m), "READY=1\nSTATUS=Answers from version 2");
	service_stopping(s);
	assert_string_equal(heard(m), "STOPPING=1");
	assert_string_equal(heard(m), "");
	service_free(s);
}

static void test_abstract(void **state)
{
	struct manager *m = *state;
	struct service *s;
	char name[64];

	snprintf(name, sizeof name, "@clinicbot-notify-%d", (int)getpid());
	listen_at(m, name);
	s = service_new(m->loop);
	service_ready(s, "here");
	assert_string_equal(heard(m), "READY=1\nSTATUS=here");
	service_free(s);
}

static unsigned beats(struct manager *m)
{
	unsigned n = 0;

	while (strcmp(heard(m), "WATCHDOG=1") == 0)
		n++;
	return n;
}

/* Twice as often as asked for, once it is ready and until it stops. */
static void test_watchdog(void **state)
{
	struct manager *m = *state;
	struct service *s;
	char text[64];

	snprintf(text, sizeof text, "/tmp/clinicbot-notify-%d", (int)getpid());
	listen_at(m, text);
	snprintf(text, sizeof text, "%d", (int)getpid());
	setenv("WATCHDOG_PID", text, 1);
	setenv("WATCHDOG_USEC", "40000", 1);
	s = service_new(m->loop);
	turn_for(m, 60);
	assert_int_equal(beats(m), 0);
	service_ready(s, "here");
	assert_string_equal(heard(m), "READY=1\nSTATUS=here");
	turn_for(m, 210);
	assert_in_range(beats(m), 3, 12);
	service_stopping(s);
	assert_string_equal(heard(m), "STOPPING=1");
	turn_for(m, 60);
	assert_int_equal(beats(m), 0);
	service_free(s);
}

/* Of another process, and a time that is none. */
static void test_watchdog_of_others(void **state)
{
	static const char *const given[][2] = {
		{"1", "40000"}, {"", "0"}, {"", "soon"}, {"", "-40000"}, {"", "1999"}};
	struct manager *m = *state;
	char path[64];

	snprintf(path, sizeof path, "/tmp/clinicbot-notify-%d", (int)getpid());
	listen_at(m, path);
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		struct service *s;

		setenv("WATCHDOG_PID", given[i][0], 1);
		setenv("WATCHDOG_USEC", given[i][1], 1);
		s = service_new(m->loop);
		service_ready(s, "here");
		assert_string_equal(heard(m), "READY=1\nSTATUS=here");
		turn_for(m, 60);
		assert_int_equal(beats(m), 0);
		service_free(s);
	}
}

/* Nothing is said, and nothing goes wrong. */
static void test_no_manager(void **state)
{
	static const char *const names[] = {
		"", "x", "relative/path", "/nowhere/at/all",
		"/a/path/of/more/bytes/than/an/address/of/a/socket/can/hold/"
		"/a/path/of/more/bytes/than/an/address/of/a/socket/can/hold/"};
	struct manager *m = *state;

	for (size_t i = 0; i <= sizeof names / sizeof *names; i++) {
		struct service *s;

		if (i > 0)
			setenv("NOTIFY_SOCKET", names[i - 1], 1);
		s = service_new(m->loop);
		service_ready(s, "here");
		service_reloading(s);
		service_stopping(s);
		service_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ready, start, stop),
		cmocka_unit_test_setup_teardown(test_abstract, start, stop),
		cmocka_unit_test_setup_teardown(test_watchdog, start, stop),
		cmocka_unit_test_setup_teardown(test_watchdog_of_others, start, stop),
		cmocka_unit_test_setup_teardown(test_no_manager, start, stop),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
