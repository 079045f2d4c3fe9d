/* SPDX-License-Identifier: MIT */
#include "conformance/oracle/contents.h"

#include "conformance/trace/sha256.h"

#include <string.h>

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ora_contents_make(const struct cf_record *object, uint64_t from, uint64_t nbytes,
                       unsigned char *bytes)
{
    const char *content = cf_record_string(object, NULL, "content");
    const char *text = cf_record_string(object, NULL, "bytes");
    uint64_t seed = 0;

    if (!content || from > object->obj.nbytes || nbytes > object->obj.nbytes - from)
        return false;
    cf_record_u64(object, NULL, "seed", &seed);
    if (!strcmp(content, "zero")) {
        memset(bytes, 0, nbytes);
    } else if (!strcmp(content, "ascii")) {
        for (uint64_t i = 0; i < nbytes; i++) {
            uint64_t at = from + i;

            bytes[i] = (unsigned char)(0x20 + (at * 7 + at / 95 + seed) % 95);
        }
    } else if (!strcmp(content, "text") && text && strlen(text) == 2 * object->obj.nbytes) {
        for (uint64_t i = 0; i < nbytes; i++) {
            int high = digit(text[2 * (from + i)]), low = digit(text[2 * (from + i) + 1]);

            if (high < 0 || low < 0)
                return false;
            bytes[i] = (unsigned char)(high << 4 | low);
        }
    } else {
        return false;
    }
    return true;
}

bool ora_contents_shown(const struct cf_record *check, const unsigned char *bytes, size_t nbytes,
                        bool *same_out)
{
    size_t seen_nbytes;
    const unsigned char *seen = cf_out_digested(check, "sha256", &seen_nbytes);
    const char *digest = seen ? NULL : cf_out_string(check, "sha256");
    char hex[CF_SHA256_HEX_SIZE];

    if (!seen && !digest)
        return false;
    if (seen) {
        *same_out = seen_nbytes == nbytes && !memcmp(seen, bytes, nbytes);
        return true;
    }
    cf_sha256_of(bytes, nbytes, hex);
    *same_out = !strcmp(hex, digest);
    return true;
}
