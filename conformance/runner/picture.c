/* SPDX-License-Identifier: MIT */
/* Judges a trace and hands verdict, schedule and trace to who draws. */
#include "conformance/runner/picture.h"

#include "conformance/explore/schedule.h"
#include "conformance/oracle/oracle.h"
#include "conformance/runner/cmd.h"
#include "conformance/trace/swimlane.h"

#include <stdlib.h>
#include <string.h>

/*
 * "choice 3, thread 0 at call: complete 2 (of go-on, complete 2)"; NULL: the default, or not well
 * formed.
 */
static char *choice_line(const json_t *choice)
{
    const json_t *options = json_object_get(choice, "options");
    json_int_t answer = json_integer_value(json_object_get(choice, "answer"));
    const char *where = json_string_value(json_object_get(choice, "where"));
    const char *taken =
        answer > 0 ? json_string_value(json_array_get(options, (size_t)answer)) : NULL;
    char *line;

    if (!taken || !where)
        return NULL;
    line =
        run_format("choice %lld, thread %lld at %s: %s (of",
                   (long long)json_integer_value(json_object_get(choice, "choice")),
                   (long long)json_integer_value(json_object_get(choice, "thread")), where, taken);
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        char *longer = run_format("%s%s %s", line, i ? "," : "", option ? option : "?");

        free(line);
        line = longer;
    }
    taken = line;
    line = run_format("%s)", taken);
    free((char *)taken);
    return line;
}

static size_t read_choices(const json_t *schedule, char **lines)
{
    const json_t *choices = json_object_get(schedule, "choices");
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(choices); i++) {
        lines[count] = choice_line(json_array_get(choices, i));
        count += lines[count] != NULL;
    }
    return count;
}

bool run_picture_schedule(const char *path, json_t **schedule_out, char **error_out)
{
    json_error_t error;
    const char *schema;

    *schedule_out = json_load_file(path, 0, &error);
    if (!*schedule_out) {
        *error_out = run_format("%s:%d: %s", path, error.line, error.text);
        return false;
    }
    schema = json_string_value(json_object_get(*schedule_out, "schema"));
    if (schema && !strcmp(schema, CF_SCHEDULE_SCHEMA) &&
        json_is_array(json_object_get(*schedule_out, "choices")))
        return true;
    *error_out = run_format("%s: no %s", path, CF_SCHEDULE_SCHEMA);
    json_decref(*schedule_out);
    *schedule_out = NULL;
    return false;
}

bool run_picture(const struct cf_trace *trace, const char *title, const json_t *schedule,
                 const char *suspect, FILE *out)
{
    size_t most = json_array_size(json_object_get(schedule, "choices"));
    char **lines = run_xalloc((most + 1) * sizeof(*lines));
    struct cf_swim_fault *faults;
    struct cf_verdict verdict = {0};
    struct cf_swimlane picture = {.trace = trace, .title = title};
    bool good;

    cf_oracle_check(trace, &verdict);
    faults = run_xalloc((verdict.violation_count + 1) * sizeof(*faults));
    faults[0] = (struct cf_swim_fault){0, "the schedule", "where this run is not the usual one", suspect};
    for (size_t i = 0; i < verdict.violation_count; i++) {
        const struct cf_violation *violation = &verdict.violations[i];

        faults[i] = (struct cf_swim_fault){violation->line, violation->rule->id,
                                           violation->rule->text, violation->text};
    }
    picture.is_judged = !verdict.out_of_memory;
    picture.faults = faults;
    picture.fault_count = verdict.violation_count ? verdict.violation_count : *suspect != '\0';
    picture.choice_count = read_choices(schedule, lines);
    picture.choices = schedule ? (const char *const *)lines : NULL;
    picture.failure = json_string_value(json_object_get(schedule, "failure"));
    good = cf_trace_swimlane(&picture, out);
    for (size_t i = 0; i < picture.choice_count; i++)
        free(lines[i]);
    free(lines);
    free(faults);
    cf_verdict_fini(&verdict);
    return good;
}
