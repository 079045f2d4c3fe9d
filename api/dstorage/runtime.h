/* SPDX-License-Identifier: MIT */
/*
 * What the process has of DirectStorage while anything of it is alive: the configuration, the
 * factory, staging memory, and the threads. It comes with the first DStorageGetFactory and goes
 * with the last reference to a factory, queue or file; then the configuration may change. [R] DA1:
 * the benchmark does that between cases.
 */
#ifndef DS_RUNTIME_H
#define DS_RUNTIME_H

#include "api/dstorage/custom.h"
#include "api/dstorage/fence.h"
#include "api/dstorage/object.h"
#include "api/dstorage/pool.h"
#include "api/dstorage/schedule.h"
#include "api/dstorage/staging.h"

#define DS_STAGING_DEFAULT (32u << 20) /* [R] DC1: 32 MB passes, 33 MB fails */

struct ds_runtime {
    /* First, and the object behind both tables of functions: the queue's is inside custom. */
    struct ds_object factory;
    DSTORAGE_CONFIGURATION1 config; /* constant */
    volatile LONG alive;            /* factory (as one), queues and files that a program holds */
    volatile LONG queues;           /* that a program holds: they lock the staging size */
    volatile LONG debug;            /* DSTORAGE_DEBUG */

    struct ds_staging staging;
    struct ds_schedule schedule;
    struct ds_fences fences;
    struct ds_pool pool;
    struct ds_custom custom;

    struct emu_list due; /* struct ds_later.link; later.h */
    struct ds_io *io; /* io.c: threads, io_count of them once there is a queue */
    unsigned io_count;
    const struct ds_io_ops *io_ops;
    const struct ringer_ds_backend *program; /* of the runtime without COM; NULL */
    bool mapping;          /* through ReadFile, not a ring */
    HANDLE port;           /* of all files then */
    SRWLOCK starting;      /* who starts the threads */
};

/*
 * A runtime of the caller's alone, whose threads are not started; nothing of it may be in flight
 * when it is freed. choose: which way it reads, by ds_io_choose or as that.
 */
HRESULT ds_runtime_new(const DSTORAGE_CONFIGURATION1 *config,
                       HRESULT (*choose)(struct ds_runtime *runtime, void *context), void *context,
                       struct ds_runtime **runtime_out);
void ds_runtime_free(struct ds_runtime *runtime);
/* An object that keeps the runtime alive has come, or has been let go of by the program. */
void ds_runtime_enter(struct ds_runtime *runtime);
void ds_runtime_leave(struct ds_runtime *runtime);
/*
 * Staging memory for the entry. NULL and *later true: the budget does not allow it now; with waits
 * the entry is not the caller's any more then, and is resumed when its turn has come.
 */
struct ds_staging_block *ds_runtime_stage(struct ds_entry *entry, size_t nbytes, unsigned quarters,
                                          bool waits, bool *later);
void ds_runtime_unstage(struct ds_runtime *runtime, struct ds_staging_block *block);
/* The entry's block, if it has one, waits with its data for a fence or the program; or no longer. */
void ds_runtime_lend(struct ds_entry *entry, bool lent);
/* The entry ends: what it was promised goes to others. */
void ds_runtime_forgo(struct ds_entry *entry);
/* Of those that wait for memory the cancelled go back to the schedule. */
void ds_runtime_sweep(struct ds_runtime *runtime);
/* QueryInterface of the factory and its custom queue: one object. */
HRESULT ds_runtime_query(struct ds_runtime *runtime, REFIID riid, void **ppv);
/* The threads: there from the first queue on. */
HRESULT ds_runtime_start(struct ds_runtime *runtime);

#endif
