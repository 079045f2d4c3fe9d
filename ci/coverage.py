#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Line coverage of rooms: coverage.py BUILD ROOM[:LEAST]...; exit 1 when a room has less than LEAST per cent."""
import json
import subprocess
import sys


def summary(build):
    command = ["gcovr", "--root", ".", "--object-directory", build, "--json-summary", "--exclude", ".*/tests/.*",
               build]
    out = subprocess.run(command, check=False, capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr[-2000:])
    return json.loads(out.stdout)["files"]


def main():
    build, *rooms = sys.argv[1:]
    files = summary(build)
    bad = False
    for word in rooms:
        room, _, least = word.partition(":")
        mine = [f for f in files if f["filename"].startswith(room + "/")]
        total = sum(f["line_total"] for f in mine)
        covered = sum(f["line_covered"] for f in mine)
        if not total:
            print(f"{room:20} no lines: nothing was built or run")
            bad = True
            continue
        percent = 100.0 * covered / total
        short = bool(least) and percent < float(least)
        bad = bad or short
        print(f"{room:20} {percent:5.1f} %  {covered} of {total} lines" + (f", less than {least} %" if short else ""))
        worst = sorted(mine, key=lambda f: f["line_covered"] - f["line_total"])[:3] if least else []
        for f in worst:
            print(f"    {f['filename']}: {f['line_covered']} of {f['line_total']}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
