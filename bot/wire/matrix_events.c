#include "wire/matrix_machine.h"

#include <string.h>

#define LIVE_MS 60000 /* what is older when it is read was missed */

bool event_is_own_stay(const struct matrix *m, const struct json *event)
{
	return str_eq(json_text(event, "type"), STR("m.room.member")) &&
	       str_eq(json_text(event, "state_key"), m->settings.user);
}

bool event_is_own(const struct matrix *m, const struct json *event, const char *membership)
{
	return event_is_own_stay(m, event) &&
	       str_eq(json_text(json_object(event, "content"), "membership"), str_of(membership));
}

static const struct json *relation_of(const struct json *event)
{
	return json_object(json_object(event, "content"), "m.relates_to");
}

static bool is_edit(const struct json *event)
{
	return str_eq(json_text(relation_of(event), "rel_type"), STR("m.replace"));
}

/* A picture, a recording or a file. */
static bool is_attachment(const struct json *content)
{
	static const char *const types[] = {"m.image", "m.file", "m.audio", "m.video"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(json_text(content, "msgtype"), str_of(types[i])))
			return true;
	return false;
}

static bool is_written(const struct json *content)
{
	return json_is_text(json_get(content, "body")) &&
	       (str_eq(json_text(content, "msgtype"), STR("m.text")) || is_attachment(content));
}

/* What a person wrote: notices are of programs and are never answered, and a message with a state key is
 * none. */
static bool is_message(const struct json *event)
{
	return str_eq(json_text(event, "type"), STR("m.room.message")) &&
	       !json_get(event, "state_key") && is_written(json_object(event, "content"));
}

/* The words: of an attachment its caption, which has the file's name beside it (v1.10); else the body is
 * that name. */
static struct str words_of(const struct json *content)
{
	struct str body = json_text(content, "body"), file = json_text(content, "filename");

	return is_attachment(content) && (!file.n || str_eq(body, file)) ? STR("") : body;
}

bool event_is_question(const struct matrix *m, const struct json *event,
		       const struct matrix_room *room)
{
	struct str sender = json_text(event, "sender");
	bool wanted = room->inviter ? str_hash(sender, 0) == room->inviter
				    : room->replaces.n && !str_eq(sender, m->settings.user);

	return wanted && is_message(event) && !is_edit(event);
}

/* --- state --- */

static void tombstone_take(struct matrix *m, struct matrix_room *room, const struct json *event)
{
	struct str to = json_text(json_object(event, "content"), "replacement_room");
	struct str sender = json_text(event, "sender");
	struct matrix_room like = {.id = to, .replaces = room->id};
	struct matrix_room *next;

	if (room->closed)
		return;
	room->closed = true;
	m->dirty = true;
	if (!m->first && room->joined && !matrix_room_is_direct(room))
		room_trouble(m, room, TROUBLE_REPLACED);
	/* Of those of before our time nobody waits in the new room. */
	if (m->first || !to.n || matrix_room_find(&m->rooms, to))
		return;
	if (str_find(sender, STR(":")) >= 0)
		like.via = str_sub(sender, (size_t)str_find(sender, STR(":")) + 1, sender.n);
	next = matrix_room_add(&m->rooms, &like);
	if (!next) {
		matrix_note(m, PLATFORM_DEGRADED, "a room that replaces another is not followed");
		return;
	}
	next->direct = matrix_room_is_direct(room);
	next->encrypted = room->encrypted;
	errand_join(m, next);
}

void event_state(struct matrix *m, struct matrix_room *room, const struct json *event)
{
	struct str type = json_text(event, "type");

	/* The state event says so for ever; a message that is encrypted says so too. */
	if (!room->encrypted &&
	    (str_eq(type, STR("m.room.encryption")) || str_eq(type, STR("m.room.encrypted")))) {
		room->encrypted = true;
		m->dirty = true;
	}
	if (str_eq(type, STR("m.room.power_levels")))
		room->mute_ms = 0; /* perhaps we may write now */
	if (str_eq(type, STR("m.room.tombstone")) && json_is_text(json_get(event, "state_key")))
		tombstone_take(m, room, event);
}

/* --- who asked --- */

/* Its person and thread are ids that were found good. */
static struct matrix_asker *asker_note(struct matrix *m, const struct message *message)
{
	struct matrix_asker *asker = &m->askers[m->askers_next++ % ASKERS_MAX];
	struct str thread = thread_of(message->room);

