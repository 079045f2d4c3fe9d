/* SPDX-License-Identifier: MIT */
/*
 * Each rule against its illegal trace, which no other rule minds, and against the same trace minimally
 * repaired, which it must have looked at and let pass. The traces are made by hand.
 */
#include "conformance/oracle/oracle.h"
#include "conformance/trace/reader.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cf_trace *load(const char *sort, const char *rule)
{
    const char *directory = getenv("CF_SELFTEST_TRACES");
    struct cf_trace_error error = {0};
    struct cf_trace *trace;
    char path[512];

    cr_assert(directory, "CF_SELFTEST_TRACES names no directory");
    snprintf(path, sizeof(path), "%s/%s%s.jsonl", directory, sort, rule);
    trace = cf_trace_load(path, &error);
    cr_assert(trace, "%s, line %zu: %s", path, error.line, error.text);
    cr_expect_eq(trace->integrity, CF_TRACE_WHOLE, "%s", path);
    cr_expect_str_eq(trace->host, "synthetic", "%s", path);
    return trace;
}

static void report(const struct cf_verdict *verdict, const char *name)
{
    for (size_t i = 0; i < verdict->violation_count; i++)
        fprintf(stderr, "%s: line %zu: %s: %s\n", name, verdict->violations[i].line,
                verdict->violations[i].rule->id, verdict->violations[i].text);
}

/* Names of files of the directory that begin with sort, in order; "illegal-RULE+VARIANT.jsonl". */
static size_t list(const char *sort, struct dirent ***entries_out)
{
    const char *directory = getenv("CF_SELFTEST_TRACES");
    size_t kept = 0;
    int count;

    cr_assert(directory);
    count = scandir(directory, entries_out, NULL, alphasort);
    cr_assert(count > 0);
    for (int i = 0; i < count; i++) {
        size_t length = strlen((*entries_out)[i]->d_name);

        if (strncmp((*entries_out)[i]->d_name, sort, strlen(sort)) || length < 7 ||
            strcmp((*entries_out)[i]->d_name + length - 6, ".jsonl")) {
            free((*entries_out)[i]);
            continue;
        }
        (*entries_out)[i]->d_name[length - 6] = '\0';
        (*entries_out)[kept++] = (*entries_out)[i];
    }
    return kept;
}

static size_t rule_named(const char *name)
{
    size_t count, length = strcspn(name, "+");
    const struct cf_rule_info *rules = cf_oracle_rules(&count);

    for (size_t i = 0; i < count; i++) {
        if (strlen(rules[i].id) == length && !strncmp(rules[i].id, name, length))
            return i;
    }
    cr_assert_fail("no rule for %s", name);
    return 0;
}

/* The short question, asked of one memory again and again, has the long one's answer. */
static void expect_approval(const struct cf_trace *trace, bool wanted, const char *name)
{
    static struct cf_oracle *oracle;

    if (!oracle)
        oracle = cf_oracle_create();
    cr_assert(oracle);
    for (int i = 0; i < 2; i++)
        cr_expect_eq(cf_oracle_approves(oracle, trace), wanted, "%s", name);
}

/* Exactly one violation, of its own rule: another one that is broken too would be found first. */
static void expect_caught(const char *name)
{
    struct cf_trace *trace = load("illegal-", name);
    size_t rule = rule_named(name), count;
    const struct cf_rule_info *rules = cf_oracle_rules(&count);
    struct cf_verdict verdict;

    cf_oracle_check(trace, &verdict);
    cr_expect_eq(verdict.violation_count, 1, "%s: %zu violations", name, verdict.violation_count);
    for (size_t v = 0; v < verdict.violation_count; v++) {
        cr_expect_str_eq(verdict.violations[v].rule->id, rules[rule].id, "%s", name);
        cr_expect(verdict.violations[v].line > 2);
    }
    if (verdict.violation_count != 1)
        report(&verdict, name);
    cr_expect(verdict.uses[rule] > 0, "%s", name);
    expect_approval(trace, false, name);
    cf_verdict_fini(&verdict);
    cf_trace_free(trace);
}

