/* SPDX-License-Identifier: MIT */
/*
 * Behaviours that a trace shows a program to rest on, by what it asked and by what it was told: a
 * NULL buffer, a read that met the end of the file, a wait that expired. Nothing is judged here: no
 * rule can say what is right where nobody has published anything, but that a program rests on it can
 * be seen. What a program does with a result cannot, so Information of a flush and its like are left out.
 */
#include "conformance/oracle/reach.h"

#include "conformance/oracle/tables.h"

#include <stdlib.h>
#include <string.h>

enum call {
    READ = 1 << 0,
    WRITE = 1 << 1,
    FLUSH = 1 << 2,
    SCATTER = 1 << 3,
    GATHER = 1 << 4,
    CANCEL = 1 << 5,
    FILES = 1 << 6,
    BUFFERS = 1 << 7,
    BUILD = (1 << 8) - 1,
    CREATE = 1 << 8,
    SUBMIT = 1 << 9,
    POP = 1 << 10,
    CLOSE = 1 << 11,
    INFO = 1 << 12,
    ATTACH = 1 << 13,
    CAPS = 1 << 14,
    NT_SUBMIT = 1 << 15,
    NT_CREATE = 1 << 16,
};

#define TRANSFER (READ | WRITE)
#define TO_RING (BUILD | SUBMIT | POP | CLOSE | INFO | ATTACH)
#define LARGEST_OFFSET ((uint64_t)INT64_MAX)

static unsigned call_of(const char *fn)
{
    static const struct {
        const char *fn;
        unsigned call;
    } calls[] = {
        {"BuildIoRingReadFile", READ},
        {"BuildIoRingWriteFile", WRITE},
        {"BuildIoRingFlushFile", FLUSH},
        {"BuildIoRingReadFileScatter", SCATTER},
        {"BuildIoRingWriteFileGather", GATHER},
        {"BuildIoRingCancelRequest", CANCEL},
        {"BuildIoRingRegisterFileHandles", FILES},
        {"BuildIoRingRegisterBuffers", BUFFERS},
        {"CreateIoRing", CREATE},
        {"SubmitIoRing", SUBMIT},
        {"PopIoRingCompletion", POP},
        {"CloseIoRing", CLOSE},
        {"GetIoRingInfo", INFO},
        {"SetIoRingCompletionEvent", ATTACH},
        {"QueryIoRingCapabilities", CAPS},
        {"NtSubmitIoRing", NT_SUBMIT},
        {"NtCreateIoRing", NT_CREATE},
    };

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (!strcmp(calls[i].fn, fn))
            return calls[i].call;
    return 0;
}

static void reach(struct ora_reached *reached, const char *row)
{
    struct cf_reach *grown;

    for (size_t i = 0; i < reached->count; i++) {
        if (!strcmp(reached->items[i].row, row)) {
            reached->items[i].uses++;
            return;
        }
    }
    grown = realloc(reached->items, (reached->count + 1) * sizeof(*grown));
    if (!grown) {
        reached->failed = true;
        return;
    }
    reached->items = grown;
    grown[reached->count++] = (struct cf_reach){row, 1};
}

/* ---- by what was asked ---- */

struct asking;

struct asked {
    const char *row;
    unsigned calls;
    bool (*met)(const struct asking *a);
    const char *key; /* of the arguments */
    uint64_t value;
};

struct asking {
    const struct asked *by;
    const struct ora_model *model;
    const struct ora_item *item;
};

static uint64_t number(const struct asking *a, const char *key, uint64_t otherwise)
{
    uint64_t value = otherwise;

    cf_in_u64(a->item->record, key, &value);
    return value;
}

static bool always(const struct asking *a)
{
    return true;
}

static bool equal(const struct asking *a)
{
    uint64_t value;

    return cf_in_u64(a->item->record, a->by->key, &value) && value == a->by->value;
}

static bool above(const struct asking *a)
{
    return number(a, a->by->key, 0) > a->by->value;
}

static bool null(const struct asking *a)
{
    return cf_in_has(a->item->record, a->by->key) && !cf_in_string(a->item->record, a->by->key);
}

static bool invalid(const struct asking *a)
{
    const char *text = cf_in_string(a->item->record, a->by->key);

    return text && !strcmp(text, "invalid");
}

