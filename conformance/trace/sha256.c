/* SPDX-License-Identifier: MIT */
/* SHA-256 as FIPS 180-4 section 6.2 describes it; small rather than fast. */
#include "conformance/trace/sha256.h"

#include <string.h>

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

static void take_block(struct cf_sha256 *sha, const unsigned char *block)
{
    uint32_t w[64], v[8];

    for (unsigned i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (unsigned i = 16; i < 64; i++) {
        uint32_t low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + low + w[i - 7] + high;
    }

    memcpy(v, sha->state, sizeof(v));
    for (unsigned i = 0; i < 64; i++) {
        uint32_t high = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t first = v[7] + high + choice + round_constants[i] + w[i];
        uint32_t low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

        memmove(&v[1], &v[0], 7 * sizeof(v[0]));
        v[4] += first;
        v[0] = first + low + majority;
    }
    for (unsigned i = 0; i < 8; i++)
        sha->state[i] += v[i];
}

void cf_sha256_init(struct cf_sha256 *sha)
{
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(sha->state, initial, sizeof(initial));
    sha->nbytes = 0;
}

void cf_sha256_add(struct cf_sha256 *sha, const void *bytes, size_t nbytes)
{
    const unsigned char *next = bytes;

    while (nbytes) {
        size_t used = sha->nbytes % 64;
        size_t room = 64 - used;
        size_t part = nbytes < room ? nbytes : room;

        if (!used && nbytes >= 64) {
            take_block(sha, next);
            part = 64;
        } else {
            memcpy(sha->block + used, next, part);
            if (part == room)
                take_block(sha, sha->block);
        }
        sha->nbytes += part;
        next += part;
        nbytes -= part;
    }
}

void cf_sha256_hex(const struct cf_sha256 *sha, char hex_out[CF_SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    static const unsigned char padding[64] = {0x80};
    struct cf_sha256 last = *sha;
    uint64_t nbits = sha->nbytes * 8;
    unsigned char tail[8];

    for (unsigned i = 0; i < 8; i++)
        tail[i] = (unsigned char)(nbits >> (56 - 8 * i));
    cf_sha256_add(&last, padding, 1 + (119 - sha->nbytes % 64) % 64);
    cf_sha256_add(&last, tail, 8);
    for (unsigned i = 0; i < 64; i++)
        hex_out[i] = digits[last.state[i / 8] >> (28 - 4 * (i % 8)) & 15];
    hex_out[64] = '\0';
}

void cf_sha256_of(const void *bytes, size_t nbytes, char hex_out[CF_SHA256_HEX_SIZE])
{
    struct cf_sha256 sha;

    cf_sha256_init(&sha);
    cf_sha256_add(&sha, bytes, nbytes);
    cf_sha256_hex(&sha, hex_out);
}
