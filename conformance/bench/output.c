/* SPDX-License-Identifier: MIT */
/* The document that a run leaves, and the table that is printed of it. */
#include "conformance/bench/output.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/version.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static json_t *real_or_null(double value)
{
    return value ? json_real(value) : json_null();
}

static const char *handle_name(const struct bench_row *row)
{
    return row->overlapped ? "overlapped" : "synchronous";
}

static const char *kind_name(enum bench_kind kind)
{
    static const char *const names[] = {"reads", "instructions", "slot"};

    return names[kind];
}

static json_t *row_json(const struct bench_result *r)
{
    static const char *const states[] = {"measured", "cannot", "failed"};
    const struct bench_row *row = r->row;
    bool reads = row->kind == BENCH_READS, each = row->kind != BENCH_SLOT;
    json_t *o = json_object();

    json_object_set_new(o, "name", json_string(row->name));
    json_object_set_new(o, "kind", json_string(kind_name(row->kind)));
    json_object_set_new(o, "size", each ? json_integer(row->size) : json_null());
    json_object_set_new(o, "depth", each ? json_integer(row->depth) : json_null());
    json_object_set_new(o, "handle", each ? json_string(handle_name(row)) : json_null());
    json_object_set_new(o, "buffering",
                        each ? json_string(bench_place_name(row->place)) : json_null());
    json_object_set_new(o, "registered", each ? json_boolean(row->registered) : json_null());
    json_object_set_new(o, "wait", each ? json_string(bench_wait_name(row->wait)) : json_null());
    json_object_set_new(o, "file_system",
                        *r->file_system ? json_string(r->file_system) : json_null());
    json_object_set_new(o, "state", json_string(states[r->state]));
    json_object_set_new(o, "note", json_string(r->note));
    json_object_set_new(o, "ours_ops", real_or_null(r->ours_ops));
    json_object_set_new(o, "peer_ops", real_or_null(r->peer_ops));
    json_object_set_new(o, "threads_ops", real_or_null(r->threads_ops));
    json_object_set_new(o, "peer_setup", r->peer_setup ? json_string(r->peer_setup) : json_null());
    json_object_set_new(o, "pinned", reads ? json_boolean(r->pinned) : json_null());
    json_object_set_new(o, "pairs", json_integer(r->pairs));
    json_object_set_new(o, "ratio_median", real_or_null(r->ratio_median));
    json_object_set_new(o, "ratio_min", real_or_null(r->ratio_min));
    json_object_set_new(o, "ratio_max", real_or_null(r->ratio_max));
    json_object_set_new(o, "spread", real_or_null(r->spread));
    json_object_set_new(o, "cpu_ratio_median", real_or_null(r->cpu_ratio_median));
    json_object_set_new(o, "away", json_real(r->away));
    json_object_set_new(o, "p50_ns", real_or_null(r->p50_ns));
    json_object_set_new(o, "p99_ns", real_or_null(r->p99_ns));
    json_object_set_new(o, "peer_p50_ns", real_or_null(r->peer_p50_ns));
    json_object_set_new(o, "peer_p99_ns", real_or_null(r->peer_p99_ns));
    json_object_set_new(o, "ours_each", real_or_null(r->ours_each));
    json_object_set_new(o, "peer_each", real_or_null(r->peer_each));
    json_object_set_new(o, "value", r->state == BENCH_MEASURED ? json_real(r->value) : json_null());
    json_object_set_new(o, "target", real_or_null(row->target));
    json_object_set_new(o, "judged", json_boolean(r->judged));
    json_object_set_new(o, "met", r->judged ? json_boolean(r->met) : json_null());
    return o;
}

json_t *bench_document(const char *bench, const struct bench_options *options, json_t *rows)
{
    struct utsname kernel = {0};

    uname(&kernel);
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:b, s:f, s:o}", "bench", bench, "version",
                     RINGER_VERSION_TEXT, "kernel", kernel.release, "build",
#ifndef __OPTIMIZE__
                     "not optimised",
#elif defined(NDEBUG)
                     "release",
#else
                     "with assertions",
#endif
                     "processors", (int)sysconf(_SC_NPROCESSORS_ONLN), "quick", (int)options->quick,
                     "noise", BENCH_NOISE, "rows", rows);
}

const char *bench_text(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text ? text : "";
}

double bench_number(const json_t *row, const char *key)
{
    return json_number_value(json_object_get(row, key));
}

json_t *bench_json(const struct bench_options *options, const struct bench_results *results)
{
    json_t *rows = json_array(), *document;

    for (size_t i = 0; i < results->count; i++)
        json_array_append_new(rows, row_json(&results->items[i]));
    document = bench_document("ioring", options, rows);
    json_object_set_new(document, "engine", json_string(options->engine));
    return document;
}

static bool is_kind(const json_t *row, enum bench_kind kind)
{
    return !strcmp(bench_text(row, "kind"), kind_name(kind));
}

static const char *verdict_of(const json_t *row)
{
    const json_t *met = json_object_get(row, "met");

    if (strcmp(bench_text(row, "state"), "measured"))
        return bench_text(row, "state");
    return json_is_true(met) ? "met" : json_is_false(met) ? "MISSED" : "";
}

static void print_target(const json_t *row)
{
    if (bench_number(row, "target"))
        printf("  %5.2f", bench_number(row, "target"));
    else
        printf("  %5s", "");
    printf(" %-6s %s\n", verdict_of(row), bench_text(row, "note"));
}

