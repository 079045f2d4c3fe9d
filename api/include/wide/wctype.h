/* SPDX-License-Identifier: MIT */
/* <wctype.h> of Windows-source mode. */
#pragma GCC system_header
#include <ringer_redirect.h>
#ifndef RINGER_WIDE_WCTYPE_H
#define RINGER_WIDE_WCTYPE_H

#define _WCTYPE_H 1
#define _LIBCPP_WCTYPE_H
#define _BITS_WCTYPE_WCHAR_H 1

#ifndef WEOF
#define WEOF (0xffffffffu)
#endif
#endif
