/* The preview's web server: the files of the page, and one websocket, /chat. It knows nothing of
 * questions and replies.
 *
 * It listens by itself and hands accepted sockets to a vhost of the loop's libwebsockets context:
 * libwebsockets 4.1 cannot close a vhost's listening socket again (measured), and does not say why
 * it could not open one.
 *
 * Every answer carries a strict Content-Security-Policy; requests under a foreign name and
 * websockets of foreign pages get 403 (io/preview_address.h). */
#ifndef IO_PREVIEW_SERVER_H
#define IO_PREVIEW_SERVER_H

#include "core/err.h"
#include "io/preview_address.h"

#define PREVIEW_PEERS_MAX 64		       /* websockets at a time */
#define PREVIEW_FRAME_MAX ((size_t)16 * 1024)  /* bytes of one message of a page */
#define PREVIEW_QUEUE_MAX ((size_t)256 * 1024) /* bytes a page may leave unread */

struct loop;
struct preview_server;
struct preview_peer; /* one open websocket */

struct preview_events {
	/* One whole text message. */
	void (*message)(void *arg, struct preview_peer *peer, struct str text);
	/* The websocket is gone; the peer is freed after this call. Called once for every peer. */
	void (*closed)(void *arg, struct preview_peer *peer);
	/* Nothing listens and no peer is left, after preview_server_stop(). The server may be
	 * freed in this call. */
	void (*stopped)(void *arg);
};

struct preview_server *preview_server_new(struct loop *loop, const struct preview_address *address,
					  const struct preview_events *events, void *arg);
/* ERR_INPUT when the port is taken. */
bool preview_server_start(struct preview_server *server, struct err *err);
/* The port listened on; 0 before it does. */
unsigned preview_server_port(const struct preview_server *server);
/* Takes no more peers. */
void preview_server_shut(struct preview_server *server);
/* Sends all peers what is queued and a close frame, waits a second for them, then closes all. */
void preview_server_stop(struct preview_server *server);
/* After `stopped`, or when it was never started. Accepts NULL. */
void preview_server_free(struct preview_server *server);

/* Queues a message. A peer that leaves more than PREVIEW_QUEUE_MAX unread is dropped. */
void preview_peer_send(struct preview_peer *peer, struct str text);
/* Sends what is queued, then a close frame with `code`. What the peer sends from now on is not
 * looked at. `closed` follows, never from inside. */
void preview_peer_close(struct preview_peer *peer, int code);
/* Drops it without a word. `closed` follows, never from inside. */
void preview_peer_drop(struct preview_peer *peer);
/* A word of the owner's about this peer, NULL at first. */
void preview_peer_set(struct preview_peer *peer, void *owner);
void *preview_peer_owner(const struct preview_peer *peer);

#endif
