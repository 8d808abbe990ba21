#include "wire/iso_time.h"

/* What stands between the numbers: year, month, day, hour, minute, second. */
static const struct {
	size_t digits;
	int64_t least, most;
	char before; /* 0: nothing */
} parts[] = {{4, 1970, 9999, 0}, {2, 1, 12, '-'}, {2, 1, 31, '-'},
	     {2, 0, 23, 'T'},	 {2, 0, 59, ':'}, {2, 0, 60, ':'}};

#define PARTS_N (sizeof parts / sizeof *parts)

/* Takes so many digits off the front. */
static bool number_take(struct str *text, size_t digits, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		if (text->n == 0 || text->p[0] < '0' || text->p[0] > '9')
			return false;
		*out = *out * 10 + (text->p[0] - '0');
		*text = str_sub(*text, 1, text->n);
	}
	return true;
}

static bool char_take(struct str *text, char c)
{
	if (text->n == 0 || text->p[0] != c)
		return false;
	*text = str_sub(*text, 1, text->n);
	return true;
}

/* Days since 1970 of a date of the Gregorian calendar: years begin in March, so that a leap day is the
 * last day of one. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t months = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1 - 719468;
}

/* "Z", "+01:00", "-05:30": minutes ahead of UTC. */
static bool zone_take(struct str *text, int64_t *minutes)
{
	int64_t hour, minute, sign = 1;

	*minutes = 0;
	if (char_take(text, 'Z'))
		return true;
	if (char_take(text, '-'))
		sign = -1;
	else if (!char_take(text, '+'))
		return false;
	if (!number_take(text, 2, &hour) || !char_take(text, ':') || !number_take(text, 2, &minute))
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

bool iso_time_read(struct str text, int64_t *unix_ms)
{
	int64_t v[PARTS_N], ahead, digit;

	for (size_t i = 0; i < PARTS_N; i++)
		if ((parts[i].before && !char_take(&text, parts[i].before)) ||
		    !number_take(&text, parts[i].digits, &v[i]) || v[i] < parts[i].least ||
		    v[i] > parts[i].most)
			return false;
	if (char_take(&text, '.'))
		while (number_take(&text, 1, &digit))
			;
	if (!zone_take(&text, &ahead) || text.n)
		return false;
	*unix_ms =
		(((days_of(v[0], v[1], v[2]) * 24 + v[3]) * 60 + v[4] - ahead) * 60 + v[5]) * 1000;
	return true;
}

/* Days since 1970 as a date of the Gregorian calendar. Source: H. Hinnant, chrono-Compatible Low-Level
 * Date Algorithms, civil_from_days; here for days that are not negative. */
static void date_write(int64_t days, struct buf *out)
{
	int64_t z = days + 719468; /* since 1 March of the year 0 */
	int64_t era = z / 146097, of_era = z % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153; /* from March */
	int64_t day = of_year - (153 * month + 2) / 5 + 1;

	month = month < 10 ? month + 3 : month - 9;
	buf_addf(out, "%04d-%02d-%02d", (int)(era * 400 + year + (month <= 2)), (int)month,
		 (int)day);
}

void iso_time_write(int64_t unix_ms, struct buf *out)
{
	int64_t minutes = unix_ms > 0 ? unix_ms / 60000 : 0;

	date_write(minutes / 1440, out);
	buf_addf(out, " %02d:%02d UTC", (int)(minutes % 1440 / 60), (int)(minutes % 60));
}
