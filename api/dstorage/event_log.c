/* SPDX-License-Identifier: MIT */
/*
 * The event log. A line is made whole on the stack, then written at once under the log's lock,
 * which is taken after any other: the order in the file is that of the time stamps. By the C
 * library, not through slots: on Windows no hook sees the runtime's events either.
 */
#include "api/dstorage/event_log.h"

#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_NBYTES 256
#define DS_LOG_REFUSED 1000 /* far from the provider's own */

int ds_log_switch;

static SRWLOCK lock = SRWLOCK_INIT;
static FILE *output; /* lock */

/* A path of MAX_PATH, each unit as \uXXXX, and the rest. */
struct line {
    char text[6 * MAX_PATH + 1024];
    size_t length;
};

static void put(struct line *line, const char *format, ...)
{
    size_t room = sizeof line->text - line->length;
    va_list arguments;
    int nchars;

    va_start(arguments, format);
    nchars = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    if (nchars > 0)
        line->length += (size_t)nchars < room ? (size_t)nchars : room - 1;
}

/* In a string of JSON. Units above ASCII as escapes: so no text is too strange. */
static void put_unit(struct line *line, unsigned unit)
{
    if (unit == '"' || unit == '\\')
        put(line, "\\%c", (int)unit);
    else if (unit >= 0x20 && unit < 0x7f)
        put(line, "%c", (int)unit);
    else
        put(line, "\\u%04x", unit);
}

static void put_path(struct line *line, const WCHAR *path)
{
    put(line, ",\"Path\":\"");
    for (; *path; path++)
        put_unit(line, (UINT16)*path);
    put(line, "\"");
}

