/* SPDX-License-Identifier: MIT */
/*
 * The harness proves itself first: children that pass, fail, crash, hang, leak, pass where a difference
 * is listed, and so on, and for each the verdict that must be reported. Prints TAP.
 */
#include "conformance/runner/case.h"
#include "conformance/runner/cmd.h"
#include "conformance/trace/writer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <windows.h>

#include <ringer.h>

#define LIMIT_MS 1500

/* ---- bodies ---- */

/* A trace in which step s1 of scenario "self" returned hr. */
static int write_trace(struct run_job *job, int32_t hr)
{
    const struct run_case *c = job->ctx;
    struct cf_trace_header header = {.recorder_name = "selftest", .host = "synthetic"};
    struct cf_trace_scenario scenario = {.id = "self"};
    struct cf_trace_writer *writer = cf_trace_create(c->trace_path);
    struct cf_trace_call call;

    if (!writer)
        return CF_ERROR;
    cf_trace_header(writer, &header);
    cf_trace_scenario(writer, &scenario);
    cf_trace_call_begin(&call, writer, "Sleep", "s1", 0);
    cf_trace_call_end(&call, hr, 0);
    return cf_trace_close(writer) ? CF_RAN : CF_ERROR;
}

static int passes(struct run_job *job, struct run_shared *shared)
{
    return write_trace(job, 0);
}

static int fails(struct run_job *job, struct run_shared *shared)
{
    return write_trace(job, (int32_t)0x80004005);
}

static int faults(struct run_job *job, struct run_shared *shared)
{
    volatile int *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    signal(SIGSEGV, SIG_DFL); /* also where a sanitizer would rather report and exit */
    write_trace(job, 0);
    return *nowhere;
}

static int aborts(struct run_job *job, struct run_shared *shared)
{
    write_trace(job, 0);
    signal(SIGABRT, SIG_DFL);
    abort();
}

static int exits_with_3(struct run_job *job, struct run_shared *shared)
{
    write_trace(job, 0);
    _exit(3);
}

/* What looks like success and is none: the body never came back. */
static int exits_with_0(struct run_job *job, struct run_shared *shared)
{
    write_trace(job, 0);
    _exit(0);
}

static void pause_for_ever(void)
{
    for (;;)
        pause();
}

static int hangs(struct run_job *job, struct run_shared *shared)
{
    write_trace(job, 0);
    pause_for_ever();
    return CF_RAN;
}

static int hangs_at_exit(struct run_job *job, struct run_shared *shared)
{
    atexit(pause_for_ever);
    return write_trace(job, 0);
}

/* A handle of the emulator that nobody closes. */
static int leaks(struct run_job *job, struct run_shared *shared)
{
    int outcome = write_trace(job, 0);

    shared->handles_before = ringer_handle_count();
    if (!CreateEventW(NULL, TRUE, FALSE, NULL))
        return CF_ERROR;
    shared->handles_after = ringer_handle_count();
    return outcome;
}

static int never_reaches_its_point(struct run_job *job, struct run_shared *shared)
{
    snprintf(shared->reason, sizeof(shared->reason), "open failed");
    return CF_SETUP;
}

static int cannot_run_here(struct run_job *job, struct run_shared *shared)
{
    snprintf(shared->reason, sizeof(shared->reason), "needs ioring>=900");
    return CF_SKIPPED;
}

static int leaves_no_trace(struct run_job *job, struct run_shared *shared)
{
    return CF_RAN;
}

static int cuts_its_trace(struct run_job *job, struct run_shared *shared)
{
    const struct run_case *c = job->ctx;
    FILE *file = fopen(c->trace_path, "we");

    if (file) {
        fputs("{\"t\":\"hdr\",\"sch", file);
        fclose(file);
    }
    return CF_RAN;
}

/* ---- what must be said of each ---- */

struct example {
    const char *name;
    int (*body)(struct run_job *job, struct run_shared *shared);
    enum run_verdict want;
    const char *want_reason; /* part of it; NULL: any */
    struct run_known known;  /* field NULL: none listed */
};

#define LISTED(field_, seen_)                                                                      \
    {                                                                                              \
        .scenario = (char *)"self", .field = (char *)(field_), .seen = (char *)(seen_),            \
        .reason = (char *)"an example", .file = "examples.txt", .line = 7                          \
    }

