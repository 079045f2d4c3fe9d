/* SPDX-License-Identifier: MIT */
/* The table of a run of the codec's bench. */
#include "conformance/bench/codec.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text ? text : "";
}

static double number_of(const json_t *row, const char *key)
{
    return json_number_value(json_object_get(row, key));
}

static void print_side(const json_t *row, const char *mbs, const char *level, const char *ratio)
{
    char name[16] = "";

    if (number_of(row, level))
        snprintf(name, sizeof(name), "%d", (int)number_of(row, level));
    if (number_of(row, mbs))
        printf(" %7.1f %3s %5.3f", number_of(row, mbs), name, number_of(row, ratio));
    else
        printf(" %7s %3s %5s", "", "", "");
}

static void print_row(const json_t *row)
{
    const json_t *met = json_object_get(row, "met");

    printf("%-30s", text_of(row, "name"));
    if (strcmp(text_of(row, "state"), "measured")) {
        printf(" %s: %s\n", text_of(row, "state"), text_of(row, "note"));
        return;
    }
    printf(" %3d %7.1f %5.3f", (int)number_of(row, "threads"), number_of(row, "ours_mbs"),
           number_of(row, "ours_ratio"));
    print_side(row, "peer_mbs", "peer_level", "peer_ratio");
    print_side(row, "zstd_mbs", "zstd_level", "zstd_ratio");
    printf("  %5.3f %4.2f-%-4.2f", number_of(row, "value"), number_of(row, "ratio_min"),
           number_of(row, "ratio_max"));
    if (number_of(row, "target"))
        printf(" %4.2f %s", number_of(row, "target"),
               json_is_true(met) ? "met" : json_is_false(met) ? "MISSED" : "");
    putchar('\n');
}

void codec_print(const json_t *document)
{
    const json_t *row;
    size_t i;

    printf("%s, %d processors, kernel %s, build: %s%s\n", text_of(document, "processor"),
           (int)number_of(document, "processors"), text_of(document, "kernel"), text_of(document, "build"),
           json_is_true(json_object_get(document, "quick")) ? ", quick: nothing is judged" : "");
    json_array_foreach(json_object_get(document, "inputs"), i, row)
    {
        printf("%s: %.0f bytes, %s\n", text_of(row, "name"), number_of(row, "nbytes"), text_of(row, "source"));
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
