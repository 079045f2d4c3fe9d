/* SPDX-License-Identifier: MIT */
/*
 * Expectations from anywhere, judging a trace from anywhere: the input is the text of one .expect
 * file, then a line "%%", then a trace (without it: a small one of ours). Each expectation gets one
 * finding and two readable texts, whatever it asks for.
 */
#include "conformance/fuzz/fuzz.h"
#include "conformance/kit/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHECK(condition)                                                      \
    do {                                                                      \
        if (!(condition)) {                                                   \
            fprintf(stderr, "fuzz_expect:%d: %s\n", __LINE__, #condition);    \
            abort();                                                          \
        }                                                                     \
    } while (0)

static const char small_trace[] =
    "{\"t\":\"hdr\",\"schema\":\"ringer-trace/1\",\"host\":\"synthetic\"}\n"
    "{\"t\":\"scn\",\"id\":\"x.y\",\"trial\":0,\"params\":{\"ioring\":\"300\",\"ops\":\"511\","
    "\"bits\":\"64\",\"host\":\"linux\",\"nt\":\"1\",\"features\":\"2\"}}\n"
    "{\"t\":\"call\",\"n\":1,\"th\":0,\"fn\":\"SubmitIoRing\",\"step\":\"s\",\"t0\":1,\"t1\":2,"
    "\"in\":{\"ring\":\"r\",\"wait\":1,\"ms\":5},\"hr\":\"0x00000000\",\"out\":{\"submitted\":2}}\n"
    "{\"t\":\"cqe\",\"ring\":\"r\",\"ud\":\"0x1\",\"hr\":\"0x00000000\",\"info\":8,\"order\":0,"
    "\"after\":1}\n"
    "{\"t\":\"evt\",\"sym\":\"e\",\"signalled\":true,\"by\":\"poll\",\"value\":0,\"after\":1}\n"
    "{\"t\":\"mem\",\"sym\":\"b\",\"changed\":[[0,8]],\"after\":1}\n";

/* A file that only this process sees; the judge reads traces by path. */
static int file_of(const void *bytes, size_t count, char path[64])
{
    int fd = memfd_create("trace", MFD_CLOEXEC);

    CHECK(fd >= 0 && write(fd, bytes, count) == (ssize_t)count);
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

static void judge(const struct cf_expect_set *set, const char *path)
{
    struct cf_expect_results results = {0};
    struct cf_error error = {0};

    if (!cf_expect_judge(set, path, "threads", &results, &error)) {
        CHECK(error.text[0]);
        return;
    }
    CHECK(results.count == cf_expect_size(set));
    for (size_t i = 0; i < results.count; i++) {
        CHECK(results.items[i].want && results.items[i].seen && results.items[i].field);
        CHECK(results.items[i].verdict <= CF_REPORT);
        CHECK(cf_finding_name(results.items[i].verdict));
        CHECK(cf_basis_name(results.items[i].basis) && cf_class_name(results.items[i].class_));
    }
    cf_expect_results_fini(&results);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static const char cut[] = "\n%%\n";
    const uint8_t *at = memmem(bytes, count, cut, sizeof cut - 1);
    size_t nbytes = at ? (size_t)(at - bytes) + 1 : count;
    const void *trace = at ? at + sizeof cut - 1 : (const void *)small_trace;
    size_t trace_nbytes = at ? count - nbytes - (sizeof cut - 2) : sizeof small_trace - 1;
    struct cf_error error = {0};
    struct cf_expect_set *set = cf_expect_parse((const char *)bytes, nbytes, "fuzz", &error);
    char path[64];
    int fd;

    if (!set) {
        CHECK(error.text[0]);
        return 0;
    }
    CHECK(cf_expect_scenario(set));
    fd = file_of(trace, trace_nbytes, path);
    judge(set, path);
    close(fd);
    cf_expect_destroy(set);
    return 0;
}
