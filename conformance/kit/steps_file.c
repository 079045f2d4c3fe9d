/* SPDX-License-Identifier: MIT */
/* Steps that make files and pipes, play the other side of a pipe, and close. */
#include "conformance/kit/object.h"
#include "conformance/trace/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* UTF-8 to UTF-16; owned by the caller. */
static WCHAR *widen(const char *text)
{
    int nchars = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    WCHAR *wide = cf_xalloc((size_t)(nchars + 1) * sizeof *wide);

    MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, nchars);
    return wide;
}

/* ---- data files ---- */

static bool make_content(struct cf_thread *thread, const struct cf_step *step,
                         struct cf_content *content)
{
    const char *text = cf_step_option(step, "text"), *gen = cf_step_option(step, "gen");
    uint64_t nbytes = cf_option_number(thread, step, "size", 0);

    content->seed = cf_option_number(thread, step, "seed", 0);
    if (text) {
        content->name = "text";
        content->bytes = cf_is_quoted(text) ? cf_unquote(text, &content->nbytes) : NULL;
        return content->bytes || cf_stop(thread, step, "bad text");
    }
    content->name = gen ? gen : "ascii";
    content->nbytes = (size_t)nbytes;
    if (nbytes > (1u << 30) || (strcmp(content->name, "ascii") && strcmp(content->name, "zero"))) {
        return cf_stop(thread, step, "no such content");
    }
    if (!cf_claim_bytes(thread, step, nbytes)) {
        return false;
    }
    content->bytes = cf_xalloc(content->nbytes);
    if (!strcmp(content->name, "ascii")) {
        cf_generate(content->bytes, content->nbytes, 0, content->seed);
    }
    return true;
}

static bool write_file(const WCHAR *path, const struct cf_content *content)
{
    HANDLE file =
        CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    size_t done = 0;
    bool good = file != INVALID_HANDLE_VALUE;

    while (good && done < content->nbytes) {
        DWORD moved = 0;
        good =
            WriteFile(file, content->bytes + done, (DWORD)(content->nbytes - done), &moved, NULL) &&
            moved > 0;
        done += moved;
    }
    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
    }
    return good;
}

/* False: no content can be made, and the run has stopped. */
static bool content_init(struct cf_thread *thread, const struct cf_step *step,
                         struct cf_content *content)
{
    char path[512];

    if (!make_content(thread, step, content)) {
        return false;
    }
    snprintf(path, sizeof path, "%s/%s.bin", thread->run->options->dir, step->args[0]);
    content->step = step;
    content->path = widen(path);
    cf_sha256_of(content->bytes, content->nbytes, content->sha);
    return true;
}

static void content_fini(struct cf_content *content)
{
    free(content->path);
    free(content->bytes);
}

static const struct cf_content *kept_content(const struct cf_run *run, const struct cf_step *step)
{
    const struct cf_content *content = run->contents;

    while (content && content->step != step) {
        content = content->next;
    }
    return content;
}

static unsigned count_data(const struct cf_step *step, const char *name)
{
    unsigned count = 0;

    for (; step; step = step->next) {
        count += step->verb == CF_VERB_data && !strcmp(step->args[0], name);
        count += count_data(step->body, name);
    }
    return count;
}

/*
 * Data of the scenario's own level, made once, of a size that is no other step's out-value: known
 * beforehand.
 */
static bool is_known(const struct cf_run *run, const struct cf_step *step)
{
    if (step->verb != CF_VERB_data || count_data(run->scenario->steps, step->args[0]) > 1 ||
        cf_step_option(step, "sparse") || cf_is_virtual(run->scenario, step, run->options)) {
        return false;
    }
    for (unsigned i = 0; i < step->option_count; i++) {
        if (strchr(step->options[i].value, '$') && strcmp(step->options[i].name, "text")) {
            return false;
        }
    }
    return true;
}

bool cf_contents_prepare(struct cf_run *run)
{
    struct cf_thread thread = {.run = run};

    for (const struct cf_step *step = run->scenario->steps; step; step = step->next) {
        struct cf_content *content;

        if (!is_known(run, step)) {
            continue;
        }
        content = cf_xalloc(sizeof *content);
        if (!content_init(&thread, step, content)) {
            content_fini(content);
            free(content);
            return false;
        }
        content->next = run->contents;
        run->contents = content;
    }
    return true;
}

bool cf_contents_fresh(struct cf_run *run)
{
    for (struct cf_content *content = run->contents; content; content = content->next) {
        if (!content->made && !write_file(content->path, content)) {
            return false;
        }
        content->made = run->reads_only;
    }
    return true;
}

