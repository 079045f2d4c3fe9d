/* SPDX-License-Identifier: MIT */
/* Built without zstd. */
#include "conformance/bench/codec_peer.h"

const struct codec_peer *const codec_zstd = NULL;
