/* SPDX-License-Identifier: MIT */
/*
 * Which misuse gives which HRESULT. [I] but where a line says otherwise: Microsoft's texts say what
 * each code means, and no public record what the runtime answers. In one place, so that a recording
 * changes a line.
 */
#ifndef DS_CODES_H
#define DS_CODES_H

#include "api/dstorage/object.h"

#include <dstorageerr.h>

#define DS_E_NO_FILE E_DSTORAGE_INVALID_FILE_HANDLE /* NULL, or never an open file of ours */
#define DS_E_FILE_CLOSED E_DSTORAGE_FILE_NOT_OPEN
#define DS_E_BEYOND_END E_DSTORAGE_END_OF_FILE /* also when the file shrank meanwhile */
#define DS_E_DESTINATION_MEMORY E_DSTORAGE_ACCESS_VIOLATION
#define DS_E_SOURCE_MEMORY HRESULT_FROM_WIN32(ERROR_NOACCESS) /* no code of its own is documented */
#define DS_E_SOURCE_KIND E_DSTORAGE_INVALID_SOURCE_TYPE
#define DS_E_DESTINATION_KIND E_DSTORAGE_INVALID_DESTINATION_TYPE /* [R] DC14 without a device */
#define DS_E_SIZES E_DSTORAGE_INVALID_DESTINATION_SIZE
#define DS_E_TOO_LARGE E_DSTORAGE_REQUEST_TOO_LARGE /* [R] DA1, DC1 */
#define DS_E_FORMAT E_INVALIDARG                    /* no text speaks of it */
/* [I] U22: what is undone nowhere is refused, rather than data given that is not the file's. */
#define DS_E_TRANSFORM E_DSTORAGE_INVALID_GACL_SHUFFLE_TRANSFORM_TYPE
#define DS_E_NULL_REQUEST E_POINTER
#define DS_E_CORRUPT E_DSTORAGE_DECOMPRESSION_ERROR
#define DS_E_FENCE E_DSTORAGE_INVALID_FENCE
#define DS_E_STATUS_ARRAY E_DSTORAGE_INVALID_STATUS_ARRAY
#define DS_E_STATUS_INDEX E_DSTORAGE_INDEX_BOUND
#define DS_E_CLOSED E_DSTORAGE_QUEUE_CLOSED
#define DS_E_CODEC_FORMAT E_NOTIMPL
#define DS_E_CODEC_ROOM HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)

/* For messages; static, never NULL. */
const char *ds_code_name(HRESULT hr);

#endif
