/* SPDX-License-Identifier: MIT */
/*
 * What is explored: a user's program, or a scenario. Either is run by a fork server, one schedule a
 * child, and judged by how it ended, by its own expectations and by the oracle over its trace.
 */
#ifndef CF_EXPLORE_TARGET_H
#define CF_EXPLORE_TARGET_H

#include "conformance/explore/search.h"
#include "conformance/explore/serve.h"
#include "conformance/runner/case.h"

struct cf_target {
    char *name;
    unsigned timeout_ms;
    struct cf_area *area; /* owned */
    struct cf_server server;
    /* Memory; a run leaves its trace there, its output, and under a hook what lint found. */
    int area_fd, trace_fd, log_fd, lint_fd;
    char **argv;                   /* of a program, borrowed; NULL: a scenario */
    struct run_case c;             /* of a scenario */
    struct run_shared *shared;
    char *trace_path, *lint_path, *dir; /* lint_path: NULL unless it is asked for */
    char *bytes; /* a trace, read */
    size_t capacity;
    bool ran;
    bool reads_only; /* a scenario that leaves its directory as it was */
    struct cf_prepared *prepared; /* of a scenario, in the processes that run it */
};

/* Each starts the server. False: *error_out, owned by the caller. */
bool cf_target_program(struct cf_target *target, char **argv, unsigned timeout_ms,
                       char **error_out);
/* pair and known are borrowed; dir is made, and emptied before each run that may have changed it. */
bool cf_target_scenario(struct cf_target *target, const struct run_pair *pair,
                        struct run_known_list *known, const char *dir, unsigned timeout_ms,
                        char **error_out);
/*
 * The search as cf_search_run has it, made where the scenario itself runs: in one process, a schedule
 * after the other on fresh objects, judged from memory. What fails is made again by cf_target_run, whose
 * run alone has a trace. Whatever cannot be explored so is left to cf_search_run: programs, faults by
 * plan, what has a time of its own, and what behaves differently there. inside_out: how it was done.
 */
enum cf_search_result cf_target_search(struct cf_target *target, struct cf_search *search,
                                       bool *inside_out);
/* cf_run_fn; the context is the target. */
void cf_target_run(void *context, struct cf_area *area, struct cf_outcome_of_run *outcome);
/* Copies what the last run left. False with errno. */
bool cf_target_keep(const struct cf_target *target, const char *trace_path);
/* The last words that the last run printed; owned by the caller, may be empty. */
char *cf_target_words(const struct cf_target *target);
void cf_target_fini(struct cf_target *target);

/* ---- inner ---- */

bool cf_target_open(struct cf_target *target, const char *name, unsigned timeout_ms,
                    char **error_out);
void cf_target_redirect(const struct cf_target *target); /* in the server: output to the log */
struct cf_trace_writer;
/* The first record of a scenario's run. */
void cf_target_header(struct cf_trace_writer *writer);
void cf_target_judge_scenario(struct cf_target *target, const struct cf_ending *ending,
                              struct cf_outcome_of_run *outcome);

#endif
