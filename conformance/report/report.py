#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the report of a run: index.html (one file, no network), results.json, junit.xml.

A pure function of results.json, mutants.json and traces beside it, the tables and the scenarios: same input, same bytes.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

try:
    import jinja2
except ImportError:
    print("ringer report: python3-jinja2 is not installed (ci/deps installs it)", file=sys.stderr)
    sys.exit(77)

sys.dont_write_bytecode = True  # what is installed stays as it was installed
from evidence import evidence, load_scenarios  # noqa: E402
from evidence import faults_of as faults_of_names  # noqa: E402
from matrix import BASES, RED, load_behaviours, matrix  # noqa: E402

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
KIND_TEXT = {
    "asserted": "a case fails when it does not hold",
    "warning": "seen, and doubtful or false",
    "shown": "a figure, beside what was seen here",
    "nothing": "carries nothing: no rule can rest on it",
}
GRADE_TEXT = {"R": "seen on Windows by somebody", "D": "documented", "S": "structural", "I": "inferred or chosen"}
MOST_PICTURES = 20  # each may take a megabyte
REQUIRED = ["cases", "passed", "failed", "engines", "behaviours", "basis", "recorded", "reported", "details"]


def headline(results):
    if results["recorded"]:
        return "Judged by recorded Windows traces"
    if results["reported"]:
        return "Judged by Windows traces that were reported"
    return "Judged from published Windows evidence"


def hooked_of(results):
    """What the page says of a run under a hook."""
    rows = [d for d in results["details"] if "hook" in d]
    claims = set(results.get("hook", {}).get("claims", "").replace(",", " ").split())
    unclaimed = [d for d in rows if not set(d["hook"]["claims"]) <= claims]
    return {"cases": len(rows), "unclaimed": len(unclaimed),
            "real": sum(d["hook"]["real"] not in ("pass", "known") for d in rows),
            "lint": [dict(row, case=d["scenario"], engine=d["engine"]) for d in rows for row in d["hook"].get("lint") or []]}


def load_mutants(path):
    """What conformance/mutants/mutants.py wrote, or None."""
    return json.loads(path.read_text()) if path.exists() else None


def mutants_of(entries):
    """The JSON of the section; None when nobody tried them."""
    if entries is None:
        return None
    return {"total": len(entries), "killed": sum(m["verdict"] == "killed" for m in entries), "rows": entries}


def picture(tool, folder, case):
    """The swim-lane picture of a case's trace, drawn by the tool; None when there is no trace, or no tool."""
    traces = (folder / "traces").resolve()
    path = (traces / case["engine"] / f"{case['scenario']}.jsonl").resolve()
    if not tool or not path.is_relative_to(traces) or not path.is_file():
        return None
    try:
        done = subprocess.run([tool, "trace", "--svg", "-", path.relative_to(traces)], cwd=traces, capture_output=True,
                              text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # the tool escapes what a trace says; the page takes it as it is
    return done.stdout if done.returncode == 0 else None


def html(results, template_folder, draw):
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(str(template_folder)), autoescape=True,
                             trim_blocks=True, lstrip_blocks=True)
    bases = [{"name": b, "text": BASIS_TEXT[b], "held": results["basis"].get(b, [0, 0])[0],
              "total": results["basis"].get(b, [0, 0])[1]} for b in BASES]
    red = [c for c in results["details"] if c["verdict"] in RED]
    failures = [{**c, "picture": draw(c) if i < MOST_PICTURES else None} for i, c in enumerate(red)]
    return env.get_template("report.html").render(
        results=results, rows=results["matrix"], evidence=results["evidence"], mutants=results["mutants"],
        evidence_ids={row["id"] for row in results["evidence"]}, kinds=KIND_TEXT, bases=bases, hooked=hooked_of(results), failures=failures, engines=list(results["engines"]),
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


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--behaviours", type=pathlib.Path)
    parser.add_argument("--evidence", type=pathlib.Path, help="folder of the table of evidence")
    parser.add_argument("--scenarios", type=pathlib.Path, help="folder of the scenarios that are shipped")
    parser.add_argument("--ringer", type=pathlib.Path, help="the tool, which draws the traces of failed cases")
    parser.add_argument("--out", type=pathlib.Path, help="default: the folder of the results")
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")
    parser.add_argument("--text", action="store_true", help="print what was written (default)")
    return parser.parse_args(argv)


def main(argv=None):
    args = parse(argv)
    try:
        results = json.loads(args.results.read_text())
        mutants = load_mutants(args.results.parent / "mutants.json")
        behaviours = load_behaviours(args.behaviours)
        table = [row for path in sorted(args.evidence.glob("*.json")) for row in json.loads(path.read_text())["rows"]] \
            if args.evidence else []
    except (OSError, ValueError) as error:
        print(f"ringer report: {args.results}: {error}", file=sys.stderr)
        return 2
    faults = faults_of(results)
    if not faults:
        scenarios = load_scenarios(args.scenarios)
        results["matrix"] = matrix(results, behaviours)
        results["evidence"] = evidence(table, behaviours, results, scenarios)
        results["mutants"] = mutants_of(mutants)
        faults = faults_of_names(results["evidence"], behaviours, mutants, results, scenarios)
    if faults:
        print(*(f"ringer report: {f}" for f in faults), sep="\n", file=sys.stderr)
        return 1
    out = args.out or args.results.parent
    out.mkdir(parents=True, exist_ok=True)
    written = {"html": out / "index.html", "json": out / "results.json", "junit": out / "junit.xml"}
    written["html"].write_text(html(results, pathlib.Path(__file__).resolve().parent,
                                    lambda case: picture(args.ringer, args.results.parent, case)))
    written["junit"].write_text(junit(results))
    # The results may be what was read: nobody is to find half of them.
    fresh = out / "results.json.new"
    fresh.write_text(json.dumps(results, indent=1) + "\n")
    fresh.replace(written["json"])
    if args.json:
        print(json.dumps({k: str(v) for k, v in written.items()}, indent=1))
    else:
        print(*written.values(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
