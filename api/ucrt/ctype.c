// SPDX-License-Identifier: MIT
/* Character classes and case of 16-bit characters, the same in every locale. */
#include "api/ucrt/names.h"

#include <stdlib.h>
#include <string.h>

#include "ucrt_ctype_tables.h"

/* Index of the range that holds c, or -1. Every table has first and last as its first two fields. */
#define FIND(table, c)                                             \
    __extension__({                                                \
        size_t low_ = 0, high_ = sizeof table / sizeof table[0];   \
        while (low_ < high_) {                                     \
            size_t middle_ = low_ + (high_ - low_) / 2;            \
            if (table[middle_].last < (c))                         \
                low_ = middle_ + 1;                                \
            else                                                   \
                high_ = middle_;                                   \
        }                                                          \
        low_ < sizeof table / sizeof table[0] && table[low_].first <= (c) ? (long)low_ : -1L; \
    })

unsigned ucrt_class_of(uint32_t c)
{
    long i = c < 0x10000 ? FIND(class_ranges, c) : -1;

    return i < 0 ? 0 : class_ranges[i].flags;
}

uint32_t ucrt_lower(uint32_t c)
{
    long i = c < 0x10000 ? FIND(lower_ranges, c) : -1;

    return i < 0 ? c : (uint32_t)((int32_t)c + lower_ranges[i].delta);
}

uint32_t ucrt_upper(uint32_t c)
{
    long i = c < 0x10000 ? FIND(upper_ranges, c) : -1;

    return i < 0 ? c : (uint32_t)((int32_t)c + upper_ranges[i].delta);
}

#define CLASS(name, flags)                                \
    int ringer_isw##name(uint32_t c)          \
    {                                                     \
        return (ucrt_class_of(c) & (flags)) != 0;         \
    }
CLASS(alnum, UCRT_ALPHA | UCRT_DIGIT)
CLASS(alpha, UCRT_ALPHA)
CLASS(blank, UCRT_BLANK)
CLASS(cntrl, UCRT_CNTRL)
CLASS(digit, UCRT_DIGIT)
CLASS(graph, UCRT_ALPHA | UCRT_DIGIT | UCRT_PUNCT)
CLASS(lower, UCRT_LOWER)
CLASS(print, UCRT_PRINT)
CLASS(punct, UCRT_PUNCT)
CLASS(space, UCRT_SPACE)
CLASS(upper, UCRT_UPPER)
CLASS(xdigit, UCRT_XDIGIT)

static const struct {
    const char *name;
    unsigned long flags;
} classes[] = {
    {"alnum", UCRT_ALPHA | UCRT_DIGIT}, {"alpha", UCRT_ALPHA}, {"blank", UCRT_BLANK},
    {"cntrl", UCRT_CNTRL}, {"digit", UCRT_DIGIT},
    {"graph", UCRT_ALPHA | UCRT_DIGIT | UCRT_PUNCT}, {"lower", UCRT_LOWER},
    {"print", UCRT_PRINT}, {"punct", UCRT_PUNCT}, {"space", UCRT_SPACE},
    {"upper", UCRT_UPPER}, {"xdigit", UCRT_XDIGIT},
};

unsigned long ringer_wctype(const char *name)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (!strcmp(classes[i].name, name))
            return classes[i].flags;
    return 0;
}

int ringer_iswctype(uint32_t c, unsigned long type)
{
    return (ucrt_class_of(c) & type) != 0;
}

uint32_t ringer_towlower(uint32_t c)
{
    return ucrt_lower(c);
}

uint32_t ringer_towupper(uint32_t c)
{
    return ucrt_upper(c);
}
