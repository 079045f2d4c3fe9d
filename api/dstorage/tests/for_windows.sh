#!/bin/sh
# SPDX-License-Identifier: MIT
# The twice-compiled files, with mingw: for_windows.sh ROOT FILE... (77 without the compiler)
root=$1
shift
command -v x86_64-w64-mingw32-gcc >/dev/null || { echo "no x86_64-w64-mingw32-gcc"; exit 77; }
status=0
for file; do
    x86_64-w64-mingw32-gcc -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers \
        -D_WIN32_WINNT=0x0A00 -DNTDDI_VERSION=0x0A00000B -I"$root" -I"$root/api/include" -fsyntax-only "$file" || status=1
done
exit $status
