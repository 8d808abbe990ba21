#include "io/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/secret.h"

#define SECRETS_MAX 8
#define SECRET_MIN 8
#define SECRET_MAX 256
#define LINE_MAX_BYTES 4096
#define STRUCK "[struck]"

struct log_known_secret {
	char p[SECRET_MAX];
	size_t n;
};

/* The journal's priorities are syslog's: 3 error, 4 warning, 6 info, 7 debug (sd-daemon(3)). */
static const struct {
	const char *name;
	const char *priority;
} levels[] = {{"error", "<3>"}, {"warn", "<4>"}, {"info", "<6>"}, {"debug", "<7>"}};

static enum log_level level_max = LOG_LEVEL_INFO;
static struct log_known_secret secrets[SECRETS_MAX];
static size_t secrets_n;

void log_level_set(enum log_level level)
{
	level_max = level;
}

void log_secret(struct str secret)
{
	if (secret.n < SECRET_MIN)
		return;
	for (size_t i = 0; i < secrets_n; i++)
		if (str_eq(secret, (struct str){secrets[i].p, secrets[i].n}))
			return;
	if (secrets_n == SECRETS_MAX || secret.n > SECRET_MAX) {
		fprintf(stderr, "log: a secret too many or too long to strike out\n");
		abort();
	}
	memcpy(secrets[secrets_n].p, secret.p, secret.n);
	secrets[secrets_n++].n = secret.n;
}

/* Bytes at the start of `s` that are a secret. */
static size_t secret_at(struct str s)
{
	size_t longest = 0;

	for (size_t i = 0; i < secrets_n; i++) {
		struct str secret = {secrets[i].p, secrets[i].n};

		if (secret.n > longest && str_starts(s, secret))
			longest = secret.n;
	}
	return longest;
}

static void line_add_text(struct buf *line, struct str text)
{
	size_t struck_to = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t n = secret_at(str_sub(text, i, text.n));
		unsigned char c = (unsigned char)text.p[i];

		if (n && i >= struck_to)
			buf_add(line, STR(STRUCK));
		if (i + n > struck_to)
			struck_to = i + n;
		if (i >= struck_to)
			buf_add_char(line, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

/* systemd names the stream it connected to standard error in $JOURNAL_STREAM (systemd.exec(5)). */
static bool to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) != 0)
		return false;
	snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	return strcmp(stream, own) == 0;
}

static void line_add_start(struct buf *line, enum log_level level, const char *area)
{
	struct timespec now;
	struct tm utc;
	char day[32];

	if (to_journal()) {
		buf_addf(line, "%s%s: ", levels[level].priority, area);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
	buf_addf(line, "%s.%03ldZ %s %s: ", day, now.tv_nsec / 1000000, levels[level].name, area);
}

/* Cuts at a character's border. */
static void line_cut(struct buf *line, size_t max)
{
	if (line->n <= max)
		return;
	while (max && ((unsigned char)line->p[max] & 0xc0) == 0x80)
		max--;
	line->n = max;
	buf_add(line, STR("..."));
}

static void line_write(struct str line)
{
	while (line.n) {
		ssize_t n = write(STDERR_FILENO, line.p, line.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* nobody is left to tell */
		line = str_sub(line, (size_t)n, line.n);
	}
}

static void log_line(enum log_level level, const char *area, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
static void log_line(enum log_level level, const char *area, const char *format, va_list args)
{
	struct buf line;
	char *text;
	va_list sizing;
	int saved = errno;
	int n;

	if (level > level_max)
		return;
	va_copy(sizing, args);
	/* The checker does not follow a va_list that is a parameter. */
	n = vsnprintf(NULL, 0, format, sizing); /* NOLINT(clang-analyzer-valist.*) */
	va_end(sizing);
	if (n < 0)
		n = 0;
	text = calloc(1, (size_t)n + 1);
	if (!text)
		out_of_memory();
	vsnprintf(text, (size_t)n + 1, format, args);
	buf_init(&line, SIZE_MAX / 2);
	line_add_start(&line, level, area);
	/* Secrets are looked for in the whole text, before it is cut. */
	line_add_text(&line, (struct str){text, (size_t)n});
	secret_wipe((struct str){text, (size_t)n});
	free(text);
	line_cut(&line, LINE_MAX_BYTES);
	buf_add_char(&line, '\n');
	line_write(buf_str(&line));
	buf_done(&line);
	errno = saved;
}

void log_error(const char *area, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_ERROR, area, format, args);
	va_end(args);
}

void log_warn(const char *area, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_WARN, area, format, args);
	va_end(args);
}

void log_info(const char *area, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_INFO, area, format, args);
	va_end(args);
}

void log_debug(const char *area, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_DEBUG, area, format, args);
	va_end(args);
}
