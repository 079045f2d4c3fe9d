/* SPDX-License-Identifier: MIT */
/* raw_ring under the tracer: its entries and completions are seen, and judged like any others. */
#include "conformance/oracle/oracle.h"
#include "conformance/trace/reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct cf_trace *trace_of(const char *what)
{
    const char *program = getenv("CF_RAW_RING"), *tracer = getenv("CF_TRACER");
    char path[] = "/tmp/ringer-raw-XXXXXX", hooks[512];
    struct cf_trace_error error = {0};
    struct cf_trace *trace;
    int fd = mkstemp(path), status;
    pid_t child;

    cr_assert(program && tracer && fd >= 0);
    close(fd);
    snprintf(hooks, sizeof(hooks), "%s:%s", tracer, path);
    child = fork();
    if (!child) {
        setenv("RINGER_HOOKS", hooks, 1);
        execl(program, program, program, what, (char *)NULL); /* reads its own image */
        _exit(127);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "died by signal %d", WTERMSIG(status));
    cr_assert_eq(WEXITSTATUS(status), 0);
    trace = cf_trace_load(path, &error);
    unlink(path);
    cr_assert(trace, "line %zu: %s", error.line, error.text);
    return trace;
}

static size_t calls_of(const struct cf_trace *trace, const char *fn)
{
    size_t count = 0;

    for (size_t i = 0; i < trace->count; i++)
        count += trace->records[i].type == CF_CALL && !strcmp(trace->records[i].call.fn, fn);
    return count;
}

static size_t uses_of(const struct cf_verdict *verdict, const char *rule)
{
    size_t count;
    const struct cf_rule_info *rules = cf_oracle_rules(&count);

    for (size_t i = 0; i < count; i++) {
        if (!strcmp(rules[i].id, rule))
            return verdict->uses[i];
    }
    cr_assert_fail("no rule %s", rule);
    return 0;
}

Test(raw, entries_by_hand_are_judged)
{
    struct cf_trace *trace = trace_of("good");
    struct cf_verdict verdict;

    cr_expect_eq(calls_of(trace, "raw.sqe"), 4 * 20);
    cr_expect_eq(calls_of(trace, "raw.wild"), 0);
    cf_oracle_check(trace, &verdict);
    for (size_t i = 0; i < verdict.violation_count; i++)
        fprintf(stderr, "line %zu: %s: %s\n", verdict.violations[i].line,
                verdict.violations[i].rule->id, verdict.violations[i].text);
    cr_expect_eq(verdict.violation_count, 0);
    cr_expect_eq(uses_of(&verdict, "count.once"), 4 * 20);
    cr_expect(uses_of(&verdict, "count.lost") > 0);
    cr_expect(uses_of(&verdict, "register.order") > 0);
    cf_verdict_fini(&verdict);
    cf_trace_free(trace);
}

Test(raw, a_forged_completion_is_seen)
{
    struct cf_trace *trace = trace_of("forge");
    struct cf_verdict verdict;

    cf_oracle_check(trace, &verdict);
    cr_assert_eq(verdict.violation_count, 1);
    cr_expect_str_eq(verdict.violations[0].rule->id, "count.once");
    cf_verdict_fini(&verdict);
    cf_trace_free(trace);
}
