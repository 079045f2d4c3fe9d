/* SPDX-License-Identifier: MIT */
/*
 * Steps for what no careful program does: reference kinds that are none, outputs that are not there,
 * handles with less access than they had, objects of another type. Where this system lacks the
 * function, the scenario is skipped and says so: the question is for another system.
 */
#include "conformance/kit/run.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cf_skip(struct cf_thread *thread, const struct cf_step *step, const char *format, ...)
{
    struct cf_run *run = thread->run;
    va_list args;

    AcquireSRWLockExclusive(&run->lock);
    if (!run->stopped) {
        run->stopped = true;
        run->result->outcome = CF_SKIPPED;
        run->result->line = step->line;
        va_start(args, format);
        vsnprintf(run->result->reason, sizeof run->result->reason, format, args);
        va_end(args);
    }
    ReleaseSRWLockExclusive(&run->lock);
    WakeAllConditionVariable(&run->changed);
    return false;
}

/* ---- calls of the ring interface ---- */

bool cf_step_badref(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    uint32_t nbytes = (uint32_t)cf_option_number(thread, step, "len", 0);
    uint64_t offset = cf_option_number(thread, step, "at", 0);
    uint64_t user_data = cf_option_number(thread, step, "ud", 0);
    IORING_HANDLE_REF file_ref;
    IORING_BUFFER_REF buffer_ref;
    struct cf_buffer_arg buffer;
    struct cf_file_arg file;
    struct cf_call call;
    HRESULT hr;

    if (!thread->run->api.BuildIoRingReadFile) {
        return cf_call_absent(thread, step, "BuildIoRingReadFile");
    }
    cf_file_argument(thread, step->args[1], &file);
    cf_buffer_argument(thread, step->args[2], &buffer);
    if (!cf_buffer_holds(thread, step, &buffer, nbytes)) {
        return false;
    }
    memset(&file_ref, 0, sizeof file_ref);
    memset(&buffer_ref, 0, sizeof buffer_ref);
    file_ref.Kind = (IORING_REF_KIND)cf_option_number(thread, step, "file", 0);
    file_ref.Handle.Handle = file.handle;
    buffer_ref.Kind = (IORING_REF_KIND)cf_option_number(thread, step, "buf", 0);
    buffer_ref.Buffer.Address = buffer.address;
    cf_call_begin(&call, thread, step, "BuildIoRingReadFile");
    cf_trace_in_sym(&call.trace, "ring", step->args[0]);
    cf_call_file(&call, &file);
    cf_trace_in_u64(&call.trace, "file_kind", (uint32_t)file_ref.Kind);
    cf_call_buffer(&call, &buffer);
    cf_trace_in_u64(&call.trace, "buf_kind", (uint32_t)buffer_ref.Kind);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_trace_in_u64(&call.trace, "off", offset);
    cf_trace_in_hex64(&call.trace, "ud", user_data);
    cf_trace_in_hex32(&call.trace, "sqe", 0);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingReadFile(symbol ? symbol->ring : NULL, file_ref, buffer_ref,
                                              nbytes, offset, (UINT_PTR)user_data,
                                              IOSQE_FLAGS_NONE);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

/* Where the output belongs there is NULL: a status, or a fault, is the answer. */
bool cf_step_nullout(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol =
        step->arg_count > 1 ? cf_symbol_find(thread, step->args[1]) : NULL;
    HIORING ring = symbol ? symbol->ring : NULL;
    const struct cf_api *api = &thread->run->api;
    const char *what = step->args[0];
    IORING_CREATE_FLAGS flags;
    struct cf_call call;
    HRESULT hr;

    if (!api->CreateIoRing || !api->QueryIoRingCapabilities || !api->GetIoRingInfo ||
        !api->PopIoRingCompletion) {
        return cf_call_absent(thread, step, "CreateIoRing");
    }
    if (strcmp(what, "create") && strcmp(what, "caps") && strcmp(what, "info") &&
        strcmp(what, "pop")) {
        return cf_stop(thread, step, "nullout create, caps, info or pop");
    }
    memset(&flags, 0, sizeof flags);
    cf_call_begin(&call, thread, step, "kit.nullout");
    cf_trace_in_str(&call.trace, "what", what);
    cf_trace_in_u64(&call.trace, "ver", thread->run->facts.max_version);
    cf_trace_in_sym(&call.trace, "ring", symbol ? symbol->name : NULL);
    cf_call_start(&call);
    hr = !strcmp(what, "create") ? api->CreateIoRing((IORING_VERSION)thread->run->facts.max_version,
                                                     flags, 8, 16, NULL)
         : !strcmp(what, "caps") ? api->QueryIoRingCapabilities(NULL)
         : !strcmp(what, "info") ? api->GetIoRingInfo(ring, NULL)
                                 : api->PopIoRingCompletion(ring, NULL);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

/* ---- handles ---- */

bool cf_step_limited(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *source = cf_symbol_find(thread, step->args[1]);
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], source ? source->class_ : 'e');
    DWORD access = (DWORD)cf_option_number(thread, step, "access", 0), error;
    struct cf_call call;
    BOOL good;

    cf_call_begin(&call, thread, step, "DuplicateHandle");
    cf_trace_in_sym(&call.trace, "obj", source ? source->name : NULL);
    cf_trace_in_hex32(&call.trace, "access", access);
    cf_call_start(&call);
    good = DuplicateHandle(GetCurrentProcess(), source ? source->handle : NULL, GetCurrentProcess(),
                           &symbol->handle, access, FALSE, 0);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = good;
    symbol->overlapped = source && source->overlapped;
    cf_trace_out_sym(&call.trace, "obj", good ? symbol->name : NULL);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

/* Not every system's import libraries name it, so it is looked up. */
static HANDLE create_timer(DWORD *error_out)
{
    typedef HANDLE(WINAPI * timer_fn)(SECURITY_ATTRIBUTES *, BOOL, const WCHAR *);
    HMODULE module = GetModuleHandleW(u"kernel32.dll");
    FARPROC function = module ? GetProcAddress(module, "CreateWaitableTimerW") : NULL;
    timer_fn create;
    HANDLE timer;

    memcpy(&create, &function, sizeof create);
    timer = create ? create(NULL, TRUE, NULL) : NULL;
    *error_out = create ? GetLastError() : ERROR_CALL_NOT_IMPLEMENTED;
    return timer;
}

bool cf_step_object(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'e');
    const char *what = step->args[1];
    struct cf_call call;
    DWORD error;

    if (strcmp(what, "semaphore") && strcmp(what, "mutex") && strcmp(what, "timer")) {
        return cf_stop(thread, step, "an object is a semaphore, a mutex or a timer");
    }
    cf_call_begin(&call, thread, step, "kit.object");
    cf_trace_in_str(&call.trace, "what", what);
    cf_call_start(&call);
    if (!strcmp(what, "timer")) {
        symbol->handle = create_timer(&error);
    } else {
        symbol->handle = what[0] == 's' ? CreateSemaphoreW(NULL, 0, 1, NULL)
                                        : CreateMutexW(NULL, FALSE, NULL);
        error = GetLastError();
    }
    cf_call_stop(&call);
    symbol->open = symbol->handle != NULL;
    cf_trace_out_sym(&call.trace, "obj", symbol->open ? symbol->name : NULL);
    if (!symbol->open && error == ERROR_CALL_NOT_IMPLEMENTED) {
        cf_call_end_ret(&call, 0, error, true, NULL);
        return cf_skip(thread, step, "this system makes no %s", what);
    }
    return cf_call_end_ret(&call, symbol->open, error, symbol->open, NULL);
}

