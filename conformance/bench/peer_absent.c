/* SPDX-License-Identifier: MIT */
/* There is no peer in a build without liburing. */
#include "conformance/bench/side.h"

const struct bench_side_ops bench_peers[1] = {{.name = "none"}};
const size_t bench_peer_count = 0;