void cf_contents_release(struct cf_run *run)
{
    while (run->contents) {
        struct cf_content *content = run->contents;
        run->contents = content->next;
        content_fini(content);
        free(content);
    }
}

/* Zeros that take no room: for offsets that no content of ours would reach. */
static bool sparse_data(struct cf_thread *thread, const struct cf_step *step,
                        struct cf_symbol *symbol)
{
    uint64_t nbytes = cf_option_number(thread, step, "size", 0);
    LARGE_INTEGER end = {.QuadPart = (LONGLONG)nbytes};
    char path[512];
    HANDLE file;
    bool good;

    snprintf(path, sizeof path, "%s/%s.bin", thread->run->options->dir, symbol->name);
    symbol->path = widen(path);
    symbol->path_is_ours = true;
    symbol->nbytes = nbytes;
    symbol->content = "zero";
    cf_trace_object(
        thread->run->writer,
        &(struct cf_trace_object){
            .sym = symbol->name, .kind = "data", .nbytes = nbytes, .content = "zero"});
    if (cf_is_virtual(thread->run->scenario, step, thread->run->options)) {
        return true;
    }
    file = CreateFileW(symbol->path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL,
                       NULL);
    good = file != INVALID_HANDLE_VALUE && SetFilePointerEx(file, end, NULL, FILE_BEGIN) &&
           SetEndOfFile(file);
    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
    }
    return good || cf_stop(thread, step, "%s: error %lu", path, (unsigned long)GetLastError());
}

bool cf_step_data(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'd');
    const struct cf_content *content = kept_content(thread->run, step);
    struct cf_content own = {0};
    bool good = true, shown;

    if (cf_step_option(step, "sparse")) {
        return sparse_data(thread, step, symbol);
    }
    if (content) {
        if (!cf_claim_bytes(thread, step, strcmp(content->name, "text") ? content->nbytes : 0)) {
            return false;
        }
    } else {
        if (!content_init(thread, step, &own)) {
            content_fini(&own);
            return false;
        }
        good = cf_is_virtual(thread->run->scenario, step, thread->run->options) ||
               write_file(own.path, &own);
        content = &own;
        symbol->path_is_ours = true;
    }
    shown = !strcmp(content->name, "text") && content->nbytes <= CF_SHOWN_BYTES;
    symbol->path = content->path;
    symbol->all_virtual = cf_is_virtual(thread->run->scenario, step, thread->run->options) &&
                          !cf_step_option(step, "virtual");
    symbol->nbytes = content->nbytes;
    symbol->content = content->name;
    cf_trace_object(thread->run->writer,
                    &(struct cf_trace_object){.sym = symbol->name,
                                              .kind = "data",
                                              .nbytes = symbol->nbytes,
                                              .content = content->name,
                                              .sha256 = content->sha,
                                              .has_seed = true,
                                              .seed = content->seed,
                                              .bytes = shown ? content->bytes : NULL,
                                              .bytes_count = content->nbytes});
    if (symbol->path_is_ours) {
        own.path = NULL; /* the symbol's, until the end of the trial */
        content_fini(&own);
    }
    return good || cf_stop(thread, step, "%s.bin: error %lu", symbol->name,
                           (unsigned long)GetLastError());
}

static const struct {
    const char *name;
    DWORD flag;
} file_flags[] = {
    {"overlapped", FILE_FLAG_OVERLAPPED},
    {"no_buffering", FILE_FLAG_NO_BUFFERING},
    {"write_through", FILE_FLAG_WRITE_THROUGH},
    {"delete_on_close", FILE_FLAG_DELETE_ON_CLOSE},
};

DWORD cf_access_of(const struct cf_step *step)
{
    const char *word = cf_step_option(step, "access");
    DWORD access = 0;

    access |= strchr(word, 'r') ? GENERIC_READ : 0;
    if (strchr(word, 'w')) {
        access |= cf_step_option(step, "append") ? FILE_APPEND_DATA | SYNCHRONIZE : GENERIC_WRITE;
    }
    return strcmp(word, "none") ? access : 0;
}

DWORD cf_share_of(const struct cf_step *step)
{
    const char *word = cf_step_option(step, "share");
    DWORD share = 0;

    if (!word) {
        return FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    }
    share |= strchr(word, 'r') ? FILE_SHARE_READ : 0;
    share |= strchr(word, 'w') ? FILE_SHARE_WRITE : 0;
    share |= strchr(word, 'd') ? FILE_SHARE_DELETE : 0;
    return share;
}

