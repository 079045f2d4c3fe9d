#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Public text must not call anything of Windows recorded while no recording was imported."""
import argparse
import json
import pathlib
import re
import sys

# What may be said of the word: that there is none, what the basis is called, what the tool does itself.
WORD = re.compile(r"\brecord(?:ed|ings?)\b", re.I)
LAWFUL = re.compile(
    r"`recorded`|\"recorded\"|\brecorded[\"`']?\s*[:=>]|recorded 0|never \W*recorded|not \W*recorded|"
    r"no (public |imported )?(call-by-call )?recordings?|\bbasis\b|nothing (is|was) recorded|"
    r"until (one|a recording|there)|recorded traces? (is|are) imported|docs/recording|ringer record|"
    r"first recording|what is recorded is exactly", re.I)


def sentences(text):
    """(line, sentence): cut at full stops and table cells, so that a denial covers its own words only."""
    line = 1
    for part in re.split(r"(?<=[.!?|])\s|\n\s*\n|\n(?=[-*#|])", text):
        yield text.count("\n", 0, text.find(part, 0)) + 1 if part else line, part


def faults_of(text):
    for line, sentence in sentences(text):
        if WORD.search(sentence) and re.search(r"windows|microsoft|\bNT\b", sentence, re.I) \
                and not LAWFUL.search(sentence):
            yield line, " ".join(sentence.split())[:160]


def strip_html(text):
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", text)
    return re.sub(r"<[^>]+>", " ", text)


def imported(root):
    """Traces that ringer import put below fixtures/traces."""
    return [p for p in (root / "fixtures/traces").glob("*/*") if ".jsonl" in p.name]


SELF_TEST = [
    ("Each case is checked against recorded Windows traces.", True),
    ("Windows behaviour was recorded on 24H2.", True),
    ("There is no public recording of Windows yet.", False),
    ("The basis `recorded` is reserved for imported Windows traces.", False),
    ("Windows, recorded 0/0, documented 3/3.", False),
    ("The tool writes what it recorded to a file.", False),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path("."))
    parser.add_argument("--report", type=pathlib.Path, help="folder of index.html and results.json")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        wrong = [t for t, bad in SELF_TEST if bool(list(faults_of(t))) != bad]
        print(*wrong, sep="\n") if wrong else print(f"{len(SELF_TEST)} examples judged right")
        return 1 if wrong else 0
    faults = []
    if imported(args.root):
        print("traces were imported: the word may be used")
        return 0
    files = [args.root / n for n in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    files += sorted((args.root / "docs").rglob("*.md")) + sorted((args.root / "conformance").rglob("*.md"))
    files = [f for f in files if f.exists()]
    for file in files:
        for line, words in faults_of(file.read_text()):
            faults.append(f"{file.relative_to(args.root)}:{line}: {words}")
    if args.report:
        results = json.loads((args.report / "results.json").read_text())
        if results["recorded"] or results["reported"]:
            faults.append("results.json counts recordings, but none was imported")
        for _, words in faults_of(strip_html((args.report / "index.html").read_text())):
            faults.append(f"index.html: {words}")
    print(*faults, sep="\n") if faults else print(f"{len(files)} files, no claim too many")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
