#include "app/kinds.h"

#include "core/talk.h"

#define ALERT STR("-alert")
#define SECOND STR("-second")

struct str kind_of_edit(enum urgent_level level, struct arena *arena)
{
	return arena_fmt(arena, "edit-" STR_FMT, STR_ARG(urgent_level_name(level)));
}

struct str kind_of_alert(struct str kind, struct arena *arena)
{
	return arena_fmt(arena, STR_FMT STR_FMT, STR_ARG(kind), STR_ARG(ALERT));
}

bool kind_is_second(struct str alert)
{
	return str_ends(alert, SECOND);
}

struct str kind_of_other(struct str alert, struct arena *arena)
{
	if (kind_is_second(alert))
		return arena_str(arena, str_sub(alert, 0, alert.n - SECOND.n));
	return arena_fmt(arena, STR_FMT STR_FMT, STR_ARG(alert), STR_ARG(SECOND));
}

struct str kind_of_told(struct str alert, struct arena *arena)
{
	struct str first = kind_is_second(alert) ? kind_of_other(alert, arena) : alert;

	return arena_fmt(arena, STR_FMT "-told", STR_ARG(str_sub(first, 0, first.n - ALERT.n)));
}

struct str kind_of_trouble(enum trouble trouble, struct arena *arena)
{
	return arena_fmt(arena, "room-" STR_FMT, STR_ARG(trouble_name(trouble)));
}
