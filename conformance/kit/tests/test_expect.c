/* SPDX-License-Identifier: MIT */
/* The judge on hand-made traces: each class, groups, controls, conditions, trials. */
#include "conformance/kit/kit.h"
#include "conformance/trace/reader.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HDR "{\"t\":\"hdr\",\"schema\":\"ringer-trace/1\",\"host\":\"synthetic\"}\n"
#define SCN                                                                                    \
    "{\"t\":\"scn\",\"id\":\"a\",\"title\":\"t\",\"needs\":[],\"params\":{\"ioring\":\"400\"," \
    "\"bits\":\"64\",\"host\":\"linux\",\"ops\":\"2\"},\"trial\":0}\n"
#define CALL(n, step, fn, out, hr)                                             \
    "{\"t\":\"call\",\"n\":" #n ",\"step\":\"" step "\",\"th\":0,\"fn\":\"" fn \
    "\",\"in\":{},\"out\":{" out "},\"hr\":\"" hr "\",\"le\":0,\"t0\":1,\"t1\":2}\n"
#define CQE(ud, hr, order)                                         \
    "{\"t\":\"cqe\",\"ring\":\"r\",\"ud\":\"" ud "\",\"hr\":\"" hr \
    "\",\"info\":\"0x8\",\"order\":" #order ",\"after\":1}\n"

/* The short question has the long one's answer. */
static void says_the_same(const struct cf_expect_set *set, const char *path,
                          const struct cf_expect_results *results)
{
    struct cf_trace_error error;
    struct cf_trace *loaded = cf_trace_load(path, &error);
    bool failed = false;

    cr_assert_not_null(loaded);
    for (size_t i = 0; i < results->count; i++)
        failed |= results->items[i].verdict == CF_FAIL;
    cr_expect_eq(cf_expect_holds(set, loaded, NULL), !failed);
    cf_trace_free(loaded);
}

static enum cf_finding judge_line(const char *trace, const char *expectations, size_t which)
{
    char path[] = "/tmp/cf-expect-XXXXXX", text[2000];
    struct cf_expect_results results;
    struct cf_error error = {0};
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    enum cf_finding verdict;

    fputs(trace, file);
    fclose(file);
    snprintf(text, sizeof text, "expect 1\nscenario a\n%s", expectations);
    struct cf_expect_set *set = cf_expect_parse(text, strlen(text), "t.expect", &error);
    cr_assert_not_null(set, "%u: %s", error.line, error.text);
    bool good = cf_expect_judge(set, path, NULL, &results, &error);
    cr_assert(good, "%u: %s", error.line, error.text);
    verdict = results.items[which].verdict;
    says_the_same(set, path, &results);
    cr_assert_not_null(results.items[which].seen);
    cf_expect_results_fini(&results);
    cf_expect_destroy(set);
    unlink(path);
    return verdict;
}

static enum cf_finding judge(const char *trace, const char *expectation)
{
    return judge_line(trace, expectation, 0);
}

#define B " basis=decision\n"

