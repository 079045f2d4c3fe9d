/* SPDX-License-Identifier: MIT */
/* Tokens to turns, turns to lanes: one lane at a time, or sixteen at once. */
#include "gpu/codec/encode_turns.h"

#if defined(__x86_64__)
#    include <immintrin.h>
#endif

/* ---- queues ---- */

static void make_tables(struct encode_turns *turns, const struct encode_codes *codes)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        turns->bits[byte] = codes->litlen[byte].bits;
        turns->kind[byte] = codes->litlen[byte].count;
    }
    for (uint32_t length = ENCODE_MIN_MATCH; length <= ENCODE_MAX_SHORT; length++) {
        unsigned extra;
        struct encode_bits code = codes->litlen[encode_length_code(length, &extra)];
        uint32_t low = (length - ENCODE_MIN_MATCH) & ((1u << extra) - 1);

        turns->bits[256 + length] = code.bits | low << code.count;
        turns->kind[256 + length] = (code.count + extra) | ENCODE_TURN_OWES;
    }
    turns->long_length = codes->litlen[ENCODE_LONG_LENGTH];
    turns->end = codes->litlen[ENCODE_END_OF_BLOCK];
    memcpy(turns->distance, codes->distance, sizeof turns->distance);
}

/* Appends the turns of count tokens. Literal or match is not branched on: neither is likelier. */
static void queue_tokens(struct encode_turns *turns, const encode_token *tokens, uint32_t count)
{
    struct encode_queue *symbols = &turns->symbols, *distances = &turns->distances;
    uint32_t *bits = symbols->bits + symbols->count, *kind = symbols->kind + symbols->count;
    uint32_t owed = distances->count;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = tokens[i] >> 16, low = tokens[i] & 0xFFFF, is_match = length != 0;
        uint32_t first = is_match ? 256 + length : low;
        unsigned extra, code = encode_distance_code(low + 1 - is_match, &extra);
        struct encode_bits word = turns->distance[code];

        low -= is_match;
        distances->bits[owed] = word.bits | (low & ((1u << extra) - 1)) << word.count;
        distances->kind[owed] = word.count + extra;
        owed += is_match;
        if (length > ENCODE_MAX_SHORT) {
            word = turns->long_length;
            bits[i] = word.bits | (length - ENCODE_MIN_MATCH) << word.count;
            kind[i] = (word.count + 16) | ENCODE_TURN_OWES;
        } else {
            bits[i] = turns->bits[first];
            kind[i] = turns->kind[first];
        }
    }
    symbols->count += count;
    distances->count = owed;
}

static void drop(struct encode_queue *queue, uint32_t count)
{
    queue->count -= count;
    memmove(queue->bits, queue->bits + count, queue->count * sizeof *queue->bits);
    memmove(queue->kind, queue->kind + count, queue->count * sizeof *queue->kind);
}

/* ---- lanes ---- */

/* Spends all symbols, and the distances that fall due before the last of them. */
static void spend_each(struct encode_turns *turns, struct encode_lanes *lanes)
{
    uint32_t symbol = 0, distance = 0;

    while (symbol < turns->symbols.count) {
        uint32_t owes = turns->owing >> turns->lane & 1;
        const struct encode_queue *queue = owes ? &turns->distances : &turns->symbols;
        uint32_t at = owes ? distance : symbol, kind = queue->kind[at];

        distance += owes;
        symbol += !owes;
        encode_turn(lanes, turns->lane,
                    (struct encode_bits){queue->bits[at], kind & ENCODE_TURN_NBITS});
        turns->owing = (turns->owing & ~(1u << turns->lane)) | (uint32_t)(kind / ENCODE_TURN_OWES)
                                                                   << turns->lane;
        turns->lane = (turns->lane + 1) % GDEFLATE_LANES;
    }
    drop(&turns->symbols, symbol);
    drop(&turns->distances, distance);
}

#if defined(__x86_64__)

#    define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,popcnt")))

/*
 * Sixteen turns at once, as long as there are symbols for whatever number of lanes is free. The
 * rule of encode_turn in every lane; words are handed out in the order of the lanes that filled
 * one.
 */
