/* SPDX-License-Identifier: MIT */
/* IDStorageFile. */
#include "api/dstorage/file.h"

#include "api/dstorage/codes.h"
#include "api/dstorage/event_log.h"
#include "api/dstorage/io.h"
#include "api/dstorage/later.h"
#include "api/dstorage/runtime.h"

#include <stdlib.h>

static struct ds_file *file_of(IDStorageFile *iface)
{
    return (struct ds_file *)iface;
}

static const struct ds_interface interfaces[] = {{&IID_IUnknown, 0}, {&IID_IDStorageFile, 0}};

static HRESULT STDMETHODCALLTYPE ds_file_QueryInterface(IDStorageFile *iface, REFIID riid,
                                                        void **ppv)
{
    return ds_object_query(&file_of(iface)->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}

static ULONG STDMETHODCALLTYPE ds_file_AddRef(IDStorageFile *iface)
{
    return ds_object_add_ref(&file_of(iface)->object);
}

static ULONG STDMETHODCALLTYPE ds_file_Release(IDStorageFile *iface)
{
    return ds_object_release(&file_of(iface)->object);
}

/* [D] Unusable from here on, whatever the count. What is in flight ends as it would have: [I]. */
static void STDMETHODCALLTYPE ds_file_Close(IDStorageFile *iface)
{
    if (!InterlockedExchange(&file_of(iface)->closed, 1) && ds_log_on())
        ds_log_file_closed(file_of(iface));
}

static HRESULT STDMETHODCALLTYPE ds_file_GetFileInformation(IDStorageFile *iface,
                                                            BY_HANDLE_FILE_INFORMATION *info)
{
    struct ds_file *file = file_of(iface);

    if (!info)
        return E_POINTER;
    if (ds_get(&file->closed))
        return DS_E_FILE_CLOSED;
    if (!GetFileInformationByHandle(file->handle, info))
        return HRESULT_FROM_WIN32(GetLastError());
    return S_OK;
}

static const IDStorageFileVtbl vtbl = {
    ds_file_QueryInterface,     ds_file_AddRef, ds_file_Release, ds_file_Close,
    ds_file_GetFileInformation,
};

static void file_released(struct ds_object *object)
{
    struct ds_file *file = (struct ds_file *)object;

    /* Not closed: a request that has it is carried out. [I] */
    ds_live_remove(object);
    if (!ds_get(&file->closed) && ds_log_on())
        ds_log_file_closed(file);
    ds_runtime_leave(file->runtime);
}

static void file_destroy(struct ds_object *object)
{
    struct ds_file *file = (struct ds_file *)object;

    ds_own();
    CloseHandle(file->handle);
    ds_disown();
    free(file);
}

static bool size_ask(struct ds_file *file)
{
    BY_HANDLE_FILE_INFORMATION info;

    if (!GetFileInformationByHandle(file->handle, &info))
        return false;
    InterlockedExchange64(&file->size,
                          (LONG64)((UINT64)info.nFileSizeHigh << 32 | info.nFileSizeLow));
    return true;
}

bool ds_file_reaches(struct ds_file *file, UINT64 end)
{
    if (end <= (UINT64)InterlockedCompareExchange64(&file->size, 0, 0))
        return true;
    return size_ask(file) && end <= (UINT64)InterlockedCompareExchange64(&file->size, 0, 0);
}

/*
 * [D] Unbuffered unless ForceFileBuffering; others may read meanwhile, and no more: field
 * behaviour.
 */
static HANDLE handle_open(const WCHAR *path, bool unbuffered)
{
    DWORD flags = FILE_FLAG_OVERLAPPED | (unbuffered ? FILE_FLAG_NO_BUFFERING : 0);

    return CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, flags, NULL);
}

HRESULT ds_file_open(struct ds_runtime *runtime, const WCHAR *path, REFIID riid, void **ppv)
{
    struct ds_file *file;
    HRESULT hr;

    file = calloc(1, sizeof *file);
    if (!file)
        return E_OUTOFMEMORY;
    file->runtime = runtime;
    file->unbuffered = !runtime->config.ForceFileBuffering;
    ds_own();
    file->handle = handle_open(path, file->unbuffered);
    ds_disown();
    if (file->handle == INVALID_HANDLE_VALUE) {
        hr = HRESULT_FROM_WIN32(GetLastError()); /* [I] U20 */
        free(file);
        return hr;
    }
    for (size_t i = 0; i + 1 < MAX_PATH && path[i]; i++)
        file->path[i] = path[i];
    hr = ds_io_attach(runtime, file->handle);
    if (SUCCEEDED(hr) && !size_ask(file))
        hr = HRESULT_FROM_WIN32(GetLastError());
    if (FAILED(hr)) {
        CloseHandle(file->handle);
        free(file);
        return hr;
    }
    ds_object_init(&file->object, DS_FILE, &vtbl, file_released, file_destroy);
    ds_runtime_enter(runtime);
    ds_live_add(&file->object);
    if (ds_log_on())
        ds_log_file_opened(file);
    return ds_object_give(&file->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}
