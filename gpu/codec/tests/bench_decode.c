/* SPDX-License-Identifier: MIT */
/*
 * Decoding speed on one thread: every decoder of this processor against libdeflate, on the same 64
 * KiB pieces, alternating, medians.
 *   bench_codec_decode [--runs N] [--level LEVEL] [--isa NAME] FILE...
 * LEVEL as in the API: fastest, default, best (libdeflate 6, 9, 12); NAME: scalar, avx2, avx512. Of
 * a folder all *.py are taken as one text. Of each input the first 16 MiB.
 */
#include "gpu/codec/gdeflate.h"

#include <ftw.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_NBYTES (16u << 20)
#define MAX_RUNS 101
#define CODECS (GDEFLATE_ISA_COUNT + 1) /* the last is libdeflate */

struct pieces {
    uint8_t *bytes;
    size_t *offsets; /* one more than there are pieces */
    size_t count;
};

static uint8_t input[MAX_NBYTES], output[MAX_NBYTES];
static size_t input_nbytes;

static void append_file(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file) {
        input_nbytes += fread(input + input_nbytes, 1, MAX_NBYTES - input_nbytes, file);
        fclose(file);
    }
}

static int append_text(const char *path, const struct stat *st, int type, struct FTW *where)
{
    size_t nchars = strlen(path);

    if (type == FTW_F && nchars > 3 && !strcmp(path + nchars - 3, ".py")) {
        append_file(path);
    }
    return input_nbytes == MAX_NBYTES;
}

static size_t piece_nbytes(size_t i)
{
    size_t left = input_nbytes - i * GDEFLATE_TILE_NBYTES;

    return left < GDEFLATE_TILE_NBYTES ? left : GDEFLATE_TILE_NBYTES;
}

static struct pieces pieces_new(void)
{
    struct pieces p = {.count = (input_nbytes + GDEFLATE_TILE_NBYTES - 1) / GDEFLATE_TILE_NBYTES};

    p.bytes = malloc(p.count * 2 * GDEFLATE_TILE_NBYTES);
    p.offsets = calloc(p.count + 1, sizeof(*p.offsets));
    if (!p.bytes || !p.offsets) {
        abort();
    }
    return p;
}

static void pieces_free(struct pieces *p)
{
    free(p->bytes);
    free(p->offsets);
}

static struct pieces encode(enum gdeflate_level level)
{
    struct gdeflate_encoder *encoder = gdeflate_encoder_new(level);
    struct pieces p = pieces_new();

    for (size_t i = 0; i < p.count; i++) {
        p.offsets[i + 1] =
            p.offsets[i] + gdeflate_encode_tile(encoder, input + i * GDEFLATE_TILE_NBYTES,
                                                (uint32_t)piece_nbytes(i), p.bytes + p.offsets[i]);
    }
    gdeflate_encoder_free(encoder);
    return p;
}

static struct pieces encode_deflate(int level)
{
    struct libdeflate_compressor *encoder = libdeflate_alloc_compressor(level);
    struct pieces p = pieces_new();

    for (size_t i = 0; i < p.count; i++) {
        p.offsets[i + 1] =
            p.offsets[i] + libdeflate_deflate_compress(encoder, input + i * GDEFLATE_TILE_NBYTES,
                                                       piece_nbytes(i), p.bytes + p.offsets[i],
                                                       2 * GDEFLATE_TILE_NBYTES);
    }
    libdeflate_free_compressor(encoder);
    return p;
}

static void decode(enum gdeflate_isa isa, const struct pieces *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct gdeflate_tile tile = {p->bytes + p->offsets[i],
                                     (uint32_t)(p->offsets[i + 1] - p->offsets[i]),
                                     (uint32_t)piece_nbytes(i)};

        if (gdeflate_decode_tile(isa, &tile, output + i * GDEFLATE_TILE_NBYTES)) {
            fprintf(stderr, "a tile of our own is refused\n");
            abort();
        }
    }
}

