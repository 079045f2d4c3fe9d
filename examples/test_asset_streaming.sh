#!/bin/sh
# SPDX-License-Identifier: MIT
# test_asset_streaming.sh PROGRAM LINES HOOK: what is packed comes back, by hash and byte by byte; damage is seen, and
# a disk that fails; a hook shows another archive.
set -eu
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export TSAN_OPTIONS="${TSAN_OPTIONS:-} atexit_sleep_ms=0" # else each of these many runs ends with a second of sleep
: >"$t/empty"
printf x >"$t/one"
noise=$(($2 * 33))
head -c $noise /dev/urandom >"$t/noise"
i=0
while [ $i -lt "$2" ]; do echo "vertex $i $((i * 7 % 1000)) $((i * 13 % 977)) 0.5 0.25"; i=$((i + 1)); done >"$t/mesh"
head -c 1048576 /dev/zero >"$t/chunk" # exactly one

"$1" pack "$t/pak" "$t/empty" "$t/one" "$t/noise" "$t/mesh" "$t/chunk" >"$t/out"
grep -q '5 assets' "$t/out"
[ "$(wc -c <"$t/pak")" -lt 1900000 ] # it is compressed: 3.4 MB without
"$1" stream "$t/pak" >"$t/out"
grep -q '^5 assets, .* all hashes right$' "$t/out"
cat "$t/out"
for name in empty one noise mesh chunk; do
    "$1" cat "$t/pak" "$name" >"$t/got"
    cmp "$t/$name" "$t/got"
done

must_fail() { # WORDS COMMAND...: refused, and says so
    words=$1
    shift
    if "$@" >"$t/out" 2>"$t/err"; then
        echo "went well: $*" >&2
        exit 1
    fi
    grep -q "$words" "$t/err" || { cat "$t/err" >&2; exit 1; }
}
overwrite() { # OFFSET: some bytes of the archive
    cp "$t/pak" "$t/bad"
    printf 'damagedamagedamage' | dd of="$t/bad" bs=1 seek="$1" conv=notrunc status=none
}
overwrite $((noise / 2))
must_fail 'noise: damaged' "$1" stream "$t/bad"
"$1" cat "$t/bad" mesh | cmp "$t/mesh" -
overwrite $((noise + 5000))
must_fail 'mesh: damaged' "$1" cat "$t/bad" mesh
overwrite 0
must_fail 'no archive' "$1" stream "$t/bad"
overwrite $(($(wc -c <"$t/pak") - 30))
must_fail 'no archive' "$1" stream "$t/bad"
head -c $((noise / 2)) "$t/pak" >"$t/bad"
must_fail 'no archive' "$1" stream "$t/bad"
must_fail 'absent' "$1" cat "$t/pak" absent
must_fail 'file open: No such file' "$1" stream "$t/nowhere"
must_fail 'io read: Input/output error' env RINGER_FAULT='read#3=device-error' "$1" stream "$t/pak"
must_fail 'io write: No space left' env RINGER_FAULT='write#2=disk-full' "$1" pack "$t/bad" "$t/one" "$t/noise"
must_fail 'no archive' "$1" stream "$t/bad" # and what was begun is not taken for one

"$1" pack "$t/other" "$t/one" >/dev/null
[ "$(OVERLAY_FROM=pak OVERLAY_TO="$t/other" RINGER_HOOKS=$3 "$1" cat "$t/pak" one)" = x ]
OVERLAY_FROM=pak OVERLAY_TO="$t/other" RINGER_HOOKS=$3 "$1" stream "$t/pak" | grep -q '^1 assets'
