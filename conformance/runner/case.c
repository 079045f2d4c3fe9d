/* SPDX-License-Identifier: MIT */
/* Runs one case in a child and turns what is left of it into a verdict with a reason. */
#include "conformance/runner/case.h"

#include "conformance/runner/beside.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/header.h"
#include "conformance/trace/faults.h"
#include "conformance/trace/writer.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <ioringapi.h>
#include <ringer.h>
#include <ringer_hook.h>

/* With a plan of faults what is waited for may never come; nothing is then expected in its time. */
enum { FAULTY_WAIT_MS = 300 };

const char *run_verdict_name(enum run_verdict verdict)
{
    static const char *const names[RUN_VERDICT_COUNT] = {
        "pass",  "fail",       "crash", "hang",  "leak",
        "setup", "error", "unexpected-pass", "known", "skipped"};

    return names[verdict];
}

bool run_verdict_is_failure(enum run_verdict verdict)
{
    return verdict != RUN_VERDICT_PASS && verdict != RUN_VERDICT_KNOWN &&
           verdict != RUN_VERDICT_SKIPPED;
}

/* ---- in the child ---- */

/* A thread that was joined may still be on its way out, with its own handle in hand: let it go. */
static uint32_t settled_handles(uint32_t before)
{
    uint64_t deadline_ms = run_now_ms() + 200;
    uint32_t count = ringer_handle_count();

    while (count > before && run_now_ms() < deadline_ms) {
        sched_yield();
        count = ringer_handle_count();
    }
    return count;
}

/* Before the first call of the API: the manifest is there when the hook looks for it. */
static bool load_hooks(const struct run_case *c, struct cf_run_options *options,
                       struct run_shared *shared)
{
    struct cf_error error = {0};

    options->hooked = true;
    options->all_virtual = run_hooks()->all_virtual;
    if (!cf_manifest_write(c->pair->scenario, c->dir, options->all_virtual, c->manifest_path,
                           &error)) {
        snprintf(shared->reason, sizeof(shared->reason), "no manifest: %s", error.text);
        return false;
    }
    setenv("RINGER_VFS", c->manifest_path, 1);
    if (!run_hooks_load(shared->reason, sizeof(shared->reason)))
        return false;
    options->control = (int (*)(const char *))ringer_plugin_symbol("ringer_hook_control");
    return true;
}

static int run_scenario(struct run_job *job, struct run_shared *shared)
{
    const struct run_case *c = job->ctx;
    struct cf_run_options options = {.dir = c->dir, .engine = c->engine};
    struct cf_run_result result = {0};
    struct cf_trace_writer *writer;
    enum cf_outcome outcome;

    setenv("RINGER_ENGINE", c->engine, 1);
    if (c->profile)
        setenv("RINGER_PROFILE", c->profile, 1);
    if (c->pair->scenario->fault) /* a plan of the user's goes before it, and the case is skipped */
        options.faults = !getenv("RINGER_FAULT") &&
                         !setenv("RINGER_FAULT", c->pair->scenario->fault, 1);
    if (c->real && !load_hooks(c, &options, shared))
        return CF_ERROR;
    if (c->real)
        run_hooks_last_words(job->timeout_ms);
    if (getenv("RINGER_FAULT") && !options.faults)
        options.patience_ms = FAULTY_WAIT_MS;
    writer = cf_trace_create(c->trace_path);
    if (!writer) {
        snprintf(shared->reason, sizeof(shared->reason), "no trace file: %s", strerror(errno));
        return CF_ERROR;
    }
    run_write_header(writer, "ringer", c->engine, c->profile, c->dir);
    shared->handles_before = ringer_handle_count();
    outcome = cf_scenario_run(c->pair->scenario, writer, &options, &result);
    shared->handles_after = settled_handles(shared->handles_before);
    shared->line = result.line;
    snprintf(shared->reason, sizeof(shared->reason), "%s", result.reason);
    shared->faults = (uint32_t)cf_trace_faults(writer);
    if (options.faults)
        shared->faults = 0; /* the scenario's own: it knows what it should see */
    if (c->real) {
        run_hooks_write_lint(c->lint_path);
        shared->hook_calls = ringer_hook_calls();
    }
    if (!cf_trace_close(writer)) {
        snprintf(shared->reason, sizeof(shared->reason), "the trace could not be written");
        return CF_ERROR;
    }
    return (int)outcome;
}

