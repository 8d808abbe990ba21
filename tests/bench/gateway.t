#!/bin/sh
# The measuring of latency and memory works: a short run of each gives figures. Whether they are good is not
# asked here, where other tests run beside it.
set -u
cd "$(dirname "$0")/../.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
got=$(tests/bench/gateway.py --once --seconds 1 --load 1 clinicbot 2>"$log" | tail -n 1)
if echo "$got" | grep -qE '^\| 40 a second \| clinicbot \| [0-9.]+ ms \| [0-9.]+ ms \| [0-9.]+ s \| [0-9]+ MB \([0-9]+\) \|$'; then
	echo "ok 1 - questions on the gateway are measured"
else
	echo "not ok 1 - questions on the gateway are measured"
	echo "$got" | cat - "$log" | sed 's/^/# /'
fi
got=$(tests/bench/memory.py build/clinicbot 2>"$log")
if [ "$(echo "$got" | grep -cE '^(loaded|read again): [0-9.]+ MB resident: [0-9.]+ MB its own, ')" = 2 ]; then
	echo "ok 2 - memory is measured"
else
	echo "not ok 2 - memory is measured"
	echo "$got" | cat - "$log" | sed 's/^/# /'
fi
echo 1..2