bool cf_step_open(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *data = cf_symbol_find(thread, step->args[1]);
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'f');
    DWORD flags = FILE_ATTRIBUTE_NORMAL, access = cf_access_of(step), share = cf_share_of(step), error;
    DWORD disposition = cf_step_option(step, "create")     ? CREATE_ALWAYS
                        : cf_step_option(step, "truncate") ? TRUNCATE_EXISTING
                                                           : OPEN_EXISTING;
    char path[64];
    struct cf_call call;

    if (data->all_virtual) {
        access &= ~(DWORD)GENERIC_WRITE; /* it was asked for and is never used */
    }
    for (size_t i = 0; i < sizeof file_flags / sizeof *file_flags; i++) {
        flags |= cf_step_option(step, file_flags[i].name) ? file_flags[i].flag : 0;
    }
    symbol->overlapped = flags & FILE_FLAG_OVERLAPPED;
    snprintf(path, sizeof path, "$TMP/%s.bin", step->args[1]);
    cf_call_begin(&call, thread, step, "CreateFileW");
    cf_trace_in_str(&call.trace, "path", path);
    cf_trace_in_hex32(&call.trace, "access", access);
    cf_trace_in_hex32(&call.trace, "share", share);
    cf_trace_in_u64(&call.trace, "disp", disposition);
    cf_trace_in_hex32(&call.trace, "flags", flags);
    cf_call_start(&call);
    symbol->handle = CreateFileW(data->path, access, share, NULL, disposition, flags, NULL);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = symbol->handle != INVALID_HANDLE_VALUE;
    cf_trace_out_sym(&call.trace, "file", symbol->open ? symbol->name : NULL);
    if (symbol->open) {
        cf_trace_object(thread->run->writer, &(struct cf_trace_object){.sym = symbol->name,
                                                                       .kind = "file",
                                                                       .flags = flags,
                                                                       .nbytes = data->nbytes,
                                                                       .content = data->content});
    }
    return cf_call_end_ret(&call, symbol->open, error, symbol->open, NULL);
}

/* ---- pipes ---- */

static struct cf_symbol *peer_of(struct cf_thread *thread, const char *name)
{
    char peer[80];
    struct cf_symbol *symbol;

    snprintf(peer, sizeof peer, "%s.peer", name);
    symbol = cf_symbol_find(thread, peer);
    return symbol ? symbol : cf_symbol_new(thread, peer, 'f');
}

static void pipe_object(struct cf_thread *thread, const struct cf_symbol *symbol)
{
    cf_trace_object(
        thread->run->writer,
        &(struct cf_trace_object){.sym = symbol->name,
                                  .kind = "pipe",
                                  .flags = symbol->overlapped ? FILE_FLAG_OVERLAPPED : 0});
}

static bool connect_peer(struct cf_thread *thread, const struct cf_step *step,
                         struct cf_symbol *pipe, bool overlapped)
{
    struct cf_symbol *peer = peer_of(thread, pipe->name);
    WCHAR *path = widen(pipe->pipe_name ? pipe->pipe_name : "");
    DWORD error;
    struct cf_call call;

    peer->overlapped = overlapped;
    cf_call_begin(&call, thread, step, "CreateFileW");
    cf_trace_in_str(&call.trace, "path", "$PIPE");
    cf_trace_in_sym(&call.trace, "pipe", pipe->name);
    cf_trace_in_hex32(&call.trace, "flags", overlapped ? FILE_FLAG_OVERLAPPED : 0);
    cf_call_start(&call);
    peer->handle = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                               overlapped ? FILE_FLAG_OVERLAPPED : 0, NULL);
    if (peer->handle == INVALID_HANDLE_VALUE && GetLastError() == ERROR_ACCESS_DENIED) {
        /* a one-way pipe: ask for the one way */
        peer->handle = CreateFileW(path, GENERIC_READ, 0, NULL, OPEN_EXISTING,
                                   overlapped ? FILE_FLAG_OVERLAPPED : 0, NULL);
        if (peer->handle == INVALID_HANDLE_VALUE) {
            peer->handle = CreateFileW(path, GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                       overlapped ? FILE_FLAG_OVERLAPPED : 0, NULL);
        }
    }
    error = GetLastError();
    cf_call_stop(&call);
    free(path);
    peer->open = peer->handle != INVALID_HANDLE_VALUE;
    cf_trace_out_sym(&call.trace, "file", peer->open ? peer->name : NULL);
    if (peer->open) {
        pipe_object(thread, peer);
    }
    return cf_call_end_ret(&call, peer->open, error, peer->open, NULL);
}

