#include <inttypes.h>

#include "wire/discord_machine.h"
#include "wire/iso_time.h"

#define LINK_BASE "https://discord.com/channels/"
#define TYPE_DEFAULT 0
#define TYPE_REPLY 19
#define REFERENCE_FORWARD 1
#define FLAG_EPHEMERAL (1 << 6)
/* Longer ago nobody knows any more what was told of it: an update comes with the last edit's time also
 * when somebody pins the message. */
#define EDIT_KNOWN_MS ((int64_t)24 * 60 * 60 * 1000)

/* --- messages --- */

/* What one message says about itself, read once. */
struct reading {
	const struct json *message;
	uint64_t id, channel, author;
	uint64_t guild; /* 0: none; REST does not say it */
	bool direct, watched, forward;
	bool replies_to_me, replies_to_other;
	bool mentions_me, mentions_other;
	struct str content;
	struct str edited;   /* when, as Discord says it; empty: it is as it was written */
	struct str answered; /* the bot's message that it replies to, or empty */
};

static bool is_from_person(const struct discord *d, const struct reading *r)
{
	const struct json *author = json_object(r->message, "author");
	const struct json *webhook = json_get(r->message, "webhook_id");

	/* Who does not know itself may answer itself. */
	if (!r->author || !d->me || r->author == d->me)
		return false;
	if (webhook && !json_is_null(webhook))
		return false;
	return !json_true(author, "bot") && !json_true(author, "system");
}

static void read_reference(const struct discord *d, struct reading *r)
{
	const struct json *target = json_object(r->message, "referenced_message");
	uint64_t author = json_snowflake(json_object(target, "author"), "id");
	int64_t kind = 0;

	json_int(json_object(r->message, "message_reference"), "type", 0, INT32_MAX, &kind);
	r->forward = kind == REFERENCE_FORWARD ||
		     json_first(json_array(r->message, "message_snapshots")) != NULL;
	if (r->forward || !author)
		return;
	r->replies_to_me = author == d->me;
	if (r->replies_to_me)
		r->answered = json_text(target, "id");
	r->replies_to_other = !r->replies_to_me && author != r->author;
}

/* Bytes of a mention of the bot at the front of `s`: <@ID>, the older <@!ID>, or <@&ROLE> for its own
 * role; else 0. `me` 0 matches nothing. */
static size_t own_mention(const struct discord *d, struct str s)
{
	struct str digits, rest = s;
	uint64_t id;

	if (!str_starts(s, STR("<@")) || !str_cut(&rest, '>', &digits) || digits.n == s.n)
		return 0;
	digits = str_sub(digits, 2, digits.n);
	if (str_starts(digits, STR("&"))) {
		id = snowflake(str_sub(digits, 1, digits.n));
		return id && rooms_is_own_role(&d->rooms, id) ? digits.n + 3 : 0;
	}
	if (str_starts(digits, STR("!")))
		id = snowflake(str_sub(digits, 1, digits.n));
	else
		id = snowflake(digits);
	return id && id == d->me ? digits.n + 3 : 0;
}

static void read_mentions(const struct discord *d, struct reading *r)
{
	const struct json *v;

	for (v = json_first(json_array(r->message, "mentions")); v; v = json_next(v)) {
		uint64_t id = json_snowflake(v, "id");

		if (id && id == d->me)
			r->mentions_me = true;
		else if (id && id != r->author)
			r->mentions_other = true;
	}
	for (v = json_first(json_array(r->message, "mention_roles")); v; v = json_next(v)) {
		uint64_t role = snowflake(json_text_of(v));

		if (role && rooms_is_own_role(&d->rooms, role))
			r->mentions_me = true;
		else if (role)
			r->mentions_other = true;
	}
	for (size_t i = 0; i < r->content.n && !r->mentions_me; i++)
		if (r->content.p[i] == '<' && own_mention(d, str_sub(r->content, i, 32)))
			r->mentions_me = true;
}