/* The unit or two of one character of UTF-8; what is none is taken byte by byte. Bytes taken. */
static size_t put_character(struct line *line, const unsigned char *text)
{
    static const struct {
        unsigned mask, lead, least;
    } kinds[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    unsigned value;

    for (size_t more = 1; more <= 3; more++) {
        size_t i = 1;

        if ((text[0] & kinds[more - 1].mask) != kinds[more - 1].lead)
            continue;
        value = text[0] & ~kinds[more - 1].mask & 0xff;
        for (; i <= more && (text[i] & 0xc0) == 0x80; i++)
            value = value << 6 | (text[i] & 0x3f);
        if (i <= more || value < kinds[more - 1].least || value > 0x10ffff)
            break;
        if (value >= 0x10000) {
            put_unit(line, 0xd800 + ((value - 0x10000) >> 10));
            value = 0xdc00 + ((value - 0x10000) & 0x3ff);
        }
        put_unit(line, value);
        return more + 1;
    }
    put_unit(line, text[0]);
    return 1;
}

/* [R] DS10: names only with RECORD_OBJECT_NAMES, else empty; [D] HDR. */
static void put_name(struct line *line, const struct ds_queue *queue, const char *user)
{
    char name[NAME_NBYTES + 4] = ""; /* a cut character does not look beyond */

    if (ds_get(&queue->runtime->debug) & DSTORAGE_DEBUG_RECORD_OBJECT_NAMES)
        ds_name_copy(name, NAME_NBYTES, user);
    put(line, ",\"Name\":\"");
    for (const unsigned char *at = (const unsigned char *)name; *at;)
        at += put_character(line, at);
    put(line, "\"");
}

static void put_u64(struct line *line, const char *field, UINT64 value)
{
    put(line, "%s\"%s\":\"0x%llx\"", line->length ? "," : "", field, (unsigned long long)value);
}

static void put_object(struct line *line, const char *field, const void *object)
{
    put_u64(line, field, (UINT64)(uintptr_t)object);
}

static void put_number(struct line *line, const char *field, long long value)
{
    put(line, "%s\"%s\":%lld", line->length ? "," : "", field, value);
}

static void put_result(struct line *line, HRESULT hr)
{
    put(line, ",\"Result\":\"0x%08x\"", (unsigned)hr);
}

static void write_line(unsigned id, const char *name, unsigned version, const struct line *data)
{
    LARGE_INTEGER now;

    AcquireSRWLockExclusive(&lock);
    if (output) {
        QueryPerformanceCounter(&now);
        fprintf(output,
                "{\"time\":%lld,\"process\":%lu,\"thread\":%lu,\"id\":%u,\"name\":\"%s\","
                "\"version\":%u,\"data\":{%s}}\n",
                (long long)now.QuadPart, (unsigned long)GetCurrentProcessId(),
                (unsigned long)GetCurrentThreadId(), id, name, version, data->text);
        fflush(output); /* a process that dies has told all */
    }
    ReleaseSRWLockExclusive(&lock);
}

/* [R] DS13: version 2 of EnqueueRequest has one field more. [I] The others have version 1. */
#define WRITE(id, name, line) write_line(id, name, 1, line)

void ds_log_open(void)
{
    static char buffer[16384]; /* a line goes out whole: several processes may append */
    static bool said;
    char path[MAX_PATH * 2];
    DWORD length = GetEnvironmentVariableA("RINGER_ETW", path, sizeof path);
    LARGE_INTEGER frequency;

    if (!length)
        return;
    AcquireSRWLockExclusive(&lock);
    output = length < sizeof path ? fopen(path, "ab") : NULL;
    if (output) {
        setvbuf(output, buffer, _IOFBF, sizeof buffer);
        QueryPerformanceFrequency(&frequency);
        fprintf(output,
                "{\"etw\":1,\"provider\":\"{FB58BDF6-5E40-48E5-AFF5-4FC9AB7A9ABE}\","
                "\"provider_name\":\"Microsoft.Windows.Graphics.DirectStorage\","
                "\"runtime\":\"1.%u\",\"clock_hz\":%lld,\"process\":%lu}\n",
                ds_version() / 100, (long long)frequency.QuadPart,
                (unsigned long)GetCurrentProcessId());
        fflush(output);
    } else if (!said) {
        fprintf(stderr, "ringer: RINGER_ETW=%s cannot be opened, no event log\n", path);
        said = true;
    }
    __atomic_store_n(&ds_log_switch, output != NULL, __ATOMIC_RELAXED);
    ReleaseSRWLockExclusive(&lock);
}

void ds_log_close(void)
{
    AcquireSRWLockExclusive(&lock);
    __atomic_store_n(&ds_log_switch, 0, __ATOMIC_RELAXED);
    if (output)
        fclose(output);
    output = NULL;
    ReleaseSRWLockExclusive(&lock);
}

void ds_log_file_opened(const struct ds_file *file)
{
    struct line line = {.length = 0};

    put_object(&line, "File", file);
    put_path(&line, file->path); /* [R] DS10: without RECORD_OBJECT_NAMES, too */
    WRITE(0, "OpenFile", &line);
}

void ds_log_file_closed(const struct ds_file *file)
{
    struct line line = {.length = 0};

    put_object(&line, "File", file);
    WRITE(1, "CloseFile", &line);
}

void ds_log_queue_created(const struct ds_queue *queue)
{
    struct line line = {.length = 0};

    put_object(&line, "Queue", queue);
    put_number(&line, "SourceType", (long long)queue->desc.SourceType);
    put_number(&line, "Capacity", queue->desc.Capacity);
    put_number(&line, "Priority", queue->desc.Priority);
    put_object(&line, "Device", queue->desc.Device);
    put_name(&line, queue, queue->desc.Name);
    WRITE(2, "CreateQueue", &line);
}

void ds_log_queue_closed(const struct ds_queue *queue)
{
    struct line line = {.length = 0};

    put_object(&line, "Queue", queue);
    WRITE(3, "CloseQueue", &line);
}

void ds_log_submitted(const struct ds_queue *queue, bool automatic)
{
    struct line line = {.length = 0};

    put_object(&line, "Queue", queue);
    put_number(&line, "IsAutoSubmit", automatic);
    WRITE(12, "Submit", &line);
}

/* [R] DS9: memory as source has no file, and offset 0. */
static void request_enqueued(const struct ds_entry *entry)
{
    const DSTORAGE_REQUEST *request = &entry->request;
    bool of_file = request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE;
    struct line line = {.length = 0};

    put_object(&line, "Request", entry);
    put_object(&line, "Queue", entry->queue);
    put_number(&line, "SourceSize",
               of_file ? request->Source.File.Size : request->Source.Memory.Size);
    put_number(&line, "UncompressedSize", request->UncompressedSize);
    put_number(&line, "CompressionFormat", request->Options.CompressionFormat);
    put_number(&line, "SourceType", (long long)request->Options.SourceType);
    put_number(&line, "DestinationType", (long long)request->Options.DestinationType);
    put_object(&line, "File", of_file ? request->Source.File.Source : NULL);
    put_u64(&line, "Offset", of_file ? request->Source.File.Offset : 0);
    put_name(&line, entry->queue, request->Name);
    if (ds_version() >= 400) /* [S] byte 1 of the options */
        put_number(&line, "TransformType", ((const unsigned char *)&request->Options)[1]);
    write_line(4, "EnqueueRequest", ds_version() >= 400 ? 2 : 1, &line);
}

static void put_signal(struct line *line, const struct ds_entry *entry)
{
    put_object(line, "Fence", entry->notify.signal.named);
    put_u64(line, "Value", entry->notify.signal.value);
    put_object(line, "Queue", entry->queue);
}

static void put_event(struct line *line, const struct ds_entry *entry)
{
    put_object(line, "Handle", entry->notify.event);
    put_object(line, "Queue", entry->queue);
}

void ds_log_enqueued(const struct ds_entry *entry)
{
    struct line line = {.length = 0};

    switch (entry->type) {
    case DSTORAGE_COMMAND_TYPE_STATUS:
        put_object(&line, "StatusArray", entry->notify.status.named);
        put_number(&line, "Index", entry->notify.status.index);
        put_object(&line, "Queue", entry->queue);
        WRITE(8, "EnqueueStatus", &line);
        break;
    case DSTORAGE_COMMAND_TYPE_SIGNAL:
        put_signal(&line, entry);
        WRITE(10, "EnqueueSignal", &line);
        break;
    case DSTORAGE_COMMAND_TYPE_EVENT:
        put_event(&line, entry);
        WRITE(22, "EnqueueSetEvent", &line);
        break;
    default:
        request_enqueued(entry);
        break;
    }
}

/* [I] The next status tells of it, so without it the log would not say where that came from. */
void ds_log_refused(const struct ds_queue *queue, HRESULT hr)
{
    struct line line = {.length = 0};

    put_object(&line, "Queue", queue);
    put_result(&line, hr);
    WRITE(DS_LOG_REFUSED, "RequestRefused", &line);
}

void ds_log_completed(const struct ds_entry *entry, HRESULT hr)
{
    struct line line = {.length = 0};

    switch (entry->type) {
    case DSTORAGE_COMMAND_TYPE_STATUS:
        put_object(&line, "StatusArray", entry->notify.status.named);
        put_number(&line, "Index", entry->notify.status.index);
        put_result(&line, hr);
        put_object(&line, "Queue", entry->queue);
        WRITE(9, "StatusCompleted", &line);
        break;
    case DSTORAGE_COMMAND_TYPE_SIGNAL:
        put_signal(&line, entry);
        WRITE(11, "SignalCompleted", &line);
        break;
    case DSTORAGE_COMMAND_TYPE_EVENT:
        put_event(&line, entry);
        WRITE(23, "SetEventCompleted", &line);
        break;
    default:
        put_object(&line, "Request", entry);
        put_result(&line, hr);
        put_object(&line, "Queue", entry->queue);
        WRITE(6, "RequestCompleted", &line);
        break;
    }
}
