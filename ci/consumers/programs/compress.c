// SPDX-License-Identifier: MIT
/* Compresses a buffer to a GDeflate stream and back, over a pool. C and C++. */
#include <ringer_codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(const char *what, enum ringer_codec_status status)
{
    fprintf(stderr, "%s: %s\n", what, ringer_codec_status_text(status));
    return 1;
}

int main(void)
{
    static unsigned char raw[200000], back[sizeof(raw)];
    struct ringer_codec_options options;
    struct ringer_codec_info info;
    enum ringer_codec_status status;
    struct ringer_codec_pool *pool = ringer_codec_pool_new(0);
    unsigned char *stream;
    size_t written;
    uint64_t bound;

    for (size_t i = 0; i < sizeof(raw); i++)
        raw[i] = (unsigned char)(i / 100 * (i % 7));
    memset(&options, 0, sizeof(options));
    options.size = sizeof(options);
    options.level = RINGER_CODEC_BEST;
    options.pool = pool;
    status = ringer_codec_bound(RINGER_CODEC_GDEFLATE, sizeof(raw), &bound);
    if (status)
        return failed("bound", status);
    stream = (unsigned char *)malloc(bound);
    if (!stream || !pool)
        return failed("memory", RINGER_CODEC_NO_MEMORY);
    status = ringer_codec_compress(RINGER_CODEC_GDEFLATE, &options, raw, sizeof(raw), stream, bound, &written);
    if (status)
        return failed("compress", status);
    status = ringer_codec_info(RINGER_CODEC_GDEFLATE, stream, written, &info);
    if (status || info.raw_nbytes != sizeof(raw) || info.tile_count != 4)
        return failed("info", status);
    status = ringer_codec_decompress(RINGER_CODEC_GDEFLATE, &options, stream, written, back, sizeof(back), NULL);
    if (status || memcmp(raw, back, sizeof(raw)))
        return failed("decompress", status);
    free(stream);
    ringer_codec_pool_free(pool);
    printf("%u bytes in %u\n", (unsigned)sizeof(raw), (unsigned)written);
    return 0;
}
