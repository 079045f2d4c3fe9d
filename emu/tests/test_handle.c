// SPDX-License-Identifier: MIT
#include "emu/object/handle.h"
#include "emu/object/event.h"

#include "emu/tests/threads.h"

#include <sched.h>
#include <stdlib.h>

/* An object that knows how it was closed and destroyed, and poisons itself. */
struct probe {
    struct emu_object obj;
    _Atomic uint32_t *closed, *destroyed;
    uint32_t magic;
};

#define MAGIC 0x600D0B7Eu

static void probe_close(struct emu_object *obj)
{
    atomic_fetch_add(((struct probe *)obj)->closed, 1);
}

static void probe_destroy(struct emu_object *obj)
{
    struct probe *probe = (struct probe *)obj;

    atomic_fetch_add(probe->destroyed, 1);
    probe->magic = 0;
    free(probe);
}

static const struct emu_object_ops probe_ops = {"Probe",           probe_close,    probe_destroy,
                                                emu_never_signalled, emu_no_satisfy, false};

static _Atomic uint32_t closed, destroyed;

static emu_handle open_probe(uint32_t access)
{
    struct probe *probe = calloc(1, sizeof *probe);
    emu_handle handle = 0;

    probe->closed = &closed;
    probe->destroyed = &destroyed;
    probe->magic = MAGIC;
    emu_object_init(&probe->obj, &probe_ops);
    cr_assert_eq(emu_handle_create(&probe->obj, access, &handle), STATUS_SUCCESS);
    emu_object_release(&probe->obj);
    return handle;
}

Test(handle, numbers_never_meet_a_descriptor)
{
    emu_handle a = open_probe(0), b = open_probe(0);

    cr_assert(a >= EMU_HANDLE_FIRST && b >= EMU_HANDLE_FIRST);
    cr_assert_eq(a % 4, 0);
    cr_assert_eq(b % 4, 0);
    cr_assert_neq(a, b);
    cr_assert_eq(emu_handle_count(), 2);
    emu_handle_close(a);
    emu_handle_close(b);
    cr_assert_eq(emu_handle_count(), 0);
}

Test(handle, closes_once_and_destroys_with_the_last_reference)
{
    emu_handle handle = open_probe(7), other;
    struct emu_object *obj;

    cr_assert_eq(emu_handle_lookup(handle, 3, &probe_ops, &obj, NULL), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_duplicate(handle, 0, 2, &other), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_close(handle), STATUS_SUCCESS);
    cr_assert_eq(closed, 0);
    cr_assert_eq(emu_handle_close(other), STATUS_SUCCESS);
    cr_assert_eq(closed, 1);
    cr_assert_eq(destroyed, 0);
    emu_object_release(obj);
    cr_assert_eq(destroyed, 1);
    cr_assert_eq(emu_handle_close(other), STATUS_INVALID_HANDLE);
}

Test(handle, reuse_after_close)
{
    emu_handle a = open_probe(0), b = open_probe(0), again;
    struct emu_object *obj;

    emu_handle_close(a);
    cr_assert_eq(emu_handle_lookup(a, 0, NULL, &obj, NULL), STATUS_INVALID_HANDLE);
    again = open_probe(0);
    cr_assert_eq(again, a, "last closed, first reused");
    emu_handle_close(again);
    emu_handle_close(b);
}

Test(handle, junk_is_refused)
{
    static const emu_handle junk[] = {0,          1,         4,          0xFFFF,
                                      0x12345678, 1u << 31,  0xFFFFFFFF, UINT64_C(1) << 40,
                                      UINT64_MAX / 2, UINT64_MAX - 5};
    struct emu_object *obj;
    emu_handle out;

    for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++) {
        cr_expect_eq(emu_handle_lookup(junk[i], 0, NULL, &obj, NULL), STATUS_INVALID_HANDLE);
        cr_expect_eq(emu_handle_close(junk[i]), STATUS_INVALID_HANDLE);
        cr_expect_eq(emu_handle_duplicate(junk[i], 0, 2, &out), STATUS_INVALID_HANDLE);
    }
}

Test(handle, type_and_access_are_checked)
{
    emu_handle handle = open_probe(1);
    struct emu_object *obj;
    uint32_t access = 99;

    cr_assert_eq(emu_handle_lookup(handle, 1, &emu_event_ops, &obj, NULL),
                 STATUS_OBJECT_TYPE_MISMATCH);
    cr_assert_eq(emu_handle_lookup(handle, 2, &probe_ops, &obj, NULL), STATUS_ACCESS_DENIED);
    cr_assert_eq(emu_handle_lookup(handle, 1, &probe_ops, &obj, &access), STATUS_SUCCESS);
    cr_assert_eq(access, 1);
    emu_object_release(obj);
    emu_handle_close(handle);
}

Test(handle, the_low_two_bits_are_the_programs)
{
    emu_handle handle = open_probe(0);
    struct emu_object *obj;

    cr_assert_eq(emu_handle_lookup(handle | 3, 0, &probe_ops, &obj, NULL), STATUS_SUCCESS);
    emu_object_release(obj);
    cr_assert_eq(emu_handle_close(handle | 1), STATUS_SUCCESS);
    cr_assert_eq(destroyed, 1);
}

