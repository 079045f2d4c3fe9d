/* SPDX-License-Identifier: MIT */
/* What `ringer check` prints and writes. */
#include "conformance/runner/check.h"

#include "conformance/runner/cmd.h"
#include "conformance/trace/reader.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool run_checks_init(struct run_checks *checks, const char *fail_on)
{
    *checks = (struct run_checks){.fail_on = fail_on};
    run_behaviours_load(&checks->table);
    return checks->table.count > 0;
}

static struct run_check *add(struct run_checks *checks, char *name)
{
    struct run_check *check;

    checks->items = realloc(checks->items, (checks->count + 1) * sizeof(*checks->items));
    check = &checks->items[checks->count++];
    *check = (struct run_check){.name = name};
    return check;
}

/* What cannot be graded cannot be called green. */
static void lean(struct run_checks *checks, struct run_check *check)
{
    for (size_t i = 0; i < check->rules.reach_count; i++) {
        const struct run_reach *reach = &check->rules.reaches[i];

        run_leanings_add(&check->leanings, &checks->table, reach->row, reach->by, reach->uses);
    }
    run_leanings_sort(&check->leanings);
    if (check->leanings.stranger && !check->rules.problem)
        check->rules.problem =
            run_format("leans on %s, which is in no behaviour table", check->leanings.stranger);
}

json_t *run_checks_faults(const char *trace_path)
{
    struct cf_trace_error error = {0};
    struct cf_trace *trace = cf_trace_load(trace_path, &error);
    json_t *faults = json_array();

    for (size_t i = 0; trace && i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];
        const char *who = record->type == CF_NOTE ? cf_record_string(record, NULL, "who") : NULL;

        if (who && !strcmp(who, "fault"))
            json_array_append_new(faults, json_string(cf_record_string(record, NULL, "text")));
    }
    cf_trace_free(trace);
    return faults;
}

struct run_check *run_checks_add(struct run_checks *checks, const char *name,
                                 const char *trace_path)
{
    struct run_check *check = add(checks, run_format("%s", name));

    run_rules_judge(&check->rules, trace_path);
    lean(checks, check);
    return check;
}

void run_checks_add_case(struct run_checks *checks, struct run_case *c)
{
    struct run_check *check = add(checks, run_format("%s on %s", c->pair->id, c->column));

    check->is_scenario = true;
    check->skipped = c->verdict == RUN_VERDICT_SKIPPED;
    check->program_failed = run_verdict_is_failure(c->verdict);
    check->ending = run_format("%s%s%s", run_verdict_name(c->verdict), *c->reason ? ": " : "", c->reason);
    check->rules = c->rules;
    c->rules = (struct run_rules){0};
    check->lint = json_incref(c->lint);
    if (c->real)
        check->real = run_format("%s", run_verdict_name(c->real->verdict));
    if (check->skipped)
        return;
    for (char **row = c->pair->scenario ? c->pair->scenario->behaviours : NULL; row && *row; row++)
        run_leanings_add(&check->leanings, &checks->table, *row, "scenario", 1);
    for (size_t i = 0; i < c->results.count; i++) {
        const struct cf_expect_result *result = &c->results.items[i];

        if (*result->row && (result->verdict == CF_PASS || result->verdict == CF_FAIL))
            run_leanings_add(&check->leanings, &checks->table, result->row, "scenario", 1);
    }
    lean(checks, check);
}

static bool too_weak(const struct run_checks *checks, const struct run_leaning *leaning)
{
    return checks->fail_on && run_basis_rank(leaning->row->basis) >= run_basis_rank(checks->fail_on);
}

static bool failed(const struct run_checks *checks, const struct run_check *check)
{
    if (check->rules.problem || check->program_failed)
        return true;
    if (run_hooks() && run_hooks()->strict && json_array_size(check->lint))
        return true;
    if (check->rules.breach_count && !check->is_scenario)
        return true;
    return check->leanings.count && too_weak(checks, &check->leanings.items[0]);
}

size_t run_checks_failed(const struct run_checks *checks)
{
    size_t count = 0;

    for (size_t i = 0; i < checks->count; i++)
        count += failed(checks, &checks->items[i]);
    return count;
}

size_t run_checks_skipped(const struct run_checks *checks)
{
    size_t count = 0;

    for (size_t i = 0; i < checks->count; i++)
        count += checks->items[i].skipped;
    return count;
}

static void print_leanings(const struct run_checks *checks, const struct run_leanings *leanings)
{
    const char *separator = ": ";

    if (leanings->count)
        puts("  leaned on, weakest grounds first:");
    for (size_t i = 0; i < leanings->count; i++) {
        const struct run_leaning *l = &leanings->items[i];

        printf("  %c %-15s %-26s %s (%s; %zu times)\n", too_weak(checks, l) ? '!' : ' ', l->row->basis,
               l->row->id, l->row->rule, l->row->sources, l->uses);
    }
    if (!leanings->count || !too_weak(checks, &leanings->items[0]))
        return;
    printf("  leaned on what is %s or weaker", checks->fail_on);
    for (size_t i = 0; i < leanings->count && too_weak(checks, &leanings->items[i]); i++) {
        printf("%s%s", separator, leanings->items[i].row->id);
        separator = ", ";
    }
    putchar('\n');
}

