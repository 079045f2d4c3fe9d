/* SPDX-License-Identifier: MIT */
/* A trace that was kept in memory says what the same records say that went through a file. */
#include "conformance/trace/reader.h"
#include "conformance/trace/sha256.h"
#include "conformance/trace/writer.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the same, twice ---- */

static void write_calls(struct cf_trace_writer *writer)
{
    static const char *const files[] = {"f0", NULL, "invalid"};
    static const uint64_t lengths[] = {4096, 0, UINT64_C(1) << 60};
    char longer[600], key_word[8] = "s";
    struct cf_trace_call call;
    uint64_t n;

    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    cf_trace_call_begin(&call, writer, "BuildIoRingReadFile", "s1", 0);
    cf_trace_in_sym(&call, "ring", "r0");
    cf_trace_in_sym(&call, "file", NULL);
    cf_trace_in_u64(&call, "len", 4096);
    cf_trace_in_u64(&call, "off", UINT64_MAX);
    cf_trace_in_hex64(&call, "ud", 7);
    cf_trace_in_hex32(&call, "sqe", 1);
    cf_trace_out_str(&call, "text", longer);
    cf_trace_call_end(&call, (int32_t)0x80070057, 87);

    cf_trace_call_begin(&call, writer, "BuildIoRingRegisterBuffers", NULL, 3);
    cf_trace_in_syms(&call, "files", files, 3);
    cf_trace_in_u64s(&call, "lens", lengths, 3);
    cf_trace_in_syms(&call, "bufs", NULL, 0);
    cf_trace_in_json(&call, "params", "{\"a\":[1]}");
    cf_trace_in_bytes(&call, "bytes", "\x01\xff", 2);
    n = cf_trace_call_end_status(&call, (int32_t)0xc000000d);
    cf_trace_cqe(writer, "r0", 7, (int32_t)0x80070026, UINT64_C(1) << 40, 3, n);

    cf_trace_call_begin(&call, writer, "SomethingElse", "s2", 1);
    for (unsigned i = 0; i < 26; i++) { /* more than any call has: the lists grow */
        static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                           "j", "k", "l", "m", "n", "o", "p", "q", "r",
                                           "s", "t", "u", "v", "w", "x", "y", "z"};

        key_word[0] = (char)('a' + i); /* the string is copied, not kept */
        cf_trace_in_str(&call, keys[i], key_word);
        cf_trace_out_u64(&call, keys[i], i);
    }
    cf_trace_call_end_ret(&call, 12, 0);

    cf_trace_call_begin(&call, writer, "kit.check", "s3", 0);
    cf_trace_out_digest(&call, "sha256", longer, 100);
    cf_trace_out_hex32(&call, "features", 0x11);
    cf_trace_out_hex64(&call, "big", UINT64_MAX);
    cf_trace_out_sym(&call, "none", NULL);
    cf_trace_call_end_void(&call);
}

static void write_seen(struct cf_trace_writer *writer)
{
    static const struct cf_trace_range changed[] = {{0, 4}, {100, 4096}};
    unsigned char before[1000] = {0}, now[1000] = {0};

    cf_trace_event(writer, "e0", true, "poll", 0, 2);
    cf_trace_memory(writer, &(struct cf_trace_memory){.sym = "b0",
                                                      .fill = true,
                                                      .changed = changed,
                                                      .changed_count = 2,
                                                      .sha256 = "00",
                                                      .poison_ok = 0,
                                                      .after = 1});
    for (unsigned i = 0; i < 1000; i += 3)
        now[i] = 1; /* more ranges than a record has */
    cf_trace_memory_diff(writer, "b1", before, now, sizeof(now), -1, 3);
    now[255] ^= 5, now[256] ^= 5, now[999] ^= 5;
    cf_trace_memory_diff(writer, "b1", before, now, sizeof(now), 1, 4);
    cf_trace_exception(writer, 11, "x", "signal", -1);
    cf_trace_history(writer, 100, NULL, 0, NULL, true);
    cf_trace_note(writer, "read#3=eof ud=0x5", "fault");
}

static void write_all(struct cf_trace_writer *writer)
{
    static const char *const needs[] = {"nt"};
    static const struct cf_trace_pair params[] = {{"ioring", "400"}, {"host", "linux"}};

    cf_trace_header(writer, &(struct cf_trace_header){.host = "ringer",
                                                      .engine = "sim",
                                                      .has_caps = true,
                                                      .caps_version = 400,
                                                      .caps_sq = 65536,
                                                      .caps_cq = 131072,
                                                      .caps_features = 3});
    cf_trace_scenario(writer, &(struct cf_trace_scenario){.id = "a.b",
                                                          .title = "T",
                                                          .needs = needs,
                                                          .needs_count = 1,
                                                          .params = params,
                                                          .params_count = 2,
                                                          .trial = 4});
    cf_trace_object(writer, &(struct cf_trace_object){.sym = "f0",
                                                      .kind = "data",
                                                      .flags = 0x40000000,
                                                      .nbytes = 3,
                                                      .content = "text",
                                                      .has_seed = true,
                                                      .seed = 9,
                                                      .bytes = "abc",
                                                      .bytes_count = 3,
                                                      .is_placed = true,
                                                      .page_offset = 8});
    write_calls(writer);
    write_seen(writer);
}

