#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/discord_rights.h"

#define SERVER 1
#define ME 2
#define OTHER 3
#define OWN_ROLE 10
#define SECOND_ROLE 11
#define FOREIGN_ROLE 12

static const uint64_t own_roles[] = {OWN_ROLE, SECOND_ROLE};
static const struct rights_member plain = {
	.user = ME, .server = SERVER, .roles = own_roles, .roles_n = 2};

/* What everybody, our two roles and somebody else's role are given. */
static void on_the_server(void **state)
{
	static const struct {
		uint64_t everyone, own, second, foreign;
		bool is_owner;
		uint64_t rights;
	} cases[] = {
		{0, 0, 0, 0, false, 0},
		{RIGHT_VIEW, 0, 0, 0, false, RIGHT_VIEW},
		{RIGHT_VIEW, RIGHT_SEND, RIGHT_HISTORY, 0, false,
		 RIGHT_VIEW | RIGHT_SEND | RIGHT_HISTORY},
		{0, 0, 0, RIGHT_VIEW | RIGHT_ADMINISTRATOR, false, 0},
		{RIGHT_VIEW, RIGHT_ADMINISTRATOR, 0, 0, false, UINT64_MAX},
		{RIGHT_ADMINISTRATOR, 0, 0, 0, false, UINT64_MAX},
		{0, 0, 0, 0, true, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct rights_role roles[] = {{FOREIGN_ROLE, cases[i].foreign},
						    {OWN_ROLE, cases[i].own},
						    {SERVER, cases[i].everyone},
						    {SECOND_ROLE, cases[i].second}};
		struct rights_member member = plain;

		member.is_owner = cases[i].is_owner;
		assert_true(rights_on_server(&member, roles, 4) == cases[i].rights);
	}
}

#define VSH (RIGHT_VIEW | RIGHT_SEND | RIGHT_HISTORY)

static void in_a_channel(void **state)
{
	static const struct {
		uint64_t on_server;
		struct rights_overwrite v[3];
		size_t n;
		uint64_t rights;
	} cases[] = {
		{VSH, {{0}}, 0, VSH},
		/* Everybody, a role, the member: the later one counts, in whatever order they stand. */
		{VSH, {{SERVER, false, 0, RIGHT_SEND}}, 1, VSH & ~RIGHT_SEND},
		{VSH, {{OWN_ROLE, false, RIGHT_SEND, 0}, {SERVER, false, 0, RIGHT_SEND}}, 2, VSH},
		{VSH,
		 {{ME, true, 0, RIGHT_SEND},
		  {OWN_ROLE, false, RIGHT_SEND, 0},
		  {SERVER, false, 0, RIGHT_SEND}},
		 3,
		 VSH & ~RIGHT_SEND},
		{VSH, {{ME, true, RIGHT_SEND, 0}, {OWN_ROLE, false, 0, RIGHT_SEND}}, 2, VSH},
		/* Of two roles the one that allows. */
		{VSH,
		 {{SECOND_ROLE, false, RIGHT_SEND, 0}, {OWN_ROLE, false, 0, RIGHT_SEND}},
		 2,
		 VSH},
		/* One overwrite that does both allows. */
		{0, {{OWN_ROLE, false, RIGHT_VIEW, RIGHT_VIEW}}, 1, RIGHT_VIEW},
		/* What is for others is not for us: a role that we have not, a member of our role's
		 * id, a role of our own id. */
		{VSH,
		 {{FOREIGN_ROLE, false, 0, RIGHT_VIEW},
		  {OWN_ROLE, true, 0, RIGHT_VIEW},
		  {ME, false, 0, RIGHT_VIEW}},
		 3,
		 VSH},
		{VSH, {{OTHER, true, 0, RIGHT_VIEW}}, 1, VSH},
		/* What cannot be seen cannot be used. */
		{VSH, {{SERVER, false, 0, RIGHT_VIEW}}, 1, 0},
		{RIGHT_SEND, {{0}}, 0, 0},
		{RIGHT_SEND, {{ME, true, RIGHT_VIEW, 0}}, 1, RIGHT_SEND | RIGHT_VIEW},
		/* Administrators are above all that. */
		{UINT64_MAX, {{SERVER, false, 0, UINT64_MAX}, {ME, true, 0, VSH}}, 2, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(rights_in_channel(&plain, cases[i].on_server, cases[i].v, cases[i].n) ==
			    cases[i].rights);
}

static void in_a_time_out(void **state)
{
	struct rights_member member = plain;

	(void)state;
	member.is_timed_out = true;
	assert_true(rights_in_channel(&member, VSH, NULL, 0) == (RIGHT_VIEW | RIGHT_HISTORY));
	assert_true(rights_in_channel(&member, UINT64_MAX, NULL, 0) == UINT64_MAX);
}

static void names(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 200);
	rights_write(RIGHTS_INVITED, &out);
	assert_true(
		str_eq(buf_str(&out), STR("View Channel, Send Messages, Send Messages in Threads, "
					  "Read Message History")));
	buf_clear(&out);
	rights_write(RIGHT_HISTORY | (uint64_t)1 << 50, &out);
	assert_true(str_eq(buf_str(&out), STR("Read Message History")));
	buf_done(&out);
	/* As README.md's invitation has it. */
	assert_true(RIGHTS_INVITED == 274877975552);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_the_server),
		cmocka_unit_test(in_a_channel),
		cmocka_unit_test(in_a_time_out),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
