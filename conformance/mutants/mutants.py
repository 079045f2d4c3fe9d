#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks one rule of the emulator at a time and shows that the suite notices.

Needs a build with -Dmutants=true. For each row of kills.txt: the named case passes as it is (the control), and
fails with the mutant on, in the way that the row says, on every engine that works here. Prints TAP.
The way "explore" is for mutants of order: there the case passes on every engine of the machine, mutant and all, and
fails in a search over schedules.
With --absent-from LIBRARY it only shows that a library has nothing of the kind.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ["uring", "threads"]
SUITE = ["ioring", "nt", "dstorage"]  # what --matrix runs: the areas that rest on evidence
WAYS = ["expectation", "oracle", "hang", "crash", "leak", "setup", "explore"]
# How far a search goes, as a control and for a mutant; what it must find it finds long before.
SEARCH = ["--bound", "4", "--seeds", "150", "--time", "8"]
# A hang is told by the harness' clock, so its control must be well inside the same limit.
HANG_S, LIMIT_S = 3, 30


class Wrong(Exception):
    """The table or the build is not usable."""


def load_kills(path):
    """Rows of the table: mutant -> [(way, case)]."""
    kills = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        if len(fields) != 3 or fields[1] not in WAYS:
            raise Wrong(f"{path.name}:{number}: want MUTANT WAY CASE, WAY one of {', '.join(WAYS)}")
        kills.setdefault(fields[0], []).append((fields[1], fields[2]))
    return kills