/* ---- in the parent ---- */

bool run_case_init(struct run_case *c, const char *scratch, unsigned timeout_ms, char **error_out)
{
    char *base, *real = NULL;

    c->column = c->column ? c->column : c->engine;
    base = run_format("%s/%s/%s", scratch, c->column, c->pair->id);

    c->dir = run_format("%s.d", base);
    c->trace_path = run_format("%s.jsonl", base);
    c->log_path = run_format("%s.log", base);
    c->manifest_path = run_format("%s.vfs", base);
    c->lint_path = run_format("%s.lint", base);
    free(base);
    c->reason = NULL;
    if (!run_make_dirs(c->dir)) {
        *error_out = run_format("%s: %s", c->dir, strerror(errno));
        return false;
    }
    /* A hook sees the path in many forms, and knows it by one. */
    if (c->real && (real = realpath(c->dir, NULL))) {
        free(c->dir);
        c->dir = real;
    }
    c->job = (struct run_job){
        .body = c->body ? c->body : run_scenario,
        .ctx = c,
        .log_path = c->log_path,
        .timeout_ms = timeout_ms,
    };
    return true;
}

/* The last line that the child printed: what a sanitizer or an assertion has to say. */
static char *last_words(const struct run_case *c)
{
    FILE *log = fopen(c->log_path, "re");
    char *line = NULL, *kept = NULL;
    size_t capacity = 0;

    while (log && getline(&line, &capacity, log) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (!*line || (kept && (strstr(kept, "ERROR: ") || strstr(kept, "WARNING: "))))
            continue;
        free(kept);
        kept = run_format("%.300s", line);
    }
    free(line);
    if (log)
        fclose(log);
    return kept;
}

static void settle(struct run_case *c, enum run_verdict verdict, char *reason)
{
    free(c->reason);
    c->verdict = verdict;
    c->reason = reason;
}

/* A whole-case difference (crash, hang, leak), unless it is listed. */
static void settle_unless_known(struct run_case *c, enum run_verdict verdict, const char *field,
                                char *reason)
{
    struct run_known *row = run_known_find(c->known, c->pair->id, field);

    if (!row) {
        settle(c, verdict, reason);
        return;
    }
    row->met = true;
    settle(c, RUN_VERDICT_KNOWN, run_format("%s; known: %s", reason, row->reason));
    free(reason);
}

static void judge_ending(struct run_case *c)
{
    char *how = run_job_ending_text(&c->job), *words = last_words(c);
    char *reason = words ? run_format("%s: %s", how, words) : run_format("%s", how);

    free(how);
    free(words);
    if (c->job.ending == RUN_HUNG)
        settle_unless_known(c, RUN_VERDICT_HANG, "hang", reason);
    else if (c->job.ending == RUN_CRASHED)
        settle_unless_known(c, RUN_VERDICT_CRASH, "crash", reason);
    else
        settle(c, RUN_VERDICT_ERROR, reason);
}

