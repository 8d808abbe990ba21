/* JSON: tolerant reading, exact writing. */
#include "texts.h"

#include <stdio.h>
#include <string.h>

#include "wire/json.h"

static struct json *parse(const char *text)
{
	struct err err = {0};
	struct json *v = json_parse(str_of(text), 1 << 20, &err);

	if (!v)
		print_error("%s: %s\n", text, err.text);
	assert_non_null(v);
	return v;
}

static void reads_values(void **state)
{
	struct json *v =
		parse(" {\"t\":\"caf\\u00e9 \\ud83d\\ude00\",\"i\":-42,\"b\":true,\"n\":null,"
		      "\"o\":{\"k\":\"v\"},\"a\":[1,\"x\"],\"d\":1.5} \n");
	int64_t i = 0;
	double d = 0;

	(void)state;
	assert_text(json_text(v, "t"), "caf\xC3\xA9 \xF0\x9F\x98\x80");
	assert_true(json_int(v, "i", -50, 0, &i));
	assert_int_equal(i, -42);
	assert_true(json_true(v, "b"));
	assert_true(json_is_null(json_get(v, "n")));
	assert_text(json_text(json_object(v, "o"), "k"), "v");
	assert_true(json_number(v, "d", &d) && d > 1.4 && d < 1.6);
	assert_text(json_key(json_first(v)), "t");
	assert_true(json_int_of(json_first(json_array(v, "a")), 0, 9, &i) && i == 1);
	assert_text(json_text_of(json_next(json_first(json_array(v, "a")))), "x");
	assert_null(json_next(json_next(json_first(json_array(v, "a")))));
	json_free(v);
}

