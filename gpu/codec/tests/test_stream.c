/* SPDX-License-Identifier: MIT */
/* Containers, whole and broken, each at the end of its memory. */
#include <criterion/criterion.h>

#include "gpu/codec/stream.h"
#include "gpu/codec/tests/guard.h"

/* The least that a tile may have: one word a lane. */
#define LEAST 128u

static void store32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

/* A header for tiles of LEAST bytes each; returns the bytes of all. */
static size_t container(uint8_t *bytes, uint32_t tile_count, uint32_t last_nbytes)
{
    memset(bytes, 0, gdeflate_data_offset(tile_count) + tile_count * LEAST);
    bytes[0] = 4;
    bytes[1] = 0xfb;
    bytes[2] = (uint8_t)tile_count;
    bytes[3] = (uint8_t)(tile_count >> 8);
    store32(bytes + 4, 1 | last_nbytes << 2);
    store32(bytes + 8, LEAST);
    for (uint32_t i = 1; i < tile_count; i++)
        store32(bytes + 8 + i * 4, i * LEAST);
    return gdeflate_data_offset(tile_count) + tile_count * LEAST;
}

static enum gdeflate_status open_guarded(const uint8_t *bytes, size_t nbytes, struct gdeflate_stream *stream)
{
    struct guarded memory = guarded_new(nbytes, bytes);
    enum gdeflate_status status = gdeflate_open(stream, memory.bytes, nbytes);

    guarded_free(&memory);
    return status;
}

Test(stream, three_tiles)
{
    uint8_t bytes[1024];
    struct gdeflate_stream stream;
    size_t nbytes = container(bytes, 3, 5);

    store32(bytes + 8, LEAST + 4);
    cr_assert_eq(gdeflate_open(&stream, bytes, nbytes + 4), GDEFLATE_OK);
    cr_assert_eq(stream.tile_count, 3u);
    cr_assert_eq(stream.raw_nbytes, 2 * 65536u + 5);
    cr_assert_eq(stream.id, 4);
    for (uint32_t i = 0; i < 3; i++) {
        struct gdeflate_tile tile = gdeflate_tile_at(&stream, i);

        cr_assert_eq(tile.bytes, bytes + 8 + 12 + i * LEAST);
        cr_assert_eq(tile.nbytes, i < 2 ? LEAST : LEAST + 4);
        cr_assert_eq(tile.raw_nbytes, i < 2 ? 65536u : 5u);
    }
}

Test(stream, a_full_last_tile_is_0_or_65536)
{
    uint8_t bytes[1024];
    struct gdeflate_stream stream;

    for (uint32_t last_nbytes = 0; last_nbytes <= 65536; last_nbytes += 65536) {
        size_t nbytes = container(bytes, 2, last_nbytes);

        cr_assert_eq(gdeflate_open(&stream, bytes, nbytes), GDEFLATE_OK);
        cr_assert_eq(stream.raw_nbytes, 2 * 65536u);
        cr_assert_eq(gdeflate_tile_at(&stream, 1).raw_nbytes, 65536u);
    }
}

Test(stream, the_largest)
{
    size_t nbytes = gdeflate_data_offset(GDEFLATE_MAX_TILES) + GDEFLATE_MAX_TILES * (size_t)LEAST;
    uint8_t *bytes = malloc(nbytes);
    struct gdeflate_stream stream;

    cr_assert(bytes);
    container(bytes, GDEFLATE_MAX_TILES, 0);
    cr_assert_eq(gdeflate_open(&stream, bytes, nbytes), GDEFLATE_OK);
    cr_assert_eq(stream.raw_nbytes, 4294901760u);
    cr_assert_eq(gdeflate_tile_at(&stream, 65534).bytes, bytes + nbytes - LEAST);
    free(bytes);
}

Test(stream, what_is_ignored)
{
    uint8_t bytes[1024];
    struct gdeflate_stream stream;
    size_t nbytes = container(bytes, 2, 7);

    bytes[6] |= 0xf0; /* bits 20-31 */
    bytes[7] = 0xff;
    cr_assert_eq(gdeflate_open(&stream, bytes, nbytes), GDEFLATE_OK);
    cr_assert_eq(stream.raw_nbytes, 65536u + 7);
    cr_assert_eq(gdeflate_open(&stream, bytes, nbytes + 1), GDEFLATE_OK, "a byte behind the last tile");
}

