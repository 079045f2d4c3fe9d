/* SPDX-License-Identifier: MIT */
/*
 * What dstorage.dll calls in dstoragecore.dll, by the names of its export table [S]; Microsoft
 * publishes no header of it, and no program calls it. A hook may.
 */
#ifndef DSTORAGECORE_X_H
#define DSTORAGECORE_X_H

#include <dstorage.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The implementation of DStorageSetConfiguration and its successors.
 * configuration: as for DStorageSetConfiguration1; copied.
 * Returns as that: S_OK, E_INVALIDARG, E_DSTORAGE_STAGING_BUFFER_LOCKED,
 *   E_DSTORAGE_FILEBUFFERING_REQUIRES_DISABLED_BYPASSIO.
 * Source: [I].
 */
DSTORAGE_API DStorageSetConfigurationCore(const DSTORAGE_CONFIGURATION1 *configuration);

/*
 * The implementation of DStorageGetFactory.
 * riid: as for that.
 * ppv: out; a reference, NULL on failure.
 * Returns S_OK; E_POINTER, E_NOINTERFACE, E_OUTOFMEMORY as that.
 * Source: [I].
 */
DSTORAGE_API DStorageGetFactoryCore(REFIID riid, void **ppv);

/*
 * The implementation of DStorageCreateCompressionCodec.
 * format: as for that.
 * numThreads: threads; 0 for one each processor.
 * riid: of IDStorageCompressionCodec or IUnknown.
 * ppv: out; a reference, NULL on failure.
 * Returns S_OK; E_POINTER, E_NOTIMPL, E_NOINTERFACE, E_OUTOFMEMORY as that.
 * Source: [I].
 */
DSTORAGE_API DStorageCreateCompressionCodecCore(DSTORAGE_COMPRESSION_FORMAT format, UINT32 numThreads,
                                                REFIID riid, void **ppv);

#ifdef __cplusplus
}
#endif

#endif
