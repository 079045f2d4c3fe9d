/* SPDX-License-Identifier: MIT */
/* Fault plans: what is one, what is said of what is none, and which operations a rule means. */
#include "emu/base/fault.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct emu_fault_plan plan;
static char error[192];

static bool parse(const char *text)
{
    memset(error, 'x', sizeof error);
    return emu_fault_parse(text, &plan, error, sizeof error);
}

static void refused(const char *text, const char *why)
{
    cr_assert_not(parse(text), "%s", text ? text : "NULL");
    cr_assert(memchr(error, '\0', sizeof error));
    cr_assert_str_eq(error, why);
}

Test(fault_plan, rules)
{
    cr_assert(parse("read#3=device-error"));
    cr_assert_eq(plan.count, 1);
    cr_assert_eq(plan.seed, 1);
    cr_assert_eq(plan.rules[0].whats, 1u << EMU_FAULT_READ);
    cr_assert_eq(plan.rules[0].kind, EMU_FAULT_DEVICE_ERROR);
    cr_assert_eq(plan.rules[0].first, 3);
    cr_assert_eq(plan.rules[0].last, 3);
    cr_assert_eq(plan.rules[0].percent, 100);
    cr_assert_str_eq(plan.rules[0].part, "");

    cr_assert(parse("write#2..5@a#b:c=disk-full:10%,seed=18446744073709551615,any#7..=no-memory"));
    cr_assert_eq(plan.count, 2);
    cr_assert_eq(plan.seed, UINT64_MAX);
    cr_assert_eq(plan.rules[0].first, 2);
    cr_assert_eq(plan.rules[0].last, 5);
    cr_assert_str_eq(plan.rules[0].part, "a#b:c");
    cr_assert_eq(plan.rules[0].percent, 10);
    cr_assert_eq(plan.rules[1].whats,
                 1u << EMU_FAULT_READ | 1u << EMU_FAULT_WRITE | 1u << EMU_FAULT_FLUSH);
    cr_assert_eq(plan.rules[1].first, 7);
    cr_assert_eq(plan.rules[1].last, UINT32_MAX);
}

Test(fault_plan, every_pair)
{
    static const char *const whats[] = {"read", "write",  "flush", "cancel",
                                        "open", "submit", "wait",  "any"};
    static const char *const kinds[] = {"device-error",  "no-memory", "disk-full", "eof",
                                        "access-denied", "ignored",   "refuse",    "expire"};
    /* docs/faults.md: which kinds befall what. */
    static const char fits[8][9] = {"xx.x....", "xxx.....", "xx......", ".....x..",
                                    ".x..x...", "......x.", ".......x", "xxxx...."};
    char text[64];

    for (size_t w = 0; w < 8; w++) {
        for (size_t k = 0; k < 8; k++) {
            snprintf(text, sizeof text, "%s=%s", whats[w], kinds[k]);
            cr_assert_eq(parse(text), fits[w][k] == 'x', "%s: %s", text, error);
            if (w < EMU_FAULT_WHAT_COUNT)
                cr_assert_eq(emu_fault_fits((enum emu_fault_kind)k, (enum emu_fault_what)w, true),
                             fits[w][k] == 'x', "%s", text);
        }
    }
    /* A pipe has no end of file and no disk, and a cancel that it did not hear might hang for ever. */
    cr_assert_not(emu_fault_fits(EMU_FAULT_EOF, EMU_FAULT_READ, false));
    cr_assert_not(emu_fault_fits(EMU_FAULT_DISK_FULL, EMU_FAULT_WRITE, false));
    cr_assert_not(emu_fault_fits(EMU_FAULT_IGNORED, EMU_FAULT_CANCEL, false));
    cr_assert(emu_fault_fits(EMU_FAULT_DEVICE_ERROR, EMU_FAULT_READ, false));
}