static const struct example examples[] = {
    {"passes", passes, RUN_VERDICT_PASS, NULL, {0}},
    {"fails", fails, RUN_VERDICT_FAIL, "s1.hr", {0}},
    {"faults", faults, RUN_VERDICT_CRASH, "SIGSEGV", {0}},
    {"aborts", aborts, RUN_VERDICT_CRASH, "SIGABRT", {0}},
    {"exits with 3", exits_with_3, RUN_VERDICT_CRASH, "exit 3", {0}},
    {"exits with 0 in the middle", exits_with_0, RUN_VERDICT_CRASH, "exit 0", {0}},
    {"hangs", hangs, RUN_VERDICT_HANG, "1500 ms", {0}},
    {"hangs at exit", hangs_at_exit, RUN_VERDICT_HANG, "1500 ms", {0}},
    {"leaks", leaks, RUN_VERDICT_LEAK, "handles", {0}},
    {"never reaches its point", never_reaches_its_point, RUN_VERDICT_SETUP, "open failed", {0}},
    {"cannot run here", cannot_run_here, RUN_VERDICT_SKIPPED, "needs ioring>=900", {0}},
    {"leaves no trace", leaves_no_trace, RUN_VERDICT_ERROR, NULL, {0}},
    {"cuts its trace", cuts_its_trace, RUN_VERDICT_ERROR, "no record", {0}},
    {"differs as listed", fails, RUN_VERDICT_KNOWN, "an example", LISTED("s1.hr", NULL)},
    {"passes where listed", passes, RUN_VERDICT_UNEXPECTED, "examples.txt:7", LISTED("s1.hr", NULL)},
    {"another wrong answer", fails, RUN_VERDICT_FAIL, "listed is 0x1", LISTED("s1.hr", "0x1")},
    {"crashes as listed", aborts, RUN_VERDICT_KNOWN, "an example", LISTED("crash", NULL)},
    {"a listed crash is gone", passes, RUN_VERDICT_UNEXPECTED, "crash", LISTED("crash", NULL)},
    {"hangs as listed", hangs, RUN_VERDICT_KNOWN, "an example", LISTED("hang", NULL)},
    {"leaks as listed", leaks, RUN_VERDICT_KNOWN, "an example", LISTED("leak", NULL)},
    {"crashes, another is listed", faults, RUN_VERDICT_CRASH, "SIGSEGV", LISTED("hang", NULL)},
};

#define COUNT (sizeof(examples) / sizeof(examples[0]))

static const char expectations[] = "expect 1\n"
                                   "scenario self\n"
                                   "expect s1.hr exact S_OK basis=decision grounds=SELF\n";

static void judged(struct run_job *job, void *ctx)
{
    run_case_judge(job->ctx);
}

static bool report(size_t i, const struct run_case *c)
{
    const struct example *e = &examples[i];
    bool right = c->verdict == e->want && c->reason &&
                 (!e->want_reason || strstr(c->reason, e->want_reason));

    printf("%s %zu - %s is reported as %s\n", right ? "ok" : "not ok", i + 1, e->name,
           run_verdict_name(e->want));
    if (!right)
        printf("# got %s: %s\n", run_verdict_name(c->verdict), c->reason ? c->reason : "(none)");
    return right;
}

int main(void)
{
    static struct run_case cases[COUNT];
    static struct run_known_list lists[COUNT];
    static struct run_known rows[COUNT];
    struct run_job *jobs[COUNT];
    struct cf_error error = {0};
    struct run_pair pair = {.id = (char *)"self", .area = (char *)"selftest"};
    char *scratch = run_scratch_dir(), *why = NULL;
    size_t right = 0;

    pair.expectations = cf_expect_parse(expectations, strlen(expectations), "examples", &error);
    printf("1..%zu\n", COUNT);
    if (!pair.expectations) {
        printf("Bail out! %s\n", error.text);
        return RUN_FAIL;
    }
    for (size_t i = 0; i < COUNT; i++) {
        char *own = run_format("%s/%zu", scratch, i);

        rows[i] = examples[i].known;
        lists[i] = (struct run_known_list){.rows = &rows[i], .count = rows[i].field != NULL};
        cases[i] = (struct run_case){.pair = &pair, .engine = "threads", .known = &lists[i],
                                     .body = examples[i].body};
        if (!run_case_init(&cases[i], own, LIMIT_MS, &why)) {
            printf("Bail out! %s\n", why);
            return RUN_FAIL;
        }
        jobs[i] = &cases[i].job;
        free(own);
    }
    run_jobs(jobs, COUNT, 4, judged, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        right += report(i, &cases[i]);
        run_case_fini(&cases[i]);
    }
    cf_expect_destroy(pair.expectations);
    run_remove_tree(scratch);
    free(scratch);
    return right == COUNT ? RUN_PASS : RUN_FAIL;
}
