#!/bin/sh
# SPDX-License-Identifier: MIT
# test_file_ring.sh PROGRAM: what it prints is the file, for sizes around a chunk and around a batch.
set -eu
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
for nbytes in 0 1 4095 4096 4097 65535 65536 65537 1000000; do
    head -c "$nbytes" /dev/urandom >"$t/in"
    "$1" "$t/in" >"$t/out"
    cmp "$t/in" "$t/out"
done
if "$1" "$t/absent" 2>"$t/err"; then
    echo "a file that is not there was read" >&2
    exit 1
fi
grep -q 0x00000002 "$t/err" # ERROR_FILE_NOT_FOUND
