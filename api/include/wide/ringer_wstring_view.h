/* SPDX-License-Identifier: MIT */
/* The character traits of std::wstring, and std::wstring_view. See ringer_wstring.h. */
#pragma GCC system_header
#ifndef RINGER_WSTRING_VIEW_H
#define RINGER_WSTRING_VIEW_H

#include <cwchar>
#include <functional>
#include <iosfwd>

#if __cplusplus >= 201703L
#define RINGER_CONSTEXPR constexpr
#else
#define RINGER_CONSTEXPR inline
#endif

namespace ringer
{
/* As std::char_traits<wchar_t> on Windows, but for WEOF, which is no character here. */
struct wide_traits {
    typedef wchar_t char_type;
    typedef unsigned int int_type;
    typedef std::streamoff off_type;
    typedef std::streampos pos_type;
    typedef std::mbstate_t state_type;

    static RINGER_CONSTEXPR void assign(wchar_t &to, const wchar_t &from) noexcept { to = from; }
    static constexpr bool eq(const wchar_t &a, const wchar_t &b) noexcept { return a == b; }
    static constexpr bool lt(const wchar_t &a, const wchar_t &b) noexcept { return a < b; }
    static RINGER_CONSTEXPR int compare(const wchar_t *a, const wchar_t *b, std::size_t n)
    {
        for (; n; --n, ++a, ++b)
            if (*a != *b)
                return *a < *b ? -1 : 1;
        return 0;
    }
    static RINGER_CONSTEXPR std::size_t length(const wchar_t *s)
    {
        std::size_t n = 0;

        while (s[n])
            ++n;
        return n;
    }
    static RINGER_CONSTEXPR const wchar_t *find(const wchar_t *s, std::size_t n, const wchar_t &c)
    {
        for (; n; --n, ++s)
            if (*s == c)
                return s;
        return nullptr;
    }
    static RINGER_CONSTEXPR wchar_t *move(wchar_t *to, const wchar_t *from, std::size_t n)
    {
        if (n)
            __builtin_memmove(to, from, n * sizeof(wchar_t));
        return to;
    }
    static RINGER_CONSTEXPR wchar_t *copy(wchar_t *to, const wchar_t *from, std::size_t n)
    {
        if (n)
            __builtin_memcpy(to, from, n * sizeof(wchar_t));
        return to;
    }
    static RINGER_CONSTEXPR wchar_t *assign(wchar_t *to, std::size_t n, wchar_t c)
    {
        for (std::size_t i = 0; i < n; ++i)
            to[i] = c;
        return to;
    }
    static constexpr wchar_t to_char_type(const int_type &c) noexcept { return wchar_t(c); }
    static constexpr int_type to_int_type(const wchar_t &c) noexcept { return int_type(c); }
    static constexpr bool eq_int_type(const int_type &a, const int_type &b) noexcept
    {
        return a == b;
    }
    static constexpr int_type eof() noexcept { return 0xffffffffu; }
    static constexpr int_type not_eof(const int_type &c) noexcept { return c == eof() ? 0 : c; }
};

inline std::size_t hash_wide(const wchar_t *s, std::size_t n) noexcept
{
    unsigned long long value = 14695981039346656037u;

    for (; n; --n, ++s)
        value = (value ^ *s) * 1099511628211u;
    return std::size_t(value);
}
}
#undef RINGER_CONSTEXPR

#if __cplusplus >= 201703L
namespace std
{
typedef basic_string_view<wchar_t, ringer::wide_traits> wstring_view;

template <> struct hash<wstring_view> {
    typedef size_t result_type;
    typedef wstring_view argument_type;
    size_t operator()(const wstring_view &s) const noexcept
    {
        return ringer::hash_wide(s.data(), s.size());
    }
};
}
#endif

#endif
