/* SPDX-License-Identifier: MIT */
/* Says what differs between a run on real files and one on a hook's. */
#include "conformance/runner/beside.h"

#include "conformance/runner/cmd.h"
#include "conformance/trace/reader.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What was seen, a line a sight, sorted; the text before the first tab says where. */
struct sights {
    char **lines;
    size_t count;
};

static void add(struct sights *sights, char *line)
{
    sights->lines = realloc(sights->lines, (sights->count + 1) * sizeof(*sights->lines));
    if (!sights->lines)
        abort();
    sights->lines[sights->count++] = line;
}

static bool is_luck(const struct cf_scenario *scenario, const char *word)
{
    if (!strcmp(word, "kit")) /* what the kit does while it waits */
        return true;
    for (char **luck = scenario->luck; luck && *luck; luck++)
        if (!strcmp(*luck, word))
            return true;
    return false;
}

/* The label of call n, unless it is left to luck. */
static const char *label_of(const struct cf_scenario *scenario, const struct cf_trace *trace,
                            uint64_t n)
{
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_CALL && record->call.n == n)
            return record->call.step && !is_luck(scenario, record->call.step) ? record->call.step
                                                                              : NULL;
    }
    return NULL;
}

/* A member of the record as text, "" when there is none. */
static char *dumped(const struct cf_record *record, const char *key)
{
    json_t *value = record->json ? json_object_get(record->json, key) : NULL;
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;

    return text ? text : strdup("");
}

static void add_call(struct sights *sights, const struct cf_record *record, uint64_t trial)
{
    static const char *const kinds[] = {"", "hr", "st", "ret"};
    bool failed = record->call.result == CF_RESULT_RET && !record->call.value;
    char *outs = dumped(record, "out");
    char *error = failed ? run_format(", error %" PRIu64, record->call.last_error) : strdup("");

    add(sights, run_format("%" PRIu64 " %s\t%s %s 0x%" PRIx64 "%s %s", trial, record->call.step,
                           record->call.fn, kinds[record->call.result], record->call.value, error,
                           outs));
    free(error);
    free(outs);
}

static void add_cqe(struct sights *sights, const struct cf_scenario *scenario,
                    const struct cf_record *record, uint64_t trial)
{
    char *name = run_format("cqe:%" PRIu64, record->cqe.user_data);

    if (!is_luck(scenario, name))
        add(sights, run_format("%" PRIu64 " cqe[%s:%" PRIu64 "]\thr 0x%08x, information %" PRIu64,
                               trial, record->cqe.ring, record->cqe.user_data, record->cqe.hr,
                               record->cqe.information));
    free(name);
}

static void add_mem(struct sights *sights, const struct cf_record *record, const char *label,
                    uint64_t trial)
{
    char *changed = dumped(record, "changed"), *sha = dumped(record, "sha256");

    add(sights, run_format("%" PRIu64 " mem[%s]\tchanged %s, sha256 %.9s", trial, label, changed, sha));
    free(changed);
    free(sha);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * How often a labelled call was made depends on when things ended (a drain looks as often as it takes):
 * what it said counts once. Completions count each.
 */
static void once_each(struct sights *sights)
{
    size_t kept = 0;

    for (size_t i = 0; i < sights->count; i++) {
        bool is_cqe = !strncmp(strchr(sights->lines[i], ' ') + 1, "cqe[", 4);

        if (kept && !is_cqe && !strcmp(sights->lines[kept - 1], sights->lines[i]))
            free(sights->lines[i]);
        else
            sights->lines[kept++] = sights->lines[i];
    }
    sights->count = kept;
}

static void collect(struct sights *sights, const struct cf_scenario *scenario,
                    const struct cf_trace *trace)
{
    uint64_t trial = 0;

    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];
        const char *label;

        if (record->type == CF_SCN) {
            trial = record->scn.trial;
        } else if (record->type == CF_CALL && record->call.step &&
                   !is_luck(scenario, record->call.step)) {
            add_call(sights, record, trial);
        } else if (record->type == CF_CQE) {
            add_cqe(sights, scenario, record, trial);
        } else if (record->type == CF_EVT && (label = label_of(scenario, trace, record->evt.after))) {
            add(sights, run_format("%" PRIu64 " evt[%s]\t%s", trial, label,
                                   record->evt.signalled ? "signalled" : "not signalled"));
        } else if (record->type == CF_MEM && !record->mem.fill &&
                   (label = label_of(scenario, trace, record->mem.after))) {
            add_mem(sights, record, label, trial);
        }
    }
    if (sights->count)
        qsort(sights->lines, sights->count, sizeof(*sights->lines), by_text);
    once_each(sights);
}

static void release(struct sights *sights)
{
    for (size_t i = 0; i < sights->count; i++)
        free(sights->lines[i]);
    free(sights->lines);
}

/* "3 cqe[r:1]\tWHAT": the place, its trial only when there are several. */
static char *told(const char *real, const char *hooked)
{
    const char *line = real ? real : hooked, *place = strchr(line, ' ') + 1;
    int nchars = (int)strcspn(place, "\t");
    const char *other = strchr(hooked ? hooked : "\tnothing", '\t') + 1;

    return run_format("%.*s: on a real file %s, with the hook %s", nchars, place,
                      strchr(real ? real : "\tnothing", '\t') + 1, other);
}

static bool same_place(const char *a, const char *b)
{
    size_t nchars = strcspn(a, "\t");

    return strcspn(b, "\t") == nchars && !strncmp(a, b, nchars);
}

static char *first_difference(const struct sights *real, const struct sights *hooked)
{
    size_t i = 0, k = 0;

    while (i < real->count || k < hooked->count) {
        const char *a = i < real->count ? real->lines[i] : NULL;
        const char *b = k < hooked->count ? hooked->lines[k] : NULL;

        if (a && b && !strcmp(a, b)) {
            i++;
            k++;
            continue;
        }
        if (a && b && !same_place(a, b))
            return strcmp(a, b) < 0 ? told(a, NULL) : told(NULL, b);
        return told(a, b);
    }
    return NULL;
}

char *run_beside(const struct cf_scenario *scenario, const char *real_trace,
                 const char *hooked_trace)
{
    struct cf_trace_error error = {0};
    struct cf_trace *real = cf_trace_load(real_trace, &error);
    struct cf_trace *hooked = real ? cf_trace_load(hooked_trace, &error) : NULL;
    struct sights a = {0}, b = {0};
    char *difference;

    if (!real || !hooked) {
        difference = run_format("no trace to compare: %s", error.text);
    } else {
        collect(&a, scenario, real);
        collect(&b, scenario, hooked);
        difference = first_difference(&a, &b);
    }
    release(&a);
    release(&b);
    cf_trace_free(real);
    cf_trace_free(hooked);
    return difference;
}
