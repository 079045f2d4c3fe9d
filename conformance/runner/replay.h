/* SPDX-License-Identifier: MIT */
/* Replays of trace files: each in a child with a time limit, compared in the parent. */
#ifndef CF_RUNNER_REPLAY_H
#define CF_RUNNER_REPLAY_H

#include "conformance/replay/replay.h"
#include "conformance/runner/job.h"

enum run_replay_verdict {
    RUN_REPLAY_SAME,
    RUN_REPLAY_LEGAL,     /* differs where the rules leave it open, and nowhere else */
    RUN_REPLAY_DIFFERENT, /* also a replay that died or hung */
    RUN_REPLAY_REFUSED,   /* unreadable, changed, or no evidence when that was asked for */
    RUN_REPLAY_CANNOT,    /* not here */
    RUN_REPLAY_COUNT
};

const char *run_replay_verdict_name(enum run_replay_verdict verdict);

struct run_replay {
    /* Set by the caller, borrowed. */
    const char *path, *engine, *profile, *files;
    const char *out; /* where the trace of the replay is kept; NULL: nowhere */
    bool as_evidence;
    unsigned timeout_ms;

    /* Filled in. Texts are owned. */
    enum run_replay_verdict verdict;
    char *host, *reason, *note;
    bool is_evidence; /* of Windows: recorded there, whole and unchanged */
    struct cf_comparison comparison;

    /* The pool's own. */
    struct run_job job;
    struct cf_trace *recorded, *replayed;
    char *dir, *new_path, *log_path;
    volatile uint64_t *begun; /* shared with the child */
};

void run_replays(struct run_replay *replays, size_t count, const char *scratch, unsigned parallel);
void run_replay_fini(struct run_replay *replay);

/* Rows of the behaviour table that a scenario pins, in one text; NULL: none known. Static. */
const char *run_replay_rows(const struct run_replay *replay, const char *scenario);

#endif
