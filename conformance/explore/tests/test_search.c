/* SPDX-License-Identifier: MIT */
/*
 * The search against closed forms, and against the enumeration of everything: the reduction may
 * leave out schedules, never anything that a program can see.
 */
#include "conformance/explore/tests/model.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a set of texts ---- */

struct texts {
    char **items;
    size_t count, capacity;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_text(void *context, const char *text)
{
    struct texts *texts = context;

    for (size_t i = 0; i < texts->count; i++)
        if (!strcmp(texts->items[i], text))
            return;
    if (texts->count == texts->capacity) {
        texts->capacity = texts->capacity ? 2 * texts->capacity : 64;
        texts->items = realloc(texts->items, texts->capacity * sizeof(*texts->items));
    }
    texts->items[texts->count++] = strdup(text);
}

static void free_texts(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (struct texts){0};
}

static bool same_texts(struct texts *a, struct texts *b)
{
    qsort(a->items, a->count, sizeof(*a->items), compare);
    qsort(b->items, b->count, sizeof(*b->items), compare);
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (strcmp(a->items[i], b->items[i]))
            return false;
    return a->count == b->count;
}

/* ---- searches ---- */

static struct cf_search prepare(struct model *model, bool reduce)
{
    struct cf_search search = {
        .area = cf_area_create(),
        .run = model_run,
        .context = model,
        .reduce = reduce,
        .systematic = true,
        .shrink_runs = 2000,
    };

    cr_assert(search.area);
    search.area->opaque = model->opaque;
    return search;
}

static void finish(struct cf_search *search)
{
    cf_area_destroy(search->area);
    cf_search_fini(search);
}

struct counts {
    uint64_t executed, classes, pruned;
};

static struct counts count(struct model *model, bool reduce)
{
    struct cf_search search = prepare(model, reduce);
    struct counts counts;

    cr_assert_eq(cf_search_run(&search), CF_SEARCH_PASSED, "%s", search.failure.text);
    cr_assert(search.complete);
    counts = (struct counts){search.executed, search.classes, search.pruned};
    finish(&search);
    return counts;
}

static uint64_t factorial(unsigned n)
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

/* One thread starts n operations on ring 0 and waits for all. */
static struct model independent(unsigned n, unsigned pops)
{
    struct model model = {.threads = 1};
    unsigned at = 0;

    for (unsigned i = 0; i < n; i++)
        model.calls[0][at++] = (struct model_call){MODEL_START, 0, 0, 0};
    model.calls[0][at++] = (struct model_call){MODEL_WAIT, 0, (uint8_t)n, 0};
    for (unsigned i = 0; i < pops; i++)
        model.calls[0][at++] = (struct model_call){MODEL_POP, 0, 0, 0};
    model.calls[0][at] = (struct model_call){MODEL_CLOSE, 0, 0, 0};
    return model;
}

/* Starting is a point too: what may end between two starts is counted by the enumeration only. */
static struct model batch(unsigned n, unsigned pops)
{
    struct model model = independent(n, pops);

