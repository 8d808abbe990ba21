/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                           \
	{                                                      \
		.signals =                                     \
			{                                      \
				-0.603, /* words */            \
				-2.216, /* title_words */      \
				0.829,	/* mean */             \
				0.427,	/* title_mean */       \
				1.291,	/* concepts */         \
				-0.073, /* title_concepts */   \
				6.067,	/* lexical */          \
				2.292,	/* near */             \
				4.596,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				-0.901, /* always */           \
				3.693,	/* near_none */        \
				-0.300, /* near_best */        \
				0.059,	/* margin_none */      \
				1.771,	/* margin_best */      \
				5.700,	/* lexical_best */     \
				-0.327, /* covered */          \
				0.333,	/* known */            \
				1.832,	/* unsupported */      \
				0.317,	/* unsupported_only */ \
				1.063,	/* supported */        \
				-2.832, /* length */           \
				-0.192, /* empty */            \
			},                                     \
		.answer = 0.75, .offer = 0.16                  \
	}
#define JUDGE_UNTAUGHT                                         \
	{                                                      \
		.signals =                                     \
			{                                      \
				2.354,	/* words */            \
				0.633,	/* title_words */      \
				2.788,	/* mean */             \
				-0.032, /* title_mean */       \
				2.391,	/* concepts */         \
				0.883,	/* title_concepts */   \
				2.950,	/* lexical */          \
				3.942,	/* near */             \
				0.000,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				1.701,	/* always */           \
				2.747,	/* near_none */        \
				3.301,	/* near_best */        \
				0.000,	/* margin_none */      \
				0.000,	/* margin_best */      \
				0.160,	/* lexical_best */     \
				-0.495, /* covered */          \
				1.525,	/* known */            \
				2.000,	/* unsupported */      \
				-0.050, /* unsupported_only */ \
				1.154,	/* supported */        \
				0.101,	/* length */           \
				-1.097, /* empty */            \
			},                                     \
		.answer = 0.75, .offer = 0.20                  \
	}
