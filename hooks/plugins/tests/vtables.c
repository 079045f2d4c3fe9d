/* SPDX-License-Identifier: MIT */
/*
 * Interfaces hooked by their tables, as mods do, over a layer of virtual files: OpenFile leads to
 * another file, EnqueueRequest is replaced twice, one hook over the other. One table serves all
 * objects of a class, those included that come later, and what is put back is as it was.
 *
 * vtables PLUGIN
 */
#include "hooks/plugins/tests/files.h"

#define COBJMACROS
#include <dstorage.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NBYTES 65536u
#define FILES 2u
#define SHIFT 100u
#define LENGTH 5000u
#define PATIENCE 60000 /* ms; nothing here takes a thousandth of it */

static const char *const hows[FILES] = {NULL, "worker"};
static struct pf_files files = {.hows = hows, .count = FILES, .nbytes = FILE_NBYTES};
static WCHAR shown[512];
static unsigned opens, outer, inner;

static __typeof__(((IDStorageFactoryVtbl *)0)->OpenFile) next_open;
static __typeof__(((IDStorageQueueVtbl *)0)->EnqueueRequest) next_outer, next_inner;

/* Whatever is asked for, the virtual file is opened. */
static HRESULT STDMETHODCALLTYPE leads_elsewhere(IDStorageFactory *factory, const WCHAR *path,
                                                 REFIID riid, void **ppv)
{
    (void)path;
    opens++;
    return next_open(factory, shown, riid, ppv);
}

static void STDMETHODCALLTYPE counts(IDStorageQueue *queue, const DSTORAGE_REQUEST *request)
{
    outer++;
    next_outer(queue, request);
}

static void STDMETHODCALLTYPE shifts(IDStorageQueue *queue, const DSTORAGE_REQUEST *request)
{
    DSTORAGE_REQUEST moved = *request;

    inner++;
    moved.Source.File.Offset += SHIFT;
    next_inner(queue, &moved);
}

/* Writes an entry of a table, its page writable meanwhile. *before: what was there. */
static void patch(const void *entry, const void *function, void *before)
{
    void *at = (void *)(ULONG_PTR)entry;
    DWORD old, ours;

    if (!VirtualProtect(at, sizeof function, PAGE_READWRITE, &old))
        pf_fail("a table that cannot be written", GetLastError());
    memcpy(before, at, sizeof function);
    memcpy(at, &function, sizeof function);
    VirtualProtect(at, sizeof function, old, &ours);
}

static void check(HRESULT hr, const char *what)
{
    if (FAILED(hr))
        pf_fail(what, (unsigned long)hr);
}

static void wide_path(unsigned file, WCHAR *wide)
{
    char path[512];

    pf_path(&files, file, path, sizeof path);
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 512);
}

static IDStorageFile *open_real(IDStorageFactory *factory)
{
    IDStorageFile *file;
    WCHAR path[512];

    wide_path(0, path);
    check(IDStorageFactory_OpenFile(factory, path, &IID_IDStorageFile, (void **)&file),
          "a file cannot be opened");
    return file;
}

static IDStorageQueue1 *make_queue(IDStorageFactory *factory)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE, .Capacity = 0x80};
    IDStorageQueue1 *queue;

    check(IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1, (void **)&queue),
          "no queue");
    return queue;
}

/* Reads at 50 and expects the bytes of that file from there on. */
static void read_and_judge(IDStorageQueue1 *queue, IDStorageFile *file, unsigned want, UINT64 from)
{
    static unsigned char buffer[LENGTH];
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    DSTORAGE_REQUEST request = {0};
    DSTORAGE_ERROR_RECORD record;

    request.Source.File.Source = file;
    request.Source.File.Offset = 50;
    request.Source.File.Size = request.Destination.Memory.Size = LENGTH;
    request.Destination.Memory.Buffer = buffer;
    memset(buffer, 0, sizeof buffer);
    IDStorageQueue1_EnqueueRequest(queue, &request);
    IDStorageQueue1_EnqueueSetEvent(queue, event);
    IDStorageQueue1_Submit(queue);
    if (WaitForSingleObject(event, PATIENCE) != WAIT_OBJECT_0)
        pf_fail("a request that does not end", want);
    CloseHandle(event);
    IDStorageQueue1_RetrieveErrorRecord(queue, &record);
    check(record.FirstFailure.HResult, "a request that fails");
    for (unsigned i = 0; i < LENGTH; i++)
        if (buffer[i] != pf_byte(want, from + i))
            pf_fail("a wrong byte", i);
}

int main(int argc, char **argv)
{
    IDStorageFactory *factory;
    IDStorageQueue1 *older, *newer;
    IDStorageFile *real, *led;
    IDStorageQueueVtbl *table;
    void *ours;

    if (argc < 2) {
        fprintf(stderr, "usage: vtables PLUGIN\n");
        return 2;
    }
    pf_start(&files, argv);
    wide_path(1, shown);
    check(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory), "no factory");
    real = open_real(factory);
    patch(&factory->lpVtbl->OpenFile, (void *)leads_elsewhere, &next_open);
    led = open_real(factory);
    older = make_queue(factory);
    table = (IDStorageQueueVtbl *)(void *)older->lpVtbl;
    patch(&table->EnqueueRequest, (void *)shifts, &next_inner);
    patch(&table->EnqueueRequest, (void *)counts, &next_outer);
    newer = make_queue(factory);
    if ((void *)newer->lpVtbl != (void *)older->lpVtbl)
        pf_fail("a table for each object", 0);
    read_and_judge(older, real, 0, 50 + SHIFT);
    read_and_judge(newer, led, 1, 50 + SHIFT);
    patch(&table->EnqueueRequest, (void *)next_outer,
          &ours); /* the newer one first, as they must */
    read_and_judge(newer, real, 0, 50 + SHIFT);
    patch(&table->EnqueueRequest, (void *)next_inner, &ours);
    read_and_judge(older, led, 1, 50);
    patch(&factory->lpVtbl->OpenFile, (void *)next_open, &ours);
    IDStorageFile_Release(led);
    led = open_real(factory);
    read_and_judge(newer, led, 0, 50);
    if (opens != 1 || outer != 2 || inner != 3)
        pf_fail("hooks that were called too often, or not", opens * 100 + outer * 10 + inner);
    IDStorageQueue1_Release(newer);
    IDStorageQueue1_Release(older);
    IDStorageFile_Release(led);
    IDStorageFile_Release(real);
    if (IDStorageFactory_Release(factory))
        pf_fail("a factory that somebody has", 0);
    pf_end(&files);
    return 0;
}