	*asker = (struct matrix_asker){.event = str_hash(message->id, 0),
				       .room = str_hash(room_of(message->room), 0),
				       .sent_ms = message->sent_ms,
				       .addressed = message->addressed};
	memcpy(asker->person, message->person.p, message->person.n);
	if (thread.n)
		memcpy(asker->thread, thread.p, thread.n);
	return asker;
}

const struct matrix_asker *asker_of(const struct matrix *m, struct str event)
{
	uint64_t hash = str_hash(event, 0);

	for (size_t i = 0; i < ASKERS_MAX; i++)
		if (m->askers[i].event == hash)
			return &m->askers[i];
	return NULL;
}

/* --- reading a message --- */

/* Old clients put what is replied to in front, as quoted lines. */
static struct str without_quote(struct str body)
{
	struct str line, rest = body;

	if (!str_starts(body, STR("> ")))
		return body;
	while (str_starts(rest, STR("> ")) && str_cut(&rest, '\n', &line))
		;
	return str_starts(rest, STR("\n")) ? str_sub(rest, 1, rest.n) : rest;
}

static bool starts_nocase(struct str text, struct str prefix)
{
	return prefix.n && text.n >= prefix.n && str_eq_nocase(str_sub(text, 0, prefix.n), prefix);
}

/* Behind a name at the start, with what people put behind a name; the text itself when it does not
 * start with it. */
static struct str without_name(struct str text, struct str name)
{
	struct str rest = text;
	char c;

	if (str_starts(rest, STR("@")) && !str_starts(name, STR("@")))
		rest = str_sub(rest, 1, rest.n);
	if (!starts_nocase(rest, name))
		return text;
	rest = str_sub(rest, name.n, rest.n);
	if (!rest.n)
		return rest;
	c = rest.p[0];
	if (c != ':' && c != ',' && c != ' ' && c != '\n')
		return text;
	return str_trim(str_sub(rest, 1, rest.n));
}

/* The text begins with our name or id. */
static struct str without_us(const struct matrix *m, struct str text)
{
	struct str rest = without_name(text, m->settings.user);

	return rest.n == text.n ? without_name(text, buf_str(&m->session.name)) : rest;
}

/* A link to us in what is shown, as clients write mentions. */
static bool has_pill(struct matrix *m, struct str html)
{
	struct str plain = STR("matrix.to/#/"), id = m->settings.user;

	buf_clear(&m->link);
	buf_add(&m->link, plain);
	buf_add(&m->link, id);
	buf_add(&m->link, STR("\""));
	if (str_find(html, buf_str(&m->link)) >= 0)
		return true;
	buf_clear(&m->link);
	buf_add(&m->link, plain);
	url_add(&m->link, id);
	buf_add(&m->link, STR("\""));
	return str_find(html, buf_str(&m->link)) >= 0;
}

/* Where the client says whom it mentions, that counts; else a pill, or our name in front. */
static bool mentions_us(struct matrix *m, const struct json *content, struct str text)
{
	const struct json *v, *mentions = json_object(content, "m.mentions");

	for (v = json_first(json_array(mentions, "user_ids")); v; v = json_next(v))
		if (str_eq(json_text_of(v), m->settings.user))
			return true;
	if (mentions)
		return false;
	return has_pill(m, json_text(content, "formatted_body")) || without_us(m, text).n < text.n;
}

static bool is_of_staff(const struct matrix *m, const struct matrix_room *room)
{
	for (size_t i = 0; i < MATRIX_STAFF_ROOMS; i++)
		if (m->settings.staff[i].n && str_eq(m->settings.staff[i], room->id))
			return true;
	return false;
}

/* When it was written. Our server knows how long ago that was; the clock of the sender's may be any. */
int64_t event_sent_ms(const struct matrix *m, const struct json *event)
{
	int64_t age, origin = m->now.wall_ms;

	if (json_int(json_object(event, "unsigned"), "age", 0, JSON_INT_MAX, &age))
		return m->now.wall_ms - age;
	json_int(event, "origin_server_ts", 0, m->now.wall_ms, &origin);
	return origin;
}

/* The thread's root, or empty. An edit names its message in the place where others name a thread: it stands
 * where its message does. */
static struct str thread_in(const struct matrix *m, const struct json *content, struct str edits)
{
	const struct json *relation = json_object(content, "m.relates_to");
	const struct matrix_asker *asker = edits.n ? asker_of(m, edits) : NULL;

	if (asker)
		return str_of(asker->thread);
	return str_eq(json_text(relation, "rel_type"), STR("m.thread"))
		       ? json_text(relation, "event_id")
		       : STR("");
}

