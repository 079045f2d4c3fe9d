/* SPDX-License-Identifier: MIT */
/* ringer_codec.h as a program uses it: sizes, refusals, threads, and memory that ends at a guard page. */
#include <criterion/criterion.h>

#include <ringer_codec.h>

#include "gpu/codec/stream.h"
#include "gpu/codec/tests/guard.h"

#define TILE 65536u
#define GDEF RINGER_CODEC_GDEFLATE

/* Where the level does not matter: a sanitizer makes the other two slow. */
static const struct ringer_codec_options quick = {.level = RINGER_CODEC_FASTEST};

/* Text-like bytes with matches near and far; the same in every run. */
static uint8_t *content(size_t nbytes)
{
    static const char *const words[] = {"tile ", "lane ", "offset ", "stream", "0x%08x, ", "\n    ", "return "};
    uint8_t *bytes = malloc(nbytes + 16);
    uint32_t state = 1;

    cr_assert(bytes);
    for (size_t at = 0; at < nbytes;) {
        size_t word_nbytes;

        state = state * 1664525 + 1013904223;
        word_nbytes = strlen(words[(state >> 24) % 7]);
        memcpy(bytes + at, words[(state >> 24) % 7], word_nbytes);
        at += word_nbytes;
        if (at < nbytes && state >> 28 == 3)
            bytes[at++] = (uint8_t)(state >> 16);
    }
    return bytes;
}

static size_t bound_of(enum ringer_codec_format format, size_t raw_nbytes)
{
    uint64_t bound;

    cr_assert_eq(ringer_codec_bound(format, raw_nbytes, &bound), RINGER_CODEC_OK);
    return (size_t)bound;
}

struct made {
    uint8_t *bytes;
    size_t nbytes;
};

static struct made compress(enum ringer_codec_format format, const struct ringer_codec_options *options,
                            const void *raw, size_t raw_nbytes)
{
    size_t room = bound_of(format, raw_nbytes);
    struct made made = {.bytes = malloc(room)};

    cr_assert(made.bytes);
    cr_assert_eq(ringer_codec_compress(format, options, raw, raw_nbytes, made.bytes, room, &made.nbytes),
                 RINGER_CODEC_OK);
    return made;
}

/* Exactly there, between guard pages, and nothing is read outside. */
static void expect_back(enum ringer_codec_format format, const struct ringer_codec_options *options,
                        struct made made, const uint8_t *raw, size_t raw_nbytes)
{
    struct guarded stream = guarded_new(made.nbytes, made.bytes), out = guarded_new(raw_nbytes, NULL);
    size_t fault = 1;

    cr_assert_eq(ringer_codec_decompress(format, options, stream.bytes, made.nbytes, out.bytes,
                                         raw_nbytes, &fault),
                 RINGER_CODEC_OK);
    cr_assert_eq(fault, SIZE_MAX);
    cr_assert(!memcmp(out.bytes, raw, raw_nbytes));
    guarded_free(&stream);
    guarded_free(&out);
}

Test(api, bound)
{
    static const struct {
        uint64_t raw, bound;
    } rows[] = {{0, 66420},
                {1, 66420},
                {65536, 66420},
                {65537, 132824},
                {131072, 132824},
                {4294901760, UINT64_C(65535) * 66404 + 16}};
    uint64_t bound = 7;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(ringer_codec_bound(GDEF, rows[i].raw, &bound), RINGER_CODEC_OK);
        cr_assert_eq(bound, rows[i].bound);
    }
    bound = 7;
    cr_assert_eq(ringer_codec_bound(GDEF, UINT64_C(4294901761), &bound), RINGER_CODEC_TOO_LARGE);
    cr_assert_eq(ringer_codec_bound(GDEF, UINT64_MAX, &bound), RINGER_CODEC_TOO_LARGE);
    cr_assert_eq(ringer_codec_bound((enum ringer_codec_format)0, 1, &bound), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_bound(GDEF, 1, NULL), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(bound, 7u);
}

