// SPDX-License-Identifier: MIT
#include "emu/base/clock.h"
#include "emu/base/fork.h"
#include "emu/base/lock.h"
#include "emu/object/event.h"
#include "emu/object/handle.h"
#include "emu/object/wait.h"

#include "emu/tests/threads.h"

#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The allocator of gcc 12's AddressSanitizer may be locked for ever in a child. */
#if defined(__SANITIZE_ADDRESS__)
#define CHILD_MAY_ALLOCATE 0
#else
#define CHILD_MAY_ALLOCATE 1
#endif

/* In the child: a failed check ends it with the line, Criterion is the parent's. */
#define CHILD_CHECK(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            dprintf(2, "child: line %d: %s\n", __LINE__, #condition);                              \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void expect_clean_exit(pid_t child)
{
    int status = -1;

    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status 0x%x", status);
}

static int order[8], order_count;

#define HANDLER(name, number)                                                                      \
    static void name(void)                                                                         \
    {                                                                                              \
        order[order_count++] = number;                                                             \
    }
HANDLER(prepare_a, 1)
HANDLER(prepare_b, 2)
HANDLER(parent_a, 11)
HANDLER(parent_b, 12)
HANDLER(child_a, 21)
HANDLER(child_b, 22)

Test(fork, handlers_run_in_order_and_back)
{
    uint32_t generation = emu_fork_generation();
    pid_t child;

    emu_fork_register(prepare_a, parent_a, child_a);
    emu_fork_register(NULL, NULL, NULL);
    emu_fork_register(prepare_b, parent_b, child_b);
    child = fork();
    if (!child) {
        CHILD_CHECK(order_count == 4);
        CHILD_CHECK(order[0] == 1 && order[1] == 2 && order[2] == 22 && order[3] == 21);
        CHILD_CHECK(emu_fork_generation() == generation + 1);
        _exit(0);
    }
    expect_clean_exit(child);
    cr_assert(order[0] == 1 && order[1] == 2 && order[2] == 12 && order[3] == 11);
    cr_assert_eq(emu_fork_generation(), generation);
}

Test(fork, handles_and_events_work_in_the_child)
{
    emu_handle event;
    pid_t child;
    int64_t now = 0;

    cr_assert_eq(emu_nt_create_event(&event, 0x1F0003, NULL, 1, 0), STATUS_SUCCESS);
    child = fork();
    if (!child) {
        CHILD_CHECK(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, &now) == STATUS_TIMEOUT);
        CHILD_CHECK(emu_nt_set_event(event, NULL) == STATUS_SUCCESS);
        CHILD_CHECK(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, NULL) == STATUS_WAIT_0);
        CHILD_CHECK(emu_nt_close(event) == STATUS_SUCCESS);
        CHILD_CHECK(emu_handle_count() == 0);
        _exit(0);
    }
    expect_clean_exit(child);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, &now), STATUS_TIMEOUT,
                 "the child's event is a copy");
    emu_nt_close(event);
}

static _Atomic bool stop;
static struct emu_lock pair_lock = EMU_LOCK_INIT;
static uint64_t pair[2]; /* equal whenever pair_lock is free */
static emu_handle shared_event, shared_port;

static void *churn(void *arg)
{
    struct emu_completion_packet packet;
    int64_t now = 0;

    (void)arg;
    while (!atomic_load(&stop)) {
        emu_handle event;
        uint32_t count;

        emu_lock_acquire(&pair_lock);
        pair[0]++;
        emu_nt_set_event(shared_event, NULL); /* nested locks */
        pair[1]++;
        emu_lock_release(&pair_lock);
        cr_assert_eq(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 1), STATUS_SUCCESS);
        cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, NULL), STATUS_WAIT_0);
        emu_nt_reset_event(shared_event, NULL);
        emu_nt_set_io_completion(shared_port, 1, 2, 3, 4);
        emu_nt_remove_io_completion(shared_port, &packet, 1, &count, &now, 0);
        cr_assert_eq(emu_nt_close(event), STATUS_SUCCESS);
    }
    return NULL;
}

static void *block(void *arg)
{
    emu_handle gate = *(emu_handle *)arg;

    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &gate, 1, 0, NULL), STATUS_WAIT_0);
    return NULL;
}

