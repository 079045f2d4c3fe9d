#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Our decisions: every open question has a row, a choice, other answers and a scenario, and stands in the page.

  check_decisions.py [ROOT]            check, exit 1 when something is missing
  check_decisions.py [ROOT] --write    write docs/open-questions.md anew
"""
import argparse
import copy
import json
import pathlib
import re
import sys

FIELDS = {"id": str, "rule": str, "grade": str, "strength": str, "basis": str, "provenance": str, "sources": list,
          "builds": dict, "cases": list, "conflicts": list, "group": str, "question": str, "choice": str,
          "alternatives": list}
PAGE = "docs/open-questions.md"

HEAD = """\
<!-- Written by ci/check_decisions.py --write from fixtures/behaviours/decisions.json; not edited by hand. -->
# Open questions

What nobody has published about IoRing, {count} questions in all: our choice, the other answers that Windows may give, and the
scenario that asks. Every choice is grade I, and every expectation of these scenarios has the basis `decision`: a program should not lean
on it, and an answer from Windows changes it.

**Do you have a Windows 11 machine?** A few minutes settle most of this page. The tool makes files in a folder of its own below
`%TEMP%`, needs no rights, judges nothing and sends nothing. Some scenarios may fault or hang; each runs in a child with a time limit,
and a fault is an answer, too.

```sh
# here, with mingw-w64: a program and a folder of text files to copy over
ninja -C build conformance/kit/conformance.exe
```
```bat
rem there
mkdir answers
conformance.exe --record answers --scenario unknown\\*.scn
```
```sh
# here again: what holds, and where Windows differs from the choice
build/conformance/runner/ringer answers answers/
```

Send the folder `answers` as it is, with the edition and build of Windows (`winver`). Run it twice if you can: a question that has
two answers is worth knowing as such. One question at a time: `--scenario unknown\\open.cq.too-full.scn --verbose`.
`ringer run unknown` asks the same questions of this implementation.

"""


def load(root):
    folder = root / "fixtures/behaviours"
    table = json.loads((folder / "decisions.json").read_text())
    known = {row["id"]: row for path in folder.glob("*.json") if path.name != "decisions.json"
             for row in json.loads(path.read_text()).get("rows", [])}
    scenarios = {p.stem: p.read_text() for p in (root / "conformance/scenario").rglob("*.scn")}
    expects = {p.stem: p.read_text() for p in (root / "conformance/scenario/unknown").glob("*.expect")}
    unknown = {p.stem for p in (root / "conformance/scenario/unknown").glob("*.scn")}
    return {"table": table, "known": known, "scenarios": scenarios, "expects": expects, "unknown": unknown}


def faults_of_row(row, data):
    name = row.get("id", "a row")
    for field, kind in FIELDS.items():
        if not isinstance(row.get(field), kind):
            yield f"{name}: {field} is missing"
            return
    if row["grade"] != "I" or row["basis"] not in ("decision", "inferred"):
        yield f"{name}: a decision has grade I and basis decision or inferred"
    if name in data["known"]:
        yield f"{name}: stands in another table, too"
    for field in ("question", "choice", "alternatives", "sources", "cases"):
        if not row[field]:
            yield f"{name}: {field} is empty"
    for case in row["cases"]:
        if case not in data["scenarios"]:
            yield f"{name}: there is no scenario {case}"
        elif not re.search(rf"^behaviours\b.*\s{re.escape(name)}(\s|$)", data["scenarios"][case], re.M):
            yield f"{name}: {case} does not name it"
        elif case in data["expects"] and f"row={name}" not in data["expects"][case]:
            yield f"{name}: nothing that {case} expects has its row"


def faults_of(data):
    rows = data["table"]["rows"]
    own = {row.get("id"): row for row in rows}
    if len(own) != len(rows):
        yield "an id stands twice"
    for row in rows:
        yield from faults_of_row(row, data)
    named = {case for row in rows for case in row.get("cases", [])}
    for name in sorted(data["unknown"] - named):
        yield f"{name}: no row names this scenario"
    for name, text in data["expects"].items():
        for line in text.splitlines():
            if line.startswith("expect ") and "row=" in line and not re.search(r"basis=(decision|inferred)\b", line):
                yield f"{name}: an open question has basis decision or inferred: {line}"
    for part in ("defaults", "result_codes"):
        for item in data["table"]["coverage"][part]:
            rows = [own.get(r) or data["known"].get(r) for r in item["rows"]]
            if None in rows:
                yield f"{part}, {item['topic']}: no such row"
            elif not any(row["cases"] for row in rows):
                yield f"{part}, {item['topic']}: no row has a case"


def cell(text):
    return text.replace("|", "\\|")


def page(data):
    rows = data["table"]["rows"]
    groups = {}
    for row in rows:
        groups.setdefault(row["group"], []).append(row)
    lines = [HEAD.format(count=len(rows))]
    for group, members in groups.items():
        lines.append(f"## {group}\n\n| question | our choice | other answers | scenario |\n|---|---|---|---|\n")
        for row in members:
            choice = row["choice"] + (f" ({row['here']})" if row.get("here") else "")
            lines.append(f"| {cell(row['question'])} | {cell(choice)} | {cell('; '.join(row['alternatives']))} "
                         f"| `{row['cases'][0]}` |\n")
        lines.append("\n")
    titles = {"defaults": "Where each default is pinned", "result_codes": "Where each result code is pinned"}
    for part, title in titles.items():
        lines.append(f"## {title}\n\n| | rows of fixtures/behaviours |\n|---|---|\n")
        for item in data["table"]["coverage"][part]:
            lines.append(f"| {cell(item['topic'])} | {', '.join(f'`{r}`' for r in item['rows'])} |\n")
        lines.append("\n")
    return "".join(lines).rstrip("\n") + "\n"


def self_test(data):
    def broken(change):
        other = copy.deepcopy(data)
        change(other)
        return list(faults_of(other))

    first = data["table"]["rows"][0]["id"]
    changes = [lambda d: d["table"]["rows"].pop(), lambda d: d["table"]["rows"][0].update(grade="R"),
               lambda d: d["table"]["rows"][0].update(alternatives=[]), lambda d: d["scenarios"].pop(first),
               lambda d: d["table"]["rows"][0].pop("question"), lambda d: d["unknown"].add("open.nobody"),
               lambda d: d["expects"].update({first: "expect a.hr exact S_OK basis=statement grounds=X row=Y\n"}),
               lambda d: d["table"]["coverage"]["defaults"].append({"topic": "x", "rows": ["none"]})]
    missed = [i for i, change in enumerate(changes) if not broken(change)]
    print(f"{len(changes) - len(missed)} of {len(changes)} faults found")
    return 1 if missed or list(faults_of(data)) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path("."))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    root = args.root if (args.root / "fixtures/behaviours").is_dir() else pathlib.Path(__file__).parents[1]
    data = load(root)
    if args.self_test:
        return self_test(data)
    faults = list(faults_of(data))
    if args.write:
        (root / PAGE).write_text(page(data))
    elif not (root / PAGE).is_file() or (root / PAGE).read_text() != page(data):
        faults.append(f"{PAGE} is not what the table says: ci/check_decisions.py --write")
    print(*faults, sep="\n") if faults else print(f"{len(data['table']['rows'])} questions, 0 faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
