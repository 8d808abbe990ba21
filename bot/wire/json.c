#include "wire/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/arena.h"
#include "core/text.h"

/* The four hex digits at `s`, or -1. */
static int hex4(struct str s)
{
	int value = 0;

	if (s.n < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		char c = s.p[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

static bool is_high(int unit)
{
	return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(int unit)
{
	return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* What the text before parsing says about its cost, and whether it holds escapes that cJSON would
 * cut a text at (NUL) or refuse the whole document for (half a surrogate pair). */
struct scan {
	size_t depth, depth_max, values;
	bool odd_escapes;
};

/* Bytes of the escape at `s` (a backslash), and whether it must be replaced. */
static size_t escape_length(struct str s, bool *odd)
{
	int unit = s.n > 1 && s.p[1] == 'u' ? hex4(str_sub(s, 2, 4)) : -1;

	*odd = false;
	if (unit < 0)
		return s.n > 1 ? 2 : 1;
	if (is_high(unit) && str_starts(str_sub(s, 6, 2), STR("\\u")) &&
	    is_low(hex4(str_sub(s, 8, 4))))
		return 12;
	*odd = unit == 0 || is_high(unit) || is_low(unit);
	return 6;
}

static size_t scan_text(struct str text, size_t i, struct scan *scan)
{
	bool odd;

	while (i < text.n && text.p[i] != '"') {
		if (text.p[i] != '\\') {
			i++;
			continue;
		}
		i += escape_length(str_sub(text, i, 12), &odd);
		scan->odd_escapes = scan->odd_escapes || odd;
	}
	return i + 1;
}

static struct scan scan_document(struct str text)
{
	struct scan scan = {.values = 1};

	for (size_t i = 0; i < text.n;) {
		char c = text.p[i++];

		if (c == '"') {
			i = scan_text(text, i, &scan);
		} else if (c == '{' || c == '[') {
			scan.values++;
			if (++scan.depth > scan.depth_max)
				scan.depth_max = scan.depth;
		} else if ((c == '}' || c == ']') && scan.depth) {
			scan.depth--;
		} else if (c == ',') {
			scan.values++;
		}
	}
	return scan;
}

static void copy_repaired(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.n;) {
		size_t n = 1;
		bool odd = false;

		if (text.p[i] == '\\')
			n = escape_length(str_sub(text, i, 12), &odd);
		buf_add(out, odd ? STR("\\ufffd") : str_sub(text, i, n));
		i += n;
	}
}

static bool only_blanks(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	return true;
}

static void *allocate(size_t n)
{
	void *p = malloc(n);

	if (!p)
		out_of_memory();
	return p;
}

static struct json *parse_whole(struct str text, struct err *err)
{
	/* By itself cJSON says of a document that it has no memory for that it is none. */
	cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = free};
	const char *end = NULL;
	cJSON *root;

	cJSON_InitHooks(&hooks);
	root = text.n ? cJSON_ParseWithLengthOpts(text.p, text.n, &end, false) : NULL;
	if (root && only_blanks(str_sub(text, (size_t)(end - text.p), text.n)))
		return (struct json *)root;
	err_set(err, ERR_INPUT, "this is not JSON, near byte %zu",
		end ? (size_t)(end - text.p) : (size_t)0);
	cJSON_Delete(root);
	return NULL;
}

/* `text` is UTF-8. */
static struct json *parse_utf8(struct str text, struct err *err)
{
	struct scan scan = scan_document(text);
	struct json *document;
	struct buf repaired;

	if (scan.depth_max > JSON_DEPTH_MAX || scan.values > JSON_VALUES_MAX) {
		err_set(err, ERR_INPUT, "the JSON is %s",
			scan.depth_max > JSON_DEPTH_MAX ? "too deep" : "too large");
		return NULL;
	}
	if (!scan.odd_escapes)
		return parse_whole(text, err);
	buf_init(&repaired, text.n);
	copy_repaired(text, &repaired);
	document = parse_whole(buf_str(&repaired), err);
	buf_done(&repaired);
	return document;
}

struct json *json_parse(struct str text, size_t max, struct err *err)
{
	struct json *document;
	struct arena arena;

	if (text.n > max) {
		err_set(err, ERR_INPUT, "the JSON has %zu bytes, more than %zu", text.n, max);
		return NULL;
	}
	arena_init(&arena);
	document = parse_utf8(text_repair(text, &arena), err);
	arena_done(&arena);
	return document;
}

void json_free(struct json *document)
{
	cJSON_Delete((cJSON *)document);
}

const struct json *json_get(const struct json *object, const char *key)
{
	if (!json_is_object(object))
		return NULL;
	return (const struct json *)cJSON_GetObjectItemCaseSensitive((const cJSON *)object, key);
}

bool json_is_null(const struct json *value)
{
	return cJSON_IsNull((const cJSON *)value);
}

bool json_is_object(const struct json *value)
{
	return cJSON_IsObject((const cJSON *)value);
}

bool json_is_array(const struct json *value)
{
	return cJSON_IsArray((const cJSON *)value);
}

bool json_is_text(const struct json *value)
{
	return cJSON_IsString((const cJSON *)value);
}

struct str json_text_of(const struct json *value)
{
	return str_of(cJSON_GetStringValue((const cJSON *)value));
}

struct str json_text(const struct json *object, const char *key)
{
	return json_text_of(json_get(object, key));
}

bool json_int_of(const struct json *value, int64_t min, int64_t max, int64_t *out)
{
	double d;

	if (!cJSON_IsNumber((const cJSON *)value))
		return false;
	d = cJSON_GetNumberValue((const cJSON *)value);
	if (!(fabs(d) <= (double)JSON_INT_MAX) || (double)(int64_t)d != d)
		return false;
	if ((int64_t)d < min || (int64_t)d > max)
		return false;
	*out = (int64_t)d;
	return true;
}

bool json_int(const struct json *object, const char *key, int64_t min, int64_t max, int64_t *out)
{
	return json_int_of(json_get(object, key), min, max, out);
}

bool json_number(const struct json *object, const char *key, double *out)
{
	const struct json *value = json_get(object, key);

	if (!cJSON_IsNumber((const cJSON *)value))
		return false;
	*out = cJSON_GetNumberValue((const cJSON *)value);
	return true;
}

bool json_true(const struct json *object, const char *key)
{
	return cJSON_IsTrue((const cJSON *)json_get(object, key));
}

const struct json *json_object(const struct json *object, const char *key)
{
	const struct json *value = json_get(object, key);

	return json_is_object(value) ? value : NULL;
}

const struct json *json_array(const struct json *object, const char *key)
{
	const struct json *value = json_get(object, key);

	return json_is_array(value) ? value : NULL;
}

const struct json *json_first(const struct json *list)
{
	if (!json_is_array(list) && !json_is_object(list))
		return NULL;
	return (const struct json *)((const cJSON *)list)->child;
}

const struct json *json_next(const struct json *value)
{
	return value ? (const struct json *)((const cJSON *)value)->next : NULL;
}

/* cJSON: the first of a list has the last in front of it, and nothing is behind the last. */
const struct json *json_last(const struct json *list)
{
	const struct json *first = json_first(list);

	return first ? (const struct json *)((const cJSON *)first)->prev : NULL;
}

const struct json *json_prev(const struct json *value)
{
	const cJSON *prev = value ? ((const cJSON *)value)->prev : NULL;

	return prev && prev->next ? (const struct json *)prev : NULL;
}

struct str json_key(const struct json *value)
{
	return str_of(value ? ((const cJSON *)value)->string : NULL);
}

/* Bytes of the UTF-8 sequence at `s`, or 0 when there is none (also overlong forms, surrogates and
 * what lies beyond U+10FFFF). Source: RFC 3629, section 4. */
static size_t utf8_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;

	if (n == 0 || p[0] > 0xF4 || s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F))
		return 0;
	if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	return n;
}

static bool needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

static void put_escape(struct buf *out, char c)
{
	static const char from[] = "\"\\\n\r\t\b\f";
	static const char to[] = "\"\\nrtbf";
	const char *at = c ? strchr(from, c) : NULL;

	if (at)
		buf_addf(out, "\\%c", to[at - from]);
	else
		buf_addf(out, "\\u%04x", (unsigned)(unsigned char)c);
}

static void put_quoted(struct buf *out, struct str s)
{
	size_t from = 0;

	buf_add_char(out, '"');
	for (size_t i = 0; i < s.n;) {
		size_t n = utf8_length(str_sub(s, i, 4));
		bool plain = n && !needs_escape((unsigned char)s.p[i]);

		if (plain) {
			i += n;
			continue;
		}
		buf_add(out, str_sub(s, from, i - from));
		if (n)
			put_escape(out, s.p[i]);
		else
			buf_add(out, STR("\xEF\xBF\xBD"));
		from = ++i;
	}
	buf_add(out, str_sub(s, from, s.n));
	buf_add_char(out, '"');
}

void json_begin(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){.out = out};
}

