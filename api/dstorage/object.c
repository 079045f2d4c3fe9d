/* SPDX-License-Identifier: MIT */
/* Counting, QueryInterface, and which pointers are objects. */
#include "api/dstorage/object.h"

#include <stdio.h>
#include <string.h>

void ds_object_init(struct ds_object *object, enum ds_kind kind, const void *vtbl,
                    void (*released)(struct ds_object *), void (*destroy)(struct ds_object *))
{
    object->lpVtbl = vtbl;
    object->kind = kind;
    object->refs = 1;
    object->holds = 1;
    object->released = released;
    object->destroy = destroy;
    object->next_live = NULL;
    object->sim_id = 0;
}

ULONG ds_object_add_ref(struct ds_object *object)
{
    return (ULONG)InterlockedIncrement(&object->refs);
}

ULONG ds_object_release(struct ds_object *object)
{
    LONG refs = InterlockedDecrement(&object->refs);

    if (refs == 0) {
        if (object->released)
            object->released(object);
        ds_object_drop(object);
    }
    return (ULONG)refs;
}

void ds_object_hold(struct ds_object *object)
{
    InterlockedIncrement(&object->holds);
}

void ds_object_drop(struct ds_object *object)
{
    if (InterlockedDecrement(&object->holds) == 0)
        object->destroy(object);
}

bool ds_same_id(REFIID a, REFIID b)
{
    return memcmp(a, b, sizeof(IID)) == 0;
}

HRESULT ds_object_query(struct ds_object *object, const struct ds_interface *ids, size_t count,
                        REFIID riid, void **ppv)
{
    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    if (!riid)
        return E_INVALIDARG;
    for (size_t i = 0; i < count; i++) {
        /* [R] DC6: an older core knows nothing of the newer interface. */
        if (ds_same_id(riid, ids[i].id) && ds_version() >= ids[i].since) {
            ds_object_add_ref(object);
            *ppv = object;
            return S_OK;
        }
    }
    return E_NOINTERFACE;
}

HRESULT ds_object_give(struct ds_object *object, const struct ds_interface *ids, size_t count,
                       REFIID riid, void **ppv)
{
    HRESULT hr = ds_object_query(object, ids, count, riid, ppv);

    ds_object_release(object);
    return hr;
}

bool ds_core_missing(void)
{
    char text[8];
    DWORD length = GetEnvironmentVariableA("RINGER_DSTORAGE", text, sizeof text);

    ds_version(); /* so that a word that is no version is told early */
    return length == 4 && memcmp(text, "none", 4) == 0;
}

/* Once a process, by whoever found it first. */
static void warn_of_version(const char *text)
{
    char level[8] = "";

    GetEnvironmentVariableA("RINGER_LOG", level, sizeof level);
    if (strcmp(text, "none") && strcmp(level, "quiet"))
        fprintf(stderr, "ringer: RINGER_DSTORAGE=%s is no version; have 1.0 to 1.4, none; using 1.3\n", text);
}

/* [I] RINGER_DSTORAGE=1.2 and the like; the runtime that is out, 1.3, without it. */
unsigned ds_version(void)
{
    static volatile LONG known; /* version + 1; the answer is the same whoever writes it */
    LONG version = ds_get(&known);
    char text[32] = "";
    DWORD length;
    bool good;

    if (version)
        return (unsigned)version - 1;
    version = 300;
    length = GetEnvironmentVariableA("RINGER_DSTORAGE", text, sizeof text);
    good = length >= 3 && length < sizeof text && text[0] == '1' && text[1] == '.' &&
           text[2] >= '0' && text[2] <= '4' && (!text[3] || text[3] == '.');
    if (good)
        version = (text[2] - '0') * 100;
    if (!InterlockedExchange(&known, version + 1) && length && !good)
        warn_of_version(length < sizeof text ? text : "...");
    return (unsigned)version;
}
