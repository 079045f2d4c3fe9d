// SPDX-License-Identifier: MIT
/* Events, manual-reset and auto-reset, and the one table of their names. */
#include "emu/object/event.h"

#include "emu/base/list.h"
#include "emu/base/lock.h"
#include "emu/base/sim.h"
#include "emu/object/handle.h"
#include "emu/object/wait.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_ALL_ACCESS 0x001F0003u
#define EVENT_QUERY_STATE 0x0001u
#define EVENT_MODIFY_STATE 0x0002u
#define MAXIMUM_ALLOWED 0x02000000u
#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_EXECUTE 0x20000000u
#define GENERIC_ALL 0x10000000u
#define OBJ_CASE_INSENSITIVE 0x40u
#define OBJ_OPENIF 0x80u

struct emu_event {
    struct emu_object obj; /* first */
    bool manual_reset;     /* const */
    bool signalled;        /* dispatcher lock */
    struct emu_list named; /* in names, or empty; names_lock */
    uint16_t *name;        /* owned, const; NULL without a name */
    uint32_t name_nbytes;
};

/* Before the dispatcher lock; nothing else is taken inside but the handle table's. */
static struct emu_lock names_lock = EMU_LOCK_INIT;
static struct emu_list names = {&names, &names}; /* struct emu_event.named; names_lock */

static struct emu_event *event_from_object(struct emu_object *obj)
{
    assert(obj->ops == &emu_event_ops);
    return (struct emu_event *)obj;
}

static void event_close(struct emu_object *obj)
{
    struct emu_event *event = event_from_object(obj);

    if (!event->name)
        return;
    /* The name goes with the last handle, whatever still refers to the event. */
    emu_lock_acquire(&names_lock);
    emu_list_remove(&event->named);
    emu_lock_release(&names_lock);
}

static void event_destroy(struct emu_object *obj)
{
    struct emu_event *event = event_from_object(obj);

    free(event->name);
    free(event);
}

static bool event_signalled(struct emu_object *obj)
{
    return event_from_object(obj)->signalled;
}

static void event_satisfy(struct emu_object *obj)
{
    struct emu_event *event = event_from_object(obj);

    if (!event->manual_reset)
        event->signalled = false;
}

const struct emu_object_ops emu_event_ops = {
    .type = "Event",
    .close = event_close,
    .destroy = event_destroy,
    .signalled = event_signalled,
    .satisfy = event_satisfy,
    .waitable = true,
};

NTSTATUS emu_event_create(bool manual_reset, bool signalled, struct emu_event **event_out)
{
    struct emu_event *event = calloc(1, sizeof *event);

    if (!event)
        return STATUS_NO_MEMORY;
    emu_object_init(&event->obj, &emu_event_ops);
    event->manual_reset = manual_reset;
    event->signalled = signalled;
    emu_list_init(&event->named);
    *event_out = event;
    return STATUS_SUCCESS;
}

bool emu_event_set(struct emu_event *event)
{
    bool before;

    emu_sim_touch_object(&event->obj.sim_id, true);
    emu_dispatcher_acquire();
    before = event->signalled;
    event->signalled = true;
    /* While it was signalled nobody could be left waiting for it alone; waits for all look again. */
    if (!before)
        emu_wait_signal_locked(&event->obj);
    emu_dispatcher_release();
    return before;
}

bool emu_event_reset(struct emu_event *event)
{
    bool before;

    emu_sim_touch_object(&event->obj.sim_id, false);
    emu_dispatcher_acquire();
    before = event->signalled;
    event->signalled = false;
    emu_dispatcher_release();
    return before;
}

bool emu_event_is_set(struct emu_event *event)
{
    bool set;

    emu_dispatcher_acquire();
    set = event->signalled;
    emu_dispatcher_release();
    return set;
}

struct emu_object *emu_event_object(struct emu_event *event)
{
    return &event->obj;
}

/* ---- names ---- */

static uint16_t fold(uint16_t c)
{
    /* [I] Names of events are compared exactly unless asked; then ASCII is what programs differ in. */
    return c >= 'a' && c <= 'z' ? (uint16_t)(c - 'a' + 'A') : c;
}

static bool same_name(const struct emu_event *event, const struct emu_object_name *name)
{
    if (event->name_nbytes != name->nbytes)
        return false;
    if (!(name->attributes & OBJ_CASE_INSENSITIVE))
        return !memcmp(event->name, name->chars, name->nbytes);
    for (uint32_t i = 0; i < name->nbytes / 2; i++)
        if (fold(event->name[i]) != fold(name->chars[i]))
            return false;
    return true;
}

/*
 * NULL: no open object has that name; else with a reference. On the list an event is alive: each of
 * its handles holds a reference, and whoever closes the last keeps it until event_close is through.
 */
static struct emu_event *find_locked(const struct emu_object_name *name)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &names)
    {
        struct emu_event *event = EMU_CONTAINER(pos, struct emu_event, named);

        /* One that has lost its last handle is on its way out of the list: not there any more. */
        if (atomic_load(&event->obj.handles) && same_name(event, name)) {
            emu_object_acquire(&event->obj);
            return event;
        }
    }
    return NULL;
}

