/* The preview's web server: what it hands out, to whom, and where it may listen. */
#include "io/preview_address.h"
#include "io/preview_world.h"

/* --- pages ----------------------------------------------------------------------------------- */

static void serves_the_page(void **state)
{
	(void)state;
	struct client *client = client_request(world->loop, world->port, "GET", "/", host(), "");
	assert_int_equal(client_status(client), 200);
	assert_non_null(strstr(client->in, "content-type: text/html; charset=utf-8\r\n"));
	assert_non_null(strstr(client->in, "content-security-policy: default-src 'none'; "
					   "script-src 'self'; style-src 'self'; "
					   "connect-src 'self';"));
	assert_non_null(strstr(client->in, "x-content-type-options: nosniff\r\n"));
	assert_non_null(strstr(client->in, "referrer-policy: no-referrer\r\n"));
	assert_non_null(strstr(client->in, "cache-control: no-store\r\n"));
	assert_null(strstr(client->in, "libwebsockets"));
	assert_true(client_sees(client, "</html>\n"));
	/* The connection is kept, and takes the next request. */
	client->n = 0;
	char next[128];
	(void)snprintf(next, sizeof next, "GET /page.css HTTP/1.1\r\nHost: localhost:%u\r\n\r\n",
		       world->port);
	client_put(client, next, strlen(next));
	assert_true(client_sees(client, "content-type: text/css; charset=utf-8\r\n"));
	client_free(client);

	client = client_request(world->loop, world->port, "GET", "/page.js", host(), "");
	assert_int_equal(client_status(client), 200);
	assert_non_null(strstr(client->in, "content-type: text/javascript; charset=utf-8\r\n"));
	client_free(client);
}

static void serves_nothing_else(void **state)
{
	(void)state;
	const char *paths[] = {"/favicon.ico", "/page.html", "/page.js/x", "/chat"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_int_equal(status_of(world->loop, world->port, "GET", paths[i], host(), ""),
				 404);
	assert_int_equal(
		status_of(world->loop, world->port, "POST", "/", host(), "Content-Length: 0\r\n"),
		405);
	struct client *client = client_request(world->loop, world->port, "HEAD", "/", host(), "");
	assert_int_equal(client_status(client), 200);
	turn_for(30);
	client_read(client);
	assert_null(strstr(client->in, "<html"));
	client_free(client);
}

static void refuses_a_foreign_host(void **state)
{
	(void)state;
	char local[64];
	const char *wrong[] = {"evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example",
			       ""};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(status_of(world->loop, world->port, "GET", "/", wrong[i], ""),
				 403);
	(void)snprintf(local, sizeof local, "evil.example:%u", world->port);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", local, ""), 403);
	(void)snprintf(local, sizeof local, "localhost:%u", world->port);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", local, ""), 200);
	(void)snprintf(local, sizeof local, "[::1]:%u", world->port);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", local, ""), 200);
}

static void refuses_a_foreign_origin(void **state)
{
	(void)state;
	char own[256];
	const char *wrong[] = {UPGRADE, UPGRADE "Origin: null\r\n",
			       UPGRADE "Origin: http://evil.example\r\n",
			       UPGRADE "Origin: http://127.0.0.1:1\r\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(
			status_of(world->loop, world->port, "GET", "/chat", host(), wrong[i]), 403);
	(void)snprintf(own, sizeof own, UPGRADE "Origin: http://%s\r\n", host());
	assert_int_equal(status_of(world->loop, world->port, "GET", "/chat", "evil.example", own),
			 403);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/other", host(), own), 404);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/chat", host(), own), 101);
}

/* --- addresses ------------------------------------------------------------------------------- */

static void says_that_a_port_is_in_use(void **state)
{
	(void)state;
	struct err err;
	struct platform_preview_settings settings = settings_default();
	settings.listen = str_of(host());
	struct platform *second = platform_preview_new(world->loop, &settings, &err);
	assert_non_null(second);
	assert_false(second->ops->start(second, STR(""), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, host()));
	assert_non_null(strstr(err.text, "is in use"));
	second->ops->free(second);
	/* The first one goes on. */
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", host(), ""), 200);
}

static void listens_on_loopback_only(void **state)
{
	(void)state;
	struct err err;
	struct preview_address address;
	const char *wrong[] = {"0.0.0.0:8080",
			       "192.0.2.1:8080",
			       "[::]:8080",
			       "8080",
			       "localhost:80",
			       "127.0.0.1",
			       "127.0.0.1:",
			       "127.0.0.1:65536",
			       "[127.0.0.1]:1",
			       "::1:8080",
			       ""};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct platform_preview_settings settings = settings_default();
		settings.listen = str_of(wrong[i]);
		assert_null(platform_preview_new(world->loop, &settings, &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	assert_true(preview_address_parse(STR("[::1]:8080"), STR(""), &address, &err));
	assert_true(address.ipv6);
	assert_true(preview_host_allowed(&address, 8080, STR("[::1]:8080")));
	assert_false(preview_host_allowed(&address, 8080, STR("127.0.0.1:8080")));
}

static void behind_a_proxy_only_its_name_counts(void **state)
{
	(void)state;
	struct err err;
	struct preview_address address;
	struct str name = STR("preview.example.org");
	assert_true(preview_address_parse(STR("0.0.0.0:8080"), name, &address, &err));
	assert_true(preview_host_allowed(&address, 8080, name));
	assert_false(preview_host_allowed(&address, 8080, STR("localhost:8080")));
	assert_true(preview_origin_allowed(&address, name, STR("https://preview.example.org")));
	assert_false(preview_origin_allowed(&address, name, STR("http://preview.example.org")));
	struct platform_preview_settings settings = settings_default();
	settings.behind_proxy = true;
	assert_null(platform_preview_new(world->loop, &settings, &err));
	assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(serves_the_page),
		TEST(serves_nothing_else),
		TEST(refuses_a_foreign_host),
		TEST(refuses_a_foreign_origin),
		TEST(says_that_a_port_is_in_use),
		TEST(listens_on_loopback_only),
		TEST(behind_a_proxy_only_its_name_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