Test(api, there_and_back_at_the_edges)
{
    static const size_t sizes[] = {1, 2, 3, TILE - 1, TILE, TILE + 1, 2 * TILE, 5 * TILE + 4};
    uint8_t *raw = content(6 * TILE);

    for (int level = RINGER_CODEC_FASTEST; level <= RINGER_CODEC_BEST; level++) {
        struct ringer_codec_options options = {.level = (enum ringer_codec_level)level};

        /* The last two are for the fastest alone. */
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] - (level > RINGER_CODEC_FASTEST ? 2 : 0); i++) {
            struct made made = compress(GDEF, &options, raw, sizes[i]);
            struct ringer_codec_info info;

            expect_back(GDEF, NULL, made, raw, sizes[i]);
            cr_assert_eq(ringer_codec_info(GDEF, made.bytes, made.nbytes, &info), RINGER_CODEC_OK);
            cr_assert_eq(info.raw_nbytes, sizes[i]);
            cr_assert_eq(info.stream_nbytes, made.nbytes);
            cr_assert_eq(info.tile_count, (sizes[i] + TILE - 1) / TILE);
            cr_assert_eq(info.tile_nbytes, TILE);
            cr_assert_eq(info.last_nbytes, (sizes[i] - 1) % TILE + 1);
            cr_assert_eq(info.id, 4u);
            free(made.bytes);
        }
    }
    free(raw);
}

/* Whatever the room and wherever it lies, the same bytes; never one outside. */
Test(api, any_room_gives_the_same)
{
    size_t raw_nbytes = 3 * TILE + 100, written;
    uint8_t *raw = content(raw_nbytes);
    struct made made = compress(GDEF, &quick, raw, raw_nbytes);
    size_t slots = gdeflate_data_offset(4) + 4 * (size_t)GDEFLATE_STORED_TILE_NBYTES;
    size_t rooms[] = {made.nbytes, made.nbytes + 1, slots - 1, slots, slots + 3, bound_of(GDEF, raw_nbytes)};

    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        struct guarded out = guarded_new(rooms[i], NULL);

        cr_assert_eq(ringer_codec_compress(GDEF, &quick, raw, raw_nbytes, out.bytes, rooms[i], &written),
                     RINGER_CODEC_OK);
        cr_assert_eq(written, made.nbytes);
        cr_assert(!memcmp(out.bytes, made.bytes, written));
        guarded_free(&out);
    }
    for (size_t room = 0; room < made.nbytes; room = room * 3 + 1) {
        struct guarded out = guarded_new(room, NULL);

        written = 7;
        cr_assert_eq(ringer_codec_compress(GDEF, &quick, raw, raw_nbytes, out.bytes, room, &written),
                     RINGER_CODEC_NO_ROOM);
        cr_assert_eq(written, 0u);
        guarded_free(&out);
    }
    free(made.bytes);
    free(raw);
}

