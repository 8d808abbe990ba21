#!/bin/sh
# Runs one fuzz target over its seeds and then over new inputs: run.sh SECONDS FOLDER NAME. New inputs that
# reach new code are kept in FOLDER/NAME. Says in one line, as TAP, what came of it. With FUZZ_ALIKE set, a
# target that tries few inputs a second stops after the number it names itself, so that a slow and a fast
# machine try the same ones.
set -u
seconds=$1
corpus=$2/$3
name=$3
made=build/fuzz/seeds/$name # by tests/fuzz/seeds.py
seeds=tests/fuzz/seeds/$name
log=build/fuzz/logs/$name
mkdir -p "$corpus" "$made" "$seeds" build/fuzz/logs build/fuzz/found

options=$(sed -n 's/^ \* Options: \([^*]*\).*/\1/p' "tests/fuzz/fuzz_$name.c")
runs=
[ -z "${FUZZ_ALIKE:-}" ] || runs=$(sed -n 's/^ \* Runs in make test: \([0-9]*\)$/-runs=\1/p' "tests/fuzz/fuzz_$name.c")
# Nicely: other tests run at the same time, and some of them wait for an answer.
nice "build/fuzz/tests/fuzz/fuzz_$name" $options $runs -seed=1 -timeout=5 -rss_limit_mb=1024 \
	-max_total_time="$seconds" -print_final_stats=1 \
	-artifact_prefix="build/fuzz/found/$name-" "$corpus" "$seeds" "$made" >"$log" 2>&1
status=$?

runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
features=$(sed -n 's/.* ft: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
found=$(sed -n 's/.*Test unit written to //p' "$log" | head -n 1)
if [ $status = 0 ] && [ "${runs:-0}" -gt 0 ]; then
	echo "ok - $name: $runs executions, $features features, crashes 0"
	exit 0
fi
{
	echo "not ok - $name: ${runs:-no} executions, crashes 1: ${found:-it did not run}"
	echo "# exit status $status; all of it: $log; this input again:"
	echo "#     build/fuzz/tests/fuzz/fuzz_$name ${found:-}"
	grep -aE 'does not hold|ERROR|runtime error| in [a-zA-Z_]+ .*/(bot|tests)/|No such' "$log" | head -n 12 |
		tr -d '\000' | cut -c1-300 | sed 's/^/# /'
} >"$log.failed"
cat "$log.failed"
exit 1
