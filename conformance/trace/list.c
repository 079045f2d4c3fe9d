/* SPDX-License-Identifier: MIT */
/* A trace as text. */
#include "conformance/trace/view.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void put_value(const json_t *value, FILE *out)
{
    if (json_is_string(value)) {
        fputs(json_string_value(value), out);
    } else {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

        fputs(text ? text : "?", out);
        free(text);
    }
}

static void put_pairs(const json_t *object, FILE *out)
{
    const char *key, *separator = "";
    json_t *value;

    json_object_foreach((json_t *)object, key, value) {
        fprintf(out, "%s%s=", separator, key);
        put_value(value, out);
        separator = ", ";
    }
}

static void list_call(const struct cf_record *record, FILE *out)
{
    static const char *const names[] = {"", "hr=", "st=", ""};
    const json_t *outs = json_object_get(record->json, "out");

    fprintf(out, "%6llu  th%llu %10.3f us  %s(", (unsigned long long)record->call.n,
            (unsigned long long)record->call.thread,
            (double)(record->call.t1_ns - record->call.t0_ns) / 1000.0, record->call.fn);
    put_pairs(json_object_get(record->json, "in"), out);
    fputc(')', out);
    if (record->call.result == CF_RESULT_RET)
        fprintf(out, " = %llu", (unsigned long long)record->call.value);
    else if (record->call.result != CF_RESULT_NONE)
        fprintf(out, " %s0x%08llx", names[record->call.result], (unsigned long long)record->call.value);
    if (record->call.last_error)
        fprintf(out, " error=%llu", (unsigned long long)record->call.last_error);
    if (json_object_size(outs)) {
        fputs(" -> ", out);
        put_pairs(outs, out);
    }
    if (record->call.step)
        fprintf(out, "  [%s]", record->call.step);
    fputc('\n', out);
}

static void list_other(const struct cf_record *record, FILE *out)
{
    const char *type = cf_record_string(record, NULL, "t");
    json_t *copy = json_copy(record->json);

    json_object_del(copy, "t");
    json_object_del(copy, "title");
    fprintf(out, "        %s  ", type ? type : "?");
    put_pairs(copy, out);
    fputc('\n', out);
    json_decref(copy);
}

void cf_trace_list(const struct cf_trace *trace, FILE *out)
{
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];
        const char *title = cf_record_string(record, NULL, "title");

        switch (record->type) {
        case CF_CALL:
            list_call(record, out);
            break;
        case CF_SCN:
            fprintf(out, "\n%s, trial %llu: %s\n", record->scn.id, (unsigned long long)record->scn.trial,
                    title ? title : "");
            break;
        default:
            list_other(record, out);
        }
    }
}
