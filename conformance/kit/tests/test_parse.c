/* SPDX-License-Identifier: MIT */
/* What the parser takes and what it refuses, with the line; and that every scenario in the tree
 * fits. */
#include "conformance/kit/expect_set.h"
#include "conformance/kit/kit.h"
#include "conformance/kit/scenario.h"
#include "conformance/kit/text.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "scenario 1\nid a\nrule R.\nbehaviours IB1\n"

static struct cf_scenario *parse(const char *text, struct cf_error *error)
{
    memset(error, 0, sizeof *error);
    return cf_scenario_parse(text, strlen(text), "t.scn", error);
}

static unsigned refused_at(const char *text)
{
    struct cf_error error;
    struct cf_scenario *scenario = parse(text, &error);

    cr_assert_null(scenario, "taken: %s", text);
    cr_assert_neq(error.text[0], '\0');
    cf_scenario_destroy(scenario);
    return error.line;
}

Test(parse, takes_a_whole_scenario)
{
    struct cf_error error;
    struct cf_scenario *scenario = parse(HEAD "needs ioring>=300 op:read\ntrials 3\n"
                                              "data d size=4K\nopen f d access=r overlapped\n"
                                              "buffer b size=64 guard\nring r sq=2 cq=2\n"
                                              "s1: info r\nloop i count=$s1.sq\n"
                                              "  s2: read r f b+$i*2 len=8 at=0 ud=$i\nend\n"
                                              "submit r wait=all ms=inf # comment\n",
                                         &error);

    cr_assert_not_null(scenario, "%u: %s", error.line, error.text);
    cr_assert_str_eq(scenario->id, "a");
    cr_assert_eq(scenario->trials, 3);
    cr_assert(cf_scenario_has_label(scenario, "s2"));
    cr_assert(cf_scenario_has_level(scenario, "quick"));
    cf_scenario_destroy(scenario);
}

Test(parse, refuses_with_the_line)
{
    cr_expect_eq(refused_at("scenario 2\n"), 1);
    cr_expect_eq(refused_at(HEAD "fly r\n"), 5);
    cr_expect_eq(refused_at(HEAD "ring r\nring r sq=1 fast=2\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\nsubmit q\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\nsubmit r wait=some\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\nsubmit r 3\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\nread r null null len=1\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\ns: pop r\ns: pop r\n"), 7);
    cr_expect_eq(refused_at(HEAD "ring r\nloop i count=2\npop r\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\nend\n"), 6);
    cr_expect_eq(refused_at(HEAD "ring r\nid b\n"), 6);
    cr_expect_eq(refused_at(HEAD "needs luck\nring r\n"), 5);
    cr_expect_eq(refused_at(HEAD "data d text=\"open\n"), 5);
    cr_expect_eq(refused_at(HEAD "ring r\npop r\nwhen $s9.hr==1\nend\ns9: pop x\n"), 9);
    refused_at(HEAD);
    refused_at("");
}

static bool seven(void *ctx, const char *name, size_t nchars, bool dollar, uint64_t *value_out)
{
    (void)ctx, (void)name, (void)nchars;
    *value_out = 7;
    return dollar;
}

Test(parse, expressions)
{
    uint64_t value = 0;

    cr_expect(cf_evaluate("2*3+4K-1", NULL, NULL, &value) && value == 6 + 4096 - 1);
    cr_expect(cf_evaluate("0xAA+$x*2", seven, NULL, &value) && value == 0xaa + 14);
    cr_expect(!cf_evaluate("2*", NULL, NULL, &value));
    cr_expect(!cf_evaluate("two", seven, NULL, &value));
    cr_expect(!cf_evaluate("1+1)", NULL, NULL, &value));
    cr_expect(!cf_evaluate("99999999999999999999", NULL, NULL, &value));
}

