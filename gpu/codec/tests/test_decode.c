/* SPDX-License-Identifier: MIT */
/* Every vector with every decoder that this processor has; tiles and outputs lie between guards. */
#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>

#include "gpu/codec/gdeflate.h"
#include "gpu/codec/tests/guard.h"

struct vectors {
    const char *folder;
    json_t *manifest;
};

static struct vectors vectors_open(void)
{
    struct vectors v = {.folder = getenv("RINGER_GDEFLATE_VECTORS")};
    char path[4096];

    cr_assert(v.folder, "RINGER_GDEFLATE_VECTORS is not set");
    snprintf(path, sizeof(path), "%s/MANIFEST.json", v.folder);
    v.manifest = json_load_file(path, 0, NULL);
    cr_assert(v.manifest, "%s", path);
    return v;
}

static uint8_t *read_file(const struct vectors *v, const char *name, size_t *nbytes_out)
{
    char path[4096];
    uint8_t *bytes = NULL;
    size_t room = 0, got;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", v->folder, name);
    file = fopen(path, "rb");
    cr_assert(file, "%s", path);
    *nbytes_out = 0;
    do {
        room += 1u << 20;
        bytes = realloc(bytes, room);
        cr_assert(bytes);
        got = fread(bytes + *nbytes_out, 1, room - *nbytes_out, file);
        *nbytes_out += got;
    } while (*nbytes_out == room);
    fclose(file);
    return bytes;
}

/* What the manifest describes instead of storing it. */
static void make_raw(const char *name, uint8_t *raw, size_t nbytes)
{
    size_t at = 0;

    if (!strncmp(name, "zeros-", 6)) {
        memset(raw, 0, nbytes);
    } else if (!strncmp(name, "ff-", 3)) {
        memset(raw, 0xFF, nbytes);
    } else if (!strncmp(name, "records-", 8)) {
        for (uint64_t i = 0; at < nbytes; i++) {
            char line[64];
            size_t length = (size_t)snprintf(line, sizeof(line), "rec-%08u,%u,%x;\n", (unsigned)i,
                                             (unsigned)((i * i * 7919 + i) % 100003),
                                             (unsigned)(uint32_t)(i * 2654435761u));

            length = length < nbytes - at ? length : nbytes - at;
            memcpy(raw + at, line, length);
            at += length;
        }
    } else {
        cr_assert_fail("%s: what is it made of?", name);
    }
}

static uint8_t *expected(const struct vectors *v, json_t *vector, size_t *nbytes_out)
{
    const char *name = json_string_value(json_object_get(vector, "raw"));
    uint8_t *raw;

    *nbytes_out = (size_t)json_integer_value(json_object_get(vector, "raw_size"));
    if (name) {
        size_t nbytes;

        raw = read_file(v, name, &nbytes);
        cr_assert_eq(nbytes, *nbytes_out);
        return raw;
    }
    raw = malloc(*nbytes_out);
    cr_assert(raw);
    make_raw(json_string_value(json_object_get(vector, "file")), raw, *nbytes_out);
    return raw;
}

/* Both ends of tile and output, in turn, touch a page of nobody. */
static enum gdeflate_status decode_guarded(enum gdeflate_isa isa, struct gdeflate_tile tile,
                                           int front, uint8_t *out)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), in_room = (tile.nbytes + page - 1) / page * page;
    size_t out_room = (tile.raw_nbytes + page - 1) / page * page;
    /* In front: the whole pages are asked for, so that the first byte stands at the guard. */
    struct guarded in_memory = guarded_new(front ? in_room : tile.nbytes, NULL);
    struct guarded out_memory = guarded_new(front ? out_room : tile.raw_nbytes, NULL);
    enum gdeflate_status status;

    memcpy(in_memory.bytes, tile.bytes, tile.nbytes);
    memset(out_memory.bytes, 0xA5, front ? out_room : tile.raw_nbytes);
    tile.bytes = in_memory.bytes;
    status = gdeflate_decode_tile(isa, &tile, out_memory.bytes);
    memcpy(out, out_memory.bytes, tile.raw_nbytes);
    for (size_t i = tile.raw_nbytes; front && i < out_room; i++) {
        cr_assert_eq(out_memory.bytes[i], 0xA5, "byte %zu behind the output", i - tile.raw_nbytes);
    }
    guarded_free(&in_memory);
    guarded_free(&out_memory);
    return status;
}

static void check_vectors(enum gdeflate_isa isa)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];
    struct vectors v = vectors_open();
    json_t *vector;
    size_t i;

    if (!gdeflate_isa_usable(isa)) {
        cr_skip_test("this processor has no %s", gdeflate_isa_name(isa));
    }
    json_array_foreach(json_object_get(v.manifest, "vectors"), i, vector)
    {
        const char *name = json_string_value(json_object_get(vector, "file"));
        size_t nbytes, raw_nbytes;
        uint8_t *bytes = read_file(&v, name, &nbytes), *raw = expected(&v, vector, &raw_nbytes);
        struct gdeflate_stream stream;

        cr_assert_eq(gdeflate_open(&stream, bytes, nbytes), GDEFLATE_OK, "%s", name);
        cr_assert_eq(stream.raw_nbytes, raw_nbytes, "%s", name);
        for (uint32_t t = 0; t < stream.tile_count; t++) {
            struct gdeflate_tile tile = gdeflate_tile_at(&stream, t);

            for (int front = 0; front < 2; front++) {
                enum gdeflate_status status = decode_guarded(isa, tile, front, out);

                cr_assert_eq(status, GDEFLATE_OK, "%s tile %u: %s", name, t,
                             gdeflate_reason(status));
                cr_assert(!memcmp(out, raw + (size_t)t * GDEFLATE_TILE_NBYTES, tile.raw_nbytes),
                          "%s tile %u differs", name, t);
            }
        }
        free(raw);
        free(bytes);
    }
    cr_assert_geq(i, 78u);
    json_decref(v.manifest);
}

