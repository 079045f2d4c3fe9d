/* SPDX-License-Identifier: MIT */
/* Files, pipes and overlapped calls again. */
#include "conformance/kit/text.h"
#include "conformance/replay/world.h"

#include <namedpipeapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSFER_LIMIT = 1 << 26 }; /* bytes of one transfer without a buffer in the trace */

static uint64_t recorded_size(const struct rp_call *call, const char *key)
{
    const char *sym = cf_out_string(call->record, key);
    const struct cf_trace *trace = call->world->trace;

    for (size_t i = 0; sym && i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_OBJ && !strcmp(record->obj.sym, sym))
            return record->obj.nbytes;
    }
    return 0;
}

static void end_open(struct rp_call *call, const char *key, HANDLE file, bool overlapped,
                     char *pipe_name)
{
    DWORD error = GetLastError();
    bool good = file && file != INVALID_HANDLE_VALUE;
    struct rp_object *object;

    rp_stop(call);
    object = rp_made(call, key, RP_FILE, good);
    if (object) {
        object->handle = file;
        object->open = true;
        object->overlapped = overlapped;
        object->pipe_name = pipe_name;
    } else {
        free(pipe_name);
    }
    rp_end_ret(call, good, error);
}

/* A one-way pipe is asked for the one way, as the recorder did. */
static HANDLE open_pipe(const WCHAR *path, DWORD flags)
{
    static const DWORD ways[] = {GENERIC_READ | GENERIC_WRITE, GENERIC_READ, GENERIC_WRITE};
    HANDLE file = INVALID_HANDLE_VALUE;

    for (size_t i = 0; i < 3 && file == INVALID_HANDLE_VALUE; i++) {
        if (i && GetLastError() != ERROR_ACCESS_DENIED)
            break;
        file = CreateFileW(path, ways[i], 0, NULL, OPEN_EXISTING, flags, NULL);
    }
    return file;
}

static bool is_pipe_path(const char *path)
{
    return !strncmp(path, "\\\\.\\pipe\\", 9) || !strncmp(path, "//./pipe/", 9);
}

static void open_file(struct rp_call *call)
{
    const char *path = rp_text(call, "path"), *pipe = rp_text(call, "pipe");
    DWORD flags = (DWORD)rp_u64(call, "flags", 0), disposition = (DWORD)rp_u64(call, "disp", OPEN_EXISTING);
    struct rp_object *server = pipe ? rp_find(call->world, pipe) : NULL;
    char *name = NULL;
    WCHAR *wide;
    HANDLE file;

    if (!path || (pipe && (!server || !server->pipe_name))) {
        rp_skip(call, path ? "the pipe has no name here" : "the path is not in the trace");
        return;
    }
    if (pipe)
        wide = rp_widen(server->pipe_name);
    else if (is_pipe_path(path))
        wide = rp_pipe_path(call->world, path, &name);
    else /* a file that the trace could open has to be there */
        wide = rp_path(call->world, path,
                       call->record->call.value && disposition != CREATE_NEW && disposition != CREATE_ALWAYS,
                       !call->record->call.value && call->record->call.last_error == ERROR_PATH_NOT_FOUND
                           ? RP_NO_FOLDER
                           : recorded_size(call, "file"));
    free(name);
    rp_begin(call);
    file = pipe ? open_pipe(wide, flags)
                : CreateFileW(wide, (DWORD)rp_u64(call, "access", 0), (DWORD)rp_u64(call, "share", FILE_SHARE_READ | FILE_SHARE_WRITE), NULL,
                              disposition, flags, NULL);
    end_open(call, "file", file, flags & FILE_FLAG_OVERLAPPED, NULL);
    free(wide);
}

static void create_named_pipe(struct rp_call *call)
{
    const char *path = rp_text(call, "path");
    DWORD open = (DWORD)rp_u64(call, "open", 0), quota = (DWORD)rp_u64(call, "quota", 4096);
    char *name = NULL;
    WCHAR *wide = rp_pipe_path(call->world, path ? path : "$PIPE", &name);
    bool kit = !path || *path == '$';
    HANDLE file;

    rp_begin(call);
    file = CreateNamedPipeW(wide, open, (DWORD)rp_u64(call, "mode", 0), kit ? 1 : PIPE_UNLIMITED_INSTANCES,
                            quota, quota, 0, NULL);
    end_open(call, "file", file, open & FILE_FLAG_OVERLAPPED, name);
    free(wide);
}

