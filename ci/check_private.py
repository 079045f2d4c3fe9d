#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tracked text speaks of the product alone: no path of one machine, no mail address, no word on its making."""
import pathlib
import re
import subprocess
import sys

PATTERNS = [
    (re.compile(r"(?<![\w.$}~])/(?:home|root|Users|work|farm|mnt|media)/\w"), "a path of one machine"),
    (re.compile(r"(?<![\w.$}~])/tmp/(?!ringer)[a-z]\w*-\w"), "a path of one machine"),
    (re.compile(r"[A-Za-z]:\\+Users\\+\w"), "a path of one machine"),
    (re.compile(r"[\w.+-]+@[\w-]+\.(?:com|org|net|io|dev|de)\b"), "a mail address"),
    (re.compile(r"(?i)co-authored-by|generated (?:by|with) (?:an? )?(?:ai|assistant)|language model|\bas an ai\b|\bchat ?bot\b"),
     "a word on how this was made"),
]
SKIP_SUFFIXES = {".png", ".gdef", ".raw", ".zst", ".jsonl"}
SKIP = {"ci/check_private.py", "LICENSE"}


def faults_of(text):
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in PATTERNS:
            match = pattern.search(line)
            if match and "XXXXXX" not in line:  # the template of a temporary name is nobody's path
                yield number, f"{match.group()}: {what}"


SELF_TEST = [("see /" + "home/somebody/x", True), ("/" + "tmp/b-x9/y", True), ("mail a.b" + "@example.com", True),
             ("C:" + "\\Users\\me", True), ("$HOME/x ${TMPDIR:-/tmp}/ringer", False), ("home/x", False)]


def main():
    if "--self-test" in sys.argv:
        wrong = [t for t, bad in SELF_TEST if bool(list(faults_of(t))) != bad]
        print(*wrong, sep="\n") if wrong else print(f"{len(SELF_TEST)} examples judged right")
        return 1 if wrong else 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    listed = subprocess.run(["git", "-C", str(root), "-c", "safe.directory=*", "ls-files", "-z"],
                            capture_output=True, text=True)
    if listed.returncode:
        print("not a git checkout: nothing to ask")
        return 77
    faults, names = [], [n for n in listed.stdout.split("\0") if n]
    for name in names:
        file = root / name
        if name in SKIP or file.suffix in SKIP_SUFFIXES or not file.is_file():
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        faults += [f"{name}:{line}: {words}" for line, words in faults_of(text)]
    print(*faults, sep="\n") if faults else print(f"{len(names)} files, nothing private")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