bool cf_step_pipe(struct cf_thread *thread, const struct cf_step *step)
{
    static LONG serial;
    const char *dir = cf_step_option(step, "dir"), *type = cf_step_option(step, "type");
    const char *peer = cf_step_option(step, "peer");
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'f');
    DWORD quota = (DWORD)cf_option_number(thread, step, "quota", 4096), error;
    DWORD open = dir && !strcmp(dir, "in")    ? PIPE_ACCESS_INBOUND
                 : dir && !strcmp(dir, "out") ? PIPE_ACCESS_OUTBOUND
                                              : PIPE_ACCESS_DUPLEX;
    DWORD mode = type && !strcmp(type, "message") ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : 0;
    struct cf_call call;
    char name[96];
    WCHAR *path;

    if ((dir && strcmp(dir, "in") && strcmp(dir, "out") && strcmp(dir, "duplex")) ||
        (type && strcmp(type, "message") && strcmp(type, "byte")) ||
        (peer && strcmp(peer, "sync") && strcmp(peer, "overlapped"))) {
        return cf_stop(thread, step, "no such pipe");
    }
    symbol->overlapped = !cf_step_option(step, "sync");
    open |= symbol->overlapped ? FILE_FLAG_OVERLAPPED : 0;
    snprintf(name, sizeof name, "\\\\.\\pipe\\ringer-%lu-%ld-%s",
             (unsigned long)GetCurrentProcessId(), (long)InterlockedIncrement(&serial),
             symbol->name);
    symbol->pipe_name = cf_xstrdup(name);
    path = widen(name);
    cf_call_begin(&call, thread, step, "CreateNamedPipeW");
    cf_trace_in_str(&call.trace, "path", "$PIPE");
    cf_trace_in_hex32(&call.trace, "open", open);
    cf_trace_in_hex32(&call.trace, "mode", mode);
    cf_trace_in_u64(&call.trace, "quota", quota);
    cf_call_start(&call);
    symbol->handle = CreateNamedPipeW(path, open, mode, 1, quota, quota, 0, NULL);
    error = GetLastError();
    cf_call_stop(&call);
    free(path);
    symbol->open = symbol->handle != INVALID_HANDLE_VALUE;
    cf_trace_out_sym(&call.trace, "file", symbol->open ? symbol->name : NULL);
    if (symbol->open) {
        pipe_object(thread, symbol);
    }
    if (!cf_call_end_ret(&call, symbol->open, error, symbol->open, NULL)) {
        return false;
    }
    return cf_step_option(step, "listening") || !symbol->open ||
           connect_peer(thread, step, symbol, peer && !strcmp(peer, "overlapped"));
}

bool cf_step_anonpipe(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'f');
    struct cf_symbol *peer = peer_of(thread, step->args[0]);
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, "CreatePipe");
    cf_call_start(&call);
    good = CreatePipe(&symbol->handle, &peer->handle, NULL, 0);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = peer->open = good;
    cf_trace_out_sym(&call.trace, "read", good ? symbol->name : NULL);
    cf_trace_out_sym(&call.trace, "write", good ? peer->name : NULL);
    if (good) {
        pipe_object(thread, symbol);
        pipe_object(thread, peer);
    }
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_transfer(struct cf_symbol *file, void *buffer, uint32_t nbytes, bool writing,
                 uint32_t *moved_out, DWORD *error_out)
{
    OVERLAPPED overlapped;
    DWORD moved = 0;
    BOOL good;

    memset(&overlapped, 0, sizeof overlapped);
    if (file->overlapped) {
        overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    }
    SetLastError(0);
    good =
        writing
            ? WriteFile(file->handle, buffer, nbytes, &moved, file->overlapped ? &overlapped : NULL)
            : ReadFile(file->handle, buffer, nbytes, &moved, file->overlapped ? &overlapped : NULL);
    if (!good && file->overlapped && GetLastError() == ERROR_IO_PENDING) {
        good = GetOverlappedResult(file->handle, &overlapped, &moved, TRUE);
    }
    *error_out = good ? 0 : GetLastError();
    *moved_out = moved;
    if (overlapped.hEvent) {
        CloseHandle(overlapped.hEvent);
    }
    return good;
}

static bool gate_transfer(struct cf_thread *thread, const struct cf_step *step,
                          struct cf_symbol *peer, bool writing)
{
    const char *word = step->arg_count > 2 ? step->args[2] : NULL;
    size_t nbytes = (size_t)cf_option_number(thread, step, "len", 0);
    uint8_t *bytes;
    uint32_t moved = 0;
    char shown[65];
    DWORD error = 0;
    struct cf_call call;
    bool good;

