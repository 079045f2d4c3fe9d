/* SPDX-License-Identifier: MIT */
/* A run from the plan to the verdict. */
#include "conformance/explore/target.h"

#include "conformance/explore/schedule.h"
#include "conformance/oracle/oracle.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool cf_target_open(struct cf_target *target, const char *name, unsigned timeout_ms,
                    char **error_out)
{
    *target =
        (struct cf_target){.timeout_ms = timeout_ms, .area_fd = -1, .trace_fd = -1, .log_fd = -1,
                           .lint_fd = -1};
    target->name = run_format("%s", name);
    target->area_fd = cf_area_open();
    target->trace_fd = memfd_create("ringer-trace", 0);
    target->log_fd = memfd_create("ringer-log", 0);
    target->area = target->area_fd >= 0 ? cf_area_map(target->area_fd) : NULL;
    if (run_hooks() && run_hooks()->strict) {
        target->lint_fd = memfd_create("ringer-lint", 0);
        target->lint_path = run_format("/proc/self/fd/%d", target->lint_fd);
    }
    if (!target->area || target->trace_fd < 0 || target->log_fd < 0 ||
        !cf_server_prepare(&target->server)) {
        *error_out = run_format("no memory or descriptors: %s", strerror(errno));
        return false;
    }
    fcntl(target->log_fd, F_SETFL, O_APPEND);
    target->trace_path = run_format("/proc/self/fd/%d", target->trace_fd);
    return true;
}

void cf_target_redirect(const struct cf_target *target)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(target->log_fd, STDOUT_FILENO);
    dup2(target->log_fd, STDERR_FILENO);
}

static void fail(struct cf_outcome_of_run *outcome, const char *key, const char *text)
{
    outcome->failed = true;
    snprintf(outcome->key, sizeof(outcome->key), "%s", key);
    snprintf(outcome->text, sizeof(outcome->text), "%s", text);
}

static bool read_trace(struct cf_target *target, size_t *nbytes_out)
{
    struct stat info;

    if (fstat(target->trace_fd, &info))
        return false;
    if ((size_t)info.st_size + 1 > target->capacity) {
        char *grown = realloc(target->bytes, (size_t)info.st_size * 2 + 4096);

        if (!grown)
            return false;
        target->bytes = grown;
        target->capacity = (size_t)info.st_size * 2 + 4096;
    }
    *nbytes_out = (size_t)info.st_size;
    return pread(target->trace_fd, target->bytes, *nbytes_out, 0) == (ssize_t)*nbytes_out;
}

static void ask_oracle(struct cf_target *target, struct cf_outcome_of_run *outcome)
{
    struct cf_trace_error error = {0};
    struct cf_verdict verdict;
    struct cf_trace *trace;
    size_t nbytes;

    if (!read_trace(target, &nbytes)) {
        outcome->cannot = true;
        snprintf(outcome->text, sizeof(outcome->text), "the trace cannot be read");
        return;
    }
    trace = cf_trace_parse(target->bytes, nbytes, &error);
    if (!trace) {
        outcome->cannot = true;
        snprintf(outcome->text, sizeof(outcome->text), "the trace, line %zu: %s", error.line,
                 error.text);
        return;
    }
    cf_oracle_check(trace, &verdict);
    if (verdict.violation_count) {
        const struct cf_violation *v = &verdict.violations[0];

        outcome->failed = true;
        snprintf(outcome->key, sizeof(outcome->key), "rule %s", v->rule->id);
        snprintf(outcome->text, sizeof(outcome->text),
                 "rule %s broken at line %zu of the trace: %s [%s %s]", v->rule->id, v->line,
                 v->text, v->rule->basis, v->rule->source);
    }
    cf_verdict_fini(&verdict);
    cf_trace_free(trace);
}

/* What works by luck in this order fails, when that was asked for. */
static void ask_lint(const struct cf_target *target, struct cf_outcome_of_run *outcome)
{
    json_t *found = target->lint_path ? run_hooks_read_lint(target->lint_path) : NULL;
    json_t *first = json_array_get(found, 0);

    if (first && !outcome->failed && !outcome->cannot) {
        outcome->failed = true;
        snprintf(outcome->key, sizeof(outcome->key), "lint %s",
                 json_string_value(json_object_get(first, "lint")));
        snprintf(outcome->text, sizeof(outcome->text), "%s: %s: %s", outcome->key,
                 json_string_value(json_object_get(first, "function")),
                 json_string_value(json_object_get(first, "text")));
    }
    json_decref(found);
}

/* True when the ending alone says what is to be said. */
static bool judge_ending(struct cf_target *target, const struct cf_ending *ending,
                         struct cf_outcome_of_run *outcome)
{
    char text[64];