Test(handle, duplicate_may_narrow_and_close_its_source)
{
    emu_handle handle = open_probe(7), other = 0;
    struct emu_object *obj;

    cr_assert_eq(emu_handle_duplicate(handle, 1, 1, &other), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_lookup(handle, 0, NULL, &obj, NULL), STATUS_INVALID_HANDLE);
    cr_assert_eq(emu_handle_lookup(other, 2, NULL, &obj, NULL), STATUS_ACCESS_DENIED);
    cr_assert_eq(closed, 0);
    emu_handle_close(other);
    cr_assert_eq(closed, 1);
}

Test(handle, pseudo_handles)
{
    struct emu_object *process, *thread, *same;
    emu_handle real, again;

    cr_assert_eq(emu_handle_lookup(EMU_CURRENT_PROCESS, 1, NULL, &process, NULL), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_lookup(EMU_CURRENT_THREAD, 1, NULL, &thread, NULL), STATUS_SUCCESS);
    cr_assert_neq(process, thread);
    cr_assert_eq(emu_handle_close(EMU_CURRENT_PROCESS), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_close(EMU_CURRENT_THREAD), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_duplicate(EMU_CURRENT_THREAD, 0, 2, &real), STATUS_SUCCESS);
    cr_assert_eq(emu_handle_lookup(real, 0, NULL, &same, NULL), STATUS_SUCCESS);
    cr_assert_eq(same, thread);
    emu_handle_close(real);
    /* A thread may be opened, closed and opened again: nothing ends with its last handle. */
    cr_assert_eq(emu_handle_duplicate(EMU_CURRENT_THREAD, 0, 2, &again), STATUS_SUCCESS);
    emu_handle_close(again);
    emu_object_release(process);
    emu_object_release(thread);
    emu_object_release(same);
}

Test(handle, the_table_grows)
{
    static emu_handle handles[3000];

    for (int i = 0; i < 3000; i++)
        handles[i] = open_probe(0);
    cr_assert_eq(emu_handle_count(), 3000);
    for (int i = 0; i < 3000; i++)
        cr_assert_eq(emu_handle_close(handles[i]), STATUS_SUCCESS);
    cr_assert_eq(destroyed, 3000);
}

#define ROUNDS 5000

static _Atomic emu_handle shared;
static _Atomic bool stop;

static void *look_up(void *arg)
{
    uint32_t *hits = arg;

    while (!atomic_load(&stop)) {
        struct emu_object *obj;

        if (emu_handle_lookup(atomic_load(&shared), 0, &probe_ops, &obj, NULL) != STATUS_SUCCESS)
            continue;
        /* A reader that got one must find it alive, whatever the closer does. */
        cr_assert_eq(((struct probe *)obj)->magic, MAGIC);
        (*hits)++;
        emu_object_release(obj);
    }
    return NULL;
}

Test(handle, lookup_against_close)
{
    struct test_threads threads = {0};
    uint32_t hits[4] = {0};

    atomic_store(&shared, open_probe(0));
    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, look_up, &hits[i]);
    for (int i = 0; i < ROUNDS; i++) {
        cr_assert_eq(emu_handle_close(atomic_load(&shared)), STATUS_SUCCESS);
        atomic_store(&shared, open_probe(0));
    }
    atomic_store(&stop, true);
    test_threads_join(&threads);
    emu_handle_close(atomic_load(&shared));
    cr_assert_eq(closed, ROUNDS + 1);
    cr_assert_eq(destroyed, ROUNDS + 1);
    cr_assert_eq(emu_handle_count(), 0);
}

static _Atomic uint32_t won, turn;

static void *close_each(void *arg)
{
    (void)arg;
    for (uint32_t i = 1; i <= 1000; i++) {
        while (atomic_load(&turn) < i)
            sched_yield();
        if (emu_handle_close(atomic_load(&shared)) == STATUS_SUCCESS)
            atomic_fetch_add(&won, 1);
        atomic_fetch_add(&closed, 1 << 16); /* this closer has had its turn */
    }
    return NULL;
}

Test(handle, one_of_several_closers_wins)
{
    struct test_threads threads = {0};

    test_threads_start(&threads, close_each, NULL);
    test_threads_start(&threads, close_each, NULL);
    for (uint32_t i = 1; i <= 1000; i++) {
        atomic_store(&shared, open_probe(0));
        atomic_store(&turn, i);
        while (atomic_load(&closed) >> 16 < 2 * i)
            sched_yield();
        cr_assert_eq(atomic_load(&won), i);
    }
    test_threads_join(&threads);
    cr_assert_eq(destroyed, 1000);
}

static void *open_and_close(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        emu_handle a = open_probe(0), b = 0;

        cr_assert_eq(emu_handle_duplicate(a, 0, 2, &b), STATUS_SUCCESS);
        cr_assert_eq(emu_handle_close(a), STATUS_SUCCESS);
        cr_assert_eq(emu_handle_close(b), STATUS_SUCCESS);
    }
    return NULL;
}

Test(handle, many_threads_open_and_close)
{
    struct test_threads threads = {0};

    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, open_and_close, NULL);
    test_threads_join(&threads);
    cr_assert_eq(closed, 4 * ROUNDS);
    cr_assert_eq(destroyed, 4 * ROUNDS);
    cr_assert_eq(emu_handle_count(), 0);
}