Test(fault_plan, refused)
{
    static const char example[] = "here stands a rule, such as read#3=device-error";
    char text[64];

    snprintf(text, sizeof text, "column 1: %s", example);
    refused(NULL, text);
    refused("", text);
    refused(",read=eof", text);
    snprintf(text, sizeof text, "column 10: %s", example);
    refused("read=eof,", text);
    refused("reads=eof",
            "column 1: 'reads' is no operation: read, write, flush, cancel, open, any, "
            "submit, wait");
    refused(" read=eof",
            "column 1: '?read' is no operation: read, write, flush, cancel, open, any, "
            "submit, wait");
    refused("read=eof,seed", "column 10: 'seed' is no operation: read, write, flush, cancel, open, "
                             "any, submit, wait");
    refused("read", "column 5: here stands = and a fault");
    refused("read#1", "column 7: here stands = and a fault");
    refused("read#1x=eof", "column 7: here stands = and a fault");
    refused("read#=eof", "column 6: after # stands a number from 1 to 4294967294");
    refused("read#0=eof", "column 6: after # stands a number from 1 to 4294967294");
    refused("read#-1=eof", "column 6: after # stands a number from 1 to 4294967294");
    refused("read#4294967295=eof", "column 6: after # stands a number from 1 to 4294967294");
    refused("read#99999999999999999999999999=eof",
            "column 6: after # stands a number from 1 to 4294967294");
    refused("read#5..4=eof", "column 9: after .. stands a number from 5 to 4294967294, or nothing");
    refused("read#5..x=eof", "column 9: after .. stands a number from 5 to 4294967294, or nothing");
    refused("read#5..4294967295=eof",
            "column 9: after .. stands a number from 5 to 4294967294, or nothing");
    refused("submit@f=refuse", "column 7: submit and wait have no file");
    refused("read@=eof", "column 6: after @ stands a part of a path, of 1 to 63 bytes");
    refused("read=", "column 6: '' is no fault: device-error, no-memory, disk-full, eof, "
                     "access-denied, ignored, refuse, expire");
    refused("read=cancelled",
            "column 6: 'cancelled' is no fault: device-error, no-memory, disk-full, "
            "eof, access-denied, ignored, refuse, expire");
    refused("flush=eof", "column 7: no such operation ends with eof");
    refused("read=eof:", "column 10: after : stands a percentage from 1% to 100%");
    refused("read=eof:0%", "column 10: after : stands a percentage from 1% to 100%");
    refused("read=eof:101%", "column 10: after : stands a percentage from 1% to 100%");
    refused("read=eof:10", "column 10: after : stands a percentage from 1% to 100%");
    refused("read=eof:10%x", "column 13: 'x' is too much");
    refused("seed=", "column 6: a seed is a number from 0 to 18446744073709551615");
    refused("seed=1x", "column 6: a seed is a number from 0 to 18446744073709551615");
    refused("seed=18446744073709551616",
            "column 6: a seed is a number from 0 to 18446744073709551615");
    refused("seed=7", "column 7: a seed, and no rule");
}

