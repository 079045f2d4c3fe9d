/* SPDX-License-Identifier: MIT */
/*
 * The hook that one writes first, kept as it is: it works in a demonstration, and fails wherever a
 * rule of rings is more than "a read gives bytes". It is here to be failed by the suite;
 * docs/hook-authors.md tells what is wrong with each part, and refvfs how it is done.
 *
 * A map of rings under one lock; for each ring the registered virtual handles and buffers, reads
 * that were built, and completions that Pop hands out first. Reads are made inside Submit.
 */
#include "hooks/plugins/layer/layer.h"

#include <MinHook.h>
#include <ioringapi.h>

#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#    define EXPORT __declspec(dllexport)
#else
#    define EXPORT __attribute__((visibility("default")))
#endif

EXPORT extern const char ringer_hook_claims[];
EXPORT int ringer_hook_control(const char *command);
EXPORT BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved);

const char ringer_hook_claims[] = "core async nt faults win32 info";

struct pending {
    UINT_PTR user_data;
    void *address;
    UINT32 length;
    UINT64 offset;
    HANDLE handle;
};

struct state {
    struct state *next;
    HIORING ring;
    HANDLE *registered; /* NULL where the handle is not virtual */
    UINT32 registered_count;
    void **buffers;
    UINT32 buffer_count;
    struct pending *pending;
    UINT32 pending_count;
    IORING_CQE *completed;
    UINT32 completed_count;
};

static CRITICAL_SECTION lock;
static struct state *states;

static HRESULT(WINAPI *vl_original_CreateIoRing)(IORING_VERSION, IORING_CREATE_FLAGS, UINT32,
                                                 UINT32, HIORING *);
static HRESULT(WINAPI *vl_original_CloseIoRing)(HIORING);
static HRESULT(WINAPI *vl_original_BuildIoRingRegisterFileHandles)(HIORING, UINT32, HANDLE const *,
                                                                   UINT_PTR);
static HRESULT(WINAPI *vl_original_BuildIoRingRegisterBuffers)(HIORING, UINT32,
                                                               IORING_BUFFER_INFO const *,
                                                               UINT_PTR);
static HRESULT(WINAPI *vl_original_BuildIoRingReadFile)(HIORING, IORING_HANDLE_REF,
                                                        IORING_BUFFER_REF, UINT32, UINT64, UINT_PTR,
                                                        IORING_SQE_FLAGS);
static HRESULT(WINAPI *vl_original_SubmitIoRing)(HIORING, UINT32, UINT32, UINT32 *);
static HRESULT(WINAPI *vl_original_PopIoRingCompletion)(HIORING, IORING_CQE *);

static struct state *find(HIORING ring)
{
    struct state *state = states;

    while (state && state->ring != ring)
        state = state->next;
    return state;
}

static HRESULT WINAPI detour_CreateIoRing(IORING_VERSION version, IORING_CREATE_FLAGS flags,
                                          UINT32 sq, UINT32 cq, HIORING *h)
{
    HRESULT hr = vl_original_CreateIoRing(version, flags, sq, cq, h);
    struct state *state = SUCCEEDED(hr) ? calloc(1, sizeof *state) : NULL;

    if (!state)
        return hr;
    state->ring = *h;
    EnterCriticalSection(&lock);
    state->next = states;
    states = state;
    LeaveCriticalSection(&lock);
    return hr;
}

static HRESULT WINAPI detour_CloseIoRing(HIORING ring)
{
    struct state **at = &states, *state;

    EnterCriticalSection(&lock);
    while (*at && (*at)->ring != ring)
        at = &(*at)->next;
    state = *at;
    if (state)
        *at = state->next;
    LeaveCriticalSection(&lock);
    if (state) {
        free(state->registered);
        free(state->buffers);
        free(state->pending);
        free(state->completed);
    }
    free(state);
    return vl_original_CloseIoRing(ring);
}

static HRESULT WINAPI detour_BuildIoRingRegisterFileHandles(HIORING ring, UINT32 count,
                                                            HANDLE const handles[],
                                                            UINT_PTR user_data)
{
    struct state *state;

    EnterCriticalSection(&lock);
    state = find(ring);
    if (state && handles) {
        free(state->registered);
        state->registered = calloc(count + 1, sizeof *state->registered);
        state->registered_count = state->registered ? count : 0;
        for (UINT32 i = 0; i < state->registered_count; i++)
            state->registered[i] = vl_is_virtual(handles[i]) ? handles[i] : NULL;
    }
    LeaveCriticalSection(&lock);
    /* As it was described: the last argument is forgotten. */
    return vl_original_BuildIoRingRegisterFileHandles(ring, count, handles, 0);
}

static HRESULT WINAPI detour_BuildIoRingRegisterBuffers(HIORING ring, UINT32 count,
                                                        IORING_BUFFER_INFO const buffers[],
                                                        UINT_PTR user_data)
{
    struct state *state;

    EnterCriticalSection(&lock);
    state = find(ring);
    if (state && buffers) {
        free(state->buffers);
        state->buffers = calloc(count + 1, sizeof *state->buffers);
        state->buffer_count = state->buffers ? count : 0;
        for (UINT32 i = 0; i < state->buffer_count; i++)
            state->buffers[i] = buffers[i].Address;
    }
    LeaveCriticalSection(&lock);
    return vl_original_BuildIoRingRegisterBuffers(ring, count, buffers, user_data);
}

