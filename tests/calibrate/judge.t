#!/bin/sh
# Whether the fitted judge (bot/core/judge_fitted.h) still suits the content. Content may be edited
# without fitting again, so that it has changed is said as a WARNING; that another fit would be much
# better, or that too much goes wrong, is a failure. 13 seconds.
cd "$(dirname "$0")/../.." || exit 1
exec build/tests/calibrate/calibrate --check