static void print_reads(const json_t *row)
{
    printf("%-31s", bench_text(row, "name"));
    if (strcmp(bench_text(row, "state"), "measured")) {
        printf(" %s: %s\n", bench_text(row, "state"), bench_text(row, "note"));
        return;
    }
    printf(" %6.1f %6.1f %6.1f  %5.3f %5.2f-%-5.2f %5.3f %7.1f %7.1f  %c%.7s",
           bench_number(row, "ours_ops") / 1e3, bench_number(row, "peer_ops") / 1e3,
           bench_number(row, "threads_ops") / 1e3, bench_number(row, "ratio_median"),
           bench_number(row, "ratio_min"), bench_number(row, "ratio_max"),
           bench_number(row, "cpu_ratio_median"), bench_number(row, "p50_ns") / 1e3,
           bench_number(row, "p99_ns") / 1e3, json_is_true(json_object_get(row, "pinned")) ? '1' : '-',
           bench_text(row, "peer_setup"));
    print_target(row);
}

static void print_each(const json_t *row)
{
    printf("%-31s", bench_text(row, "name"));
    if (strcmp(bench_text(row, "state"), "measured")) {
        printf(" %s: %s\n", bench_text(row, "state"), bench_text(row, "note"));
        return;
    }
    printf(" ours %.2f, peer %.2f, difference %.2f", bench_number(row, "ours_each"),
           bench_number(row, "peer_each"), bench_number(row, "value"));
    print_target(row);
}

void bench_print(const json_t *document)
{
    const json_t *row;
    size_t i;

    printf("engine %s, kernel %s, %d processors, build: %s%s\n\n", bench_text(document, "engine"),
           bench_text(document, "kernel"), (int)bench_number(document, "processors"),
           bench_text(document, "build"),
           json_is_true(json_object_get(document, "quick")) ? ", quick: nothing is judged" : "");
    printf("%-31s %6s %6s %6s  %5s %-11s %5s %7s %7s  %-8s  %5s\n", "thousand reads a second",
           "ours", "peer", "thrds", "ratio", "min-max", "cpu", "p50 us", "p99 us", "pin,peer",
           "least");
    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        if (is_kind(row, BENCH_READS))
            print_reads(row);
    }
    puts("\nratio: median of the pairs, and their range; cpu: the same by processor time; pin: 1 "
         "one "
         "processor, - any;\np50, p99: from building the batch to the completion; least: the ratio "
         "that "
         "is required\n");
    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        if (!is_kind(row, BENCH_READS))
            print_each(row);
    }
}

int bench_verdict(const json_t *document)
{
    size_t i, measured = 0, wrong = 0, required = 0, judged = 0;
    const json_t *row;

    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        measured += !strcmp(bench_text(row, "state"), "measured");
        wrong +=
            !strcmp(bench_text(row, "state"), "failed") || json_is_false(json_object_get(row, "met"));
        required += bench_number(row, "target") > 0;
        judged += json_is_true(json_object_get(row, "judged"));
    }
    if (wrong)
        return RUN_FAIL;
    if (!measured)
        return RUN_CANNOT;
    /* All that was asked for are requirements, and none can be held against anything here. */
    return required && !judged && !json_is_true(json_object_get(document, "quick")) ? RUN_CANNOT
                                                                                    : RUN_PASS;
}

/* How much worse, as a part of what it was; below 0: better. */
static double worsening(const json_t *row, double before, double now)
{
    if (is_kind(row,
                BENCH_SLOT)) /* about nothing of a nanosecond: no part of that means anything */
        return now - before;
    return is_kind(row, BENCH_INSTRUCTIONS) ? now / before - 1 : 1 - now / before;
}

static const json_t *find_row(const json_t *document, const char *name)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        if (!strcmp(bench_text(row, "name"), name))
            return row;
    }
    return NULL;
}

static bool has_value(const json_t *row)
{
    return json_is_number(json_object_get(row, "value"));
}

/* What may be chance: a tenth, or three standard errors, a half at most. */
static double margin_of(const json_t *before, const json_t *now)
{
    double chance = 3 * hypot(bench_number(before, "spread"), bench_number(now, "spread"));

    return is_kind(now, BENCH_SLOT) ? 0.5 : fmin(0.5, fmax(BENCH_NOISE, chance));
}

size_t bench_compare(const json_t *old, json_t *document, bool quiet)
{
    json_t *compared = json_array();
    size_t i, worse = 0;
    const json_t *row;

    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        const json_t *before = find_row(old, bench_text(row, "name"));
        double was = bench_number(before, "value"), is = bench_number(row, "value");
        double margin;
        bool bad;

        if (!has_value(before) || !has_value(row) || (was <= 0 && !is_kind(row, BENCH_SLOT)))
            continue;
        margin = margin_of(before, row);
        bad = worsening(row, was, is) > margin;
        worse += bad;
        json_array_append_new(compared, json_pack("{s:s, s:f, s:f, s:f, s:b}", "name",
                                                  bench_text(row, "name"), "before", was, "now", is,
                                                  "margin", margin, "worse", (int)bad));
        if (!quiet)
            printf("%-31s %8.2f -> %8.2f  worse by %+6.1f (noise %.0f)%s\n", bench_text(row, "name"),
                   was, is, worsening(row, was, is) * 100, margin * 100, bad ? "  WORSE" : "");
    }
    json_object_set_new(document, "compared", compared);
    return worse;
}
