/* SPDX-License-Identifier: MIT */
/* WCHAR is 16 bits: wchar_t in Windows-source mode, char16_t for Linux programs. */
#ifndef RINGER_WCHAR_H
#define RINGER_WCHAR_H

#include <stddef.h>

#ifdef RINGER_CHAR16
#ifndef __cplusplus
#include <uchar.h>
/* A wchar_t string is no WCHAR string; C compilers before GCC 14 only warn. */
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#endif
typedef char16_t WCHAR;
#else
#if !defined(__SIZEOF_WCHAR_T__) || __SIZEOF_WCHAR_T__ != 2
#error "Ringer: WCHAR has 16 bits, wchar_t here has more. Windows sources: compile with the flags of `pkg-config --cflags ringer` (-fshort-wchar and more). Linux sources: `pkg-config --cflags ringer-char16` (WCHAR is char16_t)."
#endif
/* Windows' headers bring the wide functions along; here, the right ones. */
#if !defined(__has_include) || !__has_include(<ringer_redirect.h>)
#error "Ringer: the wide/ folder is not on the include path; take the flags of `pkg-config --cflags ringer` whole."
#endif
#include <wchar.h>
#ifndef RINGER_REDIRECT_H
#error "Ringer: the C library's <wchar.h> was found first; take the flags of `pkg-config --cflags ringer` whole."
#endif
#ifdef _GLIBCXX_USE_WCHAR_T
#error "Ringer: the C++ library's headers were found first; take the flags of `pkg-config --cflags ringer` whole."
#endif
typedef wchar_t WCHAR;
#endif

#endif
