#include "wire/server_clock.h"

#include "wire/http_head.h"

static bool is_near(int64_t ms)
{
	return ms <= SERVER_CLOCK_NEAR_MS && ms >= -SERVER_CLOCK_NEAR_MS;
}

bool server_clock_heard(struct server_clock *clock, struct str headers, int64_t wall_ms)
{
	bool was_near = is_near(clock->ahead_ms);
	int64_t there_ms;

	if (header_value(headers, STR("Age")).n ||
	    !http_date_read(header_value(headers, STR("Date")), &there_ms))
		return false;
	clock->is_known = true;
	clock->there_ms = there_ms;
	clock->ahead_ms = is_near(there_ms - wall_ms) ? 0 : there_ms - wall_ms;
	return was_near != is_near(clock->ahead_ms);
}