/* Counts what fails and is not listed; *why_out is the first such, *known_out a listed reason. */
static unsigned judge_expectations(struct run_case *c, char **why_out, const char **known_out)
{
    unsigned failures = 0;

    for (size_t i = 0; i < c->results.count; i++) {
        const struct cf_expect_result *result = &c->results.items[i];
        struct run_known *row = run_known_find(c->known, c->pair->id, result->field);
        char *why = NULL;

        if (result->verdict == CF_FAIL && !row)
            why = run_format("%s: want %s, seen %s [%s%s%s]", result->field, result->want,
                             result->seen, cf_basis_name(result->basis),
                             *result->grounds ? " " : "", result->grounds);
        else if (result->verdict == CF_FAIL && row->seen && strcmp(row->seen, result->seen))
            why = run_format("%s: a new wrong answer %s, listed is %s (%s:%u)", result->field,
                             result->seen, row->seen, row->file, row->line);
        else if (result->verdict == CF_FAIL)
            *known_out = row->reason;
        if (row && result->verdict != CF_UNMET)
            row->met = result->verdict == CF_FAIL;
        if (!why)
            continue;
        failures++;
        if (*why_out)
            free(why);
        else
            *why_out = why;
    }
    return failures;
}

static unsigned judge_rules(struct run_case *c, char **why_out, const char **known_out)
{
    unsigned failures = 0;

    for (size_t i = 0; i < c->rules.breach_count; i++) {
        const struct run_breach *breach = &c->rules.breaches[i];
        char *field = run_format("rule:%s", breach->rule);
        struct run_known *row = run_known_find(c->known, c->pair->id, field);

        free(field);
        if (row) {
            row->met = true;
            *known_out = row->reason;
            continue;
        }
        failures++;
        if (!*why_out)
            *why_out = run_format("rule %s broken at line %zu of the trace: %s [%s %s]", breach->rule,
                                  breach->line, breach->text, breach->basis, breach->source);
    }
    return failures;
}

/* A listed difference that did not show itself. */
static const struct run_known *unmet_row(const struct run_case *c)
{
    for (size_t i = 0; i < c->known->count; i++)
        if (!c->known->rows[i].met && !strcmp(c->known->rows[i].scenario, c->pair->id))
            return &c->known->rows[i];
    return NULL;
}

static bool judge_trace(struct run_case *c)
{
    struct cf_error error = {0};

    if (c->trace)
        run_rules_judge_trace(&c->rules, c->trace, "the trace");
    else
        run_rules_judge(&c->rules, c->trace_path);
    if (c->rules.problem) {
        settle(c, RUN_VERDICT_ERROR, run_format("%s", c->rules.problem));
        return false;
    }
    if (c->pair->expectations && c->trace) {
        cf_expect_judge_trace(c->pair->expectations, c->trace, c->engine, &c->results);
        return true;
    }
    if (c->pair->expectations && !cf_expect_judge(c->pair->expectations, c->trace_path, c->engine,
                                                  &c->results, &error)) {
        settle(c, RUN_VERDICT_ERROR, run_format("%s:%u: %s", error.path, error.line, error.text));
        return false;
    }
    return true;
}

/*
 * Faults were dealt out: what a scenario expects is no longer what it should see, so its expectations
 * are shown and not judged. The oracle is: a fault is an answer that the rules allow.
 */
static void judge_faulted(struct run_case *c, const char *setup)
{
    const char *known = NULL, *first = NULL;
    char *why = NULL;
    unsigned failures;

    c->under_faults = 0;
    if (!judge_trace(c))
        return;
    for (size_t i = 0; i < c->results.count; i++) {
        struct cf_expect_result *result = &c->results.items[i];

        if (result->verdict != CF_FAIL)
            continue;
        result->verdict = CF_REPORT;
        first = first ? first : result->field;
        c->under_faults++;
    }
    failures = judge_rules(c, &why, &known);
    if (failures)
        settle(c, RUN_VERDICT_FAIL, run_format("%s", why));
    else if (c->job.shared->handles_after > c->job.shared->handles_before)
        settle(c, RUN_VERDICT_LEAK, run_format("%u handles before, %u after",
                                               c->job.shared->handles_before,
                                               c->job.shared->handles_after));
    else if (setup)
        settle(c, RUN_VERDICT_PASS, run_format("under faults: set-up ended at line %u: %s",
                                               c->job.shared->line, setup));
    else if (first)
        settle(c, RUN_VERDICT_PASS, run_format("under faults: %u expectations differ, first %s",
                                               c->under_faults, first));
    else
        settle(c, RUN_VERDICT_PASS, run_format("%s", ""));
    free(why);
}

