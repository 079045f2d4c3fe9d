/* SPDX-License-Identifier: MIT */
/* What the handlers of DirectStorage's calls share. Private to this room. */
#ifndef CF_REPLAY_COM_H
#define CF_REPLAY_COM_H

#include "conformance/kit/interface.h"
#include "conformance/replay/world.h"

/* Work that a custom decompression queue gave, and that was not answered. */
struct rp_taken {
    struct rp_taken *next;
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST request;
};

/* An object of DirectStorage, or a fence; lives as long as the rp_object whose `com` it is. */
struct rp_com {
    enum cf_object_kind kind;
    IUnknown *iface;
    long refs; /* world.lock: of the replay's */
    bool closed;
    WCHAR *path; /* of a file, as it was passed; owned */
    const char *shown;
    struct rp_taken *taken; /* world.lock; oldest first */
};

/* The object whose methods can be called; NULL: there is none here, and the call was skipped. */
void *rp_com_of(struct rp_call *call, const char *key, enum cf_object_kind kind);
/* A pointer as an argument: null, an address that nobody mapped, or the object. */
void *rp_com_argument(struct rp_world *world, const char *sym);
/* Introduces what a call made, with `obj` and `same`. */
struct rp_com *rp_com_made(struct rp_call *call, const struct cf_interface *iface,
                           enum cf_object_kind kind, void *pointer);
/* The interface that a call names; NULL: none that is known, and the call was skipped. */
const struct cf_interface *rp_com_interface(struct rp_call *call);
/* rp_com_of by a newer interface: a pointer to be released. */
void *rp_com_as(struct rp_call *call, const char *key, enum cf_object_kind kind,
                const char *interface_name);
/* Loads dstorage.dll; false: there is none, and the call was skipped. */
bool rp_com_has(struct rp_call *call);
uint64_t rp_end_void(struct rp_call *call);

#endif