static bool open_path(struct cf_thread *thread, const struct cf_step *step, const char *path,
                      const char *shown, DWORD access, DWORD flags)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'f');
    WCHAR wide[600];
    struct cf_call call;
    DWORD error;

    if (!MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 600)) {
        return cf_stop(thread, step, "a path too long");
    }
    flags |= cf_step_option(step, "overlapped") ? FILE_FLAG_OVERLAPPED : 0;
    symbol->overlapped = flags & FILE_FLAG_OVERLAPPED;
    cf_call_begin(&call, thread, step, "CreateFileW");
    cf_trace_in_str(&call.trace, "path", shown);
    cf_trace_in_hex32(&call.trace, "access", access);
    cf_trace_in_hex32(&call.trace, "flags", flags);
    cf_call_start(&call);
    symbol->handle = CreateFileW(wide, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                 OPEN_EXISTING, flags, NULL);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = symbol->handle != INVALID_HANDLE_VALUE;
    cf_trace_out_sym(&call.trace, "file", symbol->open ? symbol->name : NULL);
    if (!symbol->open) {
        cf_call_end_ret(&call, 0, error, true, NULL);
        return cf_skip(thread, step, "%s cannot be opened here: error %lu", shown,
                    (unsigned long)error);
    }
    return cf_call_end_ret(&call, 1, error, true, NULL);
}

