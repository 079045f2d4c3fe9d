/* SPDX-License-Identifier: MIT */
/*
 * The records of a trace as calls, operations and marks in columns. Lines stand in the order of
 * ends and n counts begins; a trace has no time of completion, so an operation is taken to
 * complete as late as its pop unless a wait that covered it came back before.
 */
#include "conformance/trace/swimlane_model.h"

#include <stdlib.h>
#include <string.h>

static size_t find(const json_t *names, const char *name)
{
    const json_t *index = json_object_get(names, name);

    return index ? (size_t)json_integer_value(index) : SWIM_NONE;
}

static size_t subject(json_t *names, struct swim_subject *subjects, size_t *count, const char *name)
{
    size_t index = find(names, name);

    if (index != SWIM_NONE)
        return index;
    subjects[*count] =
        (struct swim_subject){.sym = name, .empty_column = SWIM_NONE, .last_to = SWIM_NONE};
    json_object_set_new(names, name, json_integer((json_int_t)*count));
    return (*count)++;
}

static size_t ring_of(struct swim_model *m, const char *sym)
{
    return sym ? subject(m->ring_names, m->rings, &m->ring_count, sym) : SWIM_NONE;
}

static size_t event_of(struct swim_model *m, const char *sym)
{
    return subject(m->event_names, m->events, &m->event_count, sym);
}

static size_t thread_of(struct swim_model *m, uint64_t number)
{
    char name[24];
    size_t index;

    snprintf(name, sizeof(name), "%llu", (unsigned long long)number);
    index = subject(m->thread_names, m->threads, &m->thread_count, name);
    m->threads[index].sym = NULL; /* the name dies here */
    m->threads[index].number = number;
    return index;
}

static bool is_success(const struct cf_record *call)
{
    if (call->call.result == CF_RESULT_RET)
        return call->call.value != 0;
    return call->call.result != CF_RESULT_NONE && !(call->call.value >> 31);
}

static struct swim_mark *mark(struct swim_model *m, const struct cf_record *record,
                              enum swim_mark_kind kind, size_t column)
{
    struct swim_mark *fresh = &m->marks[m->mark_count++];

    *fresh = (struct swim_mark){.record = record,
                                .kind = kind,
                                .column = column,
                                .subject = SWIM_NONE,
                                .ring = SWIM_NONE,
                                .thread = SWIM_NONE,
                                .fault = SWIM_NONE};
    return fresh;
}

/* ---- operations ---- */

static void build(struct swim_model *m, const struct cf_record *record, size_t ring, size_t column,
                  size_t thread)
{
    struct swim_op *op;

    if (ring == SWIM_NONE || !is_success(record))
        return;
    op = &m->ops[m->op_count++];
    *op = (struct swim_op){.build = record,
                           .ring = ring,
                           .thread = thread,
                           .pop_thread = SWIM_NONE,
                           .column = {column, SWIM_NONE, SWIM_NONE, SWIM_NONE},
                           .earliest = SWIM_NONE,
                           .end = SWIM_NONE,
                           .fault = SWIM_NONE};
    cf_in_u64(record, "ud", &op->user_data);
}

/* Entries that a submit took are running from its column on. */
static void submit(struct swim_model *m, const struct cf_record *record, size_t ring, size_t column)
{
    bool nt = record->call.fn[0] == 'N';
    uint64_t value = record->call.value, left = UINT64_MAX, wait = 0, outstanding;
    bool timed_out = nt ? value == 0x102 || value == 0xc00000b5 : value == 0x800705b4;
    bool covers;

    /* [D] SubmitIoRing: after any other error all entries are still in the queue. */
    if (ring == SWIM_NONE || (!timed_out && (nt ? value >> 30 == 3 : value >> 31 != 0)))
        return;
    if (!cf_out_u64(record, "submitted", &left) || left == 0xa5a5a5a5)
        left = UINT64_MAX;
    for (size_t i = m->first_open; i < m->op_count && left; i++) {
        struct swim_op *op = &m->ops[i];

        if (op->ring != ring || op->end != SWIM_NONE || op->column[SWIM_RUNNING] != SWIM_NONE)
            continue;
        op->column[SWIM_RUNNING] = column;
        op->submit = record;
        m->rings[ring].taken++;
        left--;
    }
    outstanding = m->rings[ring].taken - m->rings[ring].popped;
    cf_in_u64(record, "wait", &wait);
    covers = !timed_out && wait && (wait == UINT32_MAX || wait >= outstanding);
    for (size_t i = m->first_open; i < m->op_count && covers; i++) {
        struct swim_op *op = &m->ops[i];

        if (op->ring == ring && op->end == SWIM_NONE && op->column[SWIM_RUNNING] != SWIM_NONE &&
            op->column[SWIM_DONE] == SWIM_NONE)
            op->column[SWIM_DONE] = column;
    }
}

