/* M12, M18: whatever is done to an urgent message, its level does not get lower. Each change below is made
 * to the phrases of urgent_phrases.h and to a sample of en/urgent-examples.md, always the same one, and
 * asked of the whole bot. The share that keeps its level is printed for each and has a floor. */
#include "book_fixture.h"
#include "urgent_phrases.h"

#include <ctype.h>
#include <strings.h>

#define SAMPLE_EACH 120 /* of each urgent list */
#define PHRASES_MAX 500
#define TYPO_LETTERS 5
#define SHORT_WORDS 7 /* of a message in which spaces go missing */

/* A linear congruence (Knuth's MMIX constants), so that every run sees the same. */
static uint64_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

struct change {
	const char *name;
	/* False when there is nothing to change in this text. */
	bool (*make)(const char *text, uint64_t *random, struct buf *out);
	const char *before, *after; /* without `make` */
	double least;		    /* percent that keep their level */
	unsigned more;		    /* times that it is made beside the first */
};

static bool starts_word(const char *text, size_t i)
{
	return isalpha((unsigned char)text[i]) && (i == 0 || text[i - 1] == ' ');
}

static size_t word_length(const char *text, size_t i)
{
	size_t n = 0;

	while (isalpha((unsigned char)text[i + n]))
		n++;
	return n;
}

static bool in_capitals(const char *text, uint64_t *random, struct buf *out)
{
	(void)random;
	for (; *text; text++)
		buf_add_char(out, (char)toupper((unsigned char)*text));
	return true;
}

/* The longest word's second letter, four times: "breeeeathe". */
static bool letters_repeated(const char *text, uint64_t *random, struct buf *out)
{
	size_t longest = 0, length = 0;

	(void)random;
	for (size_t i = 0; text[i]; i++)
		if (starts_word(text, i) && word_length(text, i) > length) {
			longest = i;
			length = word_length(text, i);
		}
	for (size_t i = 0; text[i]; i++)
		for (int k = 0; k < (length >= 3 && i == longest + 2 ? 4 : 1); k++)
			buf_add_char(out, text[i]);
	return length >= 3;
}

static bool invisible_between(const char *text, uint64_t *random, struct buf *out)
{
	(void)random;
	for (size_t i = 0; text[i]; i++) {
		buf_add_char(out, text[i]);
		if (isalpha((unsigned char)text[i]) && isalpha((unsigned char)text[i + 1]))
			buf_add(out, STR("\xe2\x80\x8b"));
	}
	return true;
}

/* Cyrillic letters that look alike, in words that keep a Latin letter. */
static bool look_alike_letters(const char *text, uint64_t *random, struct buf *out)
{
	static const char latin[] = "aeopcx";
	static const char *const cyrillic[] = {"\xd0\xb0", "\xd0\xb5", "\xd0\xbe",
					       "\xd1\x80", "\xd1\x81", "\xd1\x85"};

	(void)random;
	for (size_t i = 0; text[i]; i++) {
		const char *at = strchr(latin, text[i]);
		bool mixed =
			i > 0 && isalpha((unsigned char)text[i - 1]) && !strchr(latin, text[i - 1]);

		if (at && mixed)
			buf_add(out, str_of(cyrillic[at - latin]));
		else
			buf_add_char(out, text[i]);
	}
	return true;
}

/* One space of a short message. */
static bool space_missing(const char *text, uint64_t *random, struct buf *out)
{
	size_t spaces = 0, seen = 0, gone;

	for (size_t i = 0; text[i]; i++)
		spaces += text[i] == ' ';
	if (spaces == 0 || spaces >= SHORT_WORDS)
		return false;
	gone = (size_t)draw(random) % spaces;
	for (size_t i = 0; text[i]; i++)
		if (text[i] != ' ' || seen++ != gone)
			buf_add_char(out, text[i]);
	return true;
}

