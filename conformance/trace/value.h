/* SPDX-License-Identifier: MIT */
/*
 * What a recorder was given for a key, as it is, in a trace that is kept in memory: no text is made of
 * it, and none is read. Everything that is pointed to belongs to the trace.
 */
#ifndef CF_TRACE_VALUE_H
#define CF_TRACE_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum cf_trace_value_kind {
    CF_VALUE_NULL,
    CF_VALUE_NUMBER,
    CF_VALUE_HEX, /* a number that a file has as a string of hex digits */
    CF_VALUE_STRING,
    CF_VALUE_NUMBERS,
    CF_VALUE_STRINGS,
    CF_VALUE_DIGEST, /* bytes, of which a file has the SHA-256, made when it is asked for */
    CF_VALUE_OPAQUE, /* there is something, which no judge asks for */
};

struct cf_trace_digest {
    size_t nbytes;
    char *hex; /* CF_SHA256_HEX_SIZE; hex[0] is 0 until it is asked for */
    unsigned char bytes[];
};

struct cf_trace_value {
    const char *key; /* static */
    union {
        uint64_t number;
        const char *string;
        const uint64_t *numbers;
        const char *const *strings;
        const struct cf_trace_digest *digest;
    };
    uint32_t kind, count; /* count: of an array */
};

struct cf_trace_values {
    const struct cf_trace_value *items;
    size_t count;
};

#endif
