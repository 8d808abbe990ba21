#include "io/loop.h"

#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

#include "core/arena.h"
#include "io/log.h"

#define SIGNALS_MAX 8
#define SAY_STALL_EVERY_MS 60000
/* Calls of lws_context_destroy, each followed by a run of the loop, before it counts as stuck. Two
 * were always enough when it was measured. */
#define LWS_DESTROY_ROUNDS_MAX 8
/* Longer than a name that is just being resolved can take, which cannot be called off. */
#define STUCK_MS 30000
/* Bytes of an upgrade response's headers; Discord's front sends about 1500. */
#define LWS_HEADER_BYTES_MAX 16384

struct loop_signal {
	uv_signal_t handle;
	struct loop *loop;
	void (*on_signal)(void *arg, int signum);
	void *arg;
};

struct loop_clients {
	struct loop_clients *next;
	struct lws_vhost *vhost;
	char *ca_file; /* libwebsockets keeps a pointer to it */
};

struct loop {
	uv_loop_t uv;
	uv_prepare_t prepare;
	struct lws_context *lws; /* set to NULL by libwebsockets once it is gone */
	void (*hook)(void *arg);
	void *hook_arg;
	struct loop_signal signals[SIGNALS_MAX];
	size_t signals_n;
	struct loop_clients *clients;
	unsigned lookups; /* names that are looked up */
	bool forgotten;	  /* a poll handle may have been */
	struct loop_stalls stalls;
	uint64_t turn_ns, idle_ns; /* when the turn began; what was slept away until then */
	int64_t say_stall_ms;	   /* not before */
};

struct timer {
	uv_timer_t handle;
	struct loop *loop;
	void (*on_time)(void *arg);
	void *arg;
};

static void lws_line(int level, const char *line)
{
	(void)level;
	log_debug("lws", "%s", line);
}

static void before_sleep(struct loop *loop)
{
	if (loop->hook)
		loop->hook(loop->hook_arg);
}

static void turn_begin(struct loop *loop)
{
	loop->turn_ns = uv_hrtime();
	loop->idle_ns = uv_metrics_idle_time(&loop->uv);
}

/* A turn goes from one sleep to the next: what of it was not slept away was work. */
static void turn_measure(struct loop *loop)
{
	uint64_t idle_ns = uv_metrics_idle_time(&loop->uv) - loop->idle_ns;
	int64_t busy_ms = (int64_t)(uv_hrtime() - loop->turn_ns - idle_ns) / 1000000;

	turn_begin(loop);
	if (busy_ms <= LOOP_STALL_MS)
		return;
	loop->stalls.n++;
	if (busy_ms > loop->stalls.longest_ms)
		loop->stalls.longest_ms = busy_ms;
	if (loop_now_ms(loop) < loop->say_stall_ms)
		return;
	loop->say_stall_ms = loop_now_ms(loop) + SAY_STALL_EVERY_MS;
	log_warn("loop",
		 "nothing was served for %lld ms; %llu such times so far, the longest %lld ms",
		 (long long)busy_ms, (unsigned long long)loop->stalls.n,
		 (long long)loop->stalls.longest_ms);
}

struct loop_stalls loop_stalls(const struct loop *loop)
{
	return loop->stalls;
}

static void free_handle(uv_handle_t *handle)
{
	free(handle);
}

/* One that libwebsockets made: its data is the connection. Those in use always poll for something. */
static void forgotten_close(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (uv_handle_get_type(handle) == UV_POLL && handle->data != handle &&
	    !uv_is_active(handle) && !uv_is_closing(handle))
		uv_close(handle, free_handle);
}

/* Debian's libwebsockets forgets the handle of a connection that fails at once, as all do while there
 * is no network: it would stay for good, and loop_free() would wait for it in vain. */
static void forgotten_clear(struct loop *loop)
{
	if (loop->forgotten)
		uv_walk(&loop->uv, forgotten_close, NULL);
	loop->forgotten = false;
}

void loop_connection_failed(struct loop *loop)
{
	loop->forgotten = true;
}

static void on_prepare(uv_prepare_t *handle)
{
	turn_measure(handle->data);
	before_sleep(handle->data);
	forgotten_clear(handle->data);
}

/* Vhosts come later (ws.c, the preview): a context with a port that is taken would seem to be
 * there and crash in the next turn. */
