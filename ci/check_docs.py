#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every exported function has its documentation above its declaration, whole, with sources that exist.

  check_docs.py [ROOT]         check, exit 1 when something is missing
  check_docs.py --self-test    plant every fault, exit 1 when one is not seen

The form, in a comment directly above the declaration, or above an unbroken run of them, all of which it names:

  What it does.
  name, name: what the parameter is, with the unit of a size or a time and the constants of a mask.
  Returns what, and the codes of its failures ("cannot fail" when it has none).
  Source: [R] IB10, sq.full; [D] CreateIoRing; [I] open.create.sq-zero.

What does not fit a line goes on in the next, two blanks in.

Of a void function there is nothing to return. Where a declaration does not name its parameters (wide/), the
comment shows the call: wcsncpy(to, from, count).
"""
import argparse
import errno
import json
import pathlib
import re
import sys
import tempfile

COMMENT = re.compile(r"/\*.*?\*/", re.S)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|^RINGER_EXTERN_C_\w+", re.M)
ROW = re.compile(r"^EXPORT(?:_NORETURN)?\(\s*\w+,\s*[^,]+,\s*(\w+),", re.M)
OWN = re.compile(r"^RINGER_API [^;(]*?\b(\w+)\(", re.M)
RENAMED = re.compile(r"\bRINGER_AS(?:_NTH)?\((\w+)\)")
CODE = re.compile(r"\b((?:IORING_E|CO_E|ERROR|STATUS|WAIT|RINGER_CODEC|E|S)_[A-Z0-9_]+)\b(?!\*)")
# A row that is named in passing, in any comment.
INLINE = re.compile(r"\[([RDSI])\]\s+(?:\* )?((?:ID)(?:,\s+(?:\* )?(?:ID))*)".replace(
    "ID", r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+|I[ABCS]\d+"))
GRADES = {"R": "seen on Windows", "D": "documented", "S": "structural", "I": "ours"}
TABLES = re.compile(r"export_tables \+?= files\((.*?)\)", re.S)

# Parameters whose text must say in what they count. By name, because a DWORD is anything.
SIZE = re.compile(r"(size|bytes|length|count|capacity|nbytes)(in|out|max|low|high|toread|towrite)?$|^[nc](cb|ch)", re.I)
SIZE_WORDS = re.compile(r"\b(bytes?|characters?|entries|entry|elements?|units?|pages?|handles?|buffers?|packets?|"
                        r"segments?|arguments?|objects?|instances?|threads?|ticks|spins|not used)\b", re.I)
TIME = re.compile(r"milliseconds|time-?out$|^Timeout|DelayInterval", re.I)
TIME_WORDS = re.compile(r"milliseconds|\bms\b|100 ns|100-ns", re.I)
MASK = re.compile(r"(flags|access|mask|sharemode|attributes|options|protect|disposition)$", re.I)
POINTER = re.compile(r"\b(LP|P)[A-Z_]+\s|\*")
MASK_WORDS = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+|\b0\b|not used|ignored|\bas\b")


def blank(text, pattern):
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def words_of(comment):
    """The lines of a comment without its frame."""
    text = comment[2:-2]
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in text.split("\n")]


class Doc:
    """A comment taken apart: prose, parameters, result, sources."""

    def __init__(self, comment, line):
        self.text, self.line = comment, line
        self.params, self.returns, self.source = {}, "", ""
        into = None
        for words in words_of(comment):
            named = re.match(r"(\w+(?:, \w+)*): (.*)", words)
            if words.startswith("Source:"):
                into, self.source = "source", words[7:]
            elif into == "source" and words.startswith("  "):
                self.source += " " + words.strip()
            elif re.match(r"Returns\b", words):
                into, self.returns = "returns", words
            elif into == "returns" and words.startswith("  "):
                self.returns += " " + words.strip()
            elif named:
                into = named[1].split(", ")
                for name in into:
                    self.params[name] = named[2]
            elif isinstance(into, list) and words.startswith("  "):
                for name in into:
                    self.params[name] += " " + words.strip()
            else:
                into = None
        self.calls = [(names.split(", "), [a.strip() for a in arguments.split(",")] if arguments.strip() else [])
                      for names, arguments in re.findall(r"\b(\w+(?:, \w+)*)\(([\w, .]*)\)", " ".join(words_of(comment)))]


class Declaration:
    def __init__(self, name, line, before, parameters, renamed):
        self.name, self.line, self.renamed = name, line, renamed
        self.void = bool(re.search(r"\bvoid\s+(?:\w+\s+)?$", before)) or "DECLSPEC_NORETURN" in before
        self.hresult = bool(re.search(r"\bSTDAPI\s*$|\bHRESULT\b", before))
        self.ntstatus = "NTSTATUS" in before
        self.variadic = "..." in parameters
        pieces = [] if parameters.strip() in ("void", "") else split(parameters)
        pieces = [p for p in pieces if p.strip() != "..."]
        self.arity = len(pieces)
        self.params = [] if renamed else [re.search(r"(\w+)\s*(?:\[\w*\])*\s*$", p)[1] for p in pieces]
        self.pointers = {name for name, piece in zip(self.params, pieces) if POINTER.search(piece)}


def split(parameters):
    pieces, depth, at = [], 0, 0
    for i, c in enumerate(parameters):
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            pieces.append(parameters[at:i])
            at = i + 1
    return pieces + [parameters[at:]]


class Header:
    """The declarations of one header, each with the comment that is above it."""

    def __init__(self, path, text):
        self.path = path
        comments = [(text.count("\n", 0, m.start()) + 1, text.count("\n", 0, m.end()) + 1, m.group())
                    for m in COMMENT.finditer(text)]
        # A comment behind code on its line belongs to that code.
        lines = text.split("\n")
        self.above = {end: Doc(words, start) for start, end, words in comments
                      if not lines[start - 1].split("/*")[0].strip()}
        self.code = blank(blank(text, COMMENT), PREPROCESSOR)
        self.lines = self.code.split("\n")

    def start_of(self, line):
        """The first line of the declaration that has this line (lines count from 1)."""
        while line > 1 and self.lines[line - 2].strip() and self.lines[line - 2].rstrip()[-1] not in ";{}":
            line -= 1
        return line

    def doc_of(self, line):
        """The comment above the run of declarations, and whether it stands for several."""
        start, several = self.start_of(line), False
        while start > 1 and start - 1 not in self.above and self.lines[start - 2].rstrip().endswith(";"):
            start, several = self.start_of(start - 1), True
        end = line
        while end <= len(self.lines) and not self.lines[end - 1].rstrip().endswith(";"):
            end += 1
        if end < len(self.lines) and self.lines[end].strip() and end + 1 not in self.above:
            several = several or not re.match(r"\s*[}#]", self.lines[end])
        return self.above.get(start - 1), several

    def declarations(self, exports):
        for match in re.finditer(r"\b(\w+)\s*\(([^;{}]*?)\)\s*((?:RINGER_AS\w*\(\w+\)\s*)?);", self.code):
            line = self.code.count("\n", 0, match.start()) + 1
            before = self.code[:match.start()].rsplit(";", 1)[-1].rsplit("}", 1)[-1].rsplit("{", 1)[-1]
            # The name is the first one before a parenthesis; STDAPI_(BOOL) is a type.
            text = match.group(0)
            if match[1] == "STDAPI_":
                inner = re.match(r"STDAPI_\((\w+)\)\s+(\w+)\(([^;{}]*)\)\s*;", text)
                if inner and inner[2] in exports:
                    yield Declaration(inner[2], line, inner[1] + " ", inner[3], None)
                continue
            renamed = RENAMED.search(match[3])
            if (f"ringer_{renamed[1]}" if renamed else match[1]) not in exports:
                continue
            yield Declaration(match[1], line, before, match[2], renamed and renamed[1])


class Known:
    """What may be named: rows and evidence with their grades, and every identifier of the headers."""

    def __init__(self, root, headers):
        self.grades = {}
        for path in sorted((root / "fixtures/behaviours").glob("*.json")):
            for row in json.loads(path.read_text())["rows"]:
                for source in row["sources"]:
                    name = source["row"]
                    kind = "D" if name.startswith("MS:") else "DS" if name.startswith("SDK:") else "RS"
                    if name != "none":
                        self.grades.setdefault(name, set()).update(kind)
                self.grades[row["id"]] = {row["grade"]}
        for path in sorted((root / "fixtures/evidence").glob("*.json")):
            for row in json.loads(path.read_text())["rows"]:
                self.grades.setdefault(row["id"], set()).update("RS")
        self.words = set()
        for header in headers:
            self.words |= set(re.findall(r"\w+", blank(header.read_text(), COMMENT)))
        self.words |= {name[3:] for name in self.grades if name.startswith("MS:")}


def faults_of_source(source, known):
    if not source.strip():
        yield "no \"Source:\""
        return
    for item in source.strip().rstrip(".").split("; "):
        match = re.fullmatch(r"\[(\w)\](?: (.+))?", item.strip())
        if not match or match[1] not in GRADES:
            yield f"source {item.strip()!r}: want [R], [D], [S] or [I] and names"
            continue
        grade, names = match[1], [n.strip() for n in (match[2] or "").split(",") if n.strip()]
        if not names and grade != "I":
            yield f"source [{grade}] names nothing"
        for name in names:
            if grade == "D" and name in known.words and name not in known.grades:
                continue
            if name not in known.grades:
                yield f"source {name}: unknown"
            elif grade not in known.grades[name]:
                yield f"source {name}: not of grade {grade} ({GRADES[grade]})"


def faults_in_passing(text, known):
    """(line, words) for each row that a comment names outside of its sources and that is not there."""
    for comment in COMMENT.finditer(text):
        for match in INLINE.finditer(re.sub(r"(?s)^ \* Source:.*", "", comment.group(), flags=re.M)):
            line = text.count("\n", 0, comment.start() + match.start()) + 1
            for name in re.split(r",\s+(?:\* )?", match[2]):
                if name not in known.grades or match[1] not in known.grades[name]:
                    yield line, f"{name}: no such row of grade {match[1]} ({GRADES[match[1]]})"


def faults_of_units(name, text, pointer):
    if TIME.search(name):
        if not TIME_WORDS.search(text):
            yield f"parameter {name}: no unit of time"
    elif MASK.search(name) and not pointer:
        if not MASK_WORDS.search(text):
            yield f"parameter {name}: no constant of the mask"
    elif SIZE.search(name) and not SIZE_WORDS.search(text):
        yield f"parameter {name}: no unit"


def faults_of(declaration, doc, several, known):
    """What is missing from the comment of one declaration."""
    if doc is None:
        yield "not documented"
        return
    names = declaration.params
    if declaration.renamed:
        calls = [arguments for called, arguments in doc.calls if declaration.name in called]
        arity = declaration.arity + declaration.variadic
        names = next((a for a in calls if len(a) == arity), None)
        if names is None:
            yield f"no call {declaration.name}(...) with {arity} parameters"
            names = []
        names = [n for n in names if n != "..."]
    elif several and not re.search(rf"\b{declaration.name}\b", doc.text):
        yield "one comment for several declarations, and it does not name this one"
    for name in names:
        if name not in doc.params:
            yield f"parameter {name}: not described"
        else:
            yield from faults_of_units(name, doc.params[name], name in declaration.pointers)
    if not declaration.void:
        free = re.search(r"\b(?:cannot|never) fails?\b", doc.returns)
        if not doc.returns:
            yield "does not say what it returns"
        elif declaration.hresult and "S_OK" not in doc.returns:
            yield "its result does not name S_OK"
        elif declaration.ntstatus and "STATUS_" not in doc.returns:
            yield "its result names no status"
        elif not free and not re.search(r"\b[A-Z]+_[A-Z0-9_]+\b|\bE[A-Z]{3,}\b|\bWEOF\b|-1\b|\b0\b|\bNULL\b", doc.returns):
            yield "its result names no code of a failure"
    for code in sorted(set(CODE.findall(doc.text))):
        if code not in known.words and not hasattr(errno, code):
            yield f"{code}: no such code"
    yield from faults_of_source(doc.source, known)


def exports_of(root):
    """{name: where it is exported}, from the tables that the library's version script is made of."""
    meson = (root / "api/meson.build").read_text()
    names = {}
    for table in re.findall(r"'([^']+)'", " ".join(TABLES.findall(meson))):
        path = root / "api" / table
        text = path.read_text()
        pattern = ROW if table.endswith(".def") else OWN if table.endswith(".h") else re.compile(r"^(\w+)", re.M)
        for match in pattern.finditer(text):
            names[match[1]] = f"api/{table}:{text.count(chr(10), 0, match.start(1)) + 1}"
    return names


