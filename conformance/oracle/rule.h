/* SPDX-License-Identifier: MIT */
/* What a rule is to the oracle. Rules are constants, listed once in oracle.c, independent of each other. */
#ifndef CF_ORACLE_RULE_H
#define CF_ORACLE_RULE_H

#include "conformance/oracle/model.h"
#include "conformance/oracle/oracle.h"

struct ora_judge {
    const struct ora_model *model;
    struct cf_verdict *verdict;
    const struct ora_rule *rule;
    size_t index; /* of the rule */
    size_t capacity;
    size_t found; /* violations of this rule, also those that are not kept */
};

struct ora_rule {
    struct cf_rule_info info;
    void (*check)(struct ora_judge *judge);
};

/* The rule had something to look at. */
void ora_use(struct ora_judge *judge);
/* record: the one that cannot be; NULL: none in particular. */
void ora_violation(struct ora_judge *judge, const struct cf_record *record, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ora_out_of_memory(struct ora_judge *judge);

extern const struct ora_rule ora_rule_count_once, ora_rule_count_submitted, ora_rule_count_lost;
extern const struct ora_rule ora_rule_queue_full, ora_rule_queue_sizes;
extern const struct ora_rule ora_rule_memory_bounds;
extern const struct ora_rule ora_rule_event_edge, ora_rule_event_prompt;
extern const struct ora_rule ora_rule_drain_order;
extern const struct ora_rule ora_rule_register_order, ora_rule_register_visible,
    ora_rule_register_stale;
extern const struct ora_rule ora_rule_cancel_codes, ora_rule_cancel_nothing,
    ora_rule_cancel_spontaneous, ora_rule_cancel_joint;
extern const struct ora_rule ora_rule_wait_enough, ora_rule_wait_timeout;
extern const struct ora_rule ora_rule_result_information, ora_rule_result_code;
extern const struct ora_rule ora_rule_pop_untouched;
extern const struct ora_rule ora_rule_submit_accepted, ora_rule_submit_busy, ora_rule_submit_full,
    ora_rule_submit_corrupt, ora_rule_wait_idle;
extern const struct ora_rule ora_rule_build_accepted, ora_rule_build_flags, ora_rule_build_version;
extern const struct ora_rule ora_rule_create_limits, ora_rule_create_echo, ora_rule_op_supported,
    ora_rule_pop_code, ora_rule_event_attach;
extern const struct ora_rule ora_rule_cancel_missed;
extern const struct ora_rule ora_rule_register_sparse, ora_rule_register_bounds;
extern const struct ora_rule ora_rule_queue_overflow, ora_rule_queue_indexes;
extern const struct ora_rule ora_rule_result_status, ora_rule_result_eof, ora_rule_result_data;
extern const struct ora_rule ora_rule_close_result, ora_rule_close_silent;
/* DirectStorage, by its event log. */
extern const struct ora_rule ora_rule_ds_once, ora_rule_ds_submitted, ora_rule_ds_order,
    ora_rule_ds_status, ora_rule_ds_auto, ora_rule_ds_slots, ora_rule_ds_closed;
/* And by its calls. */
extern const struct ora_rule ora_rule_ds_query, ora_rule_ds_until, ora_rule_ds_started,
    ora_rule_ds_order_seen, ora_rule_ds_comes, ora_rule_ds_close;
extern const struct ora_rule ora_rule_ds_status_seen, ora_rule_ds_staging, ora_rule_ds_end,
    ora_rule_ds_record, ora_rule_ds_data;
extern const struct ora_rule ora_rule_ds_create, ora_rule_ds_staging_lock, ora_rule_ds_config,
    ora_rule_ds_factory, ora_rule_ds_pending, ora_rule_ds_custom, ora_rule_ds_codec, ora_rule_ds_interfaces;

#endif
