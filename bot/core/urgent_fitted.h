/* The bounds of the urgent lane (urgent.h), chosen so that about one in a hundred ordinary messages of
 * writers whose lines were left out of the teaching is called urgent. */
#define URGENT_FITTED                                                                             \
	{                                                                                         \
		.alarm = {0.2F, 0.2F, 0.2F}, .flag = -0.8F, .doubt_asked = 0, .doubt_told = -0.2F \
	}