static void texts_write(struct matrix *m, const struct matrix_room *room, const struct json *event,
			const struct json *content, struct message *out)
{
	struct str thread = is_of_staff(m, room) ? STR("") : thread_in(m, content, out->edits);

	buf_clear(&m->room_text);
	buf_add(&m->room_text, room->id);
	if (thread.n) {
		buf_add(&m->room_text, STR(" "));
		buf_add(&m->room_text, thread);
	}
	buf_clear(&m->link);
	m->link.full = false;
	buf_add(&m->link, STR("https://matrix.to/#/"));
	url_add(&m->link, room->id);
	buf_add(&m->link, STR("/"));
	url_add(&m->link, json_text(event, "event_id"));
	out->room = buf_str(&m->room_text);
	out->link = m->link.full ? STR("") : buf_str(&m->link);
}

static bool ids_are_good(const struct matrix *m, const struct json *event)
{
	struct str id = json_text(event, "event_id"), sender = json_text(event, "sender");
	const struct json *content = json_object(event, "content");
	const struct json *edited = json_object(content, "m.new_content");
	struct str root = json_text(relation_of(event), "event_id");
	struct str thread = json_text(json_object(edited, "m.relates_to"), "event_id");

	return id.n > 1 && id.n <= MATRIX_ID_MAX && sender.n > 1 && sender.n <= MATRIX_ID_MAX &&
	       root.n <= MATRIX_ID_MAX && thread.n <= MATRIX_ID_MAX && str_find(id, STR(" ")) < 0 &&
	       str_find(root, STR(" ")) < 0 && !str_eq(sender, m->settings.user);
}

/* An edit counts when its message was for us, stands in the same room and is the same person's; in
 * a direct room there is nobody else. */
static bool edit_is_good(const struct matrix *m, const struct matrix_room *room,
			 const struct json *event, struct str original)
{
	const struct matrix_asker *asker = asker_of(m, original);

	if (!original.n || str_eq(original, json_text(event, "event_id")))
		return false;
	return asker ? !asker->passed && asker->room == room->hash &&
			       str_eq(str_of(asker->person), json_text(event, "sender"))
		     : matrix_room_is_direct(room);
}

/* What it is a reply to, when that is meant: in a thread clients name the newest message as a reply
 * for those that know no threads. */
static struct str reply_of(const struct json *event, bool staff)
{
	const struct json *relation = relation_of(event);

	/* Staff who open a thread under an alert answer it. */
	if (staff && str_eq(json_text(relation, "rel_type"), STR("m.thread")))
		return json_text(relation, "event_id");
	if (json_true(relation, "is_falling_back"))
		return STR("");
	return json_text(json_object(relation, "m.in_reply_to"), "event_id");
}

/* When the message was written that an edit is one of; long ago when that is not known any more. */
static int64_t original_sent_ms(const struct matrix *m, struct str original)
{
	const struct matrix_asker *asker = asker_of(m, original);

	return asker ? asker->sent_ms : 0;
}

/* Whoever spoke to us in a room of many is heard there for some minutes more: not to be answered, but
 * nothing urgent is missed. */
static bool is_heard(const struct matrix *m, const struct matrix_room *room,
		     const struct message *out)
{
	return heard_lately(&m->heard, room->hash, str_hash(out->person, 0), out->sent_ms);
}

/* An edit is meant for us when its message was. */
static bool was_addressed(const struct matrix *m, struct str original)
{
	const struct matrix_asker *asker = asker_of(m, original);

	return asker && asker->addressed;
}

bool event_read(struct matrix *m, const struct matrix_room *room, const struct json *event,
		bool asked, struct message *out)
{
	const struct json *content = json_object(event, "content");
	bool edit = is_edit(event), mentioned, direct = matrix_room_is_direct(room);
	bool staff = is_of_staff(m, room);
	struct str text, reply = reply_of(event, staff);

	if (!is_message(event) || room->encrypted || room->closed || !ids_are_good(m, event) ||
	    is_ignored(m, json_text(event, "sender")))
		return false;
	*out = (struct message){.id = json_text(event, "event_id"),
				.person = json_text(event, "sender"),
				.sent_ms = event_sent_ms(m, event)};
	if (edit) {
		out->edits = json_text(relation_of(event), "event_id");
		content = json_object(content, "m.new_content");
		if (!is_written(content) || !(asked || edit_is_good(m, room, event, out->edits)))
			return false;
	}
	text = words_of(content);
	out->attachment = is_attachment(content);
	if (json_object(relation_of(event), "m.in_reply_to"))
		text = without_quote(text);
	mentioned = mentions_us(m, content, text);
	out->addressed = direct || mentioned || (edit && was_addressed(m, out->edits));
	out->to_other = !out->addressed && !staff;
	if (!out->addressed && !edit && !asked && !(staff && reply.n) && !is_heard(m, room, out))
		return false;
	texts_write(m, room, event, content, out);
	out->text = without_us(m, text);
	out->replies_to = direct || mentioned || staff ? reply : STR("");
	out->replayed = m->now.wall_ms - out->sent_ms > LIVE_MS;
	if (edit)
		out->sent_ms = original_sent_ms(m, out->edits);
	return true;
}

