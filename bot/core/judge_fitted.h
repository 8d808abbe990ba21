/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                           \
	{                                                      \
		.signals =                                     \
			{                                      \
				-0.621, /* words */            \
				-2.309, /* title_words */      \
				0.728,	/* mean */             \
				0.429,	/* title_mean */       \
				1.298,	/* concepts */         \
				-0.113, /* title_concepts */   \
				6.007,	/* lexical */          \
				2.217,	/* near */             \
				4.570,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				-0.778, /* always */           \
				3.639,	/* near_none */        \
				-0.378, /* near_best */        \
				-0.034, /* margin_none */      \
				1.593,	/* margin_best */      \
				5.498,	/* lexical_best */     \
				-0.332, /* covered */          \
				0.342,	/* known */            \
				1.842,	/* unsupported */      \
				0.348,	/* unsupported_only */ \
				1.105,	/* supported */        \
				-2.979, /* length */           \
				-0.215, /* empty */            \
			},                                     \
		.answer = 0.74, .offer = 0.17                  \
	}
#define JUDGE_UNTAUGHT                                         \
	{                                                      \
		.signals =                                     \
			{                                      \
				2.353,	/* words */            \
				0.618,	/* title_words */      \
				2.787,	/* mean */             \
				-0.029, /* title_mean */       \
				2.391,	/* concepts */         \
				0.881,	/* title_concepts */   \
				2.932,	/* lexical */          \
				3.956,	/* near */             \
				0.000,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				1.856,	/* always */           \
				2.582,	/* near_none */        \
				3.348,	/* near_best */        \
				0.000,	/* margin_none */      \
				0.000,	/* margin_best */      \
				0.221,	/* lexical_best */     \
				-0.517, /* covered */          \
				1.526,	/* known */            \
				2.010,	/* unsupported */      \
				-0.043, /* unsupported_only */ \
				1.158,	/* supported */        \
				0.006,	/* length */           \
				-1.153, /* empty */            \
			},                                     \
		.answer = 0.75, .offer = 0.20                  \
	}
