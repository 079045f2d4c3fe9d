/* SPDX-License-Identifier: MIT */
/*
 * `ringer answers`: traces of scenarios, from any system, against the expectations of the scenarios. An
 * open question is answered so: the trace holds our choice, or says what it is instead.
 */
#include "conformance/runner/cmd.h"
#include "conformance/runner/suite.h"
#include "conformance/trace/reader.h"

#include <fts.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int answers_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_answers = {
    .name = "answers",
    .summary = "compare traces of scenarios with what the scenarios expect",
    .help = "usage: ringer answers [options] TRACE.jsonl|FOLDER...\n\n"
            "Each trace is one scenario, as conformance.exe or `ringer run --report` writes it.\n\n"
            "  --json      the answers on stdout as JSON\n"
            "  --all       also those that are as expected\n"
            "  --help\n\n"
            "The last line of text output is 'N as expected, N differ, N without an answer'.\n"
            "exit: 0 none differs, 1 one does, 2 usage, 77 the scenarios are not there\n",
    .main = answers_main,
};

struct answers {
    struct run_suite suite;
    bool json, all;
    json_t *rows; /* owned */
    size_t same, different, silent;
};

static bool is_kits(const json_t *note)
{
    const char *who = json_string_value(json_object_get(note, "who"));

    return who && !strncmp(who, "kit", 3);
}

/* Why the trace says nothing; NULL when it does, and then *id_out is its scenario. Owned. */
static char *find_scenario(const struct cf_trace *trace, char **id_out)
{
    const char *id = NULL, *why = NULL;

    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_SCN)
            id = record->scn.id;
        else if (record->type == CF_NOTE && is_kits(record->json))
            why = json_string_value(json_object_get(record->json, "text"));
    }
    *id_out = id ? run_format("%s", id) : NULL;
    if (!id)
        return run_format("%s", why ? why : "the trace names no scenario");
    /* The kit writes a note when the scenario was skipped or did not get to its point. */
    return why && trace->integrity == CF_TRACE_WHOLE ? run_format("%s", why) : NULL;
}

static const struct run_pair *find_pair(const struct answers *answers, const char *id)
{
    for (size_t i = 0; id && i < answers->suite.pair_count; i++)
        if (!strcmp(answers->suite.pairs[i].id, id))
            return &answers->suite.pairs[i];
    return NULL;
}

static void say(struct answers *answers, const char *id, const char *verdict, const char *why,
                const struct cf_expect_results *results)
{
    json_t *row = json_pack("{s:s, s:s, s:s}", "scenario", id, "answer", verdict, "why", why);
    json_t *fields = json_array();
    bool same = !strcmp(verdict, "as expected");

    if (!answers->json && (!same || answers->all))
        printf("%-12s %s%s%s\n", verdict, id, *why ? ": " : "", why);
    for (size_t i = 0; results && i < results->count; i++) {
        const struct cf_expect_result *item = &results->items[i];

        if (item->verdict != CF_FAIL)
            continue;
        json_array_append_new(fields, json_pack("{s:s, s:s, s:s, s:s}", "field", item->field, "expected",
                                                item->want, "seen", item->seen, "basis",
                                                cf_basis_name(item->basis)));
        if (!answers->json)
            printf("             %s: expected %s, seen %s [%s]\n", item->field, item->want, item->seen,
                   cf_basis_name(item->basis));
    }
    json_object_set_new(row, "fields", fields);
    json_array_append_new(answers->rows, row);
}

/* A trace without its end is an answer, too: what was asked did not come back. */
static void judge(struct answers *answers, const struct run_pair *pair, const char *path, bool whole)
{
    struct cf_expect_results results = {0};
    struct cf_error error = {0};
    size_t failed = 0;

    if (!cf_expect_judge(pair->expectations, path, NULL, &results, &error)) {
        answers->silent++;
        say(answers, pair->id, "no answer", error.text, NULL);
        return;
    }
    failed = !whole;
    for (size_t i = 0; i < results.count; i++)
        failed += results.items[i].verdict == CF_FAIL;
    answers->different += failed > 0;
    answers->same += failed == 0;
    say(answers, pair->id, failed ? "differs" : "as expected",
        whole ? "" : "the trace has no end: a fault, or a call that did not return", &results);
    cf_expect_results_fini(&results);
}

static void add_trace(struct answers *answers, const char *path)
{
    struct cf_trace_error error = {0};
    struct cf_trace *trace = cf_trace_load(path, &error);
    const struct run_pair *pair = NULL;
    char *id = NULL, *why;

    if (!trace)
        why = run_format("line %zu: %s", error.line, error.text);
    else if (trace->integrity == CF_TRACE_BAD_HASH || trace->integrity == CF_TRACE_BAD_COUNT)
        why = run_format("changed after it was written");
    else
        why = find_scenario(trace, &id);
    if (!why) {
        pair = find_pair(answers, id);
        if (!pair || !pair->expectations)
            why = run_format("no scenario of that name is shipped");
    }
    if (why) {
        answers->silent++;
        say(answers, id ? id : path, "no answer", why, NULL);
    } else {
        judge(answers, pair, path, trace->integrity == CF_TRACE_WHOLE);
    }
    free(why);
    free(id);
    cf_trace_free(trace);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A file, or the traces of a folder; false when there is none. */
static bool add_path(struct answers *answers, char *path)
{
    char *roots[] = {path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    bool any = false;
    FTSENT *entry;

    while (walk && (entry = fts_read(walk))) {
        size_t nchars = strlen(entry->fts_name);

        if (entry->fts_info != FTS_F ||
            (entry->fts_level > 0 && (nchars < 6 || strcmp(entry->fts_name + nchars - 6, ".jsonl"))))
            continue;
        add_trace(answers, entry->fts_path);
        any = true;
    }
    if (walk)
        fts_close(walk);
    return any;
}

static int finish(struct answers *answers)
{
    if (answers->json) {
        json_t *document = json_pack("{s:O, s:I, s:I, s:I}", "answers", answers->rows, "same",
                                     (json_int_t)answers->same, "different",
                                     (json_int_t)answers->different, "silent",
                                     (json_int_t)answers->silent);

        json_dumpf(document, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(document);
    } else {
        printf("%zu as expected, %zu differ, %zu without an answer\n", answers->same,
               answers->different, answers->silent);
    }
    return answers->different ? RUN_FAIL : RUN_PASS;
}

static int answers_main(const struct run_command *command, int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"all", no_argument, NULL, 'a'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct answers answers = {0};
    char *error = NULL;
    int option, code = RUN_USAGE;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'h')
            return run_help(command);
        if (option == '?')
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
        answers.json |= option == 'j';
        answers.all |= option == 'a';
    }
    if (optind == argc)
        return run_usage(command, "want a trace or a folder of traces");
    if (!run_suite_add_all(&answers.suite, &error)) {
        code = run_cannot("%s", error);
        free(error);
        return code;
    }
    answers.rows = json_array();
    for (; optind < argc && add_path(&answers, argv[optind]); optind++)
        ;
    code = optind < argc ? run_usage(command, "%s: no trace", argv[optind]) : finish(&answers);
    json_decref(answers.rows);
    run_suite_fini(&answers.suite);
    return code;
}
