/* SPDX-License-Identifier: MIT */
/*
 * IDStorageCompressionCodec, over ringer_codec.h with threads of its own. [D] One call at a time.
 */
#include "api/dstorage/codes.h"
#include "api/dstorage/pool.h"

#include <stdlib.h>

struct codec {
    struct ds_object object;
    enum ringer_codec_format format;
    struct ds_pool pool;
    UINT32 threads;
    bool started;
};

static struct codec *codec_of(IDStorageCompressionCodec *iface)
{
    return (struct codec *)iface;
}

static const struct ds_interface interfaces[] = {{&IID_IUnknown, 0},
                                                 {&IID_IDStorageCompressionCodec, 100}};

static HRESULT STDMETHODCALLTYPE ds_codec_QueryInterface(IDStorageCompressionCodec *iface,
                                                         REFIID riid, void **ppv)
{
    return ds_object_query(&codec_of(iface)->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}

static ULONG STDMETHODCALLTYPE ds_codec_AddRef(IDStorageCompressionCodec *iface)
{
    return ds_object_add_ref(&codec_of(iface)->object);
}

static ULONG STDMETHODCALLTYPE ds_codec_Release(IDStorageCompressionCodec *iface)
{
    return ds_object_release(&codec_of(iface)->object);
}

/* Threads come with the first buffer that could use them. */
static const struct ringer_codec_pool *pool_of(struct codec *codec, size_t nbytes)
{
    if (codec->threads == 1 || nbytes <= 65536)
        return NULL;
    if (!codec->started) {
        codec->started = true;
        /* The caller works, too. Without threads it works alone. */
        ds_pool_start(&codec->pool, codec->threads ? codec->threads - 1 : 0);
    }
    return codec->pool.count ? &codec->pool.lent : NULL;
}

/*
 * [I] U14: no public record has a code; the text of DECOMPRESSION_ERROR fits what is wrong with a
 * stream.
 */
static HRESULT hresult_of(enum ringer_codec_status status)
{
    switch (status) {
    case RINGER_CODEC_OK:
        return S_OK;
    case RINGER_CODEC_NO_MEMORY:
        return E_OUTOFMEMORY;
    case RINGER_CODEC_NO_ROOM:
        return DS_E_CODEC_ROOM;
    case RINGER_CODEC_BAD_ARGUMENT:
    case RINGER_CODEC_EMPTY:
    case RINGER_CODEC_TOO_LARGE:
        return E_INVALIDARG;
    default:
        return DS_E_CORRUPT;
    }
}

static HRESULT STDMETHODCALLTYPE ds_codec_CompressBuffer(
    IDStorageCompressionCodec *iface, const void *uncompressedData, size_t uncompressedDataSize,
    DSTORAGE_COMPRESSION compressionSetting, void *compressedBuffer, size_t compressedBufferSize,
    size_t *compressedDataSize)
{
    struct codec *codec = codec_of(iface);
    struct ringer_codec_options options = {0};
    size_t written = 0;
    enum ringer_codec_status status;

    if (!uncompressedData || !compressedBuffer || !compressedDataSize)
        return E_POINTER;
    options.level = (enum ringer_codec_level)compressionSetting;
    options.pool = pool_of(codec, uncompressedDataSize);
    status = ringer_codec_compress(codec->format, &options, uncompressedData, uncompressedDataSize,
                                   compressedBuffer, compressedBufferSize, &written);
    *compressedDataSize = written;
    return hresult_of(status);
}

static HRESULT STDMETHODCALLTYPE ds_codec_DecompressBuffer(
    IDStorageCompressionCodec *iface, const void *compressedData, size_t compressedDataSize,
    void *uncompressedBuffer, size_t uncompressedBufferSize, size_t *uncompressedDataSize)
{
    struct codec *codec = codec_of(iface);
    enum ringer_codec_status status;
    size_t written = 0;

    if (!compressedData || !uncompressedBuffer || !uncompressedDataSize)
        return E_POINTER;
    *uncompressedDataSize = 0;
    status = ds_decompress_up_to(pool_of(codec, uncompressedBufferSize), (unsigned)codec->format,
                                 compressedData, compressedDataSize, uncompressedBuffer,
                                 uncompressedBufferSize, &written);
    if (status == RINGER_CODEC_OK)
        *uncompressedDataSize = written;
    return hresult_of(status);
}

static size_t STDMETHODCALLTYPE ds_codec_CompressBufferBound(IDStorageCompressionCodec *iface,
                                                             size_t uncompressedDataSize)
{
    uint64_t bound;

    switch (ringer_codec_bound(codec_of(iface)->format, uncompressedDataSize, &bound)) {
    case RINGER_CODEC_OK:
        return (size_t)bound;
    case RINGER_CODEC_TOO_LARGE:
        /*
         * [I] What the runtime answers nobody has recorded. The published encoder clamps the number of
         * tiles, and names a size that would not do: here none does, as CompressBuffer refuses it.
         */
        return SIZE_MAX;
    default:
        return 0;
    }
}

static const IDStorageCompressionCodecVtbl vtbl = {
    ds_codec_QueryInterface, ds_codec_AddRef,           ds_codec_Release,
    ds_codec_CompressBuffer, ds_codec_DecompressBuffer, ds_codec_CompressBufferBound,
};

static void codec_destroy(struct ds_object *object)
{
    struct codec *codec = (struct codec *)object;

    ds_pool_stop(&codec->pool);
    free(codec);
}

HRESULT ds_codec_create(DSTORAGE_COMPRESSION_FORMAT format, UINT32 threads, REFIID riid, void **ppv)
{
    struct codec *codec;

    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    if (!ds_format_builtin(format))
        return DS_E_CODEC_FORMAT;
    codec = calloc(1, sizeof *codec);
    if (!codec)
        return E_OUTOFMEMORY;
    codec->format = (enum ringer_codec_format)format;
    codec->threads = threads;
    ds_pool_init(&codec->pool);
    ds_object_init(&codec->object, DS_CODEC, &vtbl, NULL, codec_destroy);
    return ds_object_give(&codec->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}
