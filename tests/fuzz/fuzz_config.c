/* app/config: any file as clinicbot.conf.
 * Options: -max_len=2048 -dict=tests/fuzz/seeds/config.dict */
#define _XOPEN_SOURCE 700
#include <unistd.h>

#include "app/config.h"
#include "fuzz/fuzz.h"

static char dir[] = "/tmp/clinicbot-fuzz-config-XXXXXX";
static char path[sizeof dir + 16];

static void files_remove(void)
{
	unlink(path);
	rmdir(dir);
}

static void details_hold(const struct config *c)
{
	HOLDS(c->clinic.name.n && c->clinic.phone.n && c->clinic.staff.n, c->clinic.name);
	HOLDS(c->clinic.emergency.n && c->clinic.crisis_line.n, c->clinic.name);
	HOLDS(!c->discord.on || c->discord.token_file.n, c->discord.token_file);
	HOLDS(c->preview.on || c->discord.on, c->intents);
	HOLDS(c->late_after_min >= 1, c->intents);
	for (size_t i = 0; i < c->discord.channels_n; i++) {
		uint64_t id;

		HOLDS(str_to_u64(c->discord.channels[i], &id), c->discord.channels[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = fuzz_text(bytes, n);
	struct mistakes mistakes;
	struct config config = {0};
	struct arena arena;
	FILE *file;
	bool good;

	if (!*path) {
		HOLDS(mkdtemp(dir), str_of(dir));
		snprintf(path, sizeof path, "%s/bot.conf", dir);
		atexit(files_remove);
	}
	file = fopen(path, "wb");
	HOLDS(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0, str_of(path));
	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	good = config_read(str_of(path), &config, &mistakes);
	HOLDS(good == (mistakes.errors == 0), text);
	fuzz_mistakes_hold(&mistakes, str_of(path), text);
	if (good)
		details_hold(&config);
	config_done(&config);
	arena_done(&arena);
	return 0;
}
