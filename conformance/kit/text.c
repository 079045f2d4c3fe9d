/* SPDX-License-Identifier: MIT */
/* Words, numbers, expressions and generated content of scenarios and expectations. */
#include "conformance/kit/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_NBYTES = 1024 };

void *cf_xalloc(size_t nbytes)
{
    /* Small pieces come back at once from where free put them; calloc of glibc does not look there. */
    void *memory = nbytes <= SMALL_NBYTES ? malloc(nbytes ? nbytes : 1) : calloc(1, nbytes);

    if (!memory) {
        abort();
    }
    if (nbytes <= SMALL_NBYTES) {
        memset(memory, 0, nbytes);
    }
    return memory;
}

char *cf_xstrndup(const char *text, size_t nchars)
{
    char *copy = malloc(nchars + 1);

    if (!copy) {
        abort();
    }
    memcpy(copy, text, nchars);
    copy[nchars] = '\0';
    return copy;
}

char *cf_xstrdup(const char *text)
{
    return cf_xstrndup(text, strlen(text));
}

void cf_set_error(struct cf_error *error, const char *path, unsigned line, const char *format, ...)
{
    va_list args;

    if (!error) {
        return;
    }
    snprintf(error->path, sizeof error->path, "%s", path ? path : "");
    error->line = line;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
}

int cf_split_words(char *line, char **words)
{
    char *p = line;
    int count = 0;

    for (;;) {
        while (*p == ' ' || *p == '\t' || *p == '\r') {
            p++;
        }
        if (*p == '\0' || *p == '#') {
            return count;
        }
        if (count == CF_MAX_WORDS) {
            return -2;
        }
        words[count++] = p;
        bool quoted = false;
        while (*p && (quoted || !(*p == ' ' || *p == '\t' || *p == '\r' || *p == '#'))) {
            if (quoted && *p == '\\' && p[1]) {
                p++;
            } else if (*p == '"') {
                quoted = !quoted;
            }
            p++;
        }
        if (quoted) {
            return -1;
        }
        if (*p == '#') {
            *p = '\0';
            return count;
        }
        if (*p) {
            *p++ = '\0';
        }
    }
}

bool cf_is_name(const char *word, size_t nchars)
{
    if (nchars == 0 || !(isalpha((unsigned char)word[0]) || word[0] == '_')) {
        return false;
    }
    for (size_t i = 1; i < nchars; i++) {
        if (!isalnum((unsigned char)word[i]) && word[i] != '_') {
            return false;
        }
    }
    return true;
}

bool cf_is_quoted(const char *word)
{
    size_t nchars = strlen(word);

    return nchars >= 2 && word[0] == '"' && word[nchars - 1] == '"';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint8_t *cf_unquote(const char *word, size_t *nbytes_out)
{
    size_t nchars = strlen(word), n = 0;
    uint8_t *bytes = cf_xalloc(nchars);

    for (size_t i = 1; i + 1 < nchars; i++) {
        char c = word[i];
        if (c == '\\') {
            c = word[++i];
            if (c == 'n') {
                c = '\n';
            } else if (c == 't') {
                c = '\t';
            } else if (c == 'x' && i + 2 < nchars - 1 && hex_digit(word[i + 1]) >= 0 &&
                       hex_digit(word[i + 2]) >= 0) {
                c = (char)(hex_digit(word[i + 1]) * 16 + hex_digit(word[i + 2]));
                i += 2;
            } else if (c != '"' && c != '\\') {
                free(bytes);
                return NULL;
            }
        }
        bytes[n++] = (uint8_t)c;
    }
    *nbytes_out = n;
    return bytes;
}

bool cf_parse_number(const char *word, size_t nchars, uint64_t *value_out)
{
    uint64_t value = 0;
    size_t i = 0;
    bool hex = nchars > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X');

    if (nchars == 0 || !isdigit((unsigned char)word[0])) {
        return false;
    }
    for (i = hex ? 2 : 0; i < nchars; i++) {
        int digit = hex_digit(word[i]);
        if (digit < 0 || (!hex && digit > 9)) {
            break;
        }
        if (value > (UINT64_MAX - (uint64_t)digit) / (hex ? 16 : 10)) {
            return false;
        }
        value = value * (hex ? 16 : 10) + (uint64_t)digit;
    }
    if (i + 1 == nchars && (word[i] == 'K' || word[i] == 'M')) {
        value *= word[i] == 'K' ? 1024 : 1024 * 1024;
        i++;
    }
    *value_out = value;
    return i == nchars;
}

struct cursor {
    const char *p;
    cf_resolve_fn resolve;
    void *ctx;
};

static bool factor(struct cursor *at, uint64_t *value)
{
    const char *start = at->p;
    bool dollar = *start == '$';

    if (dollar) {
        start++;
    }
    const char *end = start;
    while (isalnum((unsigned char)*end) || *end == '_' || (dollar && *end == '.')) {
        end++;
    }
    at->p = end;
    if (!dollar && cf_parse_number(start, (size_t)(end - start), value)) {
        return true;
    }
    return end > start && at->resolve &&
           at->resolve(at->ctx, start, (size_t)(end - start), dollar, value);
}

static bool product(struct cursor *at, uint64_t *value)
{
    uint64_t right;

    if (!factor(at, value)) {
        return false;
    }
    while (*at->p == '*') {
        at->p++;
        if (!factor(at, &right)) {
            return false;
        }
        *value *= right;
    }
    return true;
}

/* Most expressions are decimal numbers, or a few of them added. */
static bool sum(const char *expression, uint64_t *value_out)
{
    enum { MOST_DIGITS = 18 };
    uint64_t value = 0;

    for (const char *p = expression;; p++) {
        const char *start = p;
        uint64_t number = 0;

        for (; *p >= '0' && *p <= '9'; p++) {
            number = 10 * number + (uint64_t)(*p - '0');
        }
        if (p == start || p - start > MOST_DIGITS || (*p && *p != '+')) {
            return false;
        }
        value += number;
        if (!*p) {
            *value_out = value;
            return true;
        }
    }
}

bool cf_evaluate(const char *expression, cf_resolve_fn resolve, void *ctx, uint64_t *value_out)
{
    struct cursor at = {expression, resolve, ctx};
    uint64_t value, right;

    if (sum(expression, value_out)) {
        return true;
    }
    if (!product(&at, &value)) {
        return false;
    }
    while (*at.p == '+' || *at.p == '-') {
        char op = *at.p++;
        if (!product(&at, &right)) {
            return false;
        }
        value = op == '+' ? value + right : value - right;
    }
    *value_out = value;
    return *at.p == '\0';
}

bool cf_word_number(const char *name, size_t nchars, uint64_t *value_out)
{
    static const struct {
        const char *name;
        uint64_t value;
    } words[] = {
        {"inf", 0xffffffff}, {"all", 0xffffffff}, {"skip", 1},   {"default", 0},
        {"data", 1},         {"min", 2},          {"nosync", 3},
        {"none", 0xffffffff},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].name) == nchars && !memcmp(words[i].name, name, nchars)) {
            *value_out = words[i].value;
            return true;
        }
    }
    return false;
}

uint8_t cf_generated_byte(uint64_t index, uint64_t seed)
{
    return (uint8_t)(0x20 + (index * 7 + index / 95 + seed) % 95);
}

void cf_generate(uint8_t *bytes, size_t nbytes, uint64_t offset, uint64_t seed)
{
    for (size_t i = 0; i < nbytes; i++) {
        bytes[i] = cf_generated_byte(offset + i, seed);
    }
}
