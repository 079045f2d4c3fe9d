/* SPDX-License-Identifier: MIT */
/* The simulating engine through its public interface: what it offers, counted; and that it repeats. */
#include "api/tests/sim_search.h"
#include "api/tests/temp.h"

#include <ioringapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a client: count reads on one overlapped file ---- */

static char path[TEMP_MAX];
static uint32_t read_count;
static UINT64 order[8]; /* userData in the order of the pops */
static HRESULT codes[8];

static void setup(void)
{
    int fd;

    setenv("RINGER_ENGINE", "sim", 1);
    fd = mkstemp(temp_template(path, "sim"));
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, "0123456789abcdefghijklmnopqrstuvwxyz", 36), 36);
    close(fd);
    cr_assert_str_eq(ringer_engine_name(), "sim");
}

static void teardown(void)
{
    unlink(path);
}

static HANDLE open_file(void)
{
    WCHAR name[TEMP_MAX];
    HANDLE file;

    for (size_t i = 0; i <= strlen(path); i++)
        name[i] = (unsigned char)path[i];
    file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED,
                       NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    return file;
}

static HIORING make_ring(void)
{
    IORING_CREATE_FLAGS flags = {0, 0};
    HIORING ring;

    cr_assert_eq(CreateIoRing(IORING_VERSION_3, flags, 16, 32, &ring), S_OK);
    return ring;
}

static void build(HIORING ring, HANDLE file, char *bytes, UINT64 i)
{
    cr_assert_eq(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                                     IoRingBufferRefFromPointer(bytes + i), 1, i, i,
                                     IOSQE_FLAGS_NONE),
                 S_OK);
}

static void reads_waited_for(void)
{
    HANDLE file = open_file();
    HIORING ring = make_ring();
    char bytes[8] = "";
    UINT32 submitted;

    for (UINT64 i = 0; i < read_count; i++)
        build(ring, file, bytes, i);
    cr_assert_eq(SubmitIoRing(ring, read_count, INFINITE, &submitted), S_OK);
    for (uint32_t i = 0; i < read_count; i++) {
        IORING_CQE cqe;

        cr_assert_eq(PopIoRingCompletion(ring, &cqe), S_OK);
        order[i] = cqe.UserData;
        codes[i] = cqe.ResultCode;
        if (cqe.ResultCode == S_OK)
            cr_assert_eq(bytes[cqe.UserData], '0' + (char)cqe.UserData);
    }
    CloseIoRing(ring);
    CloseHandle(file);
}

Test(sim, orders, .init = setup, .fini = teardown)
{
    /* Pended and inline at will, then any order of those that pend: sum over k of C(n,k) k!. */
    static const uint32_t all[] = {1, 2, 5, 16, 65};

    for (read_count = 1; read_count <= 4; read_count++) {
        cr_expect_eq(sim_each(RINGER_SIM_AT_START | RINGER_SIM_AT_WAIT, 0, reads_waited_for),
                     all[read_count]);
        /* Without a choice at the start the file's usual way: cached reads end inside. */
        cr_expect_eq(sim_each(RINGER_SIM_AT_WAIT, 0, reads_waited_for), 1);
    }
}

Test(sim, one_fault, .init = setup, .fini = teardown)
{
    uint32_t runs;

    read_count = 3;
    runs = sim_each(RINGER_SIM_AT_WAIT, RINGER_SIM_DEVICE_ERROR | RINGER_SIM_NO_MEMORY,
                    reads_waited_for);
    cr_expect_eq(runs, 1, "nobody is asked at the start");
    read_count = 1;
    runs = sim_each(RINGER_SIM_AT_START | RINGER_SIM_AT_WAIT, RINGER_SIM_DEVICE_ERROR,
                    reads_waited_for);
    cr_expect_eq(runs, 4, "inline or pended, each good or bad");
}

/* ---- the same answers, the same run ---- */

Test(sim, repeats, .init = setup, .fini = teardown)
{
    struct sim_search a = {.answers = {1, 1, 1, 0, 2, 1}, .planned = 3}, b = a;

    read_count = 4;
    sim_run(&a, RINGER_SIM_EVERYWHERE, 0, reads_waited_for);
    sim_run(&b, RINGER_SIM_EVERYWHERE, 0, reads_waited_for);
    cr_expect_eq(a.log, b.log);
    cr_expect_eq(a.met, b.met);
}

