// SPDX-License-Identifier: MIT
/* UTF-8 to UTF-16 and back, under the names of the multibyte functions. */
#include "api/ucrt/names.h"

#include <errno.h>
#include <string.h>

size_t ucrt_utf8_take(const unsigned char *bytes, size_t nbytes, uint32_t *code_out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length;
    uint32_t code;

    if (nbytes == 0)
        return 0;
    if (bytes[0] < 0x80) {
        *code_out = bytes[0];
        return 1;
    }
    length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || nbytes < length)
        return 0;
    code = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3F);
    }
    if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return 0;
    *code_out = code;
    return length;
}

size_t ucrt_utf8_put(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

size_t ucrt_utf16_take(const char16_t *units, size_t count, uint32_t *code_out)
{
    if (count == 0)
        return 0;
    if (units[0] < 0xD800 || units[0] >= 0xE000) {
        *code_out = units[0];
        return 1;
    }
    if (units[0] >= 0xDC00 || count < 2 || units[1] < 0xDC00 || units[1] >= 0xE000)
        return 0;
    *code_out = 0x10000 + ((uint32_t)(units[0] - 0xD800) << 10) + (units[1] - 0xDC00);
    return 2;
}

size_t ucrt_utf16_put(uint32_t code, char16_t out[2])
{
    if (code < 0x10000) {
        out[0] = (char16_t)code;
        return 1;
    }
    out[0] = (char16_t)(0xD800 + ((code - 0x10000) >> 10));
    out[1] = (char16_t)(0xDC00 + ((code - 0x10000) & 0x3FF));
    return 2;
}

/* A character beyond the BMP is two wide characters: the one-character functions refuse it. */
static size_t to_wide(char16_t *out, const char *bytes, size_t nbytes)
{
    uint32_t code;
    char16_t units[2];
    size_t taken = ucrt_utf8_take((const unsigned char *)bytes, nbytes, &code);

    if (taken == 0 || ucrt_utf16_put(code, units) != 1) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    if (out)
        *out = units[0];
    return code == 0 ? 0 : taken;
}

int ringer_mbtowc(char16_t *out, const char *bytes, size_t nbytes)
{
    return bytes ? (int)to_wide(out, bytes, nbytes) : 0;
}

int ringer_wctomb(char *out, char16_t c)
{
    if (!out)
        return 0;
    if (c >= 0xD800 && c < 0xE000) {
        errno = EILSEQ;
        return -1;
    }
    return (int)ucrt_utf8_put(c, out);
}

/* mbstowcs: returns wide characters, without the terminator; out NULL counts. */
size_t ringer_mbstowcs(char16_t *out, const char *bytes, size_t capacity)
{
    size_t nbytes = strlen(bytes), used = 0, count = 0;

    while (used < nbytes) {
        uint32_t code;
        char16_t units[2];
        size_t taken = ucrt_utf8_take((const unsigned char *)bytes + used, nbytes - used, &code);
        size_t width;

        if (taken == 0) {
            errno = EILSEQ;
            return (size_t)-1;
        }
        width = ucrt_utf16_put(code, units);
        if (out) {
            if (capacity - count < width)
                return count;
            memcpy(out + count, units, width * sizeof units[0]);
        }
        count += width;
        used += taken;
    }
    if (out && count < capacity)
        out[count] = 0;
    return count;
}

/* wcstombs: returns bytes, without the terminator; never half a character; out NULL counts. */
size_t ringer_wcstombs(char *out, const char16_t *units, size_t capacity)
{
    size_t nbytes = 0;

    while (*units) {
        uint32_t code;
        char encoded[4];
        size_t taken = ucrt_utf16_take(units, units[1] ? 2 : 1, &code), width;

        if (taken == 0) {
            errno = EILSEQ;
            return (size_t)-1;
        }
        width = ucrt_utf8_put(code, encoded);
        if (out) {
            if (capacity - nbytes < width)
                return nbytes;
            memcpy(out + nbytes, encoded, width);
        }
        nbytes += width;
        units += taken;
    }
    if (out && nbytes < capacity)
        out[nbytes] = '\0';
    return nbytes;
}

uint32_t ringer_btowc(int c)
{
    return c >= 0 && c < 0x80 ? (uint32_t)c : UCRT_EOF;
}

int ringer_wctob(uint32_t c)
{
    return c < 0x80 ? (int)c : EOF;
}