    if (word && cf_is_quoted(word)) {
        bytes = cf_unquote(word, &nbytes);
        if (!bytes) {
            return cf_stop(thread, step, "bad text");
        }
    } else {
        nbytes = word ? (size_t)cf_number(thread, word) : nbytes;
        if (nbytes > UINT32_MAX || !cf_claim_bytes(thread, step, nbytes)) {
            return cf_stop(thread, step, "a gate takes less");
        }
        bytes = cf_xalloc(nbytes);
        if (writing) {
            cf_generate(bytes, nbytes, 0, cf_option_number(thread, step, "seed", 0));
        }
    }
    cf_call_begin(&call, thread, step, writing ? "WriteFile" : "ReadFile");
    cf_trace_in_sym(&call.trace, "file", peer->name);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    if (writing && word && cf_is_quoted(word) && nbytes <= CF_SHOWN_BYTES) {
        cf_trace_in_bytes(&call.trace, "bytes", bytes, nbytes);
    } else if (writing) {
        cf_trace_in_u64(&call.trace, "seed", cf_option_number(thread, step, "seed", 0));
    }
    cf_call_start(&call);
    good = cf_transfer(peer, bytes, (uint32_t)nbytes, writing, &moved, &error);
    cf_call_stop(&call);
    cf_out(&call, "done", moved);
    for (uint32_t i = 0; i < moved && i < 64; i++) {
        shown[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
    }
    shown[moved < 64 ? moved : 64] = '\0';
    if (!writing) {
        cf_trace_out_str(&call.trace, "text", shown);
    }
    free(bytes);
    return cf_call_end_ret(&call, good, error, good, NULL);
}

static bool close_symbol(struct cf_thread *thread, const struct cf_step *step,
                         struct cf_symbol *symbol)
{
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, "CloseHandle");
    cf_trace_in_sym(&call.trace, "obj", symbol->name);
    cf_call_start(&call);
    good = CloseHandle(symbol->handle);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = symbol->open && !good;
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

static bool disconnect(struct cf_thread *thread, const struct cf_step *step, struct cf_symbol *pipe)
{
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, "DisconnectNamedPipe");
    cf_trace_in_sym(&call.trace, "file", pipe->name);
    cf_call_start(&call);
    good = DisconnectNamedPipe(pipe->handle);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_gate(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *pipe = cf_symbol_find(thread, step->args[0]);
    const char *what = step->args[1];

    if (!pipe) {
        return cf_stop(thread, step, "no pipe");
    }
    if (!strcmp(what, "write") || !strcmp(what, "read")) {
        return gate_transfer(thread, step, peer_of(thread, pipe->name), what[0] == 'w');
    }
    if (!strcmp(what, "connect")) {
        return connect_peer(thread, step, pipe, false);
    }
    if (!strcmp(what, "disconnect")) {
        return disconnect(thread, step, pipe);
    }
    if (!strcmp(what, "close")) {
        return close_symbol(thread, step, peer_of(thread, pipe->name));
    }
    return cf_stop(thread, step, "a gate cannot %s", what);
}

/* ---- handles in general ---- */

bool cf_step_closehandle(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);

    return symbol ? close_symbol(thread, step, symbol) : cf_stop(thread, step, "no handle");
}

bool cf_step_dup(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *source = cf_symbol_find(thread, step->args[1]);
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], source ? source->class_ : 'f');
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, "DuplicateHandle");
    cf_trace_in_sym(&call.trace, "obj", source ? source->name : NULL);
    cf_call_start(&call);
    good = DuplicateHandle(GetCurrentProcess(), source ? source->handle : NULL, GetCurrentProcess(),
                           &symbol->handle, 0, FALSE, DUPLICATE_SAME_ACCESS);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = good;
    symbol->overlapped = source && source->overlapped;
    cf_trace_out_sym(&call.trace, "obj", good ? symbol->name : NULL);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

/* Everything still open, newest first; rings before files, since they came later as a rule. */
void cf_symbols_release(struct cf_run *run)
{
    cf_objects_release(run);
    while (run->symbols) {
        struct cf_symbol *symbol = run->symbols;
        run->symbols = symbol->next;
        if (symbol->class_ == 'r' && symbol->open) {
            run->api.CloseIoRing(symbol->ring);
        } else if (symbol->class_ == 'q' && symbol->open) {
            run->api.NtClose(symbol->handle);
        } else if (symbol->open) {
            CloseHandle(symbol->handle);
        }
        if (symbol->region && !symbol->pages) {
            VirtualFree(symbol->region, 0, MEM_RELEASE);
        }
        if (symbol->path_is_ours) {
            DeleteFileW(symbol->path);
            free(symbol->path);
        }
        free(symbol->pipe_name);
        if (!symbol->pages) {
            free(symbol->snapshot);
        }
        free(symbol->name);
        free(symbol);
    }
}
