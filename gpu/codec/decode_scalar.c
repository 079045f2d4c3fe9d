/* SPDX-License-Identifier: MIT */
/*
 * The symbols of a block in plain C, a lane a turn. Which kind of token a turn yields is as good as
 * random, so nothing branches on it: each turn stores to all three queues and advances one.
 */
#include "gpu/codec/decode_copy.h"

#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

enum gdeflate_status gd_copy_scalar(struct gd_decoder *d)
{
    return gd_copy_tokens_with(d, gd_copy_run, gd_copy_match);
}

/* The entry of a lane's next code, which may be ENTRY_OTHER. */
static uint32_t look_up(const struct gd_decoder *d, uint32_t lane)
{
    uint32_t entry = d->table[d->table_at[lane] + (d->bits[lane] & (TABLE_SIZE - 1))];

    if (entry & ENTRY_SECOND) {
        entry = d->table[ENTRY_VALUE(entry) + (d->bits[lane] >> TABLE_BITS & (SECOND_SIZE - 1))];
    }
    return entry;
}

/* Distances that lanes owe at the end of a block: first those after the lane that ended it. */
static enum gdeflate_status drain(struct gd_decoder *d, uint32_t end_lane)
{
    for (uint32_t i = 1; i < LANES; i++) {
        uint32_t lane = (end_lane + i) % LANES;
        uint32_t entry, taken;

        if (d->table_at[lane] == LITERAL_TABLE) {
            continue;
        }
        entry = look_up(d, lane);
        if (entry & ENTRY_OTHER) {
            return GDEFLATE_BAD_SYMBOL;
        }
        taken = gd_turn(d, lane, ENTRY_TAKES(entry));
        d->distances[d->distance_count++] =
            (uint16_t)(ENTRY_VALUE(entry) + (taken >> ENTRY_CODE_NBITS(entry)));
        d->table_at[lane] = LITERAL_TABLE;
    }
    return GDEFLATE_OK;
}

/*
 * One turn of each lane. Before: gd_need_words, and room in the queues. Says at which lane the
 * block ended or which lane had a code of nothing (then *status_out), else LANES.
 */
static inline __attribute__((always_inline)) uint32_t
round_of_turns(struct gd_decoder *d, enum gdeflate_status *status_out)
{
    const uint8_t *in = d->words + 4 * (size_t)d->at;
    const uint32_t *table = d->table;
    uint8_t *literal = d->literals + d->literal_count;
    uint32_t *match = d->matches + d->match_count;
    uint16_t *distance = d->distances + d->distance_count;
    uint32_t lane;

    for (lane = 0; lane < LANES; lane++) {
        uint64_t bits = d->bits[lane];
        uint32_t table_at = d->table_at[lane], value;
        uint32_t entry = table[table_at + (bits & (TABLE_SIZE - 1))];

        if (UNLIKELY(entry & ENTRY_OTHER)) {
            if (entry & ENTRY_SECOND) {
                entry = table[ENTRY_VALUE(entry) + (bits >> TABLE_BITS & (SECOND_SIZE - 1))];
            }
            if (entry & ENTRY_OTHER) {
                if (ENTRY_VALUE(entry) != ENTRY_VALUE(ENTRY_END)) {
                    *status_out = GDEFLATE_BAD_SYMBOL;
                }
                break;
            }
        }
        value = gd_turn_by(d, lane, bits, entry, &in);
        *literal = (uint8_t)value;
        *match = value | (uint32_t)(literal - d->literals) << 16;
        *distance = (uint16_t)value;
        literal += entry / ENTRY_LITERAL & 1;
        match += entry / ENTRY_LENGTH & 1;
        distance += table_at / DISTANCE_TABLE;
        d->table_at[lane] = entry & ENTRY_LENGTH;
    }
    d->at = (uint32_t)((size_t)(in - d->words) / 4);
    d->literal_count = (uint32_t)(literal - d->literals);
    d->match_count = (uint32_t)(match - d->matches);
    d->distance_count = (uint32_t)(distance - d->distances);
    return lane;
}

enum gdeflate_status gd_symbols_scalar(struct gd_decoder *d)
{
    enum gdeflate_status status = GDEFLATE_OK, earlier;
    uint32_t lane;

    do {
        if (gd_queues_full(d->literal_count, d->match_count)) {
            status = d->copy(d);
            if (status) {
                return status;
            }
        }
        status = gd_need_words(d);
        lane = status ? LANES : round_of_turns(d, &status);
    } while (lane == LANES && !status);
    if (!status) {
        gd_turn(d, lane, ENTRY_TAKES(look_up(d, lane))); /* the end's own code */
        status = drain(d, lane);
    }
    /* An error that stands earlier in the output, among what was read before, goes first. */
    earlier = d->copy(d);
    return earlier ? earlier : status;
}
