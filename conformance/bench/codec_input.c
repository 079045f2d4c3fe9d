/* SPDX-License-Identifier: MIT */
/*
 * What is compressed: text and machine code of this machine, in an order that depends on nothing, and
 * blocks like those of a compressed texture, which are made.
 */
#include "conformance/bench/codec.h"

#include "conformance/runner/whole_file.h"

#include <fts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_NBYTES (16u << 20)
#define QUICK_NBYTES (1u << 20)
#define LEAST_NBYTES (256u << 10)

const char *const codec_input_names[CODEC_INPUTS] = {"text", "elf", "texture"};
const char *const codec_level_names[CODEC_LEVELS] = {"fastest", "default", "best"};

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 24);
}

static void append(struct codec_input *input, size_t most, const struct run_bytes *file)
{
    size_t count = file->count < most - input->nbytes ? file->count : most - input->nbytes;

    memcpy(input->bytes + input->nbytes, file->items, count);
    input->nbytes += count;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t count = strlen(name), tail = strlen(suffix);

    return count > tail && !strcmp(name + count - tail, suffix);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Files with that suffix below root, in order of their names, until there is enough. */
static void take_tree(struct codec_input *input, size_t most, const char *root, const char *suffix)
{
    char *roots[] = {(char *)root, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, by_name);
    size_t before = input->nbytes;
    FTSENT *entry;

    while (tree && input->nbytes < most && (entry = fts_read(tree))) {
        struct run_bytes file;

        if (entry->fts_info != FTS_F || !has_suffix(entry->fts_name, suffix) ||
            run_read_whole(entry->fts_path, most, &file))
            continue;
        append(input, most, &file);
        free(file.items);
    }
    if (tree)
        fts_close(tree);
    if (input->nbytes > before) {
        size_t at = strlen(input->source);

        snprintf(input->source + at, sizeof(input->source) - at, "%s*%s of %s", at ? ", " : "", suffix, root);
    }
}

static void take_text(struct codec_input *input, size_t most)
{
    static const struct {
        const char *root, *suffix;
    } places[] = {{"/usr/share/perl", ".pm"},
                  {"/usr/lib/python3.11", ".py"},
                  {"/usr/lib/python3.12", ".py"},
                  {"/usr/lib/python3", ".py"},
                  {"/usr/include", ".h"}};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        take_tree(input, i ? most : most / 2, places[i].root, places[i].suffix);
}

static void take_elf(struct codec_input *input, size_t most)
{
    static const char *const files[] = {"/usr/lib/gcc/x86_64-linux-gnu/12/cc1",
                                        "/usr/libexec/gcc/x86_64-linux-gnu/13/cc1",
                                        "/usr/bin/python3",
                                        "/usr/bin/perl",
                                        "/usr/lib/x86_64-linux-gnu/libc.so.6",
                                        "/proc/self/exe"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && input->nbytes < most; i++) {
        struct run_bytes file;
        size_t at = strlen(input->source);

        if (run_read_whole(files[i], most, &file))
            continue;
        append(input, most, &file);
        free(file.items);
        snprintf(input->source + at, sizeof(input->source) - at, "%s%s", at ? ", " : "", files[i]);
    }
}

/*
 * Blocks of 16 bytes as BC3 has them: two alphas and their indices, two colours in 5:6:5 and theirs. The
 * picture is smooth with noise and flat parts, so neighbours are alike and repeats are not rare.
 */
static void make_texture(struct codec_input *input, size_t most)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    unsigned width = 256;

    for (size_t at = 0; at + 16 <= most; at += 16) {
        unsigned x = (unsigned)(at / 16) % width, y = (unsigned)(at / 16) / width;
        double wave = sin(x * 0.05 + y * 0.011) + sin(y * 0.07) * 0.7;
        bool flat = (x / 24 + y / 24) % 5 == 0;
        unsigned colour = (unsigned)((wave + 2) * 400) & 0x7ff, noise = flat ? 0 : next_random(&state) & 3;
        uint16_t ends[2] = {(uint16_t)(colour << 5 | (colour >> 3 & 31)), 0};
        uint32_t indices = flat ? 0x55aa55aa : next_random(&state) & 0x3fffffff;
        uint8_t *block = input->bytes + at;

        ends[1] = (uint16_t)(ends[0] - 0x0841 * (1 + noise));
        memset(block, 0xff, 2);
        memset(block + 2, 0, 6);
        if (!flat) {
            block[0] = (uint8_t)(200 + noise * 8);
            block[4] = (uint8_t)(indices >> 13);
        }
        memcpy(block + 8, ends, sizeof(ends));
        memcpy(block + 12, &indices, sizeof(indices));
    }
    input->nbytes = most;
    input->made = true;
    snprintf(input->source, sizeof(input->source), "made: blocks like BC3, smooth, noisy and flat parts");
}

static uint64_t hash_of(const uint8_t *bytes, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

static bool take_file(struct codec_input *input, const char *path, size_t most)
{
    struct run_bytes file;

    if (run_read_whole(path, most, &file))
        return false;
    append(input, most, &file);
    free(file.items);
    snprintf(input->source, sizeof(input->source), "%s", path);
    return true;
}

bool codec_input_load(const struct bench_options *options, unsigned index, struct codec_input *input,
                      char *why)
{
    size_t most = options->quick ? QUICK_NBYTES : WHOLE_NBYTES;

    *input = (struct codec_input){.name = codec_input_name(options, index), .bytes = malloc(most)};
    if (!input->bytes) {
        snprintf(why, 160, "no memory");
        return false;
    }
    if (options->file)
        take_file(input, options->file, most);
    else if (index == 0)
        take_text(input, most);
    else if (index == 1)
        take_elf(input, most);
    else
        make_texture(input, most);
    input->hash = hash_of(input->bytes, input->nbytes);
    if (input->nbytes >= LEAST_NBYTES)
        return true;
    snprintf(why, 160, "%s: less than 256 KiB of it on this machine", options->file ? options->file : input->name);
    return false;
}
