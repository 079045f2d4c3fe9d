// SPDX-License-Identifier: MIT
#include "emu/base/fault_plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BIT(what) (1u << EMU_FAULT_##what)
#define TRANSFERS (BIT(READ) | BIT(WRITE) | BIT(FLUSH))
#define WITH_FILE (TRANSFERS | BIT(CANCEL) | BIT(OPEN))

static const struct {
    const char *name;
    uint8_t whats;
} whats[] = {
    [EMU_FAULT_READ] = {"read", BIT(READ)},    [EMU_FAULT_WRITE] = {"write", BIT(WRITE)},
    [EMU_FAULT_FLUSH] = {"flush", BIT(FLUSH)}, [EMU_FAULT_CANCEL] = {"cancel", BIT(CANCEL)},
    [EMU_FAULT_OPEN] = {"open", BIT(OPEN)},    [EMU_FAULT_SUBMIT] = {"submit", BIT(SUBMIT)},
    [EMU_FAULT_WAIT] = {"wait", BIT(WAIT)},    [EMU_FAULT_WHAT_COUNT] = {"any", TRANSFERS},
};

static const struct {
    const char *name;
    uint8_t whats;
    bool disk_only;
} kinds[EMU_FAULT_KIND_COUNT] = {
    [EMU_FAULT_DEVICE_ERROR] = {"device-error", TRANSFERS, false},
    [EMU_FAULT_NO_MEMORY] = {"no-memory", TRANSFERS | BIT(OPEN), false},
    [EMU_FAULT_DISK_FULL] = {"disk-full", BIT(WRITE), true},
    [EMU_FAULT_EOF] = {"eof", BIT(READ), true},
    [EMU_FAULT_ACCESS_DENIED] = {"access-denied", BIT(OPEN), false},
    [EMU_FAULT_IGNORED] = {"ignored", BIT(CANCEL), true},
    [EMU_FAULT_REFUSE] = {"refuse", BIT(SUBMIT), false},
    [EMU_FAULT_EXPIRE] = {"expire", BIT(WAIT), false},
};

const char *emu_fault_what_name(enum emu_fault_what what)
{
    return whats[what].name;
}

const char *emu_fault_kind_name(enum emu_fault_kind kind)
{
    return kinds[kind].name;
}

bool emu_fault_fits(enum emu_fault_kind kind, enum emu_fault_what what, bool on_disk)
{
    return (kinds[kind].whats & 1u << what) && (on_disk || !kinds[kind].disk_only);
}

