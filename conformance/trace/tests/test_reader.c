/* SPDX-License-Identifier: MIT */
/* What the reader refuses and at which line, what it keeps, and the comparable form. */
#include "conformance/trace/reader.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define HDR "{\"t\":\"hdr\",\"schema\":\"ringer-trace/1\",\"host\":\"synthetic\"}\n"
#define CALL(n, th, t0, t1, rest) \
    "{\"t\":\"call\",\"n\":" #n ",\"th\":" #th "," rest ",\"hr\":\"0x00000000\",\"le\":0,\"t0\":" #t0 \
    ",\"t1\":" #t1 "}\n"

static struct cf_trace *parse(const char *text, struct cf_trace_error *error)
{
    return cf_trace_parse(text, strlen(text), error);
}

Test(trace_reader, refuses_with_the_line)
{
    static const struct {
        const char *text;
        size_t line;
    } bad[] = {
        {"", 0},
        {"\n", 1},
        {"[]\n", 1},
        {"{\"t\":\"note\"}\n", 1},
        {"{\"t\":\"hdr\",\"schema\":\"ringer-trace/2\"}\n", 1},
        {"{\"t\":\"hdr\"}\n", 1},
        {HDR HDR, 2},
        {HDR "{\"t\":7}\n", 2},
        {HDR "{\"t\":\"call\"}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":-1,\"fn\":\"x\"}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":1.5,\"fn\":\"x\"}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":1,\"n\":1,\"fn\":\"x\"}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":1,\"fn\":\"x\",\"in\":[]}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":1,\"fn\":\"x\",\"hr\":\"0x1ffffffff\"}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":1,\"fn\":\"x\",\"hr\":0,\"ret\":0}\n", 2},
        {HDR "{\"t\":\"call\",\"n\":1,\"fn\":\"x\",\"t0\":9,\"t1\":8}\n", 2},
        {HDR "\n" HDR, 2},
        {HDR "{\"t\":\"cqe\",\"ring\":\"r0\",\"ud\":\"0xZ\",\"hr\":0,\"info\":0}\n", 2},
        {HDR "{\"t\":\"cqe\",\"ring\":\"r0\",\"ud\":\"0x11111111111111111\",\"hr\":0,\"info\":0}\n", 2},
        {HDR "{\"t\":\"mem\",\"sym\":\"b0\",\"changed\":[[4,4]]}\n", 2},
        {HDR "{\"t\":\"mem\",\"sym\":\"b0\",\"changed\":[[1]]}\n", 2},
        {HDR "{\"t\":\"mem\",\"sym\":\"b0\",\"changed\":7}\n", 2},
        {HDR "{\"t\":\"mem\",\"sym\":\"b0\",\"changed\":[],\"poison_ok\":1}\n", 2},
        {HDR "{\"t\":\"evt\",\"sym\":\"e0\",\"signalled\":1}\n", 2},
        {HDR "{\"t\":\"exc\",\"exit\":\"x\"}\n", 2},
        {HDR "{\"t\":\"end\",\"lines\":2,\"calls\":0}\n", 2},
        {HDR "{\"t\":\"end\",\"lines\":2,\"calls\":0,\"sha256\":\"\"}\n{\"t\":\"note\"}\n", 3},
        {HDR "{\"t\":\"note\",\"text\":\"\\u0000\"}\n", 2},
        {HDR "{\"t\":\"note\",\"text\":\"\xff\"}\n", 2},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct cf_trace_error error = {.line = 77};

        cr_expect_null(parse(bad[i].text, &error), "%zu was accepted", i);
        cr_expect_eq(error.line, bad[i].line, "%zu: line %zu", i, error.line);
        cr_expect(*error.text);
    }
}

/* Each prefix and each single damaged byte of a good file: an answer, and no crash. */
Test(trace_reader, damaged_files)
{
    static const char good[] = HDR
        CALL(1, 0, 1, 2, "\"fn\":\"CreateIoRing\",\"in\":{\"ver\":300},\"out\":{\"ring\":\"r0\"}")
        "{\"t\":\"mem\",\"sym\":\"b0\",\"changed\":[[0,4],[8,9]],\"after\":1}\n";
    char copy[sizeof(good)];
    struct cf_trace_error error;

    for (size_t length = 0; length < sizeof(good); length++) {
        struct cf_trace *trace = cf_trace_parse(good, length, &error);

        if (trace)
            cr_expect(trace->cut_line == (good[length - 1] != '\n'));
        cf_trace_free(trace);
    }
    for (size_t i = 0; i < sizeof(good) - 1; i++) {
        memcpy(copy, good, sizeof(good));
        for (int byte = 0; byte < 256; byte += 5) {
            copy[i] = (char)byte;
            cf_trace_free(cf_trace_parse(copy, sizeof(good) - 1, &error));
        }
    }
}

