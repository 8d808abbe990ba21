/* A secret that is kept: whole or as it was, for the owner only, and read back as it went in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/files.h"
#include "io/secret_keep.h"

struct place {
	char folder[64], file[96], fresh[112];
};

static int place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	strcpy(p->folder, "/tmp/clinicbot-secret-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->file, sizeof p->file, "%s/session", p->folder);
	snprintf(p->fresh, sizeof p->fresh, "%s.new", p->file);
	*state = p;
	return 0;
}

static int place_clear(void **state)
{
	struct place *p = *state;

	chmod(p->folder, 0700);
	unlink(p->file);
	unlink(p->fresh);
	rmdir(p->folder);
	free(p);
	return 0;
}

static void assert_kept(const char *path, const char *want)
{
	struct arena arena;
	struct str got = STR("");
	struct err err = {0};

	arena_init(&arena);
	if (!secret_read(str_of(path), &arena, &got, &err))
		fail_msg("%s", err.text);
	assert_true(str_eq(got, str_of(want)));
	arena_done(&arena);
}

static void it_is_read_back(void **state)
{
	struct place *p = *state;
	struct stat st;
	struct err err = {0};

	assert_false(secret_is_kept(str_of(p->file)));
	umask(0);
	assert_true(secret_keep(str_of(p->file), STR("{\"token\":\"one\"}"), &err));
	umask(022);
	assert_true(secret_is_kept(str_of(p->file)));
	assert_kept(p->file, "{\"token\":\"one\"}");
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(secret_keep(str_of(p->file), STR("two"), &err));
	assert_kept(p->file, "two");
	assert_int_equal(access(p->fresh, F_OK), -1);
}

/* What a crash left behind, or somebody put there, is no way to another file. */
static void a_link_in_its_place_is_not_followed(void **state)
{
	struct place *p = *state;
	struct err err = {0};
	char other[112];
	FILE *f;

	snprintf(other, sizeof other, "%s/other", p->folder);
	f = fopen(other, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(symlink(other, p->fresh), 0);
	assert_int_equal(symlink(other, p->file), 0);
	assert_true(secret_keep(str_of(p->file), STR("three"), &err));
	assert_kept(p->file, "three");
	f = fopen(other, "r");
	assert_non_null(f);
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
	unlink(other);
}

static void what_cannot_be_read_back_is_refused(void **state)
{
	struct place *p = *state;
	struct err err = {0};
	static char lengthy[SECRET_BYTES_MAX + 1];

	memset(lengthy, 'x', SECRET_BYTES_MAX);
	assert_true(secret_keep(str_of(p->file), STR("before"), &err));
	assert_false(secret_keep(str_of(p->file), str_of(lengthy), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(secret_keep(str_of(p->file), STR("a\nb"), &err));
	assert_kept(p->file, "before");
	lengthy[SECRET_BYTES_MAX - 1] = '\0';
	assert_true(secret_keep(str_of(p->file), str_of(lengthy), &err));
	assert_kept(p->file, lengthy);
}

static void a_folder_that_is_gone(void **state)
{
	struct err err = {0};

	(void)state;
	assert_false(secret_keep(STR("/tmp/clinicbot-no-such-folder/session"), STR("x"), &err));
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, "/tmp/clinicbot-no-such-folder/session: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_read_back, place_make, place_clear),
		cmocka_unit_test_setup_teardown(a_link_in_its_place_is_not_followed, place_make,
						place_clear),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_back_is_refused, place_make,
						place_clear),
		cmocka_unit_test(a_folder_that_is_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
