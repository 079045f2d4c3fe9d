/* SPDX-License-Identifier: MIT */
/*
 * Assets in one archive, compressed with GDeflate, and streamed back through ringer_ds.h: no COM, no
 * Windows header. Each asset is cut into chunks that are compressed, read and decompressed by
 * themselves, side by side; a hash says whether all of it came back.
 *     cc asset_streaming.c $(pkg-config --cflags --libs ringer-dstorage) -o asset_streaming
 *     ./asset_streaming pack assets.pak FILE...     packs files, through writes
 *     ./asset_streaming stream assets.pak           reads everything, checks each hash, prints MB/s
 *     ./asset_streaming cat assets.pak NAME         writes one asset to the output
 *
 * The archive: struct head; chunks; the index, which is for each asset its struct asset_head, its name
 * and its struct chunks. Numbers are as the machine has them.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime under -std=c11 */

#include <ringer_codec.h>
#include <ringer_ds.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAGIC "RNGRPAK1"

enum {
    CHUNK = 1024 * 1024,  /* bytes of an asset that are compressed together */
    BATCH = 128,          /* requests under one submit, and chunks in memory at once when packing */
    AT_ONCE = 4096,       /* assets that are streamed side by side */
    IN_MEMORY = 256 << 20 /* of these; a larger one comes alone */
};

struct head {
    char magic[8];
    uint64_t index_offset, index_nbytes, index_hash;
};

struct asset_head {
    uint64_t nbytes, hash;
    uint32_t name_nbytes, chunk_count;
};

struct chunk {
    uint64_t offset;      /* in the archive */
    uint32_t nbytes, raw; /* there, and decompressed: the same when it is stored as it is */
};

struct asset {
    struct asset_head head;
    char *name;
    struct chunk *chunks;
    unsigned char *bytes; /* while it is streamed */
    uint32_t left;        /* chunks that have not come */
    int bad;
};

static int complain(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    return 1;
}

/* Everything that goes wrong below is told here, with what the library knows of it. */
static void failed(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    fprintf(stderr, "%s: %s %s: %s (%s:%u, %" PRIu64 " bytes at %" PRIu64 ")\n",
            error->path ? error->path : "archive", error->subsystem, error->operation,
            strerror(error->error), error->file, error->line, error->nbytes, error->offset);
}

static struct ringer_ds *runtime(void)
{
    struct ringer_ds_params params = {.size = sizeof params, .workers = 2, .failed = failed};
    struct ringer_ds *ds;

    return ringer_ds_create(&params, &ds) ? NULL : ds;
}

/* Not against malice, but against every mistake. */
static uint64_t hash_of(const unsigned char *bytes, uint64_t nbytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ nbytes, word;

    for (; nbytes; bytes += 8, nbytes -= 8) {
        size_t part = nbytes < 8 ? (size_t)nbytes : 8;

        word = 0;
        memcpy(&word, bytes, part);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
        if (part < 8)
            break;
    }
    return hash;
}

struct packer {
    struct ringer_ds *ds;
    struct ringer_ds_file *archive;
    struct ringer_codec_pool *pool;
    uint64_t end;       /* of what is written */
    unsigned in_flight; /* writes, each with a buffer of its own */
    unsigned char *index;
    size_t index_nbytes;
};

/* Waits until the writes are done, and frees their buffers. */
static int packer_flush(struct packer *packer)
{
    struct ringer_ds_result results[BATCH];
    int count, bad = 0;

    ringer_ds_submit_all(packer->ds);
    ringer_ds_wait_all(packer->ds, RINGER_DS_FOREVER);
    while ((count = ringer_ds_take_completed(packer->ds, results, BATCH, sizeof results[0])) > 0) {
        for (int i = 0; i < count; i++) {
            bad |= results[i].status != RINGER_DS_OK;
            free(results[i].user);
        }
    }
    packer->in_flight = 0;
    return bad;
}

/* The buffer is the request's from here on. */
static int packer_write(struct packer *packer, unsigned char *buffer, uint64_t offset,
                        uint64_t nbytes)
{
    struct ringer_ds_request request = {
        .size = sizeof request,
        .kind = RINGER_DS_REQUEST_WRITE,
        .file = packer->archive,
        .offset = offset,
        .nbytes = nbytes,
        .memory = buffer,
        .user = buffer,
    };

    if (ringer_ds_enqueue(packer->ds, &request, 1, NULL)) {
        free(buffer);
        return 1;
    }
    return ++packer->in_flight == BATCH ? packer_flush(packer) : 0;
}

