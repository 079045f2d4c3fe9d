/* SPDX-License-Identifier: MIT */
/* Symbols, files, pipes and buffers of a replay. */
#include "conformance/replay/world.h"

#include "conformance/kit/text.h"
#include "conformance/trace/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 4096,
    SOURCE_LIMIT = 1 << 30, /* bytes of a file that is copied or made */
    BUFFER_LIMIT = 1 << 30, /* bytes of all buffers of a scenario */
};

#define HOLE_LIMIT ((uint64_t)1 << 40) /* bytes of a file without contents: takes no room */

struct rp_object *rp_find(struct rp_world *world, const char *sym)
{
    struct rp_object *object;

    AcquireSRWLockShared(&world->lock);
    for (object = world->objects; object && strcmp(object->sym, sym); object = object->next)
        ;
    ReleaseSRWLockShared(&world->lock);
    return object;
}

struct rp_object *rp_new(struct rp_world *world, const char *sym, enum rp_kind kind)
{
    struct rp_object *object = cf_xalloc(sizeof(*object));

    object->sym = cf_xstrdup(sym);
    object->kind = kind;
    AcquireSRWLockExclusive(&world->lock);
    object->next = world->objects;
    world->objects = object;
    ReleaseSRWLockExclusive(&world->lock);
    return object;
}

void *rp_keep(struct rp_world *world, size_t nbytes)
{
    struct rp_block *block = cf_xalloc(sizeof(*block));

    block->memory = cf_xalloc(nbytes ? nbytes : 1);
    AcquireSRWLockExclusive(&world->lock);
    block->next = world->blocks;
    world->blocks = block;
    ReleaseSRWLockExclusive(&world->lock);
    return block->memory;
}

static void release(struct rp_world *world, struct rp_object *object)
{
    if (object->open && object->kind == RP_RING)
        world->api.CloseIoRing(object->ring);
    else if (object->open && object->kind == RP_NT_RING)
        world->api.NtClose(object->handle);
    else if (object->open)
        CloseHandle(object->handle);
    if (object->region)
        VirtualFree(object->region, 0, MEM_RELEASE);
    free(object->snapshot);
    free(object->pipe_name);
    free(object->sym);
    free(object);
}

void rp_clear(struct rp_world *world)
{
    rp_com_release(world);
    while (world->objects) {
        struct rp_object *object = world->objects;

        world->objects = object->next;
        release(world, object);
    }
    while (world->blocks) {
        struct rp_block *block = world->blocks;

        world->blocks = block->next;
        free(block->memory);
        free(block);
    }
    world->buffer_nbytes = 0;
}

/* ---- text ---- */

