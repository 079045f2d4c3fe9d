/* SPDX-License-Identifier: MIT */
/*
 * Encoding on one thread: each level against the libdeflate level that comes nearest to it in size,
 * on the same 64 KiB pieces, alternating, medians of the thread's own time.
 *   bench_encode [--runs N] [--mib N] [--level NAME] FILE|FOLDER...
 * A folder is all its *.py as one text; of each input the first 16 MiB are taken, or so many as
 * asked.
 */
#include "gpu/codec/gdeflate.h"

#include <ftw.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_NBYTES = 64 << 20, MOST_RUNS = 101, DEFLATE_LEVELS = 12 };

static const char *const level_names[GDEFLATE_LEVEL_COUNT] = {"fastest", "default", "best"};

static uint8_t *input;
static size_t input_nbytes, input_limit = 16 << 20;
static uint8_t piece_out[2 * GDEFLATE_TILE_NBYTES];

/* One of both encoders: the one that is set. */
struct codec {
    struct gdeflate_encoder *ours;
    struct libdeflate_compressor *theirs;
};

struct outcome {
    size_t nbytes; /* of all pieces; without a container */
    double seconds;
};

static void append_file(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        exit(1);
    }
    input_nbytes += fread(input + input_nbytes, 1, input_limit - input_nbytes, file);
    fclose(file);
}

static int append_text(const char *path, const struct stat *st, int type, struct FTW *where)
{
    size_t nchars = strlen(path);

    if (type == FTW_F && nchars > 3 && !strcmp(path + nchars - 3, ".py"))
        append_file(path);
    return input_nbytes == input_limit;
}

/* Time of this thread alone, as the machine may have others. */
static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static struct outcome run(struct codec codec)
{
    struct outcome outcome = {0, now()};

    for (size_t at = 0; at < input_nbytes; at += GDEFLATE_TILE_NBYTES) {
        size_t left = input_nbytes - at,
               nbytes = left < GDEFLATE_TILE_NBYTES ? left : GDEFLATE_TILE_NBYTES;

        outcome.nbytes +=
            codec.ours ? gdeflate_encode_tile(codec.ours, input + at, (uint32_t)nbytes, piece_out)
                       : libdeflate_deflate_compress(codec.theirs, input + at, nbytes, piece_out,
                                                     sizeof piece_out);
    }
    outcome.seconds = now() - outcome.seconds;
    return outcome;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

static size_t distance(size_t a, size_t b)
{
    return a < b ? b - a : a - b;
}

/* Both encoders in turn; prints one row. */
static void compare(const char *name, enum gdeflate_level level, const size_t *deflate_nbytes,
                    int runs)
{
    struct codec ours = {gdeflate_encoder_new(level), NULL}, theirs = {NULL, NULL};
    double our_seconds[MOST_RUNS], their_seconds[MOST_RUNS], speed, their_speed;
    size_t nbytes = run(ours).nbytes;
    int nearest = 1;

    for (int i = 2; i <= DEFLATE_LEVELS; i++) {
        if (distance(deflate_nbytes[i], nbytes) < distance(deflate_nbytes[nearest], nbytes))
            nearest = i;
    }
    theirs.theirs = libdeflate_alloc_compressor(nearest);
    for (int i = 0; i < runs; i++) {
        our_seconds[i] = run(ours).seconds;
        their_seconds[i] = run(theirs).seconds;
    }
    speed = (double)input_nbytes / median(our_seconds, runs) * 1e-6;
    their_speed = (double)input_nbytes / median(their_seconds, runs) * 1e-6;
    printf("%-16s %-8s %9zu %6.3f:1 %7.1f MB/s | libdeflate %2d %9zu %7.1f MB/s | %.2f\n", name,
           level_names[level], nbytes, (double)input_nbytes / (double)nbytes, speed, nearest,
           deflate_nbytes[nearest], their_speed, speed / their_speed);
    fflush(stdout);
    libdeflate_free_compressor(theirs.theirs);
    gdeflate_encoder_free(ours.ours);
}

static void bench(const char *path, const char *only, int runs)
{
    size_t deflate_nbytes[DEFLATE_LEVELS + 1] = {0};
    const char *slash = strrchr(path, '/');

    input_nbytes = 0;
    if (nftw(path, append_text, 16, FTW_PHYS) < 0)
        exit((perror(path), 1));
    if (!input_nbytes)
        append_file(path);
    for (int level = 1; level <= DEFLATE_LEVELS; level++) {
        struct codec codec = {NULL, libdeflate_alloc_compressor(level)};

        deflate_nbytes[level] = run(codec).nbytes;
        libdeflate_free_compressor(codec.theirs);
    }
    for (int level = 0; level < GDEFLATE_LEVEL_COUNT; level++) {
        if (!only || !strcmp(only, level_names[level]))
            compare(slash && slash[1] ? slash + 1 : path, (enum gdeflate_level)level,
                    deflate_nbytes, runs);
    }
}

int main(int argc, char **argv)
{
    const char *only = NULL;
    int runs = 5;

    input = malloc(MOST_NBYTES);
    if (!input)
        return 1;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--runs") && i + 1 < argc) {
            runs = atoi(argv[++i]);
            runs = runs < 1 ? 1 : runs > MOST_RUNS ? MOST_RUNS : runs;
        } else if (!strcmp(argv[i], "--mib") && i + 1 < argc) {
            input_limit = (size_t)atoi(argv[++i]) << 20;
            input_limit = input_limit < 1 || input_limit > MOST_NBYTES ? MOST_NBYTES : input_limit;
        } else if (!strcmp(argv[i], "--level") && i + 1 < argc) {
            only = argv[++i];
        } else {
            bench(argv[i], only, runs);
        }
    }
    free(input);
    return 0;
}
