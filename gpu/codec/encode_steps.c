/* SPDX-License-Identifier: MIT */
/* Cheapest steps from rows, for each width of vectors. */
#include "gpu/codec/encode_steps.h"

#if defined(__x86_64__)
#    include <immintrin.h>
#endif

/* Literal or match of a row. No branch: neither is likelier. */
static inline uint32_t choose(struct encode_steps *steps, uint32_t at, uint32_t literal,
                              uint32_t match)
{
    uint32_t least = match < literal ? match : literal, rank = least % ENCODE_RANKS;

    steps->length[at] = (uint16_t)(rank + 1 + (rank != 0));
    steps->cost[at] = least - rank;
    return least - rank;
}

static uint32_t walk_any(struct encode_steps *steps, const struct match_tree *tree,
                         const uint8_t *raw, uint32_t first, uint32_t at)
{
    uint32_t cost = steps->cost[at];

    do {
        uint32_t literal = steps->prices.literal[raw[--at]] + cost, least = ENCODE_NEVER;
        const uint8_t *row = tree->row[at];

        for (uint32_t i = 0; i < MATCH_ROW; i++) {
            uint32_t sum = steps->cost[at + 3 + i] + steps->prices.distance[row[i]] +
                           steps->prices.length[3 + i] + 1 + i;

            least = sum < least ? sum : least;
        }
        cost = choose(steps, at, literal, least);
    } while (at > first && !tree->longer[at]);
    return at;
}

#if defined(__x86_64__)

#    define AVX2 __attribute__((target("avx2")))
#    define AVX512 __attribute__((target("avx512f,avx512vl")))

AVX2 static inline __m256i eight(const uint32_t *at)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

AVX2 static inline __m256i eight_prices(const struct encode_steps *steps, const uint8_t *codes)
{
    __m256i index = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)codes));

    return _mm256_i32gather_epi32((const int *)(const void *)steps->prices.distance, index, 4);
}

AVX2 static uint32_t walk_avx2(struct encode_steps *steps, const struct match_tree *tree,
                               const uint8_t *raw, uint32_t first, uint32_t at)
{
    const __m256i ranks = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8);
    const __m256i low = _mm256_add_epi32(eight(steps->prices.length + 3), ranks);
    const __m256i high = _mm256_add_epi32(_mm256_add_epi32(eight(steps->prices.length + 11), ranks),
                                          _mm256_set1_epi32(8));
    uint32_t cost = steps->cost[at];

    do {
        uint32_t literal = steps->prices.literal[raw[--at]] + cost;
        __m256i a = _mm256_add_epi32(low, eight_prices(steps, tree->row[at]));
        __m256i b = _mm256_add_epi32(high, eight_prices(steps, tree->row[at] + 8));
        __m128i least;

        a = _mm256_add_epi32(a, eight(steps->cost + at + 3));
        b = _mm256_add_epi32(b, eight(steps->cost + at + 11));
        a = _mm256_min_epu32(a, b);
        least = _mm_min_epu32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
        least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0x4E));
        least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0xB1));
        cost = choose(steps, at, literal, (uint32_t)_mm_cvtsi128_si32(least));
    } while (at > first && !tree->longer[at]);
    return at;
}

/*
 * The costs of the sixteen places ahead stay in a register: what was just stored is slow to load.
 */
AVX512 static uint32_t walk_avx512(struct encode_steps *steps, const struct match_tree *tree,
                                   const uint8_t *raw, uint32_t first, uint32_t at)
{
    const __m512i ranks = _mm512_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    const __m512i lengths = _mm512_add_epi32(_mm512_loadu_si512(steps->prices.length + 3), ranks);
    __m512i ahead = _mm512_loadu_si512(steps->cost + at + 3); /* of places at + 3 and on */
    const __m512i near = _mm512_loadu_si512(steps->prices.distance);
    const __m512i far = _mm512_loadu_si512(steps->prices.distance + 16);
    const __m512i never = _mm512_set1_epi32(ENCODE_NEVER), none = _mm512_set1_epi32(MATCH_NO_CODE);
    uint32_t second = steps->cost[at + 2], next = steps->cost[at + 1], cost = steps->cost[at];

    do {
        uint32_t literal = steps->prices.literal[raw[--at]] + cost;
        __m512i codes =
            _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)tree->row[at]));
        __m512i sum = _mm512_permutex2var_epi32(near, codes, far);
        __m256i half;
        __m128i least;

        ahead = _mm512_alignr_epi32(ahead, _mm512_set1_epi32((int)second), 15);
        sum = _mm512_mask_mov_epi32(sum, _mm512_test_epi32_mask(codes, none), never);
        sum = _mm512_add_epi32(_mm512_add_epi32(sum, lengths), ahead);
        half = _mm256_min_epu32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
        least = _mm_min_epu32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
        least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0x4E));
        least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0xB1));
        second = next;
        next = cost;
        cost = choose(steps, at, literal, (uint32_t)_mm_cvtsi128_si32(least));
    } while (at > first && !tree->longer[at]);
    return at;
}

#endif

encode_steps_walk *encode_steps_best(enum gdeflate_isa most)
{
#if defined(__x86_64__)
    if (most >= GDEFLATE_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl"))
        return walk_avx512;
    if (most >= GDEFLATE_AVX2 && __builtin_cpu_supports("avx2"))
        return walk_avx2;
#endif
    return walk_any;
}
