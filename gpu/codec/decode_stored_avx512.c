/* SPDX-License-Identifier: MIT */
/* Stored blocks, sixteen lanes a vector. */
#include "gpu/codec/decode_priv.h"

#ifdef __x86_64__
#    include <immintrin.h>

#    define AVX512 __attribute__((target("avx2,avx512f")))
#    define INLINE static inline AVX512 __attribute__((always_inline))

/* Row r of the output is byte r of every lane's word. */
INLINE void store_rows(uint8_t *out, __m512i first, __m512i second)
{
    /* In each quarter of a vector, the four lanes' bytes of a row together. */
    const __m256i by_row = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    /* The rest is done with vectors of eight lanes: 0-3 of all in the low half, 4-7 in the high. */
    const __m256i in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    __m256i a = _mm256_shuffle_epi8(_mm512_castsi512_si256(first), by_row);
    __m256i b = _mm256_shuffle_epi8(_mm512_extracti64x4_epi64(first, 1), by_row);
    __m256i c = _mm256_shuffle_epi8(_mm512_castsi512_si256(second), by_row);
    __m256i d = _mm256_shuffle_epi8(_mm512_extracti64x4_epi64(second, 1), by_row);
    __m256i ab01 = _mm256_unpacklo_epi32(a, b), ab23 = _mm256_unpackhi_epi32(a, b);
    __m256i cd01 = _mm256_unpacklo_epi32(c, d), cd23 = _mm256_unpackhi_epi32(c, d);
    __m256i rows[4] = {
        _mm256_unpacklo_epi64(ab01, cd01),
        _mm256_unpackhi_epi64(ab01, cd01),
        _mm256_unpacklo_epi64(ab23, cd23),
        _mm256_unpackhi_epi64(ab23, cd23),
    };

    for (uint32_t r = 0; r < 4; r++) {
        _mm256_storeu_si256((__m256i *)(out + r * LANES),
                            _mm256_permutevar8x32_epi32(rows[r], in_order));
    }
}

AVX512 enum gdeflate_status gd_stored_avx512(struct gd_decoder *d, const uint32_t places[LANES],
                                             uint32_t four_rounds)
{
    __m512i low[2], high[2], spare[2], place[2];
    uint32_t words[2][LANES]; /* the lanes' bits, low and high */
    enum gdeflate_status status = GDEFLATE_OK;

    for (uint32_t lane = 0; lane < LANES; lane++) {
        words[0][lane] = (uint32_t)d->bits[lane];
        words[1][lane] = (uint32_t)(d->bits[lane] >> 32);
    }
    for (uint32_t i = 0; i < 2; i++) {
        low[i] = _mm512_loadu_si512(words[0] + 16 * i);
        high[i] = _mm512_loadu_si512(words[1] + 16 * i);
        spare[i] = _mm512_sub_epi32(_mm512_loadu_si512(d->count + 16 * i), _mm512_set1_epi32(32));
        place[i] = _mm512_loadu_si512(places + 16 * i);
    }
    for (; four_rounds; four_rounds--, d->position += 4 * LANES, d->at += LANES) {
        const uint8_t *in;
        __m512i a, b;

        status = gd_need_words(d);
        if (status) {
            break;
        }
        in = d->words + 4 * (size_t)d->at;
        gd_prefetch_words(in);
        gd_prefetch_words(in + 64);
        a = _mm512_loadu_si512(in);
        b = _mm512_loadu_si512(in + 64);
        store_rows(d->out + d->position, low[0], low[1]);
        for (uint32_t i = 0; i < 2; i++) {
            __m512i word = _mm512_permutex2var_epi32(a, place[i], b);

            /* A shift by 32, when there is nothing in the high word, gives 0 here. */
            low[i] = _mm512_or_si512(high[i], _mm512_sllv_epi32(word, spare[i]));
            high[i] = _mm512_srlv_epi32(word, _mm512_sub_epi32(_mm512_set1_epi32(32), spare[i]));
        }
    }
    for (uint32_t i = 0; i < 2; i++) {
        _mm512_storeu_si512(words[0] + 16 * i, low[i]);
        _mm512_storeu_si512(words[1] + 16 * i, high[i]);
    }
    for (uint32_t lane = 0; lane < LANES; lane++) {
        d->bits[lane] = words[0][lane] | (uint64_t)words[1][lane] << 32;
    }
    return status;
}

#endif
