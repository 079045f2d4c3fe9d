# SPDX-License-Identifier: MIT
"""Behaviours and what each engine made of them: the rows of the matrix."""
import json
import pathlib

BASES = ["recorded", "reported", "machine-output", "ci-assertion", "suite-assertion", "statement", "documented",
         "inferred", "decision"]
RED = {"fail", "crash", "hang", "leak", "setup", "error", "unexpected-pass"}


def load_behaviours(folder):
    """Rows of every table file, in the order of file and row. A file is a list of rows, or an object holding lists."""
    rows = []
    for path in sorted(pathlib.Path(folder).glob("*.json")) if folder else []:
        data = json.loads(path.read_text())
        lists = [data] if isinstance(data, list) else [v for v in data.values() if isinstance(v, list)]
        rows += [r for rows_ in lists for r in rows_ if isinstance(r, dict) and "id" in r and "grade" in r]
    return rows


def strongest(bases):
    known = [b for b in bases if b in BASES]
    return min(known, key=BASES.index) if known else ""


def words(value):
    """A field may be one word, a comma list or a list."""
    if value is None:
        return []
    if isinstance(value, str):
        return [w.strip() for w in value.split(",") if w.strip()]
    return [str(w) for w in value]


def conflicts_of(value):
    """A conflict names both sides and the choice between them; a decision only names the rows."""
    return ["; ".join(f"{side['row']}: {side['value']}" for side in conflict["sides"]) + f"; here: {conflict['choice']}"
            if isinstance(conflict, dict) else str(conflict) for conflict in value or []]


def cells_of(cases, engines):
    """One cell an engine: the worst verdict of the cases, and which they are."""
    cells = {}
    for engine in engines:
        mine = [c for c in cases if c["engine"] == engine]
        verdicts = [c["verdict"] for c in mine]
        if not mine:
            state = "none"
        elif any(v in RED for v in verdicts):
            state = "fail"
        elif "known" in verdicts:
            state = "known"
        elif "pass" in verdicts:
            state = "pass"
        else:
            state = "skipped"
        cells[engine] = {"state": state, "cases": [said(c) for c in mine],
                         "text": {"pass": "holds", "fail": next((v for v in verdicts if v in RED), ""),
                                  "known": "differs, listed", "skipped": "skipped", "none": "–"}[state]}
    return cells


def said(case):
    return f"{case['scenario']}: {case['verdict']}" + (f" ({case['reason']})" if case["reason"] else "")


def matrix(results, behaviours):
    """Rows = behaviours; what no row names is listed after them, so that nothing that ran is hidden."""
    engines = list(results["engines"])
    rows, named = [], set()
    for b in behaviours:
        cases = [c for c in results["details"]
                 if b["id"] in c["behaviours"] or c["scenario"] in b.get("cases", []) or any(e["row"] == b["id"] for e in c["expectations"])]
        named |= {(c["scenario"], c["engine"]) for c in cases}
        mine = [e for c in cases for e in c["expectations"] if e["row"] == b["id"]] or \
               [e for c in cases for e in c["expectations"]]
        bases = words(b.get("basis")) or [e["basis"] for e in mine]
        who = [(s.get("row", ""), s.get("source", "")) for s in b.get("sources", [])]
        if not who:
            who = [(g, "") for g in sorted({g for e in mine for g in words(e["grounds"])})]
        rows.append({"id": b["id"], "rule": b.get("rule", ""), "grade": b["grade"][:1], "grade_text": b["grade"],
                     "basis": strongest(bases), "who": who, "provenance": words(b.get("provenance")),
                     "conflicts": conflicts_of(b.get("conflicts")),
                     "scenarios": sorted({c["scenario"] for c in cases}), "cells": cells_of(cases, engines)})
    rest = sorted({c["scenario"] for c in results["details"]
                   if (c["scenario"], c["engine"]) not in named})
    for name in rest:
        cases = [c for c in results["details"] if c["scenario"] == name]
        expectations = [e for c in cases for e in c["expectations"]]
        rows.append({"id": name, "rule": cases[0].get("rule", ""), "grade": "", "grade_text": "",
                     "basis": strongest([e["basis"] for e in expectations]),
                     "who": [(g, "") for g in sorted({g for e in expectations for g in words(e["grounds"])})], "provenance": [],
                     "conflicts": sorted({g for e in expectations for g in words(e["conflicts"])}),
                     "scenarios": [name], "cells": cells_of(cases, engines)})
    return rows
