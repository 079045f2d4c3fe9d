#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Evidence, behaviours and scenarios hold each other: no row without a case, no case without a row, no evidence unasked.
What fixtures/required lists has a row, and so a case: pieces of evidence, open questions, and each code of a header, which
is either given by the sources and asked for by a case, or never given, as the row says.

  check_behaviours.py [ROOT]            check, exit 1 when something is wrong
  check_behaviours.py [ROOT] --write    put the computed `cases` into the tables
  check_behaviours.py [ROOT] --self-test   plant every defect in a copy, exit 1 when one is not seen
"""
import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile

ROW_FIELDS = {"id": str, "rule": str, "grade": str, "strength": str, "basis": str, "provenance": str, "sources": list,
              "builds": dict, "cases": list, "conflicts": list}
DECISION_FIELDS = {"group", "question", "choice", "alternatives", "here"}
PINS = {"pinned_by"}  # tests, as `PATH TEXT`, where there is no scenario to ask
EVIDENCE_FIELDS = {"id": str, "strength": str, "api": str, "observed": str, "windows": str, "source": str,
                   "tag": (str, list), "unpinned": (str, type(None))}
EVIDENCE_MORE = {"pinned_by": str, "note": str}
BASES = {"R": {"machine-output", "ci-assertion", "suite-assertion", "statement"}, "D": {"documented"},
         "I": {"inferred", "decision"}, "S": {"machine-output", "statement"}}
STRENGTHS = {"A", "B", "B*", "C"}
FIRM = {"exact", "set", "order", "layout"}
TAGS = FIRM | {"neg", "stat", "none"}
EVIDENCE_ID = re.compile(r"(I[ABSC]|D[ASC]|E)\d+")
# What the rows of evidence do not hold: other studies by number, documentation, headers and suites by name.
OTHER_ID = re.compile(r"[MWORU]\d+|(MS|SDK|LWR|MG|WI):\w+(\.h)?")


class Scenario:
    """What one .scn with its .expect names; a line of expectation is its class, its words and its text."""

    def __init__(self, path):
        text = path.read_text()
        found = re.search(r"^id (\S+)", text, re.M)
        self.id = found[1] if found else path.stem
        found = re.search(r"^behaviours (.*)$", text, re.M)
        self.rows = set(found[1].split()) if found else set()
        other = path.with_suffix(".expect")
        self.has_expectations = other.exists()
        self.path = other if other.exists() else path
        self.lines = []
        for line in other.read_text().splitlines() if self.has_expectations else []:
            if line.startswith("expect ") and "basis=" in line:
                keys = dict(re.findall(r"\b(basis|grounds|conflicts|alt|row)=(\S+)", line))
                self.lines.append((line.split()[1 if line.startswith("expect order ") else 2], keys, line))
        self.rows |= {row for _, keys, _ in self.lines for row in keys.get("row", "").split(",") if row}

    def grounds(self):
        return {ground for _, keys, _ in self.lines for ground in keys.get("grounds", "").split(",") if ground}


class Tables:
    def __init__(self, root):
        self.root = root
        self.evidence = [row for path in sorted((root / "fixtures/evidence").glob("*.json"))
                         for row in json.loads(path.read_text())["rows"]]
        self.files = {path: json.loads(path.read_text())["rows"]
                      for path in sorted((root / "fixtures/behaviours").glob("*.json"))}
        self.required = [json.loads(path.read_text()) for path in sorted((root / "fixtures/required").glob("*.json"))]
        self.rows = [row for rows in self.files.values() for row in rows]
        self.scenarios = [Scenario(path) for path in sorted((root / "conformance/scenario").rglob("*.scn"))]
        self.orphans = [path for path in (root / "conformance/scenario").rglob("*.expect")
                        if not path.with_suffix(".scn").exists()]
        self.named, self.pinned = {}, {}
        for scenario in self.scenarios:
            for row in scenario.rows:
                self.named.setdefault(row, set()).add(scenario.id)
            for ground in scenario.grounds():
                self.pinned.setdefault(ground, set()).add(scenario.id)
        known = {row.get("id") for row in self.evidence}
        sources = {s.get("row") for row in self.rows for s in row.get("sources", []) if s.get("source")}
        self.sources = known | {name for name in sources if name and OTHER_ID.fullmatch(name)}


def faults_of_fields(row, needed, more):
    name = row.get("id", "a row")
    for field, kind in needed.items():
        if not isinstance(row.get(field), kind):
            yield f"{name}: {field} is missing or of a wrong kind"
    for field in row:
        if field not in needed and field not in more:
            yield f"{name}: unknown field {field}"


def faults_of_conflicts(row, tables, decisions):
    name = row["id"]
    if decisions:
        if len(row["conflicts"]) == 1:
            yield f"{name}: a conflict has at least two sides"
        for other in row["conflicts"]:
            if other not in tables.sources:
                yield f"{name}: conflict with {other}, which nobody knows"
        return
    for conflict in row["conflicts"]:
        if not isinstance(conflict, dict) or set(conflict) != {"sides", "choice", "why"}:
            yield f"{name}: a conflict has sides, choice and why"
            continue
        sides = conflict["sides"]
        if len({side.get("row") for side in sides}) < 2:
            yield f"{name}: a conflict has at least two sides"
        if not conflict["choice"] or not conflict["why"] or not all(side.get("value") for side in sides):
            yield f"{name}: a side, the choice or the reason of a conflict is empty"
        for side in sides:
            if side.get("row") not in tables.sources and not OTHER_ID.fullmatch(side.get("row", "")):
                yield f"{name}: conflict with {side.get('row')}, which nobody knows"


def faults_of_row(row, tables, decisions):
    choice = decisions or row.get("basis") == "decision"
    faults = list(faults_of_fields(row, ROW_FIELDS, DECISION_FIELDS | PINS if choice else PINS))
    yield from faults
    if faults:
        return
    name = row["id"]
    if row["basis"] not in BASES.get(row["grade"], ()):
        yield f"{name}: grade {row['grade']} does not go with basis {row['basis']}"
    for source in row["sources"]:
        if not source.get("source"):
            yield f"{name}: a source without text"
        if source.get("row") not in tables.sources and not (decisions and source.get("row") == "none"):
            yield f"{name}: unknown source {source.get('row')}"
    cases, named = set(row["cases"]), tables.named.get(name, set())
    pins = row.get("pinned_by", [])
    if not named and not pins:
        yield f"{name}: no case names it"
    for pin in pins:
        if not pin_is_there(tables.root, pin):
            yield f"{name}: there is no test {pin}"
    exist = {scenario.id for scenario in tables.scenarios}
    for case in sorted(cases - exist):
        yield f"{name}: there is no case {case}"
    for case in sorted((cases & exist) - named):
        yield f"{name}: {case} does not name it"
    for case in sorted(named - cases):
        yield f"{name}: its cases lack {case}: ci/check_behaviours.py --write"
    yield from faults_of_conflicts(row, tables, decisions)


def pin_is_there(root, pin):
    """`PATH TEXT`: the file holds the text, as the head of a test."""
    path, _, text = pin.partition(" ")
    return bool(text) and (root / path).is_file() and text in (root / path).read_text()


def tags_of(row):
    return set(row["tag"]) if isinstance(row["tag"], list) else {row["tag"]}


def faults_of_evidence(row, tables):
    faults = list(faults_of_fields(row, EVIDENCE_FIELDS, EVIDENCE_MORE))
    yield from faults
    if faults:
        return
    name, pins = row["id"], tables.pinned.get(row["id"], set())
    if not EVIDENCE_ID.fullmatch(name) or row["strength"] not in STRENGTHS:
        yield f"{name}: bad id or strength"
    if not tags_of(row) or tags_of(row) - TAGS:
        yield f"{name}: unknown tag {row['tag']}"
    if not row["observed"] or not row["source"]:
        yield f"{name}: observed or source is empty"
    pin = row.get("pinned_by")
    if pin and not pin_is_there(tables.root, pin):
        yield f"{name}: there is no test {pin}"
    held = bool(pins) or bool(pin)
    if not held and not row["unpinned"] and tags_of(row) & (FIRM | {"neg"}):
        yield f"{name}: {'/'.join(sorted(tags_of(row)))}, but no case rests on it and no reason is given"
    if held and row["unpinned"]:
        yield f"{name}: has a reason to be unpinned, but {', '.join(sorted(pins)) or pin} rests on it"


def faults_of_scenario(scenario, tables, soft):
    if not scenario.rows:
        yield f"{scenario.id}: names no row"
    if not scenario.has_expectations:
        yield f"{scenario.id}: has no expectations"
    known = {row.get("id") for row in tables.rows}
    for row in sorted(scenario.rows - known):
        yield f"{scenario.id}: names row {row}, which is in no table"
    for kind, keys, line in scenario.lines:
        grounds = [g for g in keys.get("grounds", "").split(",") if g]
        against = [c for c in keys.get("conflicts", "").split(",") if c]
        for ground in grounds + against:
            if ground not in tables.sources:
                yield f"{scenario.id}: unknown {ground} in: {line}"
        if kind in FIRM and "alt" not in keys and grounds and not set(grounds) - soft:
            yield f"{scenario.id}: {kind} rests on nothing but statistics ({', '.join(grounds)}): {line}"


def faults_of(tables):
    for what, rows in (("evidence", tables.evidence), ("behaviours", tables.rows), ("scenarios", tables.scenarios)):
        ids = [row.id if isinstance(row, Scenario) else row.get("id") for row in rows]
        for name in sorted({str(i) for i in ids if ids.count(i) > 1}):
            yield f"{what}: {name} stands twice"
    for path in tables.orphans:
        yield f"{path.name}: there is no scenario to it"
    for path, rows in tables.files.items():
        for row in rows:
            yield from faults_of_row(row, tables, path.name == "decisions.json")
    for row in tables.evidence:
        yield from faults_of_evidence(row, tables)
    soft = {row["id"] for row in tables.evidence if "tag" in row and not tags_of(row) - {"stat", "none"}}
    for scenario in tables.scenarios:
        yield from faults_of_scenario(scenario, tables, soft)
    for required in tables.required:
        yield from faults_of_required(tables, required)
    yield from faults_of_response_space(tables)


def faults_of_required(tables, required):
    known = {row.get("id") for row in tables.evidence}
    have = {source.get("row") for row in tables.rows for source in row.get("sources", [])}
    for name in required["rows"]:
        bare = required["no_rule"].get(name)
        if not name.startswith("U") and name not in known:
            yield f"{name}: required, but no evidence"
        if name not in have and not bare:
            yield f"{name}: required, but no behaviour rests on it and no reason is given"
        if name in have and bare:
            yield f"{name}: has a reason to be without a behaviour, but one rests on it"
    yield from faults_of_codes(tables, **required["codes"])


def faults_of_codes(tables, header, prefix, given_by, never):
    """Each code that a header defines: a row speaks of it, and the sources give it or not, as the row says."""
    codes = dict(re.findall(rf"#define ({prefix}\w+) \(\(HRESULT\)(0x\w+)\)", (tables.root / header).read_text()))
    sources = [path for path in (tables.root / given_by).glob("*.[ch]")]
    words = {word for path in sources for word in re.findall(rf"\b{prefix}\w+", path.read_text())}
    files = {}
    for name in sorted(set(never) - set(codes)):
        yield f"{name}: never given, and in no header"
    for name, value in codes.items():
        rows = [row for row in tables.rows if re.search(rf"\b{name}\b", row["rule"])]
        if not rows:
            yield f"{name}: no behaviour speaks of it"
        if name in never and name in words:
            yield f"{name}: never given, but {given_by} does"
        if name not in never and name not in words:
            yield f"{name}: {given_by} does not give it"
        if name not in never and rows and not any(asks(tables, row, name, value, files) for row in rows):
            yield f"{name}: no case of its rows asks for it"


def asks(tables, row, name, value, files):
    """Does a case or a test of the row name the code?"""
    paths = [pin.split()[0] for pin in row.get("pinned_by", [])]
    paths += [scenario.path for scenario in tables.scenarios if row["id"] in scenario.rows]
    for path in paths:
        if path not in files:
            files[path] = (tables.root / path).read_text()
        if re.search(rf"\b(?:{name}|{value})\b", files[path]):
            return True
    return False


def faults_of_response_space(tables):
    page = tables.root / "docs/response-space.md"
    known = {row.get("id") for row in tables.rows}
    for name in re.findall(r"`([a-z]+(?:\.[a-z0-9-]+)+)`", page.read_text() if page.exists() else ""):
        if name not in known:
            yield f"{page.name}: there is no row {name}"


def write(tables):
    """Only the lists of cases change: those that stay keep their order, since the first one stands for the row."""
    for path, rows in tables.files.items():
        text = path.read_text()
        for row in rows:
            named = tables.named.get(row["id"], set())
            cases = [case for case in row["cases"] if case in named]
            cases += sorted(named - set(cases))
            if cases != row["cases"]:
                pattern = r'("id": "' + re.escape(row["id"]) + r'",.*?"cases": )\[[^\]]*\]'
                text = re.sub(pattern, lambda found: found[1] + json.dumps(cases), text, count=1, flags=re.S)
        path.write_text(text)


def edit(path, change):
    data = json.loads(path.read_text())
    change({row["id"]: row for row in data["rows"]}, data["rows"])
    path.write_text(json.dumps(data))


def defects():
    """Every rule by one thing that breaks it: name, what to break below a root, a word of the fault."""
    table, ring = "fixtures/behaviours/ioring.json", "fixtures/evidence/ioring.json"
    scenarios = "conformance/scenario/ioring"

    def row(name, **fields):
        return lambda root: edit(root / table, lambda rows, _: rows[name].update(fields))

    def storage(name, **fields):
        return lambda root: edit(root / "fixtures/behaviours/dstorage.json", lambda rows, _: rows[name].update(fields))

    def evidence(name, **fields):
        return lambda root: edit(root / ring, lambda rows, _: rows[name].update(fields))

    def text(path, old, new):
        def change(root):
            before = (root / path).read_text()
            assert old in before, (path, old)
            (root / path).write_text(before.replace(old, new))
        return change

    def append(path, line):
        return lambda root: (root / path).write_text((root / path).read_text() + line)

    def new_row(root):
        edit(root / table, lambda rows, all_: all_.append(dict(rows["abi.layout"], id="new.row", cases=[])))

    def unpin(root):
        for path in (root / "conformance/scenario").rglob("*.expect"):
            if re.search(r"\bIB3\b", path.read_text()):
                path.write_text(re.sub(r"\bIB3\b", "IB1", path.read_text()))

    needed = "fixtures/required/dstorage.json"
    side = {"row": "IB8", "value": "x"}
    page = "docs/response-space.md"
    line = "expect s1.hr exact S_OK basis=machine-output grounds={} row=abi.layout\n"
    abi = f"{scenarios}/abi.sizes.expect"
    return [
        ("row without a case", new_row, "no case names it"),
        ("case without a row", lambda root: (root / scenarios / "x.scn").write_text("scenario 1\nid x\n"),
         "x: names no row"),
        ("case without expectations", lambda root: (root / abi).unlink(), "abi.sizes: has no expectations"),
        ("expectations without a case", lambda root: (root / scenarios / "y.expect").write_text("expect 1\n"),
         "y.expect: there is no scenario"),
        ("case names an unknown row", text(f"{scenarios}/abi.sizes.scn", "behaviours ", "behaviours no.row "),
         "no.row, which is in no table"),
        ("row names a missing case", row("abi.layout", cases=["abi.sizes", "gone"]), "there is no case gone"),
        ("row names a case that does not name it", row("abi.layout", cases=["abi.sizes", "cancel.zero"]),
         "cancel.zero does not name it"),
        ("row lacks a case", row("cancel.zero", cases=[]), "its cases lack"),
        ("id twice", lambda root: edit(root / table, lambda rows, all_: all_.append(all_[0])), "stands twice"),
        ("exact evidence asked by nothing", unpin, "IB3: exact, but no case"),
        ("neg evidence without a reason", evidence("IC8", unpinned=None), "IC8: neg, but no case"),
        ("reason although pinned", evidence("IB1", unpinned="x"), "IB1: has a reason"),
        ("pinned by no test", evidence("IA7", pinned_by="api/tests/test_dispatch.c Test(no, test)"), "no test"),
        ("row pinned by no test", storage("ds.gdeflate", pinned_by=["api/tests/test_dispatch.c Test(no, test)"]),
         "ds.gdeflate: there is no test"),
        ("row pinned by nothing", storage("ds.core.missing", pinned_by=[]), "ds.core.missing: no case names it"),
        ("choice of a row that is none", storage("ds.gdeflate", choice="x"), "unknown field choice"),
        ("unknown tag", evidence("IB1", tag="certain"), "unknown tag"),
        ("bad strength", evidence("IB1", strength="Z"), "bad id or strength"),
        ("evidence says nothing", evidence("IB1", observed=""), "is empty"),
        ("evidence of a wrong kind", evidence("IB1", windows=3), "windows is missing"),
        ("unknown field of evidence", evidence("IB1", colour="red"), "unknown field colour"),
        ("stat as the only grounds", append(abi, line.format("IA1")), "nothing but statistics"),
        ("unknown grounds", append(abi, line.format("IB99")), "unknown IB99"),
        ("unknown grounds of another study", append(abi, line.format("Q7")), "unknown Q7"),
        ("unknown conflict of an expectation", append(abi, line.format("IA5 conflicts=IB98")), "unknown IB98"),
        ("unknown source", row("abi.layout", sources=[{"row": "IB99", "source": "x"}]), "unknown source IB99"),
        ("source without text", row("abi.layout", sources=[{"row": "IA5", "source": ""}]), "without text"),
        ("conflict with one side", row("abi.layout", conflicts=[{"sides": [side], "choice": "x", "why": "y"}]),
         "at least two sides"),
        ("conflict with the same side twice",
         row("abi.layout", conflicts=[{"sides": [side, side], "choice": "x", "why": "y"}]), "at least two sides"),
        ("conflict without a reason",
         row("abi.layout", conflicts=[{"sides": [side, {"row": "IS4", "value": "y"}], "choice": "x", "why": ""}]),
         "is empty"),
        ("conflict with the unknown",
         row("abi.layout", conflicts=[{"sides": [side, {"row": "IS44", "value": "y"}], "choice": "x", "why": "y"}]),
         "IS44, which nobody knows"),
        ("conflict as a word", row("abi.layout", conflicts=["IB8"]), "sides, choice and why"),
        ("R from documentation", row("abi.layout", basis="documented"), "grade R does not go"),
        ("D from a run", row("cancel.same-file", basis="ci-assertion"), "grade D does not go"),
        ("I from a statement", row("handle.access", basis="statement"), "grade I does not go"),
        ("unknown grade", row("abi.layout", grade="X"), "grade X does not go"),
        ("unknown field of a row", row("abi.layout", colour="red"), "unknown field colour"),
        ("missing field of a row", lambda root: edit(root / table, lambda rows, _: rows["abi.layout"].pop("rule")),
         "rule is missing"),
        ("required evidence without a row", storage("ds.core.missing", sources=[]), "DC2: required, but no behaviour"),
        ("required evidence that is none", text(needed, '"DA1"', '"DA99"'), "DA99: required, but no evidence"),
        ("a reason for what has a row", text(needed, '"DC7":', '"DC6":'), "DC6: has a reason to be without"),
        ("a code of which no row speaks", storage("ds.open.timeout", rule="x", choice="x"), "IO_TIMEOUT: no behaviour"),
        ("a code that is given against the row", text(needed, '"E_DSTORAGE_IO_TIMEOUT"', '"E_DSTORAGE_QUEUE_CLOSED"'),
         "E_DSTORAGE_QUEUE_CLOSED: never given, but"),
        ("a code that nothing gives", text(needed, '"E_DSTORAGE_IO_TIMEOUT"', '"E_DSTORAGE_NOT_RUNNING"'),
         "E_DSTORAGE_IO_TIMEOUT: api/dstorage does not give it"),
        ("a code that no case asks for", storage("ds.open.gacl", pinned_by=["ci/check_behaviours.py def asks("]),
         "TRANSFORM_TYPE: no case of its rows"),
        ("response space that rests on nothing", append(page, "| x | y | z | `no.row` |\n"), "there is no row no.row"),
    ]


def copy_of(root, to):
    for part in ("fixtures/behaviours", "fixtures/evidence", "fixtures/required", "conformance/scenario", "api/dstorage"):
        shutil.copytree(root / part, to / part)
    (to / "docs").mkdir()
    shutil.copy(root / "docs/response-space.md", to / "docs")
    tables = Tables(root)
    for header in {required["codes"]["header"] for required in tables.required}:
        (to / header).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / header, to / header)
    pins = [row["pinned_by"] for row in tables.evidence if row.get("pinned_by")]
    pins += [pin for row in tables.rows for pin in row.get("pinned_by", [])]
    for path in {pin.split()[0] for pin in pins}:
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / path, to / path)


def restore(folder, files):
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path not in files:
            path.unlink()
    for path, content in files.items():
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def self_test(root):
    missed = [f"the tree itself: {fault}" for fault in faults_of(Tables(root))]
    planted = defects()
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        copy_of(root, copy)
        files = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        for name, plant, word in planted:
            plant(copy)
            if not any(word in fault for fault in faults_of(Tables(copy))):
                missed.append(f"not seen: {name}")
            restore(copy, files)
        edit(copy / "fixtures/behaviours/ioring.json", lambda rows, _: rows["cancel.zero"].update(cases=["gone"]))
        write(Tables(copy))
        missed += [f"--write leaves: {fault}" for fault in faults_of(Tables(copy))]
    print(*missed, f"{len(planted)} defects planted, {len(missed)} faults", sep="\n")
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path("."))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    root = args.root if (args.root / "fixtures/behaviours").is_dir() else pathlib.Path(__file__).parents[1]
    if args.self_test:
        return self_test(root)
    if args.write:
        write(Tables(root))
    tables = Tables(root)
    faults = list(faults_of(tables))
    print(*faults, sep="\n") if faults else print(
        f"{len(tables.rows)} rows, {len(tables.evidence)} pieces of evidence, {len(tables.scenarios)} cases, 0 faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
