/* SPDX-License-Identifier: MIT */
/*
 * What a fault names: the record of its line, the lines and the user data that stand in its
 * words.
 */
#include "conformance/trace/swimlane_model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FAULTS = 100 /* whose words are read: each costs a look at every operation */ };

static size_t record_at(const struct cf_trace *trace, uint64_t line)
{
    size_t low = 0, high = trace->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (trace->records[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < trace->count && trace->records[low].line == line ? low : SWIM_NONE;
}

static void accuse_record(struct swim_model *m, uint64_t line, size_t fault)
{
    size_t index = line ? record_at(m->picture->trace, line) : SWIM_NONE;

    if (index != SWIM_NONE && m->fault_of[index] == SWIM_NONE)
        m->fault_of[index] = fault;
}

/* The ring that the record of a line speaks of, or NULL. */
static const char *ring_at(const struct swim_model *m, size_t line)
{
    size_t index = line ? record_at(m->picture->trace, line) : SWIM_NONE;
    const struct cf_record *record;

    if (index == SWIM_NONE)
        return NULL;
    record = &m->picture->trace->records[index];
    if (record->type == CF_CQE)
        return record->cqe.ring;
    return record->type == CF_CALL ? cf_in_string(record, "ring") : NULL;
}

/* Of several with this user data the last that was built before the line. */
static void accuse_operation(struct swim_model *m, uint64_t user_data, const char *ring,
                             size_t fault)
{
    size_t line = m->picture->faults[fault].line;
    struct swim_op *last = NULL;

    for (size_t i = 0; i < m->op_count; i++) {
        struct swim_op *op = &m->ops[i];

        if (op->user_data == user_data && (!ring || !strcmp(m->rings[op->ring].sym, ring)) &&
            (!line || op->build->line <= line))
            last = op;
    }
    if (last && last->fault == SWIM_NONE)
        last->fault = fault;
}

/*
 * User data stands in words as 0x1f, without leading zeros; codes stand with all eight digits,
 * flags behind their name or as what needs something.
 */
static bool is_user_data(const char *words, const char *number, const char *end)
{
    if (end - number == 10 && (number[2] == '0' || number[2] == '8' || number[2] == 'c'))
        return false;
    if (number - words >= 6 && !strncmp(number - 6, "flags ", 6))
        return false;
    return strncmp(end, " needs", 6) != 0;
}

static void read_words(struct swim_model *m, size_t fault, bool lines)
{
    const struct cf_swim_fault *f = &m->picture->faults[fault];
    const char *ring = ring_at(m, f->line), *next = f->words;

    while (lines && next && (next = strstr(next, "line "))) {
        next += 5;
        accuse_record(m, strtoull(next, NULL, 10), fault);
    }
    while (!lines && next && (next = strstr(next, "0x"))) {
        char *end;
        uint64_t value = strtoull(next, &end, 16);

        if (is_user_data(f->words, next, end))
            accuse_operation(m, value, ring, fault);
        next += 2;
    }
}

static size_t fault_of(const struct swim_model *m, const struct cf_record *record)
{
    return record ? m->fault_of[record - m->picture->trace->records] : SWIM_NONE;
}

void cf_swim_accuse(struct swim_model *m)
{
    size_t count = m->picture->fault_count;

    for (size_t f = 0; f < count; f++)
        accuse_record(m, m->picture->faults[f].line, f);
    for (size_t f = 0; f < count && f < MOST_FAULTS; f++)
        read_words(m, f, true);
    for (size_t i = 0; i < m->call_count; i++)
        m->calls[i].fault = fault_of(m, m->calls[i].record);
    for (size_t i = 0; i < m->mark_count; i++)
        m->marks[i].fault = fault_of(m, m->marks[i].record);
    for (size_t i = 0; i < m->op_count; i++) {
        struct swim_op *op = &m->ops[i];

        op->fault = fault_of(m, op->cqe);
        if (op->fault == SWIM_NONE)
            op->fault = fault_of(m, op->build);
    }
    for (size_t f = 0; f < count && f < MOST_FAULTS; f++)
        read_words(m, f, false);
}
