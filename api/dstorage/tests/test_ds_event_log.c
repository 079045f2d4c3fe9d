/* SPDX-License-Identifier: MIT */
/*
 * The event log: what Microsoft's suite asserts of the events of the real runtime, rows DS1 to
 * DS12; and that none is lost or torn.
 */
#include "api/dstorage/tests/ds_test.h"

enum {
    OPEN_FILE,
    CLOSE_FILE,
    CREATE_QUEUE,
    CLOSE_QUEUE,
    ENQUEUE_REQUEST,
    REQUEST_COMPLETED = 6,
    ENQUEUE_STATUS = 8,
    STATUS_COMPLETED,
    ENQUEUE_SIGNAL,
    SIGNAL_COMPLETED,
    SUBMIT,
    ENQUEUE_SET_EVENT = 22,
    SET_EVENT_COMPLETED,
    REQUEST_REFUSED = 1000,
};

#define THREADS 8u
#define EACH 500u

static char log_path[TEMP_MAX];
static char *text; /* of the log; lines are ended in place */
static struct event {
    unsigned id;
    long long time;
    unsigned long thread;
    const char *line;
} * events;
static size_t event_count;

static void setup(void)
{
    int fd = mkstemp(temp_template(log_path, "etw"));

    cr_assert(fd >= 0);
    close(fd);
    setenv("RINGER_ETW", log_path, 1);
    setup_file(65536);
}

/* The number of a field, which may be text. */
static uint64_t field(const struct event *event, const char *name)
{
    char key[40];
    const char *at;

    snprintf(key, sizeof key, "\"%s\":", name);
    at = strstr(event->line, key);
    cr_assert_not_null(at, "%s has no %s", event->line, name);
    at += strlen(key);
    return strtoull(at + (*at == '"'), NULL, 0);
}

static void parse_event(struct event *event, const char *line)
{
    unsigned long process;
    int nchars = 0;

    event->line = line;
    sscanf(line, "{\"time\":%lld,\"process\":%lu,\"thread\":%lu,\"id\":%u,\"name\":\"%n",
           &event->time, &process, &event->thread, &event->id, &nchars);
    cr_assert(nchars, "torn: %s", line);
    cr_assert_eq(process, (unsigned long)getpid());
    cr_assert(strlen(line) > 2 && !strcmp(line + strlen(line) - 2, "}}"), "torn: %s", line);
}

/* Everything is given back; then the log is read. Its first line is the header. */
static void finish_log(void)
{
    FILE *log;
    long nbytes;
    char *next;

    teardown_all();
    log = fopen(log_path, "rb");
    cr_assert_not_null(log);
    fseek(log, 0, SEEK_END);
    nbytes = ftell(log);
    rewind(log);
    text = malloc((size_t)nbytes + 1);
    events = calloc((size_t)nbytes / 40 + 1, sizeof *events);
    cr_assert_eq(fread(text, 1, (size_t)nbytes, log), (size_t)nbytes);
    text[nbytes] = 0;
    fclose(log);
    unlink(log_path);
    cr_assert(!strncmp(text, "{\"etw\":1,", 9));
    cr_assert_not_null(strstr(text, "{FB58BDF6-5E40-48E5-AFF5-4FC9AB7A9ABE}"));
    event_count = 0;
    for (char *line = strchr(text, '\n') + 1; *line; line = next) {
        next = strchr(line, '\n');
        cr_assert_not_null(next, "the last line has no end");
        *next++ = 0;
        parse_event(&events[event_count], line);
        if (event_count)
            cr_assert_geq(events[event_count].time, events[event_count - 1].time);
        event_count++;
    }
}

static void fini(void)
{
    free(events);
    free(text);
}

static size_t count_of(unsigned id)
{
    size_t count = 0;

    for (size_t i = 0; i < event_count; i++)
        count += events[i].id == id;
    return count;
}

