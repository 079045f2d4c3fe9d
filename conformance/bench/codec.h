/* SPDX-License-Identifier: MIT */
/*
 * The bench of the codec: GDeflate through ringer_codec.h against libdeflate, and zstd beside them, each
 * on the same pieces of 64 KiB. Everything is in memory.
 */
#ifndef CF_BENCH_CODEC_H
#define CF_BENCH_CODEC_H

#include "conformance/bench/bench.h"

#include <jansson.h>
#include <ringer_codec.h>

#define CODEC_PIECE_NBYTES 65536u
#define CODEC_LEVELS 3

enum codec_kind {
    CODEC_DECODE,  /* ours to libdeflate's of the level that is nearest in size; speed */
    CODEC_ENCODE,  /* likewise */
    CODEC_SCALING, /* two threads to two processes of one thread each, at once; speed of both */
};

struct codec_row {
    char name[48];
    enum codec_kind kind;
    unsigned input;
    unsigned level;            /* 0..2: fastest, default, best */
    enum ringer_codec_isa isa; /* of decoding; BEST with all processors, and for scaling */
    bool decodes;              /* scaling: of decoding */
    bool all;                  /* one thread a processor, else one */
    double target;             /* 0: shown, never judged */
};

struct codec_input {
    const char *name;
    char source[160]; /* where it was taken, or how it was made */
    bool made;        /* the same on every machine */
    uint8_t *bytes;   /* owned */
    size_t nbytes;
    uint64_t hash;
};

#define CODEC_INPUTS 3
extern const char *const codec_input_names[CODEC_INPUTS];
extern const char *const codec_level_names[CODEC_LEVELS];

/* 16 MiB at most, one with quick; of options->file unless that is NULL. False with why, 160 bytes. */
bool codec_input_load(const struct bench_options *options, unsigned index, struct codec_input *input_out,
                      char *why);

/* "text"; "file" when a file stands for all inputs. */
const char *codec_input_name(const struct bench_options *options, unsigned input);

/* Rows that are wanted; owned by the caller. */
struct codec_row *codec_rows(const struct bench_options *options, size_t *count_out);

/* The document of a run, a new reference; NULL with *error_out, owned by the caller: nothing can be measured. */
json_t *codec_bench(const struct bench_options *options, const struct codec_row *rows, size_t count,
                    char **error_out);
void codec_print(const json_t *document);

#endif