Test(decode, vectors_scalar)
{
    check_vectors(GDEFLATE_SCALAR);
}

Test(decode, vectors_avx2)
{
    check_vectors(GDEFLATE_AVX2);
}

Test(decode, vectors_avx512)
{
    check_vectors(GDEFLATE_AVX512);
}

/* What the first tile that is refused says, or the container. */
static enum gdeflate_status refusal(const uint8_t *bytes, size_t nbytes, enum gdeflate_isa isa)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];
    struct gdeflate_stream stream;
    enum gdeflate_status status = gdeflate_open(&stream, bytes, nbytes);

    for (uint32_t t = 0; !status && t < stream.tile_count; t++) {
        status = decode_guarded(isa, gdeflate_tile_at(&stream, t), 0, out);
    }
    return status;
}

Test(decode, malformed)
{
    struct vectors v = vectors_open();
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(v.manifest, "malformed"), i, vector)
    {
        const char *name = json_string_value(json_object_get(vector, "file"));
        size_t nbytes;
        uint8_t *bytes = read_file(&v, name, &nbytes);
        enum gdeflate_status first = refusal(bytes, nbytes, GDEFLATE_SCALAR);

        cr_expect_neq(first, GDEFLATE_OK, "%s is accepted", name);
        for (int isa = GDEFLATE_SCALAR + 1; isa < GDEFLATE_ISA_COUNT; isa++) {
            if (gdeflate_isa_usable(isa)) {
                cr_expect_eq(refusal(bytes, nbytes, isa), first, "%s", name);
            }
        }
        free(bytes);
    }
    cr_assert_geq(i, 28u);
    json_decref(v.manifest);
}

/* The reason that each kind of damage has. */
Test(decode, reasons)
{
    static const struct {
        const char *name;
        enum gdeflate_status status;
    } rows[] = {
        {"bad-btype-3", GDEFLATE_BAD_BLOCK},
        {"bad-cut-words", GDEFLATE_SHORT_TILE},
        {"bad-distance-too-far", GDEFLATE_BAD_DISTANCE},
        {"bad-endless-empty-blocks", GDEFLATE_SHORT_TILE},
        {"bad-incomplete-dist", GDEFLATE_BAD_CODE},
        {"bad-incomplete-litlen", GDEFLATE_BAD_CODE},
        {"bad-incomplete-precode", GDEFLATE_BAD_CODE},
        {"bad-match-over-64k", GDEFLATE_TOO_LONG},
        {"bad-no-eob-code", GDEFLATE_BAD_CODE},
        {"bad-no-final-block", GDEFLATE_SHORT_TILE},
        {"bad-output-long-literal", GDEFLATE_TOO_LONG},
        {"bad-output-long-match", GDEFLATE_TOO_LONG},
        {"bad-output-short", GDEFLATE_TOO_SHORT},
        {"bad-oversubscribed-litlen", GDEFLATE_BAD_CODE},
        {"bad-repeat-first", GDEFLATE_BAD_CODE},
        {"bad-stored-long", GDEFLATE_TOO_LONG},
        {"bad-stored-overread", GDEFLATE_SHORT_TILE},
        {"bad-symbol-286", GDEFLATE_BAD_SYMBOL},
    };
    struct vectors v = vectors_open();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char name[64];
        size_t nbytes;
        uint8_t *bytes;

        snprintf(name, sizeof(name), "malformed/%s.gdef", rows[i].name);
        bytes = read_file(&v, name, &nbytes);
        cr_expect_eq(refusal(bytes, nbytes, GDEFLATE_SCALAR), rows[i].status, "%s", name);
        free(bytes);
    }
    json_decref(v.manifest);
}

Test(decode, tiles_are_whole_words_of_all_lanes)
{
    static const uint8_t zeros[136];
    uint8_t out[1];

    for (uint32_t nbytes = 0; nbytes <= sizeof(zeros); nbytes++) {
        struct gdeflate_tile tile = {zeros, nbytes, 1};
        enum gdeflate_status status = decode_guarded(GDEFLATE_SCALAR, tile, 0, out);

        cr_expect_eq(status, GDEFLATE_SHORT_TILE, "%u bytes", nbytes);
    }
}

Test(decode, isas_have_names)
{
    cr_assert(gdeflate_isa_usable(GDEFLATE_SCALAR));
    cr_assert(gdeflate_isa_usable(gdeflate_best_isa()));
    cr_assert_str_eq(gdeflate_isa_name(GDEFLATE_SCALAR), "scalar");
    cr_assert_str_eq(gdeflate_isa_name(GDEFLATE_AVX2), "avx2");
    cr_assert_str_eq(gdeflate_isa_name(GDEFLATE_AVX512), "avx512");
    cr_assert(!gdeflate_isa_usable(GDEFLATE_ISA_COUNT));
    cr_assert_str_eq(gdeflate_isa_name(GDEFLATE_ISA_COUNT), "?");
}