AVX512 static void spend_sixteen(struct encode_turns *turns, struct encode_lanes *lanes)
{
    const __m512i ascending =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i word_nbits = _mm512_set1_epi32(32),
                  nbits_mask = _mm512_set1_epi32(ENCODE_TURN_NBITS);
    const __m512i owes_mask = _mm512_set1_epi32(ENCODE_TURN_OWES);
    const struct encode_queue *symbols = &turns->symbols, *distances = &turns->distances;
    uint32_t symbol = 0, distance = 0, words = lanes->words, lane = turns->lane,
             owing = turns->owing;

    while (symbol + ENCODE_VECTOR <= symbols->count) {
        __mmask16 owe = (__mmask16)(owing >> lane), full;
        uint32_t owed = (uint32_t)_mm_popcnt_u32(owe), filled;
        __m512i bits =
            _mm512_maskz_expand_epi32((__mmask16)~owe, _mm512_loadu_si512(symbols->bits + symbol));
        __m512i kind =
            _mm512_maskz_expand_epi32((__mmask16)~owe, _mm512_loadu_si512(symbols->kind + symbol));
        __m512i held = _mm512_loadu_si512(lanes->held + lane);
        __m512i count = _mm512_loadu_si512(lanes->count + lane);
        __m512i current = _mm512_loadu_si512(lanes->current + lane);
        __m512i next = _mm512_loadu_si512(lanes->next + lane), low, high, total;

        bits = _mm512_mask_expand_epi32(bits, owe, _mm512_loadu_si512(distances->bits + distance));
        kind = _mm512_mask_expand_epi32(kind, owe, _mm512_loadu_si512(distances->kind + distance));
        symbol += ENCODE_VECTOR - owed;
        distance += owed;
        owing = (owing & ~(0xFFFFu << lane)) | (uint32_t)_mm512_test_epi32_mask(kind, owes_mask)
                                                   << lane;

        total = _mm512_add_epi32(count, _mm512_and_si512(kind, nbits_mask));
        low = _mm512_or_si512(held, _mm512_sllv_epi32(bits, count));
        high = _mm512_srlv_epi32(bits, _mm512_sub_epi32(word_nbits, count));
        full = _mm512_cmpgt_epi32_mask(total, word_nbits);
        filled = (uint32_t)_mm_popcnt_u32(full);
        _mm512_mask_i32scatter_epi32(lanes->base, full, current, low, 4);
        current = _mm512_mask_mov_epi32(current, full, next);
        next = _mm512_mask_expand_epi32(next, full,
                                        _mm512_add_epi32(ascending, _mm512_set1_epi32((int)words)));
        words += filled;
        _mm512_storeu_si512(lanes->held + lane, _mm512_mask_mov_epi32(low, full, high));
        _mm512_storeu_si512(lanes->count + lane,
                            _mm512_mask_sub_epi32(total, full, total, word_nbits));
        _mm512_storeu_si512(lanes->current + lane, current);
        _mm512_storeu_si512(lanes->next + lane, next);
        lane ^= ENCODE_VECTOR;
    }
    lanes->words = words;
    turns->lane = lane;
    turns->owing = owing;
    drop(&turns->symbols, symbol);
    drop(&turns->distances, distance);
}

#endif

void encode_turns_init(struct encode_turns *turns, enum gdeflate_isa most)
{
    turns->spend = spend_each;
#if defined(__x86_64__)
    if (most >= GDEFLATE_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("popcnt"))
        turns->spend = spend_sixteen;
#endif
}

void encode_turns_write(struct encode_turns *turns, struct encode_lanes *lanes,
                        const struct encode_codes *codes, const encode_token *tokens,
                        uint32_t count)
{
    make_tables(turns, codes);
    turns->symbols.count = turns->distances.count = 0;
    turns->lane = turns->owing = 0;
    while (count) {
        uint32_t piece = count < ENCODE_PIECE ? count : ENCODE_PIECE;

        queue_tokens(turns, tokens, piece);
        turns->spend(turns, lanes);
        tokens += piece;
        count -= piece;
    }
    turns->symbols.bits[turns->symbols.count] = turns->end.bits;
    turns->symbols.kind[turns->symbols.count++] = turns->end.count;
    spend_each(turns, lanes);

    /* Owed distances: the lanes behind the one that had the end of the block, then from lane 0. */
    for (uint32_t i = 0; i < turns->distances.count; i++) {
        while (!(turns->owing >> turns->lane & 1))
            turns->lane = (turns->lane + 1) % GDEFLATE_LANES;
        encode_turn(lanes, turns->lane,
                    (struct encode_bits){turns->distances.bits[i], turns->distances.kind[i]});
        turns->owing &= ~(1u << turns->lane);
    }
}
