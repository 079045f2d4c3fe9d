/* SPDX-License-Identifier: MIT */
/* libstdc++ makes this typedef whether it has wide characters or not; ringer_wstring.h has the right one. */
#pragma GCC system_header
#pragma push_macro("wstring")
#undef wstring
#define wstring ringer_32_bit_wstring
#include_next <bits/stringfwd.h>
#pragma pop_macro("wstring")
