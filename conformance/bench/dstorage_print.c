/* SPDX-License-Identifier: MIT */
/* The table. */
#include "conformance/bench/dstorage.h"

#include "conformance/bench/output.h"

#include <stdio.h>
#include <string.h>

static bool is(const json_t *row, const char *key, const char *text)
{
    return !strcmp(bench_text(row, key), text);
}

/* A number, or as much room. */
static void print_number(const json_t *row, const char *key, double unit, int decimals)
{
    if (json_is_number(json_object_get(row, key)))
        printf(" %8.*f", decimals, bench_number(row, key) / unit);
    else
        printf(" %8s", "-");
}

/* fio is not counted for each way, nor everywhere. */
static void print_instructions(const json_t *row)
{
    printf(" ours %.0f, fio ", bench_number(row, "ours_each"));
    if (json_is_number(json_object_get(row, "peer_each")))
        printf("%.0f", bench_number(row, "peer_each"));
    else
        printf("-");
    printf(" user instructions a request %s\n", bench_text(row, "note"));
}

static void print_reads(const json_t *row)
{
    const json_t *met = json_object_get(row, "met");

    print_number(row, "ours_mbs", 1, 0);
    print_number(row, "peer_mbs", 1, 0);
    print_number(row, "ours_ops", 1e3, 2);
    print_number(row, "peer_ops", 1e3, 2);
    print_number(row, "ours_cpu_ns", 1e3, 1);
    print_number(row, "peer_cpu_ns", 1e3, 1);
    print_number(row, "ratio_median", 1, 3);
    if (json_is_number(json_object_get(row, "ratio_min")))
        printf(" %5.2f-%-5.2f", bench_number(row, "ratio_min"), bench_number(row, "ratio_max"));
    else
        printf(" %-11s", "    -");
    if (bench_number(row, "target"))
        printf(" %.2f %s", bench_number(row, "target"),
               json_is_true(met)    ? "met"
               : json_is_false(met) ? "MISSED"
                                    : "");
    printf(" %s\n", bench_text(row, "note"));
}

void dstorage_print(const json_t *document)
{
    const json_t *row;
    size_t i;

    printf("engine %s, %s, kernel %s, %d processors, build: %s%s\n\n",
           bench_text(document, "engine"), bench_text(document, "file_system"),
           bench_text(document, "kernel"), (int)bench_number(document, "processors"),
           bench_text(document, "build"),
           json_is_true(json_object_get(document, "quick")) ? ", quick: nothing is judged" : "");
    printf("%-23s %8s %8s %8s %8s %8s %8s %8s %-11s\n", "", "MB/s", "fio", "k/s", "fio", "cpu us",
           "fio", "ratio", "min-max");
    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        printf("%-23s", bench_text(row, "name"));
        if (!is(row, "state", "measured"))
            printf(" %s: %s\n", bench_text(row, "state"), bench_text(row, "note"));
        else if (!is(row, "kind", "instructions"))
            print_reads(row);
        else
            print_instructions(row);
    }
    puts(
        "\nk/s: thousand requests a second; cpu us: processor time a request; ratio: median of the "
        "pairs, and their range");
}
