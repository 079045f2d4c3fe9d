#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a hook wrong in one way at a time and shows that the cases for hooks notice.

Needs a build with -Dmutants=true, whose refvfs names its mutants (RINGER_VFS_MUTANT=list: name, row of the
catalogue of defects, case, what is wrong). Each mutant runs only the cases of its row, hkNN.*, which pass without
it: that is the control. One that survives is a failure, unless hook_survivors.txt says why it cannot show. Prints TAP.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FAILED = {"fail", "crash", "hang", "leak", "setup", "error"}
LIMIT_S = 5  # a hang is told by the clock; its control has the same limit
# Rows of the catalogue that a way of the hook's own is about: the arguments that choose it.
WAYS = {"F13": ":strategy=none:dstorage=mapping"}


def environment(mutant=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("RINGER_")}
    env["RINGER_LOG"] = "quiet"
    if mutant:
        env["RINGER_VFS_MUTANT"] = mutant
    return env


def listed(ringer, hook):
    """[(name, row, case, what)] as the hook itself says."""
    done = subprocess.run([ringer, "env"], env={**environment("list"), "RINGER_HOOKS": str(hook)},
                          capture_output=True, text=True)
    rows = [tuple(line.split("\t")) for line in done.stdout.splitlines()]
    if not rows or any(len(row) != 4 for row in rows):
        raise SystemExit(f"{hook} has no mutants: build with -Dmutants=true")
    return rows


def run(ringer, hook, engine, words, mutant=None, jobs=1, strict=False):
    """{case: detail} of the hooked column."""
    with tempfile.TemporaryDirectory(prefix="ringer-mutant-") as folder:
        done = subprocess.run([ringer, "run", "--hook", hook, "--engine", engine, "--timeout", str(LIMIT_S),
                               "--jobs", str(jobs), "--report", folder, *(["--strict-windows"] if strict else []),
                               *words], env=environment(mutant), capture_output=True, text=True)
        results = pathlib.Path(folder, "results.json")
        if done.returncode not in (0, 1, 77) or not results.exists():
            raise SystemExit(f"ringer run, mutant {mutant}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
        details = json.loads(results.read_text())["details"]
    return {d["scenario"]: d for d in details if d["engine"] == f"{engine}+hook"}


def prefixes(case):
    """"HK-50,HK-51" -> ["hk50.", "hk51."]"""
    return [word.strip().lower().replace("-", "") + "." for word in case.split(",")]


def survivors(path):
    """name -> why it cannot show here."""
    rows = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            name, _, why = line.partition(" ")
            rows[name] = why.strip()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ringer", required=True)
    parser.add_argument("--hook", required=True)
    parser.add_argument("--engine", default="threads")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("mutants", nargs="*", help="only these")
    args = parser.parse_args()
    rows = listed(args.ringer, args.hook)
    excused = survivors(HERE / "hook_survivors.txt")
    chosen = [row for row in rows if not args.mutants or row[0] in args.mutants]
    controls = {}
    for way in sorted({WAYS.get(row[1], "") for row in chosen}):
        words = sorted({p for row in chosen if WAYS.get(row[1], "") == way for p in prefixes(row[2])})
        controls[way] = run(args.ringer, args.hook + way, args.engine, words, jobs=args.jobs)

    def attempt(row):
        name, defect, case, _ = row
        way = WAYS.get(defect, "")
        control = controls[way]
        mine = [c for c in control if any(c.startswith(p) for p in prefixes(case)) and control[c]["verdict"] == "pass"]
        if not mine:
            return "no control", []
        seen = run(args.ringer, args.hook + way, args.engine, mine, name)
        killers = [f"{c} ({d['verdict']})" for c, d in seen.items() if d["verdict"] in FAILED]
        return "killed" if killers else "survived", killers

    out = []
    print(f"1..{len(chosen) + 1}")
    bad = sorted((c, d["reason"]) for control in controls.values() for c, d in control.items()
                 if d["verdict"] in FAILED)
    print(f"{'not ok' if bad else 'ok'} 1 - control: {sum(map(len, controls.values()))} cases without a mutant",
          flush=True)
    for case, reason in bad:
        print(f"# {case}: {reason}")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for number, (row, (verdict, killers)) in enumerate(zip(chosen, pool.map(attempt, chosen)), 2):
            name, defect, case, what = row
            why = excused.get(name)
            good = verdict == "killed" if not why else verdict == "survived"
            print(f"{'ok' if good else 'not ok'} {number} - {defect} {name}: {verdict}"
                  f"{' by ' + killers[0] if killers else ''}{', as listed: ' + why if why else ''}", flush=True)
            if not good:
                print(f"# {case}: {what}")
            out.append({"name": name, "row": defect, "case": case, "rule": what, "verdict": verdict,
                        "killed_by": killers, "excused": why or ""})
    if args.json:
        args.json.write_text(json.dumps(out, indent=1) + "\n")


main()
