/* SPDX-License-Identifier: MIT */
/*
 * dstorage.dll: a thin module in front of dstoragecore.dll, through whose slots it calls. [S] As
 * the published forwarder does, a configuration of the first kind is widened with
 * ForceFileBuffering 0. [R] DC2: without a core it answers E_NOTIMPL, at the call; [I] so do its
 * other functions.
 */
#include "api/dstorage/exports.h"

#include "api/dstorage/codes.h"
#include "api/dstorage/pool.h"

#include <string.h>

static HRESULT no_core(void **ppv)
{
    if (ppv)
        *ppv = NULL;
    return E_NOTIMPL;
}

HRESULT WINAPI ds_DStorageSetConfiguration(const DSTORAGE_CONFIGURATION *configuration)
{
    DSTORAGE_CONFIGURATION1 wide = {0};

    if (ds_core_missing())
        return E_NOTIMPL;
    if (!configuration)
        return E_INVALIDARG;
    memcpy(&wide, configuration, sizeof *configuration);
    return DStorageSetConfigurationCore(&wide);
}

HRESULT WINAPI ds_DStorageSetConfiguration1(const DSTORAGE_CONFIGURATION1 *configuration)
{
    if (ds_core_missing())
        return E_NOTIMPL;
    if (!configuration)
        return E_INVALIDARG;
    return DStorageSetConfigurationCore(configuration);
}

/* [I] CreatorID is a label of Direct3D queues, of which there are none yet. */
HRESULT WINAPI ds_DStorageSetConfiguration2(const DSTORAGE_CONFIGURATION2 *configuration)
{
    DSTORAGE_CONFIGURATION1 narrow;

    if (ds_version() < 400 || ds_core_missing())
        return E_NOTIMPL;
    if (!configuration)
        return E_INVALIDARG;
    memcpy(&narrow, configuration, sizeof narrow);
    return DStorageSetConfigurationCore(&narrow);
}

HRESULT WINAPI ds_DStorageGetFactory(REFIID riid, void **ppv)
{
    if (ds_core_missing())
        return no_core(ppv);
    return DStorageGetFactoryCore(riid, ppv);
}

HRESULT WINAPI ds_DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT format,
                                                 UINT32 numThreads, REFIID riid, void **ppv)
{
    if (ds_core_missing())
        return no_core(ppv);
    return DStorageCreateCompressionCodecCore(format, numThreads, riid, ppv);
}

HRESULT WINAPI dsc_DStorageCreateCompressionCodecCore(DSTORAGE_COMPRESSION_FORMAT format,
                                                      UINT32 numThreads, REFIID riid, void **ppv)
{
    return ds_codec_create(format, numThreads, riid, ppv);
}
