/* Written by `make calibrate`; do not edit. */
#define URGENT_FITTED                                                                          \
	{                                                                                      \
		.alarm = {0.70F, 0.30F, 0.20F}, .flag = {-0.30F, -1.10F, -1.10F},              \
		.framed = {-0.50F, -1.20F, -0.50F}, .doubt_asked = 0.15F, .doubt_told = -0.05F \
	}
