/* SPDX-License-Identifier: MIT */
/* The behaviour table (fixtures/behaviours), as far as counting and leaning need it. */
#ifndef CF_RUNNER_BEHAVIOURS_H
#define CF_RUNNER_BEHAVIOURS_H

#include <stddef.h>

struct run_behaviour {
    char *id, *rule, *basis, *sources;
    char grade; /* R D S I */
};

struct run_behaviours {
    struct run_behaviour *rows;
    size_t count;
};

/* An absent or broken table has no rows. */
void run_behaviours_load(struct run_behaviours *table);
const struct run_behaviour *run_behaviours_find(const struct run_behaviours *table, const char *id);
void run_behaviours_fini(struct run_behaviours *table);

#endif
