/* SPDX-License-Identifier: MIT */
/* Other codecs of one piece after another, as their manuals would have them used: one context a thread. */
#ifndef CF_BENCH_CODEC_PEER_H
#define CF_BENCH_CODEC_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codec_peer {
    const char *name;
    int least_level, most_level;
    /* A context that compresses at level, or decompresses at level 0; NULL without memory. */
    void *(*open)(int level);
    void (*close)(void *context, int level);
    /* The size of what is at out, 0: it did not fit. */
    size_t (*compress)(void *context, int level, const uint8_t *in, size_t nbytes, uint8_t *out, size_t room);
    /* Exactly out_nbytes. */
    bool (*decompress)(void *context, const uint8_t *in, size_t nbytes, uint8_t *out, size_t out_nbytes);
};

/* NULL where the library was not there at build time. */
extern const struct codec_peer *const codec_libdeflate;
extern const struct codec_peer *const codec_zstd;

#endif
