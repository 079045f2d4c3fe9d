/* SPDX-License-Identifier: MIT */
/*
 * IDStorageCustomDecompressionQueue: requests whose decompression is the program's. One a factory.
 * [D]
 */
#ifndef DS_CUSTOM_H
#define DS_CUSTOM_H

#include "api/dstorage/object.h"

struct ds_runtime;
struct ds_entry;
struct ds_queue;

struct ds_custom {
    const void *lpVtbl; /* the queue's interface; identity and counts are the factory's */
    SRWLOCK lock;
    struct emu_list waiting; /* of ds_entry.link, format >= 0x80; lock */
    struct emu_list builtin; /* the same of others, when there are no threads for them; lock */
    struct emu_list taken;   /* struct taken of custom.c: what the program has; lock */
    UINT64 next_id;
    HANDLE event; /* manual-reset: there is something to take */
};

bool ds_custom_init(struct ds_custom *custom);
/* Nothing is waiting; what the program still has, it has no use for any more. */
void ds_custom_fini(struct ds_runtime *runtime);
void ds_custom_add(struct ds_runtime *runtime, struct ds_entry *entry);
/*
 * Ends what waits and was cancelled. When the queue closes, what the program has of it, too: the
 * program may still answer, and its source stays until then.
 */
void ds_custom_sweep(struct ds_runtime *runtime, const struct ds_queue *closing);

#endif
