/* SPDX-License-Identifier: MIT */
/* Built without libdeflate. */
#include "conformance/bench/codec_peer.h"

const struct codec_peer *const codec_libdeflate = NULL;
