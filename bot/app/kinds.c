#include "app/kinds.h"

#include "core/talk.h"

#define ALERT STR("-alert")

struct str kind_of_edit(enum urgent_level level, struct arena *arena)
{
	return arena_fmt(arena, "edit-" STR_FMT, STR_ARG(urgent_level_name(level)));
}

struct str kind_of_alert(struct str kind, struct arena *arena)
{
	return arena_fmt(arena, STR_FMT STR_FMT, STR_ARG(kind), STR_ARG(ALERT));
}

struct str kind_of_told(struct str alert, struct arena *arena)
{
	return arena_fmt(arena, STR_FMT "-told", STR_ARG(str_sub(alert, 0, alert.n - ALERT.n)));
}
