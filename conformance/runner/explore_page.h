/* SPDX-License-Identifier: MIT */
/* What `ringer explore` found, as a page: the failure, its schedule, and the run as a picture. */
#ifndef RUN_EXPLORE_PAGE_H
#define RUN_EXPLORE_PAGE_H

#include <stdbool.h>

struct run_explored {
    const char *name, *verdict, *text; /* text: what failed; "" where nothing did */
    const char *words;                 /* the last that it said, or "" */
    const char *choices;               /* the schedule, a line each, or "" */
    const char *counts;                /* schedules, coverage: a line each */
    const char *again;                 /* the command that replays it, or "" */
    const char *trace_path;            /* NULL: no picture */
    const char *schedule_path;         /* NULL: the picture says nothing of choices */
    const char *suspect;               /* user data of the operation to show in red when no rule is broken, or "" */
};

/* Appends to the page, which begins when add is false. False with errno. */
bool run_explore_page(const char *path, bool add, const struct run_explored *explored);

#endif
