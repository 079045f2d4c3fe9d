// SPDX-License-Identifier: MIT
/*
 * The printf families. Wide output to a FILE goes out as UTF-8 and leaves the stream narrow, so wide
 * and narrow output may be mixed, as on Windows. Narrow formats without wide text go straight to the
 * C library.
 */
#include "api/ucrt/names.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Has a narrow format a directive for wide text? */
static bool takes_wide(const char *format)
{
    while ((format = strchr(format, '%'))) {
        format++;
        format += strspn(format, "-+ #0'*.123456789$");
        if (*format == 'S' || *format == 'C')
            return true;
        if (*format == 'w' || *format == 'I')
            return true; /* Microsoft's %ws and %I64d: glibc's I is something else */
        if ((*format == 'h' || *format == 'l') && format[1] && strchr("sScC", format[1]))
            return true;
        if (*format)
            format++;
    }
    return false;
}

/* Text, and the caller frees data; -1 with errno on failure. */
static int make(struct ucrt_text *text, bool wide, const void *format, bool wide_format,
                va_list arguments)
{
    *text = (struct ucrt_text){.wide = wide};
    ucrt_format(text, format, wide_format, arguments);
    if (text->failed) {
        free(text->data);
        text->data = NULL;
        return -1;
    }
    return (int)text->count;
}

/* ---- wide, into memory ---- */

int ringer_vsnwprintf(char16_t *out, size_t capacity, const char16_t *format, va_list arguments)
{
    struct ucrt_text text;
    int count = make(&text, true, format, true, arguments);

    if (count < 0)
        return -1;
    if (out || capacity) {
        size_t fits = (size_t)count < capacity ? (size_t)count : capacity;

        ringer_wmemcpy(out, text.data, fits);
        /* [D] _snwprintf: exactly full is unterminated, more is -1; NULL and 0 counts. */
        if ((size_t)count < capacity)
            out[count] = 0;
        else if ((size_t)count > capacity)
            count = -1;
    }
    free(text.data);
    return count;
}

int ringer_vswprintf(char16_t *out, size_t capacity, const char16_t *format, va_list arguments)
{
    int count = capacity ? ringer_vsnwprintf(out, capacity, format, arguments) : -1;

    if (capacity && (count < 0 || (size_t)count >= capacity)) {
        out[capacity - 1] = 0;
        return -1;
    }
    return count;
}

int ringer_vscwprintf(const char16_t *format, va_list arguments)
{
    return ringer_vsnwprintf(NULL, 0, format, arguments);
}

/* ---- wide, into a stream ---- */

int ringer_vfwprintf(FILE *file, const char16_t *format, va_list arguments)
{
    struct ucrt_text text;
    int count = make(&text, true, format, true, arguments);
    char *bytes = NULL;

    if (count < 0)
        return -1;
    if (count > 0) {
        /* Three bytes a unit at most: a pair makes four. */
        size_t nbytes = 0;

        bytes = malloc((size_t)count * 3);
        for (size_t i = 0, taken; bytes && i < (size_t)count; i += taken) {
            uint32_t code;

            taken = ucrt_utf16_take((const char16_t *)text.data + i, (size_t)count - i, &code);
            if (taken == 0) {
                errno = EILSEQ;
                count = -1;
                break;
            }
            nbytes += ucrt_utf8_put(code, bytes + nbytes);
        }
        if (!bytes || (count > 0 && fwrite(bytes, 1, nbytes, file) != nbytes))
            count = -1;
    }
    free(bytes);
    free(text.data);
    return count;
}

int ringer_vwprintf(const char16_t *format, va_list arguments)
{
    return ringer_vfwprintf(stdout, format, arguments);
}

/* Half a character cannot be written alone. */
uint32_t ringer_fputwc(char16_t c, FILE *file)
{
    char bytes[4];
    int nbytes = ringer_wctomb(bytes, c);

    return nbytes > 0 && fwrite(bytes, 1, (size_t)nbytes, file) == (size_t)nbytes ? c : UCRT_EOF;
}

uint32_t ringer_putwchar(char16_t c)
{
    return ringer_fputwc(c, stdout);
}

int ringer_fputws(const char16_t *s, FILE *file)
{
    return ringer_fwprintf(file, u"%s", s) < 0 ? EOF : 0;
}

int ringer_putws(const char16_t *s)
{
    return ringer_fwprintf(stdout, u"%s\n", s) < 0 ? EOF : 0;
}

