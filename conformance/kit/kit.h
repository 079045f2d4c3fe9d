/* SPDX-License-Identifier: MIT */
/*
 * The kit as runners see it: load a scenario, run it into a trace, load its expectations and judge
 * a trace by them. Loading and running is portable (Windows API only); judging is native only.
 */
#ifndef CF_KIT_H
#define CF_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cf_trace_writer; /* conformance/trace/writer.h */

struct cf_error {
    char path[260];
    unsigned line; /* 1-based; 0: the file as a whole */
    char text[220];
};

/* ---- scenarios ---- */

struct cf_step;

struct cf_scenario {
    char *path, *id, *rule, *note;
    char **behaviours, **needs, **levels; /* NULL-terminated */
    char **claims; /* what a hook must claim to be judged by it; NULL: core */
    char **luck;   /* labels that may answer otherwise with a hook than without; NULL: none */
    char *fault;   /* a plan of faults that belongs to the scenario, or NULL */
    unsigned trials;
    struct cf_step *steps; /* opaque here: kit/scenario.h */
    unsigned label_count;
    bool one_path; /* DirectStorage is configured by the scenario alone, and trials are not made twice */
    bool refers; /* some word asks for what a step gave: $label.out */
};

/* NULL and *error filled in when the file is not a scenario. The caller owns the result. */
struct cf_scenario *cf_scenario_load(const char *path, struct cf_error *error);
struct cf_scenario *cf_scenario_parse(const char *text, size_t nbytes, const char *path,
                                      struct cf_error *error);
void cf_scenario_destroy(struct cf_scenario *scenario);
bool cf_scenario_has_level(const struct cf_scenario *scenario, const char *level);

enum cf_outcome {
    CF_RAN,     /* every step was made */
    CF_SKIPPED, /* a need is not met here */
    CF_SETUP,   /* an unlabelled step failed: the point of the scenario was not reached */
    CF_ERROR    /* the kit itself could not go on */
};

struct cf_run_options {
    const char *dir;    /* UTF-8, exists, empty; data files live in it */
    const char *engine; /* what engine:… conditions are asked about; NULL: any */
    unsigned trials;    /* 0: as the scenario says */
    bool verbose;       /* steps on stderr */
    bool again;         /* other runs follow: cf_prepared_fresh comes before each */
    bool hooked;        /* virtual files are the hook's: they are not made */
    bool all_virtual;   /* every file that is only read is virtual */
    bool faults;        /* the scenario's plan of faults is in force */
    uint32_t patience_ms; /* no wait of a step is longer; 0: as they say */
    bool ring_path;     /* no trials with ForceMappingLayer, which scenarios of DirectStorage have */
    /* The hook's ringer_hook_control; NULL: it has none. */
    int (*control)(const char *command);
    /*
     * Before memory is looked at that a pending operation may change; memory NULL: queues shared with a
     * ring. NULL where nobody wants to know.
     */
    void (*look)(const void *memory, size_t nbytes);
};

struct cf_run_result {
    enum cf_outcome outcome;
    unsigned line;    /* of the step that ended the run */
    char reason[220]; /* why it was skipped or failed */
};

/*
 * Writes the manifest of the scenario's virtual files (README.md, "Hooks under test"), which will lie
 * in dir. False with *error: no such path, or content that a manifest cannot say.
 */
bool cf_manifest_write(const struct cf_scenario *scenario, const char *dir, bool all_virtual,
                       const char *path, struct cf_error *error);

/*
 * Runs every trial of the scenario and appends its records to the trace. Closes what it opened,
 * also when a step failed. Not reentrant: one scenario at a time in a process.
 */
enum cf_outcome cf_scenario_run(const struct cf_scenario *scenario, struct cf_trace_writer *writer,
                                const struct cf_run_options *options, struct cf_run_result *result);

/*
 * The same in two halves, for whoever runs a scenario again and again: what does not change from run to
 * run (functions, facts about the host, needs) is found out once. The scenario and the options are
 * borrowed. One at a time in a process. NULL with *result filled in when it cannot be run at all; a
 * need that is not met is told by each run, as above.
 */
