/* SPDX-License-Identifier: MIT */
/* Runs replays in children, judges in the parent what they left. */
#include "conformance/runner/replay.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/header.h"
#include "conformance/runner/paths.h"
#include "conformance/trace/writer.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

const char *run_replay_verdict_name(enum run_replay_verdict verdict)
{
    static const char *const names[RUN_REPLAY_COUNT] = {"same", "legal", "different", "refused", "cannot"};

    return names[verdict];
}

/* ---- before: may it be replayed, and as what ---- */

/* The profile that fits the Windows of the header: by the build, where it says one. */
static const char *profile_of(const struct cf_trace *trace)
{
    static const struct {
        unsigned long from;
        const char *profile;
    } builds[] = {{26100, "win11-24h2"}, {22621, "win11-22h2"}, {22000, "win11-21h2"},
                  {20348, "server2022"}, {10000, "win10"}};
    const char *profile = cf_record_string(&trace->records[0], NULL, "profile");
    const char *build = cf_record_string(&trace->records[0], NULL, "build");
    unsigned long number = build ? strtoul(build, NULL, 10) : 0;

    if (profile && run_profile_known(profile))
        return profile;
    for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
        if (number >= builds[i].from)
            return builds[i].profile;
    }
    return NULL;
}

static void refuse(struct run_replay *replay, char *reason)
{
    replay->verdict = RUN_REPLAY_REFUSED;
    replay->reason = reason;
}

/* What the trace is worth: only Windows is evidence of Windows. */
static const char *not_evidence(const struct cf_trace *trace)
{
    if (!strcmp(trace->host, "synthetic"))
        return "synthetic: made by hand, evidence of nothing";
    if (!strcmp(trace->host, "wine"))
        return "made under Wine: no evidence of Windows";
    if (strcmp(trace->host, "windows") != 0)
        return "not made on Windows: no evidence of Windows";
    if (trace->integrity != CF_TRACE_WHOLE)
        return "the trace has no end: no evidence";
    return NULL;
}

static bool load(struct run_replay *replay)
{
    struct cf_trace_error error = {0};
    const char *why;

    replay->recorded = cf_trace_load(replay->path, &error);
    if (!replay->recorded) {
        refuse(replay, run_format("line %zu: %s", error.line, error.text));
        return false;
    }
    replay->host = run_format("%s", replay->recorded->host);
    if (replay->recorded->integrity == CF_TRACE_BAD_HASH ||
        replay->recorded->integrity == CF_TRACE_BAD_COUNT) {
        refuse(replay, run_format("changed after it was written"));
        return false;
    }
    why = not_evidence(replay->recorded);
    replay->is_evidence = !why;
    replay->note = why ? run_format("%s", why) : NULL;
    if (why && replay->as_evidence) {
        refuse(replay, run_format("%s", why));
        return false;
    }
    if (!replay->profile)
        replay->profile = profile_of(replay->recorded);
    return true;
}

/* ---- in the child ---- */

enum { CHILD_GOOD, CHILD_CANNOT, CHILD_NO_TRACE };

static int replay_in_child(struct run_job *job, struct run_shared *shared)
{
    const struct run_replay *replay = job->ctx;
    struct cf_replay_options options = {.dir = replay->dir, .files = replay->files, .begun_out = replay->begun};
    struct cf_trace_writer *writer;
    const char *reason = "";
    bool good;

    setenv("RINGER_ENGINE", replay->engine, 1);
    if (replay->profile)
        setenv("RINGER_PROFILE", replay->profile, 1);
    writer = cf_trace_create(replay->new_path);
    if (!writer) {
        snprintf(shared->reason, sizeof(shared->reason), "no trace file: %s", strerror(errno));
        return CHILD_NO_TRACE;
    }
    run_write_header(writer, "ringer replay", replay->engine, replay->profile, replay->dir);
    good = cf_replay_run(replay->recorded, writer, &options, &reason);
    if (!good)
        snprintf(shared->reason, sizeof(shared->reason), "%s", reason);
    if (!cf_trace_close(writer)) {
        snprintf(shared->reason, sizeof(shared->reason), "the trace could not be written");
        return CHILD_NO_TRACE;
    }
    return good ? CHILD_GOOD : CHILD_CANNOT;
}

/* ---- after ---- */

/* A replay that died or hung differs, whatever its trace says: the first trace came to its end. */
static void judge_ending(struct run_replay *replay)
{
    char *how = run_job_ending_text(&replay->job);

    replay->verdict = RUN_REPLAY_DIFFERENT;
    replay->reason = run_format("the replay ended otherwise: %s, last in call %llu", how,
                                (unsigned long long)*replay->begun);
    free(how);
}

