#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/bot.h"
#include "app/cmd.h"
#include "app/load.h"
#include "core/secret.h"
#include "io/code_pages.h"
#include "io/confine.h"
#include "io/files.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/platform_discord.h"
#include "io/platform_matrix.h"
#include "io/platform_preview.h"
#include "io/service.h"
#include "io/stores.h"

#define RELOAD_AFTER_MS 200
/* What is read back after being away. As long as the store knows what was answered. */
#define MATRIX_MISSED_MESSAGES 1000
#define MATRIX_MISSED_AGE_MS ((int64_t)24 * 60 * 60 * 1000)

struct running {
	const char *config_file;
	enum log_level level;
	bool forget_session;
	bool unconfined;
	struct config config;
	struct loop *loop;
	struct service *service;
	struct timer *reload;
	bool reload_due;	 /* a signal came and was not obeyed yet */
	bool reading;		 /* the content is being read, on another thread */
	const struct book *book; /* what came of it */
	struct store *store;
	struct bot *bot;
	struct confine_folder folder; /* with the content that may be read; none: any */
};

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "the configuration; without one the bot serves a local page", 0},
	{"verbose", 'v', NULL, 0, "log more", 0},
	{"forget-session", 'f', NULL, 0,
	 "when stopped, end the session with the platform: it shows the bot offline at once, and "
	 "the "
	 "next start reads back what was written meanwhile",
	 0},
	{"unconfined", 'u', NULL, 0,
	 "keep the rights that a running bot does not need (other files, core files): for looking "
	 "for "
	 "mistakes in it",
	 0},
	{0},
};

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct running *r = state->input;

	switch (key) {
	case 'c':
		r->config_file = value;
		return 0;
	case 'f':
		r->forget_session = true;
		return 0;
	case 'u':
		r->unconfined = true;
		return 0;
	case 'v':
		r->level = LOG_LEVEL_DEBUG;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", value);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What a restart may cure ends with 1, what it cannot with 78. */
static int status_of(const struct err *err)
{
	log_error("run", "%s", err->text);
	return err->kind == ERR_LATER ? EXIT_INPUT : EXIT_CONFIG;
}

static bool discord_add(struct running *r, struct err *err)
{
	const struct config_discord *d = &r->config.discord;
	struct platform_discord_settings settings = {.api_url = d->api_url,
						     .gateway_url = d->gateway_url,
						     .ca_file = d->ca_file,
						     .channels = d->channels,
						     .channels_n = d->channels_n,
						     .compress = d->compress,
						     .forget_session = r->forget_session,
						     .missed_messages = d->missed_messages,
						     .missed_age_ms =
							     (int64_t)d->missed_h * 3600 * 1000,
						     .staff = {d->staff_channel, d->staff_second}};
	const struct bot_staff staff = {.room = d->staff_channel,
					.second = d->staff_second,
					.with_words = d->alert_with_text};
	struct platform *platform;

	if (!secret_read(d->token_file, &r->config.arena, &settings.token, err))
		return false;
	log_secret(settings.token);
	platform = platform_discord_new(r->loop, &settings, err);
	secret_wipe(settings.token);
	if (platform)
		bot_platform_add(r->bot, platform, &staff);
	return platform;
}

static bool matrix_add(struct running *r, struct err *err)
{
	const struct config_matrix *c = &r->config.matrix;
	struct platform_matrix_settings settings = {
		.homeserver = c->homeserver,
		.user = c->user,
		.wsproxy = c->wsproxy,
		.session_file = c->session_file,
		.ca_file = c->ca_file,
		.invite_from = c->invite_from,
		.invite_from_n = c->invite_from_n,
		.staff = {c->staff_room, c->staff_second},
		.signs = c->receipts,
		.groups_get_text = c->groups_get_text,
		.unreadable = bot_book(r->bot)->replies->text[REPLY_ENCRYPTED],
		.missed_messages = MATRIX_MISSED_MESSAGES,
		.missed_age_ms = MATRIX_MISSED_AGE_MS};
	const struct bot_staff staff = {
		.room = c->staff_room, .second = c->staff_second, .with_words = c->alert_with_text};
	bool by_token = !c->password_file.n;
	struct str *secret = by_token ? &settings.token : &settings.password;
	struct platform *platform;

	if (!secret_read(config_matrix_secret(&r->config), &r->config.arena, secret, err))
		return false;
	log_secret(*secret);
	platform = platform_matrix_new(r->loop, &settings, err);
	secret_wipe(*secret);
	if (platform)
		bot_platform_add(r->bot, platform, &staff);
	return platform;
}

static const struct book *book_now(void *arg)
{
	return bot_book(arg);
}

static bool preview_add(struct running *r, struct err *err)
{
	const struct config_preview *p = &r->config.preview;
	struct platform_preview_settings settings = {.listen = p->listen,
						     .behind_proxy = p->public_host.n > 0,
						     .public_host = p->public_host,
						     .book = book_now,
						     .book_arg = r->bot};
	struct platform *platform = platform_preview_new(r->loop, &settings, err);

	if (platform)
		bot_platform_add(r->bot, platform, NULL);
	return platform;
}

static bool platforms_add(struct running *r, struct err *err)
{
	if (r->config.discord.on && !discord_add(r, err))
		return false;
	if (r->config.matrix.on && !matrix_add(r, err))
		return false;
	if (r->config.preview.on && !preview_add(r, err))
		return false;
	if (!r->config.discord.on && !r->config.matrix.on)
		log_info("run", "no platform is configured: serving the preview page only");
	return true;
}

static void on_stop_signal(void *arg, int signum)
{
	struct running *r = arg;

	log_info("run", "%s: stopping", signum == SIGTERM ? "SIGTERM" : "SIGINT");
	service_stopping(r->service);
	bot_stop(r->bot);
}

/* Building a book takes the better part of a second, in which the loop must go on answering. It is
 * pure, and nobody else touches what it reads. */
static void content_read(void *arg)
{
	struct running *r = arg;

	r->book = cmd_book(&r->config, NULL);
}

static void reload_begin(struct running *r);

static void say_ready(const struct running *r, const char *what)
{
	struct str version = bot_book(r->bot)->version;
	char status[200];

	snprintf(status, sizeof status, "%s version " STR_FMT, what, STR_ARG(version));
	service_ready(r->service, status);
}

static bool same_folder(struct confine_folder a, struct confine_folder b)
{
	return a.inode == b.inode && a.device == b.device;
}

static void say_replaced(const struct running *r)
{
	struct confine_folder now = confine_folder(r->config.intents);

	if (r->folder.inode && now.inode && !same_folder(now, r->folder))
		log_error("run",
			  STR_FMT " is another folder than at the start, and closed to a "
				  "running bot: start it again to take it up",
			  STR_ARG(r->config.intents));
}

/* After the content was read. A debugger that looks for a mistake keeps what it wrote into the program. */
static void pages_rest(const struct running *r)
{
	memory_rest();
	if (!r->unconfined)
		code_pages_rest();
}

/* A broken new version never replaces a good one. */
static void content_swap(void *arg)
{
	struct running *r = arg;

	r->reading = false;
	if (!r->bot) {
		book_free(r->book); /* stopped meanwhile */
		return;
	}
	if (r->book) {
		log_info("run", "content reloaded, version " STR_FMT, STR_ARG(r->book->version));
		bot_book_swap(r->bot, r->book);
		pages_rest(r);
		say_ready(r, "Answers from");
	} else {
		say_replaced(r);
		log_error("run", "the content has mistakes; the version before stays");
		say_ready(r, "The content has mistakes. Still answers from");
	}
	reload_begin(r);
}

/* One reading at a time, and one more for all signals that came during it. */
static void reload_begin(struct running *r)
{
	if (!r->reload_due || r->reading)
		return;
	r->reload_due = false;
	r->reading = true;
	service_reloading(r->service);
	loop_work(r->loop, content_read, content_swap, r);
}

static void on_reload(void *arg)
{
	reload_begin(arg);
}

/* Signals that come close together cause one reading. */
static void on_reload_signal(void *arg, int signum)
{
	struct running *r = arg;

	(void)signum;
	if (!r->reload_due)
		timer_set(r->reload, loop_now_ms(r->loop) + RELOAD_AFTER_MS);
	r->reload_due = true;
}

/* Until the content is read for the first time nothing is begun that would have to be put in order. */
static void on_early_stop(int signum)
{
	(void)signum;
	_exit(0);
}

/* Before anything is read. A reload that is asked for meanwhile is done once the loop runs. */
static void signals_take_early(struct running *r)
{
	const struct sigaction stop = {.sa_handler = on_early_stop};

	r->reload = timer_new(r->loop, on_reload, r);
	loop_on_signal(r->loop, SIGHUP, on_reload_signal, r);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
}

/* Before the state is opened: from now on a stop is obeyed once the loop runs. */
static void signals_take(struct running *r)
{
	loop_on_signal(r->loop, SIGTERM, on_stop_signal, r);
	loop_on_signal(r->loop, SIGINT, on_stop_signal, r);
}

static bool store_open(struct running *r, struct err *err)
{
	if (r->config.state.n)
		r->store = store_sqlite_open(r->config.state, err);
	else
		r->store = store_memory_new();
	return r->store;
}

/* Before the first thread is started: its kind inherits it. */
static void files_close(struct running *r)
{
	struct str shipped = STR(BOOK_SHIPPED); /* for a folder without a language pack */
	struct confine_folder folder = confine_folder(r->config.intents);
	bool is_shipped = same_folder(folder, confine_folder(shipped));
	const struct confine_place places[] = {
		{.path = r->config.intents},
		{.path = is_shipped ? STR("") : shipped},
		{.path = r->config.discord.ca_file, .is_file = true},
		{.path = r->config.matrix.ca_file, .is_file = true},
		{.path = r->config.matrix.session_file, .is_file = true, .writable = true},
		{.path = r->config.state, .is_file = true, .writable = true}};

	if (r->unconfined)
		return;
	confine_files(places, sizeof places / sizeof *places);
	r->folder = folder;
}

/* Everything that needs the loop. Gives the exit status. */
static int run_loop(struct running *r, const struct book *book)
{
	struct err err = {0};

	r->bot = bot_new(&(struct bot_settings){
		.loop = r->loop,
		.store = r->store,
		.book = book,
		.late_after_ms = (int64_t)r->config.late_after_min * 60 * 1000,
		.alert_again_ms = (int64_t)r->config.alert_again_s * 1000,
		.person_per_minute = r->config.person_per_minute,
		.room_per_minute = r->config.room_per_minute,
		.edit_wait_ms = EDIT_WAIT_MS,
		.hold_ms = HOLD_MS,
		.removes = r->config.discord.remove_with_question ||
			   r->config.matrix.remove_with_question,
		.answers_late = r->config.answer_late,
		.greets = r->config.first_contact});
	if (!platforms_add(r, &err))
		return status_of(&err);
	files_close(r);
	if (!bot_start(r->bot, &err))
		return status_of(&err);
	pages_rest(r);
	log_info("run", "clinicbot " CLINICBOT_VERSION ", content version " STR_FMT,
		 STR_ARG(book->version));
	say_ready(r, "Answers from");
	loop_run(r->loop);
	return bot_exit_status(r->bot);
}

static int run_all(struct running *r)
{
	struct cmd_source source = {.config = r->config_file};
	const struct book *book;
	struct err err = {0};
	bool passing;

	r->loop = loop_new(&err);
	if (!r->loop)
		return status_of(&err);
	signals_take_early(r);
	r->service = service_new(r->loop);
	if (!cmd_config(&source, &r->config, &passing))
		return passing ? EXIT_INPUT : EXIT_CONFIG;
	book = cmd_book(&r->config, &passing);
	if (!book)
		return passing ? EXIT_INPUT : EXIT_CONFIG;
	signals_take(r);
	if (!store_open(r, &err)) {
		book_free(book);
		return status_of(&err);
	}
	return run_loop(r, book);
}

int cmd_run(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		option_read,
		"",
		"Answers on the platforms that the configuration names. SIGHUP reads the content "
		"again, SIGTERM and SIGINT stop. Exit status 78: a restart will not help.",
		NULL,
		NULL,
		NULL};
	struct running r = {.level = LOG_LEVEL_INFO};
	int status;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &r);
	log_level_set(r.level);
	if (!r.unconfined)
		confine_memory();
	status = run_all(&r);
	timer_free(r.reload);
	service_free(r.service);
	bot_free(r.bot);
	r.bot = NULL;
	r.reload_due = false;
	if (r.store)
		r.store->ops->free(r.store);
	if (r.reading || loop_looks_up(r.loop)) {
		/* All is stored. The content may take a second more to be read, a resolver half a minute to
		 * say that it knows nothing. */
		fflush(NULL);
		_exit(status);
	}
	config_done(&r.config);
	loop_free(r.loop);
	return status;
}
