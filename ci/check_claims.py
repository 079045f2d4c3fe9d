#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Public text must not call anything of Windows recorded while no recording was imported, and no trace
may lie under fixtures/traces that was not."""
import argparse
import hashlib
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


# Levels of an imported trace; only the last two may be called recorded (docs/recording.md).
LEVELS = ("P0", "P1", "P2", "P3")
NO_EVIDENCE = ("synthetic", "wine", "ringer", "linux")
NO_TRACE = ("IMPORTED.json", "README.md", ".gitkeep")


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


def header_of(path):
    """The first record, or {} where this program cannot read it (compressed, or no trace)."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.loads(file.readline())
    except (UnicodeDecodeError, ValueError):
        return {}


def kind_of(header):
    """What made the trace, "windows" or one of NO_EVIDENCE; a word, or an object with everything about the host."""
    host = header.get("host")
    return (host.get("kind") or host.get("os") or "") if isinstance(host, dict) else host or ""


def traces_of(root, faults):
    """The levels of the traces below fixtures/traces, each of which must carry the stamp of an import."""
    folder = root / "fixtures/traces"
    stamps = folder / "IMPORTED.json"
    rows = {row["file"]: row for row in json.loads(stamps.read_text())} if stamps.exists() else {}
    levels = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in NO_TRACE):
        name = path.relative_to(folder).as_posix()
        row = rows.pop(name, None)
        if row is None:
            faults.append(f"fixtures/traces/{name}: nobody imported it (no stamp in IMPORTED.json)")
        elif row.get("sha256") != hashlib.sha256(path.read_bytes()).hexdigest():
            faults.append(f"fixtures/traces/{name}: not the file that was imported (sha256)")
        elif kind_of(header_of(path)).lower() in NO_EVIDENCE:
            faults.append(f"fixtures/traces/{name}: {kind_of(header_of(path))} is no evidence of Windows")
        elif row.get("level") not in LEVELS:
            faults.append(f"fixtures/traces/{name}: level {row.get('level')!r} is none of {', '.join(LEVELS)}")
        else:
            levels.append(row["level"])
    faults += [f"fixtures/traces/{name}: stamped, and not there" for name in rows]
    return levels


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
    levels = traces_of(args.root, faults)
    recorded = any(level in ("P2", "P3") for level in levels)
    files = [args.root / n for n in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    files += sorted((args.root / "docs").rglob("*.md")) + sorted((args.root / "conformance").rglob("*.md"))
    files = [f for f in files if f.exists()]
    for file in [] if recorded else files:
        for line, words in faults_of(file.read_text()):
            faults.append(f"{file.relative_to(args.root)}:{line}: {words}")
    if args.report:
        results = json.loads((args.report / "results.json").read_text())
        if (results["recorded"] and not recorded) or (results["reported"] and not levels):
            faults.append("results.json counts recordings, but none was imported")
        for _, words in () if recorded else faults_of(strip_html((args.report / "index.html").read_text())):
            faults.append(f"index.html: {words}")
    print(*faults, sep="\n") if faults else print(f"{len(files)} files, no claim too many")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
