/* SPDX-License-Identifier: MIT */
/*
 * A parsed scenario: a list of steps whose words and symbols were checked while reading. Private to
 * the kit. Everything is owned by the cf_scenario and does not change after loading.
 */
#ifndef CF_KIT_SCENARIO_H
#define CF_KIT_SCENARIO_H

#include "conformance/kit/kit.h"

enum cf_verb_id {
#define CF_VERB(name, positional, options) CF_VERB_##name,
#include "conformance/kit/verbs.def"
#undef CF_VERB
    CF_VERB_COUNT
};

struct cf_option {
    char *name, *value; /* value "" of a bare option */
    bool constant;      /* number is what it means in every run */
    uint64_t number;
};

struct cf_step {
    enum cf_verb_id verb;
    unsigned line;
    char *label; /* NULL: set-up */
    char **args;
    unsigned arg_count;
    struct cf_option *options;
    unsigned option_count;
    struct cf_step *body, *next; /* body: of loop, when, thread */
};

const char *cf_verb_name(enum cf_verb_id verb);
const struct cf_option *cf_step_find(const struct cf_step *step, const char *name);
/* NULL when the step has no such option. */
const char *cf_step_option(const struct cf_step *step, const char *name);
bool cf_scenario_has_label(const struct cf_scenario *scenario, const char *label);

#endif
