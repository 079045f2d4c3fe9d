#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what libringer.so exports with the tables that declare it: no more, no less, one version node."""
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


ROW = re.compile(r"^EXPORT(?:_NORETURN)?\(\s*\w+,\s*[^,]+,\s*(\w+),", re.M)


def declared(tables):
    """Names of the rows of *.def, of plain lists, and of the ringer_ functions in headers."""
    names = set()
    for path in tables:
        text = path.read_text()
        if path.suffix == ".def":
            names |= set(ROW.findall(text))
        elif path.suffix == ".h":
            names |= set(re.findall(r"\b(ringer_\w+)\s*\(", text))
        else:
            names |= {line.split("#")[0].strip() for line in text.splitlines()} - {""}
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library")
    parser.add_argument("tables", type=pathlib.Path, nargs="+", help="exports*.def, lists, ringer.h")
    parser.add_argument("--node", default="RINGER_0.1")
    args = parser.parse_args()
    names = exported(args.library)
    wanted = declared(args.tables)
    faults = []
    for name, version in sorted(names.items()):
        if name == args.node:
            continue
        if name not in wanted:
            faults.append(f"{name}: exported, but declared nowhere")
        if version != args.node:
            faults.append(f"{name}: version node {version or '(none)'}, want {args.node}")
    for name in sorted(wanted - set(names)):
        faults.append(f"{name}: declared, but not exported")
    for needed in ("CreateIoRing", "SubmitIoRing", "PopIoRingCompletion", "NtSubmitIoRing", "CreateFileW",
                   "ReadFile"):
        if needed not in names:
            faults.append(f"{needed}: not exported")
    print(*faults, sep="\n") if faults else print(f"{len(names)} exports, all declared")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
