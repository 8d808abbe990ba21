/* Account data of the bot's account; others have none. It stands in the settings, so that it outlives kill
 * -9, with its place in the stream. */
#include <string.h>

#include "matrix.h"

static json_t *kept(void)
{
	return json_object_get(settings, "_account");
}

static void change(const char *type, json_t *content)
{
	json_t *all = kept() ? json_copy(kept()) : json_object(), *settings_new;

	stream++;
	json_object_set_new(all, type,
			    json_pack("{s:O,s:I}", "content", content, "pos", (json_int_t)stream));
	settings_new = json_pack("{s:o}", "_account", all);
	settings_change(settings_new);
	json_decref(settings_new);
}

void account_data_call(struct peer *peer, const char *type)
{
	json_t *row = json_object_get(kept(), type);

	if (!strcmp(peer->method, "PUT") && json_is_object(peer->json)) {
		count("account_data");
		change(type, peer->json);
		respond(peer, 200, json_object());
	} else if (!strcmp(peer->method, "PUT")) {
		fail(peer, 400, "M_BAD_JSON", "an object is wanted");
	} else if (row) {
		respond(peer, 200, json_incref(json_object_get(row, "content")));
	} else {
		fail(peer, 404, "M_NOT_FOUND", "Account data not found");
	}
}

static bool is_wanted(const json_t *filter, const char *type)
{
	json_t *types = json_object_get(json_object_get(filter, "account_data"), "types"), *v;
	size_t i;

	json_array_foreach(types, i, v) if (!strcmp(json_string_value(v), type)) return true;
	return !types;
}

json_t *account_data_since(const json_t *filter, int64_t since)
{
	json_t *list = json_array(), *row;
	const char *type;

	json_object_foreach(kept(), type,
			    row) if (json_integer_value(json_object_get(row, "pos")) > since &&
				     is_wanted(filter, type))
		json_array_append_new(list, json_pack("{s:s,s:O}", "type", type, "content",
						      json_object_get(row, "content")));
	return list;
}

void account_data_resume(void)
{
	json_t *row;
	const char *type;

	json_object_foreach(kept(), type,
			    row) if (json_integer_value(json_object_get(row, "pos")) > stream)
		stream = json_integer_value(json_object_get(row, "pos"));
}