/* Under a hook, what passes so far must also be what a real file showed, and clean when asked to be. */
static void judge_beside(struct run_case *c)
{
    char *difference = NULL;

    c->lint = run_hooks_read_lint(c->lint_path);
    if (run_verdict_is_failure(c->verdict))
        return;
    if (c->real->verdict != RUN_VERDICT_SKIPPED && !run_hooks()->all_virtual)
        difference = run_beside(c->pair->scenario, c->real->trace_path, c->trace_path);
    if (difference)
        settle(c, RUN_VERDICT_FAIL, difference);
    else if (run_hooks()->strict && json_array_size(c->lint))
        settle(c, RUN_VERDICT_FAIL,
               run_format("lint %s: %s",
                          json_string_value(json_object_get(json_array_get(c->lint, 0), "lint")),
                          json_string_value(json_object_get(json_array_get(c->lint, 0), "text"))));
}

static void judge_run(struct run_case *c)
{
    const char *known = NULL;
    char *why = NULL;
    unsigned failures;
    const struct run_known *row;

    if (!judge_trace(c))
        return;
    failures = judge_expectations(c, &why, &known);
    failures += judge_rules(c, &why, &known);
    row = unmet_row(c);
    if (failures) {
        char *more = failures > 1 ? run_format(" (and %u more)", failures - 1) : run_format("%s", "");

        settle(c, RUN_VERDICT_FAIL, run_format("%s%s", why, more));
        free(more);
        free(why);
    } else if (c->job.shared->handles_after > c->job.shared->handles_before) {
        settle_unless_known(c, RUN_VERDICT_LEAK, "leak",
                            run_format("%u handles before, %u after",
                                       c->job.shared->handles_before,
                                       c->job.shared->handles_after));
    } else if (row) {
        settle(c, RUN_VERDICT_UNEXPECTED,
               run_format("%s holds, but %s:%u lists a difference", row->field, row->file,
                          row->line));
    } else if (known) {
        settle(c, RUN_VERDICT_KNOWN, run_format("known: %s", known));
    } else {
        settle(c, RUN_VERDICT_PASS, run_format("%s", ""));
    }
}

void run_case_judge(struct run_case *c)
{
    const struct run_shared *shared = c->job.shared;

    if (c->job.ending != RUN_ENDED) {
        judge_ending(c);
        return;
    }
    switch ((enum cf_outcome)shared->code) {
    case CF_RAN:
        if (shared->faults)
            judge_faulted(c, NULL);
        else
            judge_run(c);
        if (c->real)
            judge_beside(c);
        return;
    case CF_SKIPPED:
        settle(c, RUN_VERDICT_SKIPPED, run_format("%s", shared->reason));
        return;
    case CF_SETUP:
        if (shared->faults) {
            judge_faulted(c, shared->reason);
            return;
        }
        /* It worked a moment ago on a real file: what is wrong is the hook, not the set-up. */
        settle(c, c->real ? RUN_VERDICT_FAIL : RUN_VERDICT_SETUP,
               run_format("line %u: %s%s", shared->line, shared->reason,
                          c->real ? ", as it does not on a real file" : ""));
        if (c->real)
            judge_beside(c);
        return;
    case CF_ERROR:
        break;
    }
    settle(c, RUN_VERDICT_ERROR, run_format("%s", shared->reason));
}

void run_case_fini(struct run_case *c)
{
    run_job_fini(&c->job);
    cf_expect_results_fini(&c->results);
    run_rules_fini(&c->rules);
    free(c->dir);
    free(c->trace_path);
    free(c->log_path);
    free(c->manifest_path);
    free(c->lint_path);
    json_decref(c->lint);
    free(c->reason);
}
