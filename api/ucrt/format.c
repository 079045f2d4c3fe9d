// SPDX-License-Identifier: MIT
/*
 * The printf engine behind both families. Text directives are handled here, numbers by the C
 * library's narrow snprintf, one directive at a time. Positional arguments and %n are refused with
 * EINVAL, as in Microsoft's library.
 */
#include "api/ucrt/names.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* va_list may be an array type; in a struct it can be passed on by pointer. */
struct arguments {
    va_list list;
};

enum length {
    LENGTH_NONE,
    LENGTH_HH,
    LENGTH_H,
    LENGTH_L,
    LENGTH_LL,
    LENGTH_BIG_L,
    LENGTH_32,
    LENGTH_W
};

struct directive {
    char flags[8];
    int width, precision; /* precision -1: none */
    enum length length;
    char conversion;
};

struct format {
    const void *units;
    bool wide;
    size_t at;
};

static uint32_t format_at(const struct format *format, size_t i)
{
    return format->wide ? ((const char16_t *)format->units)[i]
                        : ((const unsigned char *)format->units)[i];
}

static bool text_reserve(struct ucrt_text *text, size_t more)
{
    size_t unit = text->wide ? sizeof(char16_t) : 1, capacity;
    void *data;

    if (text->failed)
        return false;
    if (text->capacity - text->count >= more)
        return true;
    if (more > INT_MAX || text->count > INT_MAX - more) {
        errno = EOVERFLOW;
        text->failed = true;
        return false;
    }
    capacity = (text->count + more) * 2 + 64;
    data = realloc(text->data, capacity * unit);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

static void text_invalid(struct ucrt_text *text)
{
    errno = EILSEQ;
    text->failed = true;
}

static void text_fill(struct ucrt_text *text, char c, size_t count)
{
    if (!text_reserve(text, count))
        return;
    for (size_t i = 0; i < count; i++) {
        if (text->wide)
            ((char16_t *)text->data)[text->count++] = (char16_t)c;
        else
            ((char *)text->data)[text->count++] = c;
    }
}

static void text_code(struct ucrt_text *text, uint32_t code)
{
    if (!text_reserve(text, 4))
        return;
    if (text->wide)
        text->count += ucrt_utf16_put(code, (char16_t *)text->data + text->count);
    else
        text->count += ucrt_utf8_put(code, (char *)text->data + text->count);
}

/* At most limit units of text (of text's own kind), never half a character when converting. */
static void text_bytes(struct ucrt_text *text, const char *bytes, size_t nbytes, size_t limit)
{
    size_t start = text->count;

    if (!text->wide) {
        nbytes = nbytes < limit ? nbytes : limit;
        if (text_reserve(text, nbytes) && nbytes)
            memcpy((char *)text->data + text->count, bytes, nbytes);
        if (!text->failed)
            text->count += nbytes;
        return;
    }
    while (nbytes && !text->failed && text->count - start < limit) {
        uint32_t code;
        size_t taken = ucrt_utf8_take((const unsigned char *)bytes, nbytes, &code);

        if (taken == 0) {
            text_invalid(text);
            return;
        }
        if (text->count - start + (code >= 0x10000 ? 2 : 1) > limit)
            return;
        text_code(text, code);
        bytes += taken;
        nbytes -= taken;
    }
}

static void text_units(struct ucrt_text *text, const char16_t *units, size_t count, size_t limit)
{
    size_t start = text->count;

    if (text->wide) {
        count = count < limit ? count : limit;
        if (text_reserve(text, count) && count)
            memcpy((char16_t *)text->data + text->count, units, count * sizeof *units);
        if (!text->failed)
            text->count += count;
        return;
    }
    while (count && !text->failed && text->count - start < limit) {
        uint32_t code;
        char encoded[4];
        size_t taken = ucrt_utf16_take(units, count, &code);

        if (taken == 0) {
            text_invalid(text);
            return;
        }
        if (text->count - start + ucrt_utf8_put(code, encoded) > limit)
            return;
        text_code(text, code);
        units += taken;
        count -= taken;
    }
}

/* Moves what was appended since start to the right, or fills behind it. */
static void text_pad(struct ucrt_text *text, size_t start, const struct directive *d)
{
    size_t used = text->count - start, unit = text->wide ? sizeof(char16_t) : 1, fill;

    if (text->failed || d->width < 0 || (size_t)d->width <= used)
        return;
    fill = (size_t)d->width - used;
    text_fill(text, ' ', fill);
    if (text->failed || strchr(d->flags, '-'))
        return;
    memmove((char *)text->data + (start + fill) * unit, (char *)text->data + start * unit,
            used * unit);
    text->count = start;
    text_fill(text, ' ', fill);
    text->count = start + fill + used;
}

static int number_in(struct format *format)
{
    int value = 0;

    while (format_at(format, format->at) - '0' < 10) {
        if (value > INT_MAX / 10 - 1)
            return INT_MAX;
        value = value * 10 + (int)(format_at(format, format->at++) - '0');
    }
    return value;
}

static void parse_length(struct format *format, struct directive *d)
{
    uint32_t c = format_at(format, format->at);
    uint32_t next = c ? format_at(format, format->at + 1) : 0;

    d->length = LENGTH_NONE;
    if (c == 'h')
        d->length = next == 'h' ? LENGTH_HH : LENGTH_H;
    else if (c == 'l')
        d->length = next == 'l' ? LENGTH_LL : LENGTH_L;
    else if (c == 'w')
        d->length = LENGTH_W;
    else if (c == 'L')
        d->length = LENGTH_BIG_L;
    else if (c == 'j' || c == 'z' || c == 't' || c == 'I' || c == 'q')
        d->length = LENGTH_LL;
    else
        return;
    format->at += d->length == LENGTH_HH || (c == 'l' && d->length == LENGTH_LL) ? 2 : 1;
    /* Microsoft's I64, I32 and I (pointer-sized). */
    if (c == 'I' && next == '6' && format_at(format, format->at + 1) == '4') {
        format->at += 2;
    } else if (c == 'I' && next == '3' && format_at(format, format->at + 1) == '2') {
        format->at += 2;
        d->length = LENGTH_32;
    }
}

/* format->at is behind the percent sign. False: not a directive of ours. */
static bool parse(struct format *format, struct directive *d, struct arguments *arguments)
{
    size_t flags = 0;
    uint32_t c;

    memset(d, 0, sizeof *d);
    d->precision = -1;
    while ((c = format_at(format, format->at)) && c < 0x80 && strchr("-+ #0'", (int)c)) {
        if (flags < sizeof d->flags - 2 && !strchr(d->flags, (int)c))
            d->flags[flags++] = (char)c;
        format->at++;
    }
    if (c == '*') {
        format->at++;
        d->width = va_arg(arguments->list, int);
        if (d->width < 0 && d->width != INT_MIN) {
            d->width = -d->width;
            if (!strchr(d->flags, '-'))
                d->flags[flags++] = '-';
        }
    } else {
        d->width = number_in(format);
    }
    if (format_at(format, format->at) == '.') {
        format->at++;
        if (format_at(format, format->at) == '*') {
            format->at++;
            d->precision = va_arg(arguments->list, int);
        } else {
            d->precision = number_in(format);
        }
    }
    parse_length(format, d);
    c = format_at(format, format->at);
    if (!c || c >= 0x80 || !strchr("diouxXcCsSpaAeEfFgG%", (int)c))
        return false;
    format->at++;
    d->conversion = (char)c;
    return true;
}

static void put_number(struct ucrt_text *text, const struct directive *d,
                       struct arguments *arguments)
{
    char small[256], *out = small, spec[24];
    const char *length = strchr("diouxX", d->conversion) ? "j"
                         : d->length == LENGTH_BIG_L     ? "L"
                                                         : "";
    bool is_signed = d->conversion == 'd' || d->conversion == 'i';
    int count = 0;

    snprintf(spec, sizeof spec, "%%%s*.*%s%c", d->flags, length, d->conversion);
    /* At most twice: the second time into a buffer of the right size. */
#define PRINT(value)                                                              \
    do {                                                                          \
        count = snprintf(out, sizeof small, spec, d->width, d->precision, value); \
        if (count >= (int)sizeof small && (out = malloc((size_t)count + 1)))      \
            snprintf(out, (size_t)count + 1, spec, d->width, d->precision, value); \
    } while (0)
    if (*length == 'j') {
        intmax_t value;

        if (d->length == LENGTH_L || d->length == LENGTH_LL || d->length == LENGTH_BIG_L)
            value = va_arg(arguments->list, long long); /* LP64: long is as long */
        else if (is_signed)
            value = va_arg(arguments->list, int);
        else
            value = va_arg(arguments->list, unsigned);
        if (d->length == LENGTH_H)
            value = is_signed ? (short)value : (unsigned short)value;
        else if (d->length == LENGTH_HH)
            value = is_signed ? (signed char)value : (unsigned char)value;
        PRINT(value);
    } else if (d->conversion == 'p') {
        void *value = va_arg(arguments->list, void *);

        snprintf(spec, sizeof spec, "%%%s*p", d->flags);
        count = snprintf(out, sizeof small, spec, d->width < 200 ? d->width : 200, value);
    } else if (*length == 'L') {
        long double value = va_arg(arguments->list, long double);

        PRINT(value);
    } else {
        double value = va_arg(arguments->list, double);

        PRINT(value);
    }
#undef PRINT
    if (count < 0 || !out)
        text->failed = true;
    else
        text_bytes(text, out, (size_t)count, SIZE_MAX);
    if (out != small)
        free(out);
}

/* Is the text of this %s, %S, %c or %C wide? */
static bool is_wide(const struct format *format, const struct directive *d)
{
    if (d->length == LENGTH_H)
        return false;
    if (d->length == LENGTH_L || d->length == LENGTH_W)
        return true;
    return format->wide == (d->conversion == 's' || d->conversion == 'c');
}

static void put_string(struct ucrt_text *text, const struct directive *d, bool wide,
                       struct arguments *arguments)
{
    size_t start = text->count, limit = d->precision < 0 ? SIZE_MAX : (size_t)d->precision;
    const void *s = va_arg(arguments->list, const void *);

    if (!s)
        text_bytes(text, "(null)", 6, limit);
    else if (wide)
        /* No character makes less than one unit, so nothing behind limit is needed or read. */
        text_units(text, s, ringer_wcsnlen(s, limit), limit);
    else if (text->wide)
        text_bytes(text, s, strnlen(s, limit < SIZE_MAX / 4 ? limit * 4 : limit), limit);
    else
        text_bytes(text, s, strnlen(s, limit), limit);
    text_pad(text, start, d);
}

static void put_char(struct ucrt_text *text, const struct directive *d, bool wide,
                     struct arguments *arguments)
{
    size_t start = text->count;
    int c = va_arg(arguments->list, int);

    if (wide) {
        char16_t unit = (char16_t)c;

        text_units(text, &unit, 1, SIZE_MAX);
    } else {
        char byte = (char)c;

        text_bytes(text, &byte, 1, SIZE_MAX);
    }
    text_pad(text, start, d);
}

void ucrt_format(struct ucrt_text *text, const void *units, bool wide_format, va_list list)
{
    struct format format = {.units = units, .wide = wide_format};
    struct arguments arguments;

    va_copy(arguments.list, list);
    while (!text->failed && format_at(&format, format.at)) {
        struct directive d;
        size_t run = format.at;

        while (format_at(&format, run) && format_at(&format, run) != '%')
            run++;
        if (run > format.at) {
            if (wide_format)
                text_units(text, (const char16_t *)units + format.at, run - format.at, SIZE_MAX);
            else
                text_bytes(text, (const char *)units + format.at, run - format.at, SIZE_MAX);
            format.at = run;
            continue;
        }
        format.at++;
        if (!parse(&format, &d, &arguments)) {
            errno = EINVAL;
            text->failed = true;
        } else if (d.conversion == '%') {
            text_fill(text, '%', 1);
        } else if (d.conversion == 's' || d.conversion == 'S') {
            put_string(text, &d, is_wide(&format, &d), &arguments);
        } else if (d.conversion == 'c' || d.conversion == 'C') {
            put_char(text, &d, is_wide(&format, &d), &arguments);
        } else {
            put_number(text, &d, &arguments);
        }
    }
    va_end(arguments.list);
}
