/* SPDX-License-Identifier: MIT */
/* Escapes, and records as lines. */
#include "conformance/trace/swimlane_text.h"

#include "conformance/trace/view.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Bytes of one character, 0: no UTF-8. Strings of a trace are UTF-8 for certain; names of files
 * and what a judge cut to its buffer are not.
 */
static size_t character(const unsigned char *text)
{
    size_t length = 0;

    if (*text < 0x80)
        length = 1;
    else if (*text >= 0xc2 && *text < 0xe0)
        length = 2;
    else if (*text >= 0xe0 && *text < 0xf0)
        length = 3;
    else if (*text >= 0xf0 && *text < 0xf5)
        length = 4;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((*text == 0xe0 && text[1] < 0xa0) || (*text == 0xed && text[1] > 0x9f) ||
        (*text == 0xf0 && text[1] < 0x90) || (*text == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

/* XML 1.0 has no place for most control characters, nor for U+FFFE and U+FFFF. */
static bool is_allowed(const unsigned char *text, size_t length)
{
    if (length == 1)
        return *text >= 0x20 || *text == '\t' || *text == '\n' || *text == '\r';
    return !(length == 3 && text[0] == 0xef && text[1] == 0xbf && text[2] >= 0xbe);
}

static void put(FILE *out, const unsigned char *text, size_t length)
{
    switch (*text) {
    case '&':
        fputs("&amp;", out);
        break;
    case '<':
        fputs("&lt;", out);
        break;
    case '>':
        fputs("&gt;", out);
        break;
    case '"':
        fputs("&quot;", out);
        break;
    case '\'':
        fputs("&#39;", out);
        break;
    default:
        fwrite(text, 1, length, out);
    }
}

void cf_swim_text(FILE *out, const char *text, size_t most)
{
    const unsigned char *next = (const unsigned char *)text;

    for (size_t done = 0; next && *next; done++) {
        size_t length = character(next);

        if (most && done == most) {
            fputs("\xe2\x80\xa6", out);
            return;
        }
        if (length && is_allowed(next, length))
            put(out, next, length);
        else
            fputs("\xef\xbf\xbd", out);
        next += length ? length : 1;
    }
}

char *cf_swim_line(const struct cf_record *record)
{
    struct cf_trace one = {.records = (struct cf_record *)record, .count = 1, .host = ""};
    char *text = NULL, *from;
    size_t nbytes;
    FILE *out = open_memstream(&text, &nbytes);

    if (!out)
        return NULL;
    cf_trace_list(&one, out);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    while (nbytes && isspace((unsigned char)text[nbytes - 1]))
        text[--nbytes] = '\0';
    for (from = text; isspace((unsigned char)*from); from++)
        ;
    memmove(text, from, strlen(from) + 1);
    return text;
}
