/* SPDX-License-Identifier: MIT */
/*
 * Submitted requests of all queues, by priority, and who takes the next one. A priority is a hint:
 * eight requests of one level are begun for one of the level below, so nobody starves. [I] U17
 */
#ifndef DS_SCHEDULE_H
#define DS_SCHEDULE_H

#include "api/dstorage/object.h"

struct ds_runtime;
struct ds_entry;

struct ds_schedule {
    SRWLOCK lock;
    struct emu_list ready[DSTORAGE_PRIORITY_COUNT]; /* of ds_entry.link; lock */
    unsigned credit[DSTORAGE_PRIORITY_COUNT];       /* lock */
    UINT32 count;                                   /* of all lists; lock */
    bool stopping;                                  /* lock */
};

void ds_schedule_init(struct ds_schedule *schedule);
/* Entries of one priority, in order; the list is empty afterwards. Wakes threads. */
void ds_schedule_submit(struct ds_runtime *runtime, struct emu_list *entries, int priority);
/* Entries that waited go on, before others of their priority. */
void ds_schedule_resume(struct ds_runtime *runtime, struct emu_list *entries);
void ds_schedule_resume_one(struct ds_runtime *runtime, struct ds_entry *entry);
struct ds_entry *ds_schedule_take(struct ds_schedule *schedule);
/*
 * Ends what is ready and was cancelled: before it another entry may wait for memory that the caller
 * holds.
 */
void ds_schedule_sweep(struct ds_runtime *runtime);
bool ds_schedule_stopping(struct ds_schedule *schedule);

#endif
