/* SPDX-License-Identifier: MIT */
/*
 * The wide C functions over 16-bit characters, for programs compiled with -fshort-wchar: the C
 * library's own read wchar_t as 32 bits. api/include/wide/ redirects the usual names to these.
 * Narrow text is UTF-8, whatever the locale [decision]; nothing here calls a wide libc function.
 */
#ifndef RINGER_UCRT_H
#define RINGER_UCRT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <uchar.h>

#define UCRT_EOF 0xFFFFFFFFu

/* ---- convert.c ---- */

/*
 * Takes one character off the front of UTF-8. Returns its length in bytes, 0 for an invalid or cut-off
 * sequence. nbytes may be 0.
 */
size_t ucrt_utf8_take(const unsigned char *bytes, size_t nbytes, uint32_t *code_out);
/* 1 to 4 bytes; code is a scalar value. */
size_t ucrt_utf8_put(uint32_t code, char out[4]);
/* One character off UTF-16: units taken, 0 for an unpaired surrogate. */
size_t ucrt_utf16_take(const char16_t *units, size_t count, uint32_t *code_out);
/* 1 or 2 units. */
size_t ucrt_utf16_put(uint32_t code, char16_t out[2]);

/* ---- ctype.c ---- */
enum ucrt_class {
    UCRT_UPPER = 1,
    UCRT_LOWER = 2,
    UCRT_ALPHA = 4,
    UCRT_DIGIT = 8,
    UCRT_SPACE = 16,
    UCRT_PUNCT = 32,
    UCRT_CNTRL = 64,
    UCRT_BLANK = 128,
    UCRT_PRINT = 256,
    UCRT_XDIGIT = 512,
};
unsigned ucrt_class_of(uint32_t c);
uint32_t ucrt_lower(uint32_t c);
uint32_t ucrt_upper(uint32_t c);

/* ---- format.c ---- */

/* Grows as needed; starts zeroed, data is the caller's to free. */
struct ucrt_text {
    bool wide;   /* data holds char16_t, else bytes */
    bool failed; /* errno says why */
    void *data;
    size_t count, capacity; /* units of data */
};
/*
 * printf into text. wide_format: format is char16_t, and %s and %c mean wide text, as in Microsoft's C
 * library; %S and %C mean the other kind, h narrow, l and w wide.
 */
void ucrt_format(struct ucrt_text *text, const void *format, bool wide_format, va_list arguments);

#endif