/* The nth of these, from 0. */
static size_t find(unsigned id, size_t nth)
{
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].id == id && !nth--)
            return i;
    }
    cr_assert(false, "event %u is missing", id);
    return 0;
}

static void request_in(IDStorageQueue3 *queue, DSTORAGE_REQUEST request)
{
    IDStorageQueue3_EnqueueRequest(queue, &request);
}

Test(ds_event_log, single_read, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);
    IDStorageStatusArray *status = make_status(1);
    unsigned char to[512];
    void *file_was = file;

    request_in(queue, file_request(256, sizeof to, to));
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    finish(queue);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), S_OK);
    cr_assert(bytes_are(to, 256, sizeof to));
    IDStorageStatusArray_Release(status);
    IDStorageQueue3_Release(queue);
    finish_log();

    cr_assert_eq(count_of(SUBMIT), 1);
    cr_assert_eq(field(&events[find(SUBMIT, 0)], "IsAutoSubmit"), 0);
    cr_assert_lt(find(OPEN_FILE, 0), find(ENQUEUE_REQUEST, 0));
    cr_assert_lt(find(ENQUEUE_REQUEST, 0), find(SUBMIT, 0));
    cr_assert_lt(find(SUBMIT, 0), find(REQUEST_COMPLETED, 0));
    cr_assert_lt(find(REQUEST_COMPLETED, 0), find(STATUS_COMPLETED, 0));
    cr_assert_lt(find(STATUS_COMPLETED, 0), find(SET_EVENT_COMPLETED, 0));
    cr_assert_lt(find(SET_EVENT_COMPLETED, 0), find(CLOSE_QUEUE, 0));
    cr_assert_lt(find(CLOSE_QUEUE, 0), find(CLOSE_FILE, 0));
    cr_assert_eq(count_of(CLOSE_FILE), 1);
    cr_assert_eq(count_of(CLOSE_QUEUE), 1);
    cr_assert_eq(field(&events[find(ENQUEUE_REQUEST, 0)], "SourceSize"), 512);
    cr_assert_eq(field(&events[find(ENQUEUE_REQUEST, 0)], "Offset"), 256);
    cr_assert_eq(field(&events[find(ENQUEUE_REQUEST, 0)], "CompressionFormat"), 0);
    cr_assert_eq(field(&events[find(ENQUEUE_REQUEST, 0)], "File"), (uintptr_t)file_was);
    cr_assert_eq(field(&events[find(OPEN_FILE, 0)], "File"), (uintptr_t)file_was);
    cr_assert_eq(field(&events[find(STATUS_COMPLETED, 0)], "Result"), 0);
}

Test(ds_event_log, reads_on_one_queue, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);
    unsigned char to[4][128];
    uint64_t seen[4];

    for (unsigned i = 0; i < 4; i++)
        request_in(queue, file_request(i * 256, sizeof to[i], to[i]));
    finish(queue);
    IDStorageQueue3_Release(queue);
    finish_log();

    cr_assert_eq(count_of(ENQUEUE_REQUEST), 4);
    cr_assert_eq(count_of(REQUEST_COMPLETED), 4);
    cr_assert_eq(count_of(SUBMIT), 1);
    for (unsigned i = 0; i < 4; i++) {
        seen[i] = field(&events[find(ENQUEUE_REQUEST, i)], "Request");
        cr_assert_eq(field(&events[find(ENQUEUE_REQUEST, i)], "Offset"), i * 256);
        cr_assert_lt(find(ENQUEUE_REQUEST, i), find(SUBMIT, 0));
        cr_assert_gt(find(REQUEST_COMPLETED, i), find(SUBMIT, 0));
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned times = 0;

        for (unsigned j = 0; j < 4; j++)
            times += field(&events[find(REQUEST_COMPLETED, j)], "Request") == seen[i];
        cr_assert_eq(times, 1);
    }
}

