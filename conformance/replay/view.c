/* SPDX-License-Identifier: MIT */
/* The operations of a scenario, found by reading its trace once. */
#include "conformance/replay/view.h"

#include "conformance/kit/text.h"

#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <ioringapi.h>

static bool is_success(const struct cf_record *call)
{
    if (call->call.result == CF_RESULT_RET)
        return call->call.value != 0;
    return call->call.result != CF_RESULT_NONE && !(call->call.value >> 31);
}

size_t rp_view_ring(const struct rp_view *view, const char *sym, size_t line)
{
    size_t found = RP_NO_RING;

    for (size_t i = 0; sym && i < view->life_count && view->lives[i].made <= line; i++) {
        if (!strcmp(view->lives[i].sym, sym))
            found = i;
    }
    return found;
}

static bool is_pipe(const struct rp_view *view, const char *sym)
{
    const char *kind = sym ? json_string_value(json_object_get(view->kinds, sym)) : NULL;

    return kind && !strcmp(kind, "pipe");
}

/* The file behind a registered index. */
static const char *registered_file(const struct rp_view *view, size_t ring, const struct cf_record *build)
{
    uint64_t index = 0;

    cf_in_u64(build, "file_index", &index);
    if (ring == RP_NO_RING || !view->lives[ring].files)
        return NULL;
    return cf_in_string_at(view->lives[ring].files, "files", (size_t)index);
}

/* ---- reading ---- */

static void add_life(struct rp_view *view, const struct cf_record *record)
{
    const char *sym = cf_out_string(record, "ring");

    if (!sym || !is_success(record))
        return;
    view->lives[view->life_count++] = (struct rp_life){sym, record->line, NULL};
}

static void add_op(struct rp_view *view, const struct cf_record *record)
{
    const char *ring = cf_in_string(record, "ring"), *file = cf_in_string(record, "file");
    struct rp_op *op = &view->ops[view->op_count];
    uint64_t code = 0;

    if (!is_success(record))
        return;
    *op = (struct rp_op){.build = record, .ring = rp_view_ring(view, ring, record->line)};
    cf_in_u64(record, "ud", &op->user_data);
    cf_in_u64(record, "op", &code);
    if (cf_in_has(record, "file_index"))
        file = registered_file(view, op->ring, record);
    op->is_pipe = is_pipe(view, file);
    op->is_cancel = !strcmp(record->call.fn, "BuildIoRingCancelRequest") ||
                    (!strcmp(record->call.fn, "kit.sqe") && code == IORING_OP_CANCEL);
    view->op_count++;
    if (op->ring != RP_NO_RING && !strcmp(record->call.fn, "BuildIoRingRegisterFileHandles"))
        view->lives[op->ring].files = record;
}

static void submit(struct rp_view *view, const struct cf_record *record)
{
    size_t ring = rp_view_ring(view, cf_in_string(record, "ring"), record->line);
    uint64_t count = UINT64_MAX;

    if (!cf_out_u64(record, "submitted", &count) && !is_success(record))
        return;
    if (count == 0xa5a5a5a5) /* the poison: nothing was said */
        return;
    for (size_t i = view->unsubmitted; i < view->op_count && count; i++) {
        struct rp_op *op = &view->ops[i];

        if (op->ring != ring || op->submitted)
            continue;
        op->submitted = record->line;
        count--;
    }
    while (view->unsubmitted < view->op_count && view->ops[view->unsubmitted].submitted)
        view->unsubmitted++;
}

static void pop(struct rp_view *view, const struct cf_record *record)
{
    size_t ring = rp_view_ring(view, record->cqe.ring, record->line);

    for (size_t i = view->unpopped; i < view->op_count; i++) {
        struct rp_op *op = &view->ops[i];

        if (op->ring == ring && op->user_data == record->cqe.user_data && op->submitted && !op->popped) {
            op->popped = record->line;
            break;
        }
    }
    while (view->unpopped < view->op_count && view->ops[view->unpopped].popped)
        view->unpopped++;
}

/* A wait for as many as there were says that all of them are done. */
static void finish(struct rp_view *view, const struct cf_record *record)
{
    size_t ring = rp_view_ring(view, cf_in_string(record, "ring"), record->line);
    uint64_t wait = 0, open = 0;

    if (record->call.value || !cf_in_u64(record, "wait", &wait) || !wait)
        return;
    for (size_t i = view->unpopped; i < view->op_count; i++)
        open += view->ops[i].ring == ring && view->ops[i].submitted && !view->ops[i].popped;
    for (size_t i = view->unpopped; i < view->op_count && wait >= open; i++) {
        struct rp_op *op = &view->ops[i];

        if (op->ring == ring && op->submitted && !op->popped && !op->done)
            op->done = record->line;
    }
}

