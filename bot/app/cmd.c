#include "app/cmd.h"

#include "app/load.h"

static void mistakes_end(const struct mistakes *mistakes, bool *passing)
{
	if (passing)
		*passing = mistakes->errors && mistakes->passing >= mistakes->errors;
	mistakes_print(mistakes);
}

bool cmd_config(const struct cmd_source *source, struct config *out, bool *passing)
{
	struct arena arena;
	struct mistakes mistakes;
	bool good = true;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	if (source->config)
		good = config_read(str_of(source->config), out, &mistakes);
	else
		config_default(out);
	if (source->intents)
		out->intents = arena_str(&out->arena, str_of(source->intents));
	mistakes_end(&mistakes, passing);
	arena_done(&arena);
	return good;
}

const struct book *cmd_book(const struct config *config, bool *passing)
{
	struct arena arena;
	struct mistakes mistakes;
	const struct book *book;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	book = book_load(config->intents, &config->clinic, &mistakes);
	mistakes_end(&mistakes, passing);
	arena_done(&arena);
	return book;
}

struct answer cmd_talk(const struct book *book, struct dialog *dialog, struct str text,
		       struct arena *turn)
{
	struct question question = {.text = text, .addressed = true};
	struct answer answer = talk(book, dialog, &question, turn);

	*dialog = dialog_after(dialog, book, &answer);
	return answer;
}
