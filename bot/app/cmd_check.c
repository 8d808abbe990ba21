#include <argp.h>
#include <stdio.h>

#include "app/cmd.h"
#include "core/secret.h"
#include "io/files.h"

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "the configuration to check, and the content it names", 0},
	{"intents", 'i', "DIR", 0, "the content to check (default: intents)", 0},
	{0},
};

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct cmd_source *source = state->input;

	switch (key) {
	case 'c':
		source->config = value;
		return 0;
	case 'i':
		source->intents = value;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument \"%s\"", value);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool secret_check(struct str path)
{
	struct arena arena;
	struct err err;
	struct str secret;
	bool good;

	arena_init(&arena);
	good = secret_read(path, &arena, &secret, &err);
	if (good)
		secret_wipe(secret);
	else
		fprintf(stderr, "%s\n", err.text);
	arena_done(&arena);
	return good;
}

static bool secrets_check(const struct config *config)
{
	const struct config_matrix *m = &config->matrix;
	bool good = !config->discord.on || secret_check(config->discord.token_file);

	if (m->on && !secret_check(m->token_file.n ? m->token_file : m->password_file))
		good = false;
	return good;
}

/* No program knows which country a number is of; a person sees it. */
static void numbers_print(const struct clinic *clinic)
{
	printf("numbers in the texts, to be those of your country: emergency " STR_FMT
	       ", crisis line " STR_FMT ", clinic " STR_FMT "\n",
	       STR_ARG(clinic->emergency), STR_ARG(clinic->crisis_line), STR_ARG(clinic->phone));
}

int cmd_check(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		option_read,
		"",
		"Looks the configuration and every file of the content over and prints each "
		"mistake as file:line: what. Exit status 0 when there is none, 1 when there is.",
		NULL,
		NULL,
		NULL};
	struct cmd_source source = {0};
	struct config config = {0};
	const struct book *book;
	bool good;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &source);
	good = cmd_config(&source, &config);
	if (good)
		good = secrets_check(&config);
	book = cmd_book(&config);
	if (book && good) {
		printf("good: %zu article%s, version " STR_FMT "\n", book->articles_n,
		       book->articles_n == 1 ? "" : "s", STR_ARG(book->version));
		numbers_print(&book->clinic);
	}
	good = good && book;
	book_free(book);
	config_done(&config);
	return good ? EXIT_GOOD : EXIT_INPUT;
}
