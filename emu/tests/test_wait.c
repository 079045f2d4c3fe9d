// SPDX-License-Identifier: MIT
#include "emu/base/clock.h"
#include "emu/object/event.h"
#include "emu/object/handle.h"
#include "emu/object/wait.h"

#include "emu/tests/threads.h"

#include <sched.h>

static struct emu_event *events[EMU_WAIT_MAX];
static struct emu_object *objs[EMU_WAIT_MAX];

static void make(int count, bool manual)
{
    for (int i = 0; i < count; i++) {
        cr_assert_eq(emu_event_create(manual, false, &events[i]), STATUS_SUCCESS);
        objs[i] = emu_event_object(events[i]);
    }
}

static void drop(int count)
{
    for (int i = 0; i < count; i++)
        emu_object_release(objs[i]);
}

static NTSTATUS poll_wait(uint32_t count, bool all)
{
    return emu_wait(objs, count, all, 0);
}

Test(wait, any_takes_the_lowest_index_and_only_that)
{
    make(3, false);
    cr_assert_eq(poll_wait(3, false), STATUS_TIMEOUT);
    emu_event_set(events[2]);
    emu_event_set(events[1]);
    cr_assert_eq(poll_wait(3, false), STATUS_WAIT_0 + 1);
    cr_assert_eq(poll_wait(3, false), STATUS_WAIT_0 + 2);
    cr_assert_eq(poll_wait(3, false), STATUS_TIMEOUT);
    drop(3);
}

Test(wait, all_takes_nothing_until_it_can_take_everything)
{
    make(2, false);
    emu_event_set(events[0]);
    cr_assert_eq(poll_wait(2, true), STATUS_TIMEOUT);
    cr_assert(emu_event_is_set(events[0]));
    emu_event_set(events[1]);
    cr_assert_eq(poll_wait(2, true), STATUS_WAIT_0);
    cr_assert_not(emu_event_is_set(events[0]));
    cr_assert_not(emu_event_is_set(events[1]));
    drop(2);
}

Test(wait, parameters)
{
    emu_handle handles[2], junk = 0x123450;
    int64_t now = 0;

    make(1, true);
    objs[1] = objs[0];
    emu_event_set(events[0]);
    cr_assert_eq(emu_wait(objs, 0, false, 0), STATUS_INVALID_PARAMETER_1);
    cr_assert_eq(emu_wait(objs, EMU_WAIT_MAX + 1, false, 0), STATUS_INVALID_PARAMETER_1);
    cr_assert_eq(poll_wait(2, true), STATUS_INVALID_PARAMETER_MIX);
    cr_assert_eq(poll_wait(2, false), STATUS_WAIT_0);
    drop(1);

    cr_assert_eq(emu_nt_create_event(&handles[0], 0x1F0003, NULL, 1, 1), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_duplicate(handles[0], 2, 0, &handles[1]), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(0, handles, 1, 0, &now),
                 STATUS_INVALID_PARAMETER_1);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &junk, 1, 0, &now), STATUS_INVALID_HANDLE);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, handles, 1, 0, &now), STATUS_WAIT_0);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(2, handles, 1, 0, &now), STATUS_ACCESS_DENIED,
                 "the second has no SYNCHRONIZE");
    emu_nt_close(handles[0]);
    emu_nt_close(handles[1]);
}

Test(wait, the_deadline_passes)
{
    uint64_t deadline = emu_clock_now_ns() + 2000000;

    make(2, true);
    cr_assert_eq(emu_wait(objs, 2, false, deadline), STATUS_TIMEOUT);
    cr_assert(emu_clock_now_ns() >= deadline);
    cr_assert_eq(emu_wait(objs, 2, true, emu_clock_now_ns() + 1000), STATUS_TIMEOUT);
    drop(2);
}

Test(wait, an_unfinished_process_times_out)
{
    emu_handle self = EMU_CURRENT_PROCESS;
    int64_t now = 0;

    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &self, 1, 0, &now), STATUS_TIMEOUT);
}

static void *wait_first(void *arg)
{
    _Atomic uint32_t *released = arg;

    cr_assert_eq(emu_wait(objs, 1, false, EMU_FOREVER), STATUS_WAIT_0);
    atomic_fetch_add(released, 1);
    return NULL;
}

Test(wait, an_auto_reset_event_releases_exactly_one_a_set)
{
    struct test_threads threads = {0};
    _Atomic uint32_t released = 0;

    make(1, false);
    for (int i = 0; i < 8; i++)
        test_threads_start(&threads, wait_first, &released);
    for (uint32_t i = 0; i < 8; i++) {
        /* A set on a set event is lost: wait until the last one was taken. */
        while (emu_event_is_set(events[0]))
            sched_yield();
        cr_assert(atomic_load(&released) <= i);
        emu_event_set(events[0]);
    }
    test_threads_join(&threads);
    cr_assert_eq(atomic_load(&released), 8);
    cr_assert_not(emu_event_is_set(events[0]));
    drop(1);
}