Test(trace_reader, keeps_what_it_does_not_know)
{
    struct cf_trace_error error;
    struct cf_trace *trace = parse(HDR "{\"t\":\"etw\",\"prov\":\"x\"}\n"
                                       "{\"t\":\"note\",\"text\":\"y\",\"colour\":3}\n", &error);

    cr_assert(trace, "%s", error.text);
    cr_expect_eq(trace->records[1].type, CF_OTHER);
    cr_expect_str_eq(cf_record_string(&trace->records[1], NULL, "prov"), "x");
    cr_expect_eq(trace->integrity, CF_TRACE_NO_END);
    cf_trace_free(trace);
}

Test(trace_reader, hash_and_counts)
{
    struct cf_trace_error error;
    struct cf_trace *trace = parse(HDR "{\"t\":\"end\",\"lines\":2,\"calls\":0,\"sha256\":\"00\"}\n",
                                   &error);

    cr_assert(trace);
    cr_expect_eq(trace->integrity, CF_TRACE_BAD_HASH);
    cf_trace_free(trace);
    /* sha256 of HDR */
    trace = parse(HDR "{\"t\":\"end\",\"lines\":3,\"calls\":0,\"sha256\":"
                      "\"df338ce71821101ab4a7a9691a8aeb40763a5ef6a4750bc6044992505ca39c71\"}\n", &error);
    cr_assert(trace);
    cr_expect_eq(trace->integrity, CF_TRACE_BAD_COUNT);
    cf_trace_free(trace);
}

/* Two runs of one program: other numbers in symbols, other times, threads interleaved otherwise. */
Test(trace_reader, canonical_form)
{
    struct cf_trace_error error;
    struct cf_trace *one = parse(HDR
        CALL(1, 0, 1, 2, "\"fn\":\"CreateIoRing\",\"out\":{\"ring\":\"r0\"}")
        CALL(2, 1, 3, 9, "\"fn\":\"SetEvent\",\"in\":{\"event\":\"e5\"}")
        CALL(3, 0, 4, 5, "\"fn\":\"PopIoRingCompletion\",\"in\":{\"ring\":\"r0\"}")
        "{\"t\":\"cqe\",\"ring\":\"r0\",\"ud\":\"0x1\",\"hr\":0,\"info\":0,\"after\":3}\n", &error);
    struct cf_trace *two = parse(HDR
        CALL(1, 0, 1, 2, "\"fn\":\"CreateIoRing\",\"out\":{\"ring\":\"r7\"}")
        CALL(2, 0, 4, 5, "\"fn\":\"PopIoRingCompletion\",\"in\":{\"ring\":\"r7\"}")
        CALL(3, 1, 6, 9, "\"fn\":\"SetEvent\",\"in\":{\"event\":\"e0\"}")
        "{\"t\":\"cqe\",\"ring\":\"r7\",\"ud\":\"0x1\",\"hr\":0,\"info\":0,\"after\":2}\n", &error);
    struct cf_trace *other = parse(HDR
        CALL(1, 0, 1, 2, "\"fn\":\"CreateIoRing\",\"out\":{\"ring\":\"r7\"}")
        CALL(2, 0, 4, 5, "\"fn\":\"PopIoRingCompletion\",\"in\":{\"ring\":\"r7\"}")
        CALL(3, 1, 6, 9, "\"fn\":\"SetEvent\",\"in\":{\"event\":\"e0\"}")
        "{\"t\":\"cqe\",\"ring\":\"r7\",\"ud\":\"0x2\",\"hr\":0,\"info\":0,\"after\":2}\n", &error);
    char *first, *second, *third;

    cr_assert(one && two && other);
    first = cf_trace_canonical(one);
    second = cf_trace_canonical(two);
    third = cf_trace_canonical(other);
    cr_expect_str_eq(first, second);
    cr_expect(strcmp(first, third));
    cr_expect(strstr(first, "\"ring\":\"r0\""));
    free(first);
    free(second);
    free(third);
    cf_trace_free(one);
    cf_trace_free(two);
    cf_trace_free(other);
}
