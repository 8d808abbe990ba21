/* Written by `make calibrate`; do not edit. */
#define URGENT_FITTED                                                                 \
	{                                                                             \
		.alarm = {0.70F, 0.30F, 0.30F}, .flag = -0.80F, .doubt_asked = 0.15F, \
		.doubt_told = -0.05F                                                  \
	}
