/* SPDX-License-Identifier: MIT */
/*
 * The thorough finder: every place of a tile with the matches that begin there, shorter and nearer
 * ones first. A binary tree for each hash of four bytes, ordered by the text that follows, the
 * newest place at its root.
 */
#ifndef GPU_CODEC_MATCH_TREE_H
#define GPU_CODEC_MATCH_TREE_H

#include "gpu/codec/encode_format.h"
#include "gpu/codec/gdeflate.h"

enum {
    MATCH_TREE_BITS = 16,
    MATCH_TREE_THREE_BITS = 13,
    MATCH_ROOM = 1 << 19, /* all matches of a tile; what is usual is a quarter of it */
    MATCH_MOST = 128,     /* at one place; more than twice what any effort looks at */
    MATCH_ROW = 16,       /* lengths 3..18: what nearly all matches have */
    MATCH_ROW_MOST = ENCODE_MIN_MATCH + MATCH_ROW - 1,
    MATCH_NO_CODE = ENCODE_DISTANCES,
};

/* A place in a tree is its number plus 1; 0 is none. The last four places are in no tree. */
struct match_tree {
    uint16_t root[1 << MATCH_TREE_BITS];
    uint16_t three[1 << MATCH_TREE_THREE_BITS]; /* the newest place of these three bytes */
    uint16_t child[GDEFLATE_TILE_NBYTES][2];
    uint32_t first[GDEFLATE_TILE_NBYTES + 1]; /* of place i: match[first[i]] up to first[i + 1] */
    encode_token match[MATCH_ROOM];           /* lengths at a place ascend */
    uint32_t room; /* of it; when it gets short, each place that comes keeps its longest only */
    /* Of each place, for lengths 3..18, the distance code of the nearest match that is so long. */
    uint8_t row[GDEFLATE_TILE_NBYTES + 1][MATCH_ROW];
    uint8_t longer[GDEFLATE_TILE_NBYTES]; /* has the place a match that is in no row? */
};

struct match_effort {
    uint32_t depth; /* nodes that a search looks at */
    uint32_t nice;  /* a match of that length is good enough: nothing else is tried under it */
};

/* Finds all of a tile. */
void match_tree_fill(struct match_tree *tree, struct match_effort effort, const uint8_t *raw,
                     uint32_t nbytes);

#endif
