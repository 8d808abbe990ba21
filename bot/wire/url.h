/* Addresses of requests. */
#ifndef WIRE_URL_H
#define WIRE_URL_H

#include "core/buf.h"

/* Adds what is no letter, digit, - . _ or ~ as %XX (RFC 3986, 2.3). */
void url_add(struct buf *url, struct str part);

#endif
