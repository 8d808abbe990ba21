#include <argp.h>
#include <stdio.h>

#include "app/check_online.h"
#include "app/cmd.h"
#include "core/secret.h"
#include "io/files.h"

struct checking {
	struct cmd_source source;
	bool online;
};

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "the configuration to check, and the content it names", 0},
	{"intents", 'i', "DIR", 0, "the content to check (default: intents)", 0},
	{"online", 'o', NULL, 0,
	 "then ask the configured platforms too: token, account, permissions, rooms, limits, "
	 "clock; "
	 "nothing is changed there",
	 0},
	{0},
};

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct checking *checking = state->input;

	switch (key) {
	case 'c':
		checking->source.config = value;
		return 0;
	case 'i':
		checking->source.intents = value;
		return 0;
	case 'o':
		checking->online = true;
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
	bool good = !config->discord.on || secret_check(config->discord.token_file);

	if (config->matrix.on && !secret_check(config_matrix_secret(config)))
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

/* What stands on this machine. */
static bool files_check(const struct config *config, bool is_usable)
{
	const struct book *book = cmd_book(config, NULL);
	bool good = book && is_usable;

	if (good) {
		printf("good: %zu article%s, version " STR_FMT "\n", book->articles_n,
		       book->articles_n == 1 ? "" : "s", STR_ARG(book->version));
		numbers_print(&book->clinic);
		fflush(stdout);
	}
	book_free(book);
	return good;
}

/* Gives the exit status. */
static int check(const struct config *config, bool is_usable, bool online)
{
	bool good = files_check(config, is_usable);
	int status;

	if (!online)
		return good ? EXIT_GOOD : EXIT_INPUT;
	if (!is_usable)
		return EXIT_CONFIG;
	status = check_online(config);
	return status == EXIT_GOOD && !good ? EXIT_INPUT : status;
}

int cmd_check(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		option_read,
		"",
		"Looks the configuration and every file of the content over and prints each "
		"mistake as file:line: what. Exit status 0 when there is none, 1 when there is."
		"\v"
		"--online prints a line for each thing that it looked at: \"good\"; \"mend\", with "
		"what to do about it; or \"note\", for what cannot be seen from here or is yours "
		"to "
		"decide. It connects only to the servers that the configuration names (and to the "
		"gateway that Discord names), signs in "
		"nowhere, sends nothing to anybody, and ends by itself within two minutes for each "
		"platform. Exit status 0: nothing to mend; 1: something; 78: the configuration "
		"cannot work, and nobody was asked.",
		NULL,
		NULL,
		NULL};
	struct checking checking = {0};
	struct config config = {0};
	bool is_usable;
	int status;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &checking);
	is_usable = cmd_config(&checking.source, &config, NULL) && secrets_check(&config);
	status = check(&config, is_usable, checking.online);
	config_done(&config);
	return status;
}
