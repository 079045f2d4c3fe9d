/* SPDX-License-Identifier: MIT */
/* What is wrong with a stream, in words. */
#include "gpu/codec/gdeflate.h"

static const char *const reasons[GDEFLATE_STATUS_COUNT] = {
    [GDEFLATE_OK] = "nothing is wrong",
    [GDEFLATE_SHORT_HEADER] = "the stream ends within its header or its table of tiles",
    [GDEFLATE_BAD_MAGIC] = "the second byte is not the complement of the first",
    [GDEFLATE_BAD_TILE_SIZE] = "no tiles, or tiles that are not of 64 KiB",
    [GDEFLATE_BAD_TABLE] = "the table of tiles leads outside the stream or backwards",
    [GDEFLATE_SHORT_TILE] = "a tile ends before its data does",
    [GDEFLATE_BAD_BLOCK] = "a block of the reserved type",
    [GDEFLATE_BAD_CODE] = "code lengths that make no prefix code",
    [GDEFLATE_BAD_SYMBOL] = "a symbol that has no meaning, or a code that was given to none",
    [GDEFLATE_BAD_DISTANCE] = "a match from before its tile's first byte",
    [GDEFLATE_TOO_LONG] = "a tile of more bytes than it should have",
    [GDEFLATE_TOO_SHORT] = "a tile of fewer bytes than it should have",
    [GDEFLATE_SIZE_MISMATCH] = "the stream has another size than was asked for",
    [GDEFLATE_NO_ROOM] = "the destination is too small",
    [GDEFLATE_NO_MEMORY] = "no memory",
};

const char *gdeflate_reason(enum gdeflate_status status)
{
    if ((unsigned)status >= GDEFLATE_STATUS_COUNT || !reasons[status])
        return "an unknown fault";
    return reasons[status];
}