/* No bytes need no address. */
static bool null_with_bytes(const struct asking *a)
{
    return null(a) && number(a, "len", 0);
}

static bool null_without_bytes(const struct asking *a)
{
    return null(a) && !number(a, "len", 1);
}

static bool no_bytes(const struct asking *a)
{
    return !null(a) && !number(a, "len", 1);
}

static bool names_file(const struct asking *a, const char *key)
{
    const char *sym = cf_in_string(a->item->record, key);

    return sym && ora_names_find(&a->model->files, sym, 0, 0);
}

/* A pipe ignores the offset. */
static bool is_file(const struct asking *a)
{
    return names_file(a, "file");
}

static bool file_offset(const struct asking *a)
{
    return is_file(a) && number(a, "off", 0) == a->by->value;
}

/* The two highest mean the position of the file, or its end. */
static bool offset_negative(const struct asking *a)
{
    uint64_t at = number(a, "off", 0);

    return is_file(a) && at > LARGEST_OFFSET && at < UINT64_MAX - 1;
}

static bool offset_wraps(const struct asking *a)
{
    uint64_t at = number(a, "off", 0);

    return is_file(a) && at <= LARGEST_OFFSET && number(a, "len", 0) > LARGEST_OFFSET - at;
}

static bool synchronous(const struct asking *a)
{
    return is_file(a) &&
           !ora_names_find(&a->model->overlapped, cf_in_string(a->item->record, "file"), 0, 0);
}

/* A recorder forgets a ring that was closed. */
static bool stale_ring(const struct asking *a)
{
    const char *ring = cf_in_string(a->item->record, "ring");

    if (a->item->ring == NONE)
        return ring && !strcmp(ring, "unknown");
    return a->model->rings[a->item->ring].closed != NONE &&
           ora_before(&a->model->rings[a->item->ring].close_span, &a->item->span);
}

static bool own_user_data(const struct asking *a)
{
    return number(a, "target", 0) && number(a, "target", 0) == number(a, "ud", 0);
}

static bool attached_file(const struct asking *a)
{
    return names_file(a, "event");
}

static bool on_version(const struct asking *a)
{
    return a->item->ring != NONE && a->model->rings[a->item->ring].version == a->by->value;
}

static bool registers_nothing(const struct asking *a)
{
    return on_version(a) && !number(a, "count", 1);
}

static bool drains(const struct asking *a)
{
    return on_version(a) && (number(a, "sqe", 0) & 1);
}

static bool timeout_past(const struct asking *a)
{
    uint64_t timeout = number(a, "timeout", 0);

    return number(a, "wait", 0) && timeout && timeout <= INT64_MAX;
}

static bool timeout_relative(const struct asking *a)
{
    return number(a, "wait", 0) && number(a, "timeout", 0) > INT64_MAX;
}

static bool timeout_zero(const struct asking *a)
{
    return number(a, "wait", 0) && !number(a, "timeout", 1);
}

static bool timeout_unused(const struct asking *a)
{
    return !number(a, "wait", 0) && cf_in_u64(a->item->record, "timeout", &(uint64_t){0});
}