Test(api, what_cannot_be)
{
    uint8_t raw[16] = {0}, out[512];
    size_t written = 7;
    struct ringer_codec_options bad_level = {.level = (enum ringer_codec_level)2};
    struct ringer_codec_options low_level = {.level = (enum ringer_codec_level)-2};
    struct ringer_codec_options bad_isa = {.isa = RINGER_CODEC_ISA_COUNT};
    struct ringer_codec_info info;

    cr_assert_eq(ringer_codec_compress(GDEF, NULL, raw, 0, out, sizeof out, &written), RINGER_CODEC_EMPTY);
    cr_assert_eq(written, 0u);
    cr_assert_eq(ringer_codec_compress(GDEF, NULL, raw, (size_t)4294901761, out, sizeof out, &written),
                 RINGER_CODEC_TOO_LARGE);
    cr_assert_eq(ringer_codec_compress(GDEF, NULL, NULL, 1, out, sizeof out, &written),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_compress(GDEF, NULL, raw, 1, NULL, sizeof out, &written),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_compress(GDEF, NULL, raw, 1, out, sizeof out, NULL),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_compress((enum ringer_codec_format)3, NULL, raw, 1, out, sizeof out, &written),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_compress(GDEF, &bad_level, raw, 1, out, sizeof out, &written),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_compress(GDEF, &low_level, raw, 1, out, sizeof out, &written),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_decompress(GDEF, NULL, NULL, 9, out, 1, NULL), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_decompress(GDEF, NULL, raw, 9, NULL, 1, NULL), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_decompress(GDEF, &bad_isa, raw, 9, out, 1, NULL), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_decompress((enum ringer_codec_format)-1, NULL, raw, 9, out, 1, NULL),
                 RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_info(GDEF, NULL, 9, &info), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_info(GDEF, raw, 9, NULL), RINGER_CODEC_BAD_ARGUMENT);
    cr_assert_eq(ringer_codec_info(GDEF, raw, 7, &info), RINGER_CODEC_SHORT_HEADER);
}

Test(api, the_size_must_be_right)
{
    size_t raw_nbytes = TILE + 10;
    uint8_t *raw = content(raw_nbytes), *out = malloc(2 * TILE);
    struct made made = compress(GDEF, &quick, raw, raw_nbytes);
    size_t wrong[] = {0, 1, TILE, raw_nbytes - 1, raw_nbytes + 1, 2 * TILE}, fault = 0;

    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(ringer_codec_decompress(GDEF, NULL, made.bytes, made.nbytes, out, wrong[i], &fault),
                     RINGER_CODEC_WRONG_SIZE);
        cr_assert_eq(fault, SIZE_MAX);
    }
    free(made.bytes);
    free(out);
    free(raw);
}

/* A program that was built against a shorter struct. */
Test(api, members_that_a_program_does_not_know)
{
    uint8_t *raw = content(1000);
    struct ringer_codec_options best = {.level = RINGER_CODEC_BEST}, old = best, whole = best;
    struct made made = compress(GDEF, &best, raw, 1000);

    old.size = offsetof(struct ringer_codec_options, isa);
    memset((char *)&old + old.size, 0xa5, sizeof old - old.size);
    whole.size = sizeof whole;
    for (int i = 0; i < 2; i++) {
        struct made again = compress(GDEF, i ? &old : &whole, raw, 1000);

        cr_assert_eq(again.nbytes, made.nbytes);
        cr_assert(!memcmp(again.bytes, made.bytes, made.nbytes));
        expect_back(GDEF, i ? &old : &whole, again, raw, 1000);
        free(again.bytes);
    }
    free(made.bytes);
    free(raw);
}

static void run_backwards(void *context, size_t tasks, void (*task)(void *arg, size_t index), void *arg)
{
    while (tasks--)
        task(arg, tasks);
}

/* Every level in several threads at once: what they share is made once, or is constant. */
Test(api, levels_side_by_side)
{
    uint8_t *raw = content(TILE + 5000);
    struct ringer_codec_pool *pool = ringer_codec_pool_new(2);

    for (int level = RINGER_CODEC_FASTEST; level <= RINGER_CODEC_BEST; level++) {
        struct ringer_codec_options alone = {.level = (enum ringer_codec_level)level}, shared = alone;
        struct made made, again;

        shared.pool = pool;
        again = compress(GDEF, &shared, raw, TILE + 5000);
        made = compress(GDEF, &alone, raw, TILE + 5000);
        cr_assert_eq(made.nbytes, again.nbytes);
        cr_assert(!memcmp(made.bytes, again.bytes, made.nbytes));
        expect_back(GDEF, &shared, again, raw, TILE + 5000);
        free(made.bytes);
        free(again.bytes);
    }
    ringer_codec_pool_free(pool);
    free(raw);
}

