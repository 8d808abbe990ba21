/* The larger of two numbers. fmaxf and fmax also choose between a number and a NaN, for which the
 * compiler calls libm each time; nothing that is weighed here is a NaN. */
#ifndef CORE_LARGER_H
#define CORE_LARGER_H

static inline float larger(float a, float b)
{
	return a > b ? a : b;
}

#endif
