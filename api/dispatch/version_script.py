#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the linker's version script from the export tables: version_script.py OUT TABLE..."""
import re
import sys

ROW = re.compile(r'^EXPORT(?:_NORETURN)?\(\s*\w+,\s*[^,]+,\s*(\w+),', re.M)


def names(path):
    with open(path, encoding='utf-8') as table:
        text = table.read()
    if path.endswith('.def'):
        return ROW.findall(text)
    if path.endswith('.h'):
        return re.findall(r'^RINGER_API [^;(]*?\b(ringer_\w+)\(', text, re.M)
    # A plain list, one name a line; # starts a comment.
    lines = (line.split('#')[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def main():
    out, tables = sys.argv[1], sys.argv[2:]
    found = sorted({name for table in tables for name in names(table)})
    with open(out, 'w', encoding='utf-8') as script:
        script.write('RINGER_0.1 {\nglobal:\n')
        script.writelines(f'    {name};\n' for name in found)
        script.write('local:\n    *;\n};\n')


main()
