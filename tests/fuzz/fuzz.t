#!/bin/sh
# Every fuzz target, each one test: fuzz.t [SECONDS [NAME ...]]. Without SECONDS it is the run of
# `make test`: FUZZ_CI_SECONDS for each, and no input is kept from one run to the next, so that all
# start alike. FUZZ_JOBS targets run at a time.
set -u
cd "$(dirname "$0")/../.."
seconds=${1:-${FUZZ_CI_SECONDS:-10}}
corpora=build/fuzz/corpora
if [ $# = 0 ]; then
	corpora=build/fuzz/fresh
	rm -rf $corpora
	export FUZZ_ALIKE=1
else
	shift
fi
[ $# -gt 0 ] || set -- $(ls tests/fuzz/fuzz_*.c | sed 's|.*/fuzz_\(.*\)\.c|\1|')

rm -rf build/fuzz/seeds
python3 tests/fuzz/seeds.py build/fuzz/seeds || exit 1
printf '%s\n' "$@" | xargs -P "${FUZZ_JOBS:-2}" -n 1 sh tests/fuzz/run.sh "$seconds" $corpora
bad=$?
echo "1..$#"
exit $bad
