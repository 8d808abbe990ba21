/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                         \
	{                                                    \
		.signals =                                   \
			{                                    \
				-0.432, /* words */          \
				-1.857, /* title_words */    \
				1.021,	/* mean */           \
				1.267,	/* concepts */       \
				-0.213, /* title_concepts */ \
				5.444,	/* lexical */        \
				1.650,	/* near */           \
				4.739,	/* margin */         \
			},                                   \
		.doubts =                                    \
			{                                    \
				-0.976, /* always */         \
				3.697,	/* near_none */      \
				0.208,	/* near_best */      \
				0.828,	/* margin_none */    \
				1.407,	/* margin_best */    \
				4.071,	/* lexical_best */   \
				0.734,	/* known */          \
				2.061,	/* unsupported */    \
				1.112,	/* supported */      \
				-2.470, /* length */         \
				0.050,	/* empty */          \
			},                                   \
		.answer = 0.74, .offer = 0.13                \
	}
#define JUDGE_UNTAUGHT                                      \
	{                                                   \
		.signals =                                  \
			{                                   \
				1.960, /* words */          \
				0.477, /* title_words */    \
				2.887, /* mean */           \
				2.431, /* concepts */       \
				0.919, /* title_concepts */ \
				3.163, /* lexical */        \
				3.948, /* near */           \
				0.000, /* margin */         \
			},                                  \
		.doubts =                                   \
			{                                   \
				3.989,	/* always */        \
				0.550,	/* near_none */     \
				2.430,	/* near_best */     \
				0.000,	/* margin_none */   \
				0.000,	/* margin_best */   \
				0.078,	/* lexical_best */  \
				1.112,	/* known */         \
				2.001,	/* unsupported */   \
				1.034,	/* supported */     \
				-1.549, /* length */        \
				-1.824, /* empty */         \
			},                                  \
		.answer = 0.76, .offer = 0.16               \
	}
