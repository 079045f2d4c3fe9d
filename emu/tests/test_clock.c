// SPDX-License-Identifier: MIT
#include "emu/base/clock.h"

#include <criterion/criterion.h>
#include <time.h>

Test(clock, never_goes_back)
{
    uint64_t last = emu_clock_now_ns();

    for (int i = 0; i < 10000; i++) {
        uint64_t now = emu_clock_now_ns();

        cr_assert(now >= last);
        last = now;
    }
}

Test(clock, system_time_counts_from_1601)
{
    int64_t unix_seconds = emu_clock_system_time() / 10000000 - INT64_C(11644473600);
    int64_t now = time(NULL);

    cr_assert(unix_seconds >= now - 2 && unix_seconds <= now + 2);
}

Test(clock, relative_timeouts)
{
    int64_t wait = -10000; /* 1 ms */
    uint64_t before = emu_clock_now_ns();
    uint64_t deadline = emu_clock_deadline(&wait);
    uint64_t after = emu_clock_now_ns();

    cr_assert(deadline >= before + 1000000 && deadline <= after + 1000000);
}

Test(clock, absolute_timeouts)
{
    int64_t past = 1, ahead = emu_clock_system_time() + 10000000;
    uint64_t now = emu_clock_now_ns();
    uint64_t deadline = emu_clock_deadline(&ahead);

    cr_assert(emu_clock_deadline(&past) <= emu_clock_now_ns());
    cr_assert(deadline > now + 900000000 && deadline < now + 1100000000);
}

Test(clock, for_ever)
{
    int64_t least = INT64_MIN, greatest = INT64_MAX;

    cr_assert_eq(emu_clock_deadline(NULL), EMU_FOREVER);
    cr_assert_eq(emu_clock_deadline_ms(UINT32_MAX), EMU_FOREVER);
    cr_assert_eq(emu_clock_deadline(&least), EMU_FOREVER);
    cr_assert_eq(emu_clock_deadline(&greatest), EMU_FOREVER);
    cr_assert(emu_clock_deadline_ms(0) <= emu_clock_now_ns());
}
