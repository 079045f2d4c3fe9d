/* SPDX-License-Identifier: MIT */
/* The vectors' inputs: ours decode to them, and are not larger than the reference encoder's. */
#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>

#include "gpu/codec/gdeflate.h"
#include "gpu/codec/tests/judge.h"

/* What ours may exceed the reference's by. */
#define TOLERANCE 1.005

static const char *const level_names[GDEFLATE_LEVEL_COUNT] = {"fastest", "default", "best"};

static uint8_t *read_vector(const char *folder, const char *name, size_t nbytes)
{
    uint8_t *bytes = malloc(nbytes);
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    cr_assert(file && bytes, "%s", path);
    cr_assert_eq(fread(bytes, 1, nbytes, file), nbytes);
    fclose(file);
    return bytes;
}

/* The whole stream's size: container and tiles. */
static size_t encode_all(struct gdeflate_encoder *encoder, const char *name, const uint8_t *raw,
                         size_t nbytes)
{
    static uint8_t tile[GDEFLATE_STORED_TILE_NBYTES];
    size_t total = 8;

    for (size_t at = 0; at < nbytes; at += GDEFLATE_TILE_NBYTES) {
        uint32_t piece =
            nbytes - at < GDEFLATE_TILE_NBYTES ? (uint32_t)(nbytes - at) : GDEFLATE_TILE_NBYTES;
        uint32_t tile_nbytes = gdeflate_encode_tile(encoder, raw + at, piece, tile);
        const char *wrong = judge_tile(tile, tile_nbytes, raw + at, piece, NULL);

        cr_assert_null(wrong, "%s at %zu: %s", name, at, wrong);
        total += 4 + tile_nbytes;
    }
    return total;
}

static void check_level(enum gdeflate_level level)
{
    const char *folder = getenv("RINGER_GDEFLATE_VECTORS");
    struct gdeflate_encoder *encoder = gdeflate_encoder_new(level);
    char path[4096];
    json_t *manifest, *vector;
    size_t i, judged = 0;

    cr_assert(folder && encoder);
    snprintf(path, sizeof path, "%s/MANIFEST.json", folder);
    manifest = json_load_file(path, 0, NULL);
    cr_assert_not_null(manifest, "%s", path);
    json_array_foreach(json_object_get(manifest, "vectors"), i, vector)
    {
        const char *raw_name = json_string_value(json_object_get(vector, "raw"));
        const char *of_level = json_string_value(json_object_get(vector, "level"));
        size_t nbytes = (size_t)json_integer_value(json_object_get(vector, "raw_size"));
        double theirs = (double)json_integer_value(json_object_get(vector, "size"));

        if (!raw_name)
            continue;
        uint8_t *raw = read_vector(folder, raw_name, nbytes);
        size_t ours = encode_all(encoder, raw_name, raw, nbytes);

        if (!strcmp(of_level, level_names[level])) {
            cr_expect_leq((double)ours, TOLERANCE * theirs, "%s %s: %zu, reference %.0f", raw_name,
                          of_level, ours, theirs);
            judged++;
        }
        free(raw);
    }
    cr_assert_gt(judged, 10u);
    json_decref(manifest);
    gdeflate_encoder_free(encoder);
}

Test(encode_vectors, fastest)
{
    check_level(GDEFLATE_FASTEST);
}

Test(encode_vectors, default_level)
{
    check_level(GDEFLATE_DEFAULT);
}

Test(encode_vectors, best)
{
    check_level(GDEFLATE_BEST);
}
