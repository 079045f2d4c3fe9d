/* SPDX-License-Identifier: MIT */
/*
 * What every object of DirectStorage begins with. Two counts: the program's references, and holds
 * of our own, of which all of the program's references together are one. A request in flight has a
 * hold on its file; so Release answers what the program expects, and nothing goes away under a
 * worker.
 */
#ifndef DS_OBJECT_H
#define DS_OBJECT_H

#include <windows.h>
#include <unknwn.h>
#include <dstorage.h>

#include "emu/base/list.h"

#include <stdbool.h>
#include <stdint.h>

/* For who is told where a failure was found: the name without folders. */
#ifdef __FILE_NAME__
#define DS_FILE_NAME __FILE_NAME__
#else
#define DS_FILE_NAME __FILE__
#endif

enum ds_kind { DS_FACTORY, DS_FILE, DS_STATUS_ARRAY, DS_QUEUE, DS_CODEC, DS_PLAIN_FILE };

struct ds_object {
    const void *lpVtbl; /* first: a COM pointer is the object's address */
    enum ds_kind kind;
    volatile LONG refs;  /* the program's; the factory's may come back from 0 */
    volatile LONG holds; /* the object goes with the last one */
    /* The program let go of its last reference. May be NULL. */
    void (*released)(struct ds_object *object);
    void (*destroy)(struct ds_object *object);
    struct ds_object *next_live; /* live.c: its lock */
    uint32_t sim_id;             /* later.h */
};

/* A word that others change by Interlocked functions. */
static inline LONG ds_get(volatile LONG *word)
{
    return InterlockedCompareExchange(word, 0, 0);
}

/* One reference and one hold. */
void ds_object_init(struct ds_object *object, enum ds_kind kind, const void *vtbl,
                    void (*released)(struct ds_object *), void (*destroy)(struct ds_object *));

ULONG ds_object_add_ref(struct ds_object *object);
ULONG ds_object_release(struct ds_object *object);
void ds_object_hold(struct ds_object *object);
void ds_object_drop(struct ds_object *object);

/*
 * QueryInterface of an object with one table of functions, whose interfaces are those of ids: on
 * success *ppv is the object and a reference.
 */
struct ds_interface {
    const IID *id;
    unsigned since; /* 100 * minor of the runtime that has it first */
};
HRESULT ds_object_query(struct ds_object *object, const struct ds_interface *ids, size_t count,
                        REFIID riid, void **ppv);
/* Hands out a fresh object as riid; on failure it is gone. */
HRESULT ds_object_give(struct ds_object *object, const struct ds_interface *ids, size_t count,
                       REFIID riid, void **ppv);
bool ds_same_id(REFIID a, REFIID b);

/*
 * Objects that a program can name by a pointer in a request. A pointer is believed only when it is
 * in here; then the object is held.
 */
void ds_live_add(struct ds_object *object);
void ds_live_remove(struct ds_object *object);
struct ds_object *ds_live_hold(const void *pointer, enum ds_kind kind);

/* The runtime that we are, as 100 * minor: 1.0 is 0, 1.3 is 300. RINGER_DSTORAGE says. */
unsigned ds_version(void);
/* RINGER_DSTORAGE=none: as where dstorage.dll lies without dstoragecore.dll. */
bool ds_core_missing(void);

#endif
