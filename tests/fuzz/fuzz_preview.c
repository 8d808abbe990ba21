/* The preview's web server and what pages say to it: io/preview_server, preview_address, preview_frames. The
 * input is what a client sends, PORT standing for the server's port: as it is, or, when it begins with a c,
 * on an open websocket.
 * Options: -max_len=2048 -dict=tests/fuzz/seeds/preview.dict */
#define _POSIX_C_SOURCE 200809L
#include "fuzz/fuzz.h"
#include "io/preview_client.h"
#include "io/preview_frames.h"
#include "io/preview_server.h"

#define OPEN_TRIES 1000
#define TURNS_MAX 200
#define QUIET_TURNS 6 /* without an answer: there will be none */
#define CHECK_EVERY 64

static struct loop *loop;
static struct preview_server *server;
static struct arena arena;
static char port[16];
static size_t opened, closed;
static bool said;

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Says it back, so that writing is tried too. */
static void on_message(void *arg, struct preview_peer *peer, struct str text)
{
	struct preview_frame frame;
	struct err err = {0};

	(void)arg;
	said = true;
	HOLDS(text.n <= PREVIEW_FRAME_MAX, text);
	if (!preview_peer_owner(peer)) {
		preview_peer_set(peer, &opened);
		opened++;
	}
	if (preview_frame_parse(text, &arena, &frame, &err)) {
		HOLDS(frame.type != PREVIEW_HELLO || preview_session_valid(frame.session), text);
		HOLDS(frame.type != PREVIEW_QUESTION ||
			      (frame.id.n && frame.id.n <= PREVIEW_QUESTION_ID_MAX),
		      text);
		HOLDS(text_is_utf8(frame.text), text);
		preview_peer_send(peer, text);
	} else {
		HOLDS(err.kind == ERR_INPUT && *err.text, text);
		preview_peer_close(peer, 1008);
	}
	arena_reset(&arena);
}

static void on_closed(void *arg, struct preview_peer *peer)
{
	(void)arg;
	closed += preview_peer_owner(peer) != NULL;
}

static void on_stopped(void *arg)
{
	(void)arg;
}

static const struct preview_events events = {on_message, on_closed, on_stopped};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct preview_address address;
	struct err err = {0};

	(void)argc, (void)argv;
	arena_init(&arena);
	loop = loop_new(&err);
	HOLDS(loop, str_of(err.text));
	HOLDS(preview_address_parse(STR("127.0.0.1:0"), STR(""), &address, &err), str_of(err.text));
	server = preview_server_new(loop, &address, &events, NULL);
	HOLDS(server && preview_server_start(server, &err), str_of(err.text));
	snprintf(port, sizeof port, "%u", preview_server_port(server));
	return 0;
}

static struct str with_port(struct str text, struct arena *turn)
{
	struct buf b;
	ptrdiff_t at;
	struct str out;

	buf_init(&b, text.n * 4);
	while ((at = str_find(text, STR("PORT"))) >= 0) {
		buf_add(&b, str_sub(text, 0, (size_t)at));
		buf_add(&b, str_of(port));
		text = str_sub(text, (size_t)at + 4, text.n);
	}
	buf_add(&b, text);
	out = arena_str(turn, buf_str(&b));
	buf_done(&b);
	return out;
}

/* Until the server has answered and waits, or has closed. */
static void listen_to(struct client *client)
{
	size_t quiet = 0;

	for (int i = 0; i < TURNS_MAX && quiet < QUIET_TURNS && !client->ended; i++) {
		size_t before = client->n;

		(void)uv_run(loop_uv(loop), UV_RUN_NOWAIT);
		client_read(client);
		quiet = client->n == before ? quiet + 1 : 0;
		if (client->n > sizeof client->in / 2)
			client->n = 0;
	}
}

/* Clients of earlier inputs may still be on their way out, and hold their places until then. */
static struct client *chat_open(void)
{
	struct client *client = client_chat(loop, preview_server_port(server));

	for (int i = 0; client->ended && i < OPEN_TRIES; i++) {
		client_free(client);
		loop_turn(loop);
		client = client_chat(loop, preview_server_port(server));
	}
	HOLDS(!client->ended, STR("the server takes no websocket any more"));
	return client;
}

static void page_check(void)
{
	struct client *client =
		client_request(loop, preview_server_port(server), "GET", "/", "localhost", "");

	HOLDS(client_status(client) == 403, str_of(client->in)); /* without its port: foreign */
	client_free(client);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str input = fuzz_text(bytes, n), origin;
	bool chats = n && bytes[0] == 'c';
	static unsigned runs;
	struct client *client;
	struct arena turn;

	arena_init(&turn);
	input = with_port(chats ? str_sub(input, 1, n) : input, &turn);
	client = chats ? chat_open() : client_dial(loop, preview_server_port(server));
	client->n = 0;
	said = false;
	client_put(client, input.p ? input.p : "", input.n);
	listen_to(client);
	/* Nobody gets a websocket who does not say that the page is ours. */
	origin = arena_fmt(&turn, ":%s", port);
	HOLDS(chats || !said || str_find(input, origin) >= 0, input);
	client_free(client);
	for (int i = 0; i < TURNS_MAX && closed < opened; i++)
		(void)uv_run(loop_uv(loop), UV_RUN_NOWAIT);
	HOLDS(closed == opened, input);
	if (++runs % CHECK_EVERY == 0)
		page_check();
	arena_done(&turn);
	return 0;
}
