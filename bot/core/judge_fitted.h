/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                           \
	{                                                      \
		.signals =                                     \
			{                                      \
				-0.929, /* words */            \
				-2.011, /* title_words */      \
				0.935,	/* mean */             \
				0.398,	/* title_mean */       \
				1.322,	/* concepts */         \
				-0.128, /* title_concepts */   \
				5.814,	/* lexical */          \
				1.896,	/* near */             \
				4.555,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				-0.961, /* always */           \
				3.622,	/* near_none */        \
				-0.292, /* near_best */        \
				-0.144, /* margin_none */      \
				1.206,	/* margin_best */      \
				5.228,	/* lexical_best */     \
				-0.291, /* covered */          \
				0.269,	/* known */            \
				1.810,	/* unsupported */      \
				0.410,	/* unsupported_only */ \
				1.122,	/* supported */        \
				-2.996, /* length */           \
				-0.073, /* empty */            \
			},                                     \
		.answer = 0.73, .offer = 0.15                  \
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
