#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No wide function of the C library is imported by anything of ours, and no 16-bit instantiation of a
C++ template has the name of a 32-bit one in the C++ library.

Usage: check_wide.py SOURCE_ROOT FILE... (shared or static libraries, objects)
Exits 0, 1, or 77 when nm is missing.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WIDE = re.compile(r'''^(__)?(wcs|wmem|wcp|isw|tow|wct|wcr|wcw|btowc|mbtowc|mbrtowc|mbs|mblen|mbrlen
    |f?(get|put)wc|f?(get|put)ws|(get|put)wchar|ungetwc|fwide|v?[fs]?w(printf|scanf)
    |open_wmemstream)''', re.VERBOSE)
# Do nothing whatever the character, so it does not matter whose is taken.
HARMLESS = re.compile(r'^std::allocator<wchar_t>::~?allocator\(')


def lines(command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout.splitlines() if run.returncode == 0 else None


def imports(path):
    names = set()
    symbols = (lines(['nm', '-u', str(path)]) or []) + (lines(['nm', '-D', '-u', str(path)]) or [])
    for line in symbols:
        words = line.split()
        if len(words) == 2 and words[0] in ('U', 'w'):
            names.add(words[1].split('@')[0])
    return {name for name in names if WIDE.match(name)}


def collisions(root):
    """Names that both a Windows-mode C++ program and libstdc++ define."""
    inc = root / 'api' / 'include'
    library = (lines(['g++', '-print-file-name=libstdc++.so']) or [''])[0]
    theirs = {line.split()[-1].split('@')[0]
              for line in lines(['nm', '-D', '--defined-only', library]) or []}
    found = set()
    if not theirs:
        return None
    with tempfile.TemporaryDirectory() as directory:
        for name in ('wstring.cc', 'file_and_filesystem.cc', 'wide_printf.cc'):
            out = str(pathlib.Path(directory) / 'program.o')
            subprocess.run(['g++', '-std=c++17', '-O0', '-fshort-wchar', f'-I{inc}/wide', f'-I{inc}',
                            f'-I{inc}/native', '-c', '-o', out,
                            str(root / 'ci' / 'consumers' / 'wide' / name)], check=True)
            ours = {line.split()[-1] for line in lines(['nm', '--defined-only', out])}
            found |= imports(out)
            both = '\n'.join(sorted(ours & theirs))
            plain = subprocess.run(['c++filt'], input=both, capture_output=True, text=True,
                                   check=True).stdout.splitlines()
            found |= {n for n in plain if 'wchar_t' in n and not HARMLESS.match(n)}
    return found


def main():
    if not shutil.which('nm'):
        print('cannot run here: no nm')
        return 77
    bad = 0
    for path in sys.argv[2:]:
        for name in sorted(imports(path)):
            print(f'{path}: imports {name}, which takes wchar_t for 32 bits')
            bad += 1
    found = collisions(pathlib.Path(sys.argv[1])) if shutil.which('g++') else None
    for name in sorted(found or ()):
        print(f'a 16-bit program shares with the C++ library: {name}')
        bad += 1
    print(f'{len(sys.argv) - 2} files, {bad} wide names' +
          ('' if found is not None else ' (no g++: programs not looked at)'))
    return 1 if bad else 0


sys.exit(main())
