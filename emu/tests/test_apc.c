// SPDX-License-Identifier: MIT
/* Calls that meet their thread asleep, awake and on its way; names that change while others read them. */
#include "emu/tests/files.h"
#include "emu/tests/threads.h"

#include "emu/object/apc.h"
#include "emu/object/thread.h"

#include <stdatomic.h>

#define SENDERS 4
#define CALLS 300

static emu_handle receiver, event, port;
static _Atomic uint32_t receiving;
static _Atomic uint64_t got, sum;

static void *receive(void *arg)
{
    struct emu_apc_call call;

    (void)arg;
    cr_assert_eq(emu_nt_thread_started(receiver), STATUS_SUCCESS);
    atomic_store(&receiving, 1);
    for (uint32_t round = 0; atomic_load(&got) < SENDERS * CALLS; round++) {
        struct emu_completion_packet packet;
        int64_t forever = INT64_MIN;
        uint32_t n;
        NTSTATUS status = round % 3 == 0 ? emu_nt_delay_execution(1, &forever)
                          : round % 3 == 1
                              ? emu_nt_wait_for_multiple_objects(1, &event, 1, 1, NULL)
                              : emu_nt_remove_io_completion(port, &packet, 1, &n, NULL, 1);

        cr_assert_eq(status, STATUS_USER_APC);
        while (emu_nt_take_apc(&call)) {
            atomic_fetch_add(&sum, call.arguments[0]);
            atomic_fetch_add(&got, 1);
        }
    }
    return NULL;
}

static void *send_calls(void *arg)
{
    (void)arg;
    for (uint64_t i = 1; i <= CALLS; i++) {
        struct emu_apc_call call = {1, {i, 0, 0}};

        cr_assert_eq(emu_nt_queue_apc_thread(receiver, &call), STATUS_SUCCESS);
    }
    return NULL;
}

Test(apc, none_is_lost, .timeout = 100)
{
    struct test_threads threads = {0};

    cr_assert_eq(emu_nt_create_thread_object(&receiver), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_event(&event, 0x1F0003, NULL, 1, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_io_completion(&port, 0x1F0003, 0), STATUS_SUCCESS);
    test_threads_start(&threads, receive, NULL);
    for (int i = 0; i < SENDERS; i++)
        test_threads_start(&threads, send_calls, NULL);
    test_threads_join(&threads);
    cr_assert_eq(atomic_load(&got), SENDERS * CALLS);
    cr_assert_eq(atomic_load(&sum), (uint64_t)SENDERS * CALLS * (CALLS + 1) / 2);
    emu_nt_close(receiver);
    emu_nt_close(event);
    emu_nt_close(port);
}

/* A wait that is satisfied and alerted at one moment ends for one reason, and the call stays. */
static _Atomic bool stop;

static void *set_and_reset(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop)) {
        emu_nt_set_event(event, NULL);
        emu_nt_reset_event(event, NULL);
    }
    return NULL;
}

static void *wait_both(void *arg)
{
    struct emu_apc_call call;

    (void)arg;
    cr_assert_eq(emu_nt_thread_started(receiver), STATUS_SUCCESS);
    while (atomic_load(&got) < SENDERS * CALLS) {
        NTSTATUS status = emu_nt_wait_for_multiple_objects(1, &event, 1, 1, NULL);

        cr_assert(status == STATUS_USER_APC || status == STATUS_WAIT_0);
        while (status == STATUS_USER_APC && emu_nt_take_apc(&call))
            atomic_fetch_add(&got, 1);
    }
    atomic_store(&stop, true);
    return NULL;
}

Test(apc, a_wait_that_ends_both_ways, .timeout = 100)
{
    struct test_threads threads = {0};

    atomic_store(&got, 0);
    atomic_store(&stop, false);
    cr_assert_eq(emu_nt_create_thread_object(&receiver), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0), STATUS_SUCCESS);
    test_threads_start(&threads, wait_both, NULL);
    test_threads_start(&threads, set_and_reset, NULL);
    for (int i = 0; i < SENDERS; i++)
        test_threads_start(&threads, send_calls, NULL);
    test_threads_join(&threads);
    cr_assert_eq(atomic_load(&got), SENDERS * CALLS);
    emu_nt_close(receiver);
    emu_nt_close(event);
}

/* ---- names ---- */

static const char *folder;
static emu_handle shared;

static void *read_names(void *arg)
{
    union {
        FILE_NAME_INFORMATION name;
        char all[1024];
    } info;
    struct emu_iosb iosb;

    (void)arg;
    while (!atomic_load(&stop)) {
        cr_assert_eq(
            emu_nt_query_information_file(shared, &iosb, &info, sizeof info, FileNameInformation),
            STATUS_SUCCESS);
        cr_assert_eq(info.name.FileNameLength, 2 * (strlen(folder) + 2));
    }
    return NULL;
}

static void *list_names(void *arg)
{
    uint64_t page[256];
    struct emu_iosb iosb;

    (void)arg;
    while (!atomic_load(&stop)) {
        emu_handle h = must_open(folder, "", FILE_LIST_DIRECTORY | SYNCHRONIZE, FILE_OPEN,
                                 SYNC | FILE_DIRECTORY_FILE);

        cr_assert_eq(emu_nt_query_directory_file(h, 0, 0, 0, &iosb, page, sizeof page,
                                                 FileIdBothDirectoryInformation, 0, NULL),
                     STATUS_SUCCESS);
        emu_nt_close(h);
    }
    return NULL;
}

Test(names, change_under_their_readers, .timeout = 100)
{
    struct {
        FILE_RENAME_INFORMATION info;
        uint16_t more[4];
    } rename = {.info = {.ReplaceIfExists = 1, .FileNameLength = 2}};
    struct test_threads threads = {0};
    struct emu_iosb iosb;

    folder = scratch();
    put_file(folder, "a", "x", 1);
    atomic_store(&stop, false);
    shared = must_open(folder, "a", FILE_GENERIC_READ | DELETE, FILE_OPEN, SYNC);
    for (int i = 0; i < 2; i++)
        test_threads_start(&threads, read_names, NULL);
    test_threads_start(&threads, list_names, NULL);
    for (int i = 0; i < 200; i++) {
        rename.info.FileName[0] = (uint16_t)('b' + i % 5);
        cr_assert_eq(emu_nt_set_information_file(shared, &iosb, &rename, sizeof rename,
                                                 FileRenameInformation),
                     STATUS_SUCCESS);
    }
    atomic_store(&stop, true);
    test_threads_join(&threads);
    cr_assert(exists(folder, "f"));
    emu_nt_close(shared);
    scratch_remove(folder);
}
