#!/bin/sh
# embed.sh HEADER TYPE ARRAY FOLDER FILE...: prints C with the bytes of the files, which lie below
# FOLDER, as HEADER declares it: `const struct TYPE ARRAY[]`, rows of name, bytes and size, the last
# one without a name.
set -eu
header=$1
type=$2
array=$3
folder=$4
shift 4
echo "#include \"$header\""
n=0
for file in "$@"; do
	echo "static const unsigned char f$n[] = {"
	od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo "};"
	n=$((n + 1))
done
echo "const struct $type $array[] = {"
n=0
for file in "$@"; do
	echo "	{\"${file#"$folder"/}\", f$n, sizeof f$n},"
	n=$((n + 1))
done
echo "	{0, 0, 0},"
echo "};"
