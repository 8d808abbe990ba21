/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                           \
	{                                                      \
		.signals =                                     \
			{                                      \
				-0.544, /* words */            \
				-2.158, /* title_words */      \
				0.820,	/* mean */             \
				0.428,	/* title_mean */       \
				1.223,	/* concepts */         \
				-0.044, /* title_concepts */   \
				5.975,	/* lexical */          \
				2.300,	/* near */             \
				4.602,	/* margin */           \
				-0.971, /* margin_claimed */   \
			},                                     \
		.doubts =                                      \
			{                                      \
				-0.730, /* always */           \
				3.471,	/* near_none */        \
				-0.390, /* near_best */        \
				0.032,	/* margin_none */      \
				1.640,	/* margin_best */      \
				5.660,	/* lexical_best */     \
				-0.412, /* covered */          \
				0.443,	/* known */            \
				2.225,	/* unsupported */      \
				-0.309, /* unsupported_only */ \
				0.808,	/* supported */        \
				-2.855, /* length */           \
				-0.239, /* empty */            \
			},                                     \
		.answer = 0.79, .offer = 0.20                  \
	}
#define JUDGE_UNTAUGHT                                         \
	{                                                      \
		.signals =                                     \
			{                                      \
				2.342,	/* words */            \
				0.641,	/* title_words */      \
				2.808,	/* mean */             \
				-0.037, /* title_mean */       \
				2.356,	/* concepts */         \
				0.885,	/* title_concepts */   \
				2.958,	/* lexical */          \
				3.986,	/* near */             \
				0.000,	/* margin */           \
				0.000,	/* margin_claimed */   \
			},                                     \
		.doubts =                                      \
			{                                      \
				1.956,	/* always */           \
				2.503,	/* near_none */        \
				3.155,	/* near_best */        \
				0.000,	/* margin_none */      \
				0.000,	/* margin_best */      \
				0.246,	/* lexical_best */     \
				-0.602, /* covered */          \
				1.664,	/* known */            \
				2.565,	/* unsupported */      \
				-0.897, /* unsupported_only */ \
				0.944,	/* supported */        \
				-0.009, /* length */           \
				-1.122, /* empty */            \
			},                                     \
		.answer = 0.76, .offer = 0.25                  \
	}