def check(root):
    paths = sorted(p for p in (root / "api/include").rglob("*") if p.is_file() and p.name != "meson.build")
    headers = [Header(p.relative_to(root).as_posix(), p.read_text()) for p in paths]
    exports, known, found, faults = exports_of(root), Known(root, paths), set(), []
    for path, header in zip(paths, headers):
        faults += [f"{header.path}:{line}: {words}" for line, words in faults_in_passing(path.read_text(), known)]
        for declaration in header.declarations(exports):
            found.add(f"ringer_{declaration.renamed}" if declaration.renamed else declaration.name)
            doc, several = header.doc_of(declaration.line)
            for fault in faults_of(declaration, doc, several, known):
                faults.append(f"{header.path}:{declaration.line}: {declaration.name}: {fault}")
    faults += [f"{exports[n]}: {n}: no header under api/include declares it" for n in sorted(set(exports) - found)]
    return exports, faults


# A sound house, and one edit for every fault that must be seen in it: (file, from, to, what is said).
HEADER = '''/* Words [R] row.seen. */
#define ERROR_BUSY 170
#define STATUS_SUCCESS 0
#define IORING_X_NONE 0
/*
 * Makes a thing.
 * name: of the thing.
 * capacity: in bytes.
 * flags: IORING_X_NONE.
 * dwMilliseconds: milliseconds to wait.
 * Returns TRUE, or FALSE and the last error ERROR_BUSY.
 * Source: [R] IB1, row.seen; [D] MakeThing; [I] row.ours.
 */
WINBASEAPI BOOL WINAPI MakeThing(LPCSTR name, DWORD capacity,
                                 DWORD flags, DWORD dwMilliseconds);

/*
 * DropA, DropW: away with it.
 * thing: which.
 * Returns STATUS_SUCCESS; cannot fail.
 * Source: [I].
 */
NTSYSAPI NTSTATUS NTAPI DropA(HANDLE thing);
NTSYSAPI NTSTATUS NTAPI DropW(HANDLE thing);

/*
 * wcslen(s): how long.
 * s: text.
 * Returns characters; cannot fail.
 * Source: [D] wcslen.
 */
extern size_t wcslen(const wchar_t *) RINGER_AS(wcslen);
'''
HOUSE = {
    "api/meson.build": "export_tables = files('e.def', 'list.txt')\n",
    "api/e.def": "EXPORT(k, BOOL, MakeThing, (x), (x))\nEXPORT(k, NTSTATUS, DropA, (x), (x))\n"
                 "EXPORT(k, NTSTATUS, DropW, (x), (x))\n",
    "api/list.txt": "ringer_wcslen\n",
    "api/include/thing.h": HEADER,
    "fixtures/behaviours/a.json": json.dumps({"rows": [
        {"id": "row.seen", "grade": "R", "sources": [{"row": "W1"}]}, {"id": "row.ours", "grade": "I", "sources": []}]}),
    "fixtures/evidence/a.json": json.dumps({"rows": [{"id": "IB1"}]}),
}
H = "api/include/thing.h"
SELF_TEST = [
    (H, " */\nWINBASEAPI", " */\n\nWINBASEAPI", "MakeThing: not documented"),
    (H, " * capacity: in bytes.\n", "", "parameter capacity: not described"),
    (H, "in bytes", "how large", "parameter capacity: no unit"),
    (H, "flags: IORING_X_NONE", "flags: some", "parameter flags: no constant"),
    (H, "milliseconds to wait", "how long to wait", "parameter dwMilliseconds: no unit of time"),
    (H, " * Returns TRUE, or FALSE and the last error ERROR_BUSY.\n", "", "MakeThing: does not say what it returns"),
    (H, "FALSE and the last error ERROR_BUSY", "FALSE", "names no code of a failure"),
    (H, "the last error ERROR_BUSY", "the last error ERROR_BUZY", "ERROR_BUZY: no such code"),
    (H, "Returns STATUS_SUCCESS; cannot", "Returns a number that cannot", "its result names no status"),
    (H, " * Source: [I].\n", "", "DropA: no \"Source:\""),
    (H, "[R] IB1", "[R] IB9", "source IB9: unknown"),
    (H, "row.ours", "row.theirs", "source row.theirs: unknown"),
    (H, "[R] IB1, row.seen", "[R] IB1, row.ours", "source row.ours: not of grade R"),
    (H, "Words [R] row.seen", "Words [R] row.never", "row.never: no such row of grade R"),
    (H, "Words [R] row.seen", "Words [I] row.seen", "row.seen: no such row of grade I"),
    (H, "[D] MakeThing", "[D] MakeThong", "source MakeThong: unknown"),
    (H, "[D] MakeThing", "[X] MakeThing", "want [R], [D], [S] or [I]"),
    (H, "[D] MakeThing", "[D]", "source [D] names nothing"),
    (H, "DropA, DropW: away", "DropA: away", "does not name this one"),
    (H, "wcslen(s):", "wcslen(s, n):", "no call wcslen(...) with 1 parameters"),
    (H, " * s: text.\n", "", "parameter s: not described"),
    ("api/list.txt", "ringer_wcslen", "ringer_wcslen\nringer_wcsnever", "ringer_wcsnever: no header"),
]


