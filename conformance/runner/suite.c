/* SPDX-License-Identifier: MIT */
/* Collects scenarios, runs them on the engines, counts. */
#include "conformance/runner/suite.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/engines.h"
#include "conformance/runner/header.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/paths.h"
#include "conformance/runner/wine.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- which scenarios ---- */

static bool ends_with(const char *text, const char *suffix)
{
    size_t nchars = strlen(text), tail = strlen(suffix);

    return nchars >= tail && !strcmp(text + nchars - tail, suffix);
}

static char *area_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *start = slash;

    if (!slash)
        return run_format("%s", ".");
    while (start > path && start[-1] != '/')
        start--;
    return run_format("%.*s", (int)(slash - start), start);
}

static void load_expectations(struct run_pair *pair, const char *path)
{
    char *beside = run_format("%.*s.expect", (int)(strlen(path) - strlen(".scn")), path);
    struct cf_error error = {0};
    struct stat info;

    if (stat(beside, &info)) {
        free(beside);
        return;
    }
    pair->expectations = cf_expect_load(beside, &error);
    if (!pair->expectations || !cf_expect_fits(pair->expectations, pair->scenario, &error))
        pair->problem = run_format("%s:%u: %s", error.path, error.line, error.text);
    free(beside);
}

static void add_file(struct run_suite *suite, const char *path)
{
    struct cf_error error = {0};
    struct run_pair *pair;

    suite->pairs = realloc(suite->pairs, (suite->pair_count + 1) * sizeof(*suite->pairs));
    pair = &suite->pairs[suite->pair_count];
    *pair = (struct run_pair){.area = area_of(path)};
    pair->scenario = cf_scenario_load(path, &error);
    if (pair->scenario) {
        pair->id = run_format("%s", pair->scenario->id);
        load_expectations(pair, path);
    } else {
        const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

        pair->id = run_format("%s", name);
        pair->problem = run_format("%s:%u: %s", path, error.line, error.text);
    }
    for (size_t i = 0; i < suite->pair_count && !pair->problem; i++)
        if (!strcmp(suite->pairs[i].id, pair->id))
            pair->problem = run_format("%s: its id %s is taken by another file", path, pair->id);
    suite->pair_count++;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool add_directory(struct run_suite *suite, const char *directory, char **error_out)
{
    char *roots[] = {(char *)directory, NULL};
    size_t before = suite->pair_count;
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;

    while (walk && (entry = fts_read(walk)))
        if (entry->fts_info == FTS_F && ends_with(entry->fts_name, ".scn"))
            add_file(suite, entry->fts_path);
    if (walk)
        fts_close(walk);
    if (suite->pair_count == before)
        *error_out = run_format("no scenario in %s", directory);
    return suite->pair_count > before;
}

bool run_suite_add_all(struct run_suite *suite, char **error_out)
{
    return add_directory(suite, run_paths()->scenarios, error_out);
}

bool run_suite_add_area(struct run_suite *suite, const char *area, char **error_out)
{
    char *directory = run_format("%s/%s", run_paths()->scenarios, area);
    bool ok = add_directory(suite, directory, error_out);

    free(directory);
    return ok;
}

static void free_pair(struct run_pair *pair)
{
    cf_scenario_destroy(pair->scenario);
    if (pair->expectations)
        cf_expect_destroy(pair->expectations);
    free(pair->id);
    free(pair->area);
    free(pair->problem);
}

static bool pair_matches(const struct run_pair *pair, const char *word)
{
    size_t nchars = strlen(word);

    return !strcmp(pair->id, word) || !strcmp(pair->area, word) ||
           (nchars && word[nchars - 1] == '.' && !strncmp(pair->id, word, nchars));
}

bool run_suite_add(struct run_suite *suite, const char *word, char **error_out)
{
    struct run_suite shipped = {0};
    size_t before = suite->pair_count;
    struct stat info;

    if (!stat(word, &info)) {
        if (S_ISDIR(info.st_mode))
            return add_directory(suite, word, error_out);
        add_file(suite, word);
        return true;
    }
    if (!run_suite_add_all(&shipped, error_out))
        return false;
    for (size_t i = 0; i < shipped.pair_count; i++) {
        if (pair_matches(&shipped.pairs[i], word)) {
            suite->pairs = realloc(suite->pairs, (suite->pair_count + 1) * sizeof(*suite->pairs));
            suite->pairs[suite->pair_count++] = shipped.pairs[i];
        } else {
            free_pair(&shipped.pairs[i]);
        }
    }
    free(shipped.pairs);
    if (suite->pair_count == before)
        *error_out = run_format("no scenario '%s': neither a file, an id, a prefix 'x.' nor an area",
                                word);
    return suite->pair_count > before;
}

/* ---- running ---- */

#define RUN_WINE_BATCHES 4

struct progress {
    const struct run_suite_options *options;
    struct run_job **jobs;
    struct run_wine_batch batches[RUN_WINE_BATCHES];
    size_t job_count, done, total;
};

static void case_done(struct run_job *job, struct progress *progress)
{
    run_case_judge(job->ctx);
    progress->done++;
}

static void settle_early(struct run_case *c, enum run_verdict verdict, const char *reason)
{
    c->verdict = verdict;
    c->reason = run_format("%s", reason);
}

static bool load_known(struct run_suite *suite, char **error_out)
{
    for (size_t i = 0; i < suite->engine_count; i++) {
        const struct run_engine *engine = &suite->engines[i];
        char *directory = engine->real
                              ? run_hooks_expect()
                              : run_format("%s/%s", run_paths()->expect, engine->engine);
        bool ok = suite->engines[i].known.count ||
                  run_known_load(&suite->engines[i].known, directory, error_out);

        free(directory);
        if (!ok)
            return false;
    }
    return true;
}

static void batch_done(struct run_job *job, struct progress *progress)
{
    struct run_wine_batch *batch = job->ctx;

    run_wine_batch_settle(batch);
    for (size_t i = 0; i < batch->count; i++)
        run_case_judge(batch->cases[i]);
    progress->done += batch->count;
}

static void job_done(struct run_job *job, void *ctx)
{
    struct progress *progress = ctx;

    if (job >= &progress->batches[0].job &&
        job <= &progress->batches[RUN_WINE_BATCHES - 1].job)
        batch_done(job, progress);
    else
        case_done(job, progress);
    if (progress->options->progress)
        progress->options->progress(progress->done, progress->total, progress->options->ctx);
}

const char *run_suite_not_claimed(const struct cf_scenario *scenario)
{
    for (char **claim = scenario->claims; claim && *claim; claim++)
        if (!run_hooks_claim(*claim))
            return *claim;
    return !scenario->claims && !run_hooks_claim("core") ? "core" : NULL;
}

/* Why a case says nothing about the hook, or NULL; the caller's. */
static char *not_the_hooks(const struct run_case *c)
{
    const char *claim = run_suite_not_claimed(c->pair->scenario);

    if (run_verdict_is_failure(c->real->verdict))
        return run_format("on real files it is '%s': not the hook's fault",
                          run_verdict_name(c->real->verdict));
    if (c->real->verdict == RUN_VERDICT_SKIPPED)
        return run_format("%s", c->real->reason);
    return claim ? run_format("the hook does not claim '%s'", claim) : NULL;
}

/*
 * Prepares every case of the columns with or without hooks; those that cannot run are settled, Wine's
 * are collected in *wine.
 */
static bool prepare_cases(struct run_suite *suite, struct progress *progress, bool hooked,
                          struct run_case **wine, size_t *wine_count, char **error_out)
{
    for (size_t i = 0; i < suite->case_count; i++) {
        struct run_engine *engine = &suite->engines[i % suite->engine_count];
        struct run_case *c = &suite->cases[i];
        const struct run_known *row;
        char *why;

        if (hooked != !!engine->real)
            continue;
        c->pair = &suite->pairs[i / suite->engine_count];
        c->engine = engine->engine;
        c->column = engine->name;
        c->real = engine->real ? c - (engine - engine->real) : NULL;
        c->profile = suite->profile;
        c->known = &engine->known;
        if (c->pair->problem) {
            settle_early(c, RUN_VERDICT_ERROR, c->pair->problem);
            continue;
        }
        if (!engine->usable) {
            settle_early(c, RUN_VERDICT_SKIPPED, engine->reason);
            continue;
        }
        if (run_fault_plan() && !strcmp(engine->name, "wine")) {
            settle_early(c, RUN_VERDICT_SKIPPED, "no fault plans under Wine");
            continue;
        }
        why = hooked ? not_the_hooks(c) : NULL;
        if (why) {
            settle_early(c, RUN_VERDICT_SKIPPED, why);
            free(why);
            continue;
        }
        row = run_known_find(c->known, c->pair->id, "skip");
        if (row) {
            settle_early(c, RUN_VERDICT_SKIPPED, row->reason);
            continue;
        }
        if (!run_case_init(c, progress->options->scratch, progress->options->timeout_ms,
                           error_out))
            return false;
        progress->total++;
        if (!strcmp(engine->name, "wine"))
            wine[(*wine_count)++] = c;
        else
            progress->jobs[progress->job_count++] = &c->job;
    }
    return true;
}

/* Deals Wine's cases to as many Wines as may run at a time. */
static bool prepare_batches(struct progress *progress, struct run_case **wine, size_t count,
                            char **error_out)
{
    size_t batches = progress->options->parallel;

    if (batches > RUN_WINE_BATCHES)
        batches = RUN_WINE_BATCHES;
    if (batches > count)
        batches = count;
    for (size_t i = 0; i < batches; i++) {
        struct run_case **share = run_xalloc((count / batches + 1) * sizeof(*share));
        size_t dealt = 0;

        for (size_t k = i; k < count; k += batches)
            share[dealt++] = wine[k];
        if (!run_wine_batch_init(&progress->batches[i], progress->options->scratch, i, share, dealt,
                                 error_out))
            return false;
        progress->jobs[progress->job_count++] = &progress->batches[i].job;
    }
    return true;
}

bool run_suite_run(struct run_suite *suite, const struct run_suite_options *options,
                   char **error_out)
{
    struct progress progress = {.options = options};
    uint64_t started_ms = run_now_ms();
    struct run_case **wine;
    size_t wine_count = 0;
    bool ok;

    if (!load_known(suite, error_out))
        return false;
    suite->case_count = suite->pair_count * suite->engine_count;
    suite->cases = run_xalloc(suite->case_count * sizeof(*suite->cases));
    progress.jobs = run_xalloc((suite->case_count + RUN_WINE_BATCHES) * sizeof(*progress.jobs));
    wine = run_xalloc(suite->case_count * sizeof(*wine));
    ok = prepare_cases(suite, &progress, false, wine, &wine_count, error_out) &&
         prepare_batches(&progress, wine, wine_count, error_out);
    run_header_prepare();
    if (ok)
        run_jobs(progress.jobs, progress.job_count, options->parallel, job_done, &progress);
    /* Real files first: what fails there is not the hook's, and what was seen there is the measure. */
    progress.job_count = 0;
    ok = ok && (!run_hooks() || prepare_cases(suite, &progress, true, wine, &wine_count, error_out));
    if (ok)
        run_jobs(progress.jobs, progress.job_count, options->parallel, job_done, &progress);
    for (size_t i = 0; i < RUN_WINE_BATCHES; i++)
        run_wine_batch_fini(&progress.batches[i]);
    free(wine);
    free(progress.jobs);
    suite->elapsed_ms = (unsigned)(run_now_ms() - started_ms);
    return ok;
}

struct run_counts run_suite_counts(const struct run_suite *suite, const char *engine)
{
    struct run_counts counts = {0};

    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];

        if (engine && strcmp(c->column, engine))
            continue;
        if (c->verdict == RUN_VERDICT_PASS)
            counts.passed++;
        else if (run_verdict_is_failure(c->verdict))
            counts.failed++;
        else
            counts.skipped++;
        counts.known += c->verdict == RUN_VERDICT_KNOWN;
    }
    return counts;
}

