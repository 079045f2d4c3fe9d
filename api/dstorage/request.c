/* SPDX-License-Identifier: MIT */
/*
 * The rules of a request, when it is taken out of the queue. [D] The call that enqueues is void.
 * [I] The order of the rules: kinds, source, format, sizes, the file's end; no public record has it
 * (U2).
 */
#include "api/dstorage/request.h"

#include "api/dstorage/codes.h"
#include "api/dstorage/pool.h"
#include "api/dstorage/runtime.h"

static HRESULT check_kinds(const struct ds_queue *queue, const DSTORAGE_REQUEST_OPTIONS *options)
{
    if (options->SourceType != queue->desc.SourceType)
        return DS_E_SOURCE_KIND;
    /* [R] DC14 without a device. With one there is no GPU behind it yet: the same. */
    if (options->DestinationType != DSTORAGE_REQUEST_DESTINATION_MEMORY)
        return DS_E_DESTINATION_KIND;
    /* Reserved bits are ignored: [D] 1.1 warns, and shipping programs leave them uninitialised. */
    return S_OK;
}

static HRESULT check_file(const struct ds_entry *entry)
{
    if (!entry->file)
        return DS_E_NO_FILE;
    return ds_get(&entry->file->closed) ? DS_E_FILE_CLOSED : S_OK;
}

/*
 * [S] With 1.4 the first reserved byte is GaclTransformType. No memory destination is known to be
 * transformed back.
 */
static HRESULT check_transform(const DSTORAGE_REQUEST_OPTIONS *options)
{
    return ((const UINT8 *)options)[1] && ds_version() >= 400 ? DS_E_TRANSFORM : S_OK;
}

static HRESULT check_sizes(const DSTORAGE_REQUEST *request)
{
    UINT32 source = ds_request_source_nbytes(request), to = request->Destination.Memory.Size;

    if (request->Options.CompressionFormat == DSTORAGE_COMPRESSION_FORMAT_NONE) {
        /* [D] UncompressedSize may be 0 here. */
        if (to != source || (request->UncompressedSize && request->UncompressedSize != source))
            return DS_E_SIZES;
        return S_OK;
    }
    /*
     * [D] Compressed into memory. That the source be smaller is in the text only, and is not asked:
     * [I].
     */
    return request->UncompressedSize == to ? S_OK : DS_E_SIZES;
}

/*
 * [R] DA1, DC1: as large as the staging buffer passes, larger does not, uncompressed into memory
 * too. From memory to memory uncompressed nothing is staged: [D] it works with a size of 0.
 */
static HRESULT check_staging(const struct ds_entry *entry)
{
    const DSTORAGE_REQUEST *request = &entry->request;
    size_t limit = ds_staging_limit(&entry->queue->runtime->staging);

    if (request->Options.CompressionFormat == DSTORAGE_COMPRESSION_FORMAT_NONE &&
        request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY)
        return S_OK;
    if (ds_request_source_nbytes(request) > limit || request->UncompressedSize > limit)
        return DS_E_TOO_LARGE;
    return S_OK;
}

static HRESULT check_end(const struct ds_entry *entry)
{
    const DSTORAGE_SOURCE_FILE *source = &entry->request.Source.File;
    UINT64 end = source->Offset + source->Size;

    if (end < source->Offset || end > INT64_MAX || !ds_file_reaches(entry->file, end))
        return DS_E_BEYOND_END;
    return S_OK;
}

HRESULT ds_request_check(const struct ds_entry *entry)
{
    const DSTORAGE_REQUEST *request = &entry->request;
    bool from_file = request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE;
    HRESULT hr = check_kinds(entry->queue, &request->Options);

    if (SUCCEEDED(hr) && from_file)
        hr = check_file(entry);
    if (SUCCEEDED(hr) && !ds_format_known(request->Options.CompressionFormat))
        hr = DS_E_FORMAT;
    if (SUCCEEDED(hr))
        hr = check_transform(&request->Options);
    if (SUCCEEDED(hr))
        hr = check_sizes(request);
    if (SUCCEEDED(hr))
        hr = check_staging(entry);
    if (SUCCEEDED(hr) && from_file)
        hr = check_end(entry);
    return hr;
}
