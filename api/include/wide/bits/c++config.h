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

/*
 * What std::char_traits<wchar_t> is made from then. Declared, so that the headers compile; whatever
 * handles a character through it (std::basic_string<wchar_t>, wide streams) does not.
 */
namespace __gnu_cxx _GLIBCXX_VISIBILITY(default)
{
_GLIBCXX_BEGIN_NAMESPACE_VERSION
class __ringer_no_wide;
template <typename> struct char_traits;
template <> struct char_traits<wchar_t> {
    typedef wchar_t char_type;
    typedef unsigned int int_type;
    typedef long off_type;
    typedef __ringer_no_wide *pos_type;
    typedef __ringer_no_wide *state_type;
    static void assign(wchar_t &, const wchar_t &) RINGER_NONE(char_traits_assign);
    static wchar_t *assign(wchar_t *, unsigned long, wchar_t) RINGER_NONE(char_traits_assign);
    static bool eq(const wchar_t &, const wchar_t &) RINGER_NONE(char_traits_eq);
    static bool lt(const wchar_t &, const wchar_t &) RINGER_NONE(char_traits_lt);
    static int compare(const wchar_t *, const wchar_t *, unsigned long)
        RINGER_NONE(char_traits_compare);
    static unsigned long length(const wchar_t *) RINGER_NONE(char_traits_length);
    static const wchar_t *find(const wchar_t *, unsigned long, const wchar_t &)
        RINGER_NONE(char_traits_find);
    static wchar_t *move(wchar_t *, const wchar_t *, unsigned long) RINGER_NONE(char_traits_move);
    static wchar_t *copy(wchar_t *, const wchar_t *, unsigned long) RINGER_NONE(char_traits_copy);
    static wchar_t to_char_type(const int_type &) RINGER_NONE(char_traits_to_char_type);
    static int_type to_int_type(const wchar_t &) RINGER_NONE(char_traits_to_int_type);
    static bool eq_int_type(const int_type &, const int_type &)
        RINGER_NONE(char_traits_eq_int_type);
    static int_type eof() RINGER_NONE(char_traits_eof);
    static int_type not_eof(const int_type &) RINGER_NONE(char_traits_not_eof);
};
_GLIBCXX_END_NAMESPACE_VERSION
}

namespace std _GLIBCXX_VISIBILITY(default)
{
_GLIBCXX_BEGIN_NAMESPACE_VERSION
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
