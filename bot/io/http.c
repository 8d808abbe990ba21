#include "io/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "core/arena.h"
#include "core/secret.h"
#include "io/loop.h"
#include "io/peer.h"

#define CONNECT_MS_MAX 10000
#define HEADERS_BYTES_MAX ((size_t)64 * 1024)

struct http {
	struct loop *loop;
	CURLM *multi;
	struct timer *timer;
	char *agent;
	char *ca_file;	       /* NULL: the system's store */
	const char *ca_folder; /* of that; NULL: as curl finds it */
	size_t body_max;
	unsigned timeout_ms;
	struct http_call *calls;
	size_t under_way;
	bool draining;
	bool freed; /* from inside `done`: goes when that returns */
};

struct http_call {
	struct http *http;
	struct http_call *next;
	struct http_call **link; /* what points to this one */
	void (*done)(void *arg, const struct http_response *response);
	void *arg;
	CURL *easy;
	struct curl_slist *headers;
	char *url;
	char *body_sent;
	struct buf headers_got;
	struct buf body_got;
	bool finished; /* `done` is being told */
	char error[CURL_ERROR_SIZE];
};

/* One socket of curl's on the loop. */
struct http_socket {
	uv_poll_t poll;
	struct http *http;
	curl_socket_t fd;
	int events; /* UV_READABLE, UV_WRITABLE */
};

static char *copy(struct str s)
{
	char *p = malloc(s.n + 1);

	if (!p)
		out_of_memory();
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

static void http_destroy(struct http *http)
{
	curl_multi_cleanup(http->multi);
	timer_free(http->timer);
	free(http->agent);
	free(http->ca_file);
	free(http);
	curl_global_cleanup();
}

/* curl says of no memory what it says of a server that is away, or nothing that is heard; a call that was not
 * taken, and all calls once its callbacks have failed, would wait for ever. */
static void must(CURLcode code)
{
	if (code == CURLE_OUT_OF_MEMORY)
		out_of_memory();
}

static void multi_must(CURLMcode code)
{
	if (code == CURLM_OUT_OF_MEMORY || code == CURLM_ABORTED_BY_CALLBACK)
		out_of_memory();
}

#define SET(call, option, value) must(curl_easy_setopt((call)->easy, option, value))

static void call_unlink(struct http_call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	call->http->under_way--;
}

static void call_free(struct http_call *call)
{
	/* The headers hold the authorization. */
	for (struct curl_slist *line = call->headers; line; line = line->next)
		secret_wipe(str_of(line->data));
	curl_slist_free_all(call->headers);
	curl_easy_cleanup(call->easy);
	buf_done(&call->headers_got);
	buf_done(&call->body_got);
	free(call->url);
	free(call->body_sent);
	free(call);
}

static void call_finish(struct http_call *call, CURLcode result)
{
	struct http_response response = {0};
	long status = 0;

	if (result == CURLE_OK) {
		curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
		response.status = (int)status;
		response.headers = buf_str(&call->headers_got);
		response.body = buf_str(&call->body_got);
	} else if (call->body_got.full) {
		response.why = STR("the response is too long");
		response.too_long = true;
	} else if (call->headers_got.full) {
		response.why = STR("the response's headers are too long");
	} else {
		response.why = str_of(call->error[0] ? call->error : curl_easy_strerror(result));
	}
	curl_multi_remove_handle(call->http->multi, call->easy);
	call_unlink(call);
	call->finished = true;
	call->done(call->arg, &response);
	call_free(call);
}

static void drain(struct http *http)
{
	CURLMsg *message;
	int left;

	http->draining = true;
	while (!http->freed && (message = curl_multi_info_read(http->multi, &left))) {
		struct http_call *call = NULL;
		CURLcode result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
		call_finish(call, result);
	}
	http->draining = false;
	if (http->freed)
		http_destroy(http);
}

static void on_timer(void *arg)
{
	struct http *http = arg;
	int running;

	multi_must(curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running));
	drain(http);
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct http *http = arg;

	(void)multi;
	if (timeout_ms < 0)
		timer_stop(http->timer);
	else
		timer_set(http->timer, loop_now_ms(http->loop) + timeout_ms);
	return 0;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct http_socket *s = poll->data;
	struct http *http = s->http;
	int flags = 0;
	int running;

	/* libuv stops at an error of the socket. curl is better placed to find out which: what the
	 * peer sent before it is still there to be read. */
	if (status < 0)
		events = s->events;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	multi_must(curl_multi_socket_action(http->multi, s->fd, flags, &running));
	if (status < 0 && !uv_is_closing((uv_handle_t *)poll))
		uv_poll_start(poll, s->events, on_poll);
	drain(http);
}

