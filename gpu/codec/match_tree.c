/* SPDX-License-Identifier: MIT */
/* Trees of places: one walk finds the matches of a place and makes it the root. */
#include "gpu/codec/match_tree.h"
#include "gpu/codec/match_length.h"

#include <stdbool.h>

enum { AHEAD = 4 }; /* so many places before it is looked up, memory is asked for */

static uint32_t hash(uint32_t bytes, unsigned nbits)
{
    return bytes * UINT32_C(0x9E3779B1) >> (32 - nbits);
}

/* Three bytes are the lower ones of a word of four. */
static uint32_t three_of(uint32_t bytes)
{
    return bytes << 8;
}

/* ---- what is found at one place ---- */

struct found {
    encode_token *match;     /* behind the last */
    uint8_t *row, *unserved; /* the row; in it the first length that no match serves */
    uint32_t longest;        /* 2 before there is any */
};

static inline struct found found_none(struct match_tree *tree, uint32_t at, encode_token *match)
{
    return (struct found){match, tree->row[at], tree->row[at], ENCODE_MIN_MATCH - 1};
}

/*
 * From the first length that no match serves, the row gets this code; what is too much, the next
 * one overwrites, or the next place.
 */
static inline void serve(const struct found *found, unsigned code)
{
    uint64_t codes = code * UINT64_C(0x0101010101010101);

    memcpy(found->unserved, &codes, sizeof codes);
    memcpy(found->unserved + sizeof codes, &codes, sizeof codes);
}

/*
 * Keeps a match that is longer than those before. No branch: it is written in any case, and stays.
 */
static inline void offer(struct found *found, uint32_t length, uint32_t distance)
{
    bool longer = length > found->longest;
    uint32_t served = length < MATCH_ROW_MOST ? length : MATCH_ROW_MOST;
    uint8_t *unserved = found->row + served - (ENCODE_MIN_MATCH - 1);
    unsigned extra;

    *found->match = encode_match(length, distance);
    serve(found, encode_distance_code(distance, &extra));
    found->match += longer;
    found->longest = longer ? length : found->longest;
    found->unserved = longer ? unserved : found->unserved;
}

/*
 * Makes `at` the root of its tree, which its walk splits into what is less and what is greater:
 * each node met hangs on one of both sides, with the subtree that is known to belong there.
 *
 * The common length with all of a side is at least that with the last node of that side; so with
 * the lesser of both sides' every comparison begins.
 */
static inline __attribute__((always_inline)) void walk(struct match_tree *tree,
                                                       struct match_effort effort,
                                                       const uint8_t *raw, uint32_t at,
                                                       uint32_t most, struct found *found)
{
    uint16_t *root = &tree->root[hash(encode_load32(raw + at), MATCH_TREE_BITS)];
    uint16_t *less = &tree->child[at][0], *greater = &tree->child[at][1];
    uint32_t node = *root, less_length = 0, greater_length = 0;
    uint32_t nice = effort.nice < most ? effort.nice : most;

    *root = (uint16_t)(at + 1);
    for (uint32_t depth = effort.depth; node && depth; depth--) {
        uint32_t place = node - 1;
        uint16_t *children = tree->child[place];
        uint32_t length = less_length < greater_length ? less_length : greater_length;

        length = match_length(raw + at, raw + place, length, found ? most : nice);
        if (found)
            offer(found, length, at - place);
        if (length >= nice) {
            /* As good as equal: the new node takes the place of the old one. */
            *less = children[0];
            *greater = children[1];
            return;
        }
        if (raw[place + length] < raw[at + length]) {
            *less = (uint16_t)node;
            less = &children[1];
            node = *less;
            less_length = length;
        } else {
            *greater = (uint16_t)node;
            greater = &children[0];
            node = *greater;
            greater_length = length;
        }
    }
    *less = 0;
    *greater = 0;
}

/*
 * The same where eight bytes can be read at once. Most lengths are below, and then neither the
 * length nor the side is worth a branch.
 */
