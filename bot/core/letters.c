#include "core/letters.h"

#include <stddef.h>

struct range {
	int32_t from, to;
};

static bool in_any(const struct range *ranges, size_t n, int32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

#define IN_ANY(ranges, c) in_any(ranges, sizeof(ranges) / sizeof *(ranges), c)

static int32_t latin_plain(int32_t c)
{
	switch (c) {
	case 0x131: /* dotless i */
		return 'i';
	case 0x142: /* l with stroke */
		return 'l';
	case 0xf8: /* o with stroke */
		return 'o';
	case 0x111: /* d with stroke */
		return 'd';
	case 0x127: /* h with stroke */
		return 'h';
	default:
		return c;
	}
}

static int32_t arabic_plain(int32_t c)
{
	switch (c) {
	case 0x640: /* tatweel */
		return 0;
	case 0x629: /* teh marbuta */
	case 0x6be: /* heh doachashmee */
	case 0x6c1: /* heh goal */
	case 0x6c3: /* teh marbuta goal */
	case 0x6d5: /* ae */
		return 0x647;
	case 0x649: /* alef maksura */
	case 0x6cc: /* Farsi yeh */
		return 0x64a;
	case 0x6a9: /* keheh */
		return 0x643;
	default:
		return c;
	}
}

static int32_t indic_plain(int32_t c)
{
	/* The blocks of these scripts are laid out alike: candrabindu before anusvara. */
	if (c == 0x901 || c == 0x981 || c == 0xa01)
		return c + 1;
	return c;
}

static int32_t digit_plain(int32_t c)
{
	static const int32_t zeros[] = {0x660, 0x6f0, 0x966, 0x9e6, 0xa66};

	for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
		if (c >= zeros[i] && c <= zeros[i] + 9)
			return '0' + (c - zeros[i]);
	return c;
}

static bool is_apostrophe(int32_t c)
{
	return c == 0x60 || c == 0xb4 || c == 0x2bc || c == 0x2018 || c == 0x2019 || c == 0x201b ||
	       c == 0x2032;
}

int32_t letter_plain(int32_t c)
{
	if (is_apostrophe(c))
		return '\'';
	if (c < 0x600)
		return latin_plain(c);
	if (c < 0xa80)
		return digit_plain(c < 0x700 ? arabic_plain(c) : indic_plain(c));
	return c;
}

bool letter_mark_counts(int32_t c)
{
	static const struct range indic[] = {{0x900, 0xdff}, {0xe00, 0xfff}, {0x1780, 0x17ff}};
	static const struct range nuktas[] = {{0x93c, 0x93c}, {0x9bc, 0x9bc}, {0xa3c, 0xa3c}};
	static const struct range voicing[] = {{0x3099, 0x309a}};

	return (IN_ANY(indic, c) && !IN_ANY(nuktas, c)) || IN_ANY(voicing, c);
}

bool letter_unspaced(int32_t c)
{
	static const struct range ranges[] = {
		{0x3005, 0x3007},   /* iteration mark, zero */
		{0x3040, 0x30ff},   /* kana */
		{0x3400, 0x4dbf},   /* Han */
		{0x4e00, 0x9fff},   /* Han */
		{0x20000, 0x3ffff}, /* Han */
	};

	return IN_ANY(ranges, c);
}