size_t ringer_wcsftime(char16_t *out, size_t capacity, const char16_t *format, const struct tm *time)
{
    size_t format_nbytes = ringer_wcstombs(NULL, format, 0), count = 0;
    /* A wide character is at most three bytes, so what fits wide fits here. */
    size_t nbytes = capacity < SIZE_MAX / 4 ? capacity * 3 + 1 : 0;
    char *narrow = NULL, *bytes = NULL;

    if (format_nbytes == (size_t)-1 || !capacity || !nbytes)
        return 0;
    narrow = malloc(format_nbytes + 1);
    bytes = malloc(nbytes);
    if (narrow && bytes) {
        ringer_wcstombs(narrow, format, format_nbytes + 1);
        if (strftime(bytes, nbytes, narrow, time)) {
            count = ringer_mbstowcs(NULL, bytes, 0);
            if (count == (size_t)-1 || count >= capacity)
                count = 0;
            else
                ringer_mbstowcs(out, bytes, capacity);
        }
    }
    free(narrow);
    free(bytes);
    return count;
}

/* ---- narrow ---- */

int ringer_vfprintf(FILE *file, const char *format, va_list arguments)
{
    struct ucrt_text text;
    int count;

    if (!takes_wide(format))
        return vfprintf(file, format, arguments);
    count = make(&text, false, format, false, arguments);
    if (count > 0 && fwrite(text.data, 1, (size_t)count, file) != (size_t)count)
        count = -1;
    free(text.data);
    return count;
}

int ringer_vprintf(const char *format, va_list arguments)
{
    return ringer_vfprintf(stdout, format, arguments);
}

int ringer_vsnprintf(char *out, size_t capacity, const char *format, va_list arguments)
{
    struct ucrt_text text;
    int count;

    if (!takes_wide(format))
        return vsnprintf(out, capacity, format, arguments);
    count = make(&text, false, format, false, arguments);
    if (capacity) {
        size_t fits = count < 0 ? 0 : (size_t)count < capacity ? (size_t)count : capacity - 1;

        if (fits)
            memcpy(out, text.data, fits);
        out[fits] = '\0';
    }
    free(text.data);
    return count;
}

int ringer_vsprintf(char *out, const char *format, va_list arguments)
{
    return ringer_vsnprintf(out, INT_MAX, format, arguments);
}

int ringer_vasprintf(char **out, const char *format, va_list arguments)
{
    va_list again;
    int count;

    va_copy(again, arguments);
    count = ringer_vsnprintf(NULL, 0, format, again);
    va_end(again);
    *out = count < 0 ? NULL : malloc((size_t)count + 1);
    return *out ? ringer_vsnprintf(*out, (size_t)count + 1, format, arguments) : -1;
}

int ringer_vdprintf(int fd, const char *format, va_list arguments)
{
    char *text;
    int count = ringer_vasprintf(&text, format, arguments);

    for (int done = 0; done < count;) {
        ssize_t written = write(fd, text + done, (size_t)(count - done));

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            count = -1;
        else
            done += (int)written;
    }
    free(text);
    return count;
}

/* ---- the same with arguments instead of a va_list ---- */

#define FORWARD(call)                  \
    {                                  \
        va_list arguments;             \
        int count;                     \
                                       \
        va_start(arguments, format);   \
        count = call;                  \
        va_end(arguments);             \
        return count;                  \
    }

int ringer_swprintf(char16_t *out, size_t capacity, const char16_t *format, ...)
FORWARD(ringer_vswprintf(out, capacity, format, arguments))

int ringer_snwprintf(char16_t *out, size_t capacity, const char16_t *format, ...)
FORWARD(ringer_vsnwprintf(out, capacity, format, arguments))

int ringer_scwprintf(const char16_t *format, ...)
FORWARD(ringer_vscwprintf(format, arguments))

int ringer_fwprintf(FILE *file, const char16_t *format, ...)
FORWARD(ringer_vfwprintf(file, format, arguments))

int ringer_wprintf(const char16_t *format, ...)
FORWARD(ringer_vwprintf(format, arguments))

int ringer_fprintf(FILE *file, const char *format, ...)
FORWARD(ringer_vfprintf(file, format, arguments))

int ringer_printf(const char *format, ...)
FORWARD(ringer_vprintf(format, arguments))

int ringer_snprintf(char *out, size_t capacity, const char *format, ...)
FORWARD(ringer_vsnprintf(out, capacity, format, arguments))

int ringer_sprintf(char *out, const char *format, ...)
FORWARD(ringer_vsprintf(out, format, arguments))

int ringer_asprintf(char **out, const char *format, ...)
FORWARD(ringer_vasprintf(out, format, arguments))

int ringer_dprintf(int fd, const char *format, ...)
FORWARD(ringer_vdprintf(fd, format, arguments))
