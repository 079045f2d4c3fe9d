/* SPDX-License-Identifier: MIT */
/* What counts are worth in bits, without a library's logarithm. */
#ifndef GPU_CODEC_ENCODE_LOG2_H
#define GPU_CODEC_ENCODE_LOG2_H

#include <stdint.h>
#include <string.h>

/*
 * Of 1..2^24, to about 0.005, the same on every machine; of 0 some finite value, so that loops over
 * counts need no branch.
 */
static inline float encode_log2_about(float value)
{
    uint32_t bits;
    float fraction;

    memcpy(&bits, &value, sizeof bits);
    float exponent = (float)((int32_t)(bits >> 23) - 127);
    bits = (bits & 0x7FFFFF) | 0x3F800000;
    memcpy(&fraction, &bits, sizeof fraction);
    return exponent - 1.6749f + fraction * (2.0247f - 0.34484f * fraction);
}

#endif