bool cf_step_opendir(struct cf_thread *thread, const struct cf_step *step)
{
    return open_path(thread, step, thread->run->options->dir, "$TMP",
                     FILE_LIST_DIRECTORY | SYNCHRONIZE, FILE_FLAG_BACKUP_SEMANTICS);
}

/* No other device: a scenario from anywhere must not reach one that matters. */
bool cf_step_device(struct cf_thread *thread, const struct cf_step *step)
{
    const char *what = step->args[1];

    if (!strcmp(what, "nul")) {
        return open_path(thread, step, "NUL", "NUL", GENERIC_READ | GENERIC_WRITE, 0);
    }
    if (!strcmp(what, "console")) {
        return open_path(thread, step, "CONOUT$", "CONOUT$", GENERIC_READ | GENERIC_WRITE, 0);
    }
    if (!strcmp(what, "full")) {
        return cf_full_device(thread, step);
    }
    if (!strcmp(what, "disk")) { /* to read only */
        return open_path(thread, step, "\\\\.\\PhysicalDrive0", "$DISK", GENERIC_READ,
                         FILE_FLAG_NO_BUFFERING);
    }
    return cf_stop(thread, step, "a device is nul, console, full or disk");
}

bool cf_step_lock(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t at = cf_option_number(thread, step, "at", 0);
    uint64_t nbytes = cf_option_number(thread, step, "len", 0);
    struct cf_file_arg file;
    OVERLAPPED where;
    struct cf_call call;
    DWORD error;
    BOOL good;

    memset(&where, 0, sizeof where);
    where.Offset = (DWORD)at;
    where.OffsetHigh = (DWORD)(at >> 32);
    cf_file_argument(thread, step->args[0], &file);
    cf_call_begin(&call, thread, step, "LockFileEx");
    cf_call_file(&call, &file);
    cf_trace_in_u64(&call.trace, "off", at);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_call_start(&call);
    good = LockFileEx(file.handle, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0,
                      (DWORD)nbytes, (DWORD)(nbytes >> 32), &where);
    error = GetLastError();
    cf_call_stop(&call);
    if (!good && error == ERROR_CALL_NOT_IMPLEMENTED) {
        cf_call_end_ret(&call, 0, error, true, NULL);
        return cf_skip(thread, step, "this system has no byte-range locks");
    }
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_notify(struct cf_thread *thread, const struct cf_step *step)
{
    UCHAR modes = (UCHAR)cf_option_number(thread, step, "modes", 0);
    struct cf_file_arg file;
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_file_argument(thread, step->args[0], &file);
    cf_call_begin(&call, thread, step, "SetFileCompletionNotificationModes");
    cf_call_file(&call, &file);
    cf_trace_in_u64(&call.trace, "modes", modes);
    cf_call_start(&call);
    good = SetFileCompletionNotificationModes(file.handle, modes);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_handleinfo(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    DWORD flags = 0xa5a5a5a5, error;
    struct cf_call call;
    BOOL good;

    cf_call_begin(&call, thread, step, "GetHandleInformation");
    cf_trace_in_sym(&call.trace, "obj", step->args[0]);
    cf_call_start(&call);
    good = GetHandleInformation(symbol ? symbol->handle : NULL, &flags);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "flags", flags);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

/* ---- APCs ---- */

static atomic_uint apcs_run;

static void CALLBACK count_apc(ULONG_PTR parameter)
{
    (void)parameter;
    atomic_fetch_add(&apcs_run, 1);
}

/* To the thread named, or to the caller. */
bool cf_step_apc(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol =
        step->arg_count ? cf_symbol_find(thread, step->args[0]) : NULL;
    HANDLE target = symbol && symbol->thread ? symbol->thread->handle : GetCurrentThread();
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, "QueueUserAPC");
    cf_trace_in_sym(&call.trace, "thread", symbol ? symbol->name : NULL);
    cf_call_start(&call);
    good = QueueUserAPC(count_apc, target, 0) != 0;
    error = GetLastError();
    cf_call_stop(&call);
    if (!good && error == ERROR_CALL_NOT_IMPLEMENTED) {
        cf_call_end_ret(&call, 0, error, true, NULL);
        return cf_skip(thread, step, "this system has no APCs");
    }
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_apcs(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_call call;

    cf_call_begin(&call, thread, step, "kit.apcs");
    cf_out(&call, "ran", atomic_load(&apcs_run));
    return cf_call_end_ret(&call, 1, 0, true, NULL);
}