/* The person's words: without the mention of the bot, and without the blank it leaves doubled. */
static struct str own_words(struct discord *d, struct str content)
{
	buf_clear(&d->scratch);
	for (size_t i = 0; i < content.n;) {
		size_t n = content.p[i] == '<' ? own_mention(d, str_sub(content, i, 32)) : 0;
		bool after_blank = d->scratch.n == 0 || d->scratch.p[d->scratch.n - 1] == ' ';

		if (n == 0) {
			buf_add_char(&d->scratch, content.p[i++]);
			continue;
		}
		i += n;
		if (after_blank && i < content.n && content.p[i] == ' ')
			i++;
	}
	return str_trim(buf_str(&d->scratch));
}

static bool has_any(const struct json *message, const char *list)
{
	return json_first(json_array(message, list)) != NULL;
}

/* False when it is not a message that a person may get an answer to. */
static bool read_basics(const struct discord *d, const struct json *message, struct reading *r)
{
	const struct json *guild = json_get(message, "guild_id");
	int64_t type = -1, flags = 0;

	*r = (struct reading){
		.message = message,
		.id = json_snowflake(message, "id"),
		.channel = json_snowflake(message, "channel_id"),
		.author = json_snowflake(json_object(message, "author"), "id"),
		.guild = json_snowflake(message, "guild_id"),
		.direct = !guild || json_is_null(guild),
		.content = json_text(message, "content"),
		.edited = json_text(message, "edited_timestamp"),
	};
	json_int(message, "type", 0, INT32_MAX, &type);
	json_int(message, "flags", 0, JSON_INT_MAX, &flags);
	if (!r->id || !r->channel || (type != TYPE_DEFAULT && type != TYPE_REPLY) ||
	    (flags & FLAG_EPHEMERAL) || !is_from_person(d, r))
		return false;
	r->watched = rooms_is_watched(&d->rooms, r->channel);
	read_reference(d, r);
	read_mentions(d, r);
	return true;
}

/* Known where the event says the server; what REST gives does not. */
static struct str link_of(struct discord *d, const struct reading *r)
{
	buf_clear(&d->link_text);
	if (r->guild)
		buf_addf(&d->link_text, LINK_BASE "%" PRIu64 "/%" PRIu64 "/%" PRIu64, r->guild,
			 r->channel, r->id);
	else if (r->direct)
		buf_addf(&d->link_text, LINK_BASE "@me/%" PRIu64 "/%" PRIu64, r->channel, r->id);
	return buf_str(&d->link_text);
}

/* The texts point into `r->message` and the buffers of `d`. */
static struct message as_message(struct discord *d, const struct reading *r)
{
	bool addressed = r->direct || r->mentions_me || r->replies_to_me;

	return (struct message){
		.id = json_text(r->message, "id"),
		.link = link_of(d, r),
		.replies_to = r->answered,
		.room = json_text(r->message, "channel_id"),
		.person = json_text(json_object(r->message, "author"), "id"),
		.text = r->forward ? STR("") : own_words(d, r->content),
		.addressed = addressed,
		.to_other = !addressed && (r->replies_to_other || r->mentions_other || !r->watched),
		.attachment = !r->forward && (has_any(r->message, "attachments") ||
					      has_any(r->message, "sticker_items")),
		.replayed = d->link.resuming && d->phase == PHASE_JOINING,
		.sent_ms = snowflake_ms(r->id),
	};
}

/* In a watched channel, text that comes empty although something was written means that content is
 * not granted. Polls and forwards are empty by nature. */
static bool is_without_content(const struct discord *d, const struct reading *r,
			       const struct message *m)
{
	return !m->addressed && !r->forward && r->content.n == 0 && !m->attachment &&
	       !json_object(r->message, "poll") && !(d->session.intents & INTENT_CONTENT);
}

/* Whoever spoke to the bot in a room that it does not watch is heard there for some minutes more: not
 * to be answered, but nothing urgent is missed. */
static bool is_for_us(struct discord *d, const struct reading *r, const struct message *m)
{
	if (m->addressed && !r->direct && !r->watched)
		heard_note(&d->heard, r->channel, r->author, m->sent_ms);
	if (m->addressed && !r->watched)
		gaps_acquaint(&d->gaps, r->channel, r->guild);
	return m->addressed || r->watched ||
	       (r->content.n && heard_lately(&d->heard, r->channel, r->author, m->sent_ms));
}

