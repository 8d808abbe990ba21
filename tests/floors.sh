#!/bin/sh
# The five floors: who may include whom, which libraries a floor may use, and that core and wire
# are pure (no clock, file, lock, log, global). Needs the release objects in build/bot/.
set -u
cd "$(dirname "$0")/.."
n=0
bad=0
result() { # what, offending lines (none: good)
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		bad=$((bad + 1))
		echo "not ok $n - $1"
		echo "$2" | sed 's/^/# /'
	fi
}

# name: floors it may include | library headers it may include
rules='core:core|cmark utf8proc libstemmer
port:port core|
wire:wire port core|cjson zlib libxml2
io:io wire port core|uv libwebsockets curl sqlite3 openssl
app:app io wire port core|confuse argp'
libraries='cmark.h:cmark utf8proc.h:utf8proc libstemmer.h:libstemmer cjson/cJSON.h:cjson
zlib.h:zlib uv.h:uv libwebsockets.h:libwebsockets curl/curl.h:curl sqlite3.h:sqlite3
confuse.h:confuse argp.h:argp openssl/crypto.h:openssl libxml/HTMLparser.h:libxml2 libxml/tree.h:libxml2'
plain='assert.h ctype.h errno.h inttypes.h limits.h math.h signal.h stdarg.h stdbool.h stddef.h stdint.h
stdio.h stdlib.h string.h strings.h time.h'
# awk takes no lines as a value
libraries=$(echo $libraries)
plain=$(echo $plain)

IFS='
'
for rule in $rules; do
	floor=${rule%%:*}
	rest=${rule#*:}
	floors=${rest%%|*}
	allowed=${rest#*|}
	wrong=$(grep -Hn '^#include "' bot/"$floor"/*.[ch] 2>/dev/null | awk -F '"' -v floor="$floor" -v may="$floors" '
		$2 !~ "/" { print $0 ": an include names its floor"; next }
		index(" " may " ", " " substr($2, 1, index($2, "/") - 1) " ") == 0 {
			print $0 ": " floor " may not include " substr($2, 1, index($2, "/") - 1) }')
	result "$floor includes downwards only" "$wrong"
	# A header of no library that is known here must be one of the language; io and app may know more.
	wrong=$(grep -Hn '^#include <' bot/"$floor"/*.[ch] 2>/dev/null |
		awk -F '[<>]' -v floor="$floor" -v may="$allowed" -v libraries="$libraries" -v plain="$plain" '
		BEGIN {
			n = split(libraries, rows, " ")
			for (i = 1; i <= n; i++) { split(rows[i], row, ":"); library[row[1]] = row[2] }
		}
		$2 in library {
			if (index(" " may " ", " " library[$2] " ") == 0)
				print "may: " $0 ": " floor " may not use " library[$2]
			next
		}
		index(" " plain " ", " " $2 " ") == 0 && floor != "io" && floor != "app" {
			print "new: " $0 ": unknown header" }')
	result "$floor uses only its libraries" "$(echo "$wrong" | sed -n 's/^may: //p')"
	result "$floor includes no unknown header" "$(echo "$wrong" | sed -n 's/^new: //p')"
done

# A library with a room of its own is known there only.
for rule in cjson/cJSON.h:bot/wire/json libxml/:bot/wire/html; do
	wrong=$(grep -HnE "^#include <${rule%%:*}" bot/*/*.[ch] | grep -v "^${rule#*:}")
	result "only ${rule#*:} knows ${rule%%:*}" "$wrong"
done

# Purity, seen by the linker. What core and wire may ask of libc:
pure='abort calloc free malloc realloc memchr memcmp memcpy memmove memset strchr strcmp strlen strncmp
strcpy strcspn strspn strstr strtod strtol strtoul strtoull snprintf vsnprintf qsort bsearch
log log2 exp sqrt sqrtf expf logf pow fabs floor ceil round lround fmax fmin fmaxf fminf tanh
__stack_chk_fail __memcpy_chk __memmove_chk __memset_chk __snprintf_chk __vsnprintf_chk __strcpy_chk
_GLOBAL_OFFSET_TABLE_ __isoc99_sscanf __ctype_b_loc __ctype_tolower_loc'
for floor in core wire; do
	objects=$(ls build/bot/$floor/*.o 2>/dev/null)
	if [ -z "$objects" ]; then
		[ $floor = core ] && result "core is built" "build/bot/core/*.o is missing: run make"
		continue
	fi
	wrong=$({
		nm -g --defined-only build/bot/core/*.o build/bot/wire/*.o 2>/dev/null | awk 'NF == 3 { print "may", $3 }'
		echo "$pure" | tr ' ' '\n' | sed 's/^/may /'
		nm -A -u $objects
	} | awk -v floor=$floor '
		$1 == "may" { may[$2]; next }
		floor == "core" && $3 ~ /^(cmark_|utf8proc_|sb_stemmer_)/ { next }
		floor == "wire" && $3 ~ /^(cJSON_|inflate|html[A-Z]|xml[A-Z])/ { next }
		!($3 in may) { print $1 " uses " $3 }')
	result "$floor asks nothing of the system" "$wrong"
	wrong=$(for object in $objects; do
		size -A "$object" | awk -v o="$object" '($1 ~ /^\.(data|bss|tdata|tbss)$/) && $2 > 0 {print o, $1, $2}'
	done)
	result "$floor has no writable globals" "$wrong"
done
if [ -f build/bot/core/talk.o ]; then
	wrong=$(objdump -f build/bot/core/talk.o >/dev/null 2>&1 || echo "not an object")
	result "the objects looked at are real" "$wrong"
fi

# No sentence a patient can read stands in C: no letters, blank, letters, ... in core's literals
# but for the words of mistakes and errors.
top=$(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u | grep -vxE 'bot|intents|tests|Makefile|README\.md|LICENSE|\..*')
result "the top level holds what design says" "$top"

echo "1..$n"
[ $bad = 0 ]