/* --- edits of what this run did not hear --- */

struct str event_original(const struct matrix *m, const struct matrix_room *room,
			  const struct json *event)
{
	struct str original = json_text(relation_of(event), "event_id");
	bool wanted = is_message(event) && is_edit(event) && ids_are_good(m, event) &&
		      !room->encrypted && !room->closed &&
		      m->now.wall_ms - event_sent_ms(m, event) <= m->settings.missed_age_ms;

	return wanted && original.n > 1 && !asker_of(m, original) ? original : STR("");
}

static void passed_note(struct matrix *m, const struct matrix_room *room, const struct json *event)
{
	const struct message message = {.id = json_text(event, "event_id"),
					.person = json_text(event, "sender"),
					.room = room->id};

	asker_note(m, &message)->passed = true;
}

void event_note(struct matrix *m, const struct matrix_room *room, const struct json *event)
{
	struct message message;

	if (is_edit(event) || !ids_are_good(m, event))
		return;
	if (event_read(m, room, event, false, &message))
		asker_note(m, &message);
	else
		passed_note(m, room, event);
}

/* --- taking --- */

static void redaction_take(struct matrix *m, const struct json *event)
{
	struct str target = json_text(event, "redacts");

	if (!target.n)
		target = json_text(json_object(event, "content"), "redacts");
	if (target.n)
		steps_add(&m->steps,
			  &(struct machine_step){.kind = MACHINE_DELETED, .text = target});
}

static void own_take(struct matrix *m, const struct matrix_room *room, const struct json *event)
{
	const struct json *content = json_object(event, "content");
	const struct json *reply = json_object(relation_of(event), "m.in_reply_to");
	const struct matrix_sighting seen = {
		.room = room->id,
		.event = json_text(event, "event_id"),
		.transaction = json_text(json_object(event, "unsigned"), "transaction_id"),
		.replies_to = json_text(reply, "event_id"),
		.body = json_text(content, "body")};

	errand_seen(m, &seen);
}

static bool message_take(struct matrix *m, struct matrix_room *room, const struct json *event,
			 bool overheard)
{
	struct machine_step step = {.kind = MACHINE_MESSAGE};

	if (!event_read(m, room, event, false, &step.message))
		return false;
	if (m->now.wall_ms - event_sent_ms(m, event) > m->settings.missed_age_ms) {
		m->too_old++;
		return false;
	}
	if (step.message.addressed && !matrix_room_is_direct(room))
		heard_note(&m->heard, room->hash, str_hash(step.message.person, 0),
			   step.message.sent_ms);
	if (overheard) {
		step.message.addressed = false;
		step.message.to_other = true;
	}
	if (!step.message.edits.n)
		asker_note(m, &step.message);
	if (step.message.addressed)
		sign_add(m, step.message.room, step.message.id);
	steps_add(&m->steps, &step);
	return true;
}

bool event_overhear(struct matrix *m, struct matrix_room *room, const struct json *event)
{
	return message_take(m, room, event, true);
}

/* Its edits may still carry its words. */
static bool is_deleted(const struct matrix *m, const struct json *event)
{
	return str_eq(json_text(event, "type"), STR("m.room.message")) &&
	       json_object(json_object(event, "unsigned"), "redacted_because") &&
	       ids_are_good(m, event);
}

bool event_take(struct matrix *m, struct matrix_room *room, const struct json *event)
{
	if (str_eq(json_text(event, "type"), STR("m.room.redaction")) &&
	    !json_get(event, "state_key")) {
		redaction_take(m, event);
		return true;
	}
	if (str_eq(json_text(event, "sender"), m->settings.user)) {
		own_take(m, room, event);
		return false;
	}
	if (is_deleted(m, event)) {
		passed_note(m, room, event);
		return false;
	}
	return message_take(m, room, event, false);
}