Test(api, threads_change_nothing)
{
    size_t raw_nbytes = 9 * TILE + 77;
    uint8_t *raw = content(raw_nbytes);
    struct made alone = compress(GDEF, &quick, raw, raw_nbytes);
    struct ringer_codec_pool *pool = ringer_codec_pool_new(4), own = {NULL, 5, run_backwards};
    const struct ringer_codec_pool *pools[] = {pool, &own};

    for (int i = 0; i < 2; i++) {
        struct ringer_codec_options options = {.level = quick.level, .pool = pools[i]};
        struct made made = compress(GDEF, &options, raw, raw_nbytes);

        cr_assert_eq(made.nbytes, alone.nbytes);
        cr_assert(!memcmp(made.bytes, alone.bytes, alone.nbytes));
        expect_back(GDEF, &options, made, raw, raw_nbytes);
        free(made.bytes);
    }
    ringer_codec_pool_free(pool);
    free(alone.bytes);
    free(raw);
}

static uint32_t offset_of_tile(const uint8_t *stream, uint32_t tile)
{
    struct gdeflate_stream open;

    cr_assert_eq(gdeflate_open(&open, stream, SIZE_MAX / 2), GDEFLATE_OK);
    return (uint32_t)(gdeflate_tile_at(&open, tile).bytes - stream);
}

Test(api, the_first_bad_tile_decides)
{
    size_t raw_nbytes = 12 * TILE;
    uint8_t *raw = content(raw_nbytes), *out = malloc(raw_nbytes);
    struct made made = compress(GDEF, &quick, raw, raw_nbytes);
    struct ringer_codec_pool *pool = ringer_codec_pool_new(4);
    struct ringer_codec_options options = {.pool = pool};
    static const uint32_t bad[] = {11, 10, 7, 6, 4, 0};

    for (size_t i = 0; i < 6; i++) {
        /* An even one begins with a block of type 3, an odd one with a final and empty one. */
        uint8_t *tile = made.bytes + offset_of_tile(made.bytes, bad[i]);

        if (bad[i] % 2)
            memcpy(tile, "\1\0\0", 4);
        else
            tile[0] |= 6;
        for (int round = 0; round < 6; round++) {
            size_t fault = 99;
            enum ringer_codec_status status = ringer_codec_decompress(
                GDEF, round ? &options : NULL, made.bytes, made.nbytes, out, raw_nbytes, &fault);

            cr_assert_eq(fault, bad[i]);
            cr_assert_eq(status, bad[i] % 2 ? RINGER_CODEC_TILE_TOO_SHORT : RINGER_CODEC_BAD_BLOCK);
        }
    }
    ringer_codec_pool_free(pool);
    free(made.bytes);
    free(out);
    free(raw);
}

struct told {
    size_t done, total;
};

static void tell(void *context, size_t done, size_t total)
{
    *(struct told *)context = (struct told){done, total};
}

Test(api, progress_ends_at_the_end)
{
    size_t raw_nbytes = 9 * TILE;
    uint8_t *raw = content(raw_nbytes), *out = malloc(raw_nbytes);
    struct told told = {0};
    struct ringer_codec_options options = {
        .level = quick.level, .progress = tell, .progress_context = &told};
    struct made made = compress(GDEF, &options, raw, raw_nbytes);

    cr_assert_eq(told.done, 9u);
    cr_assert_eq(told.total, 9u);
    told = (struct told){0};
    made.bytes[offset_of_tile(made.bytes, 5)] |= 6;
    cr_assert_eq(ringer_codec_decompress(GDEF, &options, made.bytes, made.nbytes, out, raw_nbytes, NULL),
                 RINGER_CODEC_BAD_BLOCK);
    cr_assert_eq(told.done, 5u, "a failure is not the end");
    free(made.bytes);
    free(out);
    free(raw);
}