Test(wait, a_manual_reset_event_releases_everybody)
{
    struct test_threads threads = {0};
    _Atomic uint32_t released = 0;

    make(1, true);
    for (int i = 0; i < 8; i++)
        test_threads_start(&threads, wait_first, &released);
    emu_event_set(events[0]);
    test_threads_join(&threads);
    cr_assert_eq(atomic_load(&released), 8);
    drop(1);
}

#define STORM 20000

/* Sets an auto-reset event again each time that its last signal was taken. */
static void *storm(void *arg)
{
    struct emu_event *event = arg;

    for (int i = 0; i < STORM; i++)
        while (emu_event_set(event))
            sched_yield();
    return NULL;
}

Test(wait, any_against_a_storm_of_sets)
{
    struct test_threads threads = {0};
    int seen[4] = {0};

    make(4, false);
    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, storm, events[i]);
    for (int i = 0; i < 4 * STORM; i++) {
        NTSTATUS status = emu_wait(objs, 4, false, EMU_FOREVER);

        cr_assert(status >= STATUS_WAIT_0 && status < STATUS_WAIT_0 + 4);
        seen[status - STATUS_WAIT_0]++;
    }
    test_threads_join(&threads);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(seen[i], STORM, "every signal was taken once");
    cr_assert_eq(poll_wait(4, false), STATUS_TIMEOUT);
    drop(4);
}

Test(wait, all_against_a_storm_of_sets)
{
    struct test_threads threads = {0};

    make(4, false);
    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, storm, events[i]);
    for (int i = 0; i < STORM; i++)
        cr_assert_eq(emu_wait(objs, 4, true, EMU_FOREVER), STATUS_WAIT_0);
    test_threads_join(&threads);
    cr_assert_eq(poll_wait(4, false), STATUS_TIMEOUT, "no signal was left over or lost");
    drop(4);
}

static _Atomic uint32_t taken;

static void *compete(void *arg)
{
    bool all = arg != NULL;

    for (;;) {
        /* Short deadlines, so that time-outs race with signals. */
        NTSTATUS status = emu_wait(objs, 2, all, emu_clock_now_ns() + 20000);

        if (status != STATUS_TIMEOUT)
            atomic_fetch_add(&taken, all ? 2 : 1);
        if (atomic_load(&taken) >= STORM)
            return NULL;
    }
}

static void *feed(void *arg)
{
    struct emu_event *event = arg;
    uintptr_t sets = 0;

    while (atomic_load(&taken) < STORM)
        sets += !emu_event_set(event);
    return (void *)sets;
}

Test(wait, deadlines_race_with_signals_and_nothing_is_lost)
{
    struct test_threads threads = {0};
    pthread_t feeders[2];
    uintptr_t sets = 0, left;
    void *result;

    make(2, false);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&feeders[i], NULL, feed, events[i]), 0);
    for (int i = 0; i < 6; i++)
        test_threads_start(&threads, compete, i % 3 ? NULL : &taken);
    for (int i = 0; i < 2; i++) {
        pthread_join(feeders[i], &result);
        sets += (uintptr_t)result;
    }
    test_threads_join(&threads);
    left = (uintptr_t)emu_event_is_set(events[0]) + emu_event_is_set(events[1]);
    cr_assert_eq(sets, atomic_load(&taken) + left);
    drop(2);
}

static void *finish(void *arg)
{
    emu_handle thread = *(emu_handle *)arg, self;
    struct emu_object *a, *b;

    cr_assert_eq(emu_nt_thread_started(thread), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_thread_started(thread), STATUS_INVALID_PARAMETER);
    cr_assert_eq(emu_handle_duplicate(EMU_CURRENT_THREAD, 0, 2, &self), STATUS_SUCCESS);
    emu_handle_lookup(self, 0, NULL, &a, NULL);
    emu_handle_lookup(thread, 0, NULL, &b, NULL);
    cr_assert_eq(a, b);
    emu_object_release(a);
    emu_object_release(b);
    emu_nt_close(self);
    cr_assert_eq(emu_nt_thread_finished(thread, 42), STATUS_SUCCESS);
    return NULL;
}

Test(wait, a_thread_is_signalled_when_it_has_finished)
{
    struct test_threads threads = {0};
    emu_handle thread;
    uint32_t code = 0;

    cr_assert_eq(emu_nt_create_thread_object(&thread), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_query_thread_exit(thread, &code), STATUS_SUCCESS);
    cr_assert_eq(code, 259);
    test_threads_start(&threads, finish, &thread);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &thread, 1, 0, NULL), STATUS_WAIT_0);
    cr_assert_eq(emu_nt_query_thread_exit(thread, &code), STATUS_SUCCESS);
    cr_assert_eq(code, 42);
    test_threads_join(&threads);
    emu_nt_close(thread);
    cr_assert_eq(emu_handle_count(), 0);
}
