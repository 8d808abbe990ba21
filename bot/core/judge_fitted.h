/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                         \
	{                                                    \
		.signals =                                   \
			{                                    \
				-0.825, /* words */          \
				-2.521, /* title_words */    \
				1.013,	/* mean */           \
				1.814,	/* concepts */       \
				0.697,	/* title_concepts */ \
				5.513,	/* lexical */        \
				1.119,	/* near */           \
				4.511,	/* margin */         \
			},                                   \
		.doubts =                                    \
			{                                    \
				-0.638, /* always */         \
				3.346,	/* near_none */      \
				0.111,	/* near_best */      \
				0.671,	/* margin_none */    \
				1.221,	/* margin_best */    \
				3.928,	/* lexical_best */   \
				0.554,	/* known */          \
				1.888,	/* unsupported */    \
				0.807,	/* supported */      \
				-2.421, /* length */         \
				0.308,	/* empty */          \
			},                                   \
		.answer = 0.76, .offer = 0.13                \
	}
#define JUDGE_UNTAUGHT                                      \
	{                                                   \
		.signals =                                  \
			{                                   \
				1.815, /* words */          \
				0.083, /* title_words */    \
				2.815, /* mean */           \
				2.899, /* concepts */       \
				1.482, /* title_concepts */ \
				3.107, /* lexical */        \
				3.665, /* near */           \
				0.000, /* margin */         \
			},                                  \
		.doubts =                                   \
			{                                   \
				4.157,	/* always */        \
				0.634,	/* near_none */     \
				2.501,	/* near_best */     \
				0.000,	/* margin_none */   \
				0.000,	/* margin_best */   \
				-0.144, /* lexical_best */  \
				0.987,	/* known */         \
				2.013,	/* unsupported */   \
				0.875,	/* supported */     \
				-1.563, /* length */        \
				-1.789, /* empty */         \
			},                                  \
		.answer = 0.82, .offer = 0.14               \
	}