/* What can make a pending operation of a pipe complete. */
static bool is_gate(const struct rp_view *view, const struct cf_record *record)
{
    static const char *const names[] = {"ReadFile", "WriteFile", "CloseHandle", "DisconnectNamedPipe",
                                        "CreateFileW", "CreateFileA", "CreateFile2",
                                        "FlushFileBuffers", "ConnectNamedPipe"};
    const char *fn = record->call.fn, *file = cf_in_string(record, "file");

    if (!strncmp(fn, "CancelIo", 8) || !strcmp(fn, "BuildIoRingCancelRequest"))
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], fn) != 0)
            continue;
        file = file ? file : cf_in_string(record, "obj");
        return cf_in_has(record, "pipe") || is_pipe(view, file) ||
               is_pipe(view, cf_out_string(record, "file"));
    }
    return false;
}

static void submit_and_wait(struct rp_view *view, const struct cf_record *record)
{
    submit(view, record);
    finish(view, record);
}

static void read_call(struct rp_view *view, const struct cf_record *record)
{
    const char *fn = record->call.fn;

    if (!strcmp(fn, "CreateIoRing") || !strcmp(fn, "NtCreateIoRing"))
        add_life(view, record);
    else if (!strncmp(fn, "BuildIoRing", 11) || !strcmp(fn, "kit.sqe"))
        add_op(view, record);
    else if (!strcmp(fn, "SubmitIoRing") || !strcmp(fn, "NtSubmitIoRing"))
        submit_and_wait(view, record);
    if (is_gate(view, record))
        view->gates[view->gate_count++] = record->line;
}

void rp_view_init(struct rp_view *view, const struct cf_trace *trace, size_t from, size_t to)
{
    size_t count = to - from + 1;

    *view = (struct rp_view){.trace = trace, .from = from, .to = to, .scenario = ""};
    if (from < to && trace->records[from].type == CF_SCN) {
        view->scenario = trace->records[from].scn.id;
        view->trial = trace->records[from].scn.trial;
    }
    view->ops = cf_xalloc(count * sizeof(*view->ops));
    view->lives = cf_xalloc(count * sizeof(*view->lives));
    view->gates = cf_xalloc(count * sizeof(*view->gates));
    view->kinds = json_object();
    for (size_t i = from; i < to; i++) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_OBJ && !json_object_get(view->kinds, record->obj.sym))
            json_object_set_new(view->kinds, record->obj.sym, json_string(record->obj.kind));
    }
    for (size_t i = from; i < to; i++) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_CALL)
            read_call(view, record);
        else if (record->type == CF_CQE)
            pop(view, record);
    }
}

void rp_view_fini(struct rp_view *view)
{
    free(view->ops);
    free(view->lives);
    free(view->gates);
    json_decref(view->kinds);
}

/* ---- questions ---- */

static bool gate_between(const struct rp_view *view, size_t from, size_t to)
{
    for (size_t i = 0; i < view->gate_count; i++) {
        if (view->gates[i] > from && view->gates[i] <= to)
            return true;
    }
    return false;
}

static bool may_touch(const struct rp_op *op, const char *buf)
{
    const char *own = cf_in_string(op->build, "buf");

    if (own)
        return !strcmp(own, buf);
    for (size_t i = 0; i < cf_in_count(op->build, "bufs"); i++) {
        const char *segment = cf_in_string_at(op->build, "bufs", i);

        if (segment && !strcmp(segment, buf))
            return true;
    }
    return cf_in_has(op->build, "buf_index");
}

bool rp_view_racing(const struct rp_view *view, size_t ring, size_t line, const char *buf)
{
    for (size_t i = 0; i < view->op_count; i++) {
        const struct rp_op *op = &view->ops[i];

        if ((ring != RP_NO_RING && op->ring != ring) || !op->submitted || op->submitted > line ||
            (op->popped && op->popped <= line) || (op->done && op->done <= line) || (buf && !may_touch(op, buf)))
            continue;
        if (!op->is_pipe || gate_between(view, op->submitted, line))
            return true;
    }
    return false;
}
