/* Certificates for the tests of the clients, made once a program in a folder of its own, and servers
 * that show them. */
#ifndef TESTS_IO_TLS_H
#define TESTS_IO_TLS_H

#include "io/server.h"

static char tls_dir[64] = "/tmp/clinicbot-tls-XXXXXX";
static bool have_certificates;
static char tls_ca[128]; /* the file by which they are known */

static int make_certificates(void **state)
{
	(void)state;
	if (!mkdtemp(tls_dir))
		return -1;
	snprintf(tls_ca, sizeof tls_ca, "%s/ca.pem", tls_dir);
	have_certificates = certificates_make(tls_dir);
	if (!have_certificates)
		print_message("# no openssl command: TLS is not tested\n");
	return 0;
}

static int remove_certificates(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -r '%s'", tls_dir);
	return system(command);
}

/* As if that authority were in the system's store, or, with false, one that nobody knows. */
static void tls_store(bool knows)
{
	char command[512];

	snprintf(command, sizeof command,
		 "cd '%s' && mkdir -p store && cp %s store/ca.pem && openssl rehash store", tls_dir,
		 knows ? "ca.pem" : "other.pem");
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof command, "%s/store", tls_dir);
	setenv("SSL_CERT_DIR", command, 1);
	unsetenv("SSL_CERT_FILE");
}

/* With one of the certificates; `tls_max` as in struct server_settings. */
static void tls_serve_old(struct server *server, const char *cert, void (*script)(struct conn *c),
			  int tls_max)
{
	char key[128];
	char path[128];

	snprintf(path, sizeof path, "%s/%s", tls_dir, cert);
	snprintf(key, sizeof key, "%s/key.pem", tls_dir);
	assert_true(server_start(
		server, (struct server_settings){
				.script = script, .cert = path, .key = key, .tls_max = tls_max}));
}

static void tls_serve(struct server *server, const char *cert, void (*script)(struct conn *c))
{
	tls_serve_old(server, cert, script, 0);
}

#endif