static void message_give(struct discord *d, const struct reading *r, struct message *message)
{
	struct machine_step step = {.kind = MACHINE_MESSAGE};

	if (!is_for_us(d, r, message))
		return;
	if (is_without_content(d, r, message)) {
		d->counts.without_content++;
		state_set(d, PLATFORM_DEGRADED,
			  "messages in the listed channels arrive without their text: switch on "
			  "Message Content Intent on the Bot page of the Developer Portal, then "
			  "start the bot again");
		return;
	}
	/* Nothing was said: an embed, a poll, a forward. */
	if (!message->addressed && message->text.n == 0 && !message->attachment)
		return;
	d->counts.messages++;
	step.message = *message;
	steps_add(&d->steps, &step);
}

static void on_message(struct discord *d, const struct json *event)
{
	uint64_t id = json_snowflake(event, "id");
	struct message message;
	struct reading r;

	if (id)
		gaps_saw(&d->gaps, id);
	if (!read_basics(d, event, &r))
		return;
	message = as_message(d, &r);
	message_give(d, &r, &message);
}

/* Discord sends an update also when a link is unfurled or a message is pinned: nobody has edited what
 * has no edited_timestamp, and one that was there before comes with the time of its last edit, which
 * is part of this id. */
static bool edit_id(struct discord *d, const struct reading *r)
{
	int64_t edited_ms;

	buf_clear(&d->edit_text);
	if (iso_time_read(r->edited, &edited_ms) && d->wall_ms - edited_ms > EDIT_KNOWN_MS)
		return false;
	return r->edited.n && r->content.n &&
	       buf_addf(&d->edit_text, "%" PRIu64 ":" STR_FMT, r->id, STR_ARG(r->edited));
}

struct str discord_edited(struct str id)
{
	struct str message = id;

	str_cut(&id, ':', &message);
	return message;
}

/* `message` is of what was edited, and becomes the edit. */
static void edit_give(struct discord *d, const struct reading *r, struct message *message)
{
	struct machine_step step = {.kind = MACHINE_MESSAGE};

	if (!edit_id(d, r) || !is_for_us(d, r, message))
		return;
	message->edits = message->id;
	message->id = buf_str(&d->edit_text);
	d->counts.messages++;
	step.message = *message;
	steps_add(&d->steps, &step);
}

static void on_edit(struct discord *d, const struct json *event)
{
	struct message message;
	struct reading r;

	if (!read_basics(d, event, &r))
		return;
	message = as_message(d, &r);
	edit_give(d, &r, &message);
}

/* An edit may have made urgent what was answered before the session was lost, and what nobody saw as it
 * was written counts as it stands: the message is given first, the edit behind it. */
void event_missed(struct discord *d, const struct json *json, const struct gap *gap)
{
	struct message message;
	struct reading r;

	if (!read_basics(d, json, &r) || r.channel != gap->room)
		return;
	r.guild = gap->guild;
	r.direct = gap->kind == GAP_DIRECT;
	r.watched = r.watched || gap->kind == GAP_WATCHED; /* its server may not be told yet */
	message = as_message(d, &r);
	message.replayed = true;
	message_give(d, &r, &message);
	edit_give(d, &r, &message);
}

bool discord_read_fetched(struct discord *d, struct str asked, struct str link, struct str body,
			  struct message *out)
{
	struct reading r;

	json_free(d->fetched);
	d->fetched = json_parse(body, DISCORD_FRAME_MAX, NULL);
	if (!read_basics(d, d->fetched, &r))
		return false;
	/* REST leaves guild_id out; the link says what it was. One that a version before links handed
	 * in was known to concern the bot: it is a direct message when nothing else explains that. */
	r.direct = link.n ? str_starts(link, STR(LINK_BASE "@me/"))
			  : !r.watched && !r.mentions_me && !r.replies_to_me;
	*out = as_message(d, &r);
	out->link = link;
	if (str_eq(asked, out->id))
		return true;
	out->edits = out->id;
	out->id = asked;
	return str_eq(discord_edited(asked), out->edits);
}

