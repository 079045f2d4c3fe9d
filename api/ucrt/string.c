// SPDX-License-Identifier: MIT
/* wcs* and wmem* over 16-bit characters. */
#include "api/ucrt/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t ringer_wcslen(const char16_t *s)
{
    size_t count = 0;

    while (s[count])
        count++;
    return count;
}

size_t ringer_wcsnlen(const char16_t *s, size_t capacity)
{
    size_t count = 0;

    while (count < capacity && s[count])
        count++;
    return count;
}

char16_t *ringer_wmemcpy(char16_t *to, const char16_t *from, size_t count)
{
    return count ? memcpy(to, from, count * sizeof *to) : to;
}

char16_t *ringer_wmemmove(char16_t *to, const char16_t *from, size_t count)
{
    return count ? memmove(to, from, count * sizeof *to) : to;
}

char16_t *ringer_wmemset(char16_t *to, char16_t c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = c;
    return to;
}

int ringer_wmemcmp(const char16_t *a, const char16_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

char16_t *ringer_wmemchr(const char16_t *s, char16_t c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (s[i] == c)
            return (char16_t *)(s + i);
    return NULL;
}

char16_t *ringer_wcscpy(char16_t *to, const char16_t *from)
{
    return memcpy(to, from, (ringer_wcslen(from) + 1) * sizeof *to);
}

char16_t *ringer_wcsncpy(char16_t *to, const char16_t *from, size_t count)
{
    size_t length = ringer_wcsnlen(from, count);

    ringer_wmemcpy(to, from, length);
    ringer_wmemset(to + length, 0, count - length);
    return to;
}

char16_t *ringer_wcscat(char16_t *to, const char16_t *from)
{
    ringer_wcscpy(to + ringer_wcslen(to), from);
    return to;
}

char16_t *ringer_wcsncat(char16_t *to, const char16_t *from, size_t count)
{
    size_t length = ringer_wcsnlen(from, count);
    char16_t *end = to + ringer_wcslen(to);

    ringer_wmemcpy(end, from, length);
    end[length] = 0;
    return to;
}

int ringer_wcsncmp(const char16_t *a, const char16_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
        if (!a[i])
            break;
    }
    return 0;
}

int ringer_wcscmp(const char16_t *a, const char16_t *b)
{
    return ringer_wcsncmp(a, b, SIZE_MAX);
}

/* The order of the C locale, in every locale. */
int ringer_wcscoll(const char16_t *a, const char16_t *b)
{
    return ringer_wcscmp(a, b);
}

size_t ringer_wcsxfrm(char16_t *to, const char16_t *from, size_t capacity)
{
    size_t length = ringer_wcslen(from);

    if (length < capacity)
        ringer_wcscpy(to, from);
    return length;
}

int ringer_wcsnicmp(const char16_t *a, const char16_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t x = ucrt_lower(a[i]), y = ucrt_lower(b[i]);

        if (x != y)
            return x < y ? -1 : 1;
        if (!x)
            break;
    }
    return 0;
}

int ringer_wcsicmp(const char16_t *a, const char16_t *b)
{
    return ringer_wcsnicmp(a, b, SIZE_MAX);
}

char16_t *ringer_wcschr(const char16_t *s, char16_t c)
{
    for (;; s++) {
        if (*s == c)
            return (char16_t *)s;
        if (!*s)
            return NULL;
    }
}

char16_t *ringer_wcsrchr(const char16_t *s, char16_t c)
{
    const char16_t *found = NULL;

    do {
        if (*s == c)
            found = s;
    } while (*s++);
    return (char16_t *)found;
}

size_t ringer_wcsspn(const char16_t *s, const char16_t *set)
{
    size_t count = 0;

    while (s[count] && ringer_wcschr(set, s[count]))
        count++;
    return count;
}

size_t ringer_wcscspn(const char16_t *s, const char16_t *set)
{
    size_t count = 0;

    while (s[count] && !ringer_wcschr(set, s[count]))
        count++;
    return count;
}

char16_t *ringer_wcspbrk(const char16_t *s, const char16_t *set)
{
    s += ringer_wcscspn(s, set);
    return *s ? (char16_t *)s : NULL;
}

char16_t *ringer_wcsstr(const char16_t *s, const char16_t *needle)
{
    size_t length = ringer_wcslen(needle);

    for (;; s++) {
        if (!ringer_wcsncmp(s, needle, length))
            return (char16_t *)s;
        if (!*s)
            return NULL;
    }
}

char16_t *ringer_wcstok(char16_t *s, const char16_t *set, char16_t **next)
{
    char16_t *token = s ? s : *next;

    if (!token)
        return NULL;
    token += ringer_wcsspn(token, set);
    if (!*token) {
        *next = NULL;
        return NULL;
    }
    *next = token + ringer_wcscspn(token, set);
    if (**next)
        *(*next)++ = 0;
    else
        *next = NULL;
    return token;
}

char16_t *ringer_wcsdup(const char16_t *s)
{
    size_t nbytes = (ringer_wcslen(s) + 1) * sizeof *s;
    char16_t *copy = malloc(nbytes);

    return copy ? memcpy(copy, s, nbytes) : NULL;
}

char16_t *ringer_wcslwr(char16_t *s)
{
    for (char16_t *p = s; *p; p++)
        *p = (char16_t)ucrt_lower(*p);
    return s;
}

char16_t *ringer_wcsupr(char16_t *s)
{
    for (char16_t *p = s; *p; p++)
        *p = (char16_t)ucrt_upper(*p);
    return s;
}

char16_t *ringer_wcsrev(char16_t *s)
{
    for (size_t i = 0, j = ringer_wcslen(s); i + 1 < j; i++) {
        char16_t c = s[--j];

        s[j] = s[i];
        s[i] = c;
    }
    return s;
}

int ringer_wcscpy_s(char16_t *to, size_t capacity, const char16_t *from)
{
    if (!to || !capacity)
        return EINVAL;
    if (!from || ringer_wcslen(from) >= capacity) {
        to[0] = 0; /* [D] the secure functions leave an empty string behind */
        return from ? ERANGE : EINVAL;
    }
    ringer_wcscpy(to, from);
    return 0;
}

int ringer_wcscat_s(char16_t *to, size_t capacity, const char16_t *from)
{
    size_t used = to ? ringer_wcsnlen(to, capacity) : 0;
    int error;

    if (!to || !capacity)
        return EINVAL;
    if (used == capacity) {
        to[0] = 0;
        return EINVAL;
    }
    error = ringer_wcscpy_s(to + used, capacity - used, from);
    if (error)
        to[0] = 0;
    return error;
}

/* count SIZE_MAX is _TRUNCATE [D]: cuts, terminates, returns STRUNCATE (80). */
int ringer_wcsncpy_s(char16_t *to, size_t capacity, const char16_t *from, size_t count)
{
    size_t length;

    if (!to || !capacity)
        return EINVAL;
    to[0] = 0;
    if (!from)
        return EINVAL;
    length = ringer_wcsnlen(from, count == SIZE_MAX ? capacity : count);
    if (length >= capacity) {
        if (count != SIZE_MAX)
            return ERANGE;
        ringer_wmemcpy(to, from, capacity - 1);
        to[capacity - 1] = 0;
        return 80;
    }
    ringer_wmemcpy(to, from, length);
    to[length] = 0;
    return 0;
}
