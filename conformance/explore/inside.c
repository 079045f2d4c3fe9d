/* SPDX-License-Identifier: MIT */
/*
 * A scenario explored inside one process: a worker makes the whole search, runs and judges, and writes
 * nothing down but what it has found. The parent sees in shared memory how far it came, ends it when a
 * run does not end, and when it dies knows from the area which schedule it died of. Nothing is believed
 * that a run in a process of its own does not confirm.
 */
#include "conformance/explore/player.h"
#include "conformance/explore/target.h"
#include "conformance/kit/scenario.h"
#include "conformance/oracle/oracle.h"
#include "conformance/runner/cmd.h"
#include "conformance/trace/writer.h"

#include <windows.h>

#include <poll.h>
#include <ringer.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

/* Written by the worker, read by the parent: numbers at any time, the rest once the worker is gone. */
struct report {
    _Atomic uint64_t runs; /* begun */
    bool shrinking;        /* failing and failure are filled in */
    bool finished;
    enum cf_search_result verdict;
    struct cf_search search; /* its pointers mean nothing to the parent */
    uint32_t failing_count, shortest_count;
    uint32_t failing[CF_MOST_CHOICES], shortest[CF_MOST_CHOICES];
};

struct worker {
    struct cf_target *target;
    const char *dir; /* its own: the server has files of the same names */
    struct report *report;
    struct cf_player player;
    struct cf_trace_writer *writer;
    struct cf_oracle *oracle;
    const struct cf_search *search;
};

/* ---- in the worker ---- */

static struct worker *this_worker; /* of this process */

/* What a scenario may do that has a time of its own, or reaches out of the process. */
static bool is_closed(const struct cf_step *step)
{
    for (; step; step = step->next)
        if (step->verb == CF_VERB_sockets || step->verb == CF_VERB_device || !is_closed(step->body))
            return false;
    return true;
}

static bool place(void *context, uint64_t address, uint64_t *place_out)
{
    return cf_prepared_place(context, address, place_out);
}

/*
 * The parent makes the schedule again and says what it sees. A run that adds nothing may go astray, and so
 * may a scenario that meets a fault: its waits run out then.
 */
static void leave_stuck(void)
{
    if (!this_worker->target->area->asleep && !cf_area_faults(this_worker->target->area))
        _exit(1);
}

static void judge(struct worker *worker, const struct cf_run_result *result,
                  struct cf_outcome_of_run *outcome)
{
    static const struct cf_ending ended = {0};
    struct cf_target *target = worker->target;
    struct run_shared *shared = target->shared;
    const struct cf_trace *trace = cf_trace_kept(worker->writer);

    shared->faults = cf_area_faults(target->area);
    if (shared->code == CF_RAN && shared->handles_after <= shared->handles_before &&
        cf_oracle_approves(worker->oracle, trace) &&
        (!target->c.pair->expectations ||
         cf_expect_holds(target->c.pair->expectations, trace, "sim")))
        return;
    shared->line = result->line;
    snprintf(shared->reason, sizeof(shared->reason), "%s", result->reason);
    shared->returned = true;
    target->c.trace = trace;
    cf_target_judge_scenario(target, &ended, outcome);
    target->c.trace = NULL;
}

static void run_inside(void *context, struct cf_area *area, struct cf_outcome_of_run *outcome)
{
    struct worker *worker = context;
    struct cf_target *target = worker->target;
    struct run_shared *shared = target->shared;
    struct cf_run_result result = {0};
    struct ringer_sim_params params;

    atomic_fetch_add_explicit(&worker->report->runs, 1, memory_order_relaxed);
    worker->report->search = *worker->search; /* should this run be the last */
    if (!target->reads_only) {
        run_remove_tree(worker->dir);
        mkdir(worker->dir, 0777);
    }
    if (!cf_prepared_fresh(target->prepared))
        _exit(1);
    cf_player_begin(&worker->player, area);
    cf_player_params(&worker->player, &params);
    if (!ringer_sim_begin(&params))
        _exit(1);
    cf_trace_kept_clear(worker->writer);
    cf_target_header(worker->writer);
    shared->handles_before = ringer_handle_count();
    shared->code = cf_prepared_run(target->prepared, worker->writer, &result);
    shared->handles_after = ringer_handle_count();
    area->summary.size = sizeof(area->summary);
    ringer_sim_end(&area->summary);
    area->ended = 1;
    if (!area->asleep)
        judge(worker, &result, outcome);
}

static uint32_t copy_schedule(uint32_t *answers, const struct cf_schedule *schedule)
{
    if (schedule->count)
        memcpy(answers, schedule->answers, schedule->count * sizeof(*answers));
    return schedule->count;
}

static _Noreturn void work(struct cf_target *target, struct report *report,
                           const struct cf_search *asked, const char *dir)
{
    struct worker worker = {.target = target, .report = report, .dir = dir};
    struct cf_run_options options = {
        .dir = dir, .engine = "sim", .again = true, .ring_path = true, .look = ringer_sim_look};
    struct cf_search search = *asked;
    struct cf_run_result result;
    struct rlimit no_core = {0, 0};

    this_worker = &worker;
    setrlimit(RLIMIT_CORE, &no_core);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv("RINGER_ENGINE", "sim", 1);
    signal(SIGPIPE, SIG_DFL);
    cf_target_redirect(target);
    worker.writer = cf_trace_keep();
    worker.oracle = cf_oracle_create();
    target->prepared = cf_scenario_prepare(target->c.pair->scenario, &options, &result);
    if (!worker.writer || !worker.oracle || !target->prepared)
        _exit(1);
    worker.player.halt = leave_stuck;
    worker.player.place = place;
    worker.player.place_context = target->prepared;
    worker.search = &search;
    search.run = run_inside;
    search.context = &worker;
    search.progress = NULL;
    search.shrink_runs = 0;
    report->verdict = cf_search_run(&search);
    report->search = search;
    if (report->verdict == CF_SEARCH_FAILED) {
        report->failing_count = copy_schedule(report->failing, &search.failing);
        report->shrinking = true;
        search.shrink_runs = asked->shrink_runs;
        cf_schedule_fini(&search.shortest);
        cf_shrink(&search);
        report->search = search;
        report->shortest_count = copy_schedule(report->shortest, &search.shortest);
    }
    report->finished = true;
    _exit(0);
}

