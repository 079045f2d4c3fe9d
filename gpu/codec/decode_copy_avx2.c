/* SPDX-License-Identifier: MIT */
/* From token queues to output with 32-byte vectors, for both decoders that have them. */
#include "gpu/codec/decode_copy.h"

#ifdef __x86_64__
#    include <immintrin.h>

#    define AVX2 __attribute__((target("avx2,bmi2")))
#    define INLINE static inline AVX2 __attribute__((always_inline))

/* Byte i of a row: i mod distance. */
#    define MOD_8(i, n)                                                                \
        (i) % (n), ((i) + 1) % (n), ((i) + 2) % (n), ((i) + 3) % (n), ((i) + 4) % (n), \
            ((i) + 5) % (n), ((i) + 6) % (n), ((i) + 7) % (n)
#    define ROW(n)                                               \
        {                                                        \
            MOD_8(0, n), MOD_8(8, n), MOD_8(16, n), MOD_8(24, n) \
        }

static const uint8_t periods[16][32] = {ROW(1),  ROW(1),  ROW(2),  ROW(3), ROW(4),  ROW(5),
                                        ROW(6),  ROW(7),  ROW(8),  ROW(9), ROW(10), ROW(11),
                                        ROW(12), ROW(13), ROW(14), ROW(15)};
/* Whole periods in 32 bytes. */
static const uint8_t steps[16] = {32, 32, 32, 30, 32, 30, 30, 28, 32, 27, 30, 22, 24, 26, 28, 30};

INLINE void copy_run(uint8_t *to, const uint8_t *from, uint32_t nbytes)
{
    uint32_t done = 0;

    do {
        _mm256_storeu_si256((__m256i *)(to + done),
                            _mm256_loadu_si256((const void *)(from + done)));
        done += 32;
    } while (__builtin_expect(done < nbytes, 0));
}

INLINE void copy_match(uint8_t *to, uint32_t distance, uint32_t nbytes)
{
    const uint8_t *from = to - distance;
    uint32_t done = 0;

    /* Most distances are longer than 32 too, but a branch for that costs more than it saves. */
    if (__builtin_expect(distance >= 16, 1)) {
        do {
            gd_copy16(to + done, from + done);
            gd_copy16(to + done + 16, from + done + 16);
            done += 32;
        } while (__builtin_expect(done < nbytes, 0));
    } else {
        __m256i source = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)from));
        __m256i row = _mm256_loadu_si256((const void *)periods[distance]);
        __m256i vector = _mm256_shuffle_epi8(source, row);

        do {
            _mm256_storeu_si256((__m256i *)(to + done), vector);
            done += steps[distance];
        } while (done < nbytes);
    }
}

AVX2 enum gdeflate_status gd_copy_avx2(struct gd_decoder *d)
{
    return gd_copy_tokens_with(d, copy_run, copy_match);
}

#endif
