/* SPDX-License-Identifier: MIT */
/*
 * The symbols of a block, eight lanes a vector; why it equals the turns one by one is said in
 * decode_avx512.c. What that has instructions for, expanding and compressing, are permutations
 * here, by tables over the mask.
 */
#include "gpu/codec/decode_rounds.h"

#ifdef __x86_64__
#    include <immintrin.h>

#    define AVX2 __attribute__((target("avx2,popcnt,bmi2")))
#    define INLINE static inline AVX2 __attribute__((always_inline))

#    define GROUPS 4u
#    define GROUP_LANES 8u

/* ---- permutations ---- */

/* How many lanes of the mask are below this one, and which lane of it is the n-th. */
#    define BELOW(mask, lane) __builtin_popcount((mask) & ((1 << (lane)) - 1))
#    define IF_NTH(mask, n, lane) \
        (((mask) >> (lane) & 1) && BELOW(mask, lane) == (n) ? (lane) : 0)
#    define NTH(mask, n) \
        (IF_NTH(mask, n, 1) + IF_NTH(mask, n, 2) + IF_NTH(mask, n, 3) + IF_NTH(mask, n, 4) + \
         IF_NTH(mask, n, 5) + IF_NTH(mask, n, 6) + IF_NTH(mask, n, 7))

#    define EXPANSION(m) \
        {BELOW(m, 0), BELOW(m, 1), BELOW(m, 2), BELOW(m, 3), \
         BELOW(m, 4), BELOW(m, 5), BELOW(m, 6), BELOW(m, 7)}
#    define COMPRESSION(m) \
        {NTH(m, 0), NTH(m, 1), NTH(m, 2), NTH(m, 3), NTH(m, 4), NTH(m, 5), NTH(m, 6), NTH(m, 7)}
#    define ROWS_4(row, m) row(m), row((m) + 1), row((m) + 2), row((m) + 3)
#    define ROWS_16(row, m) \
        ROWS_4(row, m), ROWS_4(row, (m) + 4), ROWS_4(row, (m) + 8), ROWS_4(row, (m) + 12)
#    define ROWS_64(row, m) \
        ROWS_16(row, m), ROWS_16(row, (m) + 16), ROWS_16(row, (m) + 32), ROWS_16(row, (m) + 48)
#    define ROWS(row) ROWS_64(row, 0), ROWS_64(row, 64), ROWS_64(row, 128), ROWS_64(row, 192)

static const uint8_t expansions[256][8] = {ROWS(EXPANSION)};
static const uint8_t compressions[256][8] = {ROWS(COMPRESSION)};

INLINE __m256i row_of(const uint8_t rows[256][8], uint32_t mask)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)rows[mask]));
}

INLINE __m256i compress(__m256i vector, uint32_t mask)
{
    return _mm256_permutevar8x32_epi32(vector, row_of(compressions, mask));
}

/* A bit of each lane, as a mask. */
INLINE uint32_t lanes_with(__m256i vector, uint32_t bit)
{
    int at_top = __builtin_clz(bit);

    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(vector, at_top)));
}

/* ---- eight lanes ---- */

/* Low and high words of their bits, and by how much there are more than 32. */
struct group {
    __m256i low, high, spare, table_at;
    uint32_t owes; /* the lanes whose table_at is the distances' */
};

INLINE struct group load_group(const struct gd_decoder *d, uint32_t first)
{
    /* Of two vectors of 64-bit lanes the low words and the high ones, in the order 0 2 1 3. */
    __m256 a = _mm256_loadu_ps((const float *)(d->bits + first));
    __m256 b = _mm256_loadu_ps((const float *)(d->bits + first + 4));
    __m256i low = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
    __m256i high = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xDD));
    __m256i count = _mm256_loadu_si256((const __m256i *)(d->count + first));
    __m256i table_at = _mm256_loadu_si256((const __m256i *)(d->table_at + first));

    return (struct group){
        .low = _mm256_permute4x64_epi64(low, 0xD8),
        .high = _mm256_permute4x64_epi64(high, 0xD8),
        .spare = _mm256_sub_epi32(count, _mm256_set1_epi32(32)),
        .table_at = table_at,
        .owes = lanes_with(table_at, DISTANCE_TABLE),
    };
}

INLINE void store_group(struct gd_decoder *d, uint32_t first, const struct group *g)
{
    __m256i a = _mm256_unpacklo_epi32(g->low, g->high), b = _mm256_unpackhi_epi32(g->low, g->high);

    _mm256_storeu_si256((__m256i *)(d->bits + first), _mm256_permute2x128_si256(a, b, 0x20));
    _mm256_storeu_si256((__m256i *)(d->bits + first + 4), _mm256_permute2x128_si256(a, b, 0x31));
    _mm256_storeu_si256((__m256i *)(d->count + first),
                        _mm256_add_epi32(g->spare, _mm256_set1_epi32(32)));
    _mm256_storeu_si256((__m256i *)(d->table_at + first), g->table_at);
}

INLINE __m256i look_up(const uint32_t *table, const struct group *g)
{
    __m256i at = _mm256_and_si256(g->low, _mm256_set1_epi32((int)TABLE_SIZE - 1));

    return _mm256_i32gather_epi32((const int *)table, _mm256_or_si256(at, g->table_at), 4);
}

INLINE __m256i look_up_second(const uint32_t *table, const struct group *g, __m256i entry)
{
    __m256i second = _mm256_slli_epi32(entry, __builtin_clz(ENTRY_SECOND)); /* the top bit counts */
    __m256i at = _mm256_and_si256(_mm256_srli_epi32(g->low, TABLE_BITS),
                                  _mm256_set1_epi32((int)SECOND_SIZE - 1));

    at = _mm256_add_epi32(at, _mm256_srli_epi32(entry, 16));
    return _mm256_mask_i32gather_epi32(entry, (const int *)table, at, second, 4);
}