static void print_check(const struct run_checks *checks, const struct run_check *check)
{
    const struct run_rules *rules = &check->rules;
    json_t *row;
    size_t index;

    if (check->skipped) {
        printf("%s: %s\n", check->name, check->ending);
        return;
    }
    printf("%s: %s\n", check->name, failed(checks, check) ? "FAIL" : "pass");
    if (rules->problem)
        printf("  %s\n", rules->problem);
    if (check->program_failed)
        printf("  the %s failed: %s\n", check->is_scenario ? "scenario" : "program", check->ending);
    if (rules->cut)
        puts("  the trace has no end record: the program did not end in an orderly way");
    for (size_t i = 0; i < rules->breach_count; i++) {
        const struct run_breach *b = &rules->breaches[i];

        printf("  broken: %s at line %zu: %s\n          [%s] %s, %s\n", b->rule, b->line, b->text,
               b->grade, b->basis, b->source);
    }
    json_array_foreach (check->faults, index, row)
        printf("  fault that struck: %s\n", json_string_value(row));
    if (check->faults && !json_array_size(check->faults))
        puts("  no fault struck: what the plan names did not come");
    if (check->real)
        printf("  without the hook: %s\n", check->real);
    json_array_foreach (check->lint, index, row)
        printf("  lint %s: %s\n", json_string_value(json_object_get(row, "lint")),
               json_string_value(json_object_get(row, "text")));
    print_leanings(checks, &check->leanings);
}

void run_checks_print(const struct run_checks *checks)
{
    size_t bad = run_checks_failed(checks);

    for (size_t i = 0; i < checks->count; i++)
        print_check(checks, &checks->items[i]);
    printf("%zu passed, %zu failed\n", checks->count - run_checks_skipped(checks) - bad, bad);
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
    for (size_t i = 0; i < check->leanings.count; i++) {
        const struct run_leaning *l = &check->leanings.items[i];
        json_t *by = json_array();
        const char *name;
        json_t *value;

        json_object_foreach (l->by, name, value)
            json_array_append_new(by, json_string(name));
        json_array_append_new(leaned, json_pack("{s:s, s:s#, s:s, s:s, s:s, s:I, s:o, s:b}", "row",
                                                l->row->id, "grade", &l->row->grade, 1, "basis",
                                                l->row->basis, "source", l->row->sources, "text",
                                                l->row->rule, "uses", (json_int_t)l->uses, "by", by,
                                                "too_weak", (int)too_weak(checks, l)));
    }
    return json_pack("{s:s, s:b, s:b, s:s*, s:s*, s:s*, s:O*, s:O*, s:b, s:o, s:o}", "name", check->name, "passed",
                     (int)(!check->skipped && !failed(checks, check)), "skipped",
                     (int)check->skipped, "problem", check->rules.problem, "program", check->ending,
                     "without_hook", check->real, "lint", check->lint, "faults",
                     check->faults,
                     "cut", (int)check->rules.cut, "broken", broken, "leaned_on", leaned);
}

void run_checks_print_json(const struct run_checks *checks)
{
    json_t *items = json_array();
    size_t bad = run_checks_failed(checks);
    json_t *root;

    for (size_t i = 0; i < checks->count; i++)
        json_array_append_new(items, check_json(checks, &checks->items[i]));
    root = json_pack("{s:i, s:i, s:o*, s:o}", "passed",
                     (int)(checks->count - run_checks_skipped(checks) - bad), "failed", (int)bad,
                     "hook", run_hooks_json(), "checks", items);
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

static void put_suite(FILE *file, const struct run_checks *checks, const struct run_check *check)
{
    const struct run_rules *rules = &check->rules;

    fputs(" <testsuite name=\"", file);
    put_escaped(file, check->name);
    fputs("\">\n", file);
    if (check->real) {
        fputs("  <properties><property name=\"hook\" value=\"", file);
        put_escaped(file, run_hooks()->list);
        fputs("\"/><property name=\"claims\" value=\"", file);
        put_escaped(file, run_hooks()->claims);
        fputs("\"/><property name=\"without the hook\" value=\"", file);
        put_escaped(file, check->real);
        fputs("\"/></properties>\n", file);
    }
    put_case(file, check->name, "trace", rules->problem);
    if (check->ending)
        put_case(file, check->name, check->is_scenario ? "scenario" : "program",
                 check->program_failed ? check->ending : NULL);
    for (size_t i = 0; i < check->leanings.count; i++) {
        const struct run_leaning *l = &check->leanings.items[i];
        char *weak = too_weak(checks, l)
                         ? run_format("leans on %s (%s)", l->row->basis, l->row->sources)
                         : NULL;

        put_case(file, check->name, l->row->id, weak);
        free(weak);
    }
    for (size_t i = 0; i < rules->breach_count; i++)
        put_case(file, check->name, rules->breaches[i].rule, rules->breaches[i].text);
    for (size_t i = 0; run_hooks() && i < json_array_size(check->lint); i++) {
        json_t *row = json_array_get(check->lint, i);

        put_case(file, check->name, json_string_value(json_object_get(row, "lint")),
                 run_hooks()->strict ? json_string_value(json_object_get(row, "text")) : NULL);
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
        if (!checks->items[i].skipped)
            put_suite(file, checks, &checks->items[i]);
    fputs("</testsuites>\n", file);
    return !fclose(file);
}

void run_checks_fini(struct run_checks *checks)
{
    for (size_t i = 0; i < checks->count; i++) {
        free(checks->items[i].name);
        free(checks->items[i].ending);
        free(checks->items[i].real);
        json_decref(checks->items[i].lint);
        json_decref(checks->items[i].faults);
        run_rules_fini(&checks->items[i].rules);
        run_leanings_fini(&checks->items[i].leanings);
    }
    free(checks->items);
    run_behaviours_fini(&checks->table);
    *checks = (struct run_checks){0};
}