static bool text_speak(const char *text, uint64_t *random, struct buf *out)
{
	static const char *const shorter[][2] = {
		{"you", "u"},	      {"are", "r"},	     {"your", "ur"},
		{"because", "cuz"},   {"please", "pls"},     {"and", "n"},
		{"before", "b4"},     {"with", "w"},	     {"i'm", "im"},
		{"can't", "cant"},    {"have", "hv"},	     {"what", "wat"},
		{"about", "abt"},     {"after", "aft"},	     {"minutes", "min"},
		{"hours", "hrs"},     {"doctor", "dr"},	     {"today", "2day"},
		{"tonight", "2nite"}, {"going to", "gonna"}, {"want to", "wanna"},
		{"since", "since"},
	};
	bool changed = false;

	(void)random;
	for (size_t i = 0; text[i];) {
		size_t taken = 0;

		for (size_t k = 0; k < sizeof shorter / sizeof *shorter && !taken; k++) {
			size_t n = strlen(shorter[k][0]);

			if ((i > 0 && text[i - 1] != ' ') ||
			    strncasecmp(text + i, shorter[k][0], n) ||
			    (text[i + n] && text[i + n] != ' '))
				continue;
			buf_add(out, str_of(shorter[k][1]));
			taken = n;
			changed = true;
		}
		if (!taken)
			buf_add_char(out, text[i++]);
		i += taken;
	}
	return changed;
}

/* They hold a typo already; another one would make two. */
static bool has_typo(const char *text)
{
	static const char *const misspelt[] = {"breth ", "throte", "swolen", "anaphalaxis"};

	for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++)
		if (strstr(text, misspelt[i]))
			return true;
	return false;
}

/* One letter of one word of five or more is left out, doubled by another, swapped or mistyped; the first
 * one stays. */
static bool typo(const char *text, uint64_t *random, struct buf *out)
{
	size_t starts[64], n = 0, at, word;
	char letter = (char)('a' + draw(random) % 26);

	for (size_t i = 0; text[i] && n < 64; i++)
		if (starts_word(text, i) && word_length(text, i) >= TYPO_LETTERS)
			starts[n++] = i;
	if (n == 0 || has_typo(text))
		return false;
	word = starts[draw(random) % n];
	at = word + 1 + (size_t)draw(random) % (word_length(text, word) - 2);
	buf_add(out, (struct str){text, at});
	switch (draw(random) % 4) {
	case 0:
		text++;
		break;
	case 1:
		buf_add_char(out, letter);
		break;
	case 2:
		buf_add_char(out, text[at + 1]);
		buf_add_char(out, text[at]);
		text += 2;
		break;
	default:
		buf_add_char(out, letter);
		text++;
	}
	buf_add(out, str_of(text + at));
	return true;
}

#define CODE "\n```\nint main(void) { return 0; }\n```\n"
#define QUOTE "> No sauna for a week. Do not wash your hair for two to three days.\n"

/* Typed in one breath, of twelve thoughts each. */
#define RAMBLE_BEFORE                                                                        \
	"hello i came in on tuesday with my mum it went well and we took the bus home and "  \
	"she made soup then i sat in the garden because the weather was nice my hair feels " \
	"soft i wore the green jumper "
#define RAMBLE_BEHIND                                                                           \
	" we are off to the lake on friday i packed my blue hat the children want to swim and " \
	"my sister asks what it costs can i wear a cap she says hi"

/* Other joints: no word stands at them that begins a clause. */
#define RAMBLE_BEFORE_ALIKE                                                                      \
	"hey its me again the parking was awful but your receptionist is lovely i told my boss " \
	"about you he wants to come too his wife says hello the traffic was mad "
#define RAMBLE_BEHIND_ALIKE                                                                  \
	" tomorrow the school has a play my nephew is a tree in it he practised all week i " \
	"bought him a costume it was cheap and the shop is near the station does it cost extra"

static const struct change changes[] = {
	{"a greeting before", NULL, "Good morning! ", "", 100, 0},
	{"a greeting in one breath", NULL, "hi ", "", 100, 0},
	{"thanks behind", NULL, "", ". Thank you so much.", 100, 0},
	{"a routine question before", NULL, "When can I wash my hair? ", "", 100, 0},
	{"a routine question behind", NULL, "", "\nIs a beer tonight ok?", 100, 0},
	{"pictographs", NULL, "\xf0\x9f\x99\x8f ", " \xf0\x9f\x98\xad\xf0\x9f\x98\xad", 100, 0},
	{"the article quoted", NULL, QUOTE, "", 100, 0},
	{"code behind", NULL, "", CODE, 100, 0},
	{"German before", NULL, "Guten Tag, ich war heute bei Ihnen. ", "", 100, 0},
	{"Russian behind", NULL, "",
	 ". \xd0\xa1\xd0\xbf\xd0\xb0\xd1\x81\xd0\xb8\xd0\xb1\xd0\xbe \xd0\xb7\xd0\xb0 "
	 "\xd0\xbf\xd0\xbe\xd0\xbc\xd0\xbe\xd1\x89\xd1\x8c.",
	 100, 0},
	{"behind a long run of words", NULL, RAMBLE_BEFORE, "", 97, 0},
	{"in front of one", NULL, "", RAMBLE_BEHIND, 98, 0},
	{"behind another one", NULL, RAMBLE_BEFORE_ALIKE, "", 95, 0},
	{"in front of that", NULL, "", RAMBLE_BEHIND_ALIKE, 90, 0},
	{"all in capitals", in_capitals, NULL, NULL, 100, 0},
	{"letters repeated", letters_repeated, NULL, NULL, 99, 0},
	{"invisible characters", invisible_between, NULL, NULL, 100, 0},
	{"letters that look alike", look_alike_letters, NULL, NULL, 100, 0},
	{"a space missing", space_missing, NULL, NULL, 99, 2},
	{"text speak", text_speak, NULL, NULL, 98, 0},
	/* Most that fail make another word: "feer" is nearer to fear. */
	{"one typo", typo, NULL, NULL, 98.5, 2},
};
#define CHANGES_N (sizeof changes / sizeof *changes)

