// SPDX-License-Identifier: MIT
/* Wide text of 16-bit characters: conversion, classes, numbers, formats. */
#include "api/ucrt/names.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool same(const char16_t *a, const char16_t *b)
{
    return !ringer_wcscmp(a, b);
}

Test(convert, round_trip_of_every_length)
{
    const char16_t *wide = u"a\u00e4\u20ac\U0001F600";
    char16_t back[8];
    char bytes[16];

    cr_assert_eq(ringer_wcstombs(bytes, wide, sizeof bytes), 10);
    cr_assert_str_eq(bytes, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    cr_assert_eq(ringer_mbstowcs(back, bytes, 8), 5);
    cr_assert(same(back, wide));
    cr_assert_eq(ringer_wcstombs(NULL, wide, 0), 10);
    cr_assert_eq(ringer_mbstowcs(NULL, bytes, 0), 5);
}

Test(convert, never_half_a_character)
{
    char bytes[4];
    char16_t wide[2];

    memset(bytes, 0x7e, sizeof bytes);
    cr_assert_eq(ringer_wcstombs(bytes, u"ab\u20ac", 4), 2);
    cr_assert_eq(bytes[2], 0x7e);
    cr_assert_eq(ringer_mbstowcs(wide, "a\xf0\x9f\x98\x80", 2), 1);
}

Test(convert, bad_text_is_refused)
{
    static const char *const bad[] = {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                                      "\xc3(", "\xff"};
    static const char16_t lone_high[] = {0xd800, 'x', 0}, lone_low[] = {0xdc00, 0},
                          at_end[] = {0xd83d, 0};
    char16_t wide[8];
    char bytes[8];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        errno = 0;
        cr_assert_eq(ringer_mbstowcs(wide, bad[i], 8), (size_t)-1, "%zu", i);
        cr_assert_eq(errno, EILSEQ);
    }
    cr_assert_eq(ringer_wcstombs(bytes, lone_high, 8), (size_t)-1);
    cr_assert_eq(ringer_wcstombs(bytes, lone_low, 8), (size_t)-1);
    cr_assert_eq(ringer_wcstombs(bytes, at_end, 8), (size_t)-1);
}

Test(ctype, beyond_ascii)
{
    cr_assert(ringer_iswalpha(u'\u0416') && ringer_iswupper(u'\u0416') && !ringer_iswlower(u'\u0416'));
    cr_assert_eq(ringer_towlower(u'\u0416'), u'\u0436');
    cr_assert_eq(ringer_towupper(u'\u00ff'), 0x178);
    cr_assert(ringer_iswspace(u'\u2003') && ringer_iswspace('\t') && !ringer_iswspace('x'));
    cr_assert(ringer_iswdigit('7') && !ringer_iswdigit(u'\u0667'));
    cr_assert(ringer_iswpunct('!') && ringer_iswcntrl(7) && ringer_iswxdigit('F'));
    cr_assert(!ringer_iswalpha(0xd800) && !ringer_iswalpha(0x10000) && !ringer_iswalpha(0xffffffffu));
    for (unsigned c = 0; c < 0x80; c++)
        cr_assert_eq(ringer_towupper(c), (unsigned)(c >= 'a' && c <= 'z' ? c - 32 : c));
}

Test(number, end_is_where_the_number_ends)
{
    char16_t *end;
    const char16_t *text = u"\u2003 -12x", *none = u"  zz";

    cr_assert_eq(ringer_wcstol(text, &end, 10), -12);
    cr_assert_eq(end, text + 5);
    cr_assert_eq(ringer_wcstoul(u"0x1F", &end, 0), 31);
    cr_assert_eq(ringer_wcstol(none, &end, 10), 0);
    cr_assert_eq(end, none);
    cr_assert_eq(ringer_wcstod(u"1.5e2,", &end), 150.0);
    cr_assert_eq(*end, ',');
    errno = 0;
    cr_assert_eq(ringer_wcstoll(u"99999999999999999999", &end, 10), INT64_MAX);
    cr_assert_eq(errno, ERANGE);
    cr_assert_eq(ringer_wtoi(u"99999999999"), INT32_MAX);
}

Test(number, longer_than_the_small_buffer)
{
    char16_t digits[400], *end;

    ringer_wmemset(digits, '0', 399);
    digits[398] = '7';
    digits[399] = 0;
    cr_assert_eq(ringer_wcstol(digits, &end, 10), 7);
    cr_assert_eq(end, digits + 399);
}

Test(format, strings_of_both_kinds)
{
    char16_t out[64];

    cr_assert_eq(ringer_swprintf(out, 64, u"%s|%ls|%ws|%hs|%S|%hS", u"a", u"b", u"c", "d", "e", "f"), 11);
    cr_assert(same(out, u"a|b|c|d|e|f"));
    cr_assert_eq(ringer_swprintf(out, 64, u"%c%C%hc%lc", 0x20ac, 'x', 'y', 'z'), 4);
    cr_assert(same(out, u"\u20acxyz"));
    ringer_swprintf(out, 64, u"[%5s|%-5s|%.2s|%5.1s|%*s]", u"ab", u"ab", u"abc", u"abc", -3, u"x");
    cr_assert(same(out, u"[   ab|ab   |ab|    a|x  ]"));
    ringer_swprintf(out, 64, u"%s", (char16_t *)NULL);
    cr_assert(same(out, u"(null)"));
}

