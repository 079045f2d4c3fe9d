/* SPDX-License-Identifier: MIT */
/* The quick finder: for each hash of four bytes the last two places that had it. */
#ifndef GPU_CODEC_MATCH_HASH_H
#define GPU_CODEC_MATCH_HASH_H

#include "gpu/codec/encode_format.h"

enum { MATCH_HASH_BITS = 14 };

/*
 * Two places in a word, the newer in its lower half. No mark for an empty place is needed: it reads
 * as place 0, which is as good as any other, as what is found there is compared.
 */
struct match_hash {
    uint32_t bucket[1 << MATCH_HASH_BITS];
};

#endif
