/* SPDX-License-Identifier: MIT */
/* results.json: the counts that a reader quotes, and the details that the report shows. */
#include "conformance/runner/suite.h"

#include "conformance/runner/behaviours.h"
#include "conformance/runner/cmd.h"

#include <stdlib.h>
#include <string.h>

static json_t *engines_json(const struct run_suite *suite)
{
    json_t *engines = json_object();

    for (size_t i = 0; i < suite->engine_count; i++) {
        const struct run_engine *engine = &suite->engines[i];
        struct run_counts counts = run_suite_counts(suite, engine->name);

        json_object_set_new(engines, engine->name,
                            json_pack("{s:b, s:s, s:i, s:i, s:i, s:i}", "usable",
                                      (int)engine->usable, "reason", engine->reason, "passed",
                                      counts.passed, "failed", counts.failed, "skipped",
                                      counts.skipped, "known", counts.known));
    }
    return engines;
}

/* ---- basis: an expectation counts once, and is held when it failed on no engine ---- */

struct basis_count {
    unsigned held, total;
};

static void count_pair(const struct run_suite *suite, size_t pair, struct basis_count *counts)
{
    const struct run_case *cases = &suite->cases[pair * suite->engine_count];
    size_t rows = 0;

    for (size_t e = 0; e < suite->engine_count; e++)
        if (cases[e].results.count > rows)
            rows = cases[e].results.count;
    for (size_t i = 0; i < rows; i++) {
        bool judged = false, failed = false;
        enum cf_basis basis = CF_BASIS_DECISION;

        for (size_t e = 0; e < suite->engine_count; e++) {
            if (i >= cases[e].results.count)
                continue;
            basis = cases[e].results.items[i].basis;
            judged |= cases[e].results.items[i].verdict == CF_PASS ||
                      cases[e].results.items[i].verdict == CF_FAIL;
            failed |= cases[e].results.items[i].verdict == CF_FAIL;
        }
        counts[basis].total += judged;
        counts[basis].held += judged && !failed;
    }
}

static json_t *basis_json(const struct basis_count *counts)
{
    json_t *basis = json_object();

    for (int i = 0; i < CF_BASIS_COUNT; i++)
        json_object_set_new(basis, cf_basis_name(i),
                            json_pack("[i,i]", counts[i].held, counts[i].total));
    return basis;
}

/* ---- behaviours ---- */

/* A row is pinned when a scenario that names it, or an expectation that does, was run and passed. */
static bool is_pinned(const struct run_suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];

        if (c->verdict != RUN_VERDICT_PASS || !c->pair->expectations)
            continue;
        for (char **name = c->pair->scenario->behaviours; name && *name; name++)
            if (!strcmp(*name, id))
                return true;
        for (size_t k = 0; k < c->results.count; k++)
            if (c->results.items[k].verdict == CF_PASS &&
                !strcmp(c->results.items[k].row, id))
                return true;
    }
    return false;
}

static json_t *behaviours_json(const struct run_suite *suite)
{
    struct run_behaviours table;
    unsigned grades[4] = {0}, pinned = 0;

    run_behaviours_load(&table);
    for (size_t i = 0; i < table.count; i++) {
        const char *at = strchr("RDSI", table.rows[i].grade);

        if (at && *at)
            grades[at - "RDSI"]++;
        pinned += is_pinned(suite, table.rows[i].id);
    }
    json_t *json = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "total", (int)table.count, "R",
                             grades[0], "D", grades[1], "S", grades[2], "I", grades[3], "pinned",
                             pinned);
    run_behaviours_fini(&table);
    return json;
}

/* ---- details ---- */

static json_t *strings_json(char **names)
{
    json_t *array = json_array();

    for (; names && *names; names++)
        json_array_append_new(array, json_string(*names));
    return array;
}

static json_t *expectations_json(const struct run_case *c)
{
    json_t *array = json_array();

    for (size_t i = 0; i < c->results.count; i++) {
        const struct cf_expect_result *r = &c->results.items[i];

        json_array_append_new(
            array, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "field", r->field,
                             "class", cf_class_name(r->class_), "basis", cf_basis_name(r->basis),
                             "grounds", r->grounds, "conflicts", r->conflicts, "row", r->row,
                             "want", r->want ? r->want : "", "seen", r->seen ? r->seen : "",
                             "verdict", cf_finding_name(r->verdict)));
    }
    return array;
}

static json_t *rules_json(const struct run_case *c)
{
    json_t *array = json_array();

    for (size_t i = 0; i < c->rules.breach_count; i++) {
        const struct run_breach *r = &c->rules.breaches[i];

        json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s, s:I}", "rule", r->rule, "basis",
                                               r->basis, "source", r->source, "text", r->text,
                                               "line", (json_int_t)r->line));
    }
    return array;
}

/* What a hook must claim to be judged by the scenario. */
static json_t *claims_json(const struct cf_scenario *scenario)
{
    return scenario && scenario->claims ? strings_json(scenario->claims) : json_pack("[s]", "core");
}

static json_t *details_json(const struct run_suite *suite)
{
    json_t *array = json_array();

    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];
        const struct cf_scenario *scenario = c->pair->scenario;
        json_t *row =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:i, s:i}", "scenario",
                             c->pair->id, "engine", c->column, "area", c->pair->area, "verdict",
                             run_verdict_name(c->verdict), "reason", c->reason ? c->reason : "",
                             "rule", scenario && scenario->rule ? scenario->rule : "", "ms",
                             c->job.ms, "behaviours",
                             strings_json(scenario ? scenario->behaviours : NULL), "expectations",
                             expectations_json(c), "broken_rules", rules_json(c), "faults",
                             c->job.shared ? (int)c->job.shared->faults : 0, "under_faults",
                             c->under_faults);

        if (c->real)
            json_object_set_new(row, "hook",
                                json_pack("{s:s, s:o, s:O*}", "real", run_verdict_name(c->real->verdict),
                                          "claims", claims_json(scenario), "lint", c->lint));
        json_array_append_new(array, row);
    }
    return array;
}

json_t *run_suite_json(const struct run_suite *suite)
{
    struct run_counts counts = run_suite_counts(suite, NULL);
    struct basis_count basis[CF_BASIS_COUNT] = {0};

    for (size_t i = 0; i < suite->pair_count && suite->case_count; i++)
        count_pair(suite, i, basis);
    return json_pack("{s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:i, s:i, s:i, s:s, s:s*, s:o*, s:o}", "cases",
                     counts.passed + counts.failed, "passed", counts.passed, "failed",
                     counts.failed, "skipped", counts.skipped, "engines", engines_json(suite),
                     "behaviours", behaviours_json(suite), "basis", basis_json(basis), "recorded",
                     basis[CF_BASIS_RECORDED].total, "reported", basis[CF_BASIS_REPORTED].total,
                     "ms", suite->elapsed_ms, "profile",
                     suite->profile ? suite->profile : "win11-24h2", "fault", run_fault_plan(), "hook", run_hooks_json(), "details",
                     details_json(suite));
}
