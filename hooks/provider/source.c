/* SPDX-License-Identifier: MIT */
/* Sources: a provider and its context, counted; and those whose bytes need no other source. */
#include "hooks/provider/provider.h"

#include <stdlib.h>
#include <string.h>

struct ringer_source *ringer_source_create(const struct ringer_provider *provider, void *context)
{
    struct ringer_source *source;

    /* A longer struct is a later version's: what is known of it lies in front. */
    if (!provider || provider->size < offsetof(struct ringer_provider, cancel) ||
        provider->version != RINGER_PROVIDER_VERSION || !provider->read || !provider->query)
        return NULL;
    source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->provider = provider;
    source->context = context;
    atomic_init(&source->references, 1);
    InitializeSRWLock(&source->lock);
    source->last = &source->first;
    return source;
}

void ringer_source_acquire(struct ringer_source *source)
{
    atomic_fetch_add(&source->references, 1);
}

void ringer_source_release(struct ringer_source *source)
{
    if (!source || atomic_fetch_sub(&source->references, 1) != 1)
        return;
    if (source->provider->destroy)
        source->provider->destroy(source->context);
    free(source);
}

NTSTATUS rp_source_query(struct ringer_source *source, void *file, struct ringer_file_info *info)
{
    NTSTATUS status;

    memset(info, 0, sizeof *info);
    ringer_bypass_enter();
    status = source->provider->query(source->context, file, info);
    ringer_bypass_leave();
    return status;
}

NTSTATUS rp_source_open(struct ringer_source *source, const WCHAR *path, UINT32 access,
                        UINT32 share, UINT32 disposition, void **file_out)
{
    NTSTATUS status = RP_SUCCESS;

    *file_out = NULL;
    if (!source->provider->open)
        return status;
    ringer_bypass_enter();
    status = source->provider->open(source->context, path, access, share, disposition, file_out);
    ringer_bypass_leave();
    return status;
}

void rp_source_close(struct ringer_source *source, void *file)
{
    if (!source->provider->close)
        return;
    ringer_bypass_enter();
    source->provider->close(source->context, file);
    ringer_bypass_leave();
}

/* ---- bytes, text by offset, one byte ---- */

struct content {
    UINT64 nbytes, seed;
    UINT8 byte;
    UINT8 bytes[];
};

static struct content *content_new(UINT64 nbytes, size_t held)
{
    struct content *content = malloc(sizeof *content + held);

    if (content)
        *content = (struct content){.nbytes = nbytes};
    return content;
}

static NTSTATUS content_query(void *context, void *file, struct ringer_file_info *info_out)
{
    const struct content *content = context;

    info_out->size = content->nbytes;
    return RP_SUCCESS;
}

static NTSTATUS buffer_read(void *context, void *file, UINT64 offset, void *buffer, UINT32 length,
                            ringer_read_token token, UINT32 *done_out)
{
    const struct content *content = context;

    memcpy(buffer, content->bytes + offset, length);
    *done_out = length;
    return RP_SUCCESS;
}

void ringer_generate(UINT64 seed, UINT64 offset, void *buffer, size_t nbytes)
{
    UINT8 *out = buffer;
    /* Everything modulo 95, stepped: i * 7 + i / 95 grows by 7, and by one more each 95th time. */
    UINT32 column = (UINT32)(offset % 95);
    UINT32 value = (UINT32)((column * 7 + offset / 95 % 95 + seed % 95) % 95);

    for (size_t i = 0; i < nbytes; i++) {
        out[i] = (UINT8)(0x20 + value);
        value += 7;
        if (++column == 95) {
            column = 0;
            value++;
        }
        if (value >= 95)
            value -= 95;
    }
}

static NTSTATUS generator_read(void *context, void *file, UINT64 offset, void *buffer,
                               UINT32 length, ringer_read_token token, UINT32 *done_out)
{
    const struct content *content = context;

    ringer_generate(content->seed, offset, buffer, length);
    *done_out = length;
    return RP_SUCCESS;
}

static NTSTATUS fill_read(void *context, void *file, UINT64 offset, void *buffer, UINT32 length,
                          ringer_read_token token, UINT32 *done_out)
{
    const struct content *content = context;

    memset(buffer, content->byte, length);
    *done_out = length;
    return RP_SUCCESS;
}

#define CONTENT_PROVIDER(name)                                            \
    static const struct ringer_provider name##_provider = {               \
        .size = sizeof(struct ringer_provider),                           \
        .version = RINGER_PROVIDER_VERSION,                               \
        .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_IMMUTABLE, \
        .query = content_query,                                           \
        .read = name##_read,                                              \
        .destroy = free,                                                  \
    }
CONTENT_PROVIDER(buffer);
CONTENT_PROVIDER(generator);
CONTENT_PROVIDER(fill);

static struct ringer_source *content_source(const struct ringer_provider *provider,
                                            struct content *content)
{
    struct ringer_source *source = content ? ringer_source_create(provider, content) : NULL;

    if (!source)
        free(content);
    return source;
}

struct ringer_source *ringer_source_buffer(const void *bytes, size_t nbytes)
{
    struct content *content = content_new(nbytes, nbytes);

    if (content && nbytes)
        memcpy(content->bytes, bytes, nbytes);
    return content_source(&buffer_provider, content);
}

struct ringer_source *ringer_source_generator(UINT64 seed, UINT64 nbytes)
{
    struct content *content = content_new(nbytes, 0);

    if (content)
        content->seed = seed;
    return content_source(&generator_provider, content);
}

struct ringer_source *ringer_source_fill(UINT8 byte, UINT64 nbytes)
{
    struct content *content = content_new(nbytes, 0);

    if (content)
        content->byte = byte;
    return content_source(&fill_provider, content);
}