def build(folder, edit):
    for name, text in HOUSE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if edit and edit[0] == name:
            assert edit[1] in text, edit
            text = text.replace(edit[1], edit[2], 1)
        path.write_text(text)


def self_test():
    wrong = []
    for edit in [None] + SELF_TEST:
        with tempfile.TemporaryDirectory() as folder:
            build(pathlib.Path(folder), edit)
            faults = check(pathlib.Path(folder))[1]
        if edit is None and faults:
            wrong += [f"a sound house is refused: {fault}" for fault in faults]
        elif edit and not any(edit[3] in fault for fault in faults):
            wrong.append(f"not seen: {edit[3]} ({faults})")
        elif edit and not all(re.match(r"\S+:\d+: ", fault) for fault in faults):
            wrong.append(f"no place: {faults}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path("."))
    parser.add_argument("--self-test", action="store_true", help="show that every fault is seen")
    args = parser.parse_args()
    if args.self_test:
        wrong = self_test()
        print(*wrong, sep="\n") if wrong else print(f"{len(SELF_TEST)} planted faults seen")
        return 1 if wrong else 0
    exports, faults = check(args.root)
    print(*faults, sep="\n") if faults else print(f"{len(exports)} exported functions, all documented")
    return 1 if faults or not exports else 0


if __name__ == "__main__":
    sys.exit(main())