static void free_socket(uv_handle_t *handle)
{
	free(handle->data);
}

static struct http_socket *socket_new(struct http *http, curl_socket_t fd)
{
	struct http_socket *s = calloc(1, sizeof *s);

	if (!s)
		out_of_memory();
	s->http = http;
	s->fd = fd;
	s->poll.data = s;
	if (uv_poll_init_socket(loop_uv(http->loop), &s->poll, fd) == 0)
		return s;
	free(s);
	return NULL;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	struct http *http = arg;
	struct http_socket *s = socket;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s)
			uv_close((uv_handle_t *)&s->poll, free_socket);
		return 0;
	}
	if (!s) {
		s = socket_new(http, fd);
		if (!s)
			return -1;
		curl_multi_assign(http->multi, fd, s);
	}
	s->events =
		(what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
	return uv_poll_start(&s->poll, s->events, on_poll) == 0 ? 0 : -1;
}

struct http *http_new(struct loop *loop, const struct http_settings *settings, struct err *err)
{
	struct http *http;

	if (!peer_ca_check(settings->ca_file, err))
		return NULL;
	if (!peer_header_is_plain(settings->agent)) {
		err_set(err, ERR_INPUT, "the agent holds a byte that cannot be sent");
		return NULL;
	}
	http = calloc(1, sizeof *http);
	if (!http || curl_global_init(CURL_GLOBAL_ALL) != 0 || !(http->multi = curl_multi_init()))
		out_of_memory();
	http->loop = loop;
	http->timer = timer_new(loop, on_timer, http);
	http->agent = copy(settings->agent);
	http->ca_file = settings->ca_file.n ? copy(settings->ca_file) : NULL;
	http->ca_folder = peer_ca_folder();
	http->body_max = settings->body_max;
	http->timeout_ms = settings->timeout_ms;
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	return http;
}

void http_free(struct http *http)
{
	struct http_call *next;

	if (!http)
		return;
	for (struct http_call *call = http->calls; call; call = next) {
		next = call->next;
		http_cancel(call);
	}
	if (http->draining)
		http->freed = true;
	else
		http_destroy(http);
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	struct str line = {p, size * n};

	/* A new response, behind "100 Continue" for example. */
	if (str_starts(line, STR("HTTP/")))
		buf_clear(&call->headers_got);
	if (str_trim(line).n == 0)
		return size * n;
	return buf_add(&call->headers_got, line) ? size * n : 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;

	return buf_add(&call->body_got, (struct str){p, size * n}) ? size * n : 0;
}

static void add_header(struct http_call *call, const char *name, struct str value)
{
	size_t n = strlen(name) + value.n + 1;
	char *line = malloc(n);
	struct curl_slist *longer;

	if (!line)
		out_of_memory();
	snprintf(line, n, "%s" STR_FMT, name, STR_ARG(value));
	longer = curl_slist_append(call->headers, line);
	if (!longer)
		out_of_memory();
	call->headers = longer;
	secret_wipe((struct str){line, n});
	free(line);
}

