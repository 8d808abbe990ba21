/* Written by `make calibrate`; do not edit. */
#define URGENT_FITTED                                                                         \
	{                                                                                     \
		.alarm = {0.60F, 0.30F, 0.30F}, .flag = {-0.50F, -1.10F, -1.30F},             \
		.framed = {0.60F, -0.80F, -0.50F}, .doubt_asked = 0.20F, .doubt_told = 0.00F, \
		.snippets = {                                                                 \
			{0.55F, 0.80F, 1.10F},                                                \
			{0.80F, 0.35F, 0.65F}                                                 \
		}                                                                             \
	}