Test(expect, values)
{
    static const char trace[] =
        HDR SCN CALL(1, "s1", "SubmitIoRing", "\"submitted\":2", "0x00000000")
            CQE("0x1", "0x80070057", 0) CQE("0x2", "0x00000000", 1);

    cr_expect_eq(judge(trace, "expect s1.hr exact S_OK" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect s1.hr exact 1" B), CF_FAIL);
    cr_expect_eq(judge(trace, "expect s1.out.submitted exact 2" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect s1.out.absent exact 2" B), CF_FAIL);
    cr_expect_eq(judge(trace, "expect s1.count exact 1" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[1].hr exact 0x80070057" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[1].hr exact fail" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[1..2].hr exact ok" B), CF_FAIL);
    cr_expect_eq(judge(trace, "expect cqe[1..2].hr set { ok E_INVALIDARG }" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[9].hr exact ok" B), CF_FAIL);
    cr_expect_eq(judge(trace, "expect cqe[9].count exact 0" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[q:1].count exact 0" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[1].info exact 1..8" B), CF_PASS);
    cr_expect_eq(judge(trace, "expect cqe[1].info exact not:8" B), CF_FAIL);
    cr_expect_eq(judge(trace, "expect s1.ms stat 5" B), CF_REPORT);
    cr_expect_eq(judge(trace, "expect cqe[1].hr exact 0 when=ioring<300 basis=decision\n"),
                 CF_UNMET);
}

Test(expect, order_and_control)
{
    static const char one[] = HDR SCN CQE("0x1", "0x00000000", 0) CQE("0x2", "0x00000000", 1)
        CQE("0x3", "0x00000000", 2) CQE("0x4", "0x00000000", 3);
    static const char two[] = HDR SCN CQE("0x1", "0x00000000", 0) CQE("0x2", "0x00000000", 1)
        CQE("0x4", "0x00000000", 2) CQE("0x3", "0x00000000", 3);

    cr_expect_eq(judge(one, "expect order cqe[1] < cqe[2..4]" B), CF_PASS);
    cr_expect_eq(judge(one, "expect order cqe[2] < cqe[1]" B), CF_FAIL);
    cr_expect_eq(judge(one, "expect order cqe[1] < cqe[7]" B), CF_FAIL);
    cr_expect_eq(judge(one, "expect order cqe[1] < cqe[2] control=cqe[3]<cqe[4] basis=decision\n"),
                 CF_VACUOUS);
    cr_expect_eq(judge(two, "expect order cqe[1] < cqe[2] control=cqe[3]<cqe[4] basis=decision\n"),
                 CF_PASS);
}

Test(expect, groups_of_cases)
{
    static const char trace[] = HDR SCN CQE("0x1", "0x00000000", 0) CQE("0x2", "0x80070490", 1);
    static const char lines[] = "expect cqe[1].hr exact E_ABORT alt=c:won basis=decision\n"
                                "expect cqe[2].hr exact S_OK alt=c:won basis=decision\n"
                                "expect cqe[1].hr exact S_OK alt=c:late basis=decision\n"
                                "expect cqe[2].hr exact E_NOT_FOUND alt=c:late basis=decision\n";
    static const char mixed[] = HDR SCN CQE("0x1", "0x80004004", 0) CQE("0x2", "0x80070490", 1);

    cr_expect_eq(judge_line(trace, lines, 0), CF_REPORT);
    cr_expect_eq(judge_line(trace, lines, 3), CF_PASS);
    cr_expect_eq(judge_line(mixed, lines, 1), CF_FAIL);
    cr_expect_eq(judge_line(mixed, lines, 2), CF_FAIL);
}

Test(expect, every_trial_counts)
{
    static const char trace[] = HDR SCN CQE("0x1", "0x00000000", 0) SCN CQE("0x1", "0x80004005", 0);

    cr_expect_eq(judge(trace, "expect cqe[1].hr exact S_OK" B), CF_FAIL);
    cr_expect_eq(judge(HDR, "expect cqe[1].count exact 0" B), CF_FAIL);
}

static void refused(const char *text)
{
    struct cf_error error;

    cr_expect_null(cf_expect_parse(text, strlen(text), "t.expect", &error), "taken: %s", text);
}

Test(expect, refuses)
{
    refused("expect 1\nscenario a\n");
    refused("expect 1\nscenario a\nexpect s1.hr exact 0\n");
    refused("expect 1\nscenario a\nexpect s1.hr exact 0 basis=rumour\n");
    refused("expect 1\nscenario a\nexpect s1.hr exact 0 basis=documented\n");
    refused("expect 1\nscenario a\nexpect s1.hr exact zero basis=decision\n");
    refused("expect 1\nscenario a\nexpect s1.hue exact 0 basis=decision\n");
    refused("expect 1\nscenario a\nexpect s1.hr set { 0 basis=decision\n");
    refused("expect 2\nscenario a\nexpect s1.hr exact 0 basis=decision\n");
}
