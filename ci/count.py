#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up JUnit files: count.py FILE... prints `N passed, N failed`; exit 1 when something failed or nothing ran."""
import pathlib
import sys
import xml.etree.ElementTree as ET


def count(path):
    passed = failed = skipped = 0
    for case in ET.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    totals = [0, 0, 0]
    for name in sys.argv[1:]:
        if not pathlib.Path(name).exists():
            print(f"{name}: missing, counted as one failure")
            totals[1] += 1
            continue
        totals = [a + b for a, b in zip(totals, count(name))]
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
