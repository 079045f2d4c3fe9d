#!/bin/sh
# SPDX-License-Identifier: MIT
# test_lint_file.sh PROGRAM PLUGIN: what lint finds is in the file, a line of JSON each, also of a hook that
# was attached before main; nothing is there when nothing was found.
set -eu
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export RINGER_HOOKS=$2 RINGER_LINT=$t/lint RINGER_LOG=quiet

"$1" || true # any number is an answer
[ ! -s "$t/lint" ]
HOOK_CONSTRUCTOR=1 "$1" || true # any number is an answer
HOOK_CONSTRUCTOR=1 "$1" || true # any number is an answer
[ "$(grep -c '^{"lint":"loader","function":"GetTickCount","module":".*hook_instance.so","text":".*"}$' "$t/lint")" = 2 ]
[ "$(wc -l <"$t/lint")" = 2 ]