/* Texts are UTF-8 whatever came: the rest of a message is not lost for one byte. */
static void bytes_that_are_no_utf8_are_replaced(void **state)
{
	struct json *v = parse("{\"t\":\"a\xff\xe2\x82z\",\"k\xc3\":\"\\ud800\xff\"}");

	(void)state;
	assert_text(json_text(v, "t"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
	assert_text(json_text(v, "k\xEF\xBF\xBD"), "\xEF\xBF\xBD\xEF\xBF\xBD");
	json_free(v);
}

/* Whatever stands under a key, a getter of another type gives its empty value. */
static void wrong_types_are_absent(void **state)
{
	static const char *const values[] = {"null", "true", "5",  "\"text\"", "[1]",
					     "{}",   "[]",   "-1", "1e300",    "{\"k\":{}}"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct json *v;
		int64_t number = 77;
		double d;

		snprintf(text, sizeof text, "{\"k\":%s}", values[i]);
		v = parse(text);
		assert_int_equal(json_text(v, "k").n, values[i][0] == '"' ? 4 : 0);
		assert_int_equal(json_int(v, "k", 0, 10, &number), values[i][0] == '5');
		assert_int_equal(number, values[i][0] == '5' ? 5 : 77);
		assert_int_equal(json_true(v, "k"), values[i][0] == 't');
		assert_int_equal(!!json_array(v, "k"), values[i][0] == '[');
		assert_int_equal(!!json_object(v, "k"), values[i][0] == '{');
		assert_int_equal(json_number(v, "k", &d), !!strchr("5-1", values[i][0]));
		assert_null(json_get(v, "K"));
		assert_null(json_get(json_get(v, "none"), "k"));
		json_free(v);
	}
	assert_null(json_get(NULL, "k"));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_int_equal(json_text(NULL, "k").n, 0);
	assert_int_equal(json_key(NULL).n, 0);
	json_free(NULL);
}

static void lists_are_walked_from_both_ends(void **state)
{
	struct json *json = json_parse(STR("{\"a\":[1,2,3],\"one\":[7],\"none\":[]}"), 100, NULL);
	const struct json *list = json_array(json, "a"), *v;
	int64_t n = 0, all = 0;

	(void)state;
	for (v = json_last(list); v; v = json_prev(v))
		all = json_int_of(v, 0, 9, &n) ? all * 10 + n : -1;
	assert_int_equal(all, 321);
	assert_ptr_equal(json_last(json_array(json, "one")), json_first(json_array(json, "one")));
	assert_null(json_prev(json_last(json_array(json, "one"))));
	assert_null(json_last(json_array(json, "none")));
	assert_null(json_last(NULL));
	assert_null(json_prev(NULL));
	assert_null(json_last(json_last(list)));
	json_free(json);
}

static void numbers_keep_their_range(void **state)
{
	struct json *v =
		parse("{\"big\":9007199254740993,\"edge\":9007199254740992,\"huge\":1e999,"
		      "\"half\":1.5,\"neg\":-9007199254740992,\"id\":\"18446744073709551615\"}");
	int64_t i = 0;
	uint64_t id = 0;

	(void)state;
	assert_true(json_int(v, "edge", INT64_MIN, INT64_MAX, &i) && i == JSON_INT_MAX);
	assert_true(json_int(v, "neg", INT64_MIN, INT64_MAX, &i) && i == -JSON_INT_MAX);
	assert_false(json_int(v, "huge", INT64_MIN, INT64_MAX, &i));
	assert_false(json_int(v, "half", INT64_MIN, INT64_MAX, &i));
	assert_false(json_int(v, "edge", 0, 5, &i));
	assert_true(str_to_u64(json_text(v, "id"), &id) && id == UINT64_MAX);
	json_free(v);
}

static void refuses_what_is_no_json(void **state)
{
	static const char *const wrong[] = {"",	    " ",	 "{",	 "{\"a\":}",  "[1,]",
					    "{} x", "\"open",	 "nul",	 "{\"a\" 1}", "[1 2]",
					    "\\",   "\"\\u12\"", "{}{}", "\"\\"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err err = {0};
		struct json *v = json_parse(str_of(wrong[i]), 100, &err);

		if (v)
			fail_msg("accepted: %s", wrong[i]);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void limits_hold(void **state)
{
	struct buf text;
	struct err err = {0};
	struct json *v;

	(void)state;
	assert_null(json_parse(STR("[1234]"), 5, &err));
	v = json_parse(STR("[1234]"), 6, &err);
	assert_non_null(v);
	json_free(v);
	buf_init(&text, 1 << 22);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_add_char(&text, '[');
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_add_char(&text, ']');
	v = json_parse(buf_str(&text), 1 << 22, &err);
	assert_non_null(v);
	json_free(v);
	buf_clear(&text);
	for (int i = 0; i < 100000; i++)
		buf_add_char(&text, '[');
	assert_null(json_parse(buf_str(&text), 1 << 22, &err));
	buf_clear(&text);
	buf_add_char(&text, '[');
	for (int i = 0; i < JSON_VALUES_MAX; i++)
		buf_add(&text, STR("1,"));
	buf_add(&text, STR("1]"));
	assert_null(json_parse(buf_str(&text), 1 << 22, &err));
	buf_clear(&text);
	for (int i = 0; i < 200; i++) /* brackets inside a text are no depth */
		buf_add(&text, i ? STR("[\\\"") : STR("\""));
	buf_add_char(&text, '"');
	v = json_parse(buf_str(&text), 1 << 22, &err);
	assert_non_null(v);
	json_free(v);
	buf_done(&text);
}

static void odd_escapes_become_the_replacement(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"\"a\\u0000b\"", "a\xEF\xBF\xBD"
				  "b"},
		{"\"a\\ud800b\"", "a\xEF\xBF\xBD"
				  "b"},
		{"\"\\ud83dx\\ude00\"", "\xEF\xBF\xBDx\xEF\xBF\xBD"},
		{"\"\\udc00\\ud800\"", "\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\"\\\\u0000 \\ud83d\\ude00\\u0000\"", "\\u0000 \xF0\x9F\x98\x80\xEF\xBF\xBD"},
		{"\"\\ud83d\\ud83d\\ude00\"", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json *v = parse(cases[i].in);

		assert_text(json_text_of(v), cases[i].out);
		json_free(v);
	}
}

static void writes_values(void **state)
{
	struct json_writer w;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	json_begin(&w, &out);
	json_open_object(&w, NULL);
	json_put_text(&w, "t", STR("a\"b\\c\n\t\x01\x7f/\xC3\xA9"));
	json_put_int(&w, "i", INT64_MIN);
	json_open_array(&w, "a");
	json_put_bool(&w, NULL, true);
	json_put_null(&w, NULL);
	json_open_object(&w, NULL);
	json_close(&w);
	json_open_array(&w, NULL);
	json_close(&w);
	json_put_double(&w, NULL, 0.1);
	json_put_double(&w, NULL, 1.0 / 3.0);
	json_put_double(&w, NULL, (double)1e308 * 10);
	json_close(&w);
	json_put_bool(&w, "b", false);
	json_close(&w);
	assert_string_equal(out.p, "{\"t\":\"a\\\"b\\\\c\\n\\t\\u0001\\u007f/\xC3\xA9\","
				   "\"i\":-9223372036854775808,\"a\":[true,null,{},[],0.1,"
				   "0.33333333333333331,null],\"b\":false}");
	buf_done(&out);
}

static void numbers_are_as_short_as_they_can_be(void **state)
{
	static const struct {
		double value;
		const char *written;
	} cases[] = {
		{0, "0"},
		{-0.0, "-0"},
		{1, "1"},
		{-1.5, "-1.5"},
		{0.001, "0.001"},
		{-0.07, "-0.07"},
		{1000, "1000"},
		{999999999.875, "999999999.875"},
		{0.0005, "0.0005"},
		{1e-7, "1e-07"},
		{123456.0625, "123456.0625"},
		{1e9, "1000000000"},
		{1e20, "1e+20"},
		{0.1 + 0.2, "0.30000000000000004"},
	};
	struct json_writer w;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_init(&out, 64);
		json_begin(&w, &out);
		json_put_double(&w, NULL, cases[i].value);
		assert_string_equal(out.p, cases[i].written);
		buf_done(&out);
	}
	for (long i = -20000; i <= 20000; i++) {
		char expected[32];

		if (i == 0)
			continue;
		snprintf(expected, sizeof expected, "%.15g", (double)i / 1000);
		buf_init(&out, 64);
		json_begin(&w, &out);
		json_put_double(&w, NULL, (double)i / 1000);
		assert_string_equal(out.p, expected);
		buf_done(&out);
	}
}

static void what_is_not_utf8_is_replaced(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"ok \xF0\x9F\x98\x80", "ok \xF0\x9F\x98\x80"},
		{"\xFF", "\xEF\xBF\xBD"},
		{"a\xC3", "a\xEF\xBF\xBD"},
		{"\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xF4\x90\x80\x80z", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"},
		{"\xE0\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xC3\x28", "\xEF\xBF\xBD("},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json_writer w;
		struct buf out;
		struct json *back;

		buf_init(&out, 256);
		json_begin(&w, &out);
		json_put_text(&w, NULL, str_of(cases[i].in));
		back = json_parse(buf_str(&out), 256, NULL);
		assert_non_null(back);
		assert_text(json_text_of(back), cases[i].out);
		json_free(back);
		buf_done(&out);
	}
}

static void a_full_buffer_is_seen(void **state)
{
	struct json_writer w;
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	json_begin(&w, &out);
	json_put_text(&w, NULL, STR("0123456789"));
	assert_true(out.full);
	buf_done(&out);
}

static void what_was_read_is_copied(void **state)
{
	static const char *const texts[] = {
		"{\"a\":[1,-2.5,1e+300,true,false,null,\"\\\"\"],\"\":{},\"b\":{\"c\":[]}}",
		"[]",
		"\"x\"",
	};
	char deep[2 * JSON_DEPTH_MAX + 1] = "";
	struct json_writer w;
	struct buf out;

	(void)state;
	memset(deep, '[', JSON_DEPTH_MAX);
	memset(deep + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	for (size_t i = 0; i <= sizeof texts / sizeof *texts; i++) {
		const char *text = i < sizeof texts / sizeof *texts ? texts[i] : deep;
		struct json *json = json_parse(str_of(text), 1000, NULL);

		assert_non_null(json);
		buf_init(&out, 1000);
		json_begin(&w, &out);
		json_put_value(&w, NULL, json);
		assert_true(str_eq(buf_str(&out), str_of(text)));
		buf_done(&out);
		json_free(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_values),
		cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
		cmocka_unit_test(wrong_types_are_absent),
		cmocka_unit_test(lists_are_walked_from_both_ends),
		cmocka_unit_test(numbers_keep_their_range),
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(odd_escapes_become_the_replacement),
		cmocka_unit_test(writes_values),
		cmocka_unit_test(numbers_are_as_short_as_they_can_be),
		cmocka_unit_test(what_is_not_utf8_is_replaced),
		cmocka_unit_test(a_full_buffer_is_seen),
		cmocka_unit_test(what_was_read_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
