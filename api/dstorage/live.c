/* SPDX-License-Identifier: MIT */
/* The files and status arrays that exist, by address: a request may hold any pointer. */
#include "api/dstorage/object.h"

#define BUCKETS 256u

static SRWLOCK lock = SRWLOCK_INIT;
static struct ds_object *buckets[BUCKETS]; /* lock */

static struct ds_object **bucket_of(const void *pointer)
{
    uintptr_t value = (uintptr_t)pointer >> 4;

    return &buckets[(value ^ value >> 8 ^ value >> 16) % BUCKETS];
}

void ds_live_add(struct ds_object *object)
{
    struct ds_object **bucket = bucket_of(object);

    AcquireSRWLockExclusive(&lock);
    object->next_live = *bucket;
    *bucket = object;
    ReleaseSRWLockExclusive(&lock);
}

void ds_live_remove(struct ds_object *object)
{
    AcquireSRWLockExclusive(&lock);
    for (struct ds_object **link = bucket_of(object); *link; link = &(*link)->next_live) {
        if (*link == object) {
            *link = object->next_live;
            break;
        }
    }
    ReleaseSRWLockExclusive(&lock);
}

/* What is in the table has the program's hold, so it can be taken one more. */
struct ds_object *ds_live_hold(const void *pointer, enum ds_kind kind)
{
    struct ds_object *object;

    AcquireSRWLockShared(&lock);
    for (object = *bucket_of(pointer); object; object = object->next_live) {
        if (object == pointer && object->kind == kind) {
            ds_object_hold(object);
            break;
        }
    }
    ReleaseSRWLockShared(&lock);
    return object;
}
