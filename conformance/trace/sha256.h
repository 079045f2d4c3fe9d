/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4) for trace files: the recorder runs on Windows too and must need no library. */
#ifndef CF_TRACE_SHA256_H
#define CF_TRACE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define CF_SHA256_HEX_SIZE 65 /* 64 digits and the terminator */

struct cf_sha256 {
    uint32_t state[8];
    uint64_t nbytes;
    unsigned char block[64];
};

void cf_sha256_init(struct cf_sha256 *sha);
void cf_sha256_add(struct cf_sha256 *sha, const void *bytes, size_t nbytes);
/* Leaves *sha as it was, so a running hash can be asked at any moment. */
void cf_sha256_hex(const struct cf_sha256 *sha, char hex_out[CF_SHA256_HEX_SIZE]);
void cf_sha256_of(const void *bytes, size_t nbytes, char hex_out[CF_SHA256_HEX_SIZE]);

#endif