static const struct asked by_call[] = {
    {"caps.limits", CAPS, always},
    {"write.basic", WRITE, always},
    {"write.through", WRITE | GATHER, equal, "write", 1},
    {"flush.modes", FLUSH, always},
    {"scatter.basic", SCATTER | GATHER, always},
    {"reg.own-completion", FILES | BUFFERS, always},
    {"handle.sync", TRANSFER, synchronous},
    {"read.zero-length", TRANSFER, no_bytes, "buf", 0},
    {"cancel.zero", CANCEL, equal, "target", 0},
    {"wait.all", SUBMIT, equal, "wait", WAIT_FOR_ALL},
    {"event.null", ATTACH, null, "event", 0},
    {"event.invalid", ATTACH, invalid, "event", 0},
    {"ring.cq-zero", CREATE, equal, "cq", 0},
    {"close.stale", TO_RING, stale_ring},
    {"ring.flags", CREATE, above, "advisory", 1},

    {"open.null-ring", TO_RING, null, "ring", 0},
    {"open.build.null-handle", TRANSFER, null, "file", 0},
    {"open.build.null-handle-flush", FLUSH, null, "file", 0},
    {"open.build.null-handle-cancel", CANCEL, null, "file", 0},
    {"open.build.invalid-handle", BUILD, invalid, "file", 0},
    {"open.build.null-buffer", READ, null_with_bytes, "buf", 0},
    {"open.build.null-buffer-write", WRITE, null_with_bytes, "buf", 0},
    {"open.build.null-buffer-empty", TRANSFER, null_without_bytes, "buf", 0},
    {"open.build.offset-minus-1-read", READ, file_offset, NULL, UINT64_MAX},
    {"open.build.offset-minus-1-write", WRITE, file_offset, NULL, UINT64_MAX},
    {"open.build.offset-minus-2-read", READ, file_offset, NULL, UINT64_MAX - 1},
    {"open.build.offset-minus-2-write", WRITE, file_offset, NULL, UINT64_MAX - 1},
    {"open.build.offset-2-63", TRANSFER, offset_negative},
    {"open.build.offset-end-wraps", TRANSFER, offset_wraps},
    {"open.build.sqe-flag-2", BUILD, above, "sqe", 1},
    {"open.build.write-flag-2", WRITE, above, "write", 1},
    {"open.build.flush-mode-4", FLUSH, above, "mode", 3},
    {"open.build.write-version-1", WRITE, on_version, NULL, 1},
    {"open.build.write-version-2", WRITE, on_version, NULL, 2},
    {"open.build.flush-version-1", FLUSH, on_version, NULL, 1},
    {"open.build.flush-version-2", FLUSH, on_version, NULL, 2},
    {"open.build.drain-version-1", READ, drains, NULL, 1},
    {"open.build.drain-version-2", READ, drains, NULL, 2},
    {"open.build.scatter-version-300", SCATTER, on_version, NULL, 300},
    {"open.build.gather-version-300", GATHER, on_version, NULL, 300},
    {"open.reg.zero-buffers-version-1", BUFFERS, registers_nothing, NULL, 1},
    {"open.reg.zero-buffers-version-2", BUFFERS, registers_nothing, NULL, 2},
    {"open.reg.zero-buffers-version-300", BUFFERS, registers_nothing, NULL, 300},
    {"reg.zero-count", BUFFERS, registers_nothing, NULL, 400},
    {"open.reg.zero-files-version-1", FILES, registers_nothing, NULL, 1},
    {"open.reg.zero-files-version-2", FILES, registers_nothing, NULL, 2},
    {"open.reg.zero-files-version-300", FILES, registers_nothing, NULL, 300},
    {"open.reg.zero-files-version-400", FILES, registers_nothing, NULL, 400},
    {"open.cancel.own-user-data", CANCEL, own_user_data},
    {"open.create.sq-zero", CREATE, equal, "sq", 0},
    {"open.create.sq-too-big", CREATE, above, "sq", 65536},
    {"open.create.cq-too-big", CREATE, above, "cq", 131072},
    {"open.create.required-bits", CREATE, above, "required", 0},
    {"open.event.file", ATTACH, attached_file},
    {"open.submit.wait-almost-all", SUBMIT, equal, "wait", WAIT_FOR_ALL - 1},
    {"open.nt.submit-flags", NT_SUBMIT, above, "flags", 0},
    {"open.nt.create-required", NT_CREATE, above, "required", 0},
    {"open.nt.create-advisory", NT_CREATE, above, "advisory", 0},
    {"open.nt.timeout-absolute", NT_SUBMIT, timeout_past},
    {"open.nt.timeout-relative", NT_SUBMIT, timeout_relative},
    {"open.nt.timeout-zero", NT_SUBMIT, timeout_zero},
    {"open.nt.timeout-without-wait", NT_SUBMIT, timeout_unused},
};

static void reach_calls(struct ora_reached *reached, const struct ora_model *model)
{
    for (size_t i = 0; i < model->item_count; i++) {
        const struct cf_record *record = model->items[i].record;
        unsigned call = record->type == CF_CALL ? call_of(record->call.fn) : 0;

        for (size_t k = 0; call && k < sizeof(by_call) / sizeof(by_call[0]); k++) {
            const struct asking asking = {&by_call[k], model, &model->items[i]};

            if ((by_call[k].calls & call) && by_call[k].met(&asking))
                reach(reached, by_call[k].row);
        }
    }
}

/* ---- by what came back ---- */

