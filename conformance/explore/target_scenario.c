/* SPDX-License-Identifier: MIT */
/* A scenario: parsed once by the server, run by its children; judged as `ringer run` does. */
#include "conformance/explore/target.h"

#include "conformance/explore/player.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/trace/faults.h"
#include "conformance/trace/writer.h"

#include <windows.h>

#include <ioringapi.h>
#include <ringer.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void cf_target_header(struct cf_trace_writer *writer)
{
    IORING_CAPABILITIES caps = {0};
    struct cf_trace_header header = {
        .recorder_name = "ringer", .host = "ringer", .os = "linux", .engine = "sim"};

    if (SUCCEEDED(QueryIoRingCapabilities(&caps))) {
        header.has_caps = true;
        header.caps_version = (uint32_t)caps.MaxVersion;
        header.caps_sq = caps.MaxSubmissionQueueSize;
        header.caps_cq = caps.MaxCompletionQueueSize;
        header.caps_features = (uint32_t)caps.FeatureFlags;
    }
    cf_trace_header(writer, &header);
}

static void leave_at_once(void)
{
    _exit(0);
}

static const struct cf_area *area_of_run;

/* A scenario that has met a fault goes on, and its waits run out: only the oracle judges it. */
static void leave_stuck(void)
{
    if (cf_area_faults(area_of_run))
        return;
    if (run_hooks())
        run_hooks_say_standing();
    _exit(0);
}

/* The hook is loaded in each child: its threads would not outlive the fork. */
static int control_hook(const char *command)
{
    int (*control)(const char *) = (int (*)(const char *))ringer_plugin_symbol("ringer_hook_control");

    return control ? control(command) : 1;
}

static void load_hooks(struct cf_target *target)
{
    char error[256];

    if (run_hooks_load(error, sizeof(error)))
        return;
    target->area->begun = 0;
    fprintf(stderr, "%s\n", error);
    _exit(1);
}

static void write_manifest(struct cf_target *target, struct cf_run_options *options)
{
    char *path = run_format("%s.vfs", target->dir);
    struct cf_error error;

    options->hooked = true;
    options->all_virtual = run_hooks()->all_virtual;
    options->control = control_hook;
    if (!cf_manifest_write(target->c.pair->scenario, target->dir, options->all_virtual, path, &error)) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        _exit(1);
    }
    setenv("RINGER_VFS", path, 1);
    free(path);
}

/* In the server, for its children: what is the same in every run. */
static void prepare(struct cf_target *target)
{
    struct cf_run_options options = {.dir = target->dir, .engine = "sim", .again = true,
                                     .ring_path = true, .look = ringer_sim_look};
    struct cf_run_result result;

    if (run_hooks())
        write_manifest(target, &options);
    target->prepared = cf_scenario_prepare(target->c.pair->scenario, &options, &result);
    if (!target->prepared || (target->reads_only && !cf_prepared_fresh(target->prepared))) {
        fprintf(stderr, "%s\n", result.reason);
        _exit(1);
    }
}

/* In a child. */
static void run_scenario(struct cf_target *target)
{
    struct run_shared *shared = target->shared;
    struct cf_player player = {.give_up = leave_at_once, .halt = leave_stuck};
    struct cf_run_result result = {0};
    struct ringer_sim_params params;
    struct cf_trace_writer *writer;

    if (!cf_prepared_fresh(target->prepared)) {
        fputs("no data file\n", stderr);
        _exit(1);
    }
    if (run_hooks())
        load_hooks(target);
    area_of_run = target->area;
    cf_player_begin(&player, target->area);
    cf_player_params(&player, &params);
    if (!ringer_sim_begin(&params)) {
        target->area->begun = 0;
        fputs("the engine is not sim\n", stderr);
        _exit(1);
    }
    writer = cf_trace_create(target->trace_path);
    if (!writer)
        _exit(1);
    cf_trace_undated(writer);
    cf_target_header(writer);
    shared->handles_before = ringer_handle_count();
    shared->code = cf_prepared_run(target->prepared, writer, &result);
    shared->handles_after = ringer_handle_count();
    shared->line = result.line;
    snprintf(shared->reason, sizeof(shared->reason), "%s", result.reason);
    shared->faults = (uint32_t)cf_trace_faults(writer) + cf_area_faults(target->area);
    shared->returned = cf_trace_close(writer);
    if (target->lint_path)
        run_hooks_write_lint(target->lint_path);
    target->area->summary.size = sizeof(target->area->summary);
    ringer_sim_end(&target->area->summary);
    target->area->ended = 1;
    exit(0);
}

bool cf_target_scenario(struct cf_target *target, const struct run_pair *pair,
                        struct run_known_list *known, const char *dir, unsigned timeout_ms,
                        char **error_out)
{
    pid_t pid;

    if (!cf_target_open(target, pair->id, timeout_ms, error_out))
        return false;
    target->dir = run_format("%s", dir);
    target->shared = mmap(NULL, sizeof(*target->shared), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (target->shared == MAP_FAILED) {
        target->shared = NULL;
        *error_out = run_format("no memory");
        return false;
    }
    /* A hook may leave files of its own there. */
    target->reads_only = !run_hooks() && cf_scenario_reads_only(pair->scenario);
    run_remove_tree(target->dir);
    mkdir(target->dir, 0777);
    target->c = (struct run_case){.pair = pair, .engine = "sim", .known = known};
    target->c.trace_path = target->trace_path;
    target->c.dir = target->dir;
    target->c.log_path = run_format("/proc/self/fd/%d", target->log_fd);
    target->c.job.shared = target->shared;
    target->c.job.timeout_ms = timeout_ms;
    fflush(NULL);
    pid = fork();
    if (!pid) {
        setenv("RINGER_ENGINE", "sim", 1);
        signal(SIGPIPE, SIG_DFL);
        cf_target_redirect(target);
        close(target->server.commands);
        close(target->server.answers);
        prepare(target);
        cf_serve(target->server.server_commands, target->server.server_answers);
        run_scenario(target);
    }
    if (pid < 0) {
        *error_out = run_format("no process: %s", strerror(errno));
        return false;
    }
    cf_server_started(&target->server, pid);
    return true;
}

void cf_target_judge_scenario(struct cf_target *target, const struct cf_ending *ending,
                              struct cf_outcome_of_run *outcome)
{
    struct run_case *c = &target->c;

    cf_expect_results_fini(&c->results);
    run_rules_fini(&c->rules);
    memset(&c->results, 0, sizeof(c->results));
    c->job.ending = ending->exit_code || !target->shared->returned ? RUN_CRASHED : RUN_ENDED;
    c->job.exit_code = ending->exit_code;
    run_case_judge(c);
    target->shared->returned = false;
    if (c->verdict == RUN_VERDICT_SKIPPED) {
        outcome->cannot = true;
        snprintf(outcome->text, sizeof(outcome->text), "skipped: %s", c->reason);
        return;
    }
    if (!run_verdict_is_failure(c->verdict) || c->verdict == RUN_VERDICT_UNEXPECTED)
        return; /* what is listed need not show in every schedule */
    outcome->failed = true;
    /* The first words of the reason name the expectation or the rule. */
    snprintf(outcome->key, sizeof(outcome->key), "%s %.*s", run_verdict_name(c->verdict),
             (int)strcspn(c->reason, ":("), c->reason);
    snprintf(outcome->text, sizeof(outcome->text), "%s: %s", run_verdict_name(c->verdict),
             c->reason);
}
