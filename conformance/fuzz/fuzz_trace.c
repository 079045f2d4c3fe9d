/* SPDX-License-Identifier: MIT */
/*
 * Traces from anywhere: the reader, its four views, the oracle and the comparison of a replay.
 * Nothing may crash, leak or go on for ever, a refusal says why, a verdict given twice is the same,
 * and what Perfetto gets is JSON.
 */
#include "conformance/fuzz/fuzz.h"
#include "conformance/oracle/oracle.h"
#include "conformance/replay/replay.h"
#include "conformance/trace/reader.h"
#include "conformance/trace/swimlane.h"
#include "conformance/trace/view.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "fuzz_trace:%d: %s\n", __LINE__, #condition);      \
            abort();                                                           \
        }                                                                      \
    } while (0)

static void judge(const struct cf_trace *trace)
{
    struct cf_verdict first, second;
    size_t rules;

    cf_oracle_rules(&rules);
    cf_oracle_check(trace, &first);
    cf_oracle_check(trace, &second);
    CHECK(first.rule_count == rules && second.rule_count == rules);
    CHECK(first.violation_count == second.violation_count);
    CHECK(!memcmp(first.uses, second.uses, rules * sizeof *first.uses));
    for (size_t i = 0; i < first.violation_count; i++) {
        CHECK(first.violations[i].rule == second.violations[i].rule);
        CHECK(first.violations[i].line == second.violations[i].line);
        CHECK(memchr(first.violations[i].text, 0, sizeof first.violations[i].text));
    }
    cf_verdict_fini(&first);
    cf_verdict_fini(&second);
}

static void view(const struct cf_trace *trace)
{
    struct cf_track tracks[2] = {{trace, "first"}, {trace, "second"}};
    char *text = NULL;
    size_t nbytes = 0;
    FILE *out = open_memstream(&text, &nbytes);
    json_t *events;

    CHECK(out);
    cf_trace_list(trace, out);
    CHECK(!fflush(out));
    rewind(out);
    CHECK(cf_trace_perfetto(tracks, 2, out) && !fclose(out));
    events = json_loadb(text, nbytes, JSON_ALLOW_NUL, NULL);
    CHECK(events);
    json_decref(events);
    free(text);
}

/* The picture, with all that the oracle has to say; no byte of it may be one that XML cannot hold. */
static void draw(const struct cf_trace *trace)
{
    struct cf_verdict verdict;
    struct cf_swim_fault *faults;
    char *text = NULL;
    size_t nbytes = 0;
    FILE *out = open_memstream(&text, &nbytes);

    cf_oracle_check(trace, &verdict);
    faults = calloc(verdict.violation_count + 1, sizeof *faults);
    CHECK(out && faults);
    for (size_t i = 0; i < verdict.violation_count; i++) {
        const struct cf_violation *v = &verdict.violations[i];

        faults[i] = (struct cf_swim_fault){v->line, v->rule->id, v->rule->text, v->text};
    }
    CHECK(cf_trace_swimlane(&(struct cf_swimlane){.trace = trace, .title = trace->host, .is_judged = true,
                                                  .faults = faults, .fault_count = verdict.violation_count},
                            out));
    CHECK(!fclose(out) && nbytes > 12);
    CHECK(!strncmp(text, "<svg ", 5) && !strcmp(text + nbytes - 7, "</svg>\n"));
    for (size_t i = 0; i < nbytes; i++)
        CHECK((unsigned char)text[i] >= 0x20 || strchr("\n\r\t", text[i]));
    free(text);
    free(faults);
    cf_verdict_fini(&verdict);
}

static void compare(const struct cf_trace *trace)
{
    struct cf_comparison comparison;

    cf_compare(trace, trace, &comparison);
    CHECK(comparison.illegal <= comparison.count && comparison.compared <= comparison.calls);
    for (size_t i = 0; i < comparison.count; i++) {
        CHECK(comparison.items[i].fn && comparison.items[i].scenario);
    }
    cf_comparison_fini(&comparison);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct cf_trace_error error = {0};
    struct cf_trace *trace = cf_trace_parse((const char *)bytes, count, &error);
    char *text;

    if (!trace) {
        CHECK(error.text[0] && memchr(error.text, 0, sizeof error.text));
        return 0;
    }
    CHECK(trace->integrity <= CF_TRACE_BAD_COUNT && trace->host);
    for (size_t i = 0; i < trace->count; i++) {
        CHECK(trace->records[i].type <= CF_OTHER && trace->records[i].line);
    }
    text = cf_trace_canonical(trace);
    CHECK(text);
    free(text);
    view(trace);
    draw(trace);
    judge(trace);
    compare(trace);
    cf_trace_free(trace);
    return 0;
}
