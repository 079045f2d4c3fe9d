/* SPDX-License-Identifier: MIT */
/*
 * Every schedule, once: depth first, by running the program again with another answer. With
 * reduction an order is tried only when two moves of a run that was made were seen to race, and
 * never when what is left to do was done by a branch before. The tree owns what it keeps of runs.
 */
#ifndef CF_EXPLORE_DFS_H
#define CF_EXPLORE_DFS_H

#include "conformance/explore/depend.h"

struct cf_node;

struct cf_dfs {
    bool reduce;
    uint32_t bound; /* choices made after so many operations began are not varied; 0: no bound */
    uint32_t shard, shards; /* from 0; shards 0 or 1: all of it */

    struct cf_node *nodes;
    size_t count, capacity;
    struct cf_moves moves;
    bool started, strayed, out_of_memory;
    bool mine;    /* the last run belongs to this shard */
    bool bounded; /* something was not varied because of the bound */
};

void cf_dfs_init(struct cf_dfs *dfs, bool reduce, uint32_t bound, uint32_t shard, uint32_t shards);
void cf_dfs_fini(struct cf_dfs *dfs);
/* Writes the next plan. False: there is none, everything within the bound was done. */
bool cf_dfs_next(struct cf_dfs *dfs, struct cf_area *area);
/* After the run. False: the program did something else than before, or there is no memory. */
bool cf_dfs_learn(struct cf_dfs *dfs, struct cf_area *area);

#endif
