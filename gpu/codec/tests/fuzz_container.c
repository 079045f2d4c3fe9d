/* SPDX-License-Identifier: MIT */
/*
 * A stream from anywhere, at the end of its memory, through the API: what info says is what decompress
 * wants; every instruction set and any number of threads give the same status, tile and bytes; nothing
 * beside the destination changes.
 */
#include <ringer_codec.h>

#include "gpu/codec/tests/guard.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* Tiles may claim 64 KiB for 128 bytes; more would only be slow. */
#define MOST_RAW (8u << 16)
#define POISON 0xa7

static void die(const char *what)
{
    fprintf(stderr, "fuzz_container: %s\n", what);
    abort();
}

/* Threads of a kind that a debugger can follow: one after another, from the last. */
static void run_backwards(void *context, size_t tasks, void (*task)(void *arg, size_t index), void *arg)
{
    while (tasks--)
        task(arg, tasks);
}

struct outcome {
    enum ringer_codec_status status;
    size_t fault;
    struct guarded out;
};

static struct outcome decompress(const struct ringer_codec_options *options, const struct guarded *stream,
                                 size_t nbytes, size_t raw_nbytes)
{
    struct outcome outcome = {.out = guarded_new(raw_nbytes, NULL)};
    size_t slack = (size_t)(outcome.out.bytes - outcome.out.map) % (size_t)sysconf(_SC_PAGESIZE);

    memset(outcome.out.bytes - slack, POISON, slack);
    outcome.status = ringer_codec_decompress(RINGER_CODEC_GDEFLATE, options, stream->bytes, nbytes,
                                             outcome.out.bytes, raw_nbytes, &outcome.fault);
    for (size_t i = 1; i <= slack; i++)
        if (outcome.out.bytes[-(ptrdiff_t)i] != POISON)
            die("a byte before the destination was written");
    return outcome;
}

static void expect_same(struct outcome *a, struct outcome *b, size_t raw_nbytes)
{
    if (a->status != b->status || a->fault != b->fault)
        die("two ways end differently");
    if (!a->status && memcmp(a->out.bytes, b->out.bytes, raw_nbytes))
        die("two ways give different bytes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
    struct guarded stream = guarded_new(nbytes, data);
    struct ringer_codec_pool pool = {NULL, 3, run_backwards};
    struct ringer_codec_info info;
    enum ringer_codec_status status;

    status = ringer_codec_info(RINGER_CODEC_GDEFLATE, stream.bytes, nbytes, &info);
    if (!status && (info.stream_nbytes > nbytes || !info.raw_nbytes || !info.last_nbytes))
        die("info says what cannot be");
    if (!status && info.raw_nbytes <= MOST_RAW) {
        struct ringer_codec_options plain = {.isa = RINGER_CODEC_ISA_SCALAR};
        struct outcome first = decompress(&plain, &stream, nbytes, info.raw_nbytes);

        for (int isa = RINGER_CODEC_ISA_SCALAR; isa < RINGER_CODEC_ISA_COUNT; isa++) {
            struct ringer_codec_options options = {.isa = (enum ringer_codec_isa)isa, .pool = &pool};
            struct outcome other;

            if (!ringer_codec_isa_usable(options.isa))
                continue;
            other = decompress(&options, &stream, nbytes, info.raw_nbytes);
            expect_same(&first, &other, info.raw_nbytes);
            guarded_free(&other.out);
        }
        guarded_free(&first.out);
    }
    guarded_free(&stream);
    return 0;
}
