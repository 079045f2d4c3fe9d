/* SPDX-License-Identifier: MIT */
/* Runs tests/traced under the tracer and reads what it left. */
#include "conformance/trace/reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char trace_path[64], data_path[64];

static int run(const char *hook)
{
    const char *program = getenv("CF_TRACED");
    char hooks[512];
    int status;
    pid_t child;

    cr_assert(program && hook);
    snprintf(hooks, sizeof(hooks), "%s:%s", hook, trace_path);
    child = fork();
    if (!child) {
        setenv("RINGER_HOOKS", hooks, 1);
        execl(program, program, data_path, (char *)NULL);
        _exit(127);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "the traced program died by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

static void make_files(void)
{
    int fd;

    strcpy(trace_path, "/tmp/ringer-trace-XXXXXX");
    strcpy(data_path, "/tmp/ringer-data-XXXXXX");
    fd = mkstemp(trace_path);
    cr_assert(fd >= 0);
    close(fd);
    fd = mkstemp(data_path);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, "0123456789", 10), 10);
    close(fd);
}

static void remove_files(void)
{
    unlink(trace_path);
    unlink(data_path);
}

TestSuite(tracer, .init = make_files, .fini = remove_files);

static const struct cf_record *find(const struct cf_trace *trace, const char *fn)
{
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->records[i].type == CF_CALL && !strcmp(trace->records[i].call.fn, fn))
            return &trace->records[i];
    }
    cr_assert_fail("no call of %s", fn);
    return NULL;
}

Test(tracer, records_an_unmodified_program)
{
    struct cf_trace_error error = {0};
    const struct cf_record *read, *mem = NULL;
    struct cf_trace *trace;
    size_t sets = 0, events = 0, created = 0;
    uint64_t value, threads = 0;
    const char *buffer;

    cr_assert_eq(run(getenv("CF_TRACER")), 0, "the traced program saw the tracer");
    trace = cf_trace_load(trace_path, &error);
    cr_assert(trace, "line %zu: %s", error.line, error.text);
    cr_expect_eq(trace->integrity, CF_TRACE_WHOLE);
    cr_expect_str_eq(trace->host, "ringer");

    read = find(trace, "BuildIoRingReadFile");
    buffer = cf_in_string(read, "buf");
    cr_assert(buffer);
    cr_expect_str_eq(cf_in_string(read, "ring"), cf_out_string(find(trace, "CreateIoRing"), "ring"));
    cr_expect_str_eq(cf_in_string(read, "file"), cf_out_string(find(trace, "CreateFileA"), "file"));
    cr_expect(cf_in_u64(read, "ud", &value) && value == 0xabc);
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_CQE) {
            cr_expect_eq(record->cqe.user_data, 0xabc);
            cr_expect_eq(record->cqe.information, 10);
        } else if (record->type == CF_MEM && !record->mem.fill &&
                   !strcmp(record->mem.sym, buffer)) {
            mem = record;
        } else if (record->type == CF_EVT) {
            events++;
        } else if (record->type == CF_CALL) {
            cr_expect(strncmp(record->call.fn, "Nt", 2), "what SubmitIoRing calls was recorded");
            sets += !strcmp(record->call.fn, "SetEvent");
            created += !strcmp(record->call.fn, "CreateEventW");
            threads |= 1ull << (record->call.thread & 63);
        }
    }
    cr_assert(mem, "no look at the buffer");
    cr_assert_eq(mem->mem.changed_count, 1);
    cr_expect_eq(mem->mem.changed[0].from, 0);
    cr_expect_eq(mem->mem.changed[0].to, 10);
    cr_expect_eq(sets, 4 * 50);
    cr_expect_eq(events, 4 * 50);
    cr_expect_eq(created, 4 + 1, "the forked child was recorded");
    cr_expect_eq(threads, 0x1f);
    cf_trace_free(trace);
}

/* A program must not run believing that it is recorded. */
Test(tracer, refuses_a_file_it_cannot_write)
{
    remove_files();
    strcpy(trace_path, "/nonexistent/directory/trace");
    cr_expect_neq(run(getenv("CF_TRACER")), 0);
}