Test(fault_plan, limits)
{
    char part[EMU_FAULT_PART], text[33 * 10];

    memset(part, 'p', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    snprintf(text, sizeof text, "read@%s=eof", part);
    cr_assert(parse(text));
    cr_assert_str_eq(plan.rules[0].part, part);
    snprintf(text, sizeof text, "read@%sp=eof", part);
    refused(text, "column 6: after @ stands a part of a path, of 1 to 63 bytes");

    text[0] = '\0';
    for (unsigned i = 0; i < EMU_FAULT_RULES; i++)
        strcat(text, i ? ",read=eof" : "read=eof");
    cr_assert(parse(text));
    cr_assert_eq(plan.count, EMU_FAULT_RULES);
    strcat(text, ",read=eof");
    refused(text, "column 289: more than 32 rules");
}

Test(fault_plan, small_error)
{
    char small[8];

    cr_assert_not(emu_fault_parse("x", &plan, small, sizeof small));
    cr_assert_str_eq(small, "column ");
    cr_assert_not(emu_fault_parse("x", &plan, NULL, 0));
}

/* Whatever the bytes are: an answer, and a line that can be printed. */
Test(fault_plan, hostile)
{
    static const char pieces[] = "read#3..@=,:%\x01\xff\n0129seedflush=eof-submitrefuse";
    uint32_t state = 7;
    char text[48];

    for (unsigned round = 0; round < 20000; round++) {
        size_t nchars;

        state = state * 1664525 + 1013904223;
        nchars = (state >> 16) % (sizeof text - 1);
        for (size_t i = 0; i < nchars; i++) {
            state = state * 1664525 + 1013904223;
            text[i] = pieces[(state >> 16) % (sizeof pieces - 1)];
        }
        text[nchars] = '\0';
        if (parse(text))
            continue;
        cr_assert(strncmp(error, "column ", 7) == 0 && strlen(error) < sizeof error);
        for (const char *c = error; *c; c++)
            cr_assert(*c >= ' ' && *c < 0x7f);
    }
}

Test(fault_plan, chosen)
{
    unsigned hits = 0, other = 0, same = 0;
    struct emu_fault_plan again;

    cr_assert(parse("read#2..3=eof"));
    cr_assert_not(emu_fault_chosen(&plan, 0, 1));
    cr_assert(emu_fault_chosen(&plan, 0, 2));
    cr_assert(emu_fault_chosen(&plan, 0, 3));
    cr_assert_not(emu_fault_chosen(&plan, 0, 4));
    cr_assert(parse("read#2..=eof"));
    cr_assert(emu_fault_chosen(&plan, 0, UINT64_MAX));

    cr_assert(parse("seed=42,read=eof:10%"));
    again = plan;
    again.seed = 43;
    for (uint64_t n = 1; n <= 10000; n++) {
        bool hit = emu_fault_chosen(&plan, 0, n);

        cr_assert_eq(hit, emu_fault_chosen(&plan, 0, n));
        hits += hit;
        other += emu_fault_chosen(&again, 0, n);
        same += hit && emu_fault_chosen(&again, 0, n);
    }
    cr_assert(hits > 850 && hits < 1150, "%u", hits);
    cr_assert(other > 850 && other < 1150, "%u", other);
    cr_assert_lt(same, 200); /* another seed, other operations */
}

/* The whole way, in a process that has a plan: what each rule counts, and who comes first. */
Test(fault, matching)
{
    struct emu_fault_subject read = {.what = EMU_FAULT_READ,
                                     .path = "/tmp/data.bin",
                                     .on_disk = true,
                                     .has_user_data = true,
                                     .user_data = 5};
    struct emu_fault_subject pipe = {.what = EMU_FAULT_READ};
    struct emu_fault_subject write = {.what = EMU_FAULT_WRITE, .path = "/tmp/log", .on_disk = true};
    struct emu_fault_dealt dealt;

    setenv("RINGER_FAULT", "read#2@data=device-error,any#3=no-memory,read#2..=eof", 1);
    cr_assert(emu_fault_planned());
    cr_assert_eq(emu_fault_count(), 0);
    cr_assert_not(emu_fault_info(0, &dealt));
    /* Reads of data, any, reads: */
    cr_assert_eq(emu_fault_next(&read), STATUS_SUCCESS); /* 1, 1, 1 */
    cr_assert_eq(emu_fault_next(&pipe), STATUS_SUCCESS); /* 1, 2, 2: a pipe has no end */
    cr_assert_eq(emu_fault_next(&read),
                 STATUS_IO_DEVICE_ERROR);                    /* 2, 3, 3: the first rule has it */
    cr_assert_eq(emu_fault_next(&write), STATUS_SUCCESS);    /* 2, 4, 3 */
    cr_assert_eq(emu_fault_next(&read), STATUS_END_OF_FILE); /* 3, 5, 4 */
    cr_assert_eq(emu_fault_count(), 2);
    cr_assert(emu_fault_info(0, &dealt));
    cr_assert_eq(dealt.what, EMU_FAULT_READ);
    cr_assert_eq(dealt.kind, EMU_FAULT_DEVICE_ERROR);
    cr_assert_eq(dealt.number, 2);
    cr_assert_str_eq(dealt.part, "data");
    cr_assert(dealt.has_user_data && dealt.user_data == 5);
    cr_assert(emu_fault_info(1, &dealt));
    cr_assert_eq(dealt.kind, EMU_FAULT_EOF);
    cr_assert_eq(dealt.number, 4);
    cr_assert_not(emu_fault_info(2, &dealt));
}
