/* Written by `make calibrate`; do not edit. */
#define JUDGE_TAUGHT                                         \
	{                                                    \
		.signals =                                   \
			{                                    \
				-0.432, /* words */          \
				-1.856, /* title_words */    \
				1.022,	/* mean */           \
				1.266,	/* concepts */       \
				-0.212, /* title_concepts */ \
				5.446,	/* lexical */        \
				1.649,	/* near */           \
				4.739,	/* margin */         \
			},                                   \
		.doubts =                                    \
			{                                    \
				-0.974, /* always */         \
				3.696,	/* near_none */      \
				0.213,	/* near_best */      \
				0.827,	/* margin_none */    \
				1.409,	/* margin_best */    \
				4.069,	/* lexical_best */   \
				0.734,	/* known */          \
				2.066,	/* unsupported */    \
				1.109,	/* supported */      \
				-2.471, /* length */         \
				0.050,	/* empty */          \
			},                                   \
		.answer = 0.74, .offer = 0.13                \
	}
#define JUDGE_UNTAUGHT                                      \
	{                                                   \
		.signals =                                  \
			{                                   \
				1.962, /* words */          \
				0.477, /* title_words */    \
				2.888, /* mean */           \
				2.431, /* concepts */       \
				0.919, /* title_concepts */ \
				3.164, /* lexical */        \
				3.945, /* near */           \
				0.000, /* margin */         \
			},                                  \
		.doubts =                                   \
			{                                   \
				3.988,	/* always */        \
				0.550,	/* near_none */     \
				2.421,	/* near_best */     \
				0.000,	/* margin_none */   \
				0.000,	/* margin_best */   \
				0.090,	/* lexical_best */  \
				1.111,	/* known */         \
				2.004,	/* unsupported */   \
				1.032,	/* supported */     \
				-1.547, /* length */        \
				-1.825, /* empty */         \
			},                                  \
		.answer = 0.76, .offer = 0.16               \
	}