    model.batch = true;
    return model;
}

Test(search, every_order_of_what_is_popped)
{
    for (unsigned n = 1; n <= 6; n++) {
        struct model model = batch(n, n);

        cr_expect_eq(count(&model, false).executed, factorial(n));
        cr_expect_eq(count(&model, true).executed, factorial(n));
        cr_expect_eq(count(&model, true).classes, factorial(n));
    }
}

Test(search, one_order_of_what_nobody_pops)
{
    for (unsigned n = 1; n <= 6; n++) {
        struct model model = batch(n, 0);

        cr_expect_eq(count(&model, false).executed, factorial(n));
        cr_expect_eq(count(&model, false).classes, 1);
        cr_expect_eq(count(&model, true).executed, 1);
    }
}

Test(search, the_first_of_n_is_one_of_n)
{
    for (unsigned n = 2; n <= 5; n++) {
        struct model model = batch(n, 1);

        /* Who is popped, in any order of the rest: the enumeration counts n! in n classes. */
        cr_expect_eq(count(&model, false).executed, factorial(n));
        cr_expect_eq(count(&model, false).classes, n);
        cr_expect_eq(count(&model, true).classes, n);
        cr_expect_leq(count(&model, true).executed, factorial(n));
    }
}

Test(search, two_rings_do_not_meet)
{
    struct model model = {.threads = 1,
                          .batch = true,
                          .calls = {{{MODEL_START, 0, 0, 0},
                                     {MODEL_START, 0, 0, 0},
                                     {MODEL_START, 1, 0, 0},
                                     {MODEL_START, 1, 0, 0},
                                     {MODEL_WAIT, 0, 2, 0},
                                     {MODEL_WAIT, 1, 2, 0},
                                     {MODEL_POP, 0, 0, 0},
                                     {MODEL_POP, 0, 0, 0},
                                     {MODEL_POP, 1, 0, 0},
                                     {MODEL_POP, 1, 0, 0},
                                     {MODEL_CLOSE, 0, 0, 0},
                                     {MODEL_CLOSE, 1, 0, 0}}}};

    cr_expect_eq(count(&model, false).executed, factorial(4));
    cr_expect_eq(count(&model, false).classes, 4);
    cr_expect_eq(count(&model, true).classes, 4);
    cr_expect_leq(count(&model, true).executed, 6);
}

Test(search, a_reader_and_a_writer_of_one_cell)
{
    struct model model = {.threads = 1,
                          .batch = true,
                          .calls = {{{MODEL_START, 0, 1, 1},
                                     {MODEL_START, 1, 1, 0},
                                     {MODEL_START, 2, 2, 0},
                                     {MODEL_WAIT, 0, 1, 0},
                                     {MODEL_WAIT, 1, 1, 0},
                                     {MODEL_WAIT, 2, 1, 0},
                                     {MODEL_CLOSE, 0, 0, 0},
                                     {MODEL_CLOSE, 1, 0, 0},
                                     {MODEL_CLOSE, 2, 0, 0}}}};

    cr_expect_eq(count(&model, false).executed, 6);
    cr_expect_eq(count(&model, true).executed, 2);
    cr_expect_eq(count(&model, true).classes, 2);
}

Test(search, threads_interleave)
{
    static const struct {
        unsigned threads, points;
        uint64_t orders;
        /*
         * A thread's way to its first point is a move of its own: (m + (k-1)(m+1))! / (m!
         * (m+1)!^(k-1))
         */
    } rows[] = {{2, 1, 3},   {2, 2, 10},  {2, 3, 35}, {3, 1, 30},
                {3, 2, 560}, {4, 1, 630}, {2, 5, 462}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct model model = {.threads = rows[i].threads};

        for (unsigned t = 0; t < rows[i].threads; t++)
            for (unsigned p = 0; p < rows[i].points; p++)
                model.calls[t][p].what = MODEL_SHOUT;
        cr_expect_eq(count(&model, true).executed, rows[i].orders, "%u threads, %u points: %lu",
                     rows[i].threads, rows[i].points, (unsigned long)count(&model, true).executed);
        cr_expect_eq(count(&model, false).classes, rows[i].orders);
    }
}

Test(search, one_fault_among_n)
{
    for (unsigned n = 1; n <= 5; n++) {
        struct model model = batch(n, 0);

        model.faults = RINGER_SIM_DEVICE_ERROR;
        model.most_faults = 1;
        cr_expect_eq(count(&model, true).executed, n + 1, "%u: %lu", n,
                     (unsigned long)count(&model, true).executed);
        cr_expect_eq(count(&model, false).classes, n + 1);
        cr_expect_eq(count(&model, false).executed, factorial(n) * (n + 1));
    }
}

Test(search, inline_or_pended)
{
    /* Each of n may end at once: 2^n ways, and every order among those that did not. */
    static const uint64_t ways[] = {1, 2, 5, 16, 65};

    for (unsigned n = 1; n <= 4; n++) {
        struct model model = batch(n, n);

        for (unsigned i = 0; i < n; i++)
            model.calls[0][i].what = MODEL_INLINE;
        cr_expect_eq(count(&model, false).executed, ways[n]);
        cr_expect_eq(count(&model, true).classes, count(&model, false).classes);
    }
}

Test(search, the_bound_counts_operations)
{
    struct model model = batch(5, 5);
    struct cf_search search = prepare(&model, true);

    search.bound = 4;
    cr_assert_eq(cf_search_run(&search), CF_SEARCH_PASSED);
    cr_expect(search.complete && search.beyond);
    cr_expect_lt(search.executed, factorial(5));
    finish(&search);
}

/* ---- nothing that can be seen is left out ---- */

static uint64_t random_state;

static unsigned roll(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

static struct model_call random_call(unsigned *operations)
{
    static const uint8_t what[] = {MODEL_START, MODEL_START, MODEL_INLINE, MODEL_POP,  MODEL_POP,
                                   MODEL_WAIT,  MODEL_POINT, MODEL_LOOK,   MODEL_CELL, MODEL_DRAIN,
                                   MODEL_CANCEL};
    struct model_call call = {what[roll(sizeof(what))], (uint8_t)roll(2), (uint8_t)roll(2),
                              (uint8_t)roll(2)};

    if (call.what == MODEL_START || call.what == MODEL_INLINE || call.what == MODEL_DRAIN) {
        if (*operations == 4)
            call.what = MODEL_POINT;
        else
            ++*operations;
    }
    if (call.what == MODEL_WAIT)
        call.b = 1;
    if (call.what == MODEL_LOOK || call.what == MODEL_CANCEL)
        call.a = (uint8_t)(1 + roll(3));
    return call;
}

static struct model random_model(uint64_t seed)
{
    struct model model = {0};
    unsigned operations = 0;

    random_state = seed * 2654435761u + 1;
    model.threads = 1 + roll(2);
    model.opaque = roll(3) == 0;
    model.batch = roll(2);
    model.most_faults = roll(4) == 0;
    for (unsigned t = 0; t < model.threads; t++) {
        unsigned calls = 2 + roll(model.threads == 1 ? 6 : 3);

        for (unsigned i = 0; i < calls; i++)
            model.calls[t][i] = random_call(&operations);
    }
    return model;
}

/* What a program can see, by all schedules or by the reduced ones; false: too many to enumerate. */
static bool see_all(struct model *model, bool reduce, uint32_t shards, struct texts *texts,
                    uint64_t *executed_out)
{
    bool good = true;

    *executed_out = 0;
    model->seen = add_text;
    model->context = texts;
    for (uint32_t i = 0; i < (shards ? shards : 1) && good; i++) {
        struct cf_search search = prepare(model, reduce);

        search.shard = i;
        search.shards = shards;
        model->runs_left = 30000;
        good = cf_search_run(&search) != CF_SEARCH_CANNOT;
        *executed_out += search.executed;
        finish(&search);
    }
    return good;
}

Test(search, reduction_hides_nothing, .timeout = 120)
{
    unsigned compared = 0;
    uint64_t all = 0, reduced = 0;

    for (uint64_t seed = 1; seed <= 700; seed++) {
        struct model model = random_model(seed);
        struct texts whole = {0}, part = {0};
        uint64_t whole_count, part_count;

        if (see_all(&model, false, 0, &whole, &whole_count)) {
            cr_assert(see_all(&model, true, 0, &part, &part_count), "seed %lu",
                      (unsigned long)seed);
            cr_expect(same_texts(&whole, &part), "seed %lu: %zu seen, %zu with reduction",
                      (unsigned long)seed, whole.count, part.count);
            cr_expect_leq(part_count, whole_count);
            compared++;
            all += whole_count;
            reduced += part_count;
        }
        free_texts(&whole);
        free_texts(&part);
    }
    cr_expect_gt(compared, 500);
    cr_expect_lt(3 * reduced, 2 * all, "%lu of %lu", (unsigned long)reduced, (unsigned long)all);
}

Test(search, shards_are_a_partition, .timeout = 60)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct model model = random_model(seed);
        struct texts whole = {0}, one = {0}, three = {0};
        uint64_t whole_count, one_count, three_count;

        if (see_all(&model, false, 0, &whole, &whole_count)) {
            see_all(&model, false, 3, &three, &three_count);
            cr_expect_eq(three_count, whole_count, "seed %lu", (unsigned long)seed);
            cr_expect(same_texts(&whole, &three));
            free_texts(&three);
            see_all(&model, true, 1, &one, &one_count);
            see_all(&model, true, 3, &three, &three_count);
            cr_expect(same_texts(&whole, &three), "seed %lu", (unsigned long)seed);
            cr_expect_eq(three_count, one_count, "seed %lu", (unsigned long)seed);
        }
        free_texts(&whole);
        free_texts(&one);
        free_texts(&three);
    }
}

