#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the report of a run: index.html (one file, no network), results.json, junit.xml.

A pure function of results.json and the behaviour table: same input, same bytes.
"""
import argparse
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

try:
    import jinja2
except ImportError:
    print("ringer report: python3-jinja2 is not installed (ci/deps installs it)", file=sys.stderr)
    sys.exit(77)

BASES = ["recorded", "reported", "machine-output", "ci-assertion", "suite-assertion", "statement", "documented",
         "inferred", "decision"]
# What a reader may hear of each word.
BASIS_TEXT = {
    "recorded": "imported Windows traces, two machines or attested",
    "reported": "imported Windows traces, one machine",
    "machine-output": "output of a program on Windows, published verbatim",
    "ci-assertion": "asserted by a test that a public Windows CI runs",
    "suite-assertion": "asserted by a Windows test suite without public CI",
    "statement": "somebody wrote down what they saw",
    "documented": "Microsoft's documentation or header",
    "inferred": "follows from the above",
    "decision": "our choice; Windows is not known",
}
GRADE_TEXT = {"R": "seen on Windows by somebody", "D": "documented", "S": "structural", "I": "inferred or chosen"}
RED = {"fail", "crash", "hang", "leak", "setup", "error", "unexpected-pass"}
REQUIRED = ["cases", "passed", "failed", "engines", "behaviours", "basis", "recorded", "reported", "details"]


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
        cells[engine] = {"state": state, "cases": mine,
                         "text": {"pass": "holds", "fail": next((v for v in verdicts if v in RED), ""),
                                  "known": "differs, listed", "skipped": "skipped", "none": "–"}[state]}
    return cells


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


def headline(results):
    if results["recorded"]:
        return "Judged by recorded Windows traces"
    if results["reported"]:
        return "Judged by Windows traces that were reported"
    return "Judged from published Windows evidence"


def html(results, behaviours, template_folder):
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(str(template_folder)), autoescape=True,
                             trim_blocks=True, lstrip_blocks=True)
    rows = matrix(results, behaviours)
    bases = [{"name": b, "text": BASIS_TEXT[b], "held": results["basis"].get(b, [0, 0])[0],
              "total": results["basis"].get(b, [0, 0])[1]} for b in BASES]
    failures = [c for c in results["details"] if c["verdict"] in RED]
    return env.get_template("report.html").render(
        results=results, rows=rows, bases=bases, failures=failures, engines=list(results["engines"]),
        headline=headline(results), grades=GRADE_TEXT, basis_text=BASIS_TEXT,
        published=sum(b["total"] for b in bases[2:6]), documented=bases[6]["total"],
        chosen=bases[7]["total"] + bases[8]["total"])


def junit(results):
    suites = ET.Element("testsuites", name="ringer", tests=str(len(results["details"])),
                        failures=str(results["failed"]))
    for engine in results["engines"]:
        mine = [c for c in results["details"] if c["engine"] == engine]
        suite = ET.SubElement(suites, "testsuite", name=engine, tests=str(len(mine)),
                              failures=str(sum(c["verdict"] in RED for c in mine)),
                              skipped=str(sum(c["verdict"] in ("skipped", "known") for c in mine)),
                              time=f"{sum(c['ms'] for c in mine) / 1000:.3f}")
        for c in mine:
            case = ET.SubElement(suite, "testcase", classname=f"{engine}.{c['area']}", name=c["scenario"],
                                 time=f"{c['ms'] / 1000:.3f}")
            if c["verdict"] in RED:
                ET.SubElement(case, "failure", type=c["verdict"], message=c["reason"][:500])
            elif c["verdict"] != "pass":
                ET.SubElement(case, "skipped", message=c["reason"][:500])
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def faults_of(results):
    missing = [k for k in REQUIRED if k not in results]
    if missing:
        return [f"results.json lacks {', '.join(missing)}"]
    faults = []
    if results["cases"] != results["passed"] + results["failed"]:
        faults.append("cases is not passed + failed")
    if results["failed"] != sum(c["verdict"] in RED for c in results["details"]):
        faults.append("failed is not the number of failed details")
    if results["passed"] != sum(c["verdict"] == "pass" for c in results["details"]):
        faults.append("passed is not the number of passed details")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--behaviours", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, help="default: the folder of the results")
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")
    parser.add_argument("--text", action="store_true", help="print what was written (default)")
    args = parser.parse_args()
    try:
        text = args.results.read_text()
        results = json.loads(text)
    except (OSError, ValueError) as error:
        print(f"ringer report: {args.results}: {error}", file=sys.stderr)
        return 2
    faults = faults_of(results)
    if faults:
        print(*(f"ringer report: {f}" for f in faults), sep="\n", file=sys.stderr)
        return 1
    out = args.out or args.results.parent
    out.mkdir(parents=True, exist_ok=True)
    page = html(results, load_behaviours(args.behaviours), pathlib.Path(__file__).resolve().parent)
    written = {"html": out / "index.html", "json": out / "results.json", "junit": out / "junit.xml"}
    written["html"].write_text(page)
    written["junit"].write_text(junit(results))
    if written["json"].resolve() != args.results.resolve():
        written["json"].write_text(text)
    if args.json:
        print(json.dumps({k: str(v) for k, v in written.items()}, indent=1))
    else:
        print(*written.values(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
