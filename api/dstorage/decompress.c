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

/*
 * [I] U22: frames one behind the other, skippable ones among them, as chunks of a file lie there.
 * Behind the last byte of the destination, what is no frame is padding. A frame that does not say
 * its size is the last.
 */
static enum ringer_codec_status zstd_frames(const char *source, size_t source_nbytes, char *to,
                                            size_t nbytes, size_t *written_out)
{
    size_t at = 0, done = 0;

    do {
        struct ringer_codec_info info = {.stream_nbytes = source_nbytes - at,
                                         .raw_nbytes = nbytes - done};
        enum ringer_codec_status status =
            ringer_codec_info(RINGER_CODEC_ZSTD, source + at, source_nbytes - at, &info);

        if (status != RINGER_CODEC_OK && status != RINGER_CODEC_UNKNOWN_SIZE) {
            if (!at || done != nbytes)
                return status;
            break;
        }
        if (info.raw_nbytes > nbytes - done)
            return RINGER_CODEC_NO_ROOM;
        if (info.raw_nbytes || status == RINGER_CODEC_UNKNOWN_SIZE)
            status = ringer_codec_decompress(RINGER_CODEC_ZSTD, NULL, source + at,
                                             (size_t)info.stream_nbytes, to + done,
                                             (size_t)info.raw_nbytes, NULL);
        if (status != RINGER_CODEC_OK)
            return status;
        at += (size_t)info.stream_nbytes;
        done += (size_t)info.raw_nbytes;
    } while (at < source_nbytes);
    *written_out = done;
    return RINGER_CODEC_OK;
}

enum ringer_codec_status ds_decompress_up_to(const struct ringer_codec_pool *pool, unsigned format,
                                             const void *source, size_t source_nbytes, void *to,
                                             size_t nbytes, size_t *written_out)
{
    struct ringer_codec_options options = {.pool = pool};
    struct ringer_codec_info info;
    enum ringer_codec_status status;

    if (format == DSTORAGE_COMPRESSION_FORMAT_ZSTD)
        return zstd_frames(source, source_nbytes, to, nbytes, written_out);
    status = ringer_codec_info(RINGER_CODEC_GDEFLATE, source, source_nbytes, &info);
    if (status != RINGER_CODEC_OK)
        return status;
    if (info.raw_nbytes > nbytes)
        return RINGER_CODEC_NO_ROOM;
    *written_out = (size_t)info.raw_nbytes;
    return ringer_codec_decompress(RINGER_CODEC_GDEFLATE, &options, source, source_nbytes, to,
                                   (size_t)info.raw_nbytes, NULL);
}

/* The codec writes into the destination itself, so that is tried first. */
HRESULT ds_decompress(struct ds_pool *pool, unsigned format, const void *source,
                      size_t source_nbytes, void *to, size_t nbytes)
{
    enum ringer_codec_status status;
    size_t written = 0;

    if (!source_nbytes || !nbytes)
        return DS_E_CORRUPT; /* no stream is of 0 bytes, nor has one */
    if (!ds_can_fill(to, nbytes))
        return DS_E_DESTINATION_MEMORY;
    status =
        ds_decompress_up_to(&pool->lent, format, source, source_nbytes, to, nbytes, &written);
    if (status == RINGER_CODEC_NO_MEMORY)
        return E_OUTOFMEMORY;
    return status == RINGER_CODEC_OK && written == nbytes ? S_OK : DS_E_CORRUPT;
}
