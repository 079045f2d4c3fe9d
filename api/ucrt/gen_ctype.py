#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the tables of ctype.c: character classes and simple case pairs of the BMP, as ranges."""
import sys
import unicodedata

UPPER, LOWER, ALPHA, DIGIT, SPACE, PUNCT, CNTRL, BLANK, PRINT, XDIGIT = (1 << i for i in range(10))


def classes(c):
    char = chr(c)
    category = unicodedata.category(char)
    flags = 0
    if category[0] == 'L' or category == 'Nl':
        flags |= ALPHA
    if category == 'Lu' or char.lower() != char and len(char.lower()) == 1:
        flags |= UPPER
    elif category == 'Ll' or char.upper() != char and len(char.upper()) == 1:
        flags |= LOWER
    if '0' <= char <= '9':
        flags |= DIGIT
    if category == 'Nd' and c > 0x7f:
        flags |= ALPHA
    if char in '0123456789abcdefABCDEF':
        flags |= XDIGIT
    if category[0] == 'Z' or 9 <= c <= 13 or c == 0x85:
        flags |= SPACE
    if c == 9 or category == 'Zs':
        flags |= BLANK
    if category == 'Cc' or category in ('Zl', 'Zp'):
        flags |= CNTRL
    elif category not in ('Cs', 'Cn', 'Co'):
        flags |= PRINT
        if not flags & (ALPHA | DIGIT | SPACE):
            flags |= PUNCT
    return flags


def ranges(values):
    start = 0
    for c in range(1, 0x10001):
        if c == 0x10000 or values[c] != values[start]:
            if values[start]:
                yield start, c - 1, values[start]
            start = c


def deltas(convert):
    out = []
    for c in range(0x10000):
        other = convert(chr(c)) if not 0xD800 <= c < 0xE000 else chr(c)
        out.append(ord(other) - c if len(other) == 1 and ord(other) < 0x10000 else 0)
    return out


def main():
    with open(sys.argv[1], 'w', encoding='ascii') as out:
        out.write('/* Written by gen_ctype.py. */\n')
        out.write('static const struct { uint16_t first, last, flags; } class_ranges[] = {\n')
        for row in ranges([classes(c) if not 0xD800 <= c < 0xE000 else 0 for c in range(0x10000)]):
            out.write('{0x%04X, 0x%04X, 0x%03X},\n' % row)
        out.write('};\n')
        for name, convert in (('lower', str.lower), ('upper', str.upper)):
            out.write('static const struct { uint16_t first, last; int32_t delta; } %s_ranges[] = {\n'
                      % name)
            for row in ranges(deltas(convert)):
                out.write('{0x%04X, 0x%04X, %d},\n' % row)
            out.write('};\n')


main()
