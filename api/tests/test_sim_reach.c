/* SPDX-License-Identifier: MIT */
/*
 * What evidence or documentation says may happen does happen in some run under the simulating engine:
 * an emulator that is stricter than Windows would let programs pass that work by luck.
 */
#include "api/tests/sim_search.h"
#include "api/tests/temp.h"

#include <ioringapi.h>
#include <stdlib.h>
#include <unistd.h>

#define ALL_BUT_CLOSE (RINGER_SIM_EVERYWHERE & ~(uint32_t)RINGER_SIM_AT_CLOSE)
#define TIMED_OUT ((HRESULT)0x800705B4)
#define NOT_FOUND ((HRESULT)0x80070490)
#define CANCELLED ((HRESULT)0x80004004)

static char path[TEMP_MAX];
static uint32_t seen; /* one bit an outcome, over all runs of one test */
static HANDLE file;
static HIORING ring;
static char bytes[16];

static void setup(void)
{
    int fd;

    setenv("RINGER_ENGINE", "sim", 1);
    fd = mkstemp(temp_template(path, "reach"));
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, "0123456789abcdef", 16), 16);
    close(fd);
    seen = 0;
}

static void teardown(void)
{
    unlink(path);
}

static void begin(void)
{
    IORING_CREATE_FLAGS flags = {0, 0};
    WCHAR name[TEMP_MAX];

    for (size_t i = 0; i <= strlen(path); i++)
        name[i] = (unsigned char)path[i];
    file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(CreateIoRing(IORING_VERSION_3, flags, 8, 16, &ring), S_OK);
}

static void end(void)
{
    cr_assert_eq(CloseIoRing(ring), S_OK);
    CloseHandle(file);
}

static IORING_HANDLE_REF the_file(void)
{
    return IoRingHandleRefFromHandle(file);
}

static void build_read(UINT64 ud)
{
    cr_assert_eq(BuildIoRingReadFile(ring, the_file(), IoRingBufferRefFromPointer(bytes + ud), 1, ud,
                                     ud, IOSQE_FLAGS_NONE),
                 S_OK);
}

static void build_write(UINT64 ud)
{
    cr_assert_eq(BuildIoRingWriteFile(ring, the_file(), IoRingBufferRefFromPointer(bytes), 1, ud,
                                      FILE_WRITE_FLAGS_NONE, ud, IOSQE_FLAGS_NONE),
                 S_OK);
}

/* At which place each userData (1..3) came, and with what. */
static void submit_and_pop(uint32_t count, uint32_t place[4], HRESULT code[4])
{
    cr_assert_eq(SubmitIoRing(ring, count, INFINITE, NULL), S_OK);
    for (uint32_t i = 0; i < count; i++) {
        IORING_CQE cqe;

        cr_assert_eq(PopIoRingCompletion(ring, &cqe), S_OK);
        place[cqe.UserData] = i;
        code[cqe.UserData] = cqe.ResultCode;
    }
}

/* [R] IC11: nothing ahead of a drained flush ends after it; what is behind it may end before. */
static void write_flush_write(void)
{
    uint32_t place[4];
    HRESULT code[4];

    begin();
    build_write(1);
    cr_assert_eq(BuildIoRingFlushFile(ring, the_file(), FILE_FLUSH_DEFAULT, 2,
                                      IOSQE_FLAGS_DRAIN_PRECEDING_OPS),
                 S_OK);
    build_write(3);
    submit_and_pop(3, place, code);
    cr_expect_lt(place[1], place[2]);
    seen |= place[3] < place[2] ? 1 : 2;
    end();
}

Test(sim_reach, overtaking_a_drained_flush, .init = setup, .fini = teardown)
{
    sim_each(ALL_BUT_CLOSE, 0, write_flush_write);
    cr_expect_eq(seen, 3, "%x", seen);
}

/* [R] IB9: either wins; [D] two pages, two orders of the completions. */
static void read_and_cancel(void)
{
    uint32_t place[4];
    HRESULT code[4];

    begin();
    build_read(1);
    cr_assert_eq(BuildIoRingCancelRequest(ring, the_file(), 1, 2), S_OK);
    submit_and_pop(2, place, code);
    cr_expect(code[1] == S_OK || (code[1] == CANCELLED && code[2] == S_OK));
    cr_expect(code[2] == S_OK || code[2] == NOT_FOUND);
    seen |= code[2] == NOT_FOUND ? 1 : code[1] == CANCELLED ? 2 : 4;
    if (code[2] == S_OK)
        seen |= place[1] < place[2] ? 8 : 16;
    end();
}

Test(sim_reach, cancels, .init = setup, .fini = teardown)
{
    sim_each(ALL_BUT_CLOSE, 0, read_and_cancel);
    cr_expect_eq(seen, 31, "%x", seen);
}

/* [R] IA1: of one kind of transfer some end inside Submit and some do not. */
static void two_reads_looked_at(void)
{
    IORING_CQE cqe;
    uint32_t inside = 0;

    begin();
    build_read(1);
    build_read(2);
    cr_assert_eq(SubmitIoRing(ring, 0, 0, NULL), S_OK);
    while (PopIoRingCompletion(ring, &cqe) == S_OK)
        inside++;
    seen |= 1u << inside;
    end();
}

