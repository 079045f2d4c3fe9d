/* SPDX-License-Identifier: MIT */
/*
 * std::wstring of 16-bit characters: the library's template over character traits of ours, so that no
 * symbol meets the 32-bit ones in the C++ library. What is not here (std::basic_string<wchar_t> spelt
 * out, L""s, wide streams, wide regex, paths from wide text) does not compile.
 */
#pragma GCC system_header
#ifndef RINGER_WSTRING_H
#define RINGER_WSTRING_H

#include <ringer_wstring_view.h>

namespace std
{
typedef basic_string<wchar_t, ringer::wide_traits> wstring;

template <> struct hash<wstring> {
    typedef size_t result_type;
    typedef wstring argument_type;
    size_t operator()(const wstring &s) const noexcept
    {
        return ringer::hash_wide(s.data(), s.size());
    }
};
}

namespace ringer
{
/* Digits, signs and points only: each narrow character is the wide one. */
inline std::wstring widen_ascii(const std::string &narrow)
{
    return std::wstring(narrow.begin(), narrow.end());
}

/* The ASCII at the front: what a number is made of. */
inline std::string number_prefix(const std::wstring &wide)
{
    std::string narrow;

    for (std::size_t i = 0; i < wide.size() && wide[i] != 0 && wide[i] < 0x80; ++i)
        narrow.push_back(char(wide[i]));
    return narrow;
}
}

namespace std
{
#define RINGER_TO_WSTRING(type)                            \
    inline wstring to_wstring(type value)                  \
    {                                                      \
        return ringer::widen_ascii(to_string(value));      \
    }
RINGER_TO_WSTRING(int)
RINGER_TO_WSTRING(unsigned)
RINGER_TO_WSTRING(long)
RINGER_TO_WSTRING(unsigned long)
RINGER_TO_WSTRING(long long)
RINGER_TO_WSTRING(unsigned long long)
RINGER_TO_WSTRING(float)
RINGER_TO_WSTRING(double)
RINGER_TO_WSTRING(long double)
#undef RINGER_TO_WSTRING

#define RINGER_STO(name, type)                                                  \
    inline type name(const wstring &s, size_t *end = nullptr, int base = 10)    \
    {                                                                           \
        return name(ringer::number_prefix(s), end, base);                       \
    }
RINGER_STO(stoi, int)
RINGER_STO(stol, long)
RINGER_STO(stoul, unsigned long)
RINGER_STO(stoll, long long)
RINGER_STO(stoull, unsigned long long)
#undef RINGER_STO
#define RINGER_STO(name, type)                                       \
    inline type name(const wstring &s, size_t *end = nullptr)        \
    {                                                                \
        return name(ringer::number_prefix(s), end);                  \
    }
RINGER_STO(stof, float)
RINGER_STO(stod, double)
RINGER_STO(stold, long double)
#undef RINGER_STO
}

#endif
