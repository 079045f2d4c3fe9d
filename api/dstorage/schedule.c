/* SPDX-License-Identifier: MIT */
/* Which request is begun next. */
#include "api/dstorage/io.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"

#define STEP 8u

static unsigned level_of(int priority)
{
    return (unsigned)(priority - DSTORAGE_PRIORITY_FIRST);
}

static void refill_locked(struct ds_schedule *schedule)
{
    unsigned credit = 1;

    for (unsigned level = 0; level < DSTORAGE_PRIORITY_COUNT; level++, credit *= STEP)
        schedule->credit[level] = credit;
}

void ds_schedule_init(struct ds_schedule *schedule)
{
    InitializeSRWLock(&schedule->lock);
    for (unsigned level = 0; level < DSTORAGE_PRIORITY_COUNT; level++)
        emu_list_init(&schedule->ready[level]);
    refill_locked(schedule);
    schedule->count = 0;
    schedule->stopping = false;
}

static UINT32 length_of(const struct emu_list *list)
{
    const struct emu_list *node;
    UINT32 count = 0;

    emu_list_for_each(node, list)
        count++;
    return count;
}

void ds_schedule_submit(struct ds_runtime *runtime, struct emu_list *entries, int priority)
{
    struct ds_schedule *schedule = &runtime->schedule;
    UINT32 count = length_of(entries);

    if (!count)
        return;
    AcquireSRWLockExclusive(&schedule->lock);
    emu_list_splice(&schedule->ready[level_of(priority)], entries);
    schedule->count += count;
    ReleaseSRWLockExclusive(&schedule->lock);
    ds_io_wake(runtime, count);
}

static void put_first(struct ds_runtime *runtime, struct ds_entry *entry)
{
    struct ds_schedule *schedule = &runtime->schedule;
    struct emu_list *list = &schedule->ready[level_of(entry->queue->desc.Priority)];

    AcquireSRWLockExclusive(&schedule->lock);
    emu_list_insert_before(list->next, &entry->link);
    schedule->count++;
    ReleaseSRWLockExclusive(&schedule->lock);
}

void ds_schedule_resume(struct ds_runtime *runtime, struct emu_list *entries)
{
    UINT32 count = length_of(entries);
    struct emu_list *node;

    /* From behind, so that the order stays. */
    while ((node = entries->prev) != entries) {
        emu_list_remove(node);
        put_first(runtime, EMU_CONTAINER(node, struct ds_entry, link));
    }
    if (count)
        ds_io_wake(runtime, count);
}

/* By the thread itself, which knows that it cannot go on: nobody is woken. */
void ds_schedule_resume_one(struct ds_runtime *runtime, struct ds_entry *entry)
{
    put_first(runtime, entry);
}

static struct ds_entry *take_locked(struct ds_schedule *schedule)
{
    for (unsigned level = DSTORAGE_PRIORITY_COUNT; level-- > 0;) {
        struct emu_list *node;

        if (!schedule->credit[level])
            continue;
        node = emu_list_take_first(&schedule->ready[level]);
        if (node) {
            schedule->credit[level]--;
            schedule->count--;
            return EMU_CONTAINER(node, struct ds_entry, link);
        }
    }
    return NULL;
}

struct ds_entry *ds_schedule_take(struct ds_schedule *schedule)
{
    struct ds_entry *entry = NULL;

    AcquireSRWLockExclusive(&schedule->lock);
    if (schedule->count) {
        entry = take_locked(schedule);
        if (!entry) {
            refill_locked(schedule);
            entry = take_locked(schedule);
        }
    }
    ReleaseSRWLockExclusive(&schedule->lock);
    return entry;
}

void ds_schedule_sweep(struct ds_runtime *runtime)
{
    struct ds_schedule *schedule = &runtime->schedule;
    struct emu_list cancelled, *node, *next;

    ds_runtime_sweep(runtime);
    emu_list_init(&cancelled);
    AcquireSRWLockExclusive(&schedule->lock);
    for (unsigned level = 0; level < DSTORAGE_PRIORITY_COUNT; level++) {
        emu_list_for_each_safe(node, next, &schedule->ready[level]) {
            if (ds_get(&EMU_CONTAINER(node, struct ds_entry, link)->cancelled)) {
                emu_list_remove(node);
                emu_list_append(&cancelled, node);
                schedule->count--;
            }
        }
    }
    ReleaseSRWLockExclusive(&schedule->lock);
    /* Of a cancelled entry nothing more is read, so no thread's ring is needed. */
    while ((node = emu_list_take_first(&cancelled)))
        ds_load_step(NULL, EMU_CONTAINER(node, struct ds_entry, link));
}

bool ds_schedule_stopping(struct ds_schedule *schedule)
{
    bool stopping;

    AcquireSRWLockShared(&schedule->lock);
    stopping = schedule->stopping;
    ReleaseSRWLockShared(&schedule->lock);
    return stopping;
}