WCHAR *rp_widen(const char *text)
{
    int nchars = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    WCHAR *wide = cf_xalloc((size_t)(nchars + 1) * sizeof(*wide));

    MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, nchars);
    return wide;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint8_t *rp_unhex(const char *text, size_t *nbytes_out)
{
    size_t nbytes = strlen(text) / 2;
    uint8_t *bytes = cf_xalloc(nbytes ? nbytes : 1);

    for (size_t i = 0; i < nbytes; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            free(bytes);
            return NULL;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    *nbytes_out = nbytes;
    return bytes;
}

/* ---- contents ---- */

/* False when the record does not say what the bytes were; then they are generated. */
static bool fill(uint8_t *bytes, size_t nbytes, const struct cf_record *record)
{
    const char *content = cf_record_string(record, NULL, "content");
    const char *hex = cf_record_string(record, NULL, "bytes");
    uint64_t seed = 0;
    bool seeded = cf_record_u64(record, NULL, "seed", &seed);
    size_t given = 0;
    uint8_t *known = hex ? rp_unhex(hex, &given) : NULL;

    memset(bytes, 0, nbytes);
    if (known) {
        memcpy(bytes, known, given < nbytes ? given : nbytes);
        free(known);
        return true;
    }
    if (!content || !strcmp(content, "zero") || !strcmp(content, "none"))
        return true; /* without a word: what a program's own memory begins with */
    if (!strcmp(content, "poison") && seeded) {
        memset(bytes, (int)seed, nbytes);
        return true;
    }
    cf_generate(bytes, nbytes, 0, seed);
    return !strcmp(content, "ascii") && seeded;
}

/* bytes: NULL for a hole. */
static void write_file(const WCHAR *path, const uint8_t *bytes, uint64_t nbytes)
{
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    LARGE_INTEGER end;
    DWORD moved = 0;

    if (file == INVALID_HANDLE_VALUE)
        return;
    end.QuadPart = (LONGLONG)nbytes;
    if (!bytes && SetFilePointerEx(file, end, NULL, FILE_BEGIN))
        SetEndOfFile(file);
    for (uint64_t done = 0; bytes && done < nbytes; done += moved) {
        if (!WriteFile(file, bytes + done, (DWORD)(nbytes - done), &moved, NULL) || !moved)
            break;
    }
    CloseHandle(file);
}

static void note_unknown(struct rp_world *world, const char *what)
{
    char text[160];

    snprintf(text, sizeof(text), "contents of %.80s are not in the trace: generated ones instead", what);
    cf_trace_note(world->writer, text, "replay");
}

static void introduce_data(struct rp_world *world, const struct cf_record *record)
{
    const char *content = cf_record_string(record, NULL, "content");
    bool hole = content && !strcmp(content, "zero");
    uint64_t nbytes = record->obj.nbytes;
    uint8_t *bytes = NULL;
    char name[256];
    WCHAR *path;

    if (nbytes > (hole ? HOLE_LIMIT : SOURCE_LIMIT))
        return;
    if (!hole) {
        bytes = cf_xalloc(nbytes ? (size_t)nbytes : 1);
        if (!fill(bytes, (size_t)nbytes, record))
            note_unknown(world, record->obj.sym);
    }
    snprintf(name, sizeof(name), "$TMP/%.200s.bin", record->obj.sym);
    path = rp_path(world, name, false, 0);
    write_file(path, bytes, nbytes);
    free(path);
    free(bytes);
}

/*
 * page_off is kept. Always between pages that nobody may touch, whether the trace had them or not: an
 * untrusted length runs into the page behind before it reaches anything of this process.
 */
static bool place(struct rp_object *buffer, const struct cf_record *record)
{
    uint64_t offset = 0;
    size_t pages;
    DWORD old;

    cf_record_u64(record, NULL, "page_off", &offset);
    offset %= PAGE;
    pages = (buffer->nbytes + (size_t)offset + PAGE - 1) / PAGE;
    pages = pages ? pages : 1;
    buffer->region_nbytes = (pages + 2) * PAGE;
    buffer->region = VirtualAlloc(NULL, buffer->region_nbytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!buffer->region)
        return false;
    buffer->bytes = buffer->region + PAGE + offset;
    if (!VirtualProtect(buffer->region, PAGE, PAGE_NOACCESS, &old) ||
        !VirtualProtect(buffer->region + (pages + 1) * PAGE, PAGE, PAGE_NOACCESS, &old))
        return false;
    buffer->readable = true;
    return true;
}

static void introduce_buffer(struct rp_world *world, const struct cf_record *record)
{
    struct rp_object *buffer;
    bool fits;

    AcquireSRWLockExclusive(&world->lock);
    fits = record->obj.nbytes <= BUFFER_LIMIT && world->buffer_nbytes + record->obj.nbytes <= BUFFER_LIMIT;
    world->buffer_nbytes += fits ? record->obj.nbytes : 0;
    ReleaseSRWLockExclusive(&world->lock);
    if (!fits) {
        cf_trace_note(world->writer, "the buffers of the trace are too large to be made again", "replay");
        return;
    }
    buffer = rp_new(world, record->obj.sym, RP_BUFFER);
    buffer->nbytes = (size_t)record->obj.nbytes;
    if (!place(buffer, record))
        return;
    fill(buffer->bytes, buffer->nbytes, record);
    buffer->snapshot = cf_xalloc(buffer->nbytes ? buffer->nbytes : 1);
    memcpy(buffer->snapshot, buffer->bytes, buffer->nbytes);
}

void rp_introduce(struct rp_world *world, const struct cf_record *record)
{
    struct cf_trace_object object = {.sym = record->obj.sym,
                                     .kind = record->obj.kind,
                                     .flags = (uint32_t)record->obj.flags,
                                     .nbytes = record->obj.nbytes,
                                     .content = cf_record_string(record, NULL, "content"),
                                     .sha256 = cf_record_string(record, NULL, "sha256")};

    object.has_seed = cf_record_u64(record, NULL, "seed", &object.seed);
    cf_trace_object(world->writer, &object);
    if (!strcmp(record->obj.kind, "data"))
        introduce_data(world, record);
    else if (!strcmp(record->obj.kind, "buffer"))
        introduce_buffer(world, record);
}

void rp_look(struct rp_world *world, struct rp_object *buffer, uint64_t after)
{
    if (buffer && buffer->readable && buffer->snapshot)
        cf_trace_memory_diff(world->writer, buffer->sym, buffer->snapshot, buffer->bytes, buffer->nbytes,
                             -1, after);
}

/* ---- paths ---- */

/* The file that the trace speaks of, if it is there; bytes owned by the caller. */
static uint8_t *source_of(const struct rp_world *world, const char *path, size_t *nbytes_out)
{
    char full[1200];
    uint8_t *bytes = NULL;
    FILE *file;
    long size;

    if (!world->options->files)
        return NULL;
    if (*path == '/')
        snprintf(full, sizeof(full), "%.1000s", path);
    else
        snprintf(full, sizeof(full), "%.180s/%.1000s", world->options->files, path);
    for (char *c = full; *c; c++)
        *c = *c == '\\' ? '/' : *c;
    file = fopen(full, "rb");
    if (!file)
        return NULL;
    if (!fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0 && size <= SOURCE_LIMIT &&
        !fseek(file, 0, SEEK_SET)) {
        bytes = cf_xalloc((size_t)size + 1);
        *nbytes_out = fread(bytes, 1, (size_t)size, file);
    }
    fclose(file);
    return bytes;
}

static void bring(struct rp_world *world, const char *path, const WCHAR *here, uint64_t want)
{
    size_t nbytes = 0;
    uint8_t *bytes = source_of(world, path, &nbytes);

    if (!bytes) {
        note_unknown(world, path);
        nbytes = want > SOURCE_LIMIT ? SOURCE_LIMIT : (size_t)want;
        bytes = cf_xalloc(nbytes + 1);
        cf_generate(bytes, nbytes, 0, 0);
    }
    write_file(here, bytes, nbytes);
    free(bytes);
}

static bool there(const WCHAR *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/*
 * "$TMP/NAME" keeps its name, "$TMP" is the folder; any other path becomes p-HASH, so that nothing in
 * it can lead out of the folder.
 */
WCHAR *rp_path(struct rp_world *world, const char *path, bool must_exist, uint64_t nbytes)
{
    char name[1200], hash[CF_SHA256_HEX_SIZE];
    bool own = !strncmp(path, "$TMP/", 5) && strcspn(path + 5, "/\\:") == strlen(path + 5);
    bool as_it_is = !strcmp(path, "NUL"); /* holds nothing and keeps nothing */
    WCHAR *wide;

    cf_sha256_of(path, strlen(path), hash);
    if (as_it_is || !strcmp(path, "$TMP"))
        snprintf(name, sizeof(name), "%.900s", as_it_is ? path : world->options->dir);
    else if (own)
        snprintf(name, sizeof(name), "%.900s/%.250s", world->options->dir, path + 5);
    else
        snprintf(name, sizeof(name), "%.900s/%sp-%.16s", world->options->dir,
                 nbytes == RP_NO_FOLDER ? "missing/" : "", hash);
    wide = rp_widen(name);
    if (!own && !as_it_is && strcmp(path, "$TMP") && must_exist && !there(wide))
        bring(world, path, wide, nbytes);
    return wide;
}

WCHAR *rp_pipe_path(struct rp_world *world, const char *path, char **name_out)
{
    char name[160], hash[CF_SHA256_HEX_SIZE];
    unsigned serial;

    cf_sha256_of(path, strlen(path), hash);
    AcquireSRWLockExclusive(&world->lock);
    serial = world->serial++;
    ReleaseSRWLockExclusive(&world->lock);
    /* a name of the kit's stands for a new pipe each time; a program's may have several instances */
    snprintf(name, sizeof(name), "\\\\.\\pipe\\ringer-replay-%lu-%.16s-%u",
             (unsigned long)GetCurrentProcessId(), hash, *path == '$' ? serial : 0);
    *name_out = cf_xstrdup(name);
    return rp_widen(name);
}

/* ---- what may still come ---- */

bool rp_pending(struct rp_world *world)
{
    bool pending = false;

    AcquireSRWLockShared(&world->lock);
    for (struct rp_object *o = world->objects; o && !pending; o = o->next)
        pending = (o->kind == RP_COM || o->kind == RP_RING || o->kind == RP_NT_RING) &&
                  (o->com || o->submitted > o->popped);
    ReleaseSRWLockShared(&world->lock);
    return pending;
}

bool rp_owes(struct rp_world *world, const struct rp_object *ring)
{
    bool owes;

    AcquireSRWLockShared(&world->lock);
    owes = ring->submitted > ring->popped;
    ReleaseSRWLockShared(&world->lock);
    return owes;
}

void rp_give_up(struct rp_world *world, struct rp_object *ring)
{
    AcquireSRWLockExclusive(&world->lock);
    ring->missed = true;
    ReleaseSRWLockExclusive(&world->lock);
}

unsigned rp_patience_ms(struct rp_world *world, const struct rp_object *object)
{
    bool missed;

    AcquireSRWLockShared(&world->lock);
    missed = object && object->missed;
    ReleaseSRWLockShared(&world->lock);
    return missed ? 200 : 3000;
}