void run_suite_fini(struct run_suite *suite)
{
    for (size_t i = 0; i < suite->case_count; i++)
        run_case_fini(&suite->cases[i]);
    for (size_t i = 0; i < suite->pair_count; i++)
        free_pair(&suite->pairs[i]);
    for (size_t i = 0; i < suite->engine_count; i++) {
        free(suite->engines[i].reason);
        if (suite->engines[i].real)
            free((char *)suite->engines[i].name);
        run_known_fini(&suite->engines[i].known);
    }
    free(suite->cases);
    free(suite->pairs);
    free(suite->engines);
}

/* One of a comma list. */
static bool names(const char *list, const char *name)
{
    size_t nchars = strlen(name);

    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (!strncmp(at, name, nchars) && (!at[nchars] || at[nchars] == ','))
            return true;
    }
    return false;
}

static void add_engine(struct run_suite *suite, const char *name, bool usable, char *reason)
{
    suite->engines[suite->engine_count++] =
        (struct run_engine){.name = name, .engine = name, .usable = usable, .reason = reason};
}

/* Beside each engine of this library, the same under the hooks. */
static void add_hooked(struct run_suite *suite)
{
    size_t count = suite->engine_count;

    for (size_t i = 0; i < count; i++) {
        const struct run_engine *real = &suite->engines[i];

        if (!strcmp(real->name, "wine"))
            continue;
        add_engine(suite, run_format("%s+hook", real->name), real->usable,
                   run_format("%s", real->reason));
        suite->engines[suite->engine_count - 1].engine = real->engine;
        suite->engines[suite->engine_count - 1].real = real;
    }
}

bool run_suite_engines(struct run_suite *suite, const char *word, char **error_out)
{
    struct run_engine_row rows[RUN_MAX_ENGINES];
    size_t count = run_engines_probe(rows), wanted = 1;
    bool all = !strcmp(word, "all"), usable;
    char *reason = NULL;

    suite->engines = run_xalloc(2 * (count + 1) * sizeof(*suite->engines));
    for (size_t i = 0; i < count; i++)
        if (all || names(word, rows[i].name))
            add_engine(suite, rows[i].name, rows[i].usable, run_format("%s", rows[i].reason));
    if (all || names(word, "wine")) {
        usable = run_wine_usable(&reason);
        add_engine(suite, "wine", usable, reason ? reason : run_format("%s", ""));
    }
    for (const char *at = word; *at; at++)
        wanted += *at == ',';
    if (all ? !suite->engine_count : suite->engine_count != wanted)
        *error_out = run_format("no such engines: '%s' (see: ringer caps)", word);
    else if (run_hooks())
        add_hooked(suite);
    return !*error_out;
}