Test(stream, any_id_with_its_complement)
{
    uint8_t bytes[1024];
    struct gdeflate_stream stream;
    size_t nbytes = container(bytes, 1, 1);

    for (unsigned id = 0; id < 256; id++) {
        bytes[0] = (uint8_t)id;
        for (unsigned magic = 0; magic < 256; magic++) {
            bytes[1] = (uint8_t)magic;
            cr_assert_eq(gdeflate_open(&stream, bytes, nbytes),
                         magic == 255 - id ? GDEFLATE_OK : GDEFLATE_BAD_MAGIC);
        }
    }
}

/* A container cut anywhere is refused, and nothing behind the cut is read. */
Test(stream, cut_everywhere)
{
    uint8_t bytes[1024];
    struct gdeflate_stream stream;
    size_t nbytes = container(bytes, 3, 9);

    for (size_t cut = 0; cut < nbytes; cut++) {
        enum gdeflate_status status = open_guarded(bytes, cut, &stream);

        cr_assert_eq(status, cut < 8 + 12 ? GDEFLATE_SHORT_HEADER : GDEFLATE_BAD_TABLE, "cut at %zu", cut);
    }
    cr_assert_eq(open_guarded(bytes, nbytes, &stream), GDEFLATE_OK);
}

/* One word of a container of three tiles, 384 bytes of data. */
Test(stream, broken)
{
    static const struct {
        const char *what;
        uint32_t offset, value;
        enum gdeflate_status status;
    } rows[] = {
        {"tiles of 32 KiB", 4, 0, GDEFLATE_BAD_TILE_SIZE},
        {"tiles of 128 KiB", 4, 2, GDEFLATE_BAD_TILE_SIZE},
        {"the fourth tile size", 4, 3, GDEFLATE_BAD_TILE_SIZE},
        {"no tiles", 0, 0xfb04, GDEFLATE_BAD_TILE_SIZE},
        {"a last tile of 65537", 4, 1 | 65537 << 2, GDEFLATE_BAD_TILE_SIZE},
        {"a last tile of 262143", 4, 1 | 262143 << 2, GDEFLATE_BAD_TILE_SIZE},
        {"more tiles than words", 0, 0xfffffb04, GDEFLATE_SHORT_HEADER},
        {"last tile of no data", 8, 0, GDEFLATE_SHORT_TILE},
        {"last tile of 124 bytes", 8, 124, GDEFLATE_SHORT_TILE},
        {"last tile not in words", 8, 130, GDEFLATE_BAD_TABLE},
        {"last tile beyond the end", 8, 132, GDEFLATE_BAD_TABLE},
        {"last tile that wraps", 8, 0xffffff80, GDEFLATE_BAD_TABLE},
        {"second tile at the first", 12, 0, GDEFLATE_SHORT_TILE},
        {"second tile within the first", 12, 124, GDEFLATE_SHORT_TILE},
        {"second tile not in words", 12, 129, GDEFLATE_BAD_TABLE},
        {"second tile behind the third", 12, 260, GDEFLATE_BAD_TABLE},
        {"second tile beyond the end", 12, 0xfffffffc, GDEFLATE_BAD_TABLE},
        {"third tile at the second", 16, 128, GDEFLATE_SHORT_TILE},
        {"third tile before the second", 16, 64, GDEFLATE_BAD_TABLE},
        {"third tile at the end", 16, 384, GDEFLATE_BAD_TABLE},
        {"third tile that wraps with its size", 16, 0xffffff80, GDEFLATE_BAD_TABLE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[1024];
        struct gdeflate_stream stream;
        size_t nbytes = container(bytes, 3, 9);

        store32(bytes + rows[i].offset, rows[i].value);
        cr_assert_eq(open_guarded(bytes, nbytes, &stream), rows[i].status, "%s", rows[i].what);
    }
}

Test(stream, every_status_has_its_own_words)
{
    for (int i = 0; i < GDEFLATE_STATUS_COUNT; i++) {
        cr_assert(*gdeflate_reason(i));
        for (int j = 0; j < i; j++)
            cr_assert_str_neq(gdeflate_reason(i), gdeflate_reason(j));
    }
    cr_assert_str_eq(gdeflate_reason(GDEFLATE_STATUS_COUNT), gdeflate_reason((enum gdeflate_status)-1));
}