struct setting {
	struct fixture f;
	struct arena turn;
	const char *phrases[PHRASES_MAX];
	enum urgent_level levels[PHRASES_MAX]; /* as they stand */
	size_t n;
};

static enum urgent_level level_of(struct setting *s, const char *text)
{
	struct answer answer = ask_in(s->f.book, NULL, text, &s->turn);
	enum urgent_level level = answer.kind == ANSWER_URGENT ? answer.level : URGENT_NONE;

	arena_reset(&s->turn);
	return level;
}

static void phrase_add(struct setting *s, const char *text)
{
	assert_true(s->n < PHRASES_MAX);
	s->phrases[s->n] = text;
	s->levels[s->n++] = level_of(s, text);
}

static void sample_add(struct setting *s, const struct list *list)
{
	for (size_t i = 0; i < SAMPLE_EACH; i++) {
		size_t at = i * list->items_n / SAMPLE_EACH;

		phrase_add(s, arena_cstr(&s->f.arena, list->items[at].text));
	}
}

static void setting_init(struct setting *s)
{
	const struct str urgent[] = {STR("emergency"), STR("crisis"), STR("urgent")};
	struct source source = {STR("examples"), STR("")};
	struct lists lists;
	char *text;

	s->n = 0;
	fixture_init(&s->f);
	arena_init(&s->turn);
	fixture_shipped_whole(&s->f);
	fixture_book(&s->f);
	for (size_t i = 0; i < sizeof urgent_phrases / sizeof *urgent_phrases; i++)
		phrase_add(s, urgent_phrases[i].text);
	text = file_text("intents/en/urgent-examples.md");
	source.text = arena_str(&s->f.arena, str_of(text));
	free(text);
	lists = lists_parse(&source, &s->f.arena, &s->f.mistakes);
	for (size_t i = 0; i < sizeof urgent / sizeof *urgent; i++)
		sample_add(s, lists_find(&lists, urgent[i]));
}

static void change_try(struct setting *s, const struct change *change, uint64_t *random,
		       char *failures, size_t room)
{
	size_t tried = 0, kept = 0;
	struct buf out;

	buf_init(&out, 10000);
	for (size_t k = 0; k < s->n * (1 + change->more); k++) {
		size_t i = k % s->n;

		buf_clear(&out);
		if (!change->make)
			buf_addf(&out, "%s%s%s", change->before, s->phrases[i], change->after);
		else if (!change->make(s->phrases[i], random, &out))
			continue;
		if (s->levels[i] == URGENT_NONE)
			continue;
		tried++;
		if (level_of(s, out.p) >= s->levels[i])
			kept++;
		else if (strlen(failures) + out.n + 8 < room)
			sprintf(failures + strlen(failures), "# %s\n", out.p);
	}
	buf_done(&out);
	print_message("# %s: %.1f %% of %zu keep their level\n", change->name,
		      100.0 * (double)kept / (double)tried, tried);
	assert_true(tried > 30);
	if (100.0 * (double)kept / (double)tried < change->least)
		fail_msg("%s: below %g %%\n%s", change->name, change->least, failures);
}

static void m12_m18_no_change_lowers_the_level(void **state)
{
	struct setting *s = *state;

	for (size_t i = 0; i < CHANGES_N; i++) {
		uint64_t random = i + 1;
		char failures[4000] = "";

		change_try(s, &changes[i], &random, failures, sizeof failures);
	}
}