Test(sim_reach, inline_and_pended, .init = setup, .fini = teardown)
{
    sim_each(RINGER_SIM_AT_START | RINGER_SIM_AT_CALL, 0, two_reads_looked_at);
    cr_expect_eq(seen, 7, "%x", seen);
}

/* [R] IC10: without flags any order. */
static void three_reads(void)
{
    uint32_t place[4];
    HRESULT code[4];

    begin();
    for (UINT64 i = 1; i <= 3; i++)
        build_read(i);
    submit_and_pop(3, place, code);
    seen |= 1u << (place[1] * 9 + place[2] * 3 + place[3]);
    end();
}

Test(sim_reach, any_order, .init = setup, .fini = teardown)
{
    sim_each(RINGER_SIM_AT_START | RINGER_SIM_AT_WAIT, 0, three_reads);
    cr_expect_eq(__builtin_popcount(seen), 6, "%x", seen);
}

/* [D] SubmitIoRing: refused as a whole, all entries are still there. */
static void submit_until_taken(void)
{
    UINT32 taken = 0;
    IORING_CQE cqe;

    begin();
    build_read(1);
    build_read(2);
    if (SubmitIoRing(ring, 2, INFINITE, &taken) != S_OK) {
        seen |= 1;
        cr_expect_eq(PopIoRingCompletion(ring, &cqe), S_FALSE);
        cr_assert_eq(SubmitIoRing(ring, 2, INFINITE, &taken), S_OK);
    }
    cr_expect_eq(taken, 2);
    end();
}

Test(sim_reach, refused_submit, .init = setup, .fini = teardown)
{
    sim_each(ALL_BUT_CLOSE, RINGER_SIM_REFUSALS, submit_until_taken);
    cr_expect_eq(seen, 1);
}

/* [R] IB25: an expired wait; the read ends all the same. */
static void wait_a_little(void)
{
    IORING_CQE cqe;
    HRESULT hr;

    begin();
    build_read(1);
    hr = SubmitIoRing(ring, 1, 10, NULL);
    cr_expect(hr == S_OK || hr == TIMED_OUT);
    seen |= hr == S_OK ? 1 : 2;
    if (hr == TIMED_OUT)
        cr_assert_eq(SubmitIoRing(ring, 1, INFINITE, NULL), S_OK);
    cr_expect_eq(PopIoRingCompletion(ring, &cqe), S_OK);
    end();
}

Test(sim_reach, expired_wait, .init = setup, .fini = teardown)
{
    sim_each(ALL_BUT_CLOSE, RINGER_SIM_EXPIRIES, wait_a_little);
    cr_expect_eq(seen, 3, "%x", seen);
}

/* The completion can be popped before its event is set, and the event comes in the end. */
static void pop_and_look(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    IORING_CQE cqe;

    begin();
    cr_assert_eq(SetIoRingCompletionEvent(ring, event), S_OK);
    build_read(1);
    cr_assert_eq(SubmitIoRing(ring, 1, INFINITE, NULL), S_OK);
    cr_expect_eq(PopIoRingCompletion(ring, &cqe), S_OK);
    seen |= WaitForSingleObject(event, 0) == WAIT_OBJECT_0 ? 1 : 2;
    cr_expect_eq(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
    end();
    CloseHandle(event);
}

Test(sim_reach, late_event, .init = setup, .fini = teardown)
{
    sim_each(ALL_BUT_CLOSE, 0, pop_and_look);
    cr_expect_eq(seen, 3, "%x", seen);
}

/* A handle number may come again at once, or never. */
static void close_and_open(void)
{
    HANDLE first = CreateEventW(NULL, TRUE, FALSE, NULL), second;

    CloseHandle(first);
    second = CreateEventW(NULL, TRUE, FALSE, NULL);
    seen |= first == second ? 1 : 2;
    CloseHandle(second);
}

Test(sim_reach, handle_numbers, .init = setup, .fini = teardown)
{
    sim_each(RINGER_SIM_EVERYWHERE, 0, close_and_open);
    cr_expect_eq(seen, 3, "%x", seen);
}

/* ---- another run begins as the first did ---- */

static HANDLE lowest, highest;

static uint32_t retire(void *context, const struct ringer_sim_choice *choice)
{
    (void)context;
    cr_expect_eq(choice->options[choice->count - 1].act, RINGER_SIM_RETIRE);
    return choice->count - 1;
}

static void open_and_close(void)
{
    for (int i = 0; i < 3; i++) {
        HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

        lowest = !lowest || event < lowest ? event : lowest;
        highest = event > highest ? event : highest;
        cr_assert(CloseHandle(event));
    }
}

Test(sim_reach, retired_numbers_come_again_in_another_run, .init = setup, .fini = teardown)
{
    const struct ringer_sim_params params = {
        .size = sizeof params, .spaces = RINGER_SIM_AT_CLOSE, .choose = retire};

    for (int run = 0; run < 500; run++) {
        cr_assert(ringer_sim_begin(&params));
        open_and_close();
        cr_assert(ringer_sim_end(NULL));
    }
    cr_expect_leq((UINT_PTR)highest - (UINT_PTR)lowest, 16, "more numbers than one run takes");
}
