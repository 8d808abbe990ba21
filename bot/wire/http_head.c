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
