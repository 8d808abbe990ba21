#!/bin/sh
# Prints C with the bytes of the files given, which lie in intents/: `const struct shipped
# shipped_files[]` (core/guard.h).
set -eu
echo '#include "core/guard.h"'
n=0
for file in "$@"; do
	echo "static const unsigned char f$n[] = {"
	od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo "};"
	n=$((n + 1))
done
echo "const struct shipped shipped_files[] = {"
n=0
for file in "$@"; do
	echo "	{\"${file#intents/}\", f$n, sizeof f$n},"
	n=$((n + 1))
done
echo "	{0, 0, 0},"
echo "};"