Test(ds_event_log, one_submit_event_a_call, .init = setup, .fini = fini)
{
    IDStorageQueue3 *first = make_queue(FILE_QUEUE, 0x80), *second = make_queue(FILE_QUEUE, 0x100);
    unsigned char to[64];

    request_in(first, file_request(0, sizeof to, to));
    IDStorageQueue3_Submit(second); /* of nothing: an event all the same */
    IDStorageQueue3_Submit(first);
    finish(first);
    IDStorageQueue3_Release(second);
    IDStorageQueue3_Release(first);
    finish_log();

    cr_assert_eq(count_of(SUBMIT), 3);
    cr_assert_eq(field(&events[find(SUBMIT, 0)], "Queue"), (uintptr_t)second);
    cr_assert_eq(field(&events[find(CREATE_QUEUE, 1)], "Capacity"), 0x100);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(field(&events[find(SUBMIT, i)], "IsAutoSubmit"), 0);
}

Test(ds_event_log, notifications_in_order, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);
    IDStorageStatusArray *status = make_status(8);
    struct test_fence *fence = make_fence(0);
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    unsigned char to[2][512];

    request_in(queue, file_request(0, sizeof to[0], to[0]));
    for (unsigned i = 0; i < 3; i++)
        IDStorageQueue3_EnqueueStatus(queue, status, i);
    for (unsigned i = 1; i <= 3; i++)
        IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, i);
    IDStorageQueue3_EnqueueSetEvent(queue, event);
    request_in(queue, file_request(1 << 20, sizeof to[1], to[1])); /* beyond the end */
    IDStorageQueue3_EnqueueStatus(queue, status, 3);
    finish(queue);
    fence->lpVtbl->Release(fence);
    CloseHandle(event);
    IDStorageStatusArray_Release(status);
    IDStorageQueue3_Release(queue);
    finish_log();

    cr_assert_eq(count_of(STATUS_COMPLETED), 4);
    cr_assert_eq(count_of(SIGNAL_COMPLETED), 3);
    cr_assert_eq(count_of(SET_EVENT_COMPLETED), 2);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(field(&events[find(STATUS_COMPLETED, i)], "Index"), i);
        cr_assert_eq(field(&events[find(SIGNAL_COMPLETED, i)], "Value"), i + 1);
        cr_assert_gt(find(STATUS_COMPLETED, i), find(REQUEST_COMPLETED, 0));
        cr_assert_lt(find(STATUS_COMPLETED, i), find(SIGNAL_COMPLETED, 0));
    }
    cr_assert_lt(find(SIGNAL_COMPLETED, 2), find(SET_EVENT_COMPLETED, 0));
    cr_assert_eq(field(&events[find(SET_EVENT_COMPLETED, 0)], "Handle"), (uintptr_t)event);
    cr_assert_lt(find(SET_EVENT_COMPLETED, 0), find(STATUS_COMPLETED, 3));
    cr_assert_neq(field(&events[find(STATUS_COMPLETED, 3)], "Result"), 0);
}

