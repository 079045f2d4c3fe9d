// SPDX-License-Identifier: MIT
#include "emu/object/name.h"

#include <string.h>

/*
 * What is lower case and how far its capital lies, first match first. step 2: capitals and small letters
 * take turns, and those of the parity of first are small.
 */
static const struct {
    uint16_t first, last, step;
    int16_t distance;
} cases[] = {
    {'a', 'z', 1, -32},
    {0x00F7, 0x00F7, 1, 0}, /* the sign of division, in the middle of letters */
    {0x00E0, 0x00FE, 1, -32},
    {0x00FF, 0x00FF, 1, 0x178 - 0xFF},
    {0x0131, 0x0131, 1, 0}, /* i without a dot has no capital of its own on NT */
    {0x0101, 0x0137, 2, -1},
    {0x013A, 0x0148, 2, -1},
    {0x014B, 0x0177, 2, -1},
    {0x017A, 0x017E, 2, -1},
    {0x01CE, 0x01DC, 2, -1},
    {0x01DF, 0x01EF, 2, -1},
    {0x01F9, 0x021F, 2, -1},
    {0x0223, 0x0233, 2, -1},
    {0x03AC, 0x03AC, 1, 0x386 - 0x3AC},
    {0x03AD, 0x03AF, 1, 0x388 - 0x3AD},
    {0x03C2, 0x03C2, 1, 0x3A3 - 0x3C2},
    {0x03B1, 0x03CB, 1, -32},
    {0x03CC, 0x03CC, 1, 0x38C - 0x3CC},
    {0x03CD, 0x03CE, 1, 0x38E - 0x3CD},
    {0x0430, 0x044F, 1, -32},
    {0x0450, 0x045F, 1, -80},
    {0x0461, 0x0481, 2, -1},
    {0x048B, 0x04BF, 2, -1},
    {0x04C2, 0x04CE, 2, -1},
    {0x04D1, 0x0513, 2, -1},
    {0x0561, 0x0586, 1, -48},
    {0x1E01, 0x1E95, 2, -1},
    {0x1EA1, 0x1EF9, 2, -1},
    {0x24D0, 0x24E9, 1, -26},
    {0xFF41, 0xFF5A, 1, -32},
};

uint16_t emu_name_upcase(uint16_t unit)
{
    if (unit < 128)
        return unit >= 'a' && unit <= 'z' ? (uint16_t)(unit - 32) : unit;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (unit >= cases[i].first && unit <= cases[i].last)
            return (unit - cases[i].first) % cases[i].step ? unit
                                                           : (uint16_t)(unit + cases[i].distance);
    return unit;
}

int emu_name_compare(const uint16_t *a, size_t a_count, const uint16_t *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && i < b_count; i++) {
        int difference = emu_name_upcase(a[i]) - emu_name_upcase(b[i]);

        if (difference)
            return difference;
    }
    return (a_count > b_count) - (a_count < b_count);
}

/*
 * The expression as an automaton: state i has matched what stands in front of expression[i]. All states
 * that can be reached go along at once, so that no expression takes more than its length times the name's.
 */
struct automaton {
    const uint16_t *expression;
    size_t count;
    uint8_t *now, *next; /* count + 1 each */
};

/* Steps that take nothing of the name. unit: what comes next, 0 for its end. */
static void close_states(struct automaton *a, uint16_t unit)
{
    for (size_t i = 0; i < a->count; i++) {
        uint16_t e = a->expression[i];

        if (a->now[i] &&
            (e == '*' || e == '<' || (e == '>' && (!unit || unit == '.')) || (e == '"' && !unit)))
            a->now[i + 1] = 1;
    }
}

/* What comes next is unit; last_dot: it is a dot, and none comes behind it. */
static void take(struct automaton *a, uint16_t unit, bool last_dot)
{
    memset(a->next, 0, a->count + 1);
    for (size_t i = 0; i < a->count; i++) {
        uint16_t e = a->expression[i];

        if (!a->now[i])
            continue;
        if (e == '*' || (e == '<' && !last_dot))
            a->next[i] = 1;
        else if (e == '?' || (e == '>' && unit != '.') || (e == '"' && unit == '.') ||
                 emu_name_upcase(e) == emu_name_upcase(unit))
            a->next[i + 1] = 1;
    }
}

bool emu_name_match(const uint16_t *expression, size_t expression_count, const uint16_t *name,
                    size_t name_count, uint8_t *scratch)
{
    struct automaton a = {expression, expression_count, scratch, scratch + expression_count + 1};
    size_t last_dot = SIZE_MAX;

    for (size_t i = 0; i < name_count; i++)
        if (name[i] == '.')
            last_dot = i;
    memset(a.now, 0, expression_count + 1);
    a.now[0] = 1;
    for (size_t i = 0; i < name_count; i++) {
        uint8_t *was;

        close_states(&a, name[i]);
        take(&a, name[i], i == last_dot);
        was = a.now;
        a.now = a.next;
        a.next = was;
    }
    close_states(&a, 0);
    return a.now[expression_count];
}
