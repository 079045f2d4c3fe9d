/* SPDX-License-Identifier: MIT */
/* IDStorageFile: a handle, its size when it was opened, and whether it is still open. */
#ifndef DS_FILE_H
#define DS_FILE_H

#include "api/dstorage/object.h"

struct ds_runtime;

struct ds_file {
    struct ds_object object;
    struct ds_runtime *runtime;
    HANDLE handle; /* open until destroy: requests in flight may need it */
    bool unbuffered;
    bool stream; /* it has no position: a pipe, a socket. Without COM only, as the next */
    bool serial; /* parts of a request go one after the other: a stream, or what only grows */
    volatile LONG closed;
    volatile LONG64 size; /* as last asked */
    WCHAR path[MAX_PATH]; /* as passed, cut to fit; for error records */
};

HRESULT ds_file_open(struct ds_runtime *runtime, const WCHAR *path, REFIID riid, void **ppv);
/* Asks the system when the end does not lie at or behind what is known: the file may have grown. */
bool ds_file_reaches(struct ds_file *file, UINT64 end);

#endif
