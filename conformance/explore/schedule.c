/* SPDX-License-Identifier: MIT */
/* Names of choices, the readable schedule, and its file. */
#include "conformance/explore/schedule.h"

#include "conformance/runner/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const wheres[CF_WHERES] = {"submit", "start", "call", "wait", "event", "close"};
static const char *const acts[RINGER_SIM_ACT_COUNT] = {
    "go-on",  "complete", "switch",  "expire", "signal", "pend",  "inline",
    "accept", "refuse",   "at-once", "later",  "reuse",  "retire"};
static const struct {
    uint32_t bit;
    const char *name, *word; /* word: for --faults; NULL: no fault */
} outcomes[] = {
    {RINGER_SIM_CANCELLED, "cancelled", NULL},
    {RINGER_SIM_DEVICE_ERROR, "device-error", "error"},
    {RINGER_SIM_NO_MEMORY, "no-memory", "memory"},
    {RINGER_SIM_DISK_FULL, "disk-full", "disk"},
    {RINGER_SIM_REFUSALS, "refused", "refuse"},
    {RINGER_SIM_EXPIRIES, "early", "expire"},
};

const char *cf_where_name(uint32_t where)
{
    for (size_t i = 0; i < COUNT(wheres); i++)
        if (where == 1u << i)
            return wheres[i];
    return "elsewhere";
}

static const char *outcome_name(uint32_t outcome)
{
    for (size_t i = 0; i < COUNT(outcomes); i++)
        if (outcome == outcomes[i].bit)
            return outcomes[i].name;
    return "";
}

const char *cf_act_name(uint32_t act, uint32_t outcome)
{
    static char text[64];

    snprintf(text, sizeof(text), "%s%s%s", act < COUNT(acts) ? acts[act] : "something",
             outcome ? " " : "", outcome_name(outcome));
    return text;
}

const char *cf_option_name(const struct ringer_sim_option *option)
{
    static char text[64];
    int used = snprintf(text, sizeof(text), "%s",
                        option->act < COUNT(acts) ? acts[option->act] : "something");

    if (option->act != RINGER_SIM_GO_ON && option->act != RINGER_SIM_ACCEPT &&
        option->act != RINGER_SIM_REFUSE && option->act != RINGER_SIM_REUSE &&
        option->act != RINGER_SIM_RETIRE)
        used += snprintf(text + used, sizeof(text) - (size_t)used, " %u", option->subject);
    if (option->outcome)
        snprintf(text + used, sizeof(text) - (size_t)used, " %s", outcome_name(option->outcome));
    return text;
}

bool cf_faults_parse(const char *text, uint32_t *faults_out)
{
    char *copy = run_format("%s", text), *rest = copy, *word;
    bool good = *text != '\0';

    *faults_out = 0;
    while (good && (word = strsep(&rest, ","))) {
        bool known = !strcmp(word, "none") || !strcmp(word, "all");

        for (size_t i = 0; i < COUNT(outcomes); i++) {
            if (!outcomes[i].word || (strcmp(word, outcomes[i].word) && strcmp(word, "all")))
                continue;
            known = true;
            *faults_out |= outcomes[i].bit;
        }
        good = known;
    }
    free(copy);
    return good;
}

/* ---- for people ---- */

static bool tag_of(const struct cf_area *area, uint32_t operation, uint64_t *tag_out)
{
    bool of_ring = false, found = false;

    for (uint32_t s = 0; s < area->step_count; s++) {
        const struct cf_area_step *step = &area->steps[s];

        if (step->option.subject != operation ||
            (step->option.act != RINGER_SIM_PEND && step->option.act != RINGER_SIM_INLINE &&
             step->option.act != RINGER_SIM_COMPLETE))
            continue;
        for (uint32_t i = 0; i < step->access_count; i++) {
            const struct ringer_sim_access *access = &area->accesses[step->first_access + i];

            of_ring |= access->resource == RINGER_SIM_RING;
            if (access->resource != RINGER_SIM_PENDING)
                continue;
            found = true;
            *tag_out = access->from;
        }
    }
    /* What was not told to belong to a ring may be an OVERLAPPED: its address says nothing. */
    return found && (of_ring || *tag_out <= UINT32_MAX);
}

/* By its user data; where several have that, or none is known, by its number as well. */
static const char *operation_name(const struct cf_area *area, uint32_t operation)
{
    static char text[64];
    uint64_t tag, other;
    bool shared = false;

    if (!tag_of(area, operation, &tag)) {
        snprintf(text, sizeof(text), "the %u. operation", operation);
        return text;
    }
    for (uint32_t i = 1; i <= area->operations; i++)
        shared |= i != operation && tag_of(area, i, &other) && other == tag;
    if (shared)
        snprintf(text, sizeof(text), "operation 0x%" PRIx64 " (started as number %u)", tag, operation);
    else
        snprintf(text, sizeof(text), "operation 0x%" PRIx64, tag);
    return text;
}

