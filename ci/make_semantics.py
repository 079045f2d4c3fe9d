#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/semantics (for everybody) and docs/nt-internals (not for Wine contributors) from the behaviour tables.

  make_semantics.py [ROOT]            write the pages anew
  make_semantics.py [ROOT] --check    exit 1 when the pages are not what the tables say
"""
import argparse
import json
import pathlib
import re
import sys
import tempfile

TABLES, OPEN, INTERNAL = "fixtures/behaviours", "docs/semantics", "docs/nt-internals"
PUBLIC = {"public-api", "own-test", "third-party-test", "statement", "own-choice"}
PRIVATE = {"symbols", "disassembly-adjacent"}
# Sources that show the inside of Windows: never named on a page that a Wine contributor may read.
INSIDE = re.compile(r"ntoskrnl|ntdiff|pdbex|\bPDB\b|libwinring\S*: include|windows-internals\.com", re.I)
WARNING = ("**Wine contributors: do not read on.** What follows rests on public symbols or on knowledge of the inside of Windows; "
           "[semantics](../semantics/README.md) is written for you.")
MARK = "<!-- Written by ci/make_semantics.py from fixtures/; not edited by hand. -->"

PAGES = {
    "QueryIoRingCapabilities": "Limits, versions and features of the host.",
    "IsIoRingOpSupported": "Which operations a ring takes.",
    "CreateIoRing": "Versions, sizes and flags of a new ring.",
    "GetIoRingInfo": "What a ring says about itself.",
    "builders": "What all `BuildIoRing…` functions share: the full queue, versions, flags, handles, buffers, offsets.",
    "BuildIoRingReadFile": "Reads: bytes, the end of the file, bad buffers, refused access.",
    "BuildIoRingWriteFile": "Writes: bytes, extension, write-through, a full disk.",
    "BuildIoRingFlushFile": "Flushes: modes and access.",
    "BuildIoRingReadFileScatter": "Reads into page-sized segments.",
    "BuildIoRingWriteFileGather": "Writes from page-sized segments.",
    "BuildIoRingCancelRequest": "What a cancel reaches, and how both sides complete.",
    "BuildIoRingRegisterFileHandles": "Tables of files, and operations that name a file by its index.",
    "BuildIoRingRegisterBuffers": "Tables of buffers, and operations that name a buffer by its index. "
                                  "What both registrations share stands here.",
    "SubmitIoRing": "What is submitted, what is counted, how long it waits.",
    "PopIoRingCompletion": "Completions: the empty and the full queue, Information, result codes.",
    "SetIoRingCompletionEvent": "When the event is set, and which handles are events.",
    "CloseIoRing": "The end of a ring, with operations in flight or without.",
    "order-and-drain": "In which order completions come, and what the drain flag promises.",
    "handles": "Kinds of handles: synchronous, pipes, sockets, disks, handles bound to a completion port; "
               "and ReadFile, CancelIoEx and ports beside a ring.",
    "DirectStorage-factory": "Factory, configuration, files, staging memory, interfaces by version.",
    "DirectStorage-queue": "Queues: slots, submission, order, statuses, fences, cancelling, closing, priorities, reads.",
    "DirectStorage-errors": "What fails, with which code, and where that is told.",
    "DirectStorage-decompression": "Built-in formats, the codec, and the queue of custom decompression.",
    "nt-services": "The Nt services and the shared queues.",
}
READ, WRITE, SUBMIT, POP = "BuildIoRingReadFile", "BuildIoRingWriteFile", "SubmitIoRing", "PopIoRingCompletion"
FILES, BUFFERS, CANCEL = "BuildIoRingRegisterFileHandles", "BuildIoRingRegisterBuffers", "BuildIoRingCancelRequest"
SCATTER, GATHER, FLUSH = "BuildIoRingReadFileScatter", "BuildIoRingWriteFileGather", "BuildIoRingFlushFile"
EVENT, CLOSE, CREATE, INFO = "SetIoRingCompletionEvent", "CloseIoRing", "CreateIoRing", "GetIoRingInfo"
CAPS, SUPPORTED, DRAIN = "QueryIoRingCapabilities", "IsIoRingOpSupported", "order-and-drain"
DS_FACTORY, DS_QUEUE = "DirectStorage-factory", "DirectStorage-queue"
DS_ERRORS, DS_CODEC = "DirectStorage-errors", "DirectStorage-decompression"

# Prefix of a row's id → pages: the row stands on the first, the others point to it. The longest prefix counts.
MAP = {
    "abi.": [CREATE], "ring.": [CREATE], "ring.sizes": [CREATE, INFO], "ring.version-echo": [CREATE, INFO],
    "ring.life": [CREATE, CAPS, INFO, SUBMIT, CLOSE], "open.create.": [CREATE], "open.create.advisory-": [INFO, CREATE],
    "caps.": [CAPS, CREATE], "open.builds.": [CAPS, SUPPORTED], "op.": [SUPPORTED, "builders"],
    "open.null-ring": ["builders", CLOSE, INFO, POP, SUBMIT, EVENT, SUPPORTED],
    "open.null-output.caps": [CAPS], "open.null-output.create": [CREATE], "open.null-output.info": [INFO],
    "open.null-output.pop": [POP],
    "sq.": ["builders", SUBMIT], "open.build.": ["builders"], "open.build.flush-": [FLUSH, "builders"],
    "open.build.write-": [WRITE, "builders"], "open.build.gather-": [GATHER, "builders"],
    "open.build.scatter-": [SCATTER, "builders"], "open.build.drain-": [DRAIN, "builders"],
    "open.build.null-handle-cancel": [CANCEL, "builders"], "open.build.null-handle-flush": [FLUSH, "builders"],
    "open.build.null-buffers-array": [BUFFERS], "open.build.null-files-array": [FILES],
    "open.build.registered-": [BUFFERS, "builders"], "open.build.buffer-index-": [BUFFERS, "builders"],
    "open.build.file-index-": [FILES, "builders"], "open.build.offset-minus-1-write": [WRITE, "builders"],
    "open.build.offset-minus-2-write": [WRITE, "builders"], "open.build.null-buffer-write": [WRITE, "builders"],
    "read.": [READ], "read.zero-length": [READ, WRITE], "inline.read": [READ, SUBMIT], "inline.write": [WRITE, SUBMIT],
    "write.": [WRITE], "io.": [WRITE], "flush.": [FLUSH], "scatter.": [SCATTER, GATHER],
    "open.scatter.": [SCATTER, GATHER], "open.gather.": [GATHER],
    "cancel.": [CANCEL], "open.cancel.": [CANCEL],
    "reg.": [BUFFERS, FILES], "reg.file-reference": [FILES], "reg.sparse": [FILES], "open.reg.": [BUFFERS, FILES],
    "open.reg.access-when-registered": [FILES], "open.reg.closed-handle": [FILES], "open.reg.failed-keeps-files": [FILES],
    "open.reg.most-files": [FILES], "open.reg.one-bad-handle": [FILES], "open.reg.port-bound-file": [FILES, "handles"],
    "open.reg.replace-files-": [FILES], "open.reg.same-file-": [FILES], "open.reg.sparse-file-": [FILES],
    "open.reg.zero-files-": [FILES], "open.reg.zero-handle": [FILES],
    "submit.": [SUBMIT], "wait.": [SUBMIT], "open.submit.": [SUBMIT], "open.submit.pop-beside-waiter": [SUBMIT, POP],
    "pop.": [POP], "cq.": [POP, SUBMIT], "open.cq.": [POP, SUBMIT],
    "open.result.": [READ], "open.result.conversion": [POP], "open.result.information-": [POP],
    "open.result.information-cancel": [CANCEL, POP], "open.result.information-flush": [FLUSH, POP],
    "open.result.information-registration": [BUFFERS, FILES, POP], "open.result.beyond-volume": [WRITE],
    "open.result.unreadable-buffer": [WRITE], "open.result.write-refused": [WRITE],
    "open.result.message-": ["handles", READ], "open.result.pipe-": ["handles", READ],
    "event.": [EVENT], "open.event.": [EVENT], "close.": [CLOSE], "open.life.": [CLOSE],
    "drain.": [DRAIN], "order.": [DRAIN], "open.drain.": [DRAIN],
    "handle.": ["handles"], "open.handle.": ["handles"], "pipe.": ["handles"], "pipe.flush": ["handles", FLUSH],
    "win32.": ["handles"], "nt.": ["nt-services"], "open.nt.": ["nt-services"],
    "ds.": [DS_QUEUE], "ds.config.": [DS_FACTORY], "ds.staging.": [DS_FACTORY], "ds.version.": [DS_FACTORY],
    "ds.release.": [DS_FACTORY], "ds.modules": [DS_FACTORY], "ds.file.": [DS_FACTORY], "ds.error.": [DS_ERRORS],
    "ds.debug.": [DS_ERRORS], "ds.destination.": [DS_ERRORS], "ds.gdeflate": [DS_CODEC], "ds.codec.": [DS_CODEC],
    "ds.custom.": [DS_CODEC], "ds.open.": [DS_QUEUE], "ds.open.validation": [DS_ERRORS], "ds.open.codes": [DS_ERRORS],
    "ds.open.reserved": [DS_ERRORS], "ds.open.record-details": [DS_ERRORS], "ds.open.error-event": [DS_ERRORS],
    "ds.open.corrupt": [DS_ERRORS, DS_CODEC], "ds.open.debug-text": [DS_ERRORS], "ds.open.textures": [DS_ERRORS],
    "ds.open.custom-event": [DS_CODEC], "ds.open.codec-codes": [DS_CODEC], "ds.open.zstd": [DS_CODEC],
    "ds.open.support": [DS_CODEC], "ds.open.staging-": [DS_FACTORY], "ds.open.factory-": [DS_FACTORY],
    "ds.open.gacl": [DS_CODEC], "ds.open.never-running": [DS_FACTORY], "ds.open.limits": [DS_FACTORY],
    "ds.open.gpu-codes": [DS_ERRORS], "ds.open.timeout": [DS_ERRORS], "ds.code.": [DS_ERRORS], "ds.events.": [DS_ERRORS],
    "ds.core.": [DS_FACTORY], "ds.open.queue-arguments": [DS_FACTORY], "ds.open.query-interface": [DS_FACTORY], "ds.open.open": [DS_FACTORY],
}
CODES = {"`IA1`, `DA1`": "output of a program that ran on Windows", "`IB1`": "asserted by a test that a public CI runs on Windows",
         "`IS1`, `DS1`": "asserted by a public test suite for Windows", "`IC1`, `DC1`": "stated by somebody who had measured it",
         "`E1`": "a row of DirectStorage's that gathers others, or what stands beside them", "`W1`, `WI:`, `M1`, `MG:`": "tests and notes of win-ioring-rs; of windows-threadpool-sys",
         "`LWR:`": "libwinring", "`MS:`": "a page of Microsoft's documentation", "`SDK:`": "a header of the Windows SDK",
         "`O1`, `R1`": "other public code and reports, named beside it", "`U1`": "a question for which there is no public record"}
GRADES = {"R": "seen on Windows", "D": "documented by Microsoft", "S": "structural", "I": "nobody has said"}
BASES = {"machine-output": "published output of a program", "ci-assertion": "an assertion that a public CI runs on Windows",
         "suite-assertion": "an assertion of a public test suite for Windows", "statement": "somebody measured it and wrote it down",
         "documented": "the documentation", "inferred": "we infer it", "decision": "we decided it"}
PROJECT = re.compile(r"(?:^|(?<=; )|(?<= ))([\w.-]+/[\w.-]+)(?=[@:#])")
CODE = re.compile(r"\b(?:IORING_E_\w+|CO_E_\w+|E_[A-Z]\w+|ERROR_[A-Z]\w+|S_FALSE|0x80[0-9A-F]{6})\b")


class Fault(Exception):
    """The tables say something that no page can show."""


def load(root):
    rows = []
    for path in sorted((root / TABLES).glob("*.json")):
        rows += json.loads(path.read_text()).get("rows", [])
    evidence = {}
    for path in sorted((root / "fixtures/evidence").glob("*.json")):
        evidence.update({e["id"]: e for e in json.loads(path.read_text())["rows"]})
    scenarios = {p.stem: p.relative_to(root).as_posix() for p in (root / "conformance/scenario").rglob("*.scn")}
    headers = "".join((root / "api/include" / n).read_text() for n in ("ioringapi.h", "native/winerror.h", "dstorageerr.h"))
    return {"rows": rows, "evidence": evidence, "scenarios": scenarios, "codes": codes_of(headers)}


def codes_of(headers):
    """Name → HRESULT, as the result of an operation has it: a Win32 code becomes 0x8007...."""
    codes = {"S_FALSE": "0x00000001"}
    for name, value in re.findall(r"^#define (\w+) (?:\(\(HRESULT\)|_HRESULT_TYPEDEF_\()?(0x[0-9A-Fa-f]+|\d+)(?=[L)\s])",
                                  headers, re.M):
        number = int(value, 0)
        if name.startswith("ERROR_") and number < 0x10000:
            number |= 0x80070000
        codes.setdefault(name, f"0x{number:08X}")
    return codes


def pages_of(row):
    if row["provenance"] not in PUBLIC | PRIVATE:
        raise Fault(f"{row['id']}: unknown provenance {row['provenance']}")
    fits = [prefix for prefix in MAP if row["id"].startswith(prefix)]
    if not fits:
        raise Fault(f"{row['id']}: no page: a line in MAP is missing")
    if row["provenance"] in PRIVATE or row["sources"] and all(INSIDE.search(s["source"]) for s in row["sources"]):
        return ["nt-services"]
    return MAP[max(fits, key=len)]


def words(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def source_line(name, source, data, inside):
    """What one source saw, or None where it may not be named."""
    seen = data["evidence"].get(name)
    texts = [source or ""] + ([seen["source"], seen["observed"]] if seen else [])
    if not inside and any(INSIDE.search(text) for text in texts):
        return None
    if not seen:
        return words(source if name in ("", "none") or not source or name in source else f"{name}: {source}")
    where = f"; {seen['windows']}" if seen.get("windows") else ""
    return words(f"{name}: {seen['observed']} ({seen['source']}{where})")


def conflict_lines(row, data, inside):
    names = {s["row"]: s["source"] for s in row["sources"]}
    ids = [c for c in row["conflicts"] if isinstance(c, str)]
    if ids:
        yield "- The sources do not agree:"
        for name in ids:
            yield f"  - {source_line(name, names.get(name, name), data, inside) or 'a source that is not named here'}"
    for conflict in row["conflicts"]:
        if isinstance(conflict, str):
            continue
        yield "- The sources do not agree:"
        for side in conflict["sides"]:
            yield f"  - {side['row']}: **{words(str(side['value']))}**"
            if side["row"] in data["evidence"] and side["row"] not in names:
                line = source_line(side["row"], None, data, inside)
                yield f"    - {line or 'a source that is not named here'}"
        yield f"  - Our choice: {words(str(conflict['choice']))}. Why: {words(str(conflict['why']))}"


def told(sources, evidence):
    """The sources without those that only name a project of which another one tells what was seen."""
    projects = {p for s in sources if s["row"] in evidence
                for p in PROJECT.findall(s["source"] + " " + evidence[s["row"]]["source"])}
    return [s for s in sources if s["row"] in evidence or not projects & set(PROJECT.findall(s["source"]))]


def row_lines(row, data, inside):
    yield f"### {row['id']}\n"
    yield f"{words(row.get('question') or row['rule'])}\n"
    if row.get("choice"):
        yield f"- Our choice: {words(row['choice'])}" + (f" ({words(row['here'])})" if row.get("here") else "")
        yield f"- Other answers that Windows may give: {words('; '.join(row['alternatives']))}"
    yield f"- Grade {row['grade']}, {GRADES[row['grade']]}; basis: {BASES.get(row['basis'], row['basis'])} (`{row['basis']}`)"
    lines = [source_line(s["row"], s["source"], data, inside) for s in told(row["sources"], data["evidence"])]
    lines = [line for line in lines if line]
    if lines:
        word = "Grounds:" if row["grade"] == "I" else "Sources:"
        yield f"- {word} {lines[0]}" if len(lines) == 1 else f"- {word}"
        if len(lines) > 1:
            yield from (f"  - {line}" for line in lines)
    yield from conflict_lines(row, data, inside)
    builds = row["builds"]
    if builds:
        yield "- Builds: " + "; ".join(f"{'from' if k == 'since' else k} {v}" for k, v in builds.items())
    links = []
    for case in row["cases"]:
        if case not in data["scenarios"]:
            raise Fault(f"{row['id']}: there is no scenario {case}")
        if inside or not data["scenarios"][case].startswith("conformance/scenario/nt/"):
            links.append(f"[{case}](../../{data['scenarios'][case]})")
    tests = {}
    for pin in row.get("pinned_by", []):
        path, _, head = pin.partition(" ")
        tests.setdefault(path, []).append(re.sub(r"^Test\(\w+, (\w+)[,)]$|^def (\w+)\($", r"\1\2", head))
    links += [f"[{path.rsplit('/', 1)[1]}](../../{path}): {', '.join(heads)}" for path, heads in tests.items()]
    yield "- Pinned by: " + ("; ".join(links) if tests else ", ".join(links) if links else "no scenario") + "\n"


def kind_of(row):
    return "open" if row["grade"] == "I" else "disputed" if row["conflicts"] else "settled"


SECTIONS = [("settled", "What is known"), ("disputed", "Where the sources disagree"),
            ("open", "Open: nobody has published it, this is our choice")]


def page(name, data, homes, guests, inside):
    lines = [WARNING, "", MARK] if inside else [MARK]
    lines += [f"# {title_of(name)}", "", PAGES[name]]
    if not inside:
        lines.append("Grades and words: [README](README.md).")
    lines.append("")
    for kind, title in SECTIONS:
        rows = [row for row in homes if kind_of(row) == kind]
        others = [(row, home) for row, home in guests if kind_of(row) == kind]
        if rows or others:
            lines += [f"## {title}", ""]
        for row in rows:
            lines += row_lines(row, data, inside)
        if others:
            lines += ["On other pages:" if not rows else "Also, on other pages:", ""]
            lines += [f"- {words(row['rule'])} Grade {row['grade']}: [{row['id']}]({home}.md#{anchor(row['id'])})"
                      for row, home in others] + [""]
    return "\n".join(lines).rstrip("\n") + "\n"


def title_of(name):
    if name.startswith("DirectStorage"):
        return name.replace("-", ": ", 1).replace("-", " ")
    return name if "IoRing" in name else name.replace("-", " ").capitalize()


def anchor(text):
    return text.replace(".", "")


def result_codes(data, placed):
    names = {value: name for name, value in reversed(data["codes"].items())}
    found = {}
    for row, pages in placed:
        for code in CODE.findall(row["rule"]):
            name = names.get(code, f"Win32 code {int(code, 16) & 0xFFFF}") if code.startswith("0x") else code
            value = code if code.startswith("0x") else data["codes"].get(code)
            if value is None:
                raise Fault(f"{row['id']}: {code} stands in no header")
            found.setdefault((value, name), {})[row["id"]] = (row, pages[0])
    lines = [MARK, "# Result codes", "", "Which code, when, and how we know. Settled rows first; grade I is our choice where",
             "nobody has published an answer. Win32 codes are shown as the HRESULT that a completion carries.", "",
             "| code | name | when | grade | row |", "|---|---|---|---|---|"]
    for (value, name), rows in sorted(found.items()):
        for row, home in sorted(rows.values(), key=lambda r: [k for k, _ in SECTIONS].index(kind_of(r[0]))):
            grade = row["grade"] + (", disputed" if row["conflicts"] else "")
            lines.append(f"| {value} | {name} | {words(row['rule'])} | {grade} | [{row['id']}]({home}.md#{anchor(row['id'])}) |")
    return "\n".join(lines) + "\n"


def index(placed):
    lines = [MARK, "# What IoRing and DirectStorage do on Windows, and how we know", "",
             "One page a function or subject, for whoever implements or uses `ioringapi.h` or `dstorage.h`. First what is known, then",
             "what the sources dispute, then what is open, with our choice and the other answers that Windows may give.", "",
             "No row here has the provenance `symbols` or `disassembly-adjacent`, and none is about the Nt services or the shared",
             "queues. Those rows stand apart, in `docs/nt-internals`, which Wine contributors should not open. Programs, public tests,",
             "measurements and documentation are what these pages rest on; what we chose ourselves says so.", "", "| grade | |", "|---|---|"]
    lines += [f"| {g} | {GRADES[g]}{'; our choice' if g == 'I' else ''} |" for g in "RDI"]
    lines += ["", "| basis | |", "|---|---|"] + [f"| `{k}` | {v} |" for k, v in BASES.items()]
    lines += ["", "Codes behind a rule, such as IC5, say who: those that begin with I (IoRing) or D (DirectStorage) are rows of",
              "[the evidence](../../fixtures/README.md), in `fixtures/evidence/`, with what was called, what came back and where it stands.",
              "", "| code | |", "|---|---|"] + [f"| {code} | {what} |" for code, what in CODES.items()]
    lines += ["", "The scenarios under \"Pinned by\" can be run on Windows and here: see",
              "[scenarios and expectations](../../conformance/README.md).", "",
              "| page | about | known | disputed | open |", "|---|---|---|---|---|"]
    for name, about in PAGES.items():
        kinds = [kind_of(row) for row, pages in placed if pages[0] == name]
        if name != "nt-services":
            counts = " | ".join(str(kinds.count(kind)) for kind, _ in SECTIONS)
            lines.append(f"| [{name}]({name}.md) | {about} | {counts} |")
    lines.append("| [result-codes](result-codes.md) | Every code, when it comes, and the row that says so. | | | |")
    return "\n".join(lines) + "\n"


def generate(data):
    """Path → text of every page."""
    placed = [(row, pages_of(row)) for row in data["rows"]]
    public = [(row, pages) for row, pages in placed if pages[0] != "nt-services"]
    texts = {f"{OPEN}/README.md": index(public), f"{OPEN}/result-codes.md": result_codes(data, public)}
    for name in PAGES:
        homes = [row for row, pages in placed if pages[0] == name]
        guests = [(row, pages[0]) for row, pages in placed if name in pages[1:]]
        inside = name == "nt-services"
        texts[f"{INTERNAL if inside else OPEN}/{name}.md"] = page(name, data, homes, guests, inside)
    texts[f"{INTERNAL}/README.md"] = f"{WARNING}\n\n{MARK}\n# NT internals\n\n- [nt-services](nt-services.md): {PAGES['nt-services']}\n"
    return texts


def faults_of(root, texts):
    there = {p.relative_to(root).as_posix() for folder in (OPEN, INTERNAL) for p in (root / folder).rglob("*.md")}
    for path in sorted(there | set(texts)):
        if path not in texts:
            yield f"{path}: no table asks for this page"
        elif path not in there or (root / path).read_text() != texts[path]:
            yield f"{path} is not what the tables say: run ci/make_semantics.py"
    for path, text in texts.items():
        if path.startswith(INTERNAL) and text.splitlines()[0] != WARNING:
            yield f"{path}: the warning is not the first line"
        elif path.startswith(OPEN) and INSIDE.search(text):
            yield f"{path}: names the inside of Windows: {INSIDE.search(text).group()}"


def write(root, texts):
    for folder in (OPEN, INTERNAL):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for path in (root / folder).glob("*.md"):
            if path.relative_to(root).as_posix() not in texts:
                path.unlink()
    for path, text in texts.items():
        (root / path).write_text(text)


def self_test(data):
    """Every way to be wrong is found, in a folder of its own."""
    missed = []
    row = next(r for r in data["rows"] if not r.get("question"))

    def expect(name, holds):
        if not holds:
            missed.append(name)

    def refused(**change):
        try:
            generate({**data, "rows": [{**row, **change}]})
        except Fault:
            return True
        return False

    expect("a row that maps to nothing", refused(id="nowhere.at-all"))
    expect("an unknown provenance", refused(provenance="hearsay"))
    expect("a scenario that is not there", refused(cases=["no.such.case"]))
    expect("a code that stands in no header", refused(rule="It gives E_NOBODY."))
    secret = {**row, "id": "read.secret", "provenance": "symbols", "rule": "Secret of the inside."}
    texts = generate({**data, "rows": data["rows"] + [secret]})
    expect("symbols stay inside", all(("Secret of" in t) == (p == f"{INTERNAL}/nt-services.md") for p, t in texts.items()))
    sides = {"sides": [{"row": "X1", "value": "left"}, {"row": "X2", "value": "right"}], "choice": "left", "why": "newer"}
    shown = "\n".join(generate({**data, "rows": [{**row, "conflicts": [sides]}]}).values())
    dump = {**secret, "provenance": "public-api", "sources": [{"row": "X", "source": "ntoskrnl dump"}]}
    texts = generate({**data, "rows": data["rows"] + [dump]})
    expect("a row that rests on a dump", all(("Secret of" in t) == (p == f"{INTERNAL}/nt-services.md")
                                             for p, t in texts.items()))
    seen = {"E1": {"source": "a/b@12: run.txt"}}
    expect("a project is named once", [s["row"] for s in told([
        {"row": "E1", "source": "a/b@12: run.txt"}, {"row": "P", "source": "a/b: src"},
        {"row": "Q", "source": "a/c: src"}], seen)] == ["E1", "Q"])
    expect("both sides of a conflict", "**left**" in shown and "**right**" in shown and "Why: newer" in shown)
    named = generate({**data, "rows": [{**row, "id": "read.x", "provenance": "statement", "rule": "See ntoskrnl."}]})
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        texts = generate(data)
        expect("pages that are missing", list(faults_of(root, texts)))
        write(root, texts)
        expect("pages that are current", not list(faults_of(root, texts)))
        expect("a rule that names the inside", any("names the inside" in f for f in faults_of(root, named)))
        some = root / OPEN / "SubmitIoRing.md"
        some.write_text(some.read_text() + "by hand\n")
        expect("a page edited by hand", list(faults_of(root, texts)))
        write(root, texts)
        (root / OPEN / "Stray.md").write_text("stray\n")
        expect("a page that nobody asked for", list(faults_of(root, texts)))
    print(*(f"not shown: {name}" for name in missed), sep="\n") if missed else print("every fault found")
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path(__file__).resolve().parents[1])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    data = load(args.root)
    try:
        if args.self_test:
            return self_test(data)
        texts = generate(data)
    except Fault as fault:
        print(fault)
        return 1
    if not args.check:
        write(args.root, texts)
    faults = list(faults_of(args.root, texts))
    print(*faults, sep="\n") if faults else print(f"{len(data['rows'])} rows on {len(texts)} pages, 0 faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
