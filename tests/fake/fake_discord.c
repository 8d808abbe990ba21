/* A Discord to test against: REST and gateway on one port of 127.0.0.1, strict about the documented
 * rules, with faults on request. tests/fake/README.md says how to use it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "discord.h"

#define TICK_US 50000

static volatile sig_atomic_t stopping;

struct options {
	int port;
	const char *cert, *key;
	bool lifeline;
	int64_t end_us;
	lws_sorted_usec_list_t tick;
	struct fake *fake;
};

static void stop(int sig)
{
	(void)sig;
	stopping = 1;
}

/* Whoever holds the other end of stdin is gone. */
static bool lifeline_cut(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char waste[256];
	return poll(&in, 1, 0) > 0 && read(STDIN_FILENO, waste, sizeof waste) <= 0;
}

static void tick(lws_sorted_usec_list_t *sul)
{
	struct options *options = lws_container_of(sul, struct options, tick);
	if (clock_us() >= options->end_us || (options->lifeline && lifeline_cut()))
		stopping = 1;
	lws_sul_schedule(options->fake->context, 0, &options->tick, tick, TICK_US);
}

static int usage(void)
{
	fputs("usage: fake_discord [--port N] [--max-seconds N] [--stdin-lifeline] [--token TEXT]\n"
	      "                    [--resume-url URL] [--tls-cert FILE --tls-key FILE]\n"
	      "                    [--identify-window-ms N] [--heartbeat-interval N]\n",
	      stderr);
	return 2;
}

static bool number_read(const char *text, int64_t low, int64_t high, int64_t *out)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || *end || end == text || value < low || value > high)
		return false;
	*out = value;
	return true;
}

static bool option_read(struct options *options, const char *name, const char *value)
{
	struct fake *fake = options->fake;
	int64_t number = 0;
	if (strcmp(name, "--token") == 0)
		return snprintf(fake->token, sizeof fake->token, "%s", value) <
		       (int)sizeof fake->token;
	if (strcmp(name, "--resume-url") == 0)
		return snprintf(fake->resume_url, sizeof fake->resume_url, "%s", value) <
		       (int)sizeof fake->resume_url;
	if (strcmp(name, "--tls-cert") == 0)
		return (options->cert = value) != NULL;
	if (strcmp(name, "--tls-key") == 0)
		return (options->key = value) != NULL;
	if (strcmp(name, "--identify-window-ms") == 0)
		return number_read(value, 0, 60000, &fake->settings.identify_window_ms);
	if (strcmp(name, "--heartbeat-interval") == 0)
		return number_read(value, 50, 3600000, &fake->settings.heartbeat_interval);
	if (strcmp(name, "--max-seconds") == 0) {
		if (!number_read(value, 1, 86400, &number))
			return false;
		options->end_us = clock_us() + number * 1000000;
		return true;
	}
	if (strcmp(name, "--port") == 0 && number_read(value, 0, 65535, &number)) {
		options->port = (int)number;
		return true;
	}
	return false;
}

static bool options_read(struct options *options, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--stdin-lifeline") == 0)
			options->lifeline = true;
		else if (i + 1 == argc || !option_read(options, argv[i], argv[i + 1]))
			return false;
		else
			i++;
	}
	return !options->cert == !options->key;
}

static const struct settings settings = {
	.heartbeat_interval = 41250,
	.identify_window_ms = 5000,
	.resume_window_ms = 120000,
	.nonce_window_ms = 180000,
	.granted_content = 1,
	.session_start_remaining = 1000,
	.rate_limit = 50,
	.rate_window_ms = 1000,
	.in_flight_ms = 50,
	.global_per_second = 50,
};

int main(int argc, char **argv)
{
	static struct fake fake = {.token = "fake.bot.token"};
	struct options options = {.fake = &fake, .end_us = clock_us() + 300000000LL};
	struct sigaction action = {.sa_handler = stop};
	fake.settings = settings;
	if (!options_read(&options, argc, argv))
		return usage();
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	report_init(&fake);
	world_init(&fake);
	if (!server_start(&fake, options.port, options.cert, options.key)) {
		fprintf(stderr, "fake_discord: cannot listen on 127.0.0.1:%d\n", options.port);
		return 1;
	}
	printf("port %d\n", fake.port);
	fflush(stdout);
	tick(&options.tick);
	while (!stopping && lws_service(fake.context, 0) >= 0) {
	}
	lws_sul_cancel(&options.tick);
	control_done(&fake);
	server_stop(&fake);
	session_end_all(&fake);
	faults_clear(&fake);
	rest_done(&fake);
	report_done(&fake);
	world_done(&fake);
	return 0;
}