/* Takes the bits that the entries say; returns the values, moves *in by the words of refills. */
INLINE __m256i take(struct group *g, __m256i entry, const uint8_t **in)
{
    const __m256i n31 = _mm256_set1_epi32(31), n32 = _mm256_set1_epi32(32);
    __m256i takes = _mm256_and_si256(entry, n31);
    __m256i code = _mm256_and_si256(_mm256_srli_epi32(entry, 6), _mm256_set1_epi32(15));
    __m256i extra = _mm256_andnot_si256(_mm256_sllv_epi32(_mm256_set1_epi32(-1), takes), g->low);
    __m256i value = _mm256_add_epi32(_mm256_srli_epi32(entry, 16), _mm256_srlv_epi32(extra, code));
    __m256i words;
    uint32_t need;

    /* A shift by 32, when nothing is taken, gives 0 here. */
    g->low = _mm256_or_si256(_mm256_srlv_epi32(g->low, takes),
                             _mm256_sllv_epi32(g->high, _mm256_sub_epi32(n32, takes)));
    g->high = _mm256_srlv_epi32(g->high, takes);
    g->spare = _mm256_sub_epi32(g->spare, takes);
    /*
     * Lanes below 32 bits: all that they have is in the low word, and spare, -31..-1, modulo 32 is
     * both how many bits that is and the spare after the refill. In other lanes the word is made 0.
     * Eight words are loaded even if fewer are taken: at most 24 were taken before in this round.
     */
    need = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(g->spare));
    words = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)*in),
                                        row_of(expansions, need));
    words = _mm256_and_si256(words, _mm256_srai_epi32(g->spare, 31));
    *in += 4 * (size_t)__builtin_popcount(need);
    g->spare = _mm256_and_si256(g->spare, n31);
    g->low = _mm256_or_si256(g->low, _mm256_sllv_epi32(words, g->spare));
    g->high = _mm256_or_si256(g->high, _mm256_srlv_epi32(words, _mm256_sub_epi32(n32, g->spare)));
    return value;
}

/* Appends the tokens of eight lanes; whole vectors are stored, what is too much comes again. */
INLINE void append(struct gd_cursors *c, const struct gd_decoder *d, struct group *g, __m256i entry,
                   __m256i value)
{
    /* The low bytes of the lanes, in both halves. */
    const __m256i bytes = _mm256_setr_epi32(0x0C080400, -1, -1, -1, -1, 0x0C080400, -1, -1);
    uint32_t literal = lanes_with(entry, ENTRY_LITERAL), length = lanes_with(entry, ENTRY_LENGTH);
    __m256i before = _mm256_add_epi32(row_of(expansions, literal),
                                      _mm256_set1_epi32((int)(c->literal - d->literals)));
    __m256i match = _mm256_or_si256(value, _mm256_slli_epi32(before, 16));
    __m256i halves = _mm256_shuffle_epi8(value, bytes), distance = compress(value, g->owes);
    __m128i literals =
        _mm_or_si128(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));

    literals = _mm_shuffle_epi8(literals, _mm_loadl_epi64((const __m128i *)compressions[literal]));
    _mm_storel_epi64((__m128i *)c->literal, literals);
    _mm256_storeu_si256((__m256i *)c->match, compress(match, length));
    _mm_storeu_si128((__m128i *)c->distance,
                     _mm_packus_epi32(_mm256_castsi256_si128(distance),
                                      _mm256_extracti128_si256(distance, 1)));
    c->literal += __builtin_popcount(literal);
    c->match += __builtin_popcount(length);
    c->distance += __builtin_popcount(g->owes);
    g->owes = length;
    g->table_at = _mm256_and_si256(entry, _mm256_set1_epi32((int)ENTRY_LENGTH));
}

/* ---- rounds ---- */

INLINE uint32_t any_other(const __m256i entries[GROUPS])
{
    __m256i all = _mm256_or_si256(_mm256_or_si256(entries[0], entries[1]),
                                  _mm256_or_si256(entries[2], entries[3]));

    return lanes_with(all, ENTRY_OTHER);
}

AVX2 enum gdeflate_status gd_symbols_avx2(struct gd_decoder *d)
{
    struct group groups[GROUPS];
    struct gd_cursors c = gd_load_cursors(d);

    for (uint32_t i = 0; i < GROUPS; i++) {
        groups[i] = load_group(d, i * GROUP_LANES);
    }
    while (gd_ready(d, &c)) {
        __m256i entries[GROUPS], values[GROUPS];

        for (uint32_t i = 0; i < GROUPS; i++) {
            entries[i] = look_up(d->table, &groups[i]);
        }
        if (any_other(entries)) {
            for (uint32_t i = 0; i < GROUPS; i++) {
                entries[i] = look_up_second(d->table, &groups[i], entries[i]);
            }
            if (any_other(entries)) {
                break;
            }
        }
        for (uint32_t i = 0; i < GROUPS; i++) {
            values[i] = take(&groups[i], entries[i], &c.in);
        }
        for (uint32_t i = 0; i < GROUPS; i++) {
            append(&c, d, &groups[i], entries[i], values[i]);
        }
    }
    for (uint32_t i = 0; i < GROUPS; i++) {
        store_group(d, i * GROUP_LANES, &groups[i]);
    }
    gd_store_cursors(d, &c);
    return gd_symbols_scalar(d);
}

#endif
