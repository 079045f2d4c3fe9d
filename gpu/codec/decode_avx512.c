/* SPDX-License-Identifier: MIT */
/*
 * The symbols of a block, sixteen lanes a vector: a round is one turn of all 32 lanes at once.
 *
 * That it equals the turns one by one: within a round lanes share nothing but the order in which
 * they take words and append tokens, which is the order of lanes; expanding words and compressing
 * tokens by a mask of lanes keeps it. The round in which a block ends or a code stands for nothing
 * is different, as later lanes have no turn then: nothing of it is done here, gd_symbols_scalar
 * does it.
 */
#include "gpu/codec/decode_rounds.h"

#ifdef __x86_64__
#    include <immintrin.h>

#    define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt,bmi2")))
#    define INLINE static inline AVX512 __attribute__((always_inline))

/* Sixteen lanes: low and high words of their bits, and by how much there are more than 32. */
struct half {
    __m512i low, high, spare;
    __mmask16 owes; /* distances */
};

INLINE struct half load_half(const struct gd_decoder *d, uint32_t first)
{
    /* The low words of two vectors of 64-bit lanes, and the high ones. */
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    __m512i a = _mm512_loadu_si512(d->bits + first), b = _mm512_loadu_si512(d->bits + first + 8);
    __m512i table_at = _mm512_loadu_si512(d->table_at + first);

    return (struct half){
        .low = _mm512_permutex2var_epi32(a, even, b),
        .high = _mm512_permutex2var_epi32(a, odd, b),
        .spare = _mm512_sub_epi32(_mm512_loadu_si512(d->count + first), _mm512_set1_epi32(32)),
        .owes = _mm512_test_epi32_mask(table_at, table_at),
    };
}

INLINE void store_half(struct gd_decoder *d, uint32_t first, const struct half *h)
{
    const __m512i front = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i back = _mm512_add_epi32(front, _mm512_set1_epi32(8));

    _mm512_storeu_si512(d->bits + first, _mm512_permutex2var_epi32(h->low, front, h->high));
    _mm512_storeu_si512(d->bits + first + 8, _mm512_permutex2var_epi32(h->low, back, h->high));
    _mm512_storeu_si512(d->count + first, _mm512_add_epi32(h->spare, _mm512_set1_epi32(32)));
    _mm512_storeu_si512(d->table_at + first, _mm512_maskz_set1_epi32(h->owes, (int)DISTANCE_TABLE));
}

/* Two gathers of eight are faster than one of sixteen on the processors that we know. */
INLINE __m512i gather(const uint32_t *table, __m512i at)
{
    __m256i a = _mm256_i32gather_epi32((const int *)table, _mm512_castsi512_si256(at), 4);
    __m256i b = _mm256_i32gather_epi32((const int *)table, _mm512_extracti64x4_epi64(at, 1), 4);

    return _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
}

INLINE __m512i look_up(const uint32_t *table, const struct half *h)
{
    __m512i first = _mm512_maskz_set1_epi32(h->owes, (int)DISTANCE_TABLE);

    /* low & (TABLE_SIZE - 1) | first */
    return gather(table, _mm512_ternarylogic_epi32(h->low, _mm512_set1_epi32((int)TABLE_SIZE - 1),
                                                   first, 0xEA));
}

INLINE __m512i look_up_second(const uint32_t *table, const struct half *h, __m512i entry)
{
    __mmask16 second = _mm512_test_epi32_mask(entry, _mm512_set1_epi32((int)ENTRY_SECOND));
    __m512i at = _mm512_and_si512(_mm512_srli_epi32(h->low, TABLE_BITS),
                                  _mm512_set1_epi32((int)SECOND_SIZE - 1));

    at = _mm512_add_epi32(at, _mm512_srli_epi32(entry, 16));
    return _mm512_mask_i32gather_epi32(entry, second, at, table, 4);
}

INLINE __mmask16 others(__m512i entry)
{
    return _mm512_test_epi32_mask(entry, _mm512_set1_epi32((int)ENTRY_OTHER));
}

