#!/bin/sh
# SPDX-License-Identifier: MIT
# mkdll.sh MINGW WINEBUILD OUTPUT SOURCE-ROOT DEF SOURCE...: links a PE DLL and marks it as Wine's own.
set -eu
mingw=$1 winebuild=$2 output=$3 root=$4 def=$5
shift 5
# _NTSYSTEM_: the Nt* functions are ours, not imports. The rest: headers as of Windows 11.
"$mingw" -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -shared \
    -I"$root" -I"$root/api/include" -D_NTSYSTEM_ -DWIN32_LEAN_AND_MEAN \
    -DNTDDI_VERSION=0x0A00000B -D_WIN32_WINNT=0x0A00 \
    -o "$output" "$@" "$def" -static-libgcc -lntdll -lkernel32
"$winebuild" --builtin "$output"
