/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                           \
	{                                                      \
		.signals =                                     \
			{                                      \
				-0.575, /* words */            \
				-2.257, /* title_words */      \
				0.823,	/* mean */             \
				0.433,	/* title_mean */       \
				1.276,	/* concepts */         \
				-0.064, /* title_concepts */   \
				6.011,	/* lexical */          \
				2.331,	/* near */             \
				4.598,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				-0.894, /* always */           \
				3.688,	/* near_none */        \
				-0.240, /* near_best */        \
				0.060,	/* margin_none */      \
				1.765,	/* margin_best */      \
				5.641,	/* lexical_best */     \
				-0.310, /* covered */          \
				0.331,	/* known */            \
				1.840,	/* unsupported */      \
				0.296,	/* unsupported_only */ \
				1.041,	/* supported */        \
				-2.836, /* length */           \
				-0.196, /* empty */            \
			},                                     \
		.answer = 0.78, .offer = 0.20                  \
	}
#define JUDGE_UNTAUGHT                                         \
	{                                                      \
		.signals =                                     \
			{                                      \
				2.372,	/* words */            \
				0.647,	/* title_words */      \
				2.776,	/* mean */             \
				-0.042, /* title_mean */       \
				2.372,	/* concepts */         \
				0.873,	/* title_concepts */   \
				2.937,	/* lexical */          \
				3.960,	/* near */             \
				0.000,	/* margin */           \
			},                                     \
		.doubts =                                      \
			{                                      \
				1.750,	/* always */           \
				2.714,	/* near_none */        \
				3.331,	/* near_best */        \
				0.000,	/* margin_none */      \
				0.000,	/* margin_best */      \
				0.177,	/* lexical_best */     \
				-0.485, /* covered */          \
				1.501,	/* known */            \
				2.025,	/* unsupported */      \
				-0.108, /* unsupported_only */ \
				1.101,	/* supported */        \
				0.095,	/* length */           \
				-1.111, /* empty */            \
			},                                     \
		.answer = 0.75, .offer = 0.26                  \
	}