/* Takes the bits that the entries say; returns the values, moves *in by the words of refills. */
INLINE __m512i take(struct half *h, __m512i entry, const uint8_t **in)
{
    __m512i takes = _mm512_and_si512(entry, _mm512_set1_epi32(31));
    __m512i code = _mm512_and_si512(_mm512_srli_epi32(entry, 6), _mm512_set1_epi32(15));
    __m512i extra = _mm512_andnot_si512(_mm512_sllv_epi32(_mm512_set1_epi32(-1), takes), h->low);
    __m512i value = _mm512_add_epi32(_mm512_srli_epi32(entry, 16), _mm512_srlv_epi32(extra, code));
    __m512i words;
    __mmask16 need = _mm512_cmpgt_epi32_mask(takes, h->spare);

    /* A shift by 32, when nothing is taken, gives 0 here. */
    h->low =
        _mm512_or_si512(_mm512_srlv_epi32(h->low, takes),
                        _mm512_sllv_epi32(h->high, _mm512_sub_epi32(_mm512_set1_epi32(32), takes)));
    h->high = _mm512_srlv_epi32(h->high, takes);
    h->spare = _mm512_sub_epi32(h->spare, takes);
    /*
     * Lanes below 32 bits: all that they have is in the low word, and spare, -31..-1, modulo 32 is
     * both how many bits that is and the spare after the refill. In other lanes the word is 0.
     * Sixteen words are loaded even if fewer are taken: in the second half of a round at most 16
     * were taken before.
     */
    words = _mm512_maskz_expand_epi32(need, _mm512_loadu_si512(*in));
    *in += 4 * (size_t)__builtin_popcount(need);
    h->spare = _mm512_and_si512(h->spare, _mm512_set1_epi32(31));
    h->low = _mm512_or_si512(h->low, _mm512_sllv_epi32(words, h->spare));
    h->high = _mm512_or_si512(
        h->high, _mm512_srlv_epi32(words, _mm512_sub_epi32(_mm512_set1_epi32(32), h->spare)));
    return value;
}

/* Appends the tokens of sixteen lanes; whole vectors are stored, what is too much comes again. */
INLINE void append(struct gd_cursors *c, uint32_t literal_count, struct half *h, __m512i entry,
                   __m512i value)
{
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __mmask16 literal = _mm512_test_epi32_mask(entry, _mm512_set1_epi32((int)ENTRY_LITERAL));
    __mmask16 length = _mm512_test_epi32_mask(entry, _mm512_set1_epi32((int)ENTRY_LENGTH));
    /* In a lane that has no literal: how many lanes below have none either. */
    __m512i without = _mm512_maskz_expand_epi32((__mmask16)~literal, lanes);
    __m512i before =
        _mm512_add_epi32(_mm512_sub_epi32(lanes, without), _mm512_set1_epi32((int)literal_count));
    __m512i match = _mm512_or_si512(value, _mm512_slli_epi32(before, 16));

    _mm_storeu_si128((__m128i *)c->literal,
                     _mm512_cvtepi32_epi8(_mm512_maskz_compress_epi32(literal, value)));
    _mm512_storeu_si512(c->match, _mm512_maskz_compress_epi32(length, match));
    _mm256_storeu_si256((__m256i *)c->distance,
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(h->owes, value)));
    c->literal += __builtin_popcount(literal);
    c->match += __builtin_popcount(length);
    c->distance += __builtin_popcount(h->owes);
    h->owes = length;
}

AVX512 enum gdeflate_status gd_symbols_avx512(struct gd_decoder *d)
{
    struct half a = load_half(d, 0), b = load_half(d, 16);
    struct gd_cursors c = gd_load_cursors(d);

    while (gd_ready(d, &c)) {
        __m512i entry_a, entry_b, value_a, value_b;

        entry_a = look_up(d->table, &a);
        entry_b = look_up(d->table, &b);
        if (others(_mm512_or_si512(entry_a, entry_b))) {
            entry_a = look_up_second(d->table, &a, entry_a);
            entry_b = look_up_second(d->table, &b, entry_b);
            if (others(_mm512_or_si512(entry_a, entry_b))) {
                break;
            }
        }
        value_a = take(&a, entry_a, &c.in);
        value_b = take(&b, entry_b, &c.in);
        append(&c, (uint32_t)(c.literal - d->literals), &a, entry_a, value_a);
        append(&c, (uint32_t)(c.literal - d->literals), &b, entry_b, value_b);
    }
    store_half(d, 0, &a);
    store_half(d, 16, &b);
    gd_store_cursors(d, &c);
    return gd_symbols_scalar(d);
}

#endif
