#!/bin/sh
# SPDX-License-Identifier: MIT
# test_ds_upper_case.sh PROGRAM: it prints the file and the file in upper case, also when that is many requests.
set -eu
export LC_ALL=C
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
printf 'Hello, straight from the disk.\n' >"$t/short"
: >"$t/empty"
i=0
while [ $i -lt 20000 ]; do echo "line $i of Some Text, with Bytes that are no letters: 0x1f {|}~"; i=$((i + 1)); done >"$t/long"
head -c 300000 /dev/urandom >"$t/bytes"
for name in short empty long bytes; do
    tr a-z A-Z <"$t/$name" | cat "$t/$name" - >"$t/want"
    "$1" "$t/$name" >"$t/out"
    cmp "$t/want" "$t/out"
done
if "$1" "$t/absent" 2>"$t/err"; then
    echo "a file that is not there was read" >&2
    exit 1
fi
grep -q 0x80070002 "$t/err" # ERROR_FILE_NOT_FOUND
