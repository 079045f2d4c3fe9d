/* SPDX-License-Identifier: MIT */
/* Is a request one that can be carried out? */
#ifndef DS_REQUEST_H
#define DS_REQUEST_H

#include "api/dstorage/queue.h"

/* S_OK, or how it fails. Looks at nothing behind the pointers but the file. */
HRESULT ds_request_check(const struct ds_entry *entry);

static inline UINT32 ds_request_source_nbytes(const DSTORAGE_REQUEST *request)
{
    return request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE
               ? request->Source.File.Size
               : request->Source.Memory.Size;
}

#endif