struct cf_prepared;
struct cf_prepared *cf_scenario_prepare(const struct cf_scenario *scenario,
                                        const struct cf_run_options *options,
                                        struct cf_run_result *result);
enum cf_outcome cf_prepared_run(struct cf_prepared *prepared, struct cf_trace_writer *writer,
                                struct cf_run_result *result);
/*
 * Does nothing in the scenario change a file or make one, but for its data? Then the directory is after
 * a run as it was before.
 */
bool cf_scenario_reads_only(const struct cf_scenario *scenario);
/*
 * Pages of buffers, and the data files as the next run is to find them: made where they may have changed,
 * or the directory was emptied (which whoever calls this does between runs, unless the scenario reads
 * only). Needed with options.again, outside of a simulation: these things are then no part of the run.
 * False: they cannot be made.
 */
bool cf_prepared_fresh(struct cf_prepared *prepared);
/*
 * A number for an address within a buffer of the run under way, the same in every run; false: it is in
 * none. To be called by a thread of the run, while the others stand still.
 */
bool cf_prepared_place(const struct cf_prepared *prepared, uint64_t address, uint64_t *place_out);
void cf_prepared_destroy(struct cf_prepared *prepared);

/* ---- expectations (native only) ---- */

enum cf_basis {
    CF_BASIS_RECORDED,
    CF_BASIS_REPORTED,
    CF_BASIS_MACHINE_OUTPUT,
    CF_BASIS_CI_ASSERTION,
    CF_BASIS_SUITE_ASSERTION,
    CF_BASIS_STATEMENT,
    CF_BASIS_DOCUMENTED,
    CF_BASIS_INFERRED,
    CF_BASIS_DECISION,
    CF_BASIS_COUNT
};

const char *cf_basis_name(enum cf_basis basis);

enum cf_class { CF_EXACT, CF_SET, CF_ORDER, CF_STAT, CF_IGNORE, CF_LAYOUT, CF_CLASS_COUNT };

const char *cf_class_name(enum cf_class class_);

enum cf_finding { CF_PASS, CF_FAIL, CF_VACUOUS, CF_UNMET, CF_REPORT };

const char *
cf_finding_name(enum cf_finding verdict); /* "pass" "fail" "vacuous" "skipped" "report" */

struct cf_expect_set; /* one .expect file */

struct cf_expect_set *cf_expect_load(const char *path, struct cf_error *error);
struct cf_expect_set *cf_expect_parse(const char *text, size_t nbytes, const char *path,
                                      struct cf_error *error);
void cf_expect_destroy(struct cf_expect_set *set);
const char *cf_expect_scenario(const struct cf_expect_set *set);
size_t cf_expect_size(const struct cf_expect_set *set);
/* Labels that the expectations name and the scenario lacks: an error in the pair. */
bool cf_expect_fits(const struct cf_expect_set *set, const struct cf_scenario *scenario,
                    struct cf_error *error);

/* Strings live as long as the set; want and seen are owned by the result list. */
struct cf_expect_result {
    const char *scenario, *field;
    enum cf_class class_;
    enum cf_basis basis;
    const char *grounds, *conflicts, *row; /* comma lists, "" when none */
    char *want, *seen;
    enum cf_finding verdict;
    unsigned line;
};

struct cf_expect_results {
    size_t count;
    struct cf_expect_result *items;
};

struct cf_trace; /* conformance/trace/reader.h */

/* As cf_expect_judge, of a trace that is loaded or kept in memory. */
void cf_expect_judge_trace(const struct cf_expect_set *set, const struct cf_trace *trace,
                           const char *engine, struct cf_expect_results *results_out);
/* Would none of the results of that be a failure? Says no more, and costs little. */
bool cf_expect_holds(const struct cf_expect_set *set, const struct cf_trace *trace,
                     const char *engine);
/*
 * Judges every trial of the set's scenario that the trace file holds. A trace without the scenario
 * fails every expectation. engine: for when=engine:…; NULL: none matches but engine:any.
 * Returns false with *error when the trace cannot be read.
 */
bool cf_expect_judge(const struct cf_expect_set *set, const char *trace_path, const char *engine,
                     struct cf_expect_results *results_out, struct cf_error *error);
void cf_expect_results_fini(struct cf_expect_results *results);

#endif