static bool is_of_operation(const struct ringer_sim_option *option)
{
    return option->act == RINGER_SIM_COMPLETE || option->act == RINGER_SIM_PEND ||
           option->act == RINGER_SIM_INLINE;
}

const char *cf_schedule_suspect(const struct cf_area *area)
{
    static char text[32];

    for (uint32_t c = area->choice_count; c-- > 0;) {
        const struct cf_area_choice *choice = &area->choices[c];
        const struct ringer_sim_option *options = &area->options[choice->first_option];
        const struct ringer_sim_option *taken = &options[choice->answer];
        uint64_t tag;

        if (!choice->answer)
            continue;
        if (!is_of_operation(taken))
            taken = &options[0]; /* what did not happen yet */
        if (!is_of_operation(taken) || !tag_of(area, taken->subject, &tag))
            continue;
        snprintf(text, sizeof(text), "0x%" PRIx64, tag);
        return text;
    }
    return "";
}

static void print_option(FILE *file, const struct cf_area *area,
                         const struct ringer_sim_option *option, uint32_t thread)
{
    const char *how = outcome_name(option->outcome);

    switch ((enum ringer_sim_act)option->act) {
    case RINGER_SIM_GO_ON:
        fprintf(file, "thread %u makes its call", thread);
        break;
    case RINGER_SIM_COMPLETE:
        fprintf(file, "%s ends", operation_name(area, option->subject));
        break;
    case RINGER_SIM_SWITCH:
        fprintf(file, "thread %u goes on", option->subject);
        break;
    case RINGER_SIM_EXPIRE:
        fprintf(file, "the wait of thread %u runs out", option->subject);
        break;
    case RINGER_SIM_SIGNAL:
        fprintf(file, "event %u, held back until now, is set", option->subject);
        break;
    case RINGER_SIM_PEND:
        fputs("it stays pending", file);
        break;
    case RINGER_SIM_INLINE:
        fputs("it ends inside Submit", file);
        break;
    case RINGER_SIM_ACCEPT:
        fputs("Submit takes the entries", file);
        break;
    case RINGER_SIM_REFUSE:
        fputs("Submit takes nothing", file);
        break;
    case RINGER_SIM_AT_ONCE:
        fprintf(file, "event %u is set at once", option->subject);
        break;
    case RINGER_SIM_LATER:
        fprintf(file, "event %u will be set later", option->subject);
        break;
    case RINGER_SIM_REUSE:
        fputs("the number may be the next handle's", file);
        break;
    case RINGER_SIM_RETIRE:
        fputs("the number never comes again", file);
        break;
    case RINGER_SIM_ACT_COUNT:
        break;
    }
    if (*how)
        fprintf(file, " (%s)", how);
}

static const char *call_name(uint32_t call)
{
    static const char *const names[] = {
        "a call",   "a Pop",         "a Submit",    "a wait", "an event call",
        "a cancel", "a CloseHandle", "a file call", "a call", "CloseIoRing"};

    return names[call < COUNT(names) ? call : 0];
}

/* Not what a call tells of itself behind its point. */
static bool is_call(const struct cf_area_step *step, uint32_t thread)
{
    return step->thread == thread && step->option.act == RINGER_SIM_GO_ON &&
           (step->call != RINGER_SIM_CALL_OTHER || !step->access_count);
}

/* The call before which it was asked: the next that this thread made. */
static const char *next_call(const struct cf_area *area, const struct cf_area_choice *choice)
{
    for (uint32_t s = choice->steps_before; s < area->step_count; s++)
        if (is_call(&area->steps[s], choice->thread))
            return call_name(area->steps[s].call);
    return call_name(0);
}

void cf_schedule_standing(const struct cf_area *area, char *text, size_t nbytes)
{
    size_t used = 0;

    *text = '\0';
    for (uint32_t thread = 0; thread < CF_MOST_THREADS; thread++) {
        for (uint32_t s = area->step_count; s-- > 0 && used < nbytes;) {
            if (!is_call(&area->steps[s], thread))
                continue;
            used += (size_t)snprintf(text + used, nbytes - used, "%sthread %u after %s",
                                     used ? ", " : "", thread, call_name(area->steps[s].call));
            break;
        }
    }
}