/* Offsets beyond what the table can hold: not reachable with less than 4 GiB of noise. */
Test(api, a_table_that_cannot_hold_its_offsets)
{
    uint32_t *sizes = malloc(GDEFLATE_MAX_TILES * sizeof *sizes);
    uint8_t *head = malloc(gdeflate_data_offset(GDEFLATE_MAX_TILES));

    for (uint32_t i = 0; i < GDEFLATE_MAX_TILES; i++)
        sizes[i] = GDEFLATE_STORED_TILE_NBYTES;
    cr_assert_eq(gdeflate_write_head(head, GDEFLATE_MAX_TILES, TILE, sizes), RINGER_CODEC_TOO_LARGE);
    /* 65400 tiles of 65672 bytes end just below 2^32. */
    cr_assert_eq(gdeflate_write_head(head, 65401, TILE, sizes), RINGER_CODEC_OK);
    cr_assert_eq(gdeflate_write_head(head, 65402, TILE, sizes), RINGER_CODEC_TOO_LARGE);
    free(sizes);
    free(head);
}

Test(api, every_status_has_its_own_words)
{
    for (int i = 0; i < RINGER_CODEC_STATUS_COUNT; i++)
        for (int j = 0; j < i; j++)
            cr_assert_str_neq(ringer_codec_status_text((enum ringer_codec_status)i),
                              ringer_codec_status_text((enum ringer_codec_status)j));
    cr_assert_str_eq(ringer_codec_status_text(RINGER_CODEC_STATUS_COUNT),
                     ringer_codec_status_text((enum ringer_codec_status)-1));
    for (int i = 0; i < GDEFLATE_STATUS_COUNT; i++)
        cr_assert_str_eq(ringer_codec_status_text(gdeflate_public_status((enum gdeflate_status)i)),
                         gdeflate_reason((enum gdeflate_status)i));
}

Test(api, instruction_sets)
{
    static const char *const names[] = {"best", "scalar", "avx2", "avx512"};
    uint8_t *raw = content(3 * TILE);
    struct made made = compress(GDEF, &quick, raw, 3 * TILE);

    for (int i = 0; i < RINGER_CODEC_ISA_COUNT; i++) {
        struct ringer_codec_options options = {.isa = (enum ringer_codec_isa)i};

        cr_assert_str_eq(ringer_codec_isa_name((enum ringer_codec_isa)i), names[i]);
        if (ringer_codec_isa_usable((enum ringer_codec_isa)i))
            expect_back(GDEF, &options, made, raw, 3 * TILE);
    }
    cr_assert(ringer_codec_isa_usable(RINGER_CODEC_ISA_BEST));
    cr_assert(ringer_codec_isa_usable(RINGER_CODEC_ISA_SCALAR));
    cr_assert(!ringer_codec_isa_usable(RINGER_CODEC_ISA_COUNT));
    cr_assert_null(ringer_codec_isa_name(RINGER_CODEC_ISA_COUNT));
    free(made.bytes);
    free(raw);
}

