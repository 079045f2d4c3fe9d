// SPDX-License-Identifier: MIT
/* Numbers out of wide text: the ASCII part goes to the narrow functions, which have the rules. */
#include "api/ucrt/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A narrow copy of what could be a number at the front of some wide text. */
struct prefix {
    const char16_t *start; /* behind the blanks */
    char *text;            /* small or allocated */
    char small[128];
};

static bool prefix_init(struct prefix *prefix, const char16_t *s)
{
    size_t count = 0;

    while (ucrt_class_of(*s) & UCRT_SPACE)
        s++;
    prefix->start = s;
    while (s[count] > ' ' && s[count] < 0x7F)
        count++;
    prefix->text = count < sizeof prefix->small ? prefix->small : malloc(count + 1);
    if (!prefix->text)
        return false;
    for (size_t i = 0; i < count; i++)
        prefix->text[i] = (char)s[i];
    prefix->text[count] = '\0';
    return true;
}

/* end: where the narrow function stopped; NULL when there was no memory. */
static void prefix_fini(struct prefix *prefix, const char16_t *s, const char *end,
                        char16_t **end_out)
{
    if (end_out)
        *end_out = (char16_t *)(end && end != prefix->text ? prefix->start + (end - prefix->text) : s);
    if (prefix->text != prefix->small)
        free(prefix->text);
}

#define INTEGER(name, type, narrow)                                          \
    type ringer_##name(const char16_t *s, char16_t **end_out, int base)      \
    {                                                                        \
        struct prefix prefix;                                                \
        char *end = NULL;                                                    \
        type value = 0;                                                      \
                                                                             \
        if (prefix_init(&prefix, s))                                         \
            value = narrow(prefix.text, &end, base);                         \
        prefix_fini(&prefix, s, end, end_out);                               \
        return value;                                                        \
    }
INTEGER(wcstol, long, strtol)
INTEGER(wcstoul, unsigned long, strtoul)
INTEGER(wcstoll, long long, strtoll)
INTEGER(wcstoull, unsigned long long, strtoull)

#define REAL(name, type, narrow)                                             \
    type ringer_##name(const char16_t *s, char16_t **end_out)                \
    {                                                                        \
        struct prefix prefix;                                                \
        char *end = NULL;                                                    \
        type value = 0;                                                      \
                                                                             \
        if (prefix_init(&prefix, s))                                         \
            value = narrow(prefix.text, &end);                               \
        prefix_fini(&prefix, s, end, end_out);                               \
        return value;                                                        \
    }
REAL(wcstod, double, strtod)
REAL(wcstof, float, strtof)
REAL(wcstold, long double, strtold)

/* As Microsoft's: 32 bits, saturating. */
int ringer_wtoi(const char16_t *s)
{
    long long value = ringer_wcstoll(s, NULL, 10);

    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int)value;
}

long long ringer_wtoi64(const char16_t *s)
{
    return ringer_wcstoll(s, NULL, 10);
}

double ringer_wtof(const char16_t *s)
{
    return ringer_wcstod(s, NULL);
}
