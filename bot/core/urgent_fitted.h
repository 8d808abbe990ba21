/* Written by `make calibrate`; do not edit. */
#define URGENT_FITTED                                                                         \
	{                                                                                     \
		.alarm = {0.60F, 0.30F, 0.30F}, .flag = {-0.50F, -1.10F, -1.30F},             \
		.framed = {0.50F, -0.80F, -0.50F}, .doubt_asked = 0.30F, .doubt_told = 0.05F, \
		.snippets = {                                                                 \
			{0.95F, 1.05F, 1.45F},                                                \
			{0.20F, 0.50F, 1.00F},                                                \
			{-0.05F, 0.35F, 0.25F}                                                \
		}                                                                             \
	}
