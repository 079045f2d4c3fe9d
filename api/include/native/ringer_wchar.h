/* SPDX-License-Identifier: MIT */
/* WCHAR is 16 bits: wchar_t in Windows-source mode, char16_t for Linux programs. */
#ifndef RINGER_WCHAR_H
#define RINGER_WCHAR_H

#include <stddef.h>

#ifdef RINGER_CHAR16
#ifndef __cplusplus
#include <uchar.h>
#endif
typedef char16_t WCHAR;
#else
#if !defined(__SIZEOF_WCHAR_T__) || __SIZEOF_WCHAR_T__ != 2
#error "Ringer: WCHAR has 16 bits, wchar_t here has more. Windows sources: compile with the flags of `pkg-config --cflags ringer` (-fshort-wchar and more). Linux sources: `pkg-config --cflags ringer-char16` (WCHAR is char16_t)."
#endif
typedef wchar_t WCHAR;
#endif

#endif
