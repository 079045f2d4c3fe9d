// SPDX-License-Identifier: MIT
#include "emu/base/clock.h"
#include "emu/object/file.h"
#include "emu/object/handle.h"
#include "emu/object/port.h"
#include "emu/object/wait.h"

#include "emu/tests/threads.h"

#include <sched.h>

static emu_handle make_port(void)
{
    emu_handle port = 0;

    cr_assert_eq(emu_nt_create_io_completion(&port, 0x1F0003, 0), STATUS_SUCCESS);
    return port;
}

static NTSTATUS take(emu_handle port, struct emu_completion_packet *packets, uint32_t capacity,
                     uint32_t *count, bool for_ever)
{
    int64_t now = 0;

    *count = 99;
    return emu_nt_remove_io_completion(port, packets, capacity, count, for_ever ? NULL : &now, 0);
}

Test(port, packets_leave_in_order_and_whole)
{
    struct emu_completion_packet packets[4];
    emu_handle port = make_port();
    uint32_t count;

    cr_assert_eq(take(port, packets, 4, &count, false), STATUS_TIMEOUT);
    cr_assert_eq(count, 0);
    for (uint64_t i = 1; i <= 5; i++)
        cr_assert_eq(emu_nt_set_io_completion(port, i, 10 * i, (NTSTATUS)(i + 0x100), 100 * i),
                     STATUS_SUCCESS);
    cr_assert_eq(take(port, packets, 4, &count, false), STATUS_SUCCESS);
    cr_assert_eq(count, 4);
    for (uint64_t i = 1; i <= 4; i++) {
        cr_assert_eq(packets[i - 1].key, i);
        cr_assert_eq(packets[i - 1].apc_context, 10 * i);
        cr_assert_eq(packets[i - 1].iosb.status, (NTSTATUS)(i + 0x100));
        cr_assert_eq(packets[i - 1].iosb.information, 100 * i);
    }
    cr_assert_eq(take(port, packets, 4, &count, true), STATUS_SUCCESS);
    cr_assert_eq(count, 1);
    cr_assert_eq(packets[0].key, 5);
    emu_nt_close(port);
}

Test(port, parameters)
{
    struct emu_completion_packet packet;
    emu_handle port = make_port(), event;
    uint32_t count;

    cr_assert_eq(take(port, &packet, 0, &count, false), STATUS_INVALID_PARAMETER);
    cr_assert_eq(take(0x55550, &packet, 1, &count, false), STATUS_INVALID_HANDLE);
    cr_assert_eq(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0), STATUS_SUCCESS);
    cr_assert_eq(take(event, &packet, 1, &count, false), STATUS_OBJECT_TYPE_MISMATCH);
    cr_assert_eq(emu_nt_set_io_completion(event, 0, 0, 0, 0), STATUS_OBJECT_TYPE_MISMATCH);
    emu_nt_close(event);
    emu_nt_close(port);
}

Test(port, is_signalled_while_it_has_packets)
{
    struct emu_completion_packet packet;
    emu_handle port = make_port();
    int64_t now = 0;
    uint32_t count;

    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &port, 1, 0, &now), STATUS_TIMEOUT);
    emu_nt_set_io_completion(port, 1, 2, 3, 4);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &port, 1, 0, &now), STATUS_WAIT_0);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &port, 1, 0, &now), STATUS_WAIT_0);
    take(port, &packet, 1, &count, false);
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &port, 1, 0, &now), STATUS_TIMEOUT);
    emu_nt_close(port);
}

/* One thread that has looked the port up, perhaps blocked already: the close must reach it. */
static void *wait_or_miss(void *arg)
{
    struct emu_completion_packet packet;
    uint32_t count;
    NTSTATUS status = take(*(emu_handle *)arg, &packet, 1, &count, true);

    cr_assert(status == STATUS_ABANDONED_WAIT_0 || status == STATUS_INVALID_HANDLE);
    return NULL;
}

Test(port, closing_it_abandons_its_waiters)
{
    for (int round = 0; round < 300; round++) {
        struct test_threads threads = {0};
        emu_handle port = make_port();

        for (int i = 0; i < 4; i++)
            test_threads_start(&threads, wait_or_miss, &port);
        if (round % 2)
            sched_yield();
        cr_assert_eq(emu_nt_close(port), STATUS_SUCCESS);
        test_threads_join(&threads);
    }
    cr_assert_eq(emu_handle_count(), 0);
}

Test(port, a_closed_port_takes_packets_and_drops_them)
{
    emu_handle port = make_port();
    struct emu_object *obj;
    struct emu_port_packet *packet = emu_port_packet_alloc();

    cr_assert_eq(emu_handle_lookup(port, 0, &emu_port_ops, &obj, NULL), STATUS_SUCCESS);
    emu_nt_set_io_completion(port, 1, 1, 1, 1);
    emu_nt_close(port);
    emu_port_post_packet(emu_port_from_object(obj), packet);
    emu_object_release(obj); /* a leak here is the sanitizer's to find */
}

