/* SPDX-License-Identifier: MIT */
/* Starts a user's program with the tracer plugged in, and says how it ended. */
#ifndef CF_RUNNER_LAUNCH_H
#define CF_RUNNER_LAUNCH_H

#include <stdbool.h>

struct run_launch {
    char **argv;            /* NULL-terminated */
    const char *trace_path; /* where the tracer writes; removed first */
    unsigned timeout_s;     /* 0: none */
    bool hooked;            /* under the hooks of --hook, if there are any */
    const char *lint_path;  /* where their lint goes; NULL: nowhere */

    bool started, timed_out;
    int start_error;       /* errno of a program that could not be executed */
    int exit_code, signal; /* signal 0: it exited */
    bool traced;           /* a trace with a first line is there */
};

/* False with *error_out, owned by the caller, when there is no tracer or no process. */
bool run_launch(struct run_launch *launch, char **error_out);
/* "exit 0", "SIGSEGV", "more than 5 s". Owned by the caller. */
char *run_launch_text(const struct run_launch *launch);

/* Why a program that ended so may have left no trace, as a question. */
const char *run_launch_untraced(const struct run_launch *launch);

#endif
