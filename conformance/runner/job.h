/* SPDX-License-Identifier: MIT */
/*
 * Children with a time limit: each job is one forked process, several at a time. The parent sees how
 * a child ended and what it left in the shared page, and survives whatever the child does.
 */
#ifndef CF_RUNNER_JOB_H
#define CF_RUNNER_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum run_ending {
    RUN_ENDED,   /* exit status 0 after the body returned */
    RUN_CRASHED, /* a signal, or an exit that the body did not ask for */
    RUN_HUNG,    /* killed at the time limit */
    RUN_UNBORN   /* fork failed */
};

/* Written by the child, read by the parent once the child is gone. */
struct run_shared {
    bool returned; /* the body came back */
    int code;      /* what it returned; meaning is the caller's */
    unsigned line;
    uint32_t handles_before, handles_after;
    uint32_t faults; /* dealt out by plan */
    uint64_t hook_calls; /* of detours, under a hook */
    char reason[256];
};

struct run_job {
    /* Set by the caller. body runs in the child; its result goes to shared->code. */
    int (*body)(struct run_job *job, struct run_shared *shared);
    void *ctx;
    const char *log_path; /* stdout and stderr of the child */
    unsigned timeout_ms;
    bool exclusive; /* alone on the machine: timings matter */

    /* Filled in by the pool. */
    struct run_shared *shared; /* valid until run_job_fini */
    enum run_ending ending;
    int signal, exit_code; /* of a crash */
    unsigned ms;

    /* The pool's own. */
    pid_t pid;
    uint64_t started_ms;
};

/*
 * Runs count jobs, at most parallel at a time, in order; done is called in the parent as each ends.
 * Single-threaded callers only: it blocks SIGCHLD while it runs.
 */
void run_jobs(struct run_job **jobs, size_t count, unsigned parallel,
              void (*done)(struct run_job *job, void *ctx), void *ctx);
void run_job_fini(struct run_job *job);

/* "ended", "crash (SIGSEGV)", "crash (exit 1)", "hang (more than 2000 ms)". Owned by the caller. */
char *run_job_ending_text(const struct run_job *job);
/* Processors that this process may use. */
unsigned run_default_parallel(void);

#endif
