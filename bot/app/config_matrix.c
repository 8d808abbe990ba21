#include "app/config_inside.h"

static bool is_user(struct str s)
{
	return s.n > 3 && str_starts(s, STR("@")) && str_find(s, STR(":")) > 1;
}

static void missing_add(struct config *c, const char *key, const char *what,
			struct mistakes *mistakes)
{
	mistake_add(mistakes, c->file, 0, "matrix.%s is missing: %s", key, what);
}

/* What belongs to the other way of reading the stream. */
static void stray_add(struct config *c, cfg_t *section, const char *key, const char *transport,
		      struct mistakes *mistakes)
{
	if (*cfg_getstr(section, key))
		mistake_add(mistakes, c->file, 0,
			    "matrix.%s is of transport \"%s\", which is not chosen", key,
			    transport);
}

static void appservice_take(struct config *c, cfg_t *section, struct mistakes *mistakes)
{
	struct config_matrix *m = &c->matrix;

	m->wsproxy = config_text(c, section, "wsproxy");
	m->as_token_file = config_text(c, section, "as_token_file");
	if (!m->wsproxy.n)
		missing_add(c, "wsproxy",
			    "where mautrix-wsproxy is, such as wss://matrix.example.org", mistakes);
	else if (!str_starts(m->wsproxy, STR("wss://")) && !str_starts(m->wsproxy, STR("ws://")))
		mistake_add(mistakes, c->file, 0, "matrix.wsproxy must begin with wss://");
	if (!m->as_token_file.n)
		missing_add(c, "as_token_file", "the file with the as_token of the registration",
			    mistakes);
	stray_add(c, section, "token_file", "sync", mistakes);
	stray_add(c, section, "password_file", "sync", mistakes);
}

static void credentials_take(struct config *c, cfg_t *section, struct mistakes *mistakes)
{
	struct config_matrix *m = &c->matrix;

	m->token_file = config_text(c, section, "token_file");
	m->password_file = config_text(c, section, "password_file");
	if (!m->token_file.n == !m->password_file.n)
		mistake_add(mistakes, c->file, 0,
			    "matrix: either token_file (with an access token) or password_file "
			    "must be there");
	if (!m->password_file.n)
		return;
	if (c->state.n)
		m->session_file = arena_fmt(&c->arena, STR_FMT ".session", STR_ARG(c->state));
	else
		mistake_add(mistakes, c->file, 0,
			    "matrix.password_file: the session is kept beside the state file, and "
			    "there is none");
}

static void invite_from_take(struct config *c, cfg_t *section, struct mistakes *mistakes)
{
	struct config_matrix *m = &c->matrix;

	m->invite_from_n = cfg_size(section, "invite_from");
	m->invite_from = arena_array(&c->arena, m->invite_from_n, sizeof *m->invite_from);
	for (size_t i = 0; i < m->invite_from_n; i++) {
		struct str pattern = str_of(cfg_getnstr(section, "invite_from", (unsigned)i));

		m->invite_from[i] = arena_str(&c->arena, pattern);
		if (str_find(pattern, STR(":")) < 0 && !str_eq(pattern, STR("*")))
			mistake_add(mistakes, c->file, 0,
				    "matrix.invite_from: \"" STR_FMT
				    "\" is no user id, such as @ann:example.org or *:example.org",
				    STR_ARG(pattern));
	}
	if (!m->invite_from_n)
		mistake_warn(mistakes, c->file, 0,
			     "matrix.invite_from is empty: every invitation is declined");
}

static void staff_check(struct config *c, const char *key, struct str room,
			struct mistakes *mistakes)
{
	if (room.n && !str_starts(room, STR("!")))
		mistake_add(mistakes, c->file, 0,
			    "matrix.%s: \"" STR_FMT "\" is no room id (it begins with !; in "
			    "Element: room settings, Advanced)",
			    key, STR_ARG(room));
}

static void staff_take(struct config *c, cfg_t *section, struct mistakes *mistakes)
{
	struct config_matrix *m = &c->matrix;

	m->staff_room = config_text(c, section, "staff_room");
	m->staff_second = config_text(c, section, "staff_room_second");
	m->alert_with_text = cfg_getbool(section, "alert_with_text");
	staff_check(c, "staff_room", m->staff_room, mistakes);
	staff_check(c, "staff_room_second", m->staff_second, mistakes);
	if (!m->staff_room.n && (m->alert_with_text || m->staff_second.n))
		mistake_add(mistakes, c->file, 0,
			    "matrix: alert_with_text and staff_room_second need a staff_room that "
			    "alerts go to");
	if (m->staff_second.n && str_eq(m->staff_second, m->staff_room))
		mistake_add(mistakes, c->file, 0,
			    "matrix.staff_room_second: this is matrix.staff_room, where the alert "
			    "has been shown already");
}

struct str config_matrix_secret(const struct config *c)
{
	const struct config_matrix *m = &c->matrix;

	if (m->as_token_file.n)
		return m->as_token_file;
	return m->token_file.n ? m->token_file : m->password_file;
}

void config_matrix_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	struct config_matrix *m = &c->matrix;
	struct str transport;
	cfg_t *section;

	if (!cfg_size(cfg, "matrix"))
		return;
	section = cfg_getsec(cfg, "matrix");
	*m = (struct config_matrix){.on = true,
				    .homeserver = config_text(c, section, "homeserver"),
				    .user = config_text(c, section, "user"),
				    .ca_file = config_text(c, section, "ca_file"),
				    .receipts = cfg_getbool(section, "receipts"),
				    .groups_get_text = cfg_getbool(section, "groups_get_text"),
				    .remove_with_question =
					    cfg_getbool(section, "remove_with_question")};
	if (!m->homeserver.n)
		mistake_add(mistakes, c->file, 0,
			    "matrix.homeserver is missing: where the homeserver is, such as "
			    "https://matrix.example.org");
	if (!is_user(m->user))
		mistake_add(mistakes, c->file, 0,
			    "matrix.user: \"" STR_FMT "\" is no user id, such as @bot:example.org",
			    STR_ARG(m->user));
	transport = str_of(cfg_getstr(section, "transport"));
	if (str_eq(transport, STR("appservice"))) {
		appservice_take(c, section, mistakes);
	} else if (str_eq(transport, STR("sync"))) {
		stray_add(c, section, "wsproxy", "appservice", mistakes);
		stray_add(c, section, "as_token_file", "appservice", mistakes);
		credentials_take(c, section, mistakes);
	} else {
		mistake_add(mistakes, c->file, 0,
			    "matrix.transport: \"" STR_FMT "\" is neither sync nor appservice",
			    STR_ARG(transport));
	}
	invite_from_take(c, section, mistakes);
	staff_take(c, section, mistakes);
}
