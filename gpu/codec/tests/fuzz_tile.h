/* SPDX-License-Identifier: MIT */
/* One tile through every decoder of this processor, each between guards: they must agree. */
#ifndef GPU_CODEC_TESTS_FUZZ_TILE_H
#define GPU_CODEC_TESTS_FUZZ_TILE_H

#include "gpu/codec/gdeflate.h"
#include "gpu/codec/tests/guard.h"

#include <stdio.h>

/* Aborts when two differ; out gets what the tile decodes to, when it does. */
static inline enum gdeflate_status decode_by_all(const uint8_t *bytes, uint32_t nbytes,
                                                 uint32_t raw_nbytes, uint8_t *out)
{
    struct guarded tile_memory = guarded_new(nbytes, bytes), first = guarded_new(raw_nbytes, NULL);
    struct gdeflate_tile tile = {tile_memory.bytes, nbytes, raw_nbytes};
    enum gdeflate_status status = gdeflate_decode_tile(GDEFLATE_SCALAR, &tile, first.bytes);

    for (int isa = GDEFLATE_SCALAR + 1; isa < GDEFLATE_ISA_COUNT; isa++) {
        struct guarded other;
        enum gdeflate_status got;

        if (!gdeflate_isa_usable(isa)) {
            continue;
        }
        other = guarded_new(raw_nbytes, NULL);
        got = gdeflate_decode_tile(isa, &tile, other.bytes);
        if (got != status || (!got && memcmp(other.bytes, first.bytes, raw_nbytes))) {
            fprintf(stderr, "%s says %s, scalar says %s\n", gdeflate_isa_name(isa),
                    gdeflate_reason(got), gdeflate_reason(status));
            abort();
        }
        guarded_free(&other);
    }
    if (!status) {
        memcpy(out, first.bytes, raw_nbytes);
    }
    guarded_free(&first);
    guarded_free(&tile_memory);
    return status;
}

#endif
