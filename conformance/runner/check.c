/* SPDX-License-Identifier: MIT */
/* What `ringer check` prints and writes. */
#include "conformance/runner/check.h"

#include "conformance/runner/cmd.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run_check *run_checks_add(struct run_checks *checks, const char *name,
                                 const char *trace_path)
{
    struct run_check *check;

    checks->items = realloc(checks->items, (checks->count + 1) * sizeof(*checks->items));
    check = &checks->items[checks->count++];
    *check = (struct run_check){.name = run_format("%s", name)};
    run_rules_judge(&check->rules, trace_path);
    return check;
}

static bool too_weak(const struct run_checks *checks, const struct run_leaning *leaning)
{
    return checks->fail_on && run_basis_rank(leaning->basis) >= run_basis_rank(checks->fail_on);
}

static bool failed(const struct run_checks *checks, const struct run_check *check)
{
    if (check->rules.problem || check->rules.breach_count || check->program_failed)
        return true;
    return check->rules.leaning_count && too_weak(checks, &check->rules.leanings[0]);
}

size_t run_checks_failed(const struct run_checks *checks)
{
    size_t count = 0;

    for (size_t i = 0; i < checks->count; i++)
        count += failed(checks, &checks->items[i]);
    return count;
}

static void print_check(const struct run_checks *checks, const struct run_check *check)
{
    const struct run_rules *rules = &check->rules;

    printf("%s: %s\n", check->name, failed(checks, check) ? "FAIL" : "pass");
    if (rules->problem)
        printf("  %s\n", rules->problem);
    if (check->program_failed)
        printf("  the program failed: %s\n", check->ending);
    if (rules->cut)
        puts("  the trace has no end record: the program did not end in an orderly way");
    for (size_t i = 0; i < rules->breach_count; i++) {
        const struct run_breach *b = &rules->breaches[i];

        printf("  broken: %s at line %zu: %s\n          [%s] %s, %s\n", b->rule, b->line, b->text,
               b->grade, b->basis, b->source);
    }
    if (rules->leaning_count)
        puts("  leaned on, weakest grounds first:");
    for (size_t i = 0; i < rules->leaning_count; i++) {
        const struct run_leaning *l = &rules->leanings[i];

        printf("  %c %-15s %-26s %s (%s; %zu times)\n", too_weak(checks, l) ? '!' : ' ', l->basis,
               l->rule, l->text, l->source, l->uses);
    }
}

void run_checks_print(const struct run_checks *checks)
{
    size_t bad = run_checks_failed(checks);

    for (size_t i = 0; i < checks->count; i++)
        print_check(checks, &checks->items[i]);
    printf("%zu passed, %zu failed\n", checks->count - bad, bad);
}

static json_t *check_json(const struct run_checks *checks, const struct run_check *check)
{
    json_t *broken = json_array(), *leaned = json_array();

    for (size_t i = 0; i < check->rules.breach_count; i++) {
        const struct run_breach *b = &check->rules.breaches[i];

        json_array_append_new(broken, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "rule", b->rule,
                                                "grade", b->grade, "basis", b->basis, "source",
                                                b->source, "line", (json_int_t)b->line, "text",
                                                b->text));
    }
    for (size_t i = 0; i < check->rules.leaning_count; i++) {
        const struct run_leaning *l = &check->rules.leanings[i];

        json_array_append_new(leaned, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:b}", "rule",
                                                l->rule, "grade", l->grade, "basis", l->basis,
                                                "source", l->source, "uses", (json_int_t)l->uses,
                                                "text", l->text, "too_weak",
                                                (int)too_weak(checks, l)));
    }
    return json_pack("{s:s, s:b, s:s*, s:s*, s:b, s:o, s:o}", "name", check->name, "passed",
                     (int)!failed(checks, check), "problem", check->rules.problem, "program",
                     check->ending, "cut", (int)check->rules.cut, "broken", broken, "leaned_on",
                     leaned);
}

void run_checks_print_json(const struct run_checks *checks)
{
    json_t *items = json_array();
    size_t bad = run_checks_failed(checks);
    json_t *root;

    for (size_t i = 0; i < checks->count; i++)
        json_array_append_new(items, check_json(checks, &checks->items[i]));
    root = json_pack("{s:i, s:i, s:o}", "passed", (int)(checks->count - bad), "failed", (int)bad,
                     "checks", items);
    json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
}

static void put_escaped(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", file);
        else if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '>')
            fputs("&gt;", file);
        else if (*text == '"')
            fputs("&quot;", file);
        else
            fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
    }
}

/* NULL message: it passed. */
static void put_case(FILE *file, const char *suite, const char *name, const char *message)
{
    fputs("  <testcase classname=\"", file);
    put_escaped(file, suite);
    fputs("\" name=\"", file);
    put_escaped(file, name);
    if (!message) {
        fputs("\"/>\n", file);
        return;
    }
    fputs("\"><failure message=\"", file);
    put_escaped(file, message);
    fputs("\"/></testcase>\n", file);
}

static const char *breach_of(const struct run_rules *rules, const char *rule)
{
    for (size_t i = 0; i < rules->breach_count; i++)
        if (!strcmp(rules->breaches[i].rule, rule))
            return rules->breaches[i].text;
    return NULL;
}

static void put_suite(FILE *file, const struct run_checks *checks, const struct run_check *check)
{
    const struct run_rules *rules = &check->rules;

    fputs(" <testsuite name=\"", file);
    put_escaped(file, check->name);
    fputs("\">\n", file);
    put_case(file, check->name, "trace", rules->problem);
    if (check->ending)
        put_case(file, check->name, "program", check->program_failed ? check->ending : NULL);
    for (size_t i = 0; i < rules->leaning_count; i++) {
        const struct run_leaning *l = &rules->leanings[i];
        const char *broken = breach_of(rules, l->rule);
        char *weak = too_weak(checks, l) ? run_format("leans on %s (%s)", l->basis, l->source) : NULL;

        put_case(file, check->name, l->rule, broken ? broken : weak);
        free(weak);
    }
    for (size_t i = 0; i < rules->breach_count; i++) {
        bool listed = false;

        for (size_t k = 0; k < rules->leaning_count; k++)
            listed |= !strcmp(rules->leanings[k].rule, rules->breaches[i].rule);
        if (!listed)
            put_case(file, check->name, rules->breaches[i].rule, rules->breaches[i].text);
    }
    fputs(" </testsuite>\n", file);
}

bool run_checks_junit(const struct run_checks *checks, const char *path)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return false;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ringer check\">\n", file);
    for (size_t i = 0; i < checks->count; i++)
        put_suite(file, checks, &checks->items[i]);
    fputs("</testsuites>\n", file);
    return !fclose(file);
}

void run_checks_fini(struct run_checks *checks)
{
    for (size_t i = 0; i < checks->count; i++) {
        free(checks->items[i].name);
        free(checks->items[i].ending);
        run_rules_fini(&checks->items[i].rules);
    }
    free(checks->items);
    *checks = (struct run_checks){.fail_on = checks->fail_on};
}