/* ---- waits, events, time ---- */

static void sleeps(void)
{
    uint64_t before = ringer_sim_now();

    Sleep(60000);
    cr_expect_geq(ringer_sim_now() - before, UINT64_C(60000000000));
    cr_expect_lt(ringer_sim_now() - before, UINT64_C(60001000000));
}

static void waits_in_vain(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    cr_expect_eq(WaitForSingleObject(event, 3600000), WAIT_TIMEOUT);
    CloseHandle(event);
}

Test(sim, time_is_ours, .init = setup, .fini = teardown)
{
    cr_expect_eq(sim_each(RINGER_SIM_AT_WAIT | RINGER_SIM_AT_CALL, 0, sleeps), 1);
    cr_expect_eq(sim_each(RINGER_SIM_AT_WAIT | RINGER_SIM_AT_CALL, 0, waits_in_vain), 1);
}

static uint32_t hangs;

static void count_hang(void *context)
{
    (void)context;
    hangs++;
}

Test(sim, nothing_can_end_it, .init = setup, .fini = teardown)
{
    struct ringer_sim_params params = {.size = sizeof params, .stuck = count_hang};
    struct ringer_sim_summary summary = {.size = sizeof summary};
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    hangs = 0;
    cr_assert(ringer_sim_begin(&params));
    cr_expect_eq(WaitForSingleObject(event, INFINITE), WAIT_TIMEOUT);
    cr_assert(ringer_sim_end(&summary));
    cr_expect_eq(hangs, 1);
    cr_expect_eq(summary.stuck, 1);
    CloseHandle(event);
}

/* The event comes at once or late, and is never lost: the client that waits for it ends. */
static void event_then_pop(void)
{
    HANDLE file = open_file(), event = CreateEventW(NULL, FALSE, FALSE, NULL);
    HIORING ring = make_ring();
    char bytes[8] = "";
    IORING_CQE cqe;
    uint32_t popped = 0;

    cr_assert_eq(SetIoRingCompletionEvent(ring, event), S_OK);
    build(ring, file, bytes, 0);
    build(ring, file, bytes, 1);
    cr_assert_eq(SubmitIoRing(ring, 0, 0, NULL), S_OK);
    while (popped < 2) {
        cr_assert_eq(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
        while (PopIoRingCompletion(ring, &cqe) == S_OK)
            popped++;
    }
    CloseIoRing(ring);
    CloseHandle(event);
    CloseHandle(file);
}

Test(sim, late_events, .init = setup, .fini = teardown)
{
    uint32_t runs = sim_each(RINGER_SIM_AT_START | RINGER_SIM_AT_CALL | RINGER_SIM_AT_WAIT |
                             RINGER_SIM_AT_EVENT,
                         0, event_then_pop);

    cr_expect_gt(runs, 20);
}

/* ---- threads take turns ---- */

static char letters[16];
static uint32_t letter_count;

static DWORD WINAPI writer(LPVOID letter)
{
    for (int i = 0; i < 2; i++) {
        ringer_sim_point();
        letters[letter_count++] = *(const char *)letter;
    }
    return 0;
}

static uint32_t words[256], word_count;

static void two_writers(void)
{
    HANDLE threads[2];
    uint32_t word = 0;

    letter_count = 0;
    threads[0] = CreateThread(NULL, 0, writer, "a", 0, NULL);
    threads[1] = CreateThread(NULL, 0, writer, "b", 0, NULL);
    cr_assert_eq(WaitForMultipleObjects(2, threads, TRUE, INFINITE), WAIT_OBJECT_0);
    CloseHandle(threads[0]);
    CloseHandle(threads[1]);
    cr_assert_eq(letter_count, 4);
    for (uint32_t i = 0; i < 4; i++)
        word = word * 2 + (letters[i] == 'b');
    for (uint32_t i = 0; i < word_count; i++)
        if (words[i] == word)
            return;
    words[word_count++] = word;
}

Test(sim, threads_interleave, .init = setup, .fini = teardown)
{
    word_count = 0;
    sim_each(RINGER_SIM_AT_CALL | RINGER_SIM_AT_WAIT, 0, two_writers);
    cr_expect_eq(word_count, 6, "4 choose 2, not %u", word_count);
}
