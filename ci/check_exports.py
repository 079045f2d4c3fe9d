#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what libringer.so exports with exports.def and ringer.h: no more, no less, one version node."""
import argparse
import pathlib
import re
import subprocess
import sys


def exported(library):
    """{name: version} of the dynamic symbols that the library defines."""
    text = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library], check=True,
                          capture_output=True, text=True).stdout
    names = {}
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1] in "TtWwVvDBRi":
            name, _, version = parts[2].partition("@")
            names[name] = version.lstrip("@")
    return names


def declared(def_text, header_text):
    # A row of exports.def: MACRO(module, name, ...) or MACRO(name, ...); a name is a C identifier that the
    # stubs are made of, so ask the words of each row.
    rows = set()
    for match in re.finditer(r"^\s*[A-Z_]+\(([^)]*)", def_text, re.M):
        rows |= set(re.findall(r"\b[A-Za-z_]\w+\b", match.group(1)))
    own = set(re.findall(r"\b(ringer_\w+)\s*\(", header_text))
    return rows, own


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library")
    parser.add_argument("exports_def", type=pathlib.Path)
    parser.add_argument("header", type=pathlib.Path)
    parser.add_argument("--node", default="RINGER_0.1")
    args = parser.parse_args()
    names = exported(args.library)
    rows, own = declared(args.exports_def.read_text(), args.header.read_text())
    faults = []
    for name, version in sorted(names.items()):
        if name == args.node:
            continue
        if name not in rows and name not in own:
            faults.append(f"{name}: exported, but neither in exports.def nor in ringer.h")
        if version != args.node:
            faults.append(f"{name}: version node {version or '(none)'}, want {args.node}")
    for name in sorted(own - set(names)):
        faults.append(f"{name}: declared in ringer.h, but not exported")
    for needed in ("CreateIoRing", "SubmitIoRing", "PopIoRingCompletion", "NtSubmitIoRing", "CreateFileW",
                   "ReadFile"):
        if needed not in names:
            faults.append(f"{needed}: not exported")
    print(*faults, sep="\n") if faults else print(f"{len(names)} exports, all declared")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
