/* SPDX-License-Identifier: MIT */
/* Collects rows of the behaviour table, each once, with what showed that they were leaned on. */
#include "conformance/runner/leaning.h"

#include "conformance/runner/cmd.h"

#include <stdlib.h>
#include <string.h>

int run_basis_rank(const char *basis)
{
    static const char *const names[] = {
        "recorded",  "reported",   "machine-output", "ci-assertion", "suite-assertion",
        "statement", "documented", "inferred",       "decision"};

    for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++)
        if (!strcmp(names[i], basis))
            return i;
    return -1;
}

static struct run_leaning *find(struct run_leanings *leanings, const struct run_behaviour *row)
{
    for (size_t i = 0; i < leanings->count; i++)
        if (leanings->items[i].row == row)
            return &leanings->items[i];
    leanings->items = realloc(leanings->items, (leanings->count + 1) * sizeof(*leanings->items));
    leanings->items[leanings->count] = (struct run_leaning){.row = row, .by = json_object()};
    return &leanings->items[leanings->count++];
}

void run_leanings_add(struct run_leanings *leanings, const struct run_behaviours *table,
                      const char *row, const char *by, size_t uses)
{
    const struct run_behaviour *behaviour = run_behaviours_find(table, row);
    struct run_leaning *leaning;

    if (!behaviour || run_basis_rank(behaviour->basis) < 0) {
        if (!leanings->stranger)
            leanings->stranger = run_format("%s", row);
        return;
    }
    leaning = find(leanings, behaviour);
    json_object_set_new(leaning->by, by, json_true());
    leaning->uses += uses;
}

static int weakest_first(const void *a, const void *b)
{
    const struct run_leaning *x = a, *y = b;
    int by_rank = run_basis_rank(y->row->basis) - run_basis_rank(x->row->basis);

    return by_rank ? by_rank : strcmp(x->row->id, y->row->id);
}

void run_leanings_sort(struct run_leanings *leanings)
{
    if (leanings->count)
        qsort(leanings->items, leanings->count, sizeof(*leanings->items), weakest_first);
}

void run_leanings_fini(struct run_leanings *leanings)
{
    for (size_t i = 0; i < leanings->count; i++)
        json_decref(leanings->items[i].by);
    free(leanings->items);
    free(leanings->stranger);
    *leanings = (struct run_leanings){0};
}
