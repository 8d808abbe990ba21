#define _GNU_SOURCE /* NOLINT(readability-identifier-naming): SOCK_CLOEXEC */
#include "io/service.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/arena.h"
#include "io/log.h"
#include "io/loop.h"

#define TEXT_BYTES_MAX 512

struct service {
	struct loop *loop;
	int fd;			/* connected to the manager, or -1 */
	struct timer *watchdog; /* NULL: nobody watches */
	int64_t every_ms;
};

static void tell(struct service *s, const char *text)
{
	if (s->fd < 0)
		return;
	if (send(s->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		log_warn("service", "the service manager is not told: %s", strerror(errno));
}

/* A path, or "@name" for one that is in no folder (unix(7), abstract). */
static int manager_connect(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	int fd;

	if (n < 2 || n > sizeof address.sun_path || (name[0] != '/' && name[0] != '@')) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address.sun_path, name, n);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) != 0) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

static void on_watchdog(void *arg)
{
	struct service *s = arg;

	tell(s, "WATCHDOG=1");
	timer_set(s->watchdog, loop_now_ms(s->loop) + s->every_ms);
}

static uint64_t number_of(const char *name)
{
	uint64_t n = 0;

	return str_to_u64(str_of(getenv(name)), &n) ? n : 0;
}

/* Half of the time is asked for by sd_watchdog_enabled(3). */
static int64_t watchdog_ms(void)
{
	uint64_t pid = number_of("WATCHDOG_PID");
	uint64_t us = number_of("WATCHDOG_USEC");

	if (us < 2000 || us > INT64_MAX || (pid && pid != (uint64_t)getpid()))
		return 0;
	return (int64_t)(us / 2000);
}

struct service *service_new(struct loop *loop)
{
	struct service *s = calloc(1, sizeof *s);
	const char *name = getenv("NOTIFY_SOCKET");

	if (!s)
		out_of_memory();
	s->loop = loop;
	s->fd = name ? manager_connect(name) : -1;
	if (name && s->fd < 0)
		log_warn("service", "$NOTIFY_SOCKET cannot be used: %s", strerror(errno));
	s->every_ms = s->fd < 0 ? 0 : watchdog_ms();
	if (s->every_ms)
		s->watchdog = timer_new(loop, on_watchdog, s);
	return s;
}

void service_free(struct service *service)
{
	if (!service)
		return;
	timer_free(service->watchdog);
	if (service->fd >= 0)
		close(service->fd);
	free(service);
}

void service_ready(struct service *service, const char *status)
{
	char text[TEXT_BYTES_MAX];

	snprintf(text, sizeof text, "READY=1\nSTATUS=%s", status);
	tell(service, text);
	if (service->watchdog)
		on_watchdog(service);
}

void service_reloading(struct service *service)
{
	static const char what[] = "Reading the content again";
	char text[TEXT_BYTES_MAX];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=%s",
		 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000, what);
	tell(service, text);
}

void service_stopping(struct service *service)
{
	tell(service, "STOPPING=1");
	if (service->watchdog)
		timer_stop(service->watchdog);
}
