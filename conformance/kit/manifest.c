/* SPDX-License-Identifier: MIT */
/* Says which files of a scenario are virtual, and writes that down for a hook under test. */
#include "conformance/kit/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Does any step write, flush or lock, or open by DirectStorage, which refuses writers? Who does not
 * can do with less access than he asks for.
 */
static bool changes_files(const struct cf_step *step)
{
    static const enum cf_verb_id changing[] = {CF_VERB_write,     CF_VERB_gather, CF_VERB_flush,
                                               CF_VERB_writefile, CF_VERB_lock,   CF_VERB_flushfile,
                                               CF_VERB_dsfile};

    for (; step; step = step->next) {
        const char *op = step->verb == CF_VERB_ntsqe ? cf_step_option(step, "op") : NULL;

        if (op && strcmp(op, "read") && strcmp(op, "nop") && strncmp(op, "reg", 3) &&
            strcmp(op, "cancel")) {
            return true;
        }
        for (size_t i = 0; i < sizeof changing / sizeof *changing; i++) {
            if (step->verb == changing[i]) {
                return true;
            }
        }
        if (changes_files(step->body)) {
            return true;
        }
    }
    return false;
}

/* Whatever writes, or makes the file anew, needs one that is real. */
static bool only_read(const struct cf_step *step, const char *name, bool may_ask)
{
    static const char *const makers[] = {"append", "delete_on_close", "create", "truncate"};

    for (; step; step = step->next) {
        if (step->body && !only_read(step->body, name, may_ask)) {
            return false;
        }
        if (step->verb != CF_VERB_open || strcmp(step->args[1], name)) {
            continue;
        }
        for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
            if (cf_step_option(step, makers[i])) {
                return false;
            }
        }
        if (strcmp(cf_step_option(step, "access"), "rw") ? !!strchr(cf_step_option(step, "access"), 'w')
                                                         : !may_ask) {
            return false;
        }
    }
    return true;
}

/* How many data steps make this name, blocks included. */
static unsigned makes(const struct cf_step *step, const char *name)
{
    unsigned count = 0;

    for (; step; step = step->next) {
        count += step->verb == CF_VERB_data && !strcmp(step->args[0], name);
        count += makes(step->body, name);
    }
    return count;
}

static bool constant(void *ctx, const char *name, size_t nchars, bool dollar, uint64_t *value_out)
{
    (void)ctx;
    return !dollar && cf_word_number(name, nchars, value_out);
}

static bool number(const struct cf_step *step, const char *name, uint64_t *value_out)
{
    const char *word = cf_step_option(step, name);

    *value_out = 0;
    return !word || cf_evaluate(word, constant, NULL, value_out);
}

/* At the top of the scenario, made once, with numbers that need no run. */
static bool is_plain(const struct cf_scenario *scenario, const struct cf_step *data)
{
    const struct cf_step *step = scenario->steps;
    uint64_t value;

    while (step && step != data) {
        step = step->next;
    }
    return step && makes(scenario->steps, data->args[0]) == 1 && number(data, "size", &value) &&
           number(data, "seed", &value);
}

/* A scenario that says which files are virtual has its reasons for the others. */
static bool chooses(const struct cf_step *step)
{
    for (; step; step = step->next) {
        if (step->verb == CF_VERB_data && cf_step_option(step, "virtual")) {
            return true;
        }
    }
    return false;
}

bool cf_is_virtual(const struct cf_scenario *scenario, const struct cf_step *data,
                   const struct cf_run_options *options)
{
    if (!options->hooked) {
        return false;
    }
    return cf_step_option(data, "virtual") ||
           (options->all_virtual && !chooses(scenario->steps) && is_plain(scenario, data) &&
            only_read(scenario->steps, data->args[0], !changes_files(scenario->steps)));
}

static void write_content(FILE *out, const struct cf_step *data)
{
    const char *text = cf_step_option(data, "text"), *gen = cf_step_option(data, "gen");
    size_t nbytes = 0;
    uint8_t *bytes = text && cf_is_quoted(text) ? cf_unquote(text, &nbytes) : NULL;
    uint64_t size = 0, seed = 0;

    if (bytes) {
        fprintf(out, " hex=");
        for (size_t i = 0; i < nbytes; i++) {
            fprintf(out, "%02x", bytes[i]);
        }
        free(bytes);
        return;
    }
    number(data, "size", &size);
    number(data, "seed", &seed);
    fprintf(out, " size=%llu gen=%s seed=%llu", (unsigned long long)size,
            cf_step_option(data, "sparse") ? "zero" : gen ? gen : "ascii", (unsigned long long)seed);
}

static void write_file_line(FILE *out, const struct cf_step *data, const char *dir)
{
    static const char *const words[] = {"how", "gate", "delay", "fail", "short", "over", "does"};

    fprintf(out, "file name=%s", data->args[0]);
    write_content(out, data);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *value = cf_step_option(data, words[i]);

        if (value) {
            fprintf(out, " %s%s%s", words[i], *value ? "=" : "", value);
        }
    }
    fprintf(out, " path=%s/%s.bin\n", dir, data->args[0]);
}

bool cf_manifest_write(const struct cf_scenario *scenario, const char *dir, bool all_virtual,
                       const char *path, struct cf_error *error)
{
    struct cf_run_options options = {.hooked = true, .all_virtual = all_virtual};
    FILE *out = fopen(path, "wb");

    if (!out) {
        cf_set_error(error, path, 0, "cannot be written");
        return false;
    }
    fprintf(out, "ringer-vfs 1\n");
    for (const struct cf_step *step = scenario->steps; step; step = step->next) {
        if (step->verb == CF_VERB_data && cf_is_virtual(scenario, step, &options)) {
            write_file_line(out, step, dir);
        }
    }
    if (fclose(out)) {
        cf_set_error(error, path, 0, "cannot be written");
        return false;
    }
    return true;
}