static inline __attribute__((always_inline)) void walk_eight(struct match_tree *tree,
                                                             struct match_effort effort,
                                                             const uint8_t *raw, uint32_t at,
                                                             uint32_t most, struct found *found)
{
    uint64_t bytes = encode_load64(raw + at), own = __builtin_bswap64(bytes);
    uint16_t *root = &tree->root[hash((uint32_t)bytes, MATCH_TREE_BITS)];
    uint16_t *slot[2] = {&tree->child[at][0], &tree->child[at][1]};
    uint32_t lengths[2] = {0, 0}, node = *root, depth = effort.depth;

    *root = (uint16_t)(at + 1);
    while (node && depth--) {
        uint32_t place = node - 1, length, side;
        uint16_t *children = tree->child[place];
        uint32_t less = children[0], greater = children[1];
        uint64_t theirs = __builtin_bswap64(encode_load64(raw + place));

        if (__builtin_expect(own != theirs, 1)) {
            length = (uint32_t)__builtin_clzll(own ^ theirs) / 8;
            side = theirs > own;
            offer(found, length, at - place);
        } else {
            length = lengths[0] < lengths[1] ? lengths[0] : lengths[1];
            length = match_length(raw + at, raw + place, length < 8 ? 8 : length, most);
            offer(found, length, at - place);
            if (length >= effort.nice || length == most) {
                /* As good as equal: the new node takes the place of the old one. */
                *slot[0] = (uint16_t)less;
                *slot[1] = (uint16_t)greater;
                return;
            }
            side = raw[place + length] > raw[at + length];
        }
        *slot[side] = (uint16_t)node;
        slot[side] = &children[side ^ 1];
        lengths[side] = length;
        node = side ? less : greater;
    }
    *slot[0] = 0;
    *slot[1] = 0;
}

/* Makes `at` the newest place of its three bytes; returns the one before it, plus 1. */
static uint32_t add_three(struct match_tree *tree, const uint8_t *raw, uint32_t at)
{
    uint32_t three = three_of(encode_load32(raw + at));
    uint16_t *newest = &tree->three[hash(three, MATCH_TREE_THREE_BITS)];
    uint32_t node = *newest;

    *newest = (uint16_t)(at + 1);
    return node;
}

/* All matches at one place. */
static void find(struct match_tree *tree, struct match_effort effort, const uint8_t *raw,
                 uint32_t at, uint32_t most, struct found *found)
{
    uint32_t node = add_three(tree, raw, at), place = node ? node - 1 : at;
    bool same = three_of(encode_load32(raw + place)) == three_of(encode_load32(raw + at));

    if (place != at)
        offer(found, same ? 3 : 0, at - place);
    if (most >= 8)
        walk_eight(tree, effort, raw, at, most, found);
    else
        walk(tree, effort, raw, at, most, found);
}

/* What the walk from a place that comes soon will read first. */
static void ask_for(const struct match_tree *tree, const uint8_t *raw, uint32_t at)
{
    uint32_t node = tree->root[hash(encode_load32(raw + at), MATCH_TREE_BITS)];

    __builtin_prefetch(tree->child[node]);
    __builtin_prefetch(raw + node);
}

/* Ends the row. */
static inline void finish(struct match_tree *tree, uint32_t at, struct found *found)
{
    serve(found, MATCH_NO_CODE);
    tree->longer[at] = found->longest > MATCH_ROW_MOST;
    if (tree->first[at] + MATCH_MOST + GDEFLATE_TILE_NBYTES > tree->room &&
        found->longest >= ENCODE_MIN_MATCH) {
        /* Enough is left for one of every place that comes. */
        encode_token *first = tree->match + tree->first[at];

        *first = found->match[-1];
        found->match = first + 1;
    }
}

void match_tree_fill(struct match_tree *tree, struct match_effort effort, const uint8_t *raw,
                     uint32_t nbytes)
{
    encode_token *match = tree->match;

    memset(tree->root, 0, sizeof tree->root);
    memset(tree->three, 0, sizeof tree->three);
    for (uint32_t at = 0, nice_end = 0, nice_distance = 0; at < nbytes; at++) {
        uint32_t left = nbytes - at, most = left < ENCODE_MAX_MATCH ? left : ENCODE_MAX_MATCH;
        struct found found = found_none(tree, at, match);

        tree->first[at] = (uint32_t)(match - tree->match);
        if (at < nice_end) {
            /* Inside of a match that is good enough, its rest is the one match of each place. */
            offer(&found, nice_end - at, nice_distance);
            if (left >= 4) {
                add_three(tree, raw, at);
                walk(tree, effort, raw, at, most, NULL);
            }
        } else if (left >= 4) {
            if (left >= AHEAD + 4)
                ask_for(tree, raw, at + AHEAD);
            find(tree, effort, raw, at, most, &found);
        }
        finish(tree, at, &found);
        match = found.match;
        if (found.longest >= effort.nice && at >= nice_end) {
            nice_end = at + found.longest;
            nice_distance = match[-1] & 0xFFFF;
        }
    }
    tree->first[nbytes] = (uint32_t)(match - tree->match);
}
