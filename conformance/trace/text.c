/* SPDX-License-Identifier: MIT */
/* Growing JSON text, escaped to ASCII. Memory failure is remembered, never fatal. */
#include "conformance/trace/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cf_text_init(struct cf_trace_text *text)
{
    text->chars = NULL;
    text->nbytes = 0;
    text->capacity = sizeof(text->fixed);
    text->failed = false;
    text->fixed[0] = '\0';
}

void cf_text_fini(struct cf_trace_text *text)
{
    free(text->chars);
    text->chars = NULL;
}

static char *reserve(struct cf_trace_text *text, size_t nbytes)
{
    char *start = text->chars ? text->chars : text->fixed;
    size_t capacity = text->capacity;

    if (text->failed)
        return NULL;
    if (capacity - text->nbytes <= nbytes) {
        while (capacity - text->nbytes <= nbytes)
            capacity *= 2;
        start = realloc(text->chars, capacity);
        if (!start) {
            text->failed = true;
            return NULL;
        }
        if (!text->chars)
            memcpy(start, text->fixed, text->nbytes + 1);
        text->chars = start;
        text->capacity = capacity;
    }
    return start + text->nbytes;
}

static void append(struct cf_trace_text *text, const char *chars, size_t nbytes)
{
    char *end = reserve(text, nbytes);

    if (!end)
        return;
    memcpy(end, chars, nbytes);
    end[nbytes] = '\0';
    text->nbytes += nbytes;
}

void cf_text_raw(struct cf_trace_text *text, const char *chars)
{
    append(text, chars, strlen(chars));
}

static void append_unit(struct cf_trace_text *text, uint32_t unit)
{
    char escape[8];

    if (unit == '"' || unit == '\\')
        snprintf(escape, sizeof(escape), "\\%c", (char)unit);
    else if (unit >= 0x20 && unit < 0x7f)
        snprintf(escape, sizeof(escape), "%c", (char)unit);
    else
        snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)unit & 0xffff);
    cf_text_raw(text, escape);
}

/* Strict UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. Returns the bytes used. */
static size_t decode(const unsigned char *bytes, uint32_t *code_out)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t nbytes = bytes[0] < 0x80           ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
    uint32_t code = nbytes == 1 ? bytes[0] : bytes[0] & (0x7fu >> nbytes);

    *code_out = 0xfffd;
    if (!nbytes)
        return 1;
    for (size_t i = 1; i < nbytes; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 1;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    if (nbytes > 1 && (code < smallest[nbytes] || code > 0x10ffff || (code & ~0x7ffu) == 0xd800))
        return 1;
    *code_out = code;
    return nbytes;
}

void cf_text_string(struct cf_trace_text *text, const char *chars)
{
    const unsigned char *next = (const unsigned char *)chars;
    uint32_t code;

    cf_text_raw(text, "\"");
    while (*next) {
        next += decode(next, &code);
        if (code >= 0x10000) {
            append_unit(text, 0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + (code & 0x3ff);
        }
        append_unit(text, code);
    }
    cf_text_raw(text, "\"");
}

static bool is_surrogate(uint32_t unit, uint32_t first)
{
    return (unit & 0xfc00) == first;
}

void cf_text_string16(struct cf_trace_text *text, const uint16_t *chars)
{
    bool paired = false; /* the previous unit was a leading surrogate of a pair */

    cf_text_raw(text, "\"");
    for (size_t i = 0; chars[i]; i++) {
        bool leads = is_surrogate(chars[i], 0xd800) && is_surrogate(chars[i + 1], 0xdc00);
        bool alone = (chars[i] & 0xf800) == 0xd800 && !leads && !paired;

        /* JSON readers refuse half a pair; that the name was not text is all a reader needs. */
        append_unit(text, alone ? 0xfffd : chars[i]);
        paired = leads;
    }
    cf_text_raw(text, "\"");
}

void cf_text_u64(struct cf_trace_text *text, uint64_t value)
{
    char digits[24];

    if (value >> 53) {
        cf_text_hex(text, value, 1);
        return;
    }
    snprintf(digits, sizeof(digits), "%" PRIu64, value);
    cf_text_raw(text, digits);
}

void cf_text_hex(struct cf_trace_text *text, uint64_t value, int digits)
{
    char quoted[24];

    snprintf(quoted, sizeof(quoted), "\"0x%0*" PRIx64 "\"", digits, value);
    cf_text_raw(text, quoted);
}

void cf_text_key(struct cf_trace_text *text, const char *key)
{
    const char *start = text->chars ? text->chars : text->fixed;
    char last = text->nbytes ? start[text->nbytes - 1] : '{';

    if (last != '{' && last != '[')
        cf_text_raw(text, ",");
    cf_text_string(text, key);
    cf_text_raw(text, ":");
}
