/* What a service manager is told: that the bot is ready, that it reads its content again, that it
 * stops, and, when a watchdog is set, that its loop still turns. Without a manager nothing is said.
 *
 * The protocol is one datagram to $NOTIFY_SOCKET and documented as stable (sd_notify(3), "Notes"), so
 * that it needs no library. */
#ifndef IO_SERVICE_H
#define IO_SERVICE_H

struct loop;
struct service;

/* Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, and opens what it needs. Never NULL. */
struct service *service_new(struct loop *loop);
/* Accepts NULL. */
void service_free(struct service *service);

/* `status` is a sentence for who looks at the service. The first call starts the watchdog. */
void service_ready(struct service *service, const char *status);
/* service_ready() must follow. */
void service_reloading(struct service *service);
void service_stopping(struct service *service);

#endif
