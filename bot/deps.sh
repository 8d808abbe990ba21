#!/bin/sh
# Installs the Debian packages named as arguments that are not there yet, as root or through sudo.
set -eu
missing=
for name in "$@"; do
	status=$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null || true)
	case $status in
	*"ok installed") ;;
	*) missing="$missing $name" ;;
	esac
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
	echo "These Debian packages are missing and apt-get is not here to install them:$missing" >&2
	exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
	as_root=sudo
	command -v sudo >/dev/null || {
		echo "Missing:$missing. Install them as root: apt-get install$missing" >&2
		exit 1
	}
fi
echo "Installing with apt-get${as_root:+ (through sudo)}:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
try() {
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing >"$log" 2>&1
}
# The package lists of a fresh machine are empty or old: fetch them, then install.
$as_root apt-get update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
try || { cat "$log" >&2; exit 1; }
