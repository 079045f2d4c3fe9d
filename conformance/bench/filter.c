/* SPDX-License-Identifier: MIT */
/* Which rows of a bench somebody asked for. */
#include "conformance/bench/bench.h"

#include <string.h>

bool bench_wanted(const struct bench_options *options, const char *name, bool exact)
{
    for (size_t i = 0; i < options->filter_count; i++)
        if (exact ? !strcmp(name, options->filters[i]) : !!strstr(name, options->filters[i]))
            return true;
    return !options->filter_count;
}

static bool is_name(const char *filter, const void *rows, size_t count,
                    const char *(*name_at)(const void *rows, size_t index))
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(name_at(rows, i), filter))
            return true;
    return false;
}

bool bench_all_are_names(const struct bench_options *options, const void *rows, size_t count,
                         const char *(*name_at)(const void *rows, size_t index))
{
    for (size_t i = 0; i < options->filter_count; i++)
        if (!is_name(options->filters[i], rows, count, name_at))
            return false;
    return options->filter_count > 0;
}