/* Two of them at once, a different pair for each phrase. */
static void m12_two_additions_at_once(void **state)
{
	struct setting *s = *state;
	uint64_t random = 7;

	for (size_t i = 0; i < s->n; i++) {
		const struct change *a = &changes[draw(&random) % CHANGES_N];
		const struct change *b = &changes[draw(&random) % CHANGES_N];
		struct str text;

		if (a->make || b->make || a->least < 100 || b->least < 100)
			continue;
		text = arena_fmt(&s->f.arena, "%s%s%s%s%s", a->before, b->before, s->phrases[i],
				 b->after, a->after);
		if (level_of(s, arena_cstr(&s->f.arena, text)) < s->levels[i])
			fail_msg(STR_FMT, STR_ARG(text));
	}
}

/* What was ruled on must be recognised in the first place. */
#define RULED_LEAST 97.0
static void m20_what_was_ruled_urgent_is(void **state)
{
	struct setting *s = *state;
	size_t n = sizeof urgent_phrases / sizeof *urgent_phrases, right = 0;

	for (size_t i = 0; i < n; i++)
		if (s->levels[i] >= urgent_phrases[i].level)
			right++;
		else
			print_message("# level %d: %s\n", (int)s->levels[i], s->phrases[i]);
	print_message("# %zu of %zu at their level or above\n", right, n);
	assert_true(100.0 * (double)right / (double)n >= RULED_LEAST);
}

/* What is not urgent does not become so in a long run of words: the article's own questions, every tenth. */
#define RAMBLED_ALARMED_MOST 3.0
static void long_runs_alarm_no_question(void **state)
{
	static const char *const around[][2] = {{RAMBLE_BEFORE, ""},
						{"", RAMBLE_BEHIND},
						{RAMBLE_BEFORE_ALIKE, ""},
						{"", RAMBLE_BEHIND_ALIKE}};
	struct setting *s = *state;
	struct source source = {STR("questions"), STR("")};
	char *file = file_text("intents/mesotherapy.questions.md");
	size_t asked = 0, alarmed = 0;
	struct lists lists;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(level_of(s, *around[i][0] ? around[i][0] : around[i][1]),
				 URGENT_NONE);
	source.text = arena_str(&s->f.arena, str_of(file));
	free(file);
	lists = lists_parse(&source, &s->f.arena, &s->f.mistakes);
	for (size_t i = 0; i < lists.n; i++)
		for (size_t k = 0; k < lists.v[i].items_n; k += 10) {
			const char *const *a = around[asked++ % 4];
			struct str text = arena_fmt(&s->f.arena, "%s" STR_FMT "%s", a[0],
						    STR_ARG(lists.v[i].items[k].text), a[1]);

			if (level_of(s, arena_cstr(&s->f.arena, text)) == URGENT_NONE)
				continue;
			print_message("# " STR_FMT "\n", STR_ARG(text));
			alarmed++;
		}
	print_message("# %zu of %zu alarmed\n", alarmed, asked);
	assert_true(asked > 200);
	assert_true(100.0 * (double)alarmed / (double)asked <= RAMBLED_ALARMED_MOST);
}

/* The sentences of another language around it are no reason to read it as typed. */
static void m12_typos_among_another_language(void **state)
{
	static const char *const typed[] = {"chest pian", "my chest pian", "cant breth",
					    "my thraot is closign"};
	static const char *const around[][2] = {
		{"Danke. ", ""},
		{"Guten Tag, ich war heute bei Ihnen. ", ""},
		{"", ". Guten Tag, ich war heute bei Ihnen."},
		{"Hola, estuve hoy en su clinica. ", ". Muchas gracias."},
	};
	struct setting *s = *state;

	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		for (size_t k = 0; k < sizeof around / sizeof *around; k++) {
			struct str text = arena_fmt(&s->f.arena, "%s%s%s", around[k][0], typed[i],
						    around[k][1]);

			if (level_of(s, arena_cstr(&s->f.arena, text)) < URGENT_EMERGENCY)
				fail_msg(STR_FMT, STR_ARG(text));
		}
}

static int group_begin(void **state)
{
	static struct setting s;

	setting_init(&s);
	*state = &s;
	return 0;
}

static int group_end(void **state)
{
	struct setting *s = *state;

	arena_done(&s->turn);
	fixture_done(&s->f);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(m20_what_was_ruled_urgent_is),
		cmocka_unit_test(m12_m18_no_change_lowers_the_level),
		cmocka_unit_test(m12_two_additions_at_once),
		cmocka_unit_test(m12_typos_among_another_language),
		cmocka_unit_test(long_runs_alarm_no_question),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