/* The comma and the key before a value. */
static void put_key(struct json_writer *w, const char *key)
{
	if (w->filled[w->depth])
		buf_add_char(w->out, ',');
	w->filled[w->depth] = true;
	if (!key)
		return;
	put_quoted(w->out, str_of(key));
	buf_add_char(w->out, ':');
}

static void open_level(struct json_writer *w, const char *key, bool is_array)
{
	put_key(w, key);
	buf_add_char(w->out, is_array ? '[' : '{');
	if (++w->depth > JSON_DEPTH_MAX)
		abort();
	w->filled[w->depth] = false;
	w->is_array[w->depth] = is_array;
}

void json_open_object(struct json_writer *w, const char *key)
{
	open_level(w, key, false);
}

void json_open_array(struct json_writer *w, const char *key)
{
	open_level(w, key, true);
}

void json_close(struct json_writer *w)
{
	if (w->depth == 0)
		abort();
	buf_add_char(w->out, w->is_array[w->depth] ? ']' : '}');
	w->depth--;
}

void json_put_text(struct json_writer *w, const char *key, struct str text)
{
	put_key(w, key);
	put_quoted(w->out, text);
}

void json_put_int(struct json_writer *w, const char *key, int64_t value)
{
	put_key(w, key);
	buf_addf(w->out, "%lld", (long long)value);
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
	put_key(w, key);
	buf_add(w->out, value ? STR("true") : STR("false"));
}