static int packer_note(struct packer *packer, const void *bytes, size_t nbytes)
{
    unsigned char *larger = realloc(packer->index, packer->index_nbytes + nbytes);

    if (!larger)
        return complain("index", ENOMEM);
    packer->index = larger;
    memcpy(larger + packer->index_nbytes, bytes, nbytes);
    packer->index_nbytes += nbytes;
    return 0;
}

/* Compressed when that is smaller, else as it is. */
static int pack_chunk(struct packer *packer, const unsigned char *raw, uint32_t nbytes,
                      struct chunk *chunk)
{
    struct ringer_codec_options options = {.size = sizeof options, .pool = packer->pool};
    unsigned char *buffer = malloc(nbytes);
    size_t packed;

    if (!buffer)
        return complain("chunk", ENOMEM);
    if (ringer_codec_compress(RINGER_CODEC_GDEFLATE, &options, raw, nbytes, buffer, nbytes - 1,
                              &packed) != RINGER_CODEC_OK) {
        memcpy(buffer, raw, nbytes);
        packed = nbytes;
    }
    *chunk = (struct chunk){.offset = packer->end, .nbytes = (uint32_t)packed, .raw = nbytes};
    packer->end += packed;
    return packer_write(packer, buffer, chunk->offset, packed);
}

static int pack_bytes(struct packer *packer, const char *path, const unsigned char *bytes,
                      uint64_t nbytes)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct asset_head head = {
        .nbytes = nbytes,
        .hash = hash_of(bytes, nbytes),
        .name_nbytes = (uint32_t)strlen(name),
        .chunk_count = (uint32_t)((nbytes + CHUNK - 1) / CHUNK),
    };
    int bad =
        packer_note(packer, &head, sizeof head) || packer_note(packer, name, head.name_nbytes);

    for (uint64_t at = 0; !bad && at < nbytes; at += CHUNK) {
        uint32_t part = (uint32_t)(nbytes - at < CHUNK ? nbytes - at : CHUNK);
        struct chunk chunk;

        bad = pack_chunk(packer, bytes + at, part, &chunk) ||
              packer_note(packer, &chunk, sizeof chunk);
    }
    return bad;
}

static int pack_file(struct packer *packer, const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    size_t nbytes = 0, room = 0, more;
    int bad;

    if (!file)
        return complain(path, errno);
    do {
        if (nbytes == room) {
            unsigned char *larger = realloc(bytes, room = room ? 2 * room : CHUNK);

            if (!larger) {
                free(bytes);
                fclose(file);
                return complain(path, ENOMEM);
            }
            bytes = larger;
        }
        nbytes += more = fread(bytes + nbytes, 1, room - nbytes, file);
    } while (more);
    bad = ferror(file) ? complain(path, EIO) : pack_bytes(packer, path, bytes, nbytes);
    fclose(file);
    free(bytes);
    return bad;
}

/* The index, and then the head: an archive that was not finished has none. */
static int pack_end(struct packer *packer)
{
    struct head *head = calloc(1, sizeof *head);
    int bad;

    if (!head)
        return complain("head", ENOMEM);
    memcpy(head->magic, MAGIC, sizeof head->magic);
    head->index_offset = packer->end;
    head->index_nbytes = packer->index_nbytes;
    head->index_hash = hash_of(packer->index, packer->index_nbytes);
    bad = packer_write(packer, packer->index, packer->end, packer->index_nbytes);
    packer->index = NULL;
    bad = packer_flush(packer) || bad;
    if (bad) {
        free(head);
        return 1;
    }
    return packer_write(packer, (unsigned char *)head, 0, sizeof *head) || packer_flush(packer);
}

static int pack(const char *path, char **files, int count)
{
    struct packer packer = {
        .ds = runtime(), .pool = ringer_codec_pool_new(0), .end = sizeof(struct head)};
    int bad = !packer.ds || !packer.pool ||
              ringer_ds_open(packer.ds, path, RINGER_DS_WRITE | RINGER_DS_CREATE, &packer.archive);

    for (int i = 0; !bad && i < count; i++)
        bad = pack_file(&packer, files[i]);
    if (!bad)
        bad = pack_end(&packer);
    if (packer.ds) {
        packer_flush(&packer);
        ringer_ds_free(packer.ds);
    }
    ringer_codec_pool_free(packer.pool);
    free(packer.index);
    if (!bad)
        printf("%s: %d assets, %" PRIu64 " bytes\n", path, count, packer.end + packer.index_nbytes);
    return bad;
}

