/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                           \
	{                                                      \
		.signals =                                     \
			{                                      \
				-0.553, /* words */            \
				-2.189, /* title_words */      \
				0.971,	/* mean */             \
				0.317,	/* title_mean */       \
				1.289,	/* concepts */         \
				-0.225, /* title_concepts */   \
				5.500,	/* lexical */          \
				1.653,	/* near */             \
				4.734,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				-0.934, /* always */           \
				3.746,	/* near_none */        \
				0.287,	/* near_best */        \
				0.836,	/* margin_none */      \
				1.414,	/* margin_best */      \
				4.036,	/* lexical_best */     \
				-0.786, /* covered */          \
				1.178,	/* known */            \
				1.759,	/* unsupported */      \
				0.455,	/* unsupported_only */ \
				1.242,	/* supported */        \
				-2.545, /* length */           \
				0.042,	/* empty */            \
			},                                     \
		.answer = 0.74, .offer = 0.13                  \
	}
#define JUDGE_UNTAUGHT                                         \
	{                                                      \
		.signals =                                     \
			{                                      \
				1.905, /* words */             \
				0.417, /* title_words */       \
				2.882, /* mean */              \
				0.054, /* title_mean */        \
				2.435, /* concepts */          \
				0.914, /* title_concepts */    \
				3.187, /* lexical */           \
				3.958, /* near */              \
				0.000, /* margin */            \
			},                                     \
		.doubts =                                      \
			{                                      \
				4.012,	/* always */           \
				0.560,	/* near_none */        \
				2.400,	/* near_best */        \
				0.000,	/* margin_none */      \
				0.000,	/* margin_best */      \
				0.182,	/* lexical_best */     \
				-0.396, /* covered */          \
				1.351,	/* known */            \
				1.983,	/* unsupported */      \
				0.027,	/* unsupported_only */ \
				1.033,	/* supported */        \
				-1.581, /* length */           \
				-1.861, /* empty */            \
			},                                     \
		.answer = 0.76, .offer = 0.16                  \
	}
