/* SPDX-License-Identifier: MIT */
/* From a tile's bytes to its tokens. */
#ifndef GPU_CODEC_ENCODE_PARSE_H
#define GPU_CODEC_ENCODE_PARSE_H

#include "gpu/codec/encode_format.h"
#include "gpu/codec/match_hash.h"

/* Returns the number of tokens; there is room for nbytes. */
uint32_t encode_parse_fast(struct match_hash *finder, const uint8_t *raw, uint32_t nbytes,
                           encode_token *tokens);

#endif