#define DIGITS_MAX 32

/* Whole thousandths, as most figures are, without the search for the fewest digits: that was a tenth of
 * the time of a question. */
static bool thousandths_write(double value, char digits[DIGITS_MAX])
{
	long thousandths = (long)(fabs(value) < 1e9 ? value * 1000 + copysign(0.5, value) : 0);
	unsigned long rest = (unsigned long)labs(thousandths);
	char *end = digits + DIGITS_MAX - 1;
	char *first = end;

	if ((double)thousandths / 1000 != value || (thousandths == 0 && signbit(value)))
		return false;
	for (int place = 0; place < 3; place++, rest /= 10)
		*--first = (char)('0' + rest % 10);
	*--first = '.';
	do
		*--first = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--first = '-';
	while (end[-1] == '0')
		end--;
	end -= end[-1] == '.';
	memmove(digits, first, (size_t)(end - first));
	digits[end - first] = '\0';
	return true;
}

/* As few as bring the same number back. */
static void digits_write(double value, char digits[DIGITS_MAX])
{
	if (thousandths_write(value, digits))
		return;
	snprintf(digits, DIGITS_MAX, "%.15g", value);
	if (strtod(digits, NULL) != value)
		snprintf(digits, DIGITS_MAX, "%.17g", value);
}

void json_put_double(struct json_writer *w, const char *key, double value)
{
	char digits[DIGITS_MAX];

	if (!isfinite(value)) {
		json_put_null(w, key);
		return;
	}
	digits_write(value, digits);
	put_key(w, key);
	buf_add(w->out, str_of(digits));
}

void json_put_null(struct json_writer *w, const char *key)
{
	put_key(w, key);
	buf_add(w->out, STR("null"));
}

void json_put_value(struct json_writer *w, const char *key, const struct json *value)
{
	const cJSON *node = (const cJSON *)value;

	if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
		open_level(w, key, cJSON_IsArray(node));
		for (const cJSON *v = node->child; v; v = v->next)
			json_put_value(w, v->string, (const struct json *)v);
		json_close(w);
	} else if (cJSON_IsString(node)) {
		json_put_text(w, key, json_text_of(value));
	} else if (cJSON_IsNumber(node)) {
		json_put_double(w, key, cJSON_GetNumberValue(node));
	} else if (cJSON_IsBool(node)) {
		json_put_bool(w, key, cJSON_IsTrue(node));
	} else {
		json_put_null(w, key);
	}
}