Test(parse, conditions)
{
    struct cf_facts facts = {.has_ioring = true,
                             .max_version = 300,
                             .ops = 1 << 1,
                             .features = 2,
                             .host = "linux",
                             .engine = "uring",
                             .bits = 64};

    cr_expect(cf_condition_holds("ioring>=300", &facts, NULL, NULL));
    cr_expect(!cf_condition_holds("ioring>=400", &facts, NULL, NULL));
    cr_expect(cf_condition_holds("not:op:write", &facts, NULL, NULL));
    cr_expect(cf_condition_holds("op:read", &facts, NULL, NULL));
    cr_expect(cf_condition_holds("engine:uring", &facts, NULL, NULL));
    cr_expect(cf_condition_holds("feature:event", &facts, NULL, NULL));
    cr_expect(cf_condition_holds("$x==7", &facts, seven, NULL));
    cr_expect(!cf_condition_valid("ioring", false));
    cr_expect(!cf_condition_valid("$x==7", false));
}

Test(parse, generated_bytes_are_never_poison)
{
    for (uint64_t i = 0; i < 20000; i++) {
        cr_assert_lt(cf_generated_byte(i, i % 7), 0x80);
    }
}

static bool in_table(json_t *rows, const char *id)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        const char *known = json_string_value(json_object_get(row, "id"));
        if (known && !strcmp(known, id)) {
            return true;
        }
    }
    return false;
}

/* Rows of both tables, the published and our own decisions; the caller's to release. */
static json_t *load_rows(void)
{
    static const char *const names[] = {"ioring.json", "decisions.json"};
    json_t *all = json_array();

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        json_error_t error;
        snprintf(path, sizeof path, "%s/%s", CF_BEHAVIOURS, names[i]);
        json_t *table = json_load_file(path, 0, &error);
        json_t *rows = json_object_get(table, "rows");
        cr_assert(json_is_array(rows), "%s: %s", path, error.text);
        json_array_extend(all, rows);
        json_decref(table);
    }
    return all;
}

/* Behaviours that scenarios and expectations name stand in fixtures/behaviours. */
static void check_rows(json_t *rows, const struct cf_scenario *scenario,
                       const struct cf_expect_set *set)
{
    for (char **id = scenario->behaviours; *id; id++) {
        cr_expect(in_table(rows, *id), "%s: no behaviour %s", scenario->path, *id);
    }
    for (size_t i = 0; i < set->count; i++) {
        cr_expect(set->items[i].row && in_table(rows, set->items[i].row), "%s:%u: no behaviour",
                  set->path, set->items[i].line);
    }
}

/* Every .scn has an .expect beside it, both are read, and the labels agree. */
static unsigned check_folder(const char *folder)
{
    char path[512], expect_path[512];
    json_t *rows = load_rows();
    unsigned found = 0;
    struct dirent *entry;
    struct cf_error error;

    snprintf(path, sizeof path, "%s/%s", CF_SCENARIO_ROOT, folder);
    DIR *dir = opendir(path);
    cr_assert_not_null(dir);
    while ((entry = readdir(dir))) {
        char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".scn")) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s/%s", CF_SCENARIO_ROOT, folder, entry->d_name);
        snprintf(expect_path, sizeof expect_path, "%.*s.expect", (int)(strlen(path) - 4), path);
        struct cf_scenario *scenario = cf_scenario_load(path, &error);
        cr_expect_not_null(scenario, "%s:%u: %s", error.path, error.line, error.text);
        struct cf_expect_set *set = cf_expect_load(expect_path, &error);
        cr_expect_not_null(set, "%s:%u: %s", error.path, error.line, error.text);
        if (scenario && set) {
            cr_expect(cf_expect_fits(set, scenario, &error), "%s:%u: %s", error.path, error.line,
                      error.text);
            check_rows(rows, scenario, set);
            size_t nchars = strlen(scenario->id);
            cr_expect(nchars == (size_t)(dot - entry->d_name) &&
                          !memcmp(scenario->id, entry->d_name, nchars),
                      "%s: the id is the name of the file", path);
        }
        cf_expect_destroy(set);
        cf_scenario_destroy(scenario);
        found++;
    }
    closedir(dir);
    json_decref(rows);
    return found;
}

Test(parse, the_scenarios_of_the_tree)
{
    cr_assert_geq(check_folder("ioring") + check_folder("nt"), 40);
    cr_assert_geq(check_folder("unknown"), 200);
}
