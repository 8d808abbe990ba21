#include "wire/discord_refusals.h"

#include "wire/json.h"

/* Source: topics/opcodes-and-status-codes, JSON Error Codes. */
static const struct {
	int code;
	enum verdict verdict;
	const char *what;
} refusals[] = {
	{10003, VERDICT_REFUSED, "the channel does not exist any more"},
	{10008, VERDICT_REFUSED, "the message does not exist any more"},
	{20016, VERDICT_RETRY, "slow mode"},
	{20028, VERDICT_RETRY, "the channel's limit"},
	{40333, VERDICT_REFUSED, "Cloudflare blocks clinicbot: install a newer clinicbot"},
	{50001, VERDICT_REFUSED,
	 "the bot may not see the channel: give its role the permission View Channel there"},
	{50006, VERDICT_REFUSED, "the message is empty: a mistake of clinicbot"},
	{50007, VERDICT_REFUSED, "the person takes no direct messages from the bot"},
	{50013, VERDICT_REFUSED,
	 "the bot may not write in the channel: give its role the permissions Send Messages, Send "
	 "Messages in Threads and Read Message History there"},
	{50035, VERDICT_REFUSED,
	 "Discord does not accept the form of the message: a mistake of clinicbot"},
	{50083, VERDICT_REFUSED, "the thread is archived"},
	{50278, VERDICT_REFUSED, "the person shares no server with the bot any more"},
	{130000, VERDICT_RETRY, "Discord is overloaded"},
	{160002, VERDICT_NO_REFERENCE, "the bot may not read the channel's history"},
	{160005, VERDICT_REFUSED, "the thread is locked"},
	{200000, VERDICT_REFUSED,
	 "the server's AutoMod blocks the reply: exempt the bot's role from that rule"},
	{240000, VERDICT_REFUSED, "Discord blocks a link in the reply: change it in the article"},
};

static bool blames_reference(const struct json *body)
{
	return json_get(json_object(body, "errors"), "message_reference") != NULL;
}

static enum verdict judge_code(int status, const struct json *body, struct buf *why)
{
	int64_t code = 0;

	json_int(body, "code", 0, INT32_MAX, &code);
	if (code == 50035 && blames_reference(body))
		return VERDICT_NO_REFERENCE;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].code != code)
			continue;
		if (refusals[i].verdict == VERDICT_REFUSED)
			buf_addf(why, "%s (Discord's error %d)", refusals[i].what, (int)code);
		return refusals[i].verdict;
	}
	buf_addf(why, "Discord refuses it with HTTP %d", status);
	if (code)
		buf_addf(why, ", error %d", (int)code);
	return VERDICT_REFUSED;
}

/* Discord says why in JSON (topics/opcodes-and-status-codes, reference: Error Messages). What is none is of
 * something in between, such as a proxy or Cloudflare, and passes. */
static bool is_discords(const struct json *body)
{
	int64_t code;

	return json_is_text(json_get(body, "message")) ||
	       json_int(body, "code", 0, INT32_MAX, &code);
}

enum verdict refusal_judge(const struct machine_response *response, struct buf *why)
{
	int status = response->status;
	struct json *body;
	enum verdict verdict;

	if (status >= 200 && status <= 299)
		return VERDICT_DONE;
	if (status == 429)
		return VERDICT_WAIT;
	if (status == 0 || status == 408 || status == 425 || status >= 500)
		return VERDICT_RETRY;
	body = json_parse(response->body, DISCORD_REST_BODY_MAX, NULL);
	if (!is_discords(body))
		verdict = VERDICT_RETRY;
	else if (status == 401)
		verdict = VERDICT_UNAUTHORIZED;
	else
		verdict = judge_code(status, body, why);
	json_free(body);
	return verdict;
}

bool refusal_is_of_channel(const struct machine_response *response, enum trouble *trouble)
{
	struct json *body = json_parse(response->body, DISCORD_REST_BODY_MAX, NULL);
	int64_t code = 0;

	json_int(body, "code", 0, INT32_MAX, &code);
	json_free(body);
	*trouble = code == 10003 ? TROUBLE_GONE : TROUBLE_MUTE;
	return code == 10003 || code == 50001 || code == 50013;
}