/* Each is told where its call came, so that what the next status says has a reason in the log. */
Test(ds_event_log, requests_that_are_not_there, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);
    IDStorageStatusArray *status = make_status(3);
    unsigned char to[64];

    IDStorageQueue3_EnqueueRequest(queue, NULL);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    request_in(queue, file_request(1 << 20, sizeof to, to)); /* beyond the end */
    IDStorageQueue3_EnqueueRequests(queue, NULL, 2, NULL, 0, 0);
    IDStorageQueue3_EnqueueStatus(queue, status, 1);
    IDStorageQueue3_EnqueueStatus(queue, status, 2);
    finish(queue);
    IDStorageQueue3_Close(queue);
    IDStorageQueue3_EnqueueRequest(queue, NULL); /* no event: the queue is closed */
    IDStorageStatusArray_Release(status);
    IDStorageQueue3_Release(queue);
    finish_log();

    cr_assert_eq(count_of(REQUEST_REFUSED), 2);
    cr_assert_eq(count_of(ENQUEUE_REQUEST), 1);
    cr_assert_eq(count_of(REQUEST_COMPLETED), 1);
    cr_assert_lt(find(REQUEST_REFUSED, 0), find(ENQUEUE_STATUS, 0));
    cr_assert_gt(find(REQUEST_REFUSED, 1), find(ENQUEUE_REQUEST, 0));
    cr_assert_lt(find(REQUEST_REFUSED, 1), find(ENQUEUE_STATUS, 1));
    for (unsigned i = 0; i < 2; i++)
        cr_assert_eq(field(&events[find(REQUEST_REFUSED, i)], "Result"), (uint32_t)E_POINTER);
    cr_assert_eq(field(&events[find(STATUS_COMPLETED, 0)], "Result"), (uint32_t)E_POINTER);
    cr_assert_eq(field(&events[find(STATUS_COMPLETED, 1)], "Result"),
                 field(&events[find(REQUEST_COMPLETED, 0)], "Result"));
    cr_assert_neq(field(&events[find(STATUS_COMPLETED, 1)], "Result"), (uint32_t)E_POINTER);
    cr_assert_eq(field(&events[find(STATUS_COMPLETED, 2)], "Result"), 0);
}

Test(ds_event_log, memory_has_no_file, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(MEMORY_QUEUE, 0x80);
    unsigned char from[512] = {1, 2, 3}, to[512];
    const struct event *event;

    request_in(queue, memory_request(from, sizeof from, to));
    finish(queue);
    cr_assert(!memcmp(from, to, sizeof to));
    IDStorageQueue3_Release(queue);
    finish_log();

    event = &events[find(ENQUEUE_REQUEST, 0)];
    cr_assert_eq(field(event, "File"), 0);
    cr_assert_eq(field(event, "Offset"), 0);
    cr_assert_eq(field(event, "SourceType"), DSTORAGE_REQUEST_SOURCE_MEMORY);
    cr_assert_eq(field(event, "SourceSize"), 512);
}

/* What the program has no name for, or a bad one, is empty, too. */
static void names(UINT32 flags, const char *queue_name, const char *request_name)
{
    IDStorageQueue3 *queue;
    unsigned char to[64];
    DSTORAGE_REQUEST request = file_request(0, sizeof to, to);
    char want[TEMP_MAX + 16];

    IDStorageFactory_SetDebugFlags(factory, flags);
    queue = make_queue(FILE_QUEUE, 0x80);
    request.Name = "a \"name\"\n\xc3\xa4\xff\xf0\x9f\x98\x80";
    request_in(queue, request);
    request.Name = (const char *)8;
    request_in(queue, request);
    finish(queue);
    IDStorageQueue3_Release(queue);
    finish_log();

    snprintf(want, sizeof want, "\"Path\":\"%s\"", file_path);
    cr_assert_not_null(strstr(events[find(OPEN_FILE, 0)].line, want));
    cr_assert_not_null(strstr(events[find(CREATE_QUEUE, 0)].line, queue_name));
    cr_assert_not_null(strstr(events[find(ENQUEUE_REQUEST, 0)].line, request_name), "%s",
                       events[find(ENQUEUE_REQUEST, 0)].line);
    cr_assert_not_null(strstr(events[find(ENQUEUE_REQUEST, 1)].line, "\"Name\":\"\""));
}

Test(ds_event_log, names_disabled, .init = setup, .fini = fini)
{
    names(DSTORAGE_DEBUG_NONE, "\"Name\":\"\"", "\"Name\":\"\"");
}

Test(ds_event_log, names_enabled, .init = setup, .fini = fini)
{
    names(DSTORAGE_DEBUG_RECORD_OBJECT_NAMES, "\"Name\":\"test\"",
          "\"Name\":\"a \\\"name\\\"\\u000a\\u00e4\\u00ff\\ud83d\\ude00\"");
}