static bool lws_start(struct loop *loop, struct err *err)
{
	void *loops[1] = {&loop->uv};
	struct lws_context_creation_info info = {0};

	lws_set_log_level(LLL_ERR, lws_line);
	info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_VALIDATE_UTF8;
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.foreign_loops = loops;
	info.pcontext = &loop->lws;
	info.max_http_header_data = LWS_HEADER_BYTES_MAX;
	loop->lws = lws_create_context(&info);
	if (!loop->lws)
		return err_set(
			err, ERR_LATER,
			"libwebsockets does not start with libuv: the Debian package "
			"libwebsockets-evlib-uv is not installed, or memory or files are short");
	return true;
}

/* With too few, libwebsockets neither works nor comes to an end. */
static bool files_suffice(struct err *err)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= LOOP_FILES_MIN)
		return true;
	return err_set(err, ERR_INPUT,
		       "only %llu open files are allowed, and %d are needed: raise ulimit -n, or "
		       "LimitNOFILE of the unit",
		       (unsigned long long)files.rlim_cur, LOOP_FILES_MIN);
}

struct loop *loop_new(struct err *err)
{
	struct loop *loop;

	if (!files_suffice(err))
		return NULL;
	loop = calloc(1, sizeof *loop);

	if (!loop)
		out_of_memory();
	/* libuv's pool only resolves names here; four threads would idle. A person's own setting
	 * stays. */
	setenv("UV_THREADPOOL_SIZE", "1", 0);
	if (uv_loop_init(&loop->uv) != 0) {
		err_set(err, ERR_LATER, "the system gives no event loop (too many open files?)");
		free(loop);
		return NULL;
	}
	uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME);
	uv_prepare_init(&loop->uv, &loop->prepare);
	loop->prepare.data = loop;
	uv_prepare_start(&loop->prepare, on_prepare);
	uv_unref((uv_handle_t *)&loop->prepare);
	turn_begin(loop);
	if (!lws_start(loop, err)) {
		loop_free(loop);
		return NULL;
	}
	return loop;
}

static void name_open_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		fprintf(stderr, "loop: a %s handle was left open\n",
			uv_handle_type_name(uv_handle_get_type(handle)));
}

static void on_stuck(uv_timer_t *guard)
{
	fprintf(stderr, "loop: it does not come to an end\n");
	uv_walk(guard->loop, name_open_handle, NULL);
	abort();
}

/* Until nothing is open, also when loop_stop() is called on the way. */
static void run_to_the_end(struct loop *loop)
{
	while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
		;
}

void loop_free(struct loop *loop)
{
	uv_timer_t guard;

	if (!loop)
		return;
	loop->hook = NULL;
	forgotten_clear(loop);
	for (size_t i = 0; i < loop->signals_n; i++)
		uv_close((uv_handle_t *)&loop->signals[i].handle, NULL);
	uv_close((uv_handle_t *)&loop->prepare, NULL);
	uv_update_time(&loop->uv); /* it may not have run for long */
	uv_timer_init(&loop->uv, &guard);
	uv_timer_start(&guard, on_stuck, STUCK_MS, 0);
	uv_unref((uv_handle_t *)&guard);
	/* Each call starts what it can and the loop finishes it; a second call while handles are
	 * still closing would unload the plugin under them. */
	for (int round = 0; loop->lws && round < LWS_DESTROY_ROUNDS_MAX; round++) {
		lws_context_destroy(loop->lws);
		run_to_the_end(loop);
	}
	uv_close((uv_handle_t *)&guard, NULL);
	run_to_the_end(loop);
	if (loop->lws || uv_loop_close(&loop->uv) != 0) {
		fprintf(stderr, "loop: not everything was closed before loop_free\n");
		uv_walk(&loop->uv, name_open_handle, NULL);
		abort();
	}
	while (loop->clients) {
		struct loop_clients *clients = loop->clients;

		loop->clients = clients->next;
		free(clients->ca_file);
		free(clients);
	}
	free(loop);
}

void loop_lookup_begin(struct loop *loop)
{
	loop->lookups++;
}

void loop_lookup_end(struct loop *loop)
{
	loop->lookups--;
}

bool loop_looks_up(const struct loop *loop)
{
	return loop && loop->lookups > 0;
}

