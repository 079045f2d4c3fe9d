// SPDX-License-Identifier: MIT
#include "emu/object/name.h"

#include <criterion/criterion.h>

#include <string.h>

static size_t length(const uint16_t *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

static bool match(const uint16_t *expression, const uint16_t *name)
{
    uint8_t scratch[2 * 4100];

    return emu_name_match(expression, length(expression), name, length(name), scratch);
}

Test(name, upper_case)
{
    cr_assert(emu_name_upcase('a') == 'A' && emu_name_upcase('Z') == 'Z' &&
              emu_name_upcase('{') == '{');
    cr_assert(emu_name_upcase(0xE4) == 0xC4 && emu_name_upcase(0xF7) == 0xF7 &&
              emu_name_upcase(0xFF) == 0x178 && emu_name_upcase(0xDF) == 0xDF);
    cr_assert(emu_name_upcase(0x101) == 0x100 && emu_name_upcase(0x100) == 0x100 &&
              emu_name_upcase(0x13A) == 0x139 && emu_name_upcase(0x131) == 0x131);
    cr_assert(emu_name_upcase(0x3C9) == 0x3A9 && emu_name_upcase(0x3C2) == 0x3A3 &&
              emu_name_upcase(0x44F) == 0x42F && emu_name_upcase(0x451) == 0x401);
    cr_assert(emu_name_upcase(0xFF41) == 0xFF21 && emu_name_upcase(0xD800) == 0xD800);
    for (uint32_t c = 0; c < 0x10000; c++) { /* a capital is its own capital */
        uint16_t up = emu_name_upcase((uint16_t)c);

        cr_assert_eq(emu_name_upcase(up), up, "%x", c);
    }
}

Test(name, order)
{
    cr_assert_lt(emu_name_compare(u"a", 1, u"B", 1), 0);
    cr_assert_gt(emu_name_compare(u"b", 1, u"A", 1), 0);
    cr_assert_eq(emu_name_compare(u"aB", 2, u"Ab", 2), 0);
    cr_assert_lt(emu_name_compare(u"a", 1, u"aa", 2), 0);
    cr_assert_gt(emu_name_compare(u"_", 1, u"z", 1), 0); /* in upper case: _ lies behind Z */
}

Test(name, wildcards)
{
    static const struct {
        const uint16_t *expression, *name;
        bool matches;
    } rows[] = {
        {u"*", u"a.b.c", true},
        {u"*", u"", true},
        {u"a.txt", u"A.TXT", true},
        {u"a.txt", u"a.txt2", false},
        {u"*.txt", u"x.txt", true},
        {u"*.txt", u"x.txt.bak", false},
        {u"*.*", u"plain", false},
        {u"a*c", u"abbc", true},
        {u"a*c", u"ab", false},
        {u"?", u"a", true},
        {u"?", u"", false},
        {u"??", u"a", false},
        {u"*a*a*a*", u"bababa", true},
        /* < runs up to the last dot. */
        {u"<", u"plain", true},
        {u"<", u"a.b", false},
        {u"<.b", u"x.y.b", true},
        {u"<.b", u"x.b.y", false},
        {u"<\"*", u"plain", true},
        {u"<\"*", u"a.b", true},
        /* > is one unit, or none before a dot and at the end. */
        {u">>>>", u"ab", true},
        {u">>", u"abc", false},
        {u"a>>.t", u"a.t", true},
        {u"a>>.t", u"ab.t", true},
        {u">.t", u"ab.t", false},
        {u">", u".", false},
        /* " is a dot, or the end. */
        {u"foo\"*", u"foo", true},
        {u"foo\"*", u"foo.bar", true},
        {u"foo\"*", u"foobar", false},
        {u"a\"", u"a", true},
        {u"a\"b", u"a.b", true},
        {u"a\"b", u"ab", false},
        {u"\u00E4*", u"\u00C4x", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(match(rows[i].expression, rows[i].name), rows[i].matches, "row %zu", i);
}

/* A backtracking matcher would not come back. */
Test(name, no_expression_takes_for_ever, .timeout = 60)
{
    uint16_t expression[4001], name[256];

    for (int i = 0; i < 4000; i += 2) {
        expression[i] = '*';
        expression[i + 1] = 'a';
    }
    expression[4000] = 0;
    for (int i = 0; i < 255; i++)
        name[i] = 'a';
    name[255] = 0;
    cr_assert_not(match(expression, name));
    expression[2 * 255] = 0;
    cr_assert(match(expression, name));
}