/* ---- compared ---- */

static void same_text(const char *a, const char *b, const char *what)
{
    cr_expect((!a && !b) || (a && b && !strcmp(a, b)), "%s: %s, %s", what, a ? a : "-",
              b ? b : "-");
}

static void same_value(const struct cf_record *kept, const struct cf_record *read,
                       const char *parent, const char *key)
{
    uint64_t a = 0, b = 0;
    const char *x = cf_record_string(kept, parent, key), *y = cf_record_string(read, parent, key);

    cr_expect_eq(cf_record_u64(kept, parent, key, &a), cf_record_u64(read, parent, key, &b), "%s",
                 key);
    cr_expect_eq(a, b, "%s", key);
    if (x && y && !strcmp(x, "0x"))
        return; /* a number that a file has as digits */
    same_text(x, y, key);
}

static void same_lists(const struct cf_record *kept, const struct cf_record *read, const char *key)
{
    cr_expect_eq(cf_in_has(kept, key), cf_in_has(read, key), "%s", key);
    cr_expect_eq(cf_in_count(kept, key), cf_in_count(read, key), "%s", key);
    for (size_t i = 0; i < cf_in_count(read, key) + 1; i++) {
        uint64_t a = 0, b = 0;

        same_text(cf_in_string_at(kept, key, i),
                  cf_in_u64_at(read, key, i, &b) ? NULL : cf_in_string_at(read, key, i), key);
        cr_expect_eq(cf_in_u64_at(kept, key, i, &a), cf_in_u64_at(read, key, i, &b), "%s", key);
        cr_expect_eq(a, b);
    }
}

static void same_call(const struct cf_record *kept, const struct cf_record *read)
{
    const char *key;
    json_t *value;

    same_text(kept->call.fn, read->call.fn, "fn");
    same_text(kept->call.step, read->call.step, "step");
    cr_expect_eq(kept->call.id, read->call.id, "%s", read->call.fn);
    cr_expect_eq(kept->call.n, read->call.n);
    cr_expect_eq(kept->call.thread, read->call.thread);
    cr_expect_eq(kept->call.last_error, read->call.last_error);
    cr_expect_eq(kept->call.result, read->call.result);
    cr_expect_eq(kept->call.value, read->call.value);
    json_object_foreach(json_object_get(read->json, "in"), key, value)
    {
        same_value(kept, read, "in", key);
        if (!json_is_object(value))
            same_lists(kept, read, key);
    }
    json_object_foreach(json_object_get(read->json, "out"), key, value)
        same_value(kept, read, "out", key);
    cr_expect_eq(cf_in_has(kept, "no such key"), false);
    cr_expect_null(cf_out_string(kept, "no such key"));
}

static void same_memory(const struct cf_record *kept, const struct cf_record *read)
{
    same_text(kept->mem.sym, read->mem.sym, "sym");
    cr_expect_eq(kept->mem.fill, read->mem.fill);
    cr_expect_eq(kept->mem.merged, read->mem.merged);
    cr_expect_eq(kept->mem.poison_ok, read->mem.poison_ok);
    cr_expect_eq(kept->mem.after, read->mem.after);
    cr_assert_eq(kept->mem.changed_count, read->mem.changed_count);
    for (size_t i = 0; i < kept->mem.changed_count; i++) {
        cr_expect_eq(kept->mem.changed[i].from, read->mem.changed[i].from);
        cr_expect_eq(kept->mem.changed[i].to, read->mem.changed[i].to);
    }
}

static void same_record(const struct cf_record *kept, const struct cf_record *read)
{
    cr_assert_eq(kept->type, read->type);
    cr_expect_eq(kept->line, read->line);
    switch (read->type) {
    case CF_CALL:
        same_call(kept, read);
        break;
    case CF_MEM:
        same_memory(kept, read);
        break;
    case CF_CQE:
        cr_expect_str_eq(kept->cqe.ring, read->cqe.ring);
        cr_expect_eq(kept->cqe.user_data, read->cqe.user_data);
        cr_expect_eq(kept->cqe.information, read->cqe.information);
        cr_expect_eq(kept->cqe.hr, read->cqe.hr);
        cr_expect_eq(kept->cqe.order, read->cqe.order);
        cr_expect_eq(kept->cqe.after, read->cqe.after);
        break;
    case CF_EVT:
        cr_expect_str_eq(kept->evt.sym, read->evt.sym);
        cr_expect_str_eq(kept->evt.by, read->evt.by);
        cr_expect_eq(kept->evt.signalled, read->evt.signalled);
        cr_expect_eq(kept->evt.after, read->evt.after);
        break;
    case CF_OBJ:
        cr_expect_str_eq(kept->obj.sym, read->obj.sym);
        cr_expect_str_eq(kept->obj.kind, read->obj.kind);
        cr_expect_eq(kept->obj.flags, read->obj.flags);
        cr_expect_eq(kept->obj.nbytes, read->obj.nbytes);
        same_value(kept, read, NULL, "content");
        same_value(kept, read, NULL, "bytes");
        same_value(kept, read, NULL, "seed");
        break;
    case CF_SCN:
        cr_expect_str_eq(kept->scn.id, read->scn.id);
        cr_expect_eq(kept->scn.trial, read->scn.trial);
        same_value(kept, read, "params", "ioring");
        same_value(kept, read, "params", "host");
        same_value(kept, read, "params", "no such key");
        break;
    case CF_HDR:
        same_value(kept, read, "caps", "ver");
        same_value(kept, read, "caps", "features");
        same_value(kept, read, NULL, "engine");
        break;
    case CF_EXC:
        cr_expect_str_eq(kept->exc.kind, read->exc.kind);
        cr_expect_eq(kept->exc.code, read->exc.code);
        cr_expect_eq(kept->exc.exit_code, read->exc.exit_code);
        break;
    case CF_HIST:
        cr_expect_eq(kept->hist.trials, read->hist.trials);
        cr_expect_eq(kept->hist.vacuous, read->hist.vacuous);
        break;
    default:
        same_value(kept, read, NULL, "text");
        same_value(kept, read, NULL, "who");
        break;
    }
}