void loop_run(struct loop *loop)
{
	turn_begin(loop);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	/* libuv leaves right after the events that stopped it; they get their turn's end too. */
	before_sleep(loop);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

int64_t loop_now_ms(const struct loop *loop)
{
	(void)loop;
	return (int64_t)(uv_hrtime() / 1000000);
}

int64_t loop_wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void loop_before_sleep(struct loop *loop, void (*hook)(void *arg), void *arg)
{
	loop->hook = hook;
	loop->hook_arg = arg;
}

static void on_uv_signal(uv_signal_t *handle, int signum)
{
	struct loop_signal *s = handle->data;

	/* libuv forgets what it slept until a signal woke it. */
	turn_begin(s->loop);
	s->on_signal(s->arg, signum);
}

void loop_on_signal(struct loop *loop, int signum, void (*on_signal)(void *arg, int signum),
		    void *arg)
{
	struct loop_signal *s = &loop->signals[loop->signals_n];

	if (loop->signals_n == SIGNALS_MAX || uv_signal_init(&loop->uv, &s->handle) != 0) {
		fprintf(stderr, "loop: no room for signal %d\n", signum);
		abort();
	}
	loop->signals_n++;
	s->loop = loop;
	s->on_signal = on_signal;
	s->arg = arg;
	s->handle.data = s;
	uv_signal_start(&s->handle, on_uv_signal, signum);
}

static void on_uv_timer(uv_timer_t *handle)
{
	struct timer *timer = handle->data;

	timer->on_time(timer->arg);
}

struct timer *timer_new(struct loop *loop, void (*on_time)(void *arg), void *arg)
{
	struct timer *timer = calloc(1, sizeof *timer);

	if (!timer)
		out_of_memory();
	uv_timer_init(&loop->uv, &timer->handle);
	timer->handle.data = timer;
	timer->loop = loop;
	timer->on_time = on_time;
	timer->arg = arg;
	return timer;
}

void timer_set(struct timer *timer, int64_t at_ms)
{
	/* libuv counts from the start of the turn, which loop_now_ms() has left behind. */
	int64_t from = (int64_t)uv_now(&timer->loop->uv);

	uv_timer_start(&timer->handle, on_uv_timer, at_ms > from ? (uint64_t)(at_ms - from) : 0, 0);
}

void timer_stop(struct timer *timer)
{
	uv_timer_stop(&timer->handle);
}

static void free_timer(uv_handle_t *handle)
{
	free(handle->data);
}

void timer_free(struct timer *timer)
{
	if (timer)
		uv_close((uv_handle_t *)&timer->handle, free_timer);
}

struct uv_loop_s *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

struct lws_context *loop_lws(struct loop *loop)
{
	return loop->lws;
}

static struct lws_vhost *clients_start(struct loop *loop, const char *ca_file,
				       const struct lws_protocols *protocols)
{
	struct lws_context_creation_info info = {0};

	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.vhost_name = ca_file;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	/* Not the one from $http_proxy, which would be looked up on the loop. */
	info.http_proxy_address = "";
	info.ssl_client_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
	/* Without a file the protocol puts the system's store in. */
	info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
	if (*ca_file)
		info.client_ssl_ca_filepath = ca_file;
	return lws_create_vhost(loop->lws, &info);
}

struct lws_vhost *loop_lws_clients(struct loop *loop, struct str ca_file,
				   const struct lws_protocols *protocols, struct err *err)
{
	struct loop_clients *clients = loop->clients;

	while (clients && !str_eq(str_of(clients->ca_file), ca_file))
		clients = clients->next;
	if (clients)
		return clients->vhost;
	clients = calloc(1, sizeof *clients);
	if (!clients || !(clients->ca_file = strndup(ca_file.n ? ca_file.p : "", ca_file.n)))
		out_of_memory();
	clients->vhost = clients_start(loop, clients->ca_file, protocols);
	if (!clients->vhost) {
		err_set(err, ERR_LATER, "libwebsockets gives no room for a connection");
		free(clients->ca_file);
		free(clients);
		return NULL;
	}
	clients->next = loop->clients;
	loop->clients = clients;
	return clients->vhost;
}

struct work {
	uv_work_t request;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

static void on_work(uv_work_t *request)
{
	struct work *w = request->data;

	w->work(w->arg);
}

static void on_work_done(uv_work_t *request, int status)
{
	struct work *w = request->data;

	(void)status; /* never cancelled */
	w->done(w->arg);
	free(w);
}

void loop_work(struct loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct work *w = calloc(1, sizeof *w);

	if (!w)
		out_of_memory();
	*w = (struct work){.work = work, .done = done, .arg = arg};
	w->request.data = w;
	/* Fails only without a callback. */
	uv_queue_work(&loop->uv, &w->request, on_work, on_work_done);
}
