#!/bin/sh
# `make install` and the unit of systemd that it puts into place: every path in it leads somewhere, and
# it gives the bot no more rights than `systemd-analyze security` calls 1.2.
set -u
cd "$(dirname "$0")/../.."
EXPOSURE_MAX=1.2
n=0
bad=0
result() { # what, what is wrong (none: good)
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		bad=$((bad + 1))
		echo "not ok $n - $1"
		echo "$2" | sed 's/^/# /'
	fi
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unit=lib/systemd/system/clinicbot.service

install_to() { # DESTDIR, PREFIX
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s SAN=0 install DESTDIR="$1" PREFIX="$2" \
		>"$dir/log" 2>&1 || cat "$dir/log"
}
paths_missing() { # DESTDIR
	sed -n 's/^ExecStart=\([^ ]*\).*/\1/p; s/^WorkingDirectory=//p; s/^Documentation=file://p' \
		"$1$2/$unit" | while read -r path; do
		[ -e "$1$path" ] || echo "$path is not there"
	done
}

result "it installs" "$(install_to "$dir/a" /usr/local)"
result "every path in the unit is there" "$(paths_missing "$dir/a" /usr/local)"
result "all can be read, and nothing is writable by others" "$(find "$dir/a" -mindepth 1 \
	-type f ! -perm 644 ! -perm 755 -o -type d ! -perm 755)"
result "the content is whole" "$(diff -rq intents "$dir/a/usr/local/share/clinicbot/intents" 2>&1)"
got=$(cd "$dir/a/usr/local/share/clinicbot" && ../../bin/clinicbot ask 'can i have a beer tonight' 2>&1)
result "what is installed answers" "$(echo "$got" | grep -q alcohol || echo "$got")"

touch "$dir/a/usr/local/share/clinicbot/intents/left.over.md"
mkdir -p "$dir/a/etc/clinicbot" && echo mine >"$dir/a/etc/clinicbot/clinicbot.conf"
result "it installs again" "$(install_to "$dir/a" /usr/local)"
result "content of an older version is gone" \
	"$(find "$dir/a/usr/local/share" -name 'left.over.md')"
result "what the clinic wrote stays" "$(grep -qx mine "$dir/a/etc/clinicbot/clinicbot.conf" || echo gone)"

result "it installs elsewhere" "$(install_to "$dir/b" /usr)"
result "and the unit follows" "$(paths_missing "$dir/b" /usr; grep -n /usr/local "$dir/b/usr/$unit")"

for line in Type=notify Restart=always StartLimitIntervalSec=0 'RestartPreventExitStatus=2 78' \
	DynamicUser=yes StateDirectory=clinicbot LoadCredential=token:/etc/clinicbot/token WatchdogSec=30 \
	LimitCORE=0; do
	result "the unit says $line" "$(grep -qxF "$line" bot/clinicbot.service || echo 'it does not')"
done

if command -v systemd-analyze >/dev/null; then
	said=$(systemd-analyze security --offline=true --no-pager bot/clinicbot.service 2>&1 | tail -n 1)
	score=$(echo "$said" | sed -n 's/.*clinicbot.service: \([0-9.]*\) .*/\1/p')
	result "its exposure is $EXPOSURE_MAX or less" "$(awk -v is="$score" -v max="$EXPOSURE_MAX" \
		'BEGIN { if (is == "" || is + 0 > max + 0) print "it is \"" is "\"" }')"
	sed "s|/usr/local|$dir/a/usr/local|" bot/clinicbot.service >"$dir/clinicbot.service"
	result "systemd finds nothing wrong with it" \
		"$(systemd-analyze --man=no verify "$dir/clinicbot.service" 2>&1 | grep clinicbot.service)"
else
	echo "ok $((n + 1)) - its exposure is $EXPOSURE_MAX or less # SKIP there is no systemd-analyze"
	echo "ok $((n + 2)) - systemd finds nothing wrong with it # SKIP there is no systemd-analyze"
	n=$((n + 2))
fi
echo "1..$n"
[ $bad = 0 ]
