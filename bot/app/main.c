#include <stdio.h>
#include <string.h>

#include "app/cmd.h"

const struct cmd cmds[] = {
	{"run", "[-c FILE]", "answer on the configured platforms, or on a local page", cmd_run},
	{"ask", "[-c FILE | --intents DIR] [QUESTION]", "answer here, without any platform",
	 cmd_ask},
	{"check", "[-c FILE | --intents DIR] [--online]",
	 "look every file over, and the platforms, and list the mistakes", cmd_check},
	{"import", "[-c FILE | --intents DIR] FILE", "make a clean article of a web page or a text",
	 cmd_import},
	{"eval", "[-c FILE | --intents DIR] FILE.jsonl...",
	 "count right and wrong answers to known questions", cmd_eval},
	{0},
};

static void usage(FILE *out)
{
	fprintf(out, "Usage: clinicbot COMMAND [OPTION...]\n\n"
		     "Answers patients' questions with the text of the clinic's own article.\n\n");
	for (const struct cmd *c = cmds; c->name; c++)
		fprintf(out, "  %-6s %-40s %s\n", c->name, c->arguments, c->what);
	fprintf(out, "\n\"clinicbot COMMAND --help\" tells more; --version gives the version.\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return EXIT_GOOD;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("clinicbot %s\n", CLINICBOT_VERSION);
		return EXIT_GOOD;
	}
	for (const struct cmd *c = cmds; c->name; c++) {
		char name[32];

		if (strcmp(argv[1], c->name) != 0)
			continue;
		/* argp puts it in front of what it says. */
		snprintf(name, sizeof name, "clinicbot %s", c->name);
		argv[1] = name;
		return c->run(argc - 1, argv + 1);
	}
	fprintf(stderr, "clinicbot: there is no command \"%s\"; see clinicbot --help\n", argv[1]);
	return EXIT_USAGE;
}
