/* The online checks: any answers. The first letter is the platform: d, or m (with a token) or p (with a kept
 * session). Then a digit for the status of each answer, a line of header, a line of body; behind the end
 * nobody answers.
 *
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/online.dict */
#include "fuzz/fuzz.h"
#include "wire/json.h"
#include "wire/online.h"

#define STEPS_MAX 1000
#define FINDINGS_MAX 1000
#define SECRET "the.secret.token"
#define NOW_MS 1795381200000

static const int statuses[] = {200, 401, 403, 404, 429, 500, 0, 101, 301, 400};

static struct online *machine_new(char platform)
{
	static const struct str channels[] = {{"100", 3}, {"101", 3}, {"102", 3}};
	static const struct str patterns[] = {{"*:hs", 4}};
	const struct online_discord_settings discord = {.token = STR(SECRET),
							.api_url = STR("https://example.org/api"),
							.channels = channels,
							.channels_n = 3,
							.staff = {STR("103"), STR("104")}};
	struct online_matrix_settings matrix = {.homeserver = STR("https://example.org/"),
						.user = STR("@bot:hs"),
						.invite_from = patterns,
						.invite_from_n = 1,
						.staff = {STR("!a:hs"), STR("!b:hs")}};

	if (platform == 'd')
		return online_discord_new(&discord);
	if (platform == 'm')
		matrix.token = STR(SECRET);
	else
		matrix.session = STR("{\"user\":\"@bot:hs\",\"device\":\"A\",\"token\":\"" SECRET
				     "\",\"refresh\":\"r\"}");
	return online_matrix_new(&matrix);
}

static size_t findings_take(struct online *o)
{
	struct finding finding;
	size_t n = 0;

	for (; online_finding(o, &finding); n++) {
		HOLDS(finding.what.n, finding.what);
		HOLDS(text_is_utf8(finding.what), finding.what);
		HOLDS(str_find(finding.what, STR(SECRET)) < 0, finding.what);
		for (size_t i = 0; i < finding.what.n; i++)
			HOLDS((unsigned char)finding.what.p[i] >= 0x20 && finding.what.p[i] != 0x7f,
			      finding.what);
	}
	return n;
}

static void call_holds(const struct machine_call *call)
{
	HOLDS(str_starts(call->url, STR("https://example.org/")), call->url);
	for (size_t i = 0; i < call->url.n; i++)
		HOLDS(call->url.p[i] > ' ' && call->url.p[i] <= '~', call->url);
	HOLDS(str_find(call->url, STR(SECRET)) < 0, call->url);
	/* Only asked: but for this one, which gives what it names. */
	HOLDS(str_eq(call->method, STR("GET")) || str_ends(call->url, STR("/keys/query")),
	      call->url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str program = fuzz_text(bytes, n);
	struct online *o = machine_new(program_char(&program));
	size_t steps = 0, findings = findings_take(o);
	struct online_step step;

	while (online_next(o, &step)) {
		struct machine_response answer = {0};

		HOLDS(++steps < STEPS_MAX, fuzz_text(bytes, n));
		if (step.kind == ONLINE_WAIT) {
			HOLDS(step.wait_ms > 0 && step.wait_ms <= ONLINE_WAIT_MAX_MS,
			      fuzz_text(bytes, n));
			continue;
		}
		if (step.kind == ONLINE_CALL)
			call_holds(&step.call);
		else
			HOLDS(step.call.authorization.n == 0, step.call.url);
		if (program.n) {
			answer.status = statuses[program_choice(&program, 10)];
			answer.headers = program_line(&program);
			answer.body = program_line(&program);
		}
		answer.why = STR("nobody is there");
		online_answer(o, &answer, NOW_MS);
		findings += findings_take(o);
	}
	findings += findings_take(o);
	HOLDS(findings > 0 && findings < FINDINGS_MAX, fuzz_text(bytes, n));
	online_free(o);
	return 0;
}
