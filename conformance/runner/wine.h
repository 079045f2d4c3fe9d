/* SPDX-License-Identifier: MIT */
/*
 * The engine named "wine": conformance.exe runs the scenarios under Wine on our ioring.dll, several a
 * process; the traces are judged here like any other.
 */
#ifndef CF_RUNNER_WINE_H
#define CF_RUNNER_WINE_H

#include "conformance/runner/case.h"

/* False with *reason_out, owned by the caller. */
bool run_wine_usable(char **reason_out);

/* Scenarios that share one Wine. */
struct run_wine_batch {
    struct run_job job;
    struct run_case **cases; /* borrowed */
    size_t count;
    char *folder, *log_path;
};

/* cases is taken over (the array, not the cases). False: *error_out. */
bool run_wine_batch_init(struct run_wine_batch *batch, const char *scratch, size_t ordinal,
                         struct run_case **cases, size_t count, char **error_out);
/* After the job: gives each case its ending and its outcome, ready for run_case_judge. */
void run_wine_batch_settle(struct run_wine_batch *batch);
void run_wine_batch_fini(struct run_wine_batch *batch);

#endif