Test(ds_event_log, auto_submit, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(MEMORY_QUEUE, 0x80);
    unsigned char from[64] = {7}, to[64];
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    DSTORAGE_QUEUE_INFO info;
    unsigned requests = 0;
    UINT16 before;

    IDStorageQueue3_Query(queue, &info);
    cr_assert_gt(info.RequestCountUntilAutoSubmit, 1);
    before = info.RequestCountUntilAutoSubmit;
    IDStorageQueue3_EnqueueSetEvent(queue, event);
    IDStorageQueue3_Query(queue, &info);
    cr_assert_eq(info.RequestCountUntilAutoSubmit, before);
    for (; info.RequestCountUntilAutoSubmit > 1; requests++) {
        request_in(queue, memory_request(from, sizeof from, to));
        IDStorageQueue3_Query(queue, &info);
    }
    request_in(queue, memory_request(from, sizeof from, to));
    finish(queue);
    CloseHandle(event);
    IDStorageQueue3_Release(queue);
    finish_log();

    cr_assert_eq(count_of(SUBMIT), 2);
    cr_assert_eq(field(&events[find(SUBMIT, 0)], "IsAutoSubmit"), 1);
    cr_assert_eq(field(&events[find(SUBMIT, 1)], "IsAutoSubmit"), 0);
    cr_assert_eq(find(SUBMIT, 0), find(ENQUEUE_REQUEST, requests) + 1);
}

static DWORD WINAPI enqueue_one(void *context)
{
    static unsigned char to[64];

    request_in(context, file_request(0, sizeof to, to));
    return 0;
}

Test(ds_event_log, thread_of_the_call, .init = setup, .fini = fini)
{
    IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);
    DWORD id;
    HANDLE thread = CreateThread(NULL, 0, enqueue_one, queue, 0, &id);

    cr_assert_eq(WaitForSingleObject(thread, WAIT_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    finish(queue);
    IDStorageQueue3_Release(queue);
    finish_log();

    cr_assert_eq(events[find(ENQUEUE_REQUEST, 0)].thread, id);
    cr_assert_eq(events[find(SUBMIT, 0)].thread, GetCurrentThreadId());
}

static IDStorageQueue3 *queues[4];

static DWORD WINAPI enqueue_many(void *context)
{
    static unsigned char to[THREADS][64];
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; i < EACH; i++)
        request_in(queues[(thread + i) % 4], file_request(i, sizeof to[0], to[thread]));
    return 0;
}

Test(ds_event_log, none_lost_or_torn, .init = setup, .fini = fini)
{
    HANDLE threads[THREADS];

    for (unsigned i = 0; i < 4; i++)
        queues[i] = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, enqueue_many, (void *)(uintptr_t)i, 0, NULL);
    for (unsigned i = 0; i < THREADS; i++) {
        cr_assert_eq(WaitForSingleObject(threads[i], WAIT_MS), WAIT_OBJECT_0);
        CloseHandle(threads[i]);
    }
    for (unsigned i = 0; i < 4; i++) {
        finish(queues[i]);
        IDStorageQueue3_Release(queues[i]);
    }
    finish_log();

    cr_assert_eq(count_of(ENQUEUE_REQUEST), THREADS * EACH);
    cr_assert_eq(count_of(REQUEST_COMPLETED), THREADS * EACH);
    cr_assert_eq(count_of(SET_EVENT_COMPLETED), 4);
    /* Half the capacity each time, full or not, and the last call. */
    cr_assert_eq(count_of(SUBMIT), 4 * (THREADS * EACH / 4 / 64 + 1));
}

Test(ds_event_log, no_such_folder)
{
    setenv("RINGER_ETW", "/nonexistent/ringer.jsonl", 1);
    setup_file(4096);
    for (unsigned i = 0; i < 2; i++) {
        IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);
        unsigned char to[64];

        request_in(queue, file_request(0, sizeof to, to));
        finish(queue);
        no_errors(queue);
        cr_assert(bytes_are(to, 0, sizeof to));
        IDStorageQueue3_Release(queue);
    }
    teardown_all();
}
