/* SPDX-License-Identifier: MIT */
/*
 * Interfaces of DirectStorage by name, fences, and what a record of errors says: what the steps and
 * their replay share.
 */
#ifndef CF_KIT_INTERFACE_H
#define CF_KIT_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

#include <dstorage.h>

enum cf_object_kind {
    CF_OBJECT_FACTORY,
    CF_OBJECT_FILE,
    CF_OBJECT_STATUS_ARRAY,
    CF_OBJECT_QUEUE,
    CF_OBJECT_CUSTOM,
    CF_OBJECT_CODEC,
    CF_OBJECT_FENCE,
};

/* As much of ID3D12Fence as is called, by the order of its table. */
struct cf_fence {
    const struct cf_fence_vtbl {
        void *unknown[3], *object[4], *child;
        UINT64(STDMETHODCALLTYPE *GetCompletedValue)(struct cf_fence *fence);
        HRESULT(STDMETHODCALLTYPE *SetEventOnCompletion)
        (struct cf_fence *fence, UINT64 value, HANDLE event);
        HRESULT(STDMETHODCALLTYPE *Signal)(struct cf_fence *fence, UINT64 value);
    } *lpVtbl;
};

/* NULL with *reason_out when this system makes none. A reference. */
struct cf_fence *cf_fence_make(uint64_t value, const char **reason_out);

/* ---- names of interfaces ---- */

struct cf_interface {
    const char *name;
    const IID *iid; /* NULL: a null pointer */
    enum cf_object_kind kind;
    unsigned level;
};
/* NULL: no interface of that name. */
const struct cf_interface *cf_interface_named(const char *name);
/* How objects of a kind are called in `obj` records. */
const char *cf_object_kind_name(enum cf_object_kind kind);

/* ---- the record of errors ---- */

/* How what it names is called in a trace; pointers that are not known have words of their own. */
struct cf_failure_names {
    void *ctx;
    const char *(*object)(void *ctx, const void *pointer);                         /* NULL: null */
    const char *(*buffer)(void *ctx, const void *address, uint64_t *offset_out);   /* NULL: null */
    const char *(*path)(void *ctx, const WCHAR *path);                             /* not NULL */
    void (*number)(void *ctx, const char *key, uint64_t value);
    void (*hex)(void *ctx, const char *key, uint64_t value);
    void (*text)(void *ctx, const char *key, const char *text);
    void (*symbol)(void *ctx, const char *key, const char *symbol);
};
/* Says, key by key, what RetrieveErrorRecord gave. */
void cf_failure_show(const DSTORAGE_ERROR_RECORD *record, const struct cf_failure_names *names);

#endif
