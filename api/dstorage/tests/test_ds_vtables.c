/* SPDX-License-Identifier: MIT */
/* Interfaces hooked as mods hook them: by the entries of a class's table. */
#include "api/dstorage/tests/ds_test.h"

static unsigned opens, requests, requests_below;
static __typeof__(((IDStorageFactoryVtbl *)0)->OpenFile) original_open;
static __typeof__(((IDStorageQueue3Vtbl *)0)->EnqueueRequest) original_request,
    original_request_below;

static HRESULT STDMETHODCALLTYPE patched_open(IDStorageFactory *iface, const WCHAR *path,
                                              REFIID riid, void **ppv)
{
    opens++;
    return original_open(iface, path, riid, ppv);
}

static void STDMETHODCALLTYPE patched_request(IDStorageQueue3 *iface,
                                              const DSTORAGE_REQUEST *request)
{
    requests++;
    original_request(iface, request);
}

static void STDMETHODCALLTYPE patched_request_below(IDStorageQueue3 *iface,
                                                    const DSTORAGE_REQUEST *request)
{
    requests_below++;
    original_request_below(iface, request);
}

/* Writes a table's entry, its page writable meanwhile. Returns through before what was there. */
static void patch(const void *entry, const void *function, void *before)
{
    void *at = (void *)(uintptr_t)entry;
    DWORD old, ours;

    cr_assert(VirtualProtect(at, sizeof function, PAGE_READWRITE, &old), "%u", GetLastError());
    memcpy(before, at, sizeof function);
    memcpy(at, &function, sizeof function);
    cr_assert(VirtualProtect(at, sizeof function, old, &ours));
    cr_assert_eq(ours, (DWORD)PAGE_READWRITE);
}

static void open_and_close(void)
{
    IDStorageFile *opened = NULL;

    cr_assert_eq(
        IDStorageFactory_OpenFile(factory, file_name, &IID_IDStorageFile, (void **)&opened), S_OK);
    cr_assert_eq(IDStorageFile_Release(opened), 0);
}

Test(ds_vtables, open_file)
{
    void *ours;

    setup_file(1000);
    patch(&factory->lpVtbl->OpenFile, (void *)patched_open, &original_open);
    open_and_close();
    cr_assert_eq(opens, 1);
    IDStorageFactory_OpenFile(factory, u"/nonexistent/file", &IID_IDStorageFile, &ours);
    cr_assert_eq(opens, 2);
    teardown_all();
    get_factory(); /* another object, the same table */
    cr_assert_eq(
        IDStorageFactory_OpenFile(factory, u"/nonexistent/file", &IID_IDStorageFile, &ours),
        HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
    cr_assert_eq(opens, 3);
    patch(&factory->lpVtbl->OpenFile, (void *)original_open, &ours);
    cr_assert_eq(ours, (void *)patched_open);
    IDStorageFactory_OpenFile(factory, u"/nonexistent/file", &IID_IDStorageFile, &ours);
    cr_assert_eq(opens, 3);
    teardown_all();
}

static void read_by(IDStorageQueue3 *queue)
{
    unsigned char to[512] = {0};
    DSTORAGE_REQUEST request = file_request(256, sizeof to, to);

    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    no_errors(queue);
    cr_assert(bytes_are(to, 256, sizeof to));
}

/* Two hooks, one over the other; a queue that was there before, and one that came after. */
Test(ds_vtables, enqueue_request)
{
    IDStorageQueue3 *older, *newer;
    void *ours;

    setup_file(1024);
    older = make_queue(FILE_QUEUE, 0x80);
    patch(&older->lpVtbl->EnqueueRequest, (void *)patched_request_below, &original_request_below);
    patch(&older->lpVtbl->EnqueueRequest, (void *)patched_request, &original_request);
    newer = make_queue(FILE_QUEUE, 0x80);
    cr_assert_eq(older->lpVtbl, newer->lpVtbl, "one table for a class");
    read_by(older);
    read_by(newer);
    cr_assert_eq(requests, 2);
    cr_assert_eq(requests_below, 2);
    patch(&newer->lpVtbl->EnqueueRequest, (void *)original_request, &ours);
    read_by(older);
    cr_assert_eq(requests, 2);
    cr_assert_eq(requests_below, 3);
    patch(&newer->lpVtbl->EnqueueRequest, (void *)original_request_below, &ours);
    read_by(newer);
    cr_assert_eq(requests_below, 3);
    IDStorageQueue3_Release(newer);
    IDStorageQueue3_Release(older);
    teardown_all();
}
