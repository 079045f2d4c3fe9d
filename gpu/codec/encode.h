/* SPDX-License-Identifier: MIT */
/* What tests may ask of an encoder beyond the interface. */
#ifndef GPU_CODEC_ENCODE_H
#define GPU_CODEC_ENCODE_H

#include "gpu/codec/gdeflate.h"

/* Uses nothing beyond these instructions; a tile is the same whichever are used. */
void encode_use_isa(struct gdeflate_encoder *encoder, enum gdeflate_isa most);
/*
 * Keeps no more matches of a tile than that and one a place; by default there is room for any tile.
 */
void encode_use_room(struct gdeflate_encoder *encoder, uint32_t matches);

#endif
