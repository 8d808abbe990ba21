#include "app/check_online.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cmd.h"
#include "io/files.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/online_run.h"
#include "io/platform_discord.h"
#include "io/platform_matrix.h"
#include "io/secret_keep.h"
#include "wire/online.h"

/* One platform, ready to be asked. */
struct asked {
	struct online *online;
	struct str agent, ca_file;
};

struct checking {
	const struct config *config;
	struct loop *loop;
	struct arena arena; /* of the secrets */
	struct asked asked[2];
	size_t asked_n;
	size_t to_mend;
};

static void on_found(void *arg, const struct finding *finding)
{
	static const char *const words[] = {
		[FINDING_GOOD] = "good", [FINDING_NOTE] = "note", [FINDING_MEND] = "mend"};
	struct checking *c = arg;

	c->to_mend += finding->kind == FINDING_MEND;
	printf("%s  " STR_FMT "\n", words[finding->kind], STR_ARG(finding->what));
	fflush(stdout);
}

/* A platform is made as `run` makes it, and let go: what is refused there is refused here. */
static bool is_usable(struct platform *platform)
{
	if (platform)
		platform->ops->free(platform);
	return platform;
}

static bool discord_add(struct checking *c, struct err *err)
{
	const struct config_discord *d = &c->config->discord;
	struct platform_discord_settings as_run = {.api_url = d->api_url,
						   .gateway_url = d->gateway_url,
						   .ca_file = d->ca_file,
						   .channels = d->channels,
						   .channels_n = d->channels_n,
						   .staff = {d->staff_channel, d->staff_second}};
	struct online_discord_settings settings = {.api_url = d->api_url,
						   .gateway_url = d->gateway_url,
						   .channels = d->channels,
						   .channels_n = d->channels_n,
						   .staff = {d->staff_channel, d->staff_second}};

	if (!secret_read(d->token_file, &c->arena, &settings.token, err))
		return false;
	as_run.token = settings.token;
	if (!is_usable(platform_discord_new(c->loop, &as_run, err)))
		return false;
	c->asked[c->asked_n++] =
		(struct asked){online_discord_new(&settings), STR(DISCORD_AGENT), d->ca_file};
	return true;
}

/* Root may look at what belongs to the user that the service runs as. */
static bool is_of_the_service(const char *path)
{
	struct stat st;

	return geteuid() == 0 && lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid != 0 &&
	       !(st.st_mode & (S_IRWXG | S_IRWXO));
}

static bool session_read(struct checking *c, struct str *session, struct err *err)
{
	struct str path = c->config->matrix.session_file;

	if (!secret_is_kept(path))
		return true;
	if (is_of_the_service(arena_cstr(&c->arena, path)))
		return file_read(path, SECRET_BYTES_MAX, &c->arena, session, err);
	return secret_read(path, &c->arena, session, err);
}

/* The token, or else the session that an earlier start kept; and the password, which is only read. */
static bool matrix_secrets_read(struct checking *c, struct str *token, struct str *password,
				struct str *session, struct err *err)
{
	const struct config_matrix *m = &c->config->matrix;

	if (!m->password_file.n)
		return secret_read(config_matrix_secret(c->config), &c->arena, token, err);
	return secret_read(m->password_file, &c->arena, password, err) &&
	       session_read(c, session, err);
}

static bool matrix_add_as(struct checking *c, struct str token, struct str password,
			  struct str session, struct err *err)
{
	const struct config_matrix *m = &c->config->matrix;
	const struct platform_matrix_settings as_run = {.homeserver = m->homeserver,
							.user = m->user,
							.wsproxy = m->wsproxy,
							.token = token,
							.password = password,
							.ca_file = m->ca_file};
	const struct online_matrix_settings settings = {.homeserver = m->homeserver,
							.user = m->user,
							.token = token,
							.session = session,
							.is_appservice = m->wsproxy.n > 0,
							.invite_from = m->invite_from,
							.invite_from_n = m->invite_from_n,
							.staff = {m->staff_room, m->staff_second}};

	if (!is_usable(platform_matrix_new(c->loop, &as_run, err)))
		return false;
	c->asked[c->asked_n++] = (struct asked){online_matrix_new(&settings),
						STR("clinicbot/" CLINICBOT_VERSION), m->ca_file};
	return true;
}

static bool matrix_add(struct checking *c, struct err *err)
{
	struct str token = STR(""), password = STR(""), session = STR("");

	return matrix_secrets_read(c, &token, &password, &session, err) &&
	       matrix_add_as(c, token, password, session, err);
}

/* What cannot work is refused before anybody is asked. */
static bool platforms_add(struct checking *c, struct err *err)
{
	const struct config *config = c->config;

	if (!config->discord.on && !config->matrix.on)
		return err_set(err, ERR_INPUT,
			       "--online: the configuration names neither Discord nor Matrix");
	return (!config->discord.on || discord_add(c, err)) &&
	       (!config->matrix.on || matrix_add(c, err));
}

static bool platforms_ask(struct checking *c, struct err *err)
{
	for (size_t i = 0; i < c->asked_n; i++) {
		const struct asked *asked = &c->asked[i];
		const struct online_run_settings settings = {.agent = asked->agent,
							     .ca_file = asked->ca_file,
							     .most_ms = ONLINE_RUN_MS_MAX};

		if (!online_run(c->loop, asked->online, &settings, on_found, c, err))
			return false;
	}
	return true;
}

int check_online(const struct config *config)
{
	struct checking c = {.config = config};
	struct err err = {0};
	int status = EXIT_GOOD;

	log_level_set(LOG_LEVEL_ERROR);
	arena_init(&c.arena);
	c.loop = loop_new(&err);
	if (!c.loop || !platforms_add(&c, &err) || !platforms_ask(&c, &err)) {
		fprintf(stderr, "%s\n", err.text);
		status = err.kind == ERR_LATER ? EXIT_INPUT : EXIT_CONFIG;
	} else if (c.to_mend) {
		status = EXIT_INPUT;
	}
	for (size_t i = 0; i < c.asked_n; i++)
		online_free(c.asked[i].online);
	arena_done(&c.arena);
	if (loop_looks_up(c.loop)) {
		fflush(NULL);
		_exit(status);
	}
	loop_free(c.loop);
	return status;
}