Test(trace_kept, says_what_a_file_says)
{
    struct cf_trace_writer *writer = cf_trace_keep(), *filed;
    char path[] = "/tmp/ringer-kept-XXXXXX";
    struct cf_trace_error error = {0};
    const struct cf_trace *kept;
    struct cf_trace *read;

    close(mkstemp(path));
    filed = cf_trace_create(path);
    cr_assert(writer && filed);
    write_all(filed);
    cr_assert(cf_trace_close(filed));
    read = cf_trace_load(path, &error);
    cr_assert(read, "line %zu: %s", error.line, error.text);
    unlink(path);
    for (int round = 0; round < 3; round++) { /* memory is used again */
        cf_trace_kept_clear(writer);
        write_all(writer);
        kept = cf_trace_kept(writer);
        cr_assert_eq(kept->count, read->count - 1, "all but the end");
        cr_expect_eq(kept->integrity, CF_TRACE_WHOLE);
        cr_expect_str_eq(kept->host, read->host);
        for (size_t i = 0; i < kept->count; i++)
            same_record(&kept->records[i], &read->records[i]);
    }
    cf_trace_free(read);
    cf_trace_close(writer);
}

Test(trace_kept, bytes_of_a_digest)
{
    struct cf_trace_writer *writer = cf_trace_keep();
    static char large[100000];
    const struct cf_trace *kept;
    char hex[CF_SHA256_HEX_SIZE];
    struct cf_trace_call call;
    size_t nbytes = 0;

    for (unsigned i = 0; i < 2; i++) {
        cf_trace_call_begin(&call, writer, "kit.check", "s", 0);
        cf_trace_out_digest(&call, "sha256", large, i ? sizeof(large) : 10);
        cf_trace_call_end_void(&call);
    }
    kept = cf_trace_kept(writer);
    cr_assert(cf_out_digested(&kept->records[0], "sha256", &nbytes));
    cr_expect_eq(nbytes, 10);
    cf_sha256_of(large, 10, hex);
    cr_expect_str_eq(cf_out_string(&kept->records[0], "sha256"), hex);
    cr_expect_null(cf_out_digested(&kept->records[1], "sha256", &nbytes), "too long to be kept");
    cf_sha256_of(large, sizeof(large), hex);
    cr_expect_str_eq(cf_out_string(&kept->records[1], "sha256"), hex);
    cf_trace_close(writer);
}

/* ---- threads ---- */

enum { CALLS = 2000 };
static const char long_name[] =
    "a name that does not fit into the room that a call has for short ones, "
    "and so is put elsewhere, under the lock of the writer; longer than 128";

static void *call_often(void *writer)
{
    for (unsigned i = 0; i < CALLS; i++) {
        struct cf_trace_call call;

        cf_trace_call_begin(&call, writer, "SubmitIoRing", "s", 1);
        cf_trace_in_u64(&call, "wait", i);
        cf_trace_in_sym(&call, "ring", long_name);
        cf_trace_call_end(&call, 0, 0);
    }
    return NULL;
}

Test(trace_kept, from_several_threads)
{
    struct cf_trace_writer *writer = cf_trace_keep();
    const struct cf_trace *kept = cf_trace_kept(writer);
    bool seen[3 * CALLS + 1] = {false};
    pthread_t threads[3];

    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, call_often, writer), 0);
    for (unsigned i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(kept->count, 3 * CALLS);
    for (size_t i = 0; i < kept->count; i++) {
        uint64_t wait = CALLS;

        cr_assert(kept->records[i].call.n <= 3 * CALLS && !seen[kept->records[i].call.n]);
        seen[kept->records[i].call.n] = true;
        cr_expect(cf_in_u64(&kept->records[i], "wait", &wait) && wait < CALLS);
        cr_expect_str_eq(cf_in_string(&kept->records[i], "ring"), long_name);
    }
    cf_trace_close(writer);
}