    if (ending->lost || !target->area->begun) {
        char *words = cf_target_words(target);

        outcome->cannot = true;
        snprintf(outcome->text, sizeof(outcome->text),
                 "%s did not begin under the engine sim%s%.200s", target->name,
                 *words ? ": " : ": is it linked against libringer?", words);
        free(words);
        return true;
    }
    if (target->area->asleep)
        return true;
    if (target->area->stuck && (target->argv || !cf_area_faults(target->area))) {
        char standing[200];

        cf_schedule_standing(target->area, standing, sizeof(standing));
        fail(outcome, "stuck", "every thread waits, and nothing is left that could end a wait: ");
        strncat(outcome->text, standing, sizeof(outcome->text) - strlen(outcome->text) - 1);
    } else if (ending->timed_out) {
        snprintf(text, sizeof(text), "no end within %u ms", target->timeout_ms);
        fail(outcome, "timeout", text);
    } else if (ending->signal) {
        snprintf(text, sizeof(text), "SIG%s", sigabbrev_np(ending->signal));
        fail(outcome, text, text);
    }
    return outcome->failed;
}

/* What only a thread may have caused of which the simulation knows nothing is no failure. */
static void excuse(const struct cf_area *area, bool timed_out, struct cf_outcome_of_run *outcome)
{
    char text[sizeof(outcome->text)];

    if (!outcome->failed || !(area->missing || (timed_out && area->strangers)))
        return;
    memcpy(text, outcome->text, sizeof(text));
    *outcome = (struct cf_outcome_of_run){.cannot = true};
    snprintf(outcome->text, sizeof(outcome->text), "%s; so it went: %.200s", CF_STRANGERS, text);
}

void cf_target_run(void *context, struct cf_area *area, struct cf_outcome_of_run *outcome)
{
    struct cf_target *target = context;
    struct cf_ending ending;
    char text[32];

    area->begun = 0;
    (void)!ftruncate(target->trace_fd, 0);
    if (target->ran) /* else the server may be gone, and have said why */
        (void)!ftruncate(target->log_fd, 0);
    target->ran = true;
    if (target->lint_fd >= 0)
        (void)!ftruncate(target->lint_fd, 0);
    if (target->dir && !target->reads_only) {
        run_remove_tree(target->dir);
        mkdir(target->dir, 0777);
    }
    cf_server_run(&target->server, target->timeout_ms, &ending);
    if (judge_ending(target, &ending, outcome)) {
        excuse(area, ending.timed_out, outcome);
        return;
    }
    if (!target->argv) {
        cf_target_judge_scenario(target, &ending, outcome);
    } else if (ending.exit_code) {
        snprintf(text, sizeof(text), "exit %d", ending.exit_code);
        fail(outcome, text, text);
    } else {
        ask_oracle(target, outcome);
    }
    ask_lint(target, outcome);
    excuse(area, ending.timed_out, outcome);
}

bool cf_target_keep(const struct cf_target *target, const char *trace_path)
{
    int to = open(trace_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    char piece[65536];
    off_t at = 0;
    ssize_t nbytes = 0;
    bool good = to >= 0;

    while (good && (nbytes = pread(target->trace_fd, piece, sizeof(piece), at)) > 0) {
        good = write(to, piece, (size_t)nbytes) == nbytes;
        at += nbytes;
    }
    return to >= 0 && !close(to) && good && !nbytes;
}

char *cf_target_words(const struct cf_target *target)
{
    char text[4096], *line, *end;
    struct stat info = {0};
    ssize_t nbytes;

    fstat(target->log_fd, &info);
    nbytes =
        pread(target->log_fd, text, sizeof(text) - 1,
              info.st_size > (off_t)sizeof(text) - 1 ? info.st_size - (off_t)sizeof(text) + 1 : 0);
    if (nbytes <= 0)
        return run_format("%s", "");
    text[nbytes] = '\0';
    end = text + nbytes;
    while (end > text && (end[-1] == '\n' || end[-1] == '\r'))
        *--end = '\0';
    line = strrchr(text, '\n');
    return run_format("%s", line ? line + 1 : text);
}

void cf_target_fini(struct cf_target *target)
{
    cf_server_stop(&target->server);
    cf_area_destroy(target->area);
    if (target->area_fd >= 0)
        close(target->area_fd);
    if (target->trace_fd >= 0)
        close(target->trace_fd);
    if (target->log_fd >= 0)
        close(target->log_fd);
    if (target->lint_fd >= 0)
        close(target->lint_fd);
    if (target->shared)
        munmap(target->shared, sizeof(*target->shared));
    cf_expect_results_fini(&target->c.results);
    run_rules_fini(&target->c.rules);
    free(target->c.reason);
    free(target->c.log_path);
    free(target->name);
    free(target->trace_path);
    free(target->lint_path);
    free(target->dir);
    free(target->bytes);
    *target = (struct cf_target){0};
}
