/* SPDX-License-Identifier: MIT */
/* <wchar.h> of Windows-source mode. */
#pragma GCC system_header
#include <ringer_redirect.h>
#ifndef RINGER_WIDE_WCHAR_H
#define RINGER_WIDE_WCHAR_H

#ifdef _WCHAR_H
#error "Ringer: the C library's <wchar.h> came first; take the flags of `pkg-config --cflags ringer` whole."
#endif
/* The C library's file of this name stays out. */
#define _WCHAR_H 1
#define _LIBCPP_WCHAR_H

#ifndef WEOF
#define WEOF (0xffffffffu)
#endif
#ifndef WCHAR_MAX
#define WCHAR_MAX __WCHAR_MAX__
#define WCHAR_MIN 0
#endif

#ifdef __cplusplus
/* The forms that find the size of an array by themselves. */
extern "C++" {
template <size_t N> inline int wcscpy_s(wchar_t (&to)[N], const wchar_t *from)
{
    return wcscpy_s(to, N, from);
}
template <size_t N> inline int wcscat_s(wchar_t (&to)[N], const wchar_t *from)
{
    return wcscat_s(to, N, from);
}
template <size_t N, typename... T>
inline int swprintf_s(wchar_t (&to)[N], const wchar_t *format, T... arguments)
{
    return swprintf(to, N, format, arguments...);
}
}
#endif
#endif