static bool has_name(const struct emu_object_name *name)
{
    return name && name->nbytes;
}

static NTSTATUS take_name(struct emu_event *event, const struct emu_object_name *name)
{
    if (!name->chars || name->nbytes % 2)
        return STATUS_OBJECT_NAME_INVALID;
    event->name = malloc(name->nbytes);
    if (!event->name)
        return STATUS_NO_MEMORY;
    memcpy(event->name, name->chars, name->nbytes);
    event->name_nbytes = name->nbytes;
    return STATUS_SUCCESS;
}

static uint32_t granted_access(uint32_t wanted)
{
    uint32_t granted = wanted & EVENT_ALL_ACCESS;

    if (wanted & (MAXIMUM_ALLOWED | GENERIC_ALL))
        return EVENT_ALL_ACCESS;
    if (wanted & GENERIC_READ)
        granted |= 0x00020000u | EVENT_QUERY_STATE;
    if (wanted & GENERIC_WRITE)
        granted |= 0x00020000u | EVENT_MODIFY_STATE;
    if (wanted & GENERIC_EXECUTE)
        granted |= 0x00120000u;
    return granted;
}

/* Opens the event of that name, or gives the name to the new one. */
static NTSTATUS create_named(struct emu_event *event, uint32_t access,
                             const struct emu_object_name *name, emu_handle *handle_out)
{
    NTSTATUS status = take_name(event, name);
    struct emu_event *other;

    if (status != STATUS_SUCCESS)
        return status;
    emu_lock_acquire(&names_lock);
    other = find_locked(name);
    if (other && !(name->attributes & OBJ_OPENIF)) {
        status = STATUS_OBJECT_NAME_COLLISION;
    } else if (other && emu_handle_reopen(&other->obj, access, handle_out) == STATUS_SUCCESS) {
        status = STATUS_OBJECT_NAME_EXISTS; /* [D] ERROR_ALREADY_EXISTS, and a handle */
    } else {
        status = emu_handle_create(&event->obj, access, handle_out);
        if (status == STATUS_SUCCESS)
            emu_list_append(&names, &event->named);
    }
    emu_lock_release(&names_lock);
    if (other)
        emu_object_release(&other->obj);
    return status;
}

/* ---- the services ---- */

NTSTATUS emu_nt_create_event(emu_handle *event_out, uint32_t access,
                             const struct emu_object_name *name, uint32_t manual_reset,
                             uint32_t signalled)
{
    struct emu_event *event;
    NTSTATUS status;

    if (!event_out)
        return STATUS_ACCESS_VIOLATION;
    status = emu_event_create(manual_reset, signalled, &event);
    if (status != STATUS_SUCCESS)
        return status;
    access = granted_access(access);
    if (has_name(name))
        status = create_named(event, access, name, event_out);
    else
        status = emu_handle_create(&event->obj, access, event_out);
    emu_object_release(&event->obj); /* the handle has its own; one that got no handle goes */
    return status;
}

NTSTATUS emu_nt_set_event(emu_handle handle, int32_t *previous_out)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EVENT_MODIFY_STATE, &emu_event_ops, &obj, NULL);
    bool before;

    if (status != STATUS_SUCCESS)
        return status;
    emu_sim_before_object(RINGER_SIM_CALL_EVENT, false, &obj->sim_id);
    before = emu_event_set(event_from_object(obj));
    if (previous_out)
        *previous_out = before;
    emu_object_release(obj);
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_reset_event(emu_handle handle, int32_t *previous_out)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EVENT_MODIFY_STATE, &emu_event_ops, &obj, NULL);
    bool before;

    if (status != STATUS_SUCCESS)
        return status;
    emu_sim_before_object(RINGER_SIM_CALL_EVENT, false, &obj->sim_id);
    before = emu_event_reset(event_from_object(obj));
    if (previous_out)
        *previous_out = before;
    emu_object_release(obj);
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_query_event(emu_handle handle, uint32_t information_class, void *info,
                            uint32_t info_nbytes, uint32_t *length_out)
{
    struct {
        int32_t type; /* NotificationEvent 0, SynchronizationEvent 1 */
        int32_t state;
    } basic;
    struct emu_object *obj;
    NTSTATUS status;

    if (information_class != 0)
        return STATUS_INVALID_INFO_CLASS;
    if (info_nbytes != sizeof basic)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!info)
        return STATUS_ACCESS_VIOLATION;
    status = emu_handle_lookup(handle, EVENT_QUERY_STATE, &emu_event_ops, &obj, NULL);
    if (status != STATUS_SUCCESS)
        return status;
    emu_sim_before_object(RINGER_SIM_CALL_EVENT, false, &obj->sim_id);
    basic.type = event_from_object(obj)->manual_reset ? 0 : 1;
    basic.state = emu_event_is_set(event_from_object(obj));
    emu_object_release(obj);
    memcpy(info, &basic, sizeof basic);
    if (length_out)
        *length_out = sizeof basic;
    return STATUS_SUCCESS;
}
