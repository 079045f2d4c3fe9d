/* SPDX-License-Identifier: MIT */
#include "conformance/trace/fn.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *text;
    size_t nchars;
} names[] = {
#define X(name, text) {text, sizeof(text) - 1},
    CF_FUNCTIONS(X)
#undef X
};

static const struct {
    const char *text;
    enum cf_fn fn;
} beginnings[] = {{"CreateFile", CF_FN_CREATE_FILE},
                  {"BuildIoRing", CF_FN_BUILD},
                  {"WaitForSingleObject", CF_FN_WAIT_FOR_SINGLE_OBJECT}};

enum cf_fn cf_fn_of(const char *name)
{
    size_t nchars = strlen(name);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].nchars == nchars && !memcmp(names[i].text, name, nchars))
            return (enum cf_fn)(i + 1);
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        if (!strncmp(name, beginnings[i].text, strlen(beginnings[i].text)))
            return beginnings[i].fn;
    return CF_FN_OTHER;
}