static void set_connection(struct http_call *call)
{
	const struct http *http = call->http;
	long connect_ms =
		http->timeout_ms < CONNECT_MS_MAX ? (long)http->timeout_ms : CONNECT_MS_MAX;

	SET(call, CURLOPT_NOSIGNAL, 1L);
	/* Dropping a call must not wait for the name that it looks up. */
	SET(call, CURLOPT_QUICK_EXIT, 1L);
	SET(call, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(call, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(call, CURLOPT_FOLLOWLOCATION, 0L);
	/* The websocket goes directly too; one way for both. */
	SET(call, CURLOPT_PROXY, "");
	SET(call, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(call, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(call, CURLOPT_SSL_VERIFYHOST, 2L);
	if (http->ca_file) {
		SET(call, CURLOPT_CAINFO, http->ca_file);
		SET(call, CURLOPT_CAPATH, NULL);
	} else if (http->ca_folder) {
		SET(call, CURLOPT_CAINFO, NULL);
		SET(call, CURLOPT_CAPATH, http->ca_folder);
	}
	/* A peer that is gone without a word is found while a poll waits for it, and what stands between
	 * keeps the connection. */
	SET(call, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(call, CURLOPT_TCP_KEEPIDLE, HTTP_KEEP_IDLE_S);
	SET(call, CURLOPT_TCP_KEEPINTVL, HTTP_KEEP_EVERY_S);
	SET(call, CURLOPT_TIMEOUT_MS, (long)http->timeout_ms);
	SET(call, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
}

static void set_request(struct http_call *call, const struct http_request *request)
{
	char method[8];

	snprintf(method, sizeof method, STR_FMT, STR_ARG(request->method));
	SET(call, CURLOPT_URL, call->url);
	if (!str_eq(request->method, STR("GET")) &&
	    (request->body.n || !str_eq(request->method, STR("DELETE")))) {
		SET(call, CURLOPT_POSTFIELDS, call->body_sent);
		SET(call, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
	}
	SET(call, CURLOPT_CUSTOMREQUEST, method);
	if (call->http->agent[0])
		SET(call, CURLOPT_USERAGENT, call->http->agent);
	if (request->authorization.n)
		add_header(call, "Authorization: ", request->authorization);
	add_header(call, "Content-Type: ", request->content_type); /* empty: none is sent */
	add_header(call, "Expect:", STR(""));
	SET(call, CURLOPT_HTTPHEADER, call->headers);
}

static void set_response(struct http_call *call)
{
	SET(call, CURLOPT_PRIVATE, call);
	SET(call, CURLOPT_ERRORBUFFER, call->error);
	SET(call, CURLOPT_HEADERFUNCTION, on_header);
	SET(call, CURLOPT_HEADERDATA, call);
	SET(call, CURLOPT_WRITEFUNCTION, on_body);
	SET(call, CURLOPT_WRITEDATA, call);
}

static bool request_is_usable(const struct http_request *request, struct err *err)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
	struct peer peer;
	bool known = false;

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		known = known || str_eq(request->method, str_of(methods[i]));
	if (!known)
		return err_set(err, ERR_INPUT, "an HTTP method is not known");
	if (!peer_header_is_plain(request->authorization) ||
	    !peer_header_is_plain(request->content_type))
		return err_set(err, ERR_INPUT, "a header holds a byte that cannot be sent");
	return peer_parse(request->url, "http", &peer, err);
}

struct http_call *http_send(struct http *http, const struct http_request *request,
			    void (*done)(void *arg, const struct http_response *response),
			    void *arg, struct err *err)
{
	struct http_call *call;

	if (!request_is_usable(request, err))
		return NULL;
	call = calloc(1, sizeof *call);
	if (!call || !(call->easy = curl_easy_init()))
		out_of_memory();
	call->http = http;
	call->done = done;
	call->arg = arg;
	call->url = copy(request->url);
	call->body_sent = copy(request->body);
	buf_init(&call->headers_got, HEADERS_BYTES_MAX);
	buf_init(&call->body_got, http->body_max);
	set_connection(call);
	set_request(call, request);
	set_response(call);
	call->next = http->calls;
	call->link = &http->calls;
	if (call->next)
		call->next->link = &call->next;
	http->calls = call;
	http->under_way++;
	/* Only sets the timer: the work begins in the loop. */
	multi_must(curl_multi_add_handle(http->multi, call->easy));
	return call;
}

void http_cancel(struct http_call *call)
{
	if (call->finished)
		return;
	curl_multi_remove_handle(call->http->multi, call->easy);
	call_unlink(call);
	call_free(call);
}

size_t http_under_way(const struct http *http)
{
	return http->under_way;
}
