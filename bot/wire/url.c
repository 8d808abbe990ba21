#include "wire/url.h"

void url_add(struct buf *url, struct str part)
{
	for (size_t i = 0; i < part.n; i++) {
		unsigned char c = (unsigned char)part.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_' || c == '~')
			buf_add_char(url, (char)c);
		else
			buf_addf(url, "%%%02X", (unsigned)c);
	}
}