static HANDLE virtual_handle(const struct state *state, IORING_HANDLE_REF file)
{
    if (file.Kind == IORING_REF_RAW)
        return vl_is_virtual(file.Handle.Handle) ? file.Handle.Handle : NULL;
    if (state && file.Handle.Index < state->registered_count)
        return state->registered[file.Handle.Index];
    return NULL;
}

static HRESULT WINAPI detour_BuildIoRingReadFile(HIORING ring, IORING_HANDLE_REF file,
                                                 IORING_BUFFER_REF data, UINT32 length,
                                                 UINT64 offset, UINT_PTR user_data,
                                                 IORING_SQE_FLAGS flags)
{
    struct pending one = {.user_data = user_data, .length = length, .offset = offset};
    struct state *state;

    EnterCriticalSection(&lock);
    state = find(ring);
    one.handle = virtual_handle(state, file);
    if (!one.handle) {
        LeaveCriticalSection(&lock);
        return vl_original_BuildIoRingReadFile(ring, file, data, length, offset, user_data, flags);
    }
    one.address = data.Buffer.Address;
    if (data.Kind == IORING_REF_REGISTERED)
        one.address = state && data.Buffer.IndexAndOffset.BufferIndex < state->buffer_count
                          ? state->buffers[data.Buffer.IndexAndOffset.BufferIndex]
                          : NULL;
    if (state) {
        struct pending *more = realloc(state->pending, (state->pending_count + 1) * sizeof *more);

        if (more) {
            state->pending = more;
            more[state->pending_count++] = one;
        }
    }
    LeaveCriticalSection(&lock);
    return S_OK;
}

/* length bytes at offset, whatever the file has: the rest of the vector is whatever lies there. */
static char *read_virtual(HANDLE handle, UINT64 offset, UINT32 length)
{
    struct vl_open *open = vl_open_acquire(handle);
    char *bytes = malloc(length ? length : 1);
    UINT32 count = 0;

    if (open && bytes)
        ringer_vfile_read_wait(open->file, offset, bytes, length, &count);
    vl_open_release(open);
    return bytes;
}

static void complete(struct state *state, const struct pending *one)
{
    IORING_CQE *more = realloc(state->completed, (state->completed_count + 1) * sizeof *more);
    char *bytes = read_virtual(one->handle, one->offset, one->length);

    if (bytes)
        memcpy(one->address, bytes, one->length);
    free(bytes);
    if (!more)
        return;
    state->completed = more;
    more[state->completed_count++] = (IORING_CQE){one->user_data, S_OK, one->length};
}

static HRESULT WINAPI detour_SubmitIoRing(HIORING ring, UINT32 wait, UINT32 milliseconds,
                                          UINT32 *submitted)
{
    struct state *state;

    EnterCriticalSection(&lock);
    state = find(ring);
    for (UINT32 i = 0; state && i < state->pending_count; i++)
        complete(state, &state->pending[i]);
    if (state)
        state->pending_count = 0;
    LeaveCriticalSection(&lock);
    return vl_original_SubmitIoRing(ring, wait, milliseconds, submitted);
}

static HRESULT WINAPI detour_PopIoRingCompletion(HIORING ring, IORING_CQE *cqe)
{
    struct state *state;

    EnterCriticalSection(&lock);
    state = find(ring);
    if (state && state->completed_count) {
        IORING_CQE front = state->completed[0];

        memmove(state->completed, state->completed + 1, --state->completed_count * sizeof front);
        *cqe = front;
        LeaveCriticalSection(&lock);
        return S_OK;
    }
    LeaveCriticalSection(&lock);
    return vl_original_PopIoRingCompletion(ring, cqe);
}

static const struct vl_detour detours[] = {
    VL_DETOUR("kernelbase", CreateIoRing),
    VL_DETOUR("kernelbase", CloseIoRing),
    VL_DETOUR("kernelbase", BuildIoRingRegisterFileHandles),
    VL_DETOUR("kernelbase", BuildIoRingRegisterBuffers),
    VL_DETOUR("kernelbase", BuildIoRingReadFile),
    VL_DETOUR("kernelbase", SubmitIoRing),
    VL_DETOUR("kernelbase", PopIoRingCompletion),
    VL_DETOUR_END,
};

static bool set_up(const char *args)
{
    InitializeCriticalSection(&lock);
    return vl_load(args) && MH_Initialize() == MH_OK && vl_detours_create(vl_file_detours) &&
           vl_detours_create(vl_read_detours) && vl_detours_create(vl_info_detours) &&
           vl_detours_create(detours) && vl_detours_enable();
}

int ringer_hook_control(const char *command)
{
    if (!strcmp(command, "attach"))
        return !vl_detours_enable();
    if (strcmp(command, "detach"))
        return vl_control(command);
    vl_detours_disable();
    return 0;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    return reason != DLL_PROCESS_ATTACH || set_up(NULL);
}