/* A number of its own for each count of each rule: what other threads do does not shift it. */
static uint64_t mix(uint64_t seed, uint32_t rule, uint64_t n)
{
    uint64_t x = seed + UINT64_C(0x9e3779b97f4a7c15) * (n * EMU_FAULT_RULES + rule + 1);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

bool emu_fault_chosen(const struct emu_fault_plan *plan, uint32_t rule, uint64_t n)
{
    const struct emu_fault_rule *r = &plan->rules[rule];

    return n >= r->first && (n <= r->last || r->last == UINT32_MAX) &&
           (r->percent >= 100 || mix(plan->seed, rule, n) % 100 < r->percent);
}

/* ---- from text ---- */

/* [at, end) of text, read from the left. */
struct span {
    const char *at, *end;
};

struct parser {
    const char *text;
    char *error;
    size_t error_nbytes;
};

static bool fail(const struct parser *parser, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(const struct parser *parser, const char *at, const char *format, ...)
{
    char what[160];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (parser->error_nbytes)
        snprintf(parser->error, parser->error_nbytes, "column %zu: %s",
                 (size_t)(at - parser->text) + 1, what);
    return false;
}

/* What stands there, fit to be printed. */
static const char *shown(struct span span, char buffer[32])
{
    size_t n = 0;

    for (; span.at < span.end && n < 24; span.at++)
        buffer[n++] = *span.at > ' ' && *span.at < 0x7f ? *span.at : '?';
    snprintf(buffer + n, 32 - n, "%s", span.at < span.end ? "..." : "");
    return buffer;
}

static bool is(struct span span, const char *word)
{
    size_t nchars = strlen(word);

    return (size_t)(span.end - span.at) == nchars && !memcmp(span.at, word, nchars);
}

/* What stands before the first of stops; *rest goes on with that one. */
static struct span before(struct span *rest, const char *stops)
{
    struct span span = {rest->at, rest->at};

    while (span.end < rest->end && !strchr(stops, *span.end))
        span.end++;
    rest->at = span.end;
    return span;
}

static bool take(struct span *rest, const char *word)
{
    size_t nchars = strlen(word);

    if ((size_t)(rest->end - rest->at) < nchars || memcmp(rest->at, word, nchars))
        return false;
    rest->at += nchars;
    return true;
}

/* All digits that are there; at least one, and no more than most. */
static bool take_number(struct span *rest, uint64_t most, uint64_t *value_out)
{
    const char *first = rest->at;
    uint64_t value = 0;

    for (; rest->at < rest->end && *rest->at >= '0' && *rest->at <= '9'; rest->at++) {
        uint64_t digit = (uint64_t)(*rest->at - '0');

        if (value > (most - digit) / 10 || digit > most)
            return false;
        value = value * 10 + digit;
    }
    *value_out = value;
    return rest->at > first;
}

static bool parse_what(const struct parser *parser, struct span *rest, struct emu_fault_rule *rule)
{
    struct span word = before(rest, "#@=");
    char buffer[32];

    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        if (is(word, whats[i].name)) {
            rule->whats = whats[i].whats;
            return true;
        }
    }
    return fail(parser, word.at,
                "'%s' is no operation: read, write, flush, cancel, open, any, submit, wait",
                shown(word, buffer));
}

/* #N, #N.. or #N..M */
static bool parse_numbers(const struct parser *parser, struct span *rest,
                          struct emu_fault_rule *rule)
{
    uint64_t first, last;
    const char *at;

    rule->first = 1;
    rule->last = UINT32_MAX;
    if (!take(rest, "#"))
        return true;
    at = rest->at;
    if (!take_number(rest, UINT32_MAX - 1, &first) || !first)
        return fail(parser, at, "after # stands a number from 1 to %u", UINT32_MAX - 1);
    rule->first = (uint32_t)first;
    if (!take(rest, "..")) {
        rule->last = rule->first;
        return true;
    }
    at = rest->at;
    if (at == rest->end || *at == '@' || *at == '=')
        return true;
    if (!take_number(rest, UINT32_MAX - 1, &last) || last < first)
        return fail(parser, at, "after .. stands a number from %u to %u, or nothing",
                    (unsigned)first, UINT32_MAX - 1);
    rule->last = (uint32_t)last;
    return true;
}

static bool parse_part(const struct parser *parser, struct span *rest, struct emu_fault_rule *rule)
{
    const char *at = rest->at;
    struct span word;
    size_t nchars;

    if (!take(rest, "@"))
        return true;
    if (rule->whats & ~WITH_FILE)
        return fail(parser, at, "submit and wait have no file");
    word = before(rest, "=");
    nchars = (size_t)(word.end - word.at);
    if (!nchars || nchars >= sizeof rule->part)
        return fail(parser, word.at, "after @ stands a part of a path, of 1 to %zu bytes",
                    sizeof rule->part - 1);
    memcpy(rule->part, word.at, nchars);
    return true;
}

static bool parse_kind(const struct parser *parser, struct span *rest, struct emu_fault_rule *rule)
{
    struct span word = before(rest, ":");
    char buffer[32];

    for (unsigned i = 0; i < EMU_FAULT_KIND_COUNT; i++) {
        if (!is(word, kinds[i].name))
            continue;
        rule->kind = (uint8_t)i;
        return kinds[i].whats & rule->whats
                   ? true
                   : fail(parser, word.at, "no such operation ends with %s", kinds[i].name);
    }
    return fail(
        parser, word.at,
        "'%s' is no fault: device-error, no-memory, disk-full, eof, access-denied, ignored, "
        "refuse, expire",
        shown(word, buffer));
}

static bool parse_percent(const struct parser *parser, struct span *rest,
                          struct emu_fault_rule *rule)
{
    const char *at = rest->at;
    uint64_t percent = 100;

    if (take(rest, ":") && (!take_number(rest, 100, &percent) || !percent || !take(rest, "%")))
        return fail(parser, at + 1, "after : stands a percentage from 1%% to 100%%");
    rule->percent = (uint8_t)percent;
    return true;
}

static bool parse_rule(const struct parser *parser, struct span item, struct emu_fault_plan *plan)
{
    struct emu_fault_rule *rule = &plan->rules[plan->count];
    struct span rest = item;
    char buffer[32];

    if (plan->count == EMU_FAULT_RULES)
        return fail(parser, item.at, "more than %u rules", (unsigned)EMU_FAULT_RULES);
    *rule = (struct emu_fault_rule){0};
    if (!parse_what(parser, &rest, rule) || !parse_numbers(parser, &rest, rule) ||
        !parse_part(parser, &rest, rule))
        return false;
    if (!take(&rest, "="))
        return fail(parser, rest.at, "here stands = and a fault");
    if (!parse_kind(parser, &rest, rule) || !parse_percent(parser, &rest, rule))
        return false;
    if (rest.at < rest.end)
        return fail(parser, rest.at, "'%s' is too much", shown(rest, buffer));
    plan->count++;
    return true;
}

static bool parse_seed(const struct parser *parser, struct span value, struct emu_fault_plan *plan)
{
    const char *at = value.at;

    if (!take_number(&value, UINT64_MAX, &plan->seed) || value.at < value.end)
        return fail(parser, at, "a seed is a number from 0 to 18446744073709551615");
    return true;
}

bool emu_fault_parse(const char *text, struct emu_fault_plan *plan_out, char *error,
                     size_t error_nbytes)
{
    struct parser parser = {text ? text : "", error, error_nbytes};
    struct span rest = {parser.text, parser.text + strlen(parser.text)};

    *plan_out = (struct emu_fault_plan){.seed = 1};
    for (;;) {
        struct span item = before(&rest, ",");

        if (item.at == item.end)
            return fail(&parser, item.at, "here stands a rule, such as read#3=device-error");
        if (take(&item, "seed=") ? !parse_seed(&parser, item, plan_out)
                                 : !parse_rule(&parser, item, plan_out))
            return false;
        if (!take(&rest, ","))
            break;
    }
    return plan_out->count ? true : fail(&parser, rest.at, "a seed, and no rule");
}
