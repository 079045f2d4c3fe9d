/* SPDX-License-Identifier: MIT */
/* Trees of places: one walk finds the matches of a place and makes it the root. */
#include "gpu/codec/match_tree.h"
#include "gpu/codec/match_length.h"

static uint32_t hash(uint32_t bytes, unsigned nbits)
{
    return bytes * UINT32_C(0x9E3779B1) >> (32 - nbits);
}

/* Three bytes are the lower ones of a word of four. */
static uint32_t three_of(uint32_t bytes)
{
    return bytes << 8;
}

/*
 * Makes `at` the root of its tree, which its walk splits into what is less and what is greater: each
 * node met hangs on one of both sides, with the subtree that is known to belong there. With record,
 * matches longer than `best` are appended to match. Returns their new end.
 *
 * The common length with all of a side is at least that with the last node of that side; so with the
 * lesser of both sides' every comparison begins.
 */
static encode_token *walk(struct match_tree *tree, struct match_effort effort, const uint8_t *raw,
                          uint32_t at, uint32_t most, uint32_t best, encode_token *match)
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

        length = match_length(raw + at, raw + place, length, match ? most : nice);
        if (match && length > best) {
            best = length;
            *match++ = encode_match(length, at - place);
        }
        if (length >= nice) {
            /* As good as equal: the new node takes the place of the old one. */
            *less = children[0];
            *greater = children[1];
            return match;
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
    return match;
}

/* The newest place of the same three bytes, when it is one. */
static encode_token *find_three(struct match_tree *tree, const uint8_t *raw, uint32_t at,
                                encode_token *match)
{
    uint32_t three = three_of(encode_load32(raw + at));
    uint16_t *newest = &tree->three[hash(three, MATCH_TREE_THREE_BITS)];
    uint32_t node = *newest;

    *newest = (uint16_t)(at + 1);
    if (match && node && three_of(encode_load32(raw + node - 1)) == three)
        *match++ = encode_match(3, at - (node - 1));
    return match;
}

/* All matches at one place; returns the longest, 0 when there is none. */
static encode_token find(struct match_tree *tree, struct match_effort effort, const uint8_t *raw,
                         uint32_t at, uint32_t most, encode_token **end)
{
    encode_token found[MATCH_MOST], *last = find_three(tree, raw, at, found);
    size_t count;

    last = walk(tree, effort, raw, at, most, last > found ? 3 : 2, last);
    if (last == found)
        return 0;
    /* Room is left for the longest of every place that comes. */
    count = (size_t)(last - found);
    if (*end + count + GDEFLATE_TILE_NBYTES > tree->match + MATCH_ROOM)
        count = 1;
    memcpy(*end, last - count, count * sizeof *found);
    *end += count;
    return last[-1];
}

/*
 * Brings the matches of a place into its row. A whole vector is stored from the first length that a
 * match serves; what that covers too much the next one overwrites, or the next place.
 */
static void make_row(struct match_tree *tree, uint32_t at, const encode_token *match,
                     const encode_token *end)
{
    typedef uint8_t codes __attribute__((vector_size(MATCH_ROW), aligned(1), may_alias));
    static const codes ones = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    uint8_t *row = tree->row[at];
    uint32_t served = 0;

    for (; match < end && served < MATCH_ROW; match++) {
        unsigned extra, code = encode_distance_code(*match & 0xFFFF, &extra);

        *(codes *)(row + served) = ones * (uint8_t)code;
        served = (*match >> 16) - (ENCODE_MIN_MATCH - 1);
    }
    served = served < MATCH_ROW ? served : MATCH_ROW;
    *(codes *)(row + served) = ones * MATCH_NO_CODE;
    tree->longer[at] = match < end || (served == MATCH_ROW && end[-1] >> 16 > MATCH_ROW_MOST);
}

void match_tree_fill(struct match_tree *tree, struct match_effort effort, const uint8_t *raw,
                     uint32_t nbytes)
{
    encode_token *end = tree->match;
    uint32_t at = 0;

    memset(tree->root, 0, sizeof tree->root);
    memset(tree->three, 0, sizeof tree->three);
    while (at < nbytes) {
        uint32_t most = nbytes - at < ENCODE_MAX_MATCH ? nbytes - at : ENCODE_MAX_MATCH;
        encode_token longest = 0, *first = end;

        tree->first[at] = (uint32_t)(first - tree->match);
        if (nbytes - at >= 4)
            longest = find(tree, effort, raw, at, most, &end);
        make_row(tree, at, first, end);
        at++;
        if (longest >> 16 < effort.nice)
            continue;
        /* Inside of a match that is good enough, its rest is the one match of each place. */
        for (uint32_t length = longest >> 16; --length; at++) {
            first = end;
            tree->first[at] = (uint32_t)(first - tree->match);
            if (length >= ENCODE_MIN_MATCH)
                *end++ = encode_match(length, longest & 0xFFFF);
            make_row(tree, at, first, end);
            if (nbytes - at >= 4) {
                find_three(tree, raw, at, NULL);
                walk(tree, effort, raw, at, nbytes - at, 0, NULL);
            }
        }
    }
    tree->first[nbytes] = (uint32_t)(end - tree->match);
}