static void skip_ended(struct swim_model *m)
{
    while (m->first_open < m->op_count && m->ops[m->first_open].end != SWIM_NONE)
        m->first_open++;
}

/* Nobody will pop them any more. ring SWIM_NONE: of any. */
static void end_ring(struct swim_model *m, size_t ring, size_t column)
{
    for (size_t i = m->first_open; i < m->op_count; i++) {
        struct swim_op *op = &m->ops[i];

        if (op->end != SWIM_NONE || (ring != SWIM_NONE && op->ring != ring))
            continue;
        op->end = column;
        op->earliest = m->rings[op->ring].empty_column;
    }
    skip_ended(m);
}

/*
 * Of equal user data the first that runs; of none that does the first that is queued: a broken
 * trace.
 */
static struct swim_op *completed(struct swim_model *m, size_t ring, uint64_t user_data)
{
    struct swim_op *queued = NULL;

    for (size_t i = m->first_open; i < m->op_count; i++) {
        struct swim_op *op = &m->ops[i];

        if (op->ring != ring || op->end != SWIM_NONE || op->user_data != user_data)
            continue;
        if (op->column[SWIM_RUNNING] != SWIM_NONE)
            return op;
        if (!queued)
            queued = op;
    }
    return queued;
}

static size_t later(size_t a, size_t b)
{
    if (a == SWIM_NONE || b == SWIM_NONE)
        return a == SWIM_NONE ? b : a;
    return a > b ? a : b;
}

static void pop(struct swim_model *m, const struct cf_record *record)
{
    size_t ring = ring_of(m, record->cqe.ring), call, column;
    struct swim_op *op = completed(m, ring, record->cqe.user_data);
    struct swim_mark *seen;
    char number[24];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)record->cqe.after);
    call = find(m->call_numbers, number);
    column = call != SWIM_NONE ? m->calls[call].to : m->all_columns++;
    m->rings[ring].popped++;
    if (op) { /* whatever a broken trace says, nothing runs backwards */
        column = later(column, later(op->column[SWIM_BUILT], op->column[SWIM_RUNNING]));
        op->column[SWIM_POPPED] = op->end = column;
        op->cqe = record;
        op->pop_thread = call != SWIM_NONE ? m->calls[call].thread : SWIM_NONE;
        if (op->column[SWIM_RUNNING] == SWIM_NONE) {
            op->column[SWIM_DONE] = SWIM_NONE;
        } else {
            op->earliest = later(op->column[SWIM_RUNNING], m->rings[ring].empty_column);
            if (op->earliest > column)
                op->earliest = column;
            if (op->column[SWIM_DONE] == SWIM_NONE || op->column[SWIM_DONE] < op->earliest)
                op->column[SWIM_DONE] = column;
        }
    }
    seen = mark(m, record, SWIM_COMPLETION, column);
    seen->subject = op ? (size_t)(op - m->ops) : SWIM_NONE;
    seen->ring = ring;
    seen->thread = call != SWIM_NONE ? m->calls[call].thread : SWIM_NONE;
    skip_ended(m);
}

/* ---- records ---- */

static void note_size(struct swim_model *m, const struct cf_record *record)
{
    const char *sym = cf_out_string(record, "ring") ?: cf_in_string(record, "ring");
    size_t ring = ring_of(m, sym);

    if (ring == SWIM_NONE || !is_success(record))
        return;
    if (*record->call.fn != 'G') { /* a new ring, also when another scenario had one of this name */
        m->rings[ring].taken = m->rings[ring].popped = 0;
        m->rings[ring].empty_column = SWIM_NONE;
    }
    cf_out_u64(record, "sq", &m->rings[ring].number);
    cf_out_u64(record, "cq", &m->rings[ring].cq);
}

static void event_call(struct swim_model *m, const struct cf_record *record, size_t column)
{
    const char *event = cf_in_string(record, "event"), *fn = record->call.fn;
    enum swim_mark_kind kind;

    if (!strcmp(fn, "SetEvent"))
        kind = SWIM_SET;
    else if (!strcmp(fn, "ResetEvent"))
        kind = SWIM_RESET;
    else if (!strcmp(fn, "SetIoRingCompletionEvent") || !strcmp(fn, "NtSetInformationIoRing"))
        kind = SWIM_ATTACH;
    else
        return;
    if (event)
        mark(m, record, kind, column)->subject = event_of(m, event);
}

/* The first column in which the call was already under way. */
static size_t began(const struct swim_model *m, const struct cf_record *record, size_t thread,
                    size_t column)
{
    size_t from = column, most = SWIM_MOST_COLUMNS;

    for (size_t i = m->call_count; i-- && most--;) {
        const struct swim_call *other = &m->calls[i];

        if (other->thread == thread || (other->record->call.n < record->call.n &&
                                        other->record->call.t1_ns <= record->call.t0_ns))
            break;
        from = other->to;
    }
    if (m->threads[thread].last_to != SWIM_NONE && from <= m->threads[thread].last_to)
        from = m->threads[thread].last_to + 1;
    return from;
}