Test(port, association)
{
    emu_handle port = make_port();
    struct emu_file file = {.synchronous = true};
    struct emu_object *obj;

    emu_lock_init(&file.pending_lock);
    cr_assert_eq(emu_handle_lookup(port, 0, &emu_port_ops, &obj, NULL), STATUS_SUCCESS);
    cr_assert_eq(emu_port_associate(&file, emu_port_from_object(obj), 1),
                 STATUS_INVALID_PARAMETER);
    file.synchronous = false;
    cr_assert_eq(emu_port_associate(&file, emu_port_from_object(obj), 7), STATUS_SUCCESS);
    cr_assert_eq(file.port_key, 7);
    cr_assert_eq(emu_port_associate(&file, emu_port_from_object(obj), 8),
                 STATUS_INVALID_PARAMETER);
    cr_assert_eq(file.port_key, 7);
    emu_object_release(emu_port_object(file.port));
    emu_object_release(obj);
    emu_nt_close(port);
    emu_lock_fini(&file.pending_lock);
}

#define PRODUCERS 4
#define EACH 20000

static emu_handle crowd;
static _Atomic uint32_t seen[PRODUCERS][EACH];
static _Atomic uint32_t total;

static void *produce(void *arg)
{
    uint64_t who = (uintptr_t)arg;

    for (uint64_t i = 0; i < EACH; i++)
        cr_assert_eq(emu_nt_set_io_completion(crowd, who, i, 0, 0), STATUS_SUCCESS);
    return NULL;
}

static void *consume(void *arg)
{
    uint32_t capacity = (uint32_t)(uintptr_t)arg;
    uint64_t last[PRODUCERS] = {0};

    for (;;) {
        struct emu_completion_packet packets[16];
        uint32_t count;

        if (take(crowd, packets, capacity, &count, true) == STATUS_ABANDONED_WAIT_0)
            return NULL;
        for (uint32_t i = 0; i < count; i++) {
            if (packets[i].key == PRODUCERS) /* the end; as many as there are consumers */
                return NULL;
            atomic_fetch_add(&seen[packets[i].key][packets[i].apc_context], 1);
            /* One consumer sees one producer's packets in order. */
            cr_assert(packets[i].apc_context + 1 > last[packets[i].key]);
            last[packets[i].key] = packets[i].apc_context + 1;
            atomic_fetch_add(&total, 1);
        }
    }
}

Test(port, many_producers_and_consumers_lose_nothing)
{
    struct test_threads producers = {0}, consumers = {0};

    crowd = make_port();
    for (uintptr_t i = 0; i < 4; i++)
        test_threads_start(&consumers, consume, (void *)(i < 2 ? (uintptr_t)1 : (uintptr_t)16));
    for (uintptr_t i = 0; i < PRODUCERS; i++)
        test_threads_start(&producers, produce, (void *)i);
    test_threads_join(&producers);
    while (atomic_load(&total) < PRODUCERS * EACH)
        sched_yield();
    for (int i = 0; i < 4; i++)
        emu_nt_set_io_completion(crowd, PRODUCERS, 0, 0, 0);
    emu_nt_close(crowd); /* whoever did not get an end packet is abandoned */
    test_threads_join(&consumers);
    for (int p = 0; p < PRODUCERS; p++)
        for (int i = 0; i < EACH; i++)
            cr_assert_eq(seen[p][i], 1);
}

static _Atomic uint32_t got;
static _Atomic bool enough;

static void *take_with_deadlines(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough)) {
        struct emu_completion_packet packet;
        int64_t soon = -100; /* 10 us */
        uint32_t count;

        if (emu_nt_remove_io_completion(crowd, &packet, 1, &count, &soon, 0) == STATUS_SUCCESS)
            atomic_fetch_add(&got, 1);
    }
    return NULL;
}

Test(port, deadlines_race_with_packets_and_none_is_lost)
{
    struct test_threads threads = {0};
    struct emu_completion_packet packet;
    uint32_t count, left = 0;

    crowd = make_port();
    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, take_with_deadlines, NULL);
    for (uint32_t i = 0; i < EACH; i++)
        emu_nt_set_io_completion(crowd, 0, i, 0, 0);
    atomic_store(&enough, true);
    test_threads_join(&threads);
    while (take(crowd, &packet, 1, &count, false) == STATUS_SUCCESS)
        left++;
    cr_assert_eq(atomic_load(&got) + left, EACH);
    emu_nt_close(crowd);
}