static void create_pipe(struct rp_call *call)
{
    HANDLE ends[2] = {NULL, NULL};
    const char *keys[] = {"read", "write"};
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = CreatePipe(&ends[0], &ends[1], NULL, 0);
    error = GetLastError();
    rp_stop(call);
    for (int i = 0; i < 2; i++) {
        struct rp_object *object = rp_made(call, keys[i], RP_FILE, good);

        if (object) {
            object->handle = ends[i];
            object->open = true;
        }
    }
    rp_end_ret(call, good ? 1 : 0, error);
}

/* ---- OVERLAPPED ---- */

/*
 * The structure behind `ov`: a fresh one for a call that starts something, else the last of that name.
 * A recorder that does not tell them apart ("nonnull") means the last one used with the file.
 */
static OVERLAPPED *overlapped_of(struct rp_call *call, bool fresh)
{
    const char *word = rp_text(call, "ov"), *file = rp_text(call, "file");
    struct rp_object *object;
    char name[160];

    if (!word)
        return NULL;
    snprintf(name, sizeof(name), "ov:%.60s:%.60s", word, strcmp(word, "nonnull") || !file ? "" : file);
    object = fresh ? NULL : rp_find(call->world, name);
    if (!object) {
        object = rp_new(call->world, name, RP_OVERLAPPED);
        object->io = rp_keep(call->world, sizeof(*object->io));
    }
    if (fresh) {
        uint64_t offset = rp_u64(call, "off", 0);

        object->io->Offset = (DWORD)offset;
        object->io->OffsetHigh = (DWORD)(offset >> 32);
        object->io->hEvent = rp_handle(call, "event");
    }
    return object->io;
}