struct archive {
    struct ringer_ds *ds;
    struct ringer_ds_file *file;
    struct asset *assets;
    size_t count;
};

/* One piece, and a wait for it: the head and the index. */
static int read_now(struct archive *archive, uint64_t offset, void *to, uint64_t nbytes)
{
    struct ringer_ds_request request = {.size = sizeof request,
                                        .file = archive->file,
                                        .offset = offset,
                                        .nbytes = nbytes,
                                        .memory = to};
    struct ringer_ds_result result;

    if (ringer_ds_enqueue(archive->ds, &request, 1, NULL))
        return 1;
    ringer_ds_submit_all(archive->ds);
    ringer_ds_wait_all(archive->ds, RINGER_DS_FOREVER);
    return ringer_ds_take_completed(archive->ds, &result, 1, sizeof result) != 1 ||
           result.status != RINGER_DS_OK;
}

static int take_bytes(const unsigned char **at, const unsigned char *end, void *to, size_t nbytes)
{
    if ((size_t)(end - *at) < nbytes)
        return 1;
    memcpy(to, *at, nbytes);
    *at += nbytes;
    return 0;
}

/* What is read from a file may say anything: each number is checked before it is believed. */
static int parse_asset(struct asset *asset, const unsigned char **at, const unsigned char *end)
{
    uint64_t sum = 0;

    if (take_bytes(at, end, &asset->head, sizeof asset->head) ||
        asset->head.name_nbytes > (size_t)(end - *at) ||
        asset->head.chunk_count > (size_t)(end - *at) / sizeof(struct chunk))
        return 1;
    asset->name = calloc(1, asset->head.name_nbytes + (size_t)1);
    asset->chunks = calloc(asset->head.chunk_count + (size_t)1, sizeof(struct chunk));
    if (!asset->name || !asset->chunks ||
        take_bytes(at, end, asset->name, asset->head.name_nbytes) ||
        take_bytes(at, end, asset->chunks, asset->head.chunk_count * sizeof(struct chunk)))
        return 1;
    for (uint32_t i = 0; i < asset->head.chunk_count; i++) {
        const struct chunk *chunk = &asset->chunks[i];

        if (!chunk->raw || chunk->raw > CHUNK || chunk->nbytes > chunk->raw)
            return 1;
        sum += chunk->raw;
    }
    return sum != asset->head.nbytes;
}

static int parse_index(struct archive *archive, const unsigned char *at, const unsigned char *end)
{
    while (at < end) {
        struct asset *larger =
            realloc(archive->assets, (archive->count + 1) * sizeof *archive->assets);

        if (!larger)
            return 1;
        archive->assets = larger;
        larger[archive->count] = (struct asset){0};
        if (parse_asset(&larger[archive->count++], &at, end))
            return 1;
    }
    return 0;
}

static int read_index(struct archive *archive)
{
    struct head head;
    uint64_t nbytes;
    unsigned char *index;
    int bad;

    if (ringer_ds_file_nbytes(archive->file, &nbytes) || read_now(archive, 0, &head, sizeof head))
        return 1;
    if (memcmp(head.magic, MAGIC, sizeof head.magic) != 0 || head.index_nbytes > nbytes ||
        head.index_offset > nbytes - head.index_nbytes)
        return 1;
    index = malloc(head.index_nbytes + 1);
    bad = !index || read_now(archive, head.index_offset, index, head.index_nbytes) ||
          hash_of(index, head.index_nbytes) != head.index_hash ||
          parse_index(archive, index, index + head.index_nbytes);
    free(index);
    return bad;
}

static void archive_close(struct archive *archive)
{
    for (size_t i = 0; i < archive->count; i++) {
        free(archive->assets[i].name);
        free(archive->assets[i].chunks);
    }
    free(archive->assets);
    if (archive->ds)
        ringer_ds_free(archive->ds);
}

static int archive_open(struct archive *archive, const char *path)
{
    *archive = (struct archive){.ds = runtime()};
    if (archive->ds && !ringer_ds_open(archive->ds, path, RINGER_DS_READ, &archive->file)) {
        if (!read_index(archive))
            return 0;
        fprintf(stderr, "%s: this is no archive, or it is damaged\n", path);
    }
    archive_close(archive);
    return 1;
}

