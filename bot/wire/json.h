/* JSON in and out. The only room that knows cJSON.
 *
 * Reading: json_parse() gives a document that its caller owns and frees as a whole; every other
 * `struct json` points into it. Getters tolerate what is missing, null or of another type: they
 * give an empty text, NULL or false, so that a reader states only what it needs. Ids are texts,
 * never numbers: a double cannot hold them.
 *
 * Writing: a `struct json_writer` puts values one by one into a buffer that somebody else owns. It
 * escapes what must be escaped, and what is not UTF-8 becomes U+FFFD. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "core/buf.h"
#include "core/err.h"

#define JSON_DEPTH_MAX 64
#define JSON_VALUES_MAX 1000000 /* in one document: memory stays bounded by this */
#define JSON_INT_MAX ((int64_t)1 << 53)

struct json;

/* The whole of `text` as one value; free with json_free(). NULL with ERR_INPUT when it is longer
 * than `max` bytes, too deep, has too many values or is no JSON. Bytes that are not UTF-8, an
 * escaped NUL and halves of surrogate pairs are read as U+FFFD. Of two equal keys the first counts. */
struct json *json_parse(struct str text, size_t max, struct err *err);
/* Accepts NULL. */
void json_free(struct json *document);

/* The value of a key, also when it is null; NULL when `object` is no object or has no such key. */
const struct json *json_get(const struct json *object, const char *key);
bool json_is_null(const struct json *value);
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
bool json_is_text(const struct json *value);

/* The text of a value, or of a key's value; empty when it is no text. Borrowed. */
struct str json_text_of(const struct json *value);
struct str json_text(const struct json *object, const char *key);
/* A whole number from `min` to `max` (within +-JSON_INT_MAX); else false, `*out` untouched. */
bool json_int_of(const struct json *value, int64_t min, int64_t max, int64_t *out);
bool json_int(const struct json *object, const char *key, int64_t min, int64_t max, int64_t *out);
/* Any number; NaN and infinities cannot be written in JSON. */
bool json_number(const struct json *object, const char *key, double *out);
/* True only for a key whose value is `true`. */
bool json_true(const struct json *object, const char *key);
/* NULL when the value is of another type. */
const struct json *json_object(const struct json *object, const char *key);
const struct json *json_array(const struct json *object, const char *key);

/* The elements of an array or the values of an object in their order; NULL for everything else:
 *     for (v = json_first(list); v; v = json_next(v)) ... */
const struct json *json_first(const struct json *list);
const struct json *json_next(const struct json *value);
/* The key that an object's value stands under; empty for elements of arrays. */
struct str json_key(const struct json *value);
/* The same from its end. */
const struct json *json_last(const struct json *list);
const struct json *json_prev(const struct json *value);

struct json_writer {
	struct buf *out;
	unsigned depth;
	bool filled[JSON_DEPTH_MAX + 1];   /* something stands in this level: a comma is due */
	bool is_array[JSON_DEPTH_MAX + 1]; /* what json_close() closes */
};

/* Appends to `out`, whose `full` says in the end whether everything fitted. */
void json_begin(struct json_writer *w, struct buf *out);
/* `key` is NULL in arrays and for the outermost value. Each open needs its json_close(); deeper
 * than JSON_DEPTH_MAX ends the process. */
void json_open_object(struct json_writer *w, const char *key);
void json_open_array(struct json_writer *w, const char *key);
void json_close(struct json_writer *w);
void json_put_text(struct json_writer *w, const char *key, struct str text);
void json_put_int(struct json_writer *w, const char *key, int64_t value);
void json_put_bool(struct json_writer *w, const char *key, bool value);
/* As short as reads back equal; null when it is not finite. */
void json_put_double(struct json_writer *w, const char *key, double value);
void json_put_null(struct json_writer *w, const char *key);
/* A copy of what was read, at whatever depth it stood; a number as a double holds it. */
void json_put_value(struct json_writer *w, const char *key, const struct json *value);

#endif