static void decode_deflate(struct libdeflate_decompressor *decoder, const struct pieces *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (libdeflate_deflate_decompress(
                decoder, p->bytes + p->offsets[i], p->offsets[i + 1] - p->offsets[i],
                output + i * GDEFLATE_TILE_NBYTES, piece_nbytes(i), NULL)) {
            abort();
        }
    }
}

/* Time of this thread alone, as the machine may have others. */
static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int asked(int codec, int only)
{
    return codec == CODECS - 1 || (gdeflate_isa_usable(codec) && (only < 0 || codec == only));
}

static void bench(const char *name, enum gdeflate_level level, int only, int runs)
{
    static const int deflate_levels[GDEFLATE_LEVEL_COUNT] = {6, 9, 12};
    struct libdeflate_decompressor *decoder = libdeflate_alloc_decompressor();
    struct pieces ours = encode(level), theirs = encode_deflate(deflate_levels[level]);
    static double seconds[CODECS][MAX_RUNS];
    double base;

    for (int run = 0; run < runs; run++) {
        for (int codec = 0; codec < CODECS; codec++) {
            double begin;

            if (!asked(codec, only)) {
                continue;
            }
            if (!run) {
                memset(output, 0, input_nbytes);
            }
            begin = now();
            if (codec == CODECS - 1) {
                decode_deflate(decoder, &theirs);
            } else {
                decode(codec, &ours);
            }
            seconds[codec][run] = now() - begin;
            if (!run && memcmp(input, output, input_nbytes)) {
                fprintf(stderr, "%s: does not come back\n", name);
                abort();
            }
        }
    }
    for (int codec = 0; codec < CODECS; codec++) {
        qsort(seconds[codec], (size_t)runs, sizeof(double), by_value);
    }
    base = seconds[CODECS - 1][runs / 2];
    printf("%-24s %5.3f:1 libdeflate -%d %5.3f:1 %7.0f MB/s", name,
           (double)input_nbytes / (double)ours.offsets[ours.count], deflate_levels[level],
           (double)input_nbytes / (double)theirs.offsets[theirs.count],
           (double)input_nbytes / base * 1e-6);
    for (int isa = 0; isa < GDEFLATE_ISA_COUNT; isa++) {
        if (asked(isa, only)) {
            double median = seconds[isa][runs / 2];

            printf("  %s %7.0f (%.2f)", gdeflate_isa_name(isa),
                   (double)input_nbytes / median * 1e-6, base / median);
        }
    }
    printf("\n");
    pieces_free(&ours);
    pieces_free(&theirs);
    libdeflate_free_decompressor(decoder);
}

int main(int argc, char **argv)
{
    static const char *const levels[GDEFLATE_LEVEL_COUNT] = {"fastest", "default", "best"};
    int level = GDEFLATE_DEFAULT, only = -1, runs = 21;

    for (int i = 1; i < argc; i++) {
        if (i + 1 < argc && !strcmp(argv[i], "--runs")) {
            runs = atoi(argv[++i]);
            runs = runs < 1 ? 1 : runs > MAX_RUNS ? MAX_RUNS : runs;
        } else if (i + 1 < argc && !strcmp(argv[i], "--level")) {
            i++;
            for (level = 0; level < GDEFLATE_LEVEL_COUNT - 1 && strcmp(argv[i], levels[level]);) {
                level++;
            }
        } else if (i + 1 < argc && !strcmp(argv[i], "--isa")) {
            i++;
            for (only = 0;
                 only < GDEFLATE_ISA_COUNT - 1 && strcmp(argv[i], gdeflate_isa_name(only));) {
                only++;
            }
        } else {
            input_nbytes = 0;
            nftw(argv[i], append_text, 16, FTW_PHYS);
            if (!input_nbytes) {
                append_file(argv[i]);
            }
            if (input_nbytes) {
                bench(argv[i], level, only, runs);
            } else {
                fprintf(stderr, "%s: nothing to read\n", argv[i]);
            }
        }
    }
    return 0;
}