/* All chunks of an asset, each decompressed where it belongs. */
static int request_asset(struct archive *archive, struct asset *asset)
{
    uint64_t at = 0;

    asset->bytes = malloc(asset->head.nbytes + 1);
    if (!asset->bytes)
        return complain(asset->name, ENOMEM);
    for (uint32_t i = 0; i < asset->head.chunk_count; i++) {
        const struct chunk *chunk = &asset->chunks[i];
        struct ringer_ds_request request = {
            .size = sizeof request,
            .compression = chunk->nbytes < chunk->raw ? RINGER_DS_GDEFLATE : RINGER_DS_UNCOMPRESSED,
            .file = archive->file,
            .offset = chunk->offset,
            .nbytes = chunk->nbytes,
            .raw_nbytes = chunk->raw,
            .memory = asset->bytes + at,
            .user = asset,
        };

        if (ringer_ds_enqueue(archive->ds, &request, 1, NULL))
            return 1;
        asset->left++;
        at += chunk->raw;
        if (i % BATCH == BATCH - 1)
            ringer_ds_submit_all(archive->ds);
    }
    return 0;
}

/* Waits for everything, and notes of which asset it was. */
static void collect(struct archive *archive)
{
    struct ringer_ds_result results[BATCH];
    int count;

    ringer_ds_submit_all(archive->ds);
    ringer_ds_wait_all(archive->ds, RINGER_DS_FOREVER);
    while ((count = ringer_ds_take_completed(archive->ds, results, BATCH, sizeof results[0])) > 0) {
        for (int i = 0; i < count; i++) {
            struct asset *asset = results[i].user;

            asset->left--;
            asset->bad |= results[i].status != RINGER_DS_OK;
        }
    }
}

static int asset_check(const struct asset *asset)
{
    if (!asset->left && !asset->bad &&
        hash_of(asset->bytes, asset->head.nbytes) == asset->head.hash)
        return 0;
    fprintf(stderr, "%s: damaged\n", asset->name);
    return 1;
}

/* Assets from first on, as many as fit; how many. */
static size_t stream_some(struct archive *archive, size_t first, uint64_t *nbytes, int *bad)
{
    uint64_t in_memory = 0;
    size_t end = first;

    while (end < archive->count && end - first < AT_ONCE &&
           (end == first || in_memory + archive->assets[end].head.nbytes <= IN_MEMORY)) {
        in_memory += archive->assets[end].head.nbytes;
        *bad |= request_asset(archive, &archive->assets[end++]);
    }
    collect(archive);
    for (size_t i = first; i < end; i++) {
        *bad |= asset_check(&archive->assets[i]);
        *nbytes += archive->assets[i].head.nbytes;
        free(archive->assets[i].bytes);
        archive->assets[i].bytes = NULL;
    }
    return end - first;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int stream(const char *path)
{
    struct ringer_ds_counters counters;
    struct archive archive;
    uint64_t nbytes = 0;
    double begin;
    int bad = 0;

    if (archive_open(&archive, path))
        return 1;
    begin = seconds();
    for (size_t i = 0; i < archive.count;)
        i += stream_some(&archive, i, &nbytes, &bad);
    begin = seconds() - begin;
    ringer_ds_get_counters(archive.ds, &counters, sizeof counters);
    printf("%zu assets, %" PRIu64 " bytes out of %" PRIu64 ", %.0f MB/s, %s\n", archive.count,
           nbytes, counters.bytes_read, (double)nbytes / 1e6 / (begin > 0 ? begin : 1),
           bad ? "damaged" : "all hashes right");
    archive_close(&archive);
    return bad;
}

static int cat(const char *path, const char *name)
{
    struct archive archive;
    struct asset *asset = NULL;
    int bad;

    if (archive_open(&archive, path))
        return 1;
    for (size_t i = 0; i < archive.count && !asset; i++) {
        if (strcmp(archive.assets[i].name, name) == 0)
            asset = &archive.assets[i];
    }
    if (!asset) {
        archive_close(&archive);
        return complain(name, ENOENT);
    }
    bad = request_asset(&archive, asset);
    collect(&archive);
    bad = bad || asset_check(asset);
    if (!bad)
        fwrite(asset->bytes, 1, asset->head.nbytes, stdout);
    free(asset->bytes);
    archive_close(&archive);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "pack") == 0)
        return pack(argv[2], argv + 3, argc - 3);
    if (argc == 3 && strcmp(argv[1], "stream") == 0)
        return stream(argv[2]);
    if (argc == 4 && strcmp(argv[1], "cat") == 0)
        return cat(argv[2], argv[3]);
    fprintf(stderr, "usage: %s pack ARCHIVE FILE... | stream ARCHIVE | cat ARCHIVE NAME\n",
            argv[0]);
    return 2;
}
