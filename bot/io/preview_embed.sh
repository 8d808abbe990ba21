#!/bin/sh
# Prints C with the bytes of the files given: `const struct page_file page_files[]` (io/preview.h).
set -eu
echo '#include "io/preview_page.h"'
n=0
for file in "$@"; do
	echo "static const unsigned char f$n[] = {"
	od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo "};"
	n=$((n + 1))
done
echo "const struct page_file page_files[] = {"
n=0
for file in "$@"; do
	echo "	{\"$(basename "$file")\", f$n, sizeof f$n},"
	n=$((n + 1))
done
echo "	{0, 0, 0},"
echo "};"