Test(format, numbers)
{
    char16_t out[128];

    ringer_swprintf(out, 128, u"%d %5i %-5d| %+d %05u %x %#X %o", -1, 7, 7, 7, 42u, 255u, 255u, 8u);
    cr_assert(same(out, u"-1     7 7    | +7 00042 ff 0XFF 10"));
    ringer_swprintf(out, 128, u"%hhd %hd %I64d %I32u %lld %zu %.3d", 0x1ff, 0x1ffff,
                    (long long)-5, 0xffffffffu, -6LL, (size_t)9, 7);
    cr_assert(same(out, u"-1 -1 -5 4294967295 -6 9 007"));
    ringer_swprintf(out, 128, u"%.2f %e %g %Lf %a %%", 1.005, 1.0, 0.5, 2.0L, 1.0);
    cr_assert(same(out, u"1.00 1.000000e+00 0.5 2.000000 0x1p+0 %"));
    cr_assert_eq(ringer_swprintf(out, 128, u"%400d", 1), -1);
    cr_assert_eq(ringer_scwprintf(u"%400d", 1), 400);
}

Test(format, room)
{
    char16_t out[8];

    ringer_wmemset(out, 0x7e, 8);
    cr_assert_eq(ringer_swprintf(out, 4, u"%s", u"12345"), -1);
    cr_assert(out[3] == 0 && out[4] == 0x7e);
    cr_assert_eq(ringer_snwprintf(out, 5, u"12345"), 5);
    cr_assert_eq(out[5], 0x7e, "exactly full: no terminator");
    cr_assert_eq(ringer_snwprintf(out, 4, u"12345"), -1);
    cr_assert_eq(ringer_swprintf(out, 0, u"x"), -1);
}

Test(format, bad_formats_fail)
{
    char16_t out[8];
    int n = 0;

    cr_assert_eq(ringer_swprintf(out, 8, u"%n", &n), -1);
    cr_assert_eq(ringer_swprintf(out, 8, u"%1$s", u"x"), -1);
    cr_assert_eq(ringer_swprintf(out, 8, u"%y"), -1);
    cr_assert_eq(ringer_swprintf(out, 8, u"%"), -1);
    cr_assert_eq(ringer_swprintf(out, 8, u"%hs", "\xff"), -1);
}

Test(format, narrow_with_wide_text)
{
    static const char16_t lone[] = {0xd800, 0};
    char out[64], *made;

    cr_assert_eq(ringer_snprintf(out, sizeof out, "%ls %S %s %d", u"\u20ac", u"\U0001F600", "n", 3), 12);
    cr_assert_str_eq(out, "\xe2\x82\xac \xf0\x9f\x98\x80 n 3");
    cr_assert_eq(ringer_snprintf(out, 3, "%ls", u"abcd"), 4);
    cr_assert_str_eq(out, "ab");
    cr_assert_eq(ringer_snprintf(out, sizeof out, "%.4ls|", u"\u20ac\u20ac"), 4);
    cr_assert_eq(ringer_snprintf(out, sizeof out, "%ls", lone), -1);
    cr_assert_eq(ringer_snprintf(out, sizeof out, "%2$s %1$s", "a", "b"), 3);
    cr_assert_str_eq(out, "b a");
    cr_assert_eq(ringer_asprintf(&made, "%ls%d", u"x", 5), 2);
    cr_assert_str_eq(made, "x5");
    free(made);
}

Test(format, streams_get_utf8_and_stay_narrow)
{
    char line[32] = "";
    FILE *file = tmpfile();

    cr_assert_eq(ringer_fwprintf(file, u"%s", u"\U0001F600"), 2);
    cr_assert_eq(ringer_fputwc(0x20ac, file), 0x20ac);
    cr_assert_eq(ringer_fputwc(0xd800, file), UCRT_EOF);
    cr_assert(fprintf(file, "-narrow") == 7);
    rewind(file);
    cr_assert_not_null(fgets(line, sizeof line, file));
    cr_assert_str_eq(line, "\xf0\x9f\x98\x80\xe2\x82\xac-narrow");
    fclose(file);
}

Test(string, searching_and_cutting)
{
    char16_t text[] = u"a,b;;c", *next, copy[4];
    const char16_t *s = u"hello";

    cr_assert_eq(ringer_wcsstr(s, u"llo"), s + 2);
    cr_assert_null(ringer_wcsstr(s, u"lloo"));
    cr_assert_eq(ringer_wcschr(s, 0), s + 5);
    cr_assert_eq(ringer_wcsrchr(s, 'l'), s + 3);
    cr_assert(same(ringer_wcstok(text, u",;", &next), u"a"));
    cr_assert(same(ringer_wcstok(NULL, u",;", &next), u"b"));
    cr_assert(same(ringer_wcstok(NULL, u",;", &next), u"c"));
    cr_assert_null(ringer_wcstok(NULL, u",;", &next));
    cr_assert_eq(ringer_wcsicmp(u"\u00c4b", u"\u00e4B"), 0);
    cr_assert_lt(ringer_wcscmp(u"a", u"\uffff"), 0);
    cr_assert_eq(ringer_wcscpy_s(copy, 4, u"abcd"), ERANGE);
    cr_assert_eq(copy[0], 0);
    cr_assert_eq(ringer_wcsncpy_s(copy, 4, u"abcd", SIZE_MAX), 80);
    cr_assert(same(copy, u"abc"));
    cr_assert_eq(ringer_wcscat_s(copy, 4, u"d"), ERANGE);
}
