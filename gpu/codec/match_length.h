/* SPDX-License-Identifier: MIT */
/* How far two places of a tile agree. */
#ifndef GPU_CODEC_MATCH_LENGTH_H
#define GPU_CODEC_MATCH_LENGTH_H

#include "gpu/codec/encode_format.h"

/* At most most; of which `known` are known to. Neither place is read beyond most bytes. */
static inline uint32_t match_length(const uint8_t *a, const uint8_t *b, uint32_t known,
                                    uint32_t most)
{
    uint32_t length = known;

    while (length + 8 <= most) {
        uint64_t differ = encode_load64(a + length) ^ encode_load64(b + length);

        if (differ)
            return length + (uint32_t)__builtin_ctzll(differ) / 8;
        length += 8;
    }
    while (length < most && a[length] == b[length])
        length++;
    return length;
}

#endif
