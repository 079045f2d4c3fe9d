/* SPDX-License-Identifier: MIT */
/* Builds the model once and lets every rule look at it. */
#include "conformance/oracle/reach.h"
#include "conformance/oracle/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ora_rule *const rules[] = {
    &ora_rule_count_once,
    &ora_rule_count_submitted,
    &ora_rule_count_lost,
    &ora_rule_queue_full,
    &ora_rule_queue_sizes,
    &ora_rule_memory_bounds,
    &ora_rule_event_edge,
    &ora_rule_event_prompt,
    &ora_rule_drain_order,
    &ora_rule_register_order,
    &ora_rule_register_visible,
    &ora_rule_register_stale,
    &ora_rule_cancel_codes,
    &ora_rule_cancel_nothing,
    &ora_rule_cancel_spontaneous,
    &ora_rule_cancel_joint,
    &ora_rule_wait_enough,
    &ora_rule_wait_timeout,
    &ora_rule_result_information,
    &ora_rule_result_code,
    &ora_rule_pop_untouched,
    &ora_rule_close_result,
    &ora_rule_close_silent,
    &ora_rule_submit_accepted,
    &ora_rule_submit_busy,
    &ora_rule_submit_full,
    &ora_rule_submit_corrupt,
    &ora_rule_wait_idle,
    &ora_rule_build_accepted,
    &ora_rule_build_flags,
    &ora_rule_build_version,
    &ora_rule_create_limits,
    &ora_rule_create_echo,
    &ora_rule_op_supported,
    &ora_rule_pop_code,
    &ora_rule_event_attach,
    &ora_rule_cancel_missed,
    &ora_rule_register_sparse,
    &ora_rule_register_bounds,
    &ora_rule_queue_overflow,
    &ora_rule_queue_indexes,
    &ora_rule_result_status,
    &ora_rule_result_eof,
    &ora_rule_result_data,
    &ora_rule_ds_once,
    &ora_rule_ds_submitted,
    &ora_rule_ds_order,
    &ora_rule_ds_status,
    &ora_rule_ds_auto,
    &ora_rule_ds_slots,
    &ora_rule_ds_closed,
    &ora_rule_ds_query,
    &ora_rule_ds_until,
    &ora_rule_ds_started,
    &ora_rule_ds_order_seen,
    &ora_rule_ds_comes,
    &ora_rule_ds_close,
    &ora_rule_ds_status_seen,
    &ora_rule_ds_staging,
    &ora_rule_ds_end,
    &ora_rule_ds_record,
    &ora_rule_ds_data,
    &ora_rule_ds_create,
    &ora_rule_ds_staging_lock,
    &ora_rule_ds_config,
    &ora_rule_ds_factory,
    &ora_rule_ds_pending,
    &ora_rule_ds_custom,
    &ora_rule_ds_codec,
    &ora_rule_ds_interfaces,
};

enum {
    RULE_COUNT = sizeof(rules) / sizeof(rules[0]),
    MOST_VIOLATIONS = 1000, /* of one rule: a trace that lies everywhere must not fill memory */
};

const struct cf_rule_info *cf_oracle_rules(size_t *count_out)
{
    static struct cf_rule_info infos[RULE_COUNT]; /* the same bytes whoever writes them */

    for (size_t i = 0; i < RULE_COUNT; i++)
        infos[i] = rules[i]->info;
    *count_out = RULE_COUNT;
    return infos;
}

void ora_use(struct ora_judge *judge)
{
    judge->verdict->uses[judge->index]++;
}

void ora_out_of_memory(struct ora_judge *judge)
{
    judge->verdict->out_of_memory = true;
}

void ora_violation(struct ora_judge *judge, const struct cf_record *record, const char *format, ...)
{
    struct cf_verdict *verdict = judge->verdict;
    struct cf_violation *violation;
    va_list args;

    if (judge->found++ >= MOST_VIOLATIONS)
        return;
    if (verdict->violation_count == judge->capacity) {
        size_t capacity = judge->capacity ? 2 * judge->capacity : 16;
        void *grown = realloc(verdict->violations, capacity * sizeof(*verdict->violations));

        if (!grown) {
            ora_out_of_memory(judge);
            return;
        }
        verdict->violations = grown;
        judge->capacity = capacity;
    }
    violation = &verdict->violations[verdict->violation_count++];
    violation->rule = &judge->rule->info;
    violation->line = record ? record->line : 0;
    va_start(args, format);
    vsnprintf(violation->text, sizeof(violation->text), format, args);
    va_end(args);
}

/* judge->verdict->uses is there. False: the model could not be built. */
static bool ask_rules(struct ora_judge *judge, struct ora_model *model, const struct cf_trace *trace,
                      struct ora_space *space)
{
    struct ora_mark mark;

    if (!ora_model_init(model, trace, space)) {
        ora_out_of_memory(judge);
        return false;
    }
    mark = ora_space_mark(space);
    for (judge->index = 0; judge->index < RULE_COUNT; judge->index++) {
        judge->rule = rules[judge->index];
        judge->found = 0;
        judge->rule->check(judge);
        ora_space_return(space, mark);
    }
    return true;
}

void cf_oracle_check(const struct cf_trace *trace, struct cf_verdict *verdict)
{
    struct ora_space space = {0};
    struct ora_model model;
    struct ora_judge judge = {.model = &model, .verdict = verdict};
    struct ora_reached reached = {0};

    *verdict = (struct cf_verdict){.rule_count = RULE_COUNT};
    verdict->uses = calloc(RULE_COUNT, sizeof(*verdict->uses));
    if (!verdict->uses) {
        ora_out_of_memory(&judge);
        verdict->rule_count = 0;
        return;
    }
    if (ask_rules(&judge, &model, trace, &space)) {
        ora_reach_all(&reached, &model);
        verdict->reached = reached.items;
        verdict->reached_count = reached.count;
        verdict->out_of_memory |= reached.failed;
    }
    ora_space_fini(&space);
}

struct cf_oracle {
    struct ora_space space;
    size_t uses[RULE_COUNT];
};

struct cf_oracle *cf_oracle_create(void)
{
    return calloc(1, sizeof(struct cf_oracle));
}

bool cf_oracle_approves(struct cf_oracle *oracle, const struct cf_trace *trace)
{
    struct cf_verdict verdict = {.uses = oracle->uses, .rule_count = RULE_COUNT};
    struct ora_model model;
    struct ora_judge judge = {.model = &model, .verdict = &verdict};
    bool good = ask_rules(&judge, &model, trace, &oracle->space) && !verdict.violation_count &&
                !verdict.out_of_memory;

    free(verdict.violations);
    ora_space_return(&oracle->space, (struct ora_mark){0});
    return good;
}

void cf_oracle_destroy(struct cf_oracle *oracle)
{
    ora_space_fini(&oracle->space);
    free(oracle);
}

void cf_verdict_fini(struct cf_verdict *verdict)
{
    free(verdict->violations);
    free(verdict->uses);
    free(verdict->reached);
    memset(verdict, 0, sizeof(*verdict));
}
