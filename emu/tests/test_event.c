// SPDX-License-Identifier: MIT
#include "emu/object/event.h"
#include "emu/object/handle.h"
#include "emu/object/wait.h"

#include "emu/tests/threads.h"

#define ALL_ACCESS 0x1F0003u
#define OPENIF 0x80u

Test(event, set_and_reset_tell_the_state_before)
{
    struct emu_event *event;

    cr_assert_eq(emu_event_create(true, false, &event), STATUS_SUCCESS);
    cr_assert_not(emu_event_is_set(event));
    cr_assert_not(emu_event_set(event));
    cr_assert(emu_event_set(event));
    cr_assert(emu_event_is_set(event));
    cr_assert(emu_event_reset(event));
    cr_assert_not(emu_event_reset(event));
    emu_object_release(emu_event_object(event));
}

Test(event, services_check_access_and_type)
{
    emu_handle event, port, read_only;
    int32_t state[2] = {-1, -1}, previous = -1;
    uint32_t length = 0;

    cr_assert_eq(emu_nt_create_event(&event, ALL_ACCESS, NULL, 1, 1), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_query_event(event, 0, state, 8, &length), STATUS_SUCCESS);
    cr_assert(state[0] == 0 && state[1] == 1 && length == 8);
    cr_assert_eq(emu_nt_reset_event(event, &previous), STATUS_SUCCESS);
    cr_assert_eq(previous, 1);
    cr_assert_eq(emu_nt_set_event(event, &previous), STATUS_SUCCESS);
    cr_assert_eq(previous, 0);
    cr_assert_eq(emu_nt_query_event(event, 0, state, 7, NULL), STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(emu_nt_query_event(event, 9, state, 8, NULL), STATUS_INVALID_INFO_CLASS);

    cr_assert_eq(emu_handle_duplicate(event, 0x100001, 0, &read_only), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_set_event(read_only, NULL), STATUS_ACCESS_DENIED);
    cr_assert_eq(emu_nt_create_io_completion(&port, 0x1F0003, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_set_event(port, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    cr_assert_eq(emu_nt_set_event(0x12340, NULL), STATUS_INVALID_HANDLE);
    emu_nt_close(event);
    emu_nt_close(read_only);
    emu_nt_close(port);
    cr_assert_eq(emu_handle_count(), 0);
}

static NTSTATUS open_named(const uint16_t *chars, uint32_t nbytes, emu_handle *out)
{
    struct emu_object_name name = {chars, nbytes, OPENIF, 0};

    return emu_nt_create_event(out, ALL_ACCESS, &name, 1, 0);
}

Test(event, names_are_of_the_process_and_end_with_the_last_handle)
{
    const uint16_t *gate = u"gate", *other = u"other";
    struct emu_object_name exclusive = {gate, 8, 0, 0};
    emu_handle a, b, c, d;
    int32_t state[2];

    cr_assert_eq(open_named(gate, 8, &a), STATUS_SUCCESS);
    cr_assert_eq(open_named(gate, 8, &b), STATUS_OBJECT_NAME_EXISTS);
    cr_assert_eq(open_named(other, 10, &c), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_event(&d, ALL_ACCESS, &exclusive, 1, 0),
                 STATUS_OBJECT_NAME_COLLISION);
    emu_nt_set_event(a, NULL);
    emu_nt_query_event(b, 0, state, 8, NULL);
    cr_assert_eq(state[1], 1, "one event under two handles");
    emu_nt_query_event(c, 0, state, 8, NULL);
    cr_assert_eq(state[1], 0);
    emu_nt_close(a);
    emu_nt_close(b);
    cr_assert_eq(open_named(gate, 8, &a), STATUS_SUCCESS, "the name was free again");
    emu_nt_query_event(a, 0, state, 8, NULL);
    cr_assert_eq(state[1], 0, "and this is a new event");
    emu_nt_close(a);
    emu_nt_close(c);
    cr_assert_eq(emu_handle_count(), 0);
}

static void *open_named_often(void *arg)
{
    (void)arg;
    for (int i = 0; i < 5000; i++) {
        emu_handle event;
        NTSTATUS status = open_named(u"often", 10, &event);

        cr_assert(status == STATUS_SUCCESS || status == STATUS_OBJECT_NAME_EXISTS);
        cr_assert_eq(emu_nt_set_event(event, NULL), STATUS_SUCCESS);
        cr_assert_eq(emu_nt_close(event), STATUS_SUCCESS);
    }
    return NULL;
}

Test(event, a_name_opened_and_closed_by_many_threads)
{
    struct test_threads threads = {0};

    for (int i = 0; i < 4; i++)
        test_threads_start(&threads, open_named_often, NULL);
    test_threads_join(&threads);
    cr_assert_eq(emu_handle_count(), 0);
}
