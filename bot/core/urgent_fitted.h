/* Written by `make calibrate`; do not edit. */
#define URGENT_FITTED                                                                         \
	{                                                                                     \
		.alarm = {0.40F, 0.30F, 0.40F}, .flag = {-0.40F, -1.20F, -1.10F},             \
		.framed = {0.00F, -1.20F, -0.70F}, .doubt_asked = 0.15F, .doubt_told = -0.05F \
	}