/* ---- failures ---- */

static void fails_with(struct model *model, bool systematic, uint32_t surprises)
{
    struct cf_search search = prepare(model, true);
    struct cf_outcome_of_run outcome;

    search.systematic = systematic;
    search.seeds = systematic ? 0 : 2000;
    search.seed = 7;
    cr_assert_eq(cf_search_run(&search), CF_SEARCH_FAILED);
    cr_expect_eq(search.by_seed, !systematic);
    cr_expect_eq(cf_schedule_surprises(&search.shortest), surprises, "%u",
                 cf_schedule_surprises(&search.shortest));
    cf_search_replay(&search, &search.shortest, &outcome);
    cr_expect(outcome.failed && strstr(outcome.text, model->bad));
    cf_search_replay(&search, &(struct cf_schedule){0}, &outcome);
    cr_expect(!outcome.failed);
    finish(&search);
}

Test(search, a_planted_bug_is_cut_to_its_core)
{
    struct model last_first = batch(6, 6), reversed = batch(3, 3),
                 overwritten = {.threads = 2,
                                .bad = "m105",
                                .calls = {{{MODEL_START, 0, 1, 0},
                                           {MODEL_POINT, 0, 0, 0},
                                           {MODEL_WAIT, 0, 1, 0},
                                           {MODEL_LOOK, 1, 0, 0}},
                                          {{MODEL_POINT, 0, 0, 0},
                                           {MODEL_START, 1, 0, 0},
                                           {MODEL_START, 1, 0, 0},
                                           {MODEL_START, 1, 0, 0},
                                           {MODEL_START, 1, 1, 1},
                                           {MODEL_WAIT, 1, 4, 0}}}};

    /* One surprise: the last ends first. */
    last_first.bad = "p6p1p2p3p4p5";
    fails_with(&last_first, true, 1);
    fails_with(&last_first, false, 1);
    /* 3, then 2, then the default. */
    reversed.bad = "p3p2p1";
    fails_with(&reversed, true, 2);
    fails_with(&reversed, false, 2);
    /* The other thread has its turn while the reader pends, and its writer ends first of all. */
    fails_with(&overwritten, true, 2);
}

Test(search, the_same_seed_is_the_same_search)
{
    struct model model = random_model(12);
    struct texts runs[2] = {{0}, {0}};

    for (int i = 0; i < 2; i++) {
        struct cf_search search = prepare(&model, true);

        model.seen = add_text;
        model.context = &runs[i];
        search.systematic = false;
        search.seeds = 200;
        search.seed = 3;
        cr_assert_eq(cf_search_run(&search), CF_SEARCH_PASSED);
        cr_expect_eq(search.executed, 200);
        cr_expect_gt(cf_coverage_count(&search.coverage, true), 1);
        cr_expect_leq(cf_coverage_count(&search.coverage, true),
                      cf_coverage_count(&search.coverage, false));
        finish(&search);
    }
    cr_expect_eq(runs[0].count, runs[1].count);
    for (size_t i = 0; i < runs[0].count; i++) /* in the order in which they were seen */
        cr_expect_str_eq(runs[0].items[i], runs[1].items[i]);
    free_texts(&runs[0]);
    free_texts(&runs[1]);
}
