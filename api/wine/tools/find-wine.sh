#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the directory that holds Wine's x86_64-unix and x86_64-windows; nothing when there is none.
for d in /usr/lib/*/wine /usr/lib/wine /usr/lib64/wine /opt/wine-*/lib64/wine; do
    if [ -e "$d/x86_64-unix/ntdll.so" ] && [ -e "$d/x86_64-windows/kernelbase.dll" ]; then
        echo "$d"
        exit 0
    fi
done
