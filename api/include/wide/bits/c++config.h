/* SPDX-License-Identifier: MIT */
/*
 * libstdc++ is compiled for 32-bit wchar_t, so everything in it that is made for wchar_t goes away here,
 * and what a program could make of its templates by hand does not compile. ringer_wstring.h brings
 * std::wstring back, as a type that the library does not know.
 */
#pragma GCC system_header
#include_next <bits/c++config.h>
#ifndef RINGER_WIDE_CXXCONFIG
#define RINGER_WIDE_CXXCONFIG
#undef _GLIBCXX_USE_WCHAR_T

#include <ringer_redirect.h>

namespace std _GLIBCXX_VISIBILITY(default)
{
_GLIBCXX_BEGIN_NAMESPACE_VERSION
template <typename> struct char_traits;
template <> struct char_traits<wchar_t>; /* so std::basic_string<wchar_t> and wide streams, too */
template <typename> class ctype;
template <> class ctype<wchar_t>;
template <typename, typename, typename> class codecvt;
template <typename State> class codecvt<wchar_t, char, State>;
_GLIBCXX_BEGIN_NAMESPACE_CXX11
template <typename> class collate;
template <> class collate<wchar_t>;
template <typename> class numpunct;
template <> class numpunct<wchar_t>;
_GLIBCXX_END_NAMESPACE_CXX11
_GLIBCXX_END_NAMESPACE_VERSION
}
#endif