static void judge(struct run_replay *replay)
{
    struct cf_trace_error error = {0};

    if (replay->job.ending == RUN_UNBORN ||
        (replay->job.ending == RUN_ENDED && replay->job.shared->code != CHILD_GOOD)) {
        replay->verdict = RUN_REPLAY_CANNOT;
        replay->reason = run_format("%s", replay->job.shared ? replay->job.shared->reason : "no process");
        return;
    }
    replay->replayed = cf_trace_load(replay->new_path, &error);
    if (replay->replayed)
        cf_compare(replay->recorded, replay->replayed, &replay->comparison);
    if (replay->job.ending != RUN_ENDED) {
        judge_ending(replay);
    } else if (!replay->replayed) {
        replay->verdict = RUN_REPLAY_CANNOT;
        replay->reason = run_format("the replay's own trace, line %zu: %s", error.line, error.text);
    } else {
        replay->verdict = replay->comparison.illegal ? RUN_REPLAY_DIFFERENT
                          : replay->comparison.count ? RUN_REPLAY_LEGAL
                                                     : RUN_REPLAY_SAME;
    }
}

/* The traces of a child are not needed any more once it is judged; differences borrow from them. */
static void done(struct run_job *job, void *ctx)
{
    struct run_replay *replay = job->ctx;

    (void)ctx;
    judge(replay);
    if (!replay->out)
        remove(replay->new_path);
    run_remove_tree(replay->dir);
}

static bool prepare(struct run_replay *replay, const char *scratch, size_t index)
{
    replay->dir = run_format("%s/%zu.d", scratch, index);
    replay->new_path = replay->out ? run_format("%s", replay->out) : run_format("%s/%zu.jsonl", scratch, index);
    replay->log_path = run_format("%s/%zu.log", scratch, index);
    replay->begun = mmap(NULL, sizeof(*replay->begun), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (replay->begun == MAP_FAILED)
        replay->begun = NULL;
    if (!replay->begun || !run_make_dirs(replay->dir)) {
        replay->verdict = RUN_REPLAY_CANNOT;
        replay->reason = run_format("%s: %s", replay->dir, strerror(errno));
        return false;
    }
    replay->job = (struct run_job){.body = replay_in_child, .ctx = replay, .log_path = replay->log_path,
                                   .timeout_ms = replay->timeout_ms};
    return true;
}

void run_replays(struct run_replay *replays, size_t count, const char *scratch, unsigned parallel)
{
    struct run_job **jobs = run_xalloc(count * sizeof(struct run_job *));
    size_t ready = 0;

    for (size_t i = 0; i < count; i++) {
        if (load(&replays[i]) && prepare(&replays[i], scratch, i))
            jobs[ready++] = &replays[i].job;
    }
    run_header_prepare();
    run_jobs(jobs, ready, parallel, done, NULL);
    free(jobs);
}

void run_replay_fini(struct run_replay *replay)
{
    cf_comparison_fini(&replay->comparison);
    cf_trace_free(replay->recorded);
    cf_trace_free(replay->replayed);
    if (replay->job.body)
        run_job_fini(&replay->job);
    if (replay->begun)
        munmap((void *)replay->begun, sizeof(*replay->begun));
    free(replay->host);
    free(replay->reason);
    free(replay->note);
    free(replay->dir);
    free(replay->new_path);
    free(replay->log_path);
}

/* ---- rows ---- */

static void add_row(json_t *by_case, const json_t *row)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    size_t i;
    json_t *name;

    if (!id)
        return;
    json_array_foreach (json_object_get(row, "cases"), i, name) {
        const char *scenario = json_string_value(name), *old;
        char *text;

        if (!scenario)
            continue;
        old = json_string_value(json_object_get(by_case, scenario));
        text = run_format("%s%s%s", old ? old : "", old ? " " : "", id);
        json_object_set_new(by_case, scenario, json_string(text));
        free(text);
    }
}

static json_t *load_rows(void)
{
    json_t *by_case = json_object();
    DIR *dir = opendir(run_paths()->behaviours);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        size_t nchars = strlen(entry->d_name), i;
        json_t *root, *row;
        char *path;

        if (nchars < 6 || strcmp(entry->d_name + nchars - 5, ".json"))
            continue;
        path = run_format("%s/%s", run_paths()->behaviours, entry->d_name);
        root = json_load_file(path, 0, NULL);
        json_array_foreach (json_is_array(root) ? root : json_object_get(root, "rows"), i, row)
            add_row(by_case, row);
        json_decref(root);
        free(path);
    }
    if (dir)
        closedir(dir);
    return by_case;
}

const char *run_replay_rows(const struct run_replay *replay, const char *scenario)
{
    static json_t *rows; /* to the end of the process */

    (void)replay;
    if (!rows)
        rows = load_rows();
    return scenario && *scenario ? json_string_value(json_object_get(rows, scenario)) : NULL;
}
