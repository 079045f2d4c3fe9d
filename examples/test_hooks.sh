#!/bin/sh
# SPDX-License-Identifier: MIT
# test_hooks.sh FILE_RING OVERLAY COUNT: one sample shows another file, the other counts; both at once.
set -eu
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
head -c 100000 /dev/urandom >"$t/real"
head -c 70000 /dev/urandom >"$t/mod"
export OVERLAY_FROM=real OVERLAY_TO="$t/mod"

RINGER_HOOKS=$2 "$1" "$t/real" >"$t/out"
cmp "$t/mod" "$t/out"
RINGER_HOOKS=$2 "$1" "$t/mod" >"$t/out"
cmp "$t/mod" "$t/out"
RINGER_HOOKS=$3 "$1" "$t/real" >"$t/out" 2>"$t/err"
cmp "$t/real" "$t/out"
grep -q '^ring reads: [1-9][0-9]* built, .* 100000 bytes$' "$t/err" || { cat "$t/err" >&2; exit 1; }
RINGER_HOOKS=$2,$3 "$1" "$t/REAL" >"$t/out" 2>"$t/err"
cmp "$t/mod" "$t/out"
grep -q ' 70000 bytes$' "$t/err" || { cat "$t/err" >&2; exit 1; }
# Neither does what would work here only.
RINGER_LINT=$t/lint RINGER_HOOKS=$2,$3 "$1" "$t/REAL" >"$t/out" 2>"$t/err"
cmp "$t/mod" "$t/out"
[ ! -s "$t/lint" ] || { cat "$t/lint" >&2; exit 1; }
# It refuses without its variables, and the program does not run believing that it is hooked.
unset OVERLAY_FROM
if RINGER_HOOKS=$2 "$1" "$t/real" >"$t/out" 2>/dev/null; then
    echo "ran without its hook" >&2
    exit 1
fi
