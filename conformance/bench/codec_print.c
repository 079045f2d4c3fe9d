/* SPDX-License-Identifier: MIT */
/* The table of a run of the codec's bench. */
#include "conformance/bench/codec.h"
#include "conformance/bench/output.h"

#include <stdio.h>
#include <string.h>

static void print_side(const json_t *row, const char *mbs, const char *level, const char *ratio)
{
    char name[16] = "";

    if (bench_number(row, level))
        snprintf(name, sizeof(name), "%d", (int)bench_number(row, level));
    if (bench_number(row, mbs))
        printf(" %7.1f %3s %5.3f", bench_number(row, mbs), name, bench_number(row, ratio));
    else
        printf(" %7s %3s %5s", "", "", "");
}

static void print_row(const json_t *row)
{
    const json_t *met = json_object_get(row, "met");

    printf("%-30s", bench_text(row, "name"));
    if (strcmp(bench_text(row, "state"), "measured")) {
        printf(" %s: %s\n", bench_text(row, "state"), bench_text(row, "note"));
        return;
    }
    printf(" %3d %7.1f %5.3f", (int)bench_number(row, "threads"), bench_number(row, "ours_mbs"),
           bench_number(row, "ours_ratio"));
    print_side(row, "peer_mbs", "peer_level", "peer_ratio");
    print_side(row, "zstd_mbs", "zstd_level", "zstd_ratio");
    printf("  %5.3f %4.2f-%-4.2f", bench_number(row, "value"), bench_number(row, "ratio_min"),
           bench_number(row, "ratio_max"));
    if (bench_number(row, "target"))
        printf(" %4.2f %s", bench_number(row, "target"),
               json_is_true(met) ? "met" : json_is_false(met) ? "MISSED" : "");
    putchar('\n');
}

void codec_print(const json_t *document)
{
    const json_t *row;
    size_t i;

    printf("%s, %d processors, kernel %s, build: %s%s\n", bench_text(document, "processor"),
           (int)bench_number(document, "processors"), bench_text(document, "kernel"),
           bench_text(document, "build"),
           json_is_true(json_object_get(document, "quick")) ? ", quick: nothing is judged" : "");
    json_array_foreach(json_object_get(document, "inputs"), i, row)
    {
        printf("%s: %.0f bytes, %s\n", bench_text(row, "name"), bench_number(row, "nbytes"),
               bench_text(row, "source"));
    }
    printf("\n%-30s %3s %7s %5s %7s %3s %5s %7s %3s %5s  %5s %-9s %4s\n", "MB/s of uncompressed bytes", "thr",
           "ours", "ratio", "libdefl", "lvl", "ratio", "zstd", "lvl", "ratio", "to", "min-max", "least");
    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        print_row(row);
    }
    puts("\nlvl: libdeflate's level that is nearest in size; to: ours to libdeflate's, median of the pairs;\n"
         "scaling: two threads to two processes at once, which stand in libdeflate's place");
}