Test(api, zstd_frames)
{
    static const size_t sizes[] = {0, 1, 1000, 3 * TILE};
    uint8_t *raw = content(3 * TILE);
    uint64_t bound;

    cr_assert(ringer_codec_available(GDEF));
    cr_assert(!ringer_codec_available((enum ringer_codec_format)0));
    if (!ringer_codec_available(RINGER_CODEC_ZSTD)) {
        size_t written;
        struct ringer_codec_info info;

        cr_assert_eq(ringer_codec_bound(RINGER_CODEC_ZSTD, 1, &bound), RINGER_CODEC_NOT_BUILT);
        cr_assert_eq(ringer_codec_compress(RINGER_CODEC_ZSTD, NULL, raw, 1, raw, 1, &written),
                     RINGER_CODEC_NOT_BUILT);
        cr_assert_eq(ringer_codec_decompress(RINGER_CODEC_ZSTD, NULL, raw, 1, raw, 1, NULL),
                     RINGER_CODEC_NOT_BUILT);
        cr_assert_eq(ringer_codec_info(RINGER_CODEC_ZSTD, raw, 1, &info), RINGER_CODEC_NOT_BUILT);
        free(raw);
        return;
    }
    for (int level = RINGER_CODEC_FASTEST; level <= RINGER_CODEC_BEST; level++) {
        struct ringer_codec_options options = {.level = (enum ringer_codec_level)level};

        for (size_t i = 0; i < 4; i++) {
            struct made made = compress(RINGER_CODEC_ZSTD, &options, raw, sizes[i]);
            struct ringer_codec_info info;

            expect_back(RINGER_CODEC_ZSTD, NULL, made, raw, sizes[i]);
            cr_assert_eq(ringer_codec_info(RINGER_CODEC_ZSTD, made.bytes, made.nbytes, &info),
                         RINGER_CODEC_OK);
            cr_assert_eq(info.raw_nbytes, sizes[i]);
            cr_assert_eq(info.stream_nbytes, made.nbytes);
            cr_assert_eq(info.tile_count, 0u);
            free(made.bytes);
        }
    }
    cr_assert_eq(ringer_codec_bound(RINGER_CODEC_ZSTD, UINT64_MAX, &bound), RINGER_CODEC_TOO_LARGE);
    struct told told = {0};
    struct ringer_codec_options options = {.progress = tell, .progress_context = &told};
    struct made made = compress(RINGER_CODEC_ZSTD, &options, raw, 1000);

    cr_assert(told.done == 1 && told.total == 1);
    told = (struct told){0};
    expect_back(RINGER_CODEC_ZSTD, &options, made, raw, 1000);
    cr_assert(told.done == 1 && told.total == 1);
    free(made.bytes);
    free(raw);
}

Test(api, zstd_frames_that_are_none)
{
    uint8_t *raw = content(TILE), *out = malloc(2 * TILE);
    struct made made;
    struct ringer_codec_info info;
    size_t written;

    if (!ringer_codec_available(RINGER_CODEC_ZSTD))
        cr_skip_test("built without zstd");
    made = compress(RINGER_CODEC_ZSTD, NULL, raw, TILE);
    for (size_t cut = 0; cut < made.nbytes; cut += 1 + cut / 8) {
        struct guarded stream = guarded_new(cut, made.bytes);

        /* It has no header or table of tiles that could be short. */
        cr_assert_eq(ringer_codec_decompress(RINGER_CODEC_ZSTD, NULL, stream.bytes, cut, out, TILE, NULL),
                     RINGER_CODEC_BAD_FRAME, "cut at %zu", cut);
        cr_assert_eq(ringer_codec_info(RINGER_CODEC_ZSTD, stream.bytes, cut, &info),
                     RINGER_CODEC_BAD_FRAME, "cut at %zu", cut);
        guarded_free(&stream);
    }
    cr_assert_eq(ringer_codec_decompress(RINGER_CODEC_ZSTD, NULL, made.bytes, made.nbytes, out, TILE - 1, NULL),
                 RINGER_CODEC_WRONG_SIZE);
    cr_assert_eq(ringer_codec_decompress(RINGER_CODEC_ZSTD, NULL, made.bytes, made.nbytes, out, TILE + 1, NULL),
                 RINGER_CODEC_WRONG_SIZE);
    cr_assert_eq(ringer_codec_compress(RINGER_CODEC_ZSTD, NULL, raw, TILE, out, 20, &written),
                 RINGER_CODEC_NO_ROOM);
    made.bytes[0] ^= 1;
    cr_assert_eq(ringer_codec_info(RINGER_CODEC_ZSTD, made.bytes, made.nbytes, &info), RINGER_CODEC_BAD_FRAME);
    free(made.bytes);
    free(out);
    free(raw);
}
