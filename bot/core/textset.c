#include "core/textset.h"

#define SLOTS_LEAST 32

/* The slot that holds the text, or the free one where it belongs. */
static uint32_t *slot_of(const struct textset *set, struct str text)
{
	size_t slot = (size_t)str_hash(text, 0) & (set->slots_n - 1);

	while (set->slots[slot] && !str_eq(set->v[set->slots[slot] - 1], text))
		slot = (slot + 1) & (set->slots_n - 1);
	return &set->slots[slot];
}

static void slots_grow(struct textset *set, struct arena *arena)
{
	set->slots_n = set->slots_n ? set->slots_n * 2 : SLOTS_LEAST;
	set->slots = arena_array(arena, set->slots_n, sizeof *set->slots);
	for (size_t i = 0; i < set->n; i++)
		*slot_of(set, set->v[i]) = (uint32_t)i + 1;
}

size_t textset_add(struct textset *set, struct str text, struct arena *arena)
{
	uint32_t *slot;

	if (2 * set->n >= set->slots_n)
		slots_grow(set, arena);
	slot = slot_of(set, text);
	if (*slot == 0) {
		set->v = arena_grow(arena, set->v, &set->n, &set->cap, sizeof *set->v);
		set->v[set->n - 1] = text;
		*slot = (uint32_t)set->n;
	}
	return *slot - 1;
}

size_t textset_find(const struct textset *set, struct str text)
{
	uint32_t found = set->n ? *slot_of(set, text) : 0;

	return found ? found - 1 : TEXTSET_NONE;
}
