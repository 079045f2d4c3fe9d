/* SPDX-License-Identifier: MIT */
/* Runs batches under Wine and reads what conformance.exe said about each scenario. */
#include "conformance/runner/wine.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define START_LIMIT_S 60
#define SCENARIO_LIMIT_S 5

static const char *const parts[] = {"ioring.dll", "ioring.so", "kernelbase.dll"};
#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

static bool on_path(const char *program)
{
    char *path = run_format("%s", getenv("PATH") ? getenv("PATH") : ""), *rest = path, *folder;
    bool found = false;

    while (!found && (folder = strsep(&rest, ":"))) {
        char *file = run_format("%s/%s", folder, program);

        found = !access(file, X_OK);
        free(file);
    }
    free(path);
    return found;
}

bool run_wine_usable(char **reason_out)
{
    const struct run_paths *paths = run_paths();
    const char *missing = NULL;

    *reason_out = NULL;
    if (!paths->wine)
        missing = "this copy of the tool has no Wine build";
    else if (!on_path("wine"))
        missing = "no Wine here (ci/deps --full)";
    if (missing) {
        *reason_out = run_format("%s", missing);
        return false;
    }
    for (size_t i = 0; i < PART_COUNT + 1 && !*reason_out; i++) {
        char *file = i < PART_COUNT ? run_format("%s/%s", paths->wine, parts[i])
                                    : run_format("%s", paths->conformance_exe);

        if (access(file, R_OK))
            *reason_out = run_format("%s is not built (ci/deps --full)", strrchr(file, '/') + 1);
        free(file);
    }
    return !*reason_out;
}

static int exec_wine(struct run_job *job, struct run_shared *shared)
{
    const struct run_wine_batch *batch = job->ctx;
    const struct run_paths *paths = run_paths();
    char **args = run_xalloc((PART_COUNT + 5 + 2 * batch->count) * sizeof(*args));
    size_t n = 0;
    char *limit = run_format("%u", job->timeout_ms / 1000);

    setenv("RINGER_WINE_TIMEOUT", limit, 1);
    args[n++] = paths->wine_run;
    for (size_t i = 0; i < PART_COUNT; i++)
        args[n++] = run_format("%s/%s", paths->wine, parts[i]);
    args[n++] = paths->conformance_exe;
    args[n++] = (char *)"--record";
    args[n++] = batch->folder;
    for (size_t i = 0; i < batch->count; i++)
        args[n++] = batch->cases[i]->pair->scenario->path;
    args[n] = NULL;
    shared->returned = true; /* its exit code only says whether all ran */
    execv(args[0], args);
    fprintf(stderr, "%s: %s\n", args[0], strerror(errno));
    return CF_ERROR;
}

bool run_wine_batch_init(struct run_wine_batch *batch, const char *scratch, size_t ordinal,
                         struct run_case **cases, size_t count, char **error_out)
{
    *batch = (struct run_wine_batch){.cases = cases, .count = count};
    batch->folder = run_format("%s/wine", scratch);
    batch->log_path = run_format("%s/wine.%zu.log", scratch, ordinal);
    if (!run_make_dirs(batch->folder)) {
        *error_out = run_format("%s: %s", batch->folder, strerror(errno));
        return false;
    }
    batch->job = (struct run_job){
        .body = exec_wine,
        .ctx = batch,
        .log_path = batch->log_path,
        .timeout_ms = (START_LIMIT_S + SCENARIO_LIMIT_S * (unsigned)count) * 1000,
    };
    return true;
}

static struct run_case *find_case(const struct run_wine_batch *batch, const char *id)
{
    for (size_t i = 0; i < batch->count; i++)
        if (!strcmp(batch->cases[i]->pair->id, id))
            return batch->cases[i];
    return NULL;
}

/* "id   word: reason", as conformance.exe prints it. */
static void read_line(const struct run_wine_batch *batch, char *line)
{
    char *id = strsep(&line, " "), *reason;
    struct run_case *c = find_case(batch, id);
    struct run_shared *shared;

    if (!c || !line)
        return;
    shared = c->job.shared;
    line += strspn(line, " ");
    reason = strchr(line, ':');
    snprintf(shared->reason, sizeof(shared->reason), "%s", reason ? reason + 2 : "");
    c->job.ending = RUN_ENDED;
    if (!strncmp(line, "ran", 3)) {
        shared->code = CF_RAN;
    } else if (!strncmp(line, "skipped", 7)) {
        shared->code = CF_SKIPPED;
    } else if (!strncmp(line, "setup", 5)) {
        shared->code = CF_SETUP;
    } else if (!strncmp(line, "hang", 4)) {
        c->job.ending = RUN_HUNG;
        c->job.timeout_ms = 60000;
    } else if (!strncmp(line, "died", 4)) {
        c->job.ending = RUN_CRASHED;
        c->job.exit_code = (int)strtoul(shared->reason, NULL, 16);
    } else {
        shared->code = CF_ERROR;
    }
}

void run_wine_batch_settle(struct run_wine_batch *batch)
{
    FILE *log = fopen(batch->log_path, "re");
    char *line = NULL;
    size_t capacity = 0;

    for (size_t i = 0; i < batch->count; i++) {
        struct run_case *c = batch->cases[i];

        c->job.shared = mmap(NULL, sizeof(*c->job.shared), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (c->job.shared == MAP_FAILED)
            exit(run_cannot("out of memory"));
        c->job.ending = RUN_ENDED;
        c->job.shared->code = CF_ERROR;
        c->job.ms = batch->job.ms / (unsigned)batch->count;
        snprintf(c->job.shared->reason, sizeof(c->job.shared->reason),
                 batch->job.ending == RUN_HUNG ? "Wine did not end in time"
                                               : "conformance.exe said nothing of it");
    }
    while (log && getline(&line, &capacity, log) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        read_line(batch, line);
    }
    free(line);
    if (log)
        fclose(log);
}

void run_wine_batch_fini(struct run_wine_batch *batch)
{
    run_job_fini(&batch->job);
    free(batch->cases);
    free(batch->folder);
    free(batch->log_path);
}
