#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the folder of Windows-named links in the build: windows_names.py STAMP DIR TARGET NAME..."""
import os
import sys


def main():
    stamp, folder, target, names = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    os.makedirs(folder, exist_ok=True)
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(target, path)
    with open(stamp, 'w', encoding='utf-8') as done:
        done.write('\n'.join(names) + '\n')


main()