#define KIND(kind) (1u << (kind))
#define ANY_KIND UINT32_MAX

static const struct told {
    const char *row;
    uint32_t code, kinds;
} by_code[] = {
    {"read.eof", HR_END_OF_FILE, KIND(ORA_READ) | KIND(ORA_SCATTER)},
    {"cancel.aborted", HR_ABORT, ANY_KIND},
    {"cancel.not-found", HR_NOT_FOUND, KIND(ORA_CANCEL)},
    {"read.bad-buffer", 0x800703e6, ANY_KIND},    /* ERROR_NOACCESS */
    {"reg.index-range", 0x80070585, ANY_KIND},    /* ERROR_INVALID_INDEX */
    {"pipe.peer-gone", 0x8007006d, ANY_KIND},     /* ERROR_BROKEN_PIPE */
    {"pipe.peer-gone", 0x800700e8, ANY_KIND},     /* ERROR_NO_DATA */
    {"pipe.listening", 0x80070218, ANY_KIND},     /* ERROR_PIPE_LISTENING */
    {"io.disk-full", 0x80070070, ANY_KIND},       /* ERROR_DISK_FULL */
    {"flush.access", 0x80070005, KIND(ORA_FLUSH)}, /* E_ACCESSDENIED */
    {"handle.access", 0x80070005, ~KIND(ORA_FLUSH)},
};

static void reach_results(struct ora_reached *reached, const struct ora_model *model)
{
    for (size_t i = 0; i < model->cqe_count; i++) {
        const struct ora_cqe *cqe = &model->cqes[i];
        uint32_t kind = cqe->op == NONE ? 0 : KIND(model->ops[cqe->op].kind);

        for (size_t k = 0; k < sizeof(by_code) / sizeof(by_code[0]); k++)
            if (cqe->record->cqe.hr == by_code[k].code && (kind & by_code[k].kinds))
                reach(reached, by_code[k].row);
    }
}

/* ---- by the state in which it was asked ---- */

static void reach_submit(struct ora_reached *reached, const struct ora_submit *submit,
                         const struct ora_submit *before)
{
    const struct cf_record *call = submit->record;
    uint64_t submitted;
    bool counted = cf_out_u64(call, "submitted", &submitted);

    if (strcmp(call->call.fn, "SubmitIoRing"))
        return;
    if (!submit->wait && submit->ms && submit->ms != NONE)
        reach(reached, "wait.zero");
    if (submit->timed_out && counted)
        reach(reached, "open.submit.count-on-timeout");
    else if (ora_failed((uint32_t)call->call.value) && counted)
        reach(reached, "open.submit.count-on-refusal");
    if (call->call.value == HR_INVALID_ARGUMENT && submit->wait && submit->queued)
        reach(reached, "open.submit.wait-more-than-possible");
    if (call->call.value == HR_CQ_TOO_FULL)
        reach(reached, "open.cq.too-full");
    if (submit->overlapped)
        reach(reached, "submit.one-at-a-time");
    if (submit->overlapped && before && before->wait)
        reach(reached, "open.submit.beside-waiter");
}

static void reach_submits(struct ora_reached *reached, const struct ora_model *model)
{
    for (size_t r = 0; r < model->ring_count; r++) {
        const struct ora_submit *before = NULL;

        for (size_t i = model->rings[r].first_submit; i != NONE; i = model->submits[i].next) {
            reach_submit(reached, &model->submits[i], before);
            before = &model->submits[i];
        }
    }
}

/* An index of a ring that never had a table. */
static bool reach_tables(struct ora_reached *reached, const struct ora_model *model)
{
    struct ora_tables tables;
    bool ok = ora_tables_init(&tables, model);

    for (size_t i = 0; ok && i < model->op_count; i++) {
        if (tables.files[i] == NONE && cf_in_has(model->ops[i].record, "file_index"))
            reach(reached, "open.build.file-index-unregistered");
        if (tables.buffers[i] == NONE && cf_in_has(model->ops[i].record, "buf_index"))
            reach(reached, "open.build.buffer-index-unregistered");
    }
    return ok;
}

void ora_reach_all(struct ora_reached *reached, const struct ora_model *model)
{
    reach_calls(reached, model);
    reach_results(reached, model);
    reach_submits(reached, model);
    reached->failed |= !reach_tables(reached, model);
}