static void take_call(struct swim_model *m, const struct cf_record *record)
{
    const char *fn = record->call.fn;
    size_t column = m->all_columns++, thread = thread_of(m, record->call.thread);
    size_t ring = ring_of(m, cf_in_string(record, "ring"));
    char number[24];

    m->calls[m->call_count] =
        (struct swim_call){record, began(m, record, thread, column), column, thread, SWIM_NONE};
    m->threads[thread].last_to = column;
    snprintf(number, sizeof(number), "%llu", (unsigned long long)record->call.n);
    json_object_set_new(m->call_numbers, number, json_integer((json_int_t)m->call_count++));
    event_call(m, record, column);
    if (!strncmp(fn, "BuildIoRing", 11) || !strcmp(fn, "kit.sqe") || !strcmp(fn, "raw.sqe"))
        build(m, record, ring, column, thread);
    else if (!strcmp(fn, "SubmitIoRing") || !strcmp(fn, "NtSubmitIoRing"))
        submit(m, record, ring, column);
    else if (!strcmp(fn, "CreateIoRing") || !strcmp(fn, "NtCreateIoRing") ||
             !strcmp(fn, "GetIoRingInfo"))
        note_size(m, record);
    else if (ring != SWIM_NONE &&
             ((!strcmp(fn, "PopIoRingCompletion") && record->call.value == 1) ||
              ((!strcmp(fn, "kit.ntpop") || !strcmp(fn, "raw.pop")) && !record->call.value)))
        m->rings[ring].empty_column = column;
    else if (!strcmp(fn, "CloseIoRing") && ring != SWIM_NONE && is_success(record))
        end_ring(m, ring, column);
    else if (!strcmp(fn, "NtClose") &&
             find(m->ring_names, cf_in_string(record, "obj") ?: "") != SWIM_NONE)
        end_ring(m, find(m->ring_names, cf_in_string(record, "obj")), column);
}

static void take(struct swim_model *m, const struct cf_record *record)
{
    switch (record->type) {
    case CF_CALL:
        take_call(m, record);
        break;
    case CF_CQE:
        pop(m, record);
        break;
    case CF_EVT:
        mark(m, record, record->evt.signalled ? SWIM_SIGNALLED : SWIM_NOT_SIGNALLED,
             m->all_columns++)
            ->subject = event_of(m, record->evt.sym);
        break;
    case CF_SCN: /* symbols begin anew */
        end_ring(m, SWIM_NONE, m->all_columns);
        mark(m, record, SWIM_OTHER, m->all_columns++);
        break;
    case CF_MEM:
    case CF_EXC:
    case CF_OTHER: /* an event of DirectStorage, or what is newer than this */
        mark(m, record, SWIM_OTHER, m->all_columns++);
        break;
    default:
        break;
    }
}

/* ---- all of it ---- */

bool cf_swim_init(struct swim_model *m, const struct cf_swimlane *picture)
{
    const struct cf_trace *trace = picture->trace;
    size_t most = trace->count + 1;

    *m = (struct swim_model){.picture = picture,
                             .fault_of = calloc(most, sizeof(*m->fault_of)),
                             .calls = calloc(most, sizeof(*m->calls)),
                             .ops = calloc(most, sizeof(*m->ops)),
                             .marks = calloc(most, sizeof(*m->marks)),
                             .threads = calloc(most, sizeof(*m->threads)),
                             .rings =
                                 calloc(2 * most, sizeof(*m->rings)), /* a creation may name two */
                             .events = calloc(most, sizeof(*m->events)),
                             .thread_names = json_object(),
                             .ring_names = json_object(),
                             .event_names = json_object(),
                             .call_numbers = json_object()};
    if (!m->fault_of || !m->calls || !m->ops || !m->marks || !m->threads || !m->rings ||
        !m->events || !m->thread_names || !m->ring_names || !m->event_names || !m->call_numbers)
        return false;
    for (size_t i = 0; i < most; i++)
        m->fault_of[i] = SWIM_NONE;
    for (size_t i = 0; i < trace->count; i++)
        take(m, &trace->records[i]);
    end_ring(m, SWIM_NONE, m->all_columns ? m->all_columns - 1 : 0);
    cf_swim_accuse(m);
    return true;
}

void cf_swim_fini(struct swim_model *m)
{
    free(m->fault_of);
    free(m->calls);
    free(m->ops);
    free(m->marks);
    free(m->threads);
    free(m->rings);
    free(m->events);
    free(m->column_x);
    json_decref(m->thread_names);
    json_decref(m->ring_names);
    json_decref(m->event_names);
    json_decref(m->call_numbers);
}
