/* SPDX-License-Identifier: MIT */
/* Asks a child for the engines, so that this process never starts one. */
#include "conformance/runner/engines.h"

#include "conformance/runner/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <windows.h>

#include <ioringapi.h>
#include <ringer.h>

#define PROBE_LIMIT_MS 20000

struct probe {
    struct run_engine_row rows[RUN_MAX_ENGINES];
    char names[RUN_MAX_ENGINES][16];
    size_t count;
};

static int probe_in_child(struct run_job *job, struct run_shared *shared)
{
    struct probe *probe = job->ctx;
    struct ringer_engine_info info;
    IORING_CAPABILITIES caps = {0};

    setenv("RINGER_LOG", "quiet", 1);
    QueryIoRingCapabilities(&caps); /* zeroes when it fails */
    ringer_engine_name();            /* chooses one */
    for (size_t i = 0; i < RUN_MAX_ENGINES && ringer_engine_info(i, &info); i++) {
        struct run_engine_row *row = &probe->rows[i];

        snprintf(probe->names[i], sizeof(probe->names[i]), "%s", info.name);
        snprintf(row->reason, sizeof(row->reason), "%s", info.reason);
        row->usable = info.usable;
        row->chosen = info.chosen;
        row->max_version = caps.MaxVersion;
        row->max_sq = caps.MaxSubmissionQueueSize;
        row->max_cq = caps.MaxCompletionQueueSize;
        row->features = caps.FeatureFlags;
        probe->count = i + 1;
    }
    return 0;
}

size_t run_engines_probe(struct run_engine_row *rows)
{
    static char names[RUN_MAX_ENGINES][16];
    struct probe *probe = mmap(NULL, sizeof(*probe), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct run_job job = {.body = probe_in_child, .ctx = probe, .timeout_ms = PROBE_LIMIT_MS,
                          .log_path = "/dev/null"};
    struct run_job *jobs[] = {&job};
    size_t count = 0;

    if (probe == MAP_FAILED)
        return 0;
    run_jobs(jobs, 1, 1, NULL, NULL);
    for (; job.ending == RUN_ENDED && count < probe->count; count++) {
        memcpy(names[count], probe->names[count], sizeof(names[count]));
        rows[count] = probe->rows[count];
        rows[count].name = names[count];
    }
    run_job_fini(&job);
    munmap(probe, sizeof(*probe));
    return count;
}
