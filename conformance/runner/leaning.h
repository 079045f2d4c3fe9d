/* SPDX-License-Identifier: MIT */
/* The rows of the behaviour table that a run leaned on, weakest basis first. */
#ifndef CF_RUNNER_LEANING_H
#define CF_RUNNER_LEANING_H

#include "conformance/runner/behaviours.h"

#include <jansson.h>
#include <stdbool.h>

struct run_leaning {
    const struct run_behaviour *row; /* the table's */
    json_t *by;                      /* set of names: rules of the oracle, "call", "scenario" */
    size_t uses;
};

struct run_leanings {
    struct run_leaning *items;
    size_t count;
    char *stranger; /* a row that is not in the table; NULL: none */
};

/* A row that is there already gets one more reason. */
void run_leanings_add(struct run_leanings *leanings, const struct run_behaviours *table,
                      const char *row, const char *by, size_t uses);
void run_leanings_sort(struct run_leanings *leanings);
void run_leanings_fini(struct run_leanings *leanings);

/* 0 recorded … 8 decision; -1: no such basis. */
int run_basis_rank(const char *basis);

#endif
