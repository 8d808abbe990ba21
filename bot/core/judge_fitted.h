/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                         \
	{                                                    \
		.signals =                                   \
			{                                    \
				-0.478, /* words */          \
				-1.880, /* title_words */    \
				1.009,	/* mean */           \
				1.259,	/* concepts */       \
				-0.165, /* title_concepts */ \
				5.441,	/* lexical */        \
				1.639,	/* near */           \
				4.761,	/* margin */         \
			},                                   \
		.doubts =                                    \
			{                                    \
				-1.009, /* always */         \
				3.690,	/* near_none */      \
				0.247,	/* near_best */      \
				0.838,	/* margin_none */    \
				1.408,	/* margin_best */    \
				4.059,	/* lexical_best */   \
				0.682,	/* known */          \
				2.075,	/* unsupported */    \
				1.133,	/* supported */      \
				-2.455, /* length */         \
				0.058,	/* empty */          \
			},                                   \
		.answer = 0.73, .offer = 0.12                \
	}
#define JUDGE_UNTAUGHT                                      \
	{                                                   \
		.signals =                                  \
			{                                   \
				1.946, /* words */          \
				0.468, /* title_words */    \
				2.873, /* mean */           \
				2.432, /* concepts */       \
				0.933, /* title_concepts */ \
				3.172, /* lexical */        \
				3.951, /* near */           \
				0.000, /* margin */         \
			},                                  \
		.doubts =                                   \
			{                                   \
				3.979,	/* always */        \
				0.543,	/* near_none */     \
				2.429,	/* near_best */     \
				0.000,	/* margin_none */   \
				0.000,	/* margin_best */   \
				0.085,	/* lexical_best */  \
				1.100,	/* known */         \
				2.006,	/* unsupported */   \
				1.040,	/* supported */     \
				-1.539, /* length */        \
				-1.816, /* empty */         \
			},                                  \
		.answer = 0.76, .offer = 0.16               \
	}
