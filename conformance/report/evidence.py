# SPDX-License-Identifier: MIT
"""Every published piece of evidence: which cases rest on it, and what each engine made of it."""
import re

from matrix import RED, said, words

EVIDENCE_ID = re.compile(r"(I[ABSC]|D[ASC]|E)\d+")
ASSERTED = {"exact", "set", "order", "layout"}
TEXT = {"pass": "holds", "known": "differs, listed", "vacuous": "cannot be told here", "skipped": "skipped",
        "shown": "shown", "nothing": "carries nothing", "none": "–"}
WORST_FIRST = ["fail", "known", "pass", "vacuous", "skipped", "shown"]


def load_scenarios(folder):
    """{case: the grounds that its expectations name}."""
    cases = {}
    for path in sorted(folder.rglob("*.scn")) if folder else []:
        found = re.search(r"^id (\S+)", path.read_text(), re.M)
        beside = path.with_suffix(".expect")
        grounds = re.findall(r"^expect .*\bgrounds=(\S+)", beside.read_text(), re.M) if beside.exists() else []
        cases[found[1] if found else path.stem] = {g for some in grounds for g in words(some)}
    return cases


def grounds_of(results, scenarios):
    """The same, with what was run and is not shipped."""
    cases = {name: set(grounds) for name, grounds in scenarios.items()}
    for c in results["details"]:
        cases.setdefault(c["scenario"], set()).update(g for e in c["expectations"] for g in words(e["grounds"]))
    return cases


def state_of(name, case):
    """What one case on one engine says of a row: by the lines that rest on the row, not by the case as a whole."""
    lines = {e["verdict"] for e in case["expectations"] if name in words(e["grounds"])}
    broken = any(name in rule["source"].split() for rule in case["broken_rules"])
    if case["verdict"] == "skipped":
        return "skipped"
    if case["verdict"] in RED - {"fail"}:
        return "fail"
    if case["verdict"] in ("fail", "known") and (broken or "fail" in lines or not lines):
        return case["verdict"]
    return next((state for state in ("pass", "vacuous") if state in lines), "shown" if "report" in lines else "skipped")


def target_of(name, kind, tags, cases, absent):
    """
    One cell: the worst that the cases of one engine say. A figure that is only shown has no verdict.
    absent: why the engine as a whole cannot run, which is said once elsewhere.
    """
    seen = [(state_of(name, c), c) for c in cases]
    states = {state for state, _ in seen}
    state = kind if kind in ("shown", "nothing") else next((s for s in WORST_FIRST if s in states), "none")
    figures = [f"{e['field']}: {e['seen']}" for c in cases for e in c["expectations"]
               if "stat" in tags and e["class"] == "stat" and name in words(e["grounds"])]
    if state == "fail":
        text = next(c["verdict"] for s, c in seen if s == "fail")
    else:
        text = TEXT["none" if state == "shown" and not figures else state]
    return {"state": state, "text": text, "cases": [said(c) for c in cases], "figures": figures,
            "why": sorted({c["reason"] for s, c in seen if s in ("fail", "known", "skipped")} - {"", absent})}


def kind_of(tags):
    """asserted: holds or fails; warning: seen once, false or doubtful; shown: a figure; nothing: no rule rests on it."""
    if tags & ASSERTED:
        return "asserted"
    return "warning" if "neg" in tags else "shown" if "stat" in tags else "nothing"


def evidence(table, behaviours, results, scenarios):
    """Rows as they are in the table, each with kind, cases, the behaviours it is a source of, and its targets."""
    grounds = grounds_of(results, scenarios)
    rows = []
    for row in table:
        tags = words(row["tag"])
        cases = sorted(name for name, some in grounds.items() if row["id"] in some)
        kind = kind_of(set(tags))
        rows.append({
            "id": row["id"], "strength": row["strength"], "tags": tags, "kind": kind, "api": row["api"],
            "observed": row["observed"], "windows": row["windows"], "source": row["source"],
            "note": row.get("note", ""), "unpinned": row["unpinned"] or "", "pinned_by": row.get("pinned_by", ""),
            "cases": cases,
            "behaviours": [b["id"] for b in behaviours if any(s.get("row") == row["id"] for s in b.get("sources", []))],
            "targets": {name: target_of(row["id"], kind, tags, [c for c in results["details"] if c["engine"] == name
                                                                and c["scenario"] in cases], engine["reason"])
                        for name, engine in results["engines"].items()}})
    return rows


def faults_of(rows, behaviours, mutants, results, scenarios):
    """Names that lead nowhere. What is not given (no table, no scenarios) is not asked."""
    faults = []
    known = {row["id"] for row in rows}
    cases = grounds_of(results, scenarios)
    for name, grounds in cases.items() if rows else []:
        faults += [f"{name}: rests on {g}, which is no evidence" for g in sorted(grounds)
                   if EVIDENCE_ID.fullmatch(g) and g not in known]
    if not scenarios:
        return faults
    for row in rows:
        if row["kind"] in ("asserted", "warning") and not (row["cases"] or row["pinned_by"] or row["unpinned"]):
            faults.append(f"{row['id']}: {'/'.join(row['tags'])}, and no case rests on it")
    for b in behaviours:
        faults += [f"{b['id']}: there is no case {case}" for case in b.get("cases", []) if case not in cases]
    behaviour_ids = {b["id"] for b in behaviours}
    for m in mutants or []:
        named = [f"case {case}" for case in words(m["case"]) if case not in cases]
        named += [f"behaviour {m['row']}"] if behaviours and m["row"] not in behaviour_ids else []
        faults += [f"mutants.json, {m['name']}: there is no {name}; is it old? ci/test makes it anew" for name in named]
    return faults