static void deleted_give(struct discord *d, struct str id)
{
	const struct machine_step step = {.kind = MACHINE_DELETED, .text = id};

	if (snowflake(id))
		steps_add(&d->steps, &step);
}

static void on_delete(struct discord *d, const struct json *event)
{
	deleted_give(d, json_text(event, "id"));
}

static void on_delete_many(struct discord *d, const struct json *event)
{
	for (const struct json *v = json_first(json_array(event, "ids")); v; v = json_next(v))
		deleted_give(d, json_text_of(v));
}

/* --- the session --- */

uint64_t discord_me(const struct discord *d)
{
	return d->me;
}

/* Without its own id the bot could not tell its messages from others': it answers nobody, and begins anew
 * until Discord says who it is. */
static bool is_known(struct discord *d)
{
	if (d->me)
		return true;
	session_drop(d);
	session_reconnect(d, "Discord did not say who the bot is");
	return false;
}

static void on_ready(struct discord *d, const struct json *event)
{
	struct str url = json_text(event, "resume_gateway_url");
	uint64_t me = json_snowflake(json_object(event, "user"), "id");

	if (d->phase != PHASE_JOINING || d->link.resuming)
		return;
	if (me)
		d->me = me;
	if (!is_known(d))
		return;
	buf_clear(&d->session.id);
	buf_clear(&d->session.resume_url);
	if (buf_add(&d->session.id, json_text(event, "session_id")) && url_is_usable(d, url))
		buf_add(&d->session.resume_url, url);
	d->session.seq = 0;
	missed_open(d, event);
	rooms_forget_all(&d->rooms);
	d->position_dirty = true;
	session_up(d);
}

static void on_resumed(struct discord *d, const struct json *event)
{
	(void)event;
	if (d->phase == PHASE_JOINING && d->link.resuming && is_known(d))
		session_up(d);
}

/* --- servers and channels --- */

static void on_guild_create(struct discord *d, const struct json *event)
{
	rooms_guild_create(&d->rooms, event, d->me);
	missed_server(d, event);
}

static void on_guild_delete(struct discord *d, const struct json *event)
{
	/* An outage of Discord: what is written meanwhile comes with no event. */
	if (json_true(event, "unavailable"))
		gaps_hole_open(&d->gaps, json_snowflake(event, "id"));
	rooms_guild_delete(&d->rooms, event);
}

static void on_channel(struct discord *d, const struct json *event)
{
	rooms_put(&d->rooms, event, 0, false);
}

static void on_thread(struct discord *d, const struct json *event)
{
	rooms_put(&d->rooms, event, 0, true);
}

static void on_room_delete(struct discord *d, const struct json *event)
{
	rooms_remove(&d->rooms, json_snowflake(event, "id"));
}

static void on_thread_list(struct discord *d, const struct json *event)
{
	uint64_t guild = json_snowflake(event, "guild_id");

	for (const struct json *v = json_first(json_array(event, "threads")); v; v = json_next(v))
		rooms_put(&d->rooms, v, guild, true);
}

void event_handle(struct discord *d, struct str name, const struct json *event)
{
	static const struct {
		const char *name;
		void (*handle)(struct discord *d, const struct json *event);
	} events[] = {
		{"MESSAGE_CREATE", on_message},
		{"MESSAGE_UPDATE", on_edit},
		{"MESSAGE_DELETE", on_delete},
		{"MESSAGE_DELETE_BULK", on_delete_many},
		{"READY", on_ready},
		{"RESUMED", on_resumed},
		{"GUILD_CREATE", on_guild_create},
		{"GUILD_DELETE", on_guild_delete},
		{"CHANNEL_CREATE", on_channel},
		{"CHANNEL_UPDATE", on_channel},
		{"CHANNEL_DELETE", on_room_delete},
		{"THREAD_CREATE", on_thread},
		{"THREAD_UPDATE", on_thread},
		{"THREAD_DELETE", on_room_delete},
		{"THREAD_LIST_SYNC", on_thread_list},
	};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		if (!str_eq(name, str_of(events[i].name)))
			continue;
		events[i].handle(d, event);
		return;
	}
	d->counts.unknown_events++;
}
