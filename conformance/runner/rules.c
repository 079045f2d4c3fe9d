/* SPDX-License-Identifier: MIT */
/* Reads a trace and asks the oracle. */
#include "conformance/runner/rules.h"

#include "conformance/oracle/oracle.h"
#include "conformance/runner/cmd.h"
#include "conformance/trace/reader.h"

#include <stdlib.h>

static void keep(struct run_rules *rules, const struct cf_verdict *verdict)
{
    size_t count;
    const struct cf_rule_info *infos = cf_oracle_rules(&count);

    rules->breaches = run_xalloc(verdict->violation_count * sizeof(*rules->breaches));
    for (size_t i = 0; i < verdict->violation_count; i++) {
        const struct cf_violation *v = &verdict->violations[i];

        rules->breaches[rules->breach_count++] = (struct run_breach){
            v->rule->id, v->rule->grade, v->rule->basis, v->rule->source, run_format("%s", v->text),
            v->line};
    }
    rules->reaches = run_xalloc((2 * count + verdict->reached_count) * sizeof(*rules->reaches));
    for (size_t i = 0; i < verdict->rule_count; i++)
        for (size_t k = 0; verdict->uses[i] && k < 2 && infos[i].rows[k]; k++)
            rules->reaches[rules->reach_count++] =
                (struct run_reach){infos[i].rows[k], infos[i].id, verdict->uses[i]};
    for (size_t i = 0; i < verdict->reached_count; i++)
        rules->reaches[rules->reach_count++] =
            (struct run_reach){verdict->reached[i].row, "call", verdict->reached[i].uses};
}

void run_rules_judge_trace(struct run_rules *rules, const struct cf_trace *trace, const char *name)
{
    struct cf_verdict verdict = {0};

    *rules = (struct run_rules){0};
    if (trace->integrity == CF_TRACE_BAD_HASH || trace->integrity == CF_TRACE_BAD_COUNT) {
        rules->problem = run_format("%s: changed after it was written", name);
    } else {
        cf_oracle_check(trace, &verdict);
        if (verdict.out_of_memory)
            rules->problem = run_format("%s: out of memory", name);
        else
            keep(rules, &verdict);
        cf_verdict_fini(&verdict);
    }
    rules->cut = trace->integrity == CF_TRACE_NO_END;
}

void run_rules_judge(struct run_rules *rules, const char *trace_path)
{
    struct cf_trace_error error = {0};
    struct cf_trace *trace = cf_trace_load(trace_path, &error);

    if (!trace) {
        *rules = (struct run_rules){0};
        rules->problem = run_format("%s:%zu: %s", trace_path, error.line, error.text);
        return;
    }
    run_rules_judge_trace(rules, trace, trace_path);
    cf_trace_free(trace);
}

void run_rules_fini(struct run_rules *rules)
{
    for (size_t i = 0; i < rules->breach_count; i++)
        free(rules->breaches[i].text);
    free(rules->breaches);
    free(rules->reaches);
    free(rules->problem);
    *rules = (struct run_rules){0};
}