/* ---- in the parent ---- */

/* Everything that is counted. */
static void take_numbers(struct cf_search *to, const struct report *report)
{
    const struct cf_search *from = &report->search;

    to->begun_ms = from->begun_ms;
    to->executed = from->executed;
    to->random_done = from->random_done;
    to->pruned = from->pruned;
    to->failures = from->failures;
    to->classes = from->classes;
    to->faulted = from->faulted;
    to->operations = from->operations;
    to->complete = from->complete;
    to->beyond = from->beyond;
    to->out_of_time = from->out_of_time;
    to->coverage = from->coverage;
    to->by_seed = from->by_seed;
    to->failing_seed = from->failing_seed;
    to->failure = from->failure;
    to->shrink_done = from->shrink_done;
}

static struct cf_schedule take_schedule(const uint32_t *answers, uint32_t count)
{
    struct cf_schedule schedule = {run_xalloc((count ? count : 1) * sizeof(*answers)), count};

    copy_schedule(schedule.answers, &(struct cf_schedule){(uint32_t *)answers, count});
    return schedule;
}

/* Until the worker is gone. A run that does not end is the end of it. */
static void watch(struct cf_target *target, struct cf_search *search, struct report *report,
                  pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd gone = {fd, POLLIN, 0};
    uint64_t runs = 0, since_ms = run_now_ms();

    while (fd >= 0 && poll(&gone, 1, LOOK_MS) == 0) {
        uint64_t now_runs = atomic_load_explicit(&report->runs, memory_order_relaxed);

        if (now_runs != runs) {
            runs = now_runs;
            since_ms = run_now_ms();
        } else if (run_now_ms() - since_ms >= target->timeout_ms) {
            kill(pid, SIGKILL);
        }
        take_numbers(search, report);
        if (search->progress)
            search->progress(search->context, search);
    }
    if (fd >= 0)
        close(fd);
    waitpid(pid, NULL, 0);
}

/* The worker died in a run: was it the run? Then the rest is done with a process each. */
static bool settle_death(struct cf_search *search, const struct report *report)
{
    struct cf_outcome_of_run outcome;
    struct cf_schedule schedule = {0};
    uint32_t by_chance = search->area->by_chance;
    uint64_t seed = search->area->seed;

    if (report->shrinking) {
        search->failing = take_schedule(report->failing, report->failing_count);
        cf_shrink(search);
        return true;
    }
    if (!search->area->begun || search->area->asleep || !cf_schedule_take(&schedule, search->area))
        return false;
    cf_search_replay(search, &schedule, &outcome);
    if (!outcome.failed) {
        cf_schedule_fini(&schedule);
        return false;
    }
    search->executed++;
    search->failures = 1;
    search->by_seed = by_chance;
    search->failing_seed = seed;
    search->failing = schedule;
    search->failure = outcome;
    cf_shrink(search);
    return true;
}

/* What the worker says holds, or nothing of it is used. */
static bool settle(struct cf_search *search, const struct report *report,
                   enum cf_search_result *verdict_out)
{
    struct cf_outcome_of_run again;

    take_numbers(search, report);
    *verdict_out = report->finished ? report->verdict : CF_SEARCH_FAILED;
    if (!report->finished)
        return settle_death(search, report);
    if (*verdict_out != CF_SEARCH_FAILED)
        return *verdict_out == CF_SEARCH_PASSED;
    search->failing = take_schedule(report->failing, report->failing_count);
    search->shortest = take_schedule(report->shortest, report->shortest_count);
    cf_search_replay(search, &search->shortest, &again);
    return again.failed && !strcmp(again.key, search->failure.key);
}

static enum cf_search_result search_outside(struct cf_search *search, const struct cf_search *asked)
{
    cf_schedule_fini(&search->failing);
    cf_schedule_fini(&search->shortest);
    *search = *asked;
    return cf_search_run(search);
}

enum cf_search_result cf_target_search(struct cf_target *target, struct cf_search *search,
                                       bool *inside_out)
{
    const struct cf_search asked = *search;
    enum cf_search_result verdict = CF_SEARCH_CANNOT;
    struct report *report;
    char *dir;
    pid_t pid;

    *inside_out = false;
    if (target->argv || search->go_on || run_fault_plan() ||
        !is_closed(target->c.pair->scenario->steps))
        return cf_search_run(search);
    report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (report == MAP_FAILED)
        return cf_search_run(search);
    target->area->begun = 0;
    dir = run_format("%s-inside", target->dir);
    mkdir(dir, 0777);
    fflush(NULL);
    pid = fork();
    if (!pid)
        work(target, report, &asked, dir);
    if (pid > 0)
        watch(target, search, report, pid);
    *inside_out = pid > 0 && settle(search, report, &verdict);
    munmap(report, sizeof(*report));
    run_remove_tree(dir);
    free(dir);
    return *inside_out ? verdict : search_outside(search, &asked);
}
