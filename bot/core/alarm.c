#include "core/alarm.h"

#define OVERLAP ((size_t)300) /* bytes that two parts have in common */

struct alarm alarm_of(const struct readings *readings, const struct book *book, struct arena *turn)
{
	struct warnings warnings = warnings_of(readings, book, book->urgent, turn);

	return (struct alarm){.level = warnings_level(&warnings, &urgent_bounds),
			      .tongue = warnings.found.tongue,
			      .crisis_too = warnings_crisis_too(&warnings),
			      .margins = warnings_margins(&warnings)};
}

/* Words behind WORDS_MAX are not read. */
static bool is_read_whole(const struct readings *readings)
{
	return readings->v[READING_OUT].n < WORDS_MAX;
}

struct alarm alarm_of_long(const struct book *book, struct str text, struct arena *turn)
{
	struct alarm first, second;
	size_t half = text.n / 2;

	if (text.n <= ALARM_PART_BYTES) {
		struct readings readings = readings_of(book, text, turn);

		if (is_read_whole(&readings) || half <= 2 * OVERLAP)
			return alarm_of(&readings, book, turn);
	}
	first = alarm_of_long(book, str_sub(text, 0, half + OVERLAP), turn);
	second = alarm_of_long(book, str_sub(text, half - OVERLAP, text.n), turn);
	urgency_raise(&first.margins, &second.margins);
	first.crisis_too = first.crisis_too || second.crisis_too;
	if (second.level > first.level) {
		first.level = second.level;
		first.tongue = second.tongue;
	}
	return first;
}
