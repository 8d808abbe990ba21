#include "wire/http_head.h"

#include "core/buf.h"
#include "wire/iso_time.h"

struct str header_value(struct str headers, struct str name)
{
	struct str line;

	while (str_cut(&headers, '\n', &line)) {
		struct str own, rest = line;

		if (str_cut(&rest, ':', &own) && str_eq_nocase(own, name))
			return str_trim(rest);
	}
	return STR("");
}

/* 1 to 12; 0 when it is none. */
static int month_of(struct str name)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

	for (int i = 0; i < 12; i++)
		if (str_eq(name, str_of(months[i])))
			return i + 1;
	return 0;
}

/* The parts stand at fixed places; put into another order they are an ISO time. */
bool http_date_read(struct str text, int64_t *unix_ms)
{
	int month = text.n == 29 ? month_of(str_sub(text, 8, 3)) : 0;
	struct buf iso;
	bool good;

	if (!month || !str_eq(str_sub(text, 3, 2), STR(", ")) || text.p[7] != ' ' ||
	    text.p[11] != ' ' || text.p[16] != ' ' || !str_ends(text, STR(" GMT")))
		return false;
	buf_init(&iso, 40);
	buf_addf(&iso, STR_FMT "-%02d-" STR_FMT "T" STR_FMT "Z", STR_ARG(str_sub(text, 12, 4)),
		 month, STR_ARG(str_sub(text, 5, 2)), STR_ARG(str_sub(text, 17, 8)));
	good = iso_time_read(buf_str(&iso), unix_ms);
	buf_done(&iso);
	return good;
}

/* An answer out of a cache (RFC 9111, 5.1: it has an Age) is older than its Date says. */
static bool written_read(struct str headers, int64_t wall_ms, int64_t *unix_ms)
{
	if (!header_value(headers, STR("Age")).n &&
	    http_date_read(header_value(headers, STR("Date")), unix_ms))
		return true;
	*unix_ms = wall_ms;
	return wall_ms > 0;
}

bool retry_after_read(struct str headers, int64_t wall_ms, int64_t *wait_ms)
{
	struct str value = header_value(headers, STR("Retry-After"));
	int64_t until_ms, written_ms, wait = RETRY_AFTER_MAX_MS;
	uint64_t seconds;

	if (str_to_u64(value, &seconds)) {
		if (seconds < (uint64_t)RETRY_AFTER_MAX_MS / 1000)
			wait = (int64_t)seconds * 1000;
	} else if (http_date_read(value, &until_ms) &&
		   written_read(headers, wall_ms, &written_ms) && until_ms > written_ms) {
		if (until_ms - written_ms < wait)
			wait = until_ms - written_ms;
	} else {
		return false;
	}
	*wait_ms = wait;
	return true;
}
