/* SPDX-License-Identifier: MIT */
/* Every record that the writer can make, read back by the reader; threads; what a crash leaves. */
#include "conformance/trace/reader.h"
#include "conformance/trace/sha256.h"
#include "conformance/trace/writer.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct scratch {
    char path[64];
    struct cf_trace_writer *writer;
};

static struct scratch start(void)
{
    struct scratch scratch = {.path = "/tmp/ringer-trace-XXXXXX"};
    int fd = mkstemp(scratch.path);

    cr_assert(fd >= 0);
    close(fd);
    scratch.writer = cf_trace_create(scratch.path);
    cr_assert(scratch.writer);
    cf_trace_header(scratch.writer, &(struct cf_trace_header){.recorder_name = "test",
                                                             .host = "synthetic"});
    return scratch;
}

static struct cf_trace *finish(struct scratch *scratch)
{
    struct cf_trace_error error = {0};
    struct cf_trace *trace;

    cr_assert(cf_trace_close(scratch->writer));
    trace = cf_trace_load(scratch->path, &error);
    cr_assert(trace, "line %zu: %s", error.line, error.text);
    cr_assert_eq(trace->integrity, CF_TRACE_WHOLE);
    unlink(scratch->path);
    return trace;
}

Test(trace_sha256, known_answers)
{
    char hex[CF_SHA256_HEX_SIZE], million[1000];
    struct cf_sha256 sha;

    cf_sha256_of("", 0, hex);
    cr_expect_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    cf_sha256_of("abc", 3, hex);
    cr_expect_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cf_sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    cr_expect_str_eq(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', sizeof(million));
    cf_sha256_init(&sha);
    for (int i = 0; i < 1000; i++)
        cf_sha256_add(&sha, million, sizeof(million));
    cf_sha256_hex(&sha, hex);
    cr_expect_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

Test(trace_writer, call_and_what_follows)
{
    struct scratch scratch = start();
    struct cf_trace_call call;
    const uint16_t name[] = {'Z', ':', '\\', 0xd83d, 0xde00, 0xd800, 'x', 0};
    struct cf_trace *trace;
    const struct cf_record *record;
    uint64_t value, n;

    cf_trace_call_begin(&call, scratch.writer, "BuildIoRingReadFile", "s1", 3);
    cf_trace_in_sym(&call, "ring", "r0");
    cf_trace_in_sym(&call, "event", NULL);
    cf_trace_in_u64(&call, "len", 1ull << 40);
    cf_trace_in_u64(&call, "off", UINT64_MAX);
    cf_trace_in_hex64(&call, "ud", 0xaaaa);
    cf_trace_in_str16(&call, "path", name);
    cf_trace_in_u64s(&call, "lens", (uint64_t[]){1, 2}, 2);
    cf_trace_out_u64(&call, "submitted", 7);
    errno = 99;
    n = cf_trace_call_end(&call, (int32_t)0x80460002, 5);
    cr_expect_eq(errno, 99);
    cr_expect_eq(n, 1);
    cf_trace_cqe(scratch.writer, "r0", UINT64_MAX, (int32_t)0x80070026, 4, 0, n);
    trace = finish(&scratch);

    cr_assert_eq(trace->count, 4);
    record = &trace->records[1];
    cr_assert_eq(record->type, CF_CALL);
    cr_expect_str_eq(record->call.fn, "BuildIoRingReadFile");
    cr_expect_eq(record->call.thread, 3);
    cr_expect_eq(record->call.value, 0x80460002);
    cr_expect_eq(record->call.last_error, 5);
    cr_expect(cf_in_u64(record, "len", &value) && value == 1ull << 40);
    cr_expect(cf_in_u64(record, "off", &value) && value == UINT64_MAX);
    cr_expect(cf_in_u64(record, "ud", &value) && value == 0xaaaa);
    cr_expect(cf_in_u64_at(record, "lens", 1, &value) && value == 2);
    cr_expect(cf_out_u64(record, "submitted", &value) && value == 7);
    cr_expect(cf_in_has(record, "event") && !cf_in_string(record, "event"));
    cr_expect_str_eq(cf_in_string(record, "path"), "Z:\\\U0001f600\ufffdx");
    cr_expect_eq(trace->records[2].cqe.user_data, UINT64_MAX);
    cr_expect_eq(trace->records[2].cqe.hr, 0x80070026);
    cr_expect_eq(trace->records[2].cqe.after, 1);
    cf_trace_free(trace);
}

Test(trace_writer, long_arguments_grow)
{
    struct scratch scratch = start();
    struct cf_trace_call call;
    char text[5000];
    struct cf_trace *trace;

    memset(text, '"', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    cf_trace_call_begin(&call, scratch.writer, "CreateFileW", NULL, 0);
    cf_trace_in_str(&call, "path", text);
    cf_trace_call_end_ret(&call, 0, 2);
    trace = finish(&scratch);
    cr_expect_str_eq(cf_in_string(&trace->records[1], "path"), text);
    cf_trace_free(trace);
}

Test(trace_writer, memory_ranges)
{
    struct scratch scratch = start();
    unsigned char before[1024] = {0}, now[1024] = {0};
    struct cf_trace *trace;

    memset(now + 10, 1, 5);
    now[1023] = 1;
    cf_trace_memory_diff(scratch.writer, "b0", before, now, sizeof(now), 1, 0);
    cr_expect_arr_eq(before, now, sizeof(now));
    for (size_t i = 0; i < sizeof(now); i += 2)
        now[i] ^= 2; /* 512 ranges: more than a record holds */
    cf_trace_memory_diff(scratch.writer, "b0", before, now, sizeof(now), -1, 0);
    trace = finish(&scratch);

    cr_assert_eq(trace->records[1].mem.changed_count, 2);
    cr_expect_eq(trace->records[1].mem.changed[0].from, 10);
    cr_expect_eq(trace->records[1].mem.changed[0].to, 15);
    cr_expect_eq(trace->records[1].mem.changed[1].from, 1023);
    cr_expect_eq(trace->records[1].mem.changed[1].to, 1024);
    cr_expect_eq(trace->records[1].mem.poison_ok, 1);
    cr_expect(!trace->records[1].mem.merged);
    cr_expect(trace->records[2].mem.merged);
    cr_expect_eq(trace->records[2].mem.changed_count, 64);
    cr_expect_eq(trace->records[2].mem.changed[63].to, 1023);
    cf_trace_free(trace);
}

Test(trace_writer, other_records)
{
    struct scratch scratch = start();
    const char *needs[] = {"ioring>=300"};
    struct cf_trace *trace;
    const enum cf_record_type expected[] = {CF_HDR, CF_SCN, CF_OBJ, CF_EVT, CF_EXC, CF_HIST,
                                            CF_NOTE, CF_END};

    cf_trace_scenario(scratch.writer, &(struct cf_trace_scenario){
                                          .id = "a.b", .needs = needs, .needs_count = 1});
    cf_trace_object(scratch.writer, &(struct cf_trace_object){.sym = "b0", .kind = "buffer",
                                                             .nbytes = 4096, .content = "poison"});
    cf_trace_event(scratch.writer, "e0", true, "poll", 0, 0);
    cf_trace_exception(scratch.writer, 0xc0000005, "x", "write", -11);
    cf_trace_history(scratch.writer, 10, &(struct cf_trace_outcome){"S_OK", 10}, 1, NULL, true);
    cf_trace_note(scratch.writer, "a \x01 \xff b", NULL);
    trace = finish(&scratch);
    cr_assert_eq(trace->count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < trace->count; i++)
        cr_expect_eq(trace->records[i].type, expected[i]);
    cr_expect_eq(trace->records[2].obj.nbytes, 4096);
    cr_expect(trace->records[3].evt.signalled);
    cr_expect_eq(trace->records[4].exc.exit_code, -11);
    cr_expect(trace->records[5].hist.vacuous);
    cf_trace_free(trace);
}

static void *many_calls(void *argument)
{
    for (int i = 0; i < 500; i++) {
        struct cf_trace_call call;

        cf_trace_call_begin(&call, argument, "SetEvent", NULL, 0);
        cf_trace_in_sym(&call, "event", "e0");
        cf_trace_call_end_ret(&call, 1, 0);
    }
    return NULL;
}

Test(trace_writer, threads_share_a_writer)
{
    struct scratch scratch = start();
    pthread_t threads[4];
    struct cf_trace *trace;
    bool seen[2001] = {false};

    for (int i = 0; i < 4; i++)
        cr_assert(!pthread_create(&threads[i], NULL, many_calls, scratch.writer));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    trace = finish(&scratch);
    cr_assert_eq(trace->count, 2002);
    for (size_t i = 1; i < 2001; i++) {
        cr_assert(trace->records[i].call.n <= 2000 && !seen[trace->records[i].call.n]);
        seen[trace->records[i].call.n] = true;
    }
    cf_trace_free(trace);
}

Test(trace_writer, a_crash_keeps_the_lines)
{
    struct scratch scratch = start();
    struct cf_trace_error error;
    struct cf_trace *trace;
    pid_t child = fork();
    int status;

    if (!child) {
        cf_trace_note(scratch.writer, "before the crash", NULL);
        _exit(7);
    }
    waitpid(child, &status, 0);
    trace = cf_trace_load(scratch.path, &error);
    cr_assert(trace);
    cr_expect_eq(trace->count, 2);
    cr_expect_eq(trace->integrity, CF_TRACE_NO_END);
    cf_trace_free(trace);
    unlink(scratch.path);
    cf_trace_close(scratch.writer);
}

Test(trace_writer, null_records_nothing)
{
    struct cf_trace_call call;

    cf_trace_header(NULL, &(struct cf_trace_header){0});
    cf_trace_call_begin(&call, NULL, "SetEvent", NULL, 0);
    cf_trace_in_u64(&call, "x", 1);
    cf_trace_out_str(&call, "y", NULL);
    cr_expect_eq(cf_trace_call_end(&call, 0, 0), CF_TRACE_NO_CALL);
    cf_trace_cqe(NULL, "r0", 0, 0, 0, 0, 0);
    cr_expect(cf_trace_close(NULL));
    cr_expect_null(cf_trace_create("/nonexistent/directory/file"));
    cr_expect_eq(errno, ENOENT);
}
