// SPDX-License-Identifier: MIT
/* The two directions between Windows' names and Linux'. */
#include "emu/object/path.h"

#include <stddef.h>

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t emu_utf8_from_utf16(char *to, const uint16_t *from, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t c = from[i];

        if (c >= 0xD800 && c < 0xE000) {
            if (c >= 0xDC00 || i + 1 == count || (from[i + 1] & 0xFC00) != 0xDC00)
                return SIZE_MAX;
            c = 0x10000 + ((c - 0xD800) << 10) + (from[++i] - 0xDC00u);
        }
        n += put_utf8(to + n, c);
    }
    return n;
}

/* One code point; returns how many bytes it took. */
static size_t take_utf8(const unsigned char *from, size_t nbytes, uint32_t *c_out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = from[0];
    size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    uint32_t c = lead < 0x80 ? lead : lead & (0x7Fu >> length);

    *c_out = 0xFFFD;
    if (lead >= 0xF8 || (lead >= 0x80 && lead < 0xC2) || length > nbytes)
        return 1;
    for (size_t i = 1; i < length; i++) {
        if ((from[i] & 0xC0) != 0x80)
            return 1;
        c = c << 6 | (from[i] & 0x3F);
    }
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return 1;
    *c_out = c;
    return length;
}

size_t emu_utf16_from_utf8(uint16_t *to, const char *from, size_t nbytes)
{
    size_t n = 0;

    for (size_t i = 0; i < nbytes;) {
        uint32_t c;

        i += take_utf8((const unsigned char *)from + i, nbytes - i, &c);
        if (c >= 0x10000) {
            to[n++] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
            to[n++] = (uint16_t)(0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            to[n++] = (uint16_t)c;
        }
    }
    return n;
}