class Build:
    def __init__(self, ringer, jobs):
        self.ringer, self.jobs = ringer, jobs

    def _env(self, mutant, hits=None):
        env = {k: v for k, v in os.environ.items() if not k.startswith("RINGER_")}
        env["RINGER_LOG"] = "quiet"
        if mutant:
            env["RINGER_MUTANT"] = mutant
        if hits:
            env["RINGER_MUTANT_HITS"] = str(hits)
        return env

    def mutants(self):
        """name -> (behaviour row, rule), as the build itself says."""
        done = subprocess.run([self.ringer, "env"], env=self._env("list"), capture_output=True, text=True)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        if done.returncode or not rows or any(len(r) != 3 for r in rows):
            raise Wrong(f"{self.ringer} has no mutants: build with -Dmutants=true")
        return {name: (row, rule) for name, row, rule in rows}

    def refuses_unknown(self):
        done = subprocess.run([self.ringer, "env"], env=self._env("no_such_mutant"), capture_output=True, text=True)
        return done.returncode == 2 and "no_such_mutant" in done.stderr

    def run(self, cases, mutant=None, limit_s=LIMIT_S, jobs=None):
        """Runs cases; returns ({(case, engine): detail}, usable engines, how often the mutant's place was reached)."""
        with tempfile.TemporaryDirectory(prefix="ringer-mutant-") as folder:
            hits = pathlib.Path(folder, "hits")
            done = subprocess.run(
                [self.ringer, "run", "--engine", ",".join(ENGINES), "--timeout", str(limit_s),
                 "--jobs", str(jobs or 1), "--report", folder, *cases],
                env=self._env(mutant, hits), capture_output=True, text=True)
            results = pathlib.Path(folder, "results.json")
            if done.returncode not in (0, 1) or not results.exists():
                raise Wrong(f"ringer run, mutant {mutant}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
            data = json.loads(results.read_text())
            reached = int.from_bytes(hits.read_bytes(), sys.byteorder) if hits.exists() else 0
        return ({(d["scenario"], d["engine"]): d for d in data["details"]},
                [e for e in ENGINES if data["engines"].get(e, {}).get("usable")], reached)


    def explore(self, case, mutant=None):
        """None when every schedule of the search passed, else the line that says what did not."""
        done = subprocess.run([self.ringer, "explore", *SEARCH, case], env=self._env(mutant), capture_output=True,
                              text=True)
        if done.returncode not in (0, 1):
            raise Wrong(f"ringer explore {case}, mutant {mutant}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
        return done.stdout.splitlines()[1].strip() if done.returncode else None


def ways_of(detail):
    """How a case noticed; empty: it did not."""
    ways = []
    if any(e["verdict"] == "fail" for e in detail["expectations"]):
        ways.append("expectation")
    if detail["broken_rules"]:
        ways.append("oracle")
    if detail["verdict"] in ("hang", "crash", "leak", "setup"):
        ways.append(detail["verdict"])
    if detail["verdict"] == "error":
        ways.append("error")
    return ways


def rules_of(detail):
    return sorted({r["rule"] if isinstance(r, dict) else str(r) for r in detail["broken_rules"]})


def controls(build, kills):
    """{case: {engine: verdict}} without any mutant, each under the limit that its mutants get; and the engines."""
    limits = {}
    for rows in kills.values():
        for way, case in rows:
            limits[case] = min(limits.get(case, LIMIT_S), HANG_S if way == "hang" else LIMIT_S)
    verdicts, engines = {}, ENGINES
    for limit in sorted(set(limits.values())):
        details, engines, _ = build.run([c for c in limits if limits[c] == limit], limit_s=limit, jobs=build.jobs)
        for (case, engine), detail in details.items():
            verdicts.setdefault(case, {})[engine] = detail["verdict"]
    searched = sorted({case for rows in kills.values() for way, case in rows if way == "explore"})
    with concurrent.futures.ThreadPoolExecutor(build.jobs) as pool:
        for case, why in zip(searched, pool.map(build.explore, searched)):
            verdicts[case]["sim"] = "fail" if why else "pass"
    return verdicts, engines


def kill_by_search(build, name, case, control, engines):
    """A mutant of order: no engine of the machine shows it in this case, a search does."""
    details, _, _ = build.run([case], name)
    real = [e for e in engines if details[(case, e)]["verdict"] != "pass"]
    why = build.explore(case, name)
    clean = all(control.get(case, {}).get(e) == "pass" for e in [*engines, "sim"])
    verdict = "no control" if not clean else "seen without a search" if real else "killed" if why else "survived"
    return [{"name": name, "case": case, "engine": "sim", "way": "explore", "by": "explore" if why else "",
             "control": "pass" if clean else "fail", "verdict": verdict, "rules": [], "why": why or ""}]


def kill(build, name, way, case, control, engines):
    """One row of the table, tried: a list of records, one an engine."""
    if way == "explore":
        return kill_by_search(build, name, case, control, engines)
    details, _, reached = build.run([case], name, HANG_S if way == "hang" else LIMIT_S)
    records = []
    for engine in engines:
        detail = details[(case, engine)]
        ways = ways_of(detail)
        if control.get(case, {}).get(engine) != "pass":
            verdict = "no control"
        elif way in ways:
            verdict = "killed"
        elif ways:
            verdict = "killed otherwise"
        else:
            verdict = "survived" if reached else "not reached"
        records.append({"name": name, "case": case, "engine": engine, "way": way, "by": ", ".join(ways),
                        "control": control.get(case, {}).get(engine, "none"), "verdict": verdict,
                        "rules": rules_of(detail), "why": detail["reason"]})
    return records


def matrix_of(build, name, control):
    """Every case of the suite that notices a mutant, and those that the oracle alone would have judged."""
    details, _, _ = build.run(SUITE, name, HANG_S, build.jobs)
    noticed, oracle = {}, {}
    for (case, engine), detail in details.items():
        if control.get((case, engine)) == "pass" and ways_of(detail):
            noticed.setdefault(case, []).append(engine)
            if detail["broken_rules"]:
                oracle.setdefault(case, []).append(engine)
    return noticed, oracle


def entry(name, row, rule, records, engines):
    """What the report shows of one mutant."""
    ok = bool(records) and all(r["verdict"] == "killed" for r in records)
    cases = list(dict.fromkeys(r["case"] for r in records))
    bad = [r for r in records if r["verdict"] != "killed"]
    return {
        "name": name, "rule": rule, "row": row,
        "case": ", ".join(cases), "killed_by": cases if ok else [],
        "engine": ", ".join(engines),
        "by": ", ".join(dict.fromkeys(r["way"] for r in records)),
        "control": "pass" if records and all(r["control"] == "pass" for r in records) else "fail",
        "verdict": "killed" if ok else bad[0]["verdict"] if bad else "no case",
        "oracle": sorted({rule for r in records for rule in r["rules"]}),
        "runs": records,
    }


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--ringer", help="the tool of a build with -Dmutants=true")
    what.add_argument("--absent-from", type=pathlib.Path, metavar="LIBRARY", help="a library that must have none")
    parser.add_argument("--library", type=pathlib.Path, help="that build's library, in which --absent-from must find some")
    parser.add_argument("--rows", type=pathlib.Path, nargs="+", help="the behaviour table; every mutant must name a row of it")
    parser.add_argument("--kills", type=pathlib.Path, default=HERE / "kills.txt")
    parser.add_argument("--json", type=pathlib.Path, help="writes mutants.json there")
    parser.add_argument("--matrix", action="store_true", help="also runs the whole suite on every mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("mutants", nargs="*", help="only these")
    return parser.parse_args(argv)


def remains_in(library):
    """What a library has of mutants: their names are in it only as text that is asked for, or as code."""
    data = library.read_bytes()
    return [word for word in ("RINGER_MUTANT", "RINGER_MUTANT_HITS", "emu_mutant_on") if word.encode() in data]


def strangers(mutants, rows):
    """Mutants whose behaviour row is not in the table."""
    ids = set()
    for table in rows:
        data = json.loads(table.read_text())
        ids |= {r["id"] for r in (data["rows"] if isinstance(data, dict) else data)}
    return [f"{name}: no behaviour {row}" for name, (row, _) in mutants.items() if row not in ids]


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def line(self, ok, text, notes=()):
        self.count += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.count} - {text}", flush=True)
        for note in notes:
            print(f"# {note}", flush=True)


def judge(args, build, tap):
    kills = load_kills(args.kills)
    mutants = build.mutants()
    chosen = args.mutants or list(mutants)
    stray = [n for n in [*kills, *chosen] if n not in mutants]
    if stray:
        raise Wrong(f"no mutant of this build: {', '.join(stray)}")
    tap.line(build.refuses_unknown(), "an unknown mutant is refused")
    if args.library:
        tap.line(bool(remains_in(args.library)), "what a normal build must not have is found in this one")
    if args.rows:
        wrong = strangers(mutants, args.rows)
        tap.line(not wrong, "every mutant names a behaviour", wrong)
    control, engines = controls(build, {n: kills[n] for n in chosen if n in kills})
    if not engines:
        raise Wrong("no engine works here")
    print(f"# engines: {', '.join(engines)}")

    def try_one(name):
        return [r for way, case in kills.get(name, []) for r in kill(build, name, way, case, control, engines)]

    entries = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, records in zip(chosen, pool.map(try_one, chosen)):
            e = entry(name, *mutants[name], records, engines)
            entries.append(e)
            notes = [f"{r['engine']} {r['case']}: {r['verdict']}, wanted {r['way']}, saw {r['by'] or 'nothing'} "
                     f"(control {r['control']}) {r['why'][:200]}" for r in records if r["verdict"] != "killed"]
            tap.line(e["verdict"] == "killed", f"{name}: {e['verdict']} by {e['by']} of {e['case'] or 'nothing'}",
                     notes or ([] if records else ["no row in kills.txt"]))
    if args.matrix:
        show_matrix(build, entries)
    return entries


def show_matrix(build, entries):
    details, _, _ = build.run(SUITE, None, LIMIT_S, build.jobs)
    control = {key: d["verdict"] for key, d in details.items()}
    alone = 0
    for e in entries:
        noticed, oracle = matrix_of(build, e["name"], control)
        e["noticed_by"], e["noticed_by_oracle"] = sorted(noticed), sorted(oracle)
        alone += bool(oracle)
        print(f"# {e['name']}: {len(noticed)} cases, {len(oracle)} by the oracle alone: {' '.join(sorted(noticed))}",
              flush=True)
    print(f"# the oracle alone, without a single expectation, kills {alone} of {len(entries)}")


def main(argv=None):
    args = parse(argv)
    tap = Tap()
    if args.absent_from:
        remains = remains_in(args.absent_from)
        tap.line(not remains, f"{args.absent_from.name} has no mutants", remains)
        print(f"1..{tap.count}")
        return 1 if remains else 0
    try:
        entries = judge(args, Build(args.ringer, args.jobs), tap)
    except Wrong as wrong:
        print(f"Bail out! {wrong}")
        return 2
    print(f"1..{tap.count}")
    oracle = sum(bool(e["oracle"]) for e in entries)
    print(f"# {sum(e['verdict'] == 'killed' for e in entries)} of {len(entries)} mutants killed; "
          f"in {oracle} of them the oracle alone would have said so in the named case")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(entries, indent=1) + "\n")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
