/* SPDX-License-Identifier: MIT */
/* What dstorage.dll and dstoragecore.dll export, as api/dispatch has the rows. */
#ifndef DS_EXPORTS_H
#define DS_EXPORTS_H

#include <windows.h>
#include <dstorage.h>
#include <dstoragecore_x.h>

HRESULT WINAPI ds_DStorageSetConfiguration(const DSTORAGE_CONFIGURATION *configuration);
HRESULT WINAPI ds_DStorageSetConfiguration1(const DSTORAGE_CONFIGURATION1 *configuration);
HRESULT WINAPI ds_DStorageSetConfiguration2(const DSTORAGE_CONFIGURATION2 *configuration);
HRESULT WINAPI ds_DStorageGetFactory(REFIID riid, void **ppv);
HRESULT WINAPI ds_DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT format,
                                                 UINT32 numThreads, REFIID riid, void **ppv);
HRESULT WINAPI dsc_DStorageSetConfigurationCore(const DSTORAGE_CONFIGURATION1 *configuration);
HRESULT WINAPI dsc_DStorageGetFactoryCore(REFIID riid, void **ppv);
HRESULT WINAPI dsc_DStorageCreateCompressionCodecCore(DSTORAGE_COMPRESSION_FORMAT format,
                                                      UINT32 numThreads, REFIID riid, void **ppv);

#endif