static void connect_pipe(struct rp_call *call)
{
    OVERLAPPED *overlapped = overlapped_of(call, true);
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = ConnectNamedPipe(rp_handle(call, "file"), overlapped);
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void disconnect(struct rp_call *call)
{
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = DisconnectNamedPipe(rp_handle(call, "file"));
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

/* ---- transfers ---- */

/* What a transfer moves that names no buffer: the other side of a pipe, waited for. */
static BOOL gate(struct rp_call *call, bool writing, uint8_t *bytes, DWORD nbytes, DWORD *moved)
{
    struct rp_object *file = rp_object(call, "file");
    OVERLAPPED overlapped;
    BOOL good;

    memset(&overlapped, 0, sizeof(overlapped));
    if (!file || !file->overlapped)
        return writing ? WriteFile(rp_handle(call, "file"), bytes, nbytes, moved, NULL)
                       : ReadFile(rp_handle(call, "file"), bytes, nbytes, moved, NULL);
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    good = writing ? WriteFile(file->handle, bytes, nbytes, moved, &overlapped)
                   : ReadFile(file->handle, bytes, nbytes, moved, &overlapped);
    if (!good && GetLastError() == ERROR_IO_PENDING)
        good = GetOverlappedResult(file->handle, &overlapped, moved, TRUE);
    CloseHandle(overlapped.hEvent);
    return good;
}

static void show(struct rp_call *call, const uint8_t *bytes, DWORD nbytes)
{
    char text[65];
    DWORD shown = nbytes < 64 ? nbytes : 64;

    for (DWORD i = 0; i < shown; i++)
        text[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
    text[shown] = '\0';
    cf_trace_out_str(&call->trace, "text", text);
}

static void transfer_gate(struct rp_call *call, bool writing)
{
    const char *hex = rp_text(call, "bytes");
    uint64_t nbytes = rp_u64(call, "len", 0);
    DWORD moved = 0, error;
    uint8_t *bytes, *given;
    size_t count = 0;
    BOOL good;

    if (nbytes > TRANSFER_LIMIT) {
        rp_skip(call, "the transfer is too large");
        return;
    }
    bytes = cf_xalloc((size_t)nbytes + 1);
    given = hex ? rp_unhex(hex, &count) : NULL;
    if (given)
        memcpy(bytes, given, count < nbytes ? count : (size_t)nbytes);
    else if (writing)
        cf_generate(bytes, (size_t)nbytes, 0, rp_u64(call, "seed", 0));
    free(given);
    rp_begin(call);
    good = gate(call, writing, bytes, (DWORD)nbytes, &moved);
    error = good ? 0 : GetLastError();
    rp_stop(call);
    rp_out(call, "done", moved);
    if (!writing)
        show(call, bytes, moved);
    free(bytes);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void transfer(struct rp_call *call, bool writing)
{
    OVERLAPPED *overlapped;
    DWORD moved = 0, nbytes = (DWORD)rp_u64(call, "len", 0), error;
    HANDLE file = rp_handle(call, "file");
    void *address;
    BOOL good;

    if (!cf_in_has(call->record, "buf")) {
        transfer_gate(call, writing);
        return;
    }
    overlapped = overlapped_of(call, true);
    address = rp_address(call->world, rp_text(call, "buf"), rp_u64(call, "buf_off", 0));
    rp_begin(call);
    good = writing ? WriteFile(file, address, nbytes, &moved, overlapped)
                   : ReadFile(file, address, nbytes, &moved, overlapped);
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "done", moved);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void read_file(struct rp_call *call)
{
    transfer(call, false);
}

static void write_file(struct rp_call *call)
{
    transfer(call, true);
}

static void flush_file(struct rp_call *call)
{
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = FlushFileBuffers(rp_handle(call, "file"));
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

/* A result that the trace had without waiting may be a little later here. */
static void overlapped_result(struct rp_call *call)
{
    OVERLAPPED *overlapped = overlapped_of(call, false);
    ULONGLONG until = GetTickCount64() + rp_patience_ms(call->world, NULL);
    HANDLE file = rp_handle(call, "file");
    BOOL wait = rp_u64(call, "wait", 0) != 0, good;
    DWORD moved = 0, error;

    if (!overlapped) {
        rp_skip(call, "there is no OVERLAPPED");
        return;
    }
    rp_begin(call);
    for (;;) {
        good = GetOverlappedResult(file, overlapped, &moved, wait);
        error = GetLastError();
        if (good || wait || error != ERROR_IO_INCOMPLETE || GetTickCount64() >= until ||
            call->record->call.last_error == ERROR_IO_INCOMPLETE)
            break;
        Sleep(1);
    }
    rp_stop(call);
    rp_out(call, "done", moved);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void cancel_io_ex(struct rp_call *call)
{
    OVERLAPPED *overlapped = overlapped_of(call, false);
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = CancelIoEx(rp_handle(call, "file"), overlapped);
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void cancel_io(struct rp_call *call)
{
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = CancelIo(rp_handle(call, "file"));
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void file_size(struct rp_call *call)
{
    LARGE_INTEGER value;
    DWORD error;
    BOOL good;

    value.QuadPart = 0;
    rp_begin(call);
    good = GetFileSizeEx(rp_handle(call, "file"), &value);
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "value", (uint64_t)value.QuadPart);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void set_position(struct rp_call *call)
{
    LARGE_INTEGER value, move;
    DWORD error;
    BOOL good;

    value.QuadPart = 0;
    move.QuadPart = (LONGLONG)rp_u64(call, "distance", 0);
    rp_begin(call);
    good = SetFilePointerEx(rp_handle(call, "file"), move, &value, (DWORD)rp_u64(call, "method", 0));
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "value", (uint64_t)value.QuadPart);
    rp_end_ret(call, good ? 1 : 0, error);
}

const struct rp_function rp_file_functions[] = {
    {"CreateFileW", open_file},
    {"CreateFileA", open_file},
    {"CreateFile2", open_file},
    {"CreateNamedPipeW", create_named_pipe},
    {"CreatePipe", create_pipe},
    {"ConnectNamedPipe", connect_pipe},
    {"DisconnectNamedPipe", disconnect},
    {"ReadFile", read_file},
    {"WriteFile", write_file},
    {"FlushFileBuffers", flush_file},
    {"GetOverlappedResult", overlapped_result},
    {"CancelIoEx", cancel_io_ex},
    {"CancelIo", cancel_io},
    {"GetFileSizeEx", file_size},
    {"SetFilePointerEx", set_position},
    {0},
};
