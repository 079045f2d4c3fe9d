/* SPDX-License-Identifier: MIT */
/*
 * Any bytes, encoded and decoded again. The input is a small program that writes the tile: pieces
 * of itself, runs, copies from any distance and noise, so that a few bytes of input make a long
 * tile with matches of every kind. The judge and the library's decoders must both get the bytes
 * back; the tile is the same at every instruction set, and the same again.
 *   fuzz_codec_roundtrip [ROUNDS] [FIRST_SEED]   without libFuzzer: programs from seeds
 */
#include "gpu/codec/encode.h"
#include "gpu/codec/tests/guard.h"
#include "gpu/codec/tests/judge.h"

#include <stdio.h>

#define TILE GDEFLATE_TILE_NBYTES

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void die(const char *what)
{
    fprintf(stderr, "fuzz_roundtrip: %s\n", what);
    abort();
}

struct program {
    const uint8_t *bytes;
    size_t count, at;
};

static uint32_t next(struct program *program)
{
    return program->at < program->count ? program->bytes[program->at++] : 0;
}

static uint32_t next16(struct program *program)
{
    uint32_t high = next(program);

    return high << 8 | next(program);
}

/* Lengths: mostly short, some as long as there is room. */
static uint32_t next_length(struct program *program)
{
    uint32_t kind = next(program);

    return kind < 200 ? 1 + kind % 40 : kind < 240 ? 1 + next(program) * 4 : 1 + next16(program);
}

static uint32_t write_tile(struct program *program, uint8_t *raw)
{
    uint32_t at = 0, noise = 1;

    while (program->at < program->count && at < TILE) {
        uint32_t kind = next(program) % 6, length = next_length(program), value = next16(program);

        length = length < TILE - at ? length : TILE - at;
        for (uint32_t end = at + length; at < end; at++) {
            noise = noise * UINT32_C(1664525) + UINT32_C(1013904223);
            if (kind == 0)
                raw[at] = (uint8_t)next(program);
            else if (kind == 1)
                raw[at] = (uint8_t)value;
            else if (kind <= 3)
                raw[at] = at ? raw[at - 1 - value % at] : 0;
            else if (kind == 4)
                raw[at] = (uint8_t)(noise >> 24);
            else
                raw[at] = (uint8_t)((noise >> 24) % (1 + value % 16) + (value >> 4));
        }
    }
    return at;
}

static void check_tile(const uint8_t *bytes, uint32_t nbytes, const uint8_t *raw,
                       uint32_t raw_nbytes)
{
    struct gdeflate_tile tile = {bytes, nbytes, raw_nbytes};
    const char *wrong = judge_tile(bytes, nbytes, raw, raw_nbytes, NULL);

    if (wrong)
        die(wrong);
    for (int isa = 0; isa < GDEFLATE_ISA_COUNT; isa++) {
        struct guarded out = guarded_new(raw_nbytes, NULL);

        if (gdeflate_isa_usable((enum gdeflate_isa)isa) &&
            (gdeflate_decode_tile((enum gdeflate_isa)isa, &tile, out.bytes) ||
             memcmp(out.bytes, raw, raw_nbytes)))
            die("a decoder does not get it back");
        guarded_free(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
    static struct gdeflate_encoder *encoders[GDEFLATE_LEVEL_COUNT];
    static uint8_t made[TILE], first[GDEFLATE_STORED_TILE_NBYTES];
    struct program program = {data, nbytes, 0};
    uint32_t raw_nbytes = write_tile(&program, made);
    struct guarded raw;

    if (!raw_nbytes)
        return 0;
    raw = guarded_new(raw_nbytes, made);
    for (int level = 0; level < GDEFLATE_LEVEL_COUNT; level++) {
        uint32_t first_nbytes = 0;

        /* Kept from input to input: what an encoder did before must not show. */
        if (!encoders[level])
            encoders[level] = gdeflate_encoder_new((enum gdeflate_level)level);
        for (int isa = 0; isa < GDEFLATE_ISA_COUNT; isa++) {
            struct guarded out = guarded_new(GDEFLATE_STORED_TILE_NBYTES, NULL);
            uint32_t tile_nbytes;

            encode_use_isa(encoders[level], (enum gdeflate_isa)isa);
            tile_nbytes = gdeflate_encode_tile(encoders[level], raw.bytes, raw_nbytes, out.bytes);
            if (!isa) {
                check_tile(out.bytes, tile_nbytes, raw.bytes, raw_nbytes);
                memcpy(first, out.bytes, tile_nbytes);
                first_nbytes = tile_nbytes;
            } else if (tile_nbytes != first_nbytes || memcmp(first, out.bytes, first_nbytes)) {
                die("instruction sets disagree");
            }
            guarded_free(&out);
        }
    }
    guarded_free(&raw);
    return 0;
}

#ifndef RINGER_LIBFUZZER
int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 100;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    uint8_t input[600];

    for (unsigned long round = 0; round < rounds; round++, seed++) {
        uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15);
        size_t nbytes = 1 + (state >> 32) % sizeof input;

        for (size_t i = 0; i < nbytes; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            input[i] = (uint8_t)(state >> 56);
        }
        LLVMFuzzerTestOneInput(input, nbytes);
    }
    printf("%lu tiles\n", rounds);
    return 0;
}
#endif
