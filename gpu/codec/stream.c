/* SPDX-License-Identifier: MIT */
/*
 * The container of tiles: 8 bytes of header, one word a tile, then the tiles back to back. All of it is
 * checked at once, so that whoever takes a tile need not look at the table again.
 *
 *   0  id, 4 from the reference encoder; any is taken whose complement follows  [R] a game's files: 0xFE
 *   1  the id's complement
 *   2  number of tiles, 16 bits
 *   4  bits 0-1: 1, tiles of 64 KiB; bits 2-19: bytes of the last tile, 0 = all 65536; the rest reserved
 *   8  word 0: size of the last tile's data. Word i: where the data of tile i begins, behind the table
 *
 * Reserved bits and bytes behind the last tile are ignored, as by the reference decoder.
 */
#include "gpu/codec/gdeflate.h"

#include "gpu/codec/stream.h"

static uint32_t load32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint32_t table_word(const struct gdeflate_stream *stream, uint32_t index)
{
    return load32(stream->bytes + GDEFLATE_HEADER_NBYTES + (size_t)index * 4);
}

static uint64_t tile_offset(const struct gdeflate_stream *stream, uint32_t index)
{
    return index ? table_word(stream, index) : 0;
}

/* Where the tile's data ends; beyond 32 bits for a table that lies. */
static uint64_t tile_end(const struct gdeflate_stream *stream, uint32_t index)
{
    if (index + 1 < stream->tile_count)
        return tile_offset(stream, index + 1);
    return tile_offset(stream, index) + table_word(stream, 0);
}

/* Tiles in ascending order, all inside, each with the first word of every lane and in whole words. */
static enum gdeflate_status check_table(const struct gdeflate_stream *stream)
{
    uint64_t data_nbytes = stream->nbytes - gdeflate_data_offset(stream->tile_count);

    for (uint32_t i = 0; i < stream->tile_count; i++) {
        uint64_t begin = tile_offset(stream, i), end = tile_end(stream, i);

        if (end < begin || end > data_nbytes)
            return GDEFLATE_BAD_TABLE;
        if (end - begin < GDEFLATE_LANES * 4)
            return GDEFLATE_SHORT_TILE;
        if ((end - begin) % 4)
            return GDEFLATE_BAD_TABLE;
    }
    return GDEFLATE_OK;
}

enum gdeflate_status gdeflate_open(struct gdeflate_stream *stream, const void *bytes, size_t nbytes)
{
    const uint8_t *header = bytes;
    uint32_t word, last_nbytes;

    if (nbytes < GDEFLATE_HEADER_NBYTES)
        return GDEFLATE_SHORT_HEADER;
    if ((header[0] ^ header[1]) != 0xff)
        return GDEFLATE_BAD_MAGIC;
    word = load32(header + 4);
    last_nbytes = word >> 2 & 0x3ffff;
    /* 65536 in full says what 0 says; the field could hold more. */
    if ((word & 3) != 1 || last_nbytes > GDEFLATE_TILE_NBYTES)
        return GDEFLATE_BAD_TILE_SIZE;
    *stream = (struct gdeflate_stream){
        .bytes = header,
        .nbytes = nbytes,
        .tile_count = header[2] | (uint32_t)header[3] << 8,
        .id = header[0],
    };
    if (!stream->tile_count)
        return GDEFLATE_BAD_TILE_SIZE;
    if (nbytes < gdeflate_data_offset(stream->tile_count))
        return GDEFLATE_SHORT_HEADER;
    stream->raw_nbytes = (uint64_t)stream->tile_count * GDEFLATE_TILE_NBYTES;
    if (last_nbytes)
        stream->raw_nbytes -= GDEFLATE_TILE_NBYTES - last_nbytes;
    return check_table(stream);
}

struct gdeflate_tile gdeflate_tile_at(const struct gdeflate_stream *stream, uint32_t index)
{
    uint64_t begin = tile_offset(stream, index), end = tile_end(stream, index);
    uint64_t raw_left = stream->raw_nbytes - (uint64_t)index * GDEFLATE_TILE_NBYTES;

    return (struct gdeflate_tile){
        .bytes = stream->bytes + gdeflate_data_offset(stream->tile_count) + begin,
        .nbytes = (uint32_t)(end - begin),
        .raw_nbytes = raw_left < GDEFLATE_TILE_NBYTES ? (uint32_t)raw_left : GDEFLATE_TILE_NBYTES,
    };
}
