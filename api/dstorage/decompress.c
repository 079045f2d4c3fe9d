/* SPDX-License-Identifier: MIT */
/* Formats, and the codec's answers as DirectStorage gives them. */
#include "api/dstorage/codes.h"
#include "api/dstorage/pool.h"
#include "api/dstorage/user_memory.h"

bool ds_format_builtin(unsigned format)
{
    if (format == DSTORAGE_COMPRESSION_FORMAT_GDEFLATE)
        return ds_version() >= 100;
    return format == DSTORAGE_COMPRESSION_FORMAT_ZSTD && ds_version() >= 400 &&
           ringer_codec_available(RINGER_CODEC_ZSTD);
}

bool ds_format_known(unsigned format)
{
    return format == DSTORAGE_COMPRESSION_FORMAT_NONE || format >= DSTORAGE_CUSTOM_COMPRESSION_0 ||
           ds_format_builtin(format);
}

/* The codec writes into the destination itself, so that is tried first. */
HRESULT ds_decompress(struct ds_pool *pool, unsigned format, const void *source,
                      size_t source_nbytes, void *to, size_t nbytes)
{
    struct ringer_codec_options options = {.pool = &pool->lent};
    enum ringer_codec_status status;

    if (!source_nbytes || !nbytes)
        return DS_E_CORRUPT; /* no stream is of 0 bytes, nor has one */
    if (!ds_can_fill(to, nbytes))
        return DS_E_DESTINATION_MEMORY;
    status = ringer_codec_decompress((enum ringer_codec_format)format, &options, source,
                                     source_nbytes, to, nbytes, NULL);
    if (status == RINGER_CODEC_OK)
        return S_OK;
    return status == RINGER_CODEC_NO_MEMORY ? E_OUTOFMEMORY : DS_E_CORRUPT;
}