static void check_child(emu_handle gate)
{
    struct emu_completion_packet packet;
    emu_handle event;
    int64_t now = 0;
    uint32_t count;

    emu_lock_acquire(&pair_lock);
    CHILD_CHECK(pair[0] == pair[1]);
    emu_lock_release(&pair_lock);
    CHILD_CHECK(emu_nt_set_event(shared_event, NULL) == STATUS_SUCCESS);
    CHILD_CHECK(emu_nt_wait_for_multiple_objects(1, &shared_event, 1, 0, NULL) == STATUS_WAIT_0);
    CHILD_CHECK(emu_nt_set_event(gate, NULL) == STATUS_SUCCESS); /* its waiter is not here */
    if (!CHILD_MAY_ALLOCATE)
        _exit(0);
    CHILD_CHECK(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0) == STATUS_SUCCESS);
    CHILD_CHECK(emu_nt_set_event(event, NULL) == STATUS_SUCCESS);
    CHILD_CHECK(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, NULL) == STATUS_WAIT_0);
    CHILD_CHECK(emu_nt_set_io_completion(shared_port, 1, 2, 3, 4) == STATUS_SUCCESS);
    CHILD_CHECK(emu_nt_remove_io_completion(shared_port, &packet, 1, &count, &now, 0) ==
                STATUS_SUCCESS);
    _exit(0);
}

Test(fork, in_the_middle_of_work_on_other_threads, .timeout = 60)
{
    struct test_threads threads = {0};
    emu_handle gate;
    uint64_t slowest = 0;

    cr_assert_eq(emu_nt_create_event(&gate, 0x1F0003, NULL, 1, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_event(&shared_event, 0x1F0003, NULL, 1, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_io_completion(&shared_port, 0x1F0003, 0), STATUS_SUCCESS);
    test_threads_start(&threads, block, &gate);
    for (int i = 0; i < 3; i++)
        test_threads_start(&threads, churn, NULL);
    for (int i = 0; i < 200; i++) {
        uint64_t before = emu_clock_now_ns(), took;
        pid_t child = fork();

        if (!child)
            check_child(gate);
        took = emu_clock_now_ns() - before;
        slowest = took > slowest ? took : slowest;
        expect_clean_exit(child);
    }
    atomic_store(&stop, true);
    emu_nt_set_event(gate, NULL);
    test_threads_join(&threads);
    cr_assert(slowest < UINT64_C(1900000000), "no fork ran into the drain limit");
    cr_assert_eq(pair[0], pair[1]);
    emu_nt_close(gate);
    emu_nt_close(shared_event);
    emu_nt_close(shared_port);
    cr_assert_eq(emu_handle_count(), 0);
}

static struct emu_long_lock long_lock;
static uint64_t long_count;
static _Atomic bool held, let_go;

static void *hold_long(void *arg)
{
    (void)arg;
    emu_long_lock_acquire(&long_lock);
    atomic_store(&held, true);
    while (!atomic_load(&let_go))
        sched_yield();
    emu_long_lock_release(&long_lock);
    return NULL;
}

Test(fork, a_long_lock_held_by_another_thread_is_free_in_the_child)
{
    struct test_threads threads = {0};
    pid_t child;

    emu_long_lock_init(&long_lock);
    test_threads_start(&threads, hold_long, NULL);
    while (!atomic_load(&held))
        sched_yield();
    child = fork(); /* does not wait for it either */
    if (!child) {
        emu_long_lock_acquire(&long_lock);
        emu_long_lock_release(&long_lock);
        emu_long_lock_acquire(&long_lock);
        _exit(0);
    }
    expect_clean_exit(child);
    atomic_store(&let_go, true);
    test_threads_join(&threads);
}

static void *count_long(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20000; i++) {
        emu_long_lock_acquire(&long_lock);
        long_count++;
        emu_long_lock_release(&long_lock);
    }
    return NULL;
}

Test(fork, long_locks_exclude)
{
    struct test_threads threads = {0};

    emu_long_lock_init(&long_lock);
    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, count_long, NULL);
    test_threads_join(&threads);
    cr_assert_eq(long_count, 80000);
}
