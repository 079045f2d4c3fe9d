/* SPDX-License-Identifier: MIT */
/* The matrix: names, which combinations are run without being asked for, and the targets. */
#include "conformance/bench/bench.h"

#include "conformance/runner/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t sizes[] = {4096, 256 * 1024, 1024 * 1024};
static const uint32_t depths[] = {1, 16, 32, 64, 256};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *bench_wait_name(enum bench_wait wait)
{
    static const char *const names[] = {"wait", "poll", "hybrid"};

    return names[wait];
}

const char *bench_place_name(enum bench_place place)
{
    static const char *const names[] = {"cached", "direct", "tmpfs"};

    return names[place];
}

/* Handle and registration in one word; of NO_BUFFERING files the overlapped ones are the rule. */
static const char *how_name(const struct bench_row *row)
{
    if (row->registered)
        return row->overlapped ? "registered" : "sync-registered";
    if (!row->overlapped)
        return "sync";
    return row->place == BENCH_DIRECT ? "raw" : "overlapped";
}

static const char *size_name(uint32_t size)
{
    return size == sizes[0] ? "4k" : size == sizes[1] ? "256k" : "1m";
}

/* The requirements of the design, for 4 KiB, 32 deep, waiting in the submit. */
static double target_of(const struct bench_row *row)
{
    if (row->size != 4096 || row->depth != 32 || row->wait != BENCH_WAIT)
        return 0;
    if (row->registered && !row->overlapped)
        return 0;
    switch (row->place) {
    case BENCH_TMPFS:
        return 3;
    case BENCH_DIRECT:
        return row->overlapped ? 0.98 : 0;
    default:
        return row->registered ? 0.95 : row->overlapped ? 1.05 : 1.15;
    }
}

static void finish(struct bench_row *row)
{
    snprintf(row->name, sizeof(row->name), "%s.%s.%s.d%u%s%s", bench_place_name(row->place),
             how_name(row), size_name(row->size), row->depth, row->wait ? "." : "",
             row->wait ? bench_wait_name(row->wait) : "");
    row->target = target_of(row);
}

/* What is run without --full: every value of every dimension, around 4 KiB and a depth of 32. */
static bool is_default(const struct bench_row *row)
{
    if (row->registered && !row->overlapped)
        return false;
    if (row->place == BENCH_TMPFS)
        return row->size == 4096 && row->depth == 32 && row->wait == BENCH_WAIT;
    if (row->wait != BENCH_WAIT)
        return row->size == 4096 && row->depth == 32 &&
               !(row->place == BENCH_DIRECT && !row->overlapped);
    if (row->place == BENCH_DIRECT && !row->overlapped)
        return row->size == 4096 && row->depth == 1;
    if (row->size == 4096)
        return true;
    return row->depth == 1 || row->depth == 16;
}

static const struct bench_row special_rows[] = {
    {.name = "instructions.read",
     .kind = BENCH_INSTRUCTIONS,
     .size = 4096,
     .depth = 32,
     .target = 150},
    {.name = "instructions.read.overlapped",
     .kind = BENCH_INSTRUCTIONS,
     .overlapped = true,
     .size = 4096,
     .depth = 32,
     .target = 150},
    {.name = "instructions.read.registered",
     .kind = BENCH_INSTRUCTIONS,
     .overlapped = true,
     .registered = true,
     .size = 4096,
     .depth = 32,
     .target = 150},
    {.name = "stub.slot", .kind = BENCH_SLOT, .target = 1},
};

struct list {
    struct bench_row *rows;
    size_t count, room;
};

static void list_add(struct list *list, const struct bench_row *row)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->rows = realloc(list->rows, list->room * sizeof(*row));
        if (!list->rows)
            abort();
    }
    list->rows[list->count++] = *row;
}

static void add_matrix(struct list *list, enum bench_place place)
{
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (size_t d = 0; d < COUNT(depths); d++)
            for (int wait = BENCH_WAIT; wait <= BENCH_HYBRID; wait++)
                for (int how = 0; how < 4; how++) {
                    struct bench_row row = {.kind = BENCH_READS,
                                            .place = place,
                                            .wait = wait,
                                            .overlapped = how == 1 || how == 2,
                                            .registered = how >= 2,
                                            .size = sizes[s],
                                            .depth = depths[d]};

                    finish(&row);
                    list_add(list, &row);
                }
}

static void add_all(struct list *list)
{
    add_matrix(list, BENCH_CACHED);
    add_matrix(list, BENCH_TMPFS);
    add_matrix(list, BENCH_DIRECT);
    for (size_t i = 0; i < COUNT(special_rows); i++)
        list_add(list, &special_rows[i]);
}

static bool is_exact(const struct list *all, const char *filter)
{
    struct bench_row row;

    for (size_t i = 0; i < all->count; i++)
        if (!strcmp(all->rows[i].name, filter))
            return true;
    return bench_row_parse(filter, &row);
}

struct bench_row *bench_rows(const struct bench_options *options, size_t *count_out)
{
    struct list all = {0}, chosen = {0};
    bool exact = options->filter_count > 0;

    add_all(&all);
    for (size_t i = 0; exact && i < options->filter_count; i++)
        exact = is_exact(&all, options->filters[i]);
    for (size_t i = 0; i < all.count; i++) {
        const struct bench_row *row = &all.rows[i];
        bool in = options->full || exact || row->kind != BENCH_READS || is_default(row);

        if (in && bench_wanted(options, row->name, exact))
            list_add(&chosen, row);
    }
    free(all.rows);
    *count_out = chosen.count;
    return chosen.rows;
}

bool bench_row_parse(const char *name, struct bench_row *row_out)
{
    struct list all = {0};
    bool found = false;

    add_all(&all);
    for (size_t i = 0; i < all.count && !found; i++) {
        found = !strcmp(all.rows[i].name, name);
        if (found)
            *row_out = all.rows[i];
    }
    free(all.rows);
    return found;
}

bool bench_meets(const struct bench_row *row, double value)
{
    return row->kind == BENCH_READS ? value >= row->target : value <= row->target;
}
