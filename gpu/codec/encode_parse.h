/* SPDX-License-Identifier: MIT */
/* From a tile's bytes to its tokens. */
#ifndef GPU_CODEC_ENCODE_PARSE_H
#define GPU_CODEC_ENCODE_PARSE_H

#include "gpu/codec/encode_format.h"
#include "gpu/codec/encode_split.h"
#include "gpu/codec/match_hash.h"

/* Room for nbytes tokens. Leaves the pieces of the tile, each of piece_nbytes or a little more. */
void encode_parse_fast(struct match_hash *finder, const uint8_t *raw, uint32_t nbytes,
                       encode_token *tokens, struct encode_split *split, uint32_t piece_nbytes);

#endif
