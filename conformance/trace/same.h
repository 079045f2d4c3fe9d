/* SPDX-License-Identifier: MIT */
/* Comparing names, which are short: less work than a call of strcmp. */
#ifndef CF_TRACE_SAME_H
#define CF_TRACE_SAME_H

#include <stdbool.h>

static inline bool cf_same(const char *a, const char *b)
{
    if (a == b)
        return true;
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

#endif