Test(oracle, every_illegal_trace_is_caught_by_its_rule)
{
    struct dirent **entries;
    size_t rule_count, count = list("illegal-", &entries);
    const struct cf_rule_info *rules = cf_oracle_rules(&rule_count);

    for (size_t i = 0; i < rule_count; i++)
        expect_caught(rules[i].id); /* every rule has one */
    for (size_t i = 0; i < count; i++) {
        expect_caught(entries[i]->d_name + strlen("illegal-"));
        free(entries[i]);
    }
    free(entries);
}

static void expect_legal(const char *name)
{
    struct cf_trace *trace = load("", name);
    struct cf_verdict verdict;

    cf_oracle_check(trace, &verdict);
    report(&verdict, name);
    cr_expect_eq(verdict.violation_count, 0, "%s", name);
    cr_expect(!verdict.out_of_memory);
    expect_approval(trace, true, name);
    cf_verdict_fini(&verdict);
    cf_trace_free(trace);
}

Test(oracle, every_rule_lets_the_repaired_trace_pass)
{
    char name[80];
    size_t count;
    const struct cf_rule_info *rules = cf_oracle_rules(&count);

    /* After the repair some rules have nothing left to judge: "expired", "aborted", "failed". */
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "repaired-%s", rules[i].id);
        expect_legal(name);
    }
}

/* Close to illegal ones: the other members of a set, successors that overtake, races either way. */
Test(oracle, legal_traces_pass)
{
    struct dirent **entries;
    size_t count = list("legal", &entries);

    cr_expect(count > 30);
    for (size_t i = 0; i < count; i++) {
        expect_legal(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

/* A rule that saw nothing has not passed. */
Test(oracle, nothing_seen_is_vacuous)
{
    static const char text[] = "{\"t\":\"hdr\",\"schema\":\"ringer-trace/1\"}\n";
    struct cf_trace_error error;
    struct cf_trace *trace = cf_trace_parse(text, sizeof(text) - 1, &error);
    struct cf_verdict verdict;

    cr_assert(trace);
    cf_oracle_check(trace, &verdict);
    cr_expect_eq(verdict.violation_count, 0);
    for (size_t i = 0; i < verdict.rule_count; i++)
        cr_expect_eq(verdict.uses[i], 0);
    cf_verdict_fini(&verdict);
    cf_trace_free(trace);
}

/* Whatever lines are missing or doubled, the answer is a verdict and not a crash. */
static void tear(const char *name)
{
    struct cf_trace *trace = load("", name);

    for (size_t left_out = 1; left_out < trace->count; left_out++) {
        struct cf_record *records = calloc(trace->count, sizeof(*records));
        struct cf_trace torn = *trace;
        struct cf_verdict verdict;

        cr_assert(records);
        memcpy(records, trace->records, left_out * sizeof(*records));
        memcpy(records + left_out, trace->records + left_out + 1,
               (trace->count - left_out - 1) * sizeof(*records));
        torn.records = records;
        torn.count = trace->count - 1;
        cf_oracle_check(&torn, &verdict);
        cr_expect(!verdict.out_of_memory);
        expect_approval(&torn, !verdict.violation_count, "torn");
        cf_verdict_fini(&verdict);
        records[left_out] = records[left_out - 1];
        cf_oracle_check(&torn, &verdict);
        cf_verdict_fini(&verdict);
        free(records);
    }
    cf_trace_free(trace);
}

Test(oracle, torn_traces)
{
    static const char *const names[] = {"legal", "legal-ds-full-of-events", "legal-ds-numbers-again",
                                        "legal-ds-staging-equal", "legal-ds-fenced-and-cancelled",
                                        "repaired-ds.record", "repaired-ds.data", "repaired-ds.close",
                                        "repaired-ds.codec", "repaired-ds.order"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        tear(names[i]);
}

Test(oracle, rules_are_named_once)
{
    size_t count;
    const struct cf_rule_info *rules = cf_oracle_rules(&count);

    for (size_t i = 0; i < count; i++) {
        cr_expect(*rules[i].id && *rules[i].grade && *rules[i].basis && *rules[i].source &&
                  *rules[i].text);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(rules[i].id, rules[j].id);
    }
}