void cf_schedule_print(FILE *file, const struct cf_area *area, const char *indent)
{
    for (uint32_t c = 0; c < area->choice_count; c++) {
        const struct cf_area_choice *choice = &area->choices[c];
        const struct ringer_sim_option *options = &area->options[choice->first_option];

        if (!choice->answer)
            continue;
        fprintf(file, "%schoice %u, ", indent, c + 1);
        fprintf(file, "thread %u ", choice->thread);
        switch ((enum ringer_sim_where)choice->where) {
        case RINGER_SIM_AT_SUBMIT:
            fputs("submits: ", file);
            break;
        case RINGER_SIM_AT_START:
            fprintf(file, "starts %s: ", operation_name(area, options[0].subject));
            break;
        case RINGER_SIM_AT_CALL:
            fprintf(file, "before %s: ", next_call(area, choice));
            break;
        case RINGER_SIM_AT_WAIT:
            fputs("waits: ", file);
            break;
        case RINGER_SIM_AT_EVENT:
            fputs("as a completion enters the empty queue: ", file);
            break;
        case RINGER_SIM_AT_CLOSE:
            fputs("closes a handle: ", file);
            break;
        }
        print_option(file, area, &options[choice->answer], choice->thread);
        fputs("; the default of ", file);
        fprintf(file, "%u: ", choice->option_count);
        print_option(file, area, &options[0], choice->thread);
        fputc('\n', file);
    }
}

/* ---- for files ---- */

json_t *cf_schedule_choices(const struct cf_area *area, uint32_t count, bool all)
{
    json_t *choices = json_array();

    for (uint32_t c = 0; c < count && c < area->choice_count; c++) {
        const struct cf_area_choice *choice = &area->choices[c];
        json_t *options = json_array();

        for (uint32_t i = 0; i < choice->option_count; i++)
            json_array_append_new(
                options, json_string(cf_option_name(&area->options[choice->first_option + i])));
        if (all || choice->answer)
            json_array_append_new(
                choices, json_pack("{s:i, s:s, s:i, s:O, s:i}", "choice", (int)c + 1, "where",
                                   cf_where_name(choice->where), "thread", (int)choice->thread,
                                   "options", options, "answer", (int)choice->answer));
        json_decref(options);
    }
    return choices;
}

bool cf_schedule_save(const char *path, const struct cf_area *area,
                      const struct cf_schedule *schedule, const char *target,
                      const struct cf_outcome_of_run *failure)
{
    json_t *answers = json_array(), *root;
    bool good;

    for (uint32_t i = 0; i < schedule->count; i++)
        json_array_append_new(answers, json_integer(schedule->answers[i]));
    root = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "schema", CF_SCHEDULE_SCHEMA,
                     "target", target, "failure", failure->text, "spaces", (int)area->spaces,
                     "faults", (int)area->faults, "most_faults", (int)area->most_faults,
                     "most_idle", (int)area->most_idle, "answers", answers, "choices",
                     cf_schedule_choices(area, schedule->count, true));
    good = root && !json_dump_file(root, path, JSON_INDENT(1));
    json_decref(root);
    return good;
}

bool cf_schedule_load(const char *path, struct cf_area *area, struct cf_schedule *schedule,
                      json_t **offered_out, char **error_out)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *answers, *choices;
    int spaces, faults, most_faults, most_idle;
    const char *schema;
    bool good = true;

    if (!root) {
        *error_out = run_format("%s:%d: %s", path, error.line, error.text);
        return false;
    }
    if (json_unpack(root, "{s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "schema", &schema, "spaces",
                    &spaces, "faults", &faults, "most_faults", &most_faults, "most_idle",
                    &most_idle, "answers", &answers, "choices", &choices) ||
        strcmp(schema, CF_SCHEDULE_SCHEMA) || !json_is_array(answers) || !json_is_array(choices) ||
        json_array_size(answers) > CF_MOST_CHOICES) {
        *error_out = run_format("%s: no %s", path, CF_SCHEDULE_SCHEMA);
        json_decref(root);
        return false;
    }
    area->spaces = (uint32_t)spaces;
    area->faults = (uint32_t)faults;
    area->most_faults = (uint32_t)most_faults;
    area->most_idle = (uint32_t)most_idle;
    schedule->count = (uint32_t)json_array_size(answers);
    schedule->answers = run_xalloc(schedule->count * sizeof(*schedule->answers));
    for (uint32_t i = 0; i < schedule->count; i++) {
        json_int_t value = json_integer_value(json_array_get(answers, i));

        good &= value >= 0 && value <= UINT16_MAX;
        schedule->answers[i] = (uint32_t)value;
    }
    if (!good)
        *error_out = run_format("%s: an answer that cannot be", path);
    *offered_out = json_incref(choices);
    json_decref(root);
    return good;
}

char *cf_schedule_strayed(const struct cf_area *area, const json_t *offered)
{
    uint32_t count = (uint32_t)json_array_size(offered);
    json_t *now = cf_schedule_choices(area, count, true);
    char *text = NULL;

    for (uint32_t i = 0; i < count && !text; i++)
        if (!json_equal(json_array_get(offered, i), json_array_get(now, i)))
            text = run_format("choice %u is another one than when the schedule was saved", i + 1);
    json_decref(now);
    return text;
}
