/* SPDX-License-Identifier: MIT */
/*
 * From records to rings, entries and completions. A build or submit counts from its begin and a
 * completion from the end of its pop, so that a completion is never taken for impossible because two
 * calls overlapped.
 */
#include "conformance/oracle/model.h"
#include "conformance/trace/same.h"

#include <stdlib.h>
#include <string.h>

struct order {
    struct ora_item item;
    uint64_t time;
    size_t rank, position;
};

/* Entries of one ring with equal user data. */
struct chain {
    size_t first, last;  /* not yet completed */
    size_t unmatched;
    size_t vague_until;  /* entries up to this index were in flight together: not exact */
};

struct builder {
    struct ora_model *model;
    struct ora_names rings;  /* (sym, 0, 0) -> ring */
    struct ora_names chains; /* ("", ring, user data) -> chain */
    struct chain *chain_pool;
    size_t chain_count;
    size_t last_ring; /* found last: mostly the next one too; NONE */
};

bool ora_before(const struct ora_span *a, const struct ora_span *b)
{
    if (a->thread == b->thread)
        return a->n < b->n;
    return a->t1 < b->t0;
}

bool ora_live(const struct ora_ring *ring, const struct ora_span *span)
{
    return ring->closed == NONE || ora_before(span, &ring->close_span);
}

bool ora_good_handle(const struct ora_model *model, const char *sym)
{
    return sym && strcmp(sym, "unknown") && strcmp(sym, "invalid") && strcmp(sym, "nonnull") &&
           strcmp(sym, "null") && !ora_names_find(&model->spoilt, sym, 0, 0);
}

bool ora_succeeded(const struct cf_record *call)
{
    if (call->call.result == CF_RESULT_RET)
        return call->call.value != 0;
    return !(call->call.value >> 31);
}

/* ---- order of time ---- */

static int compare(const void *left, const void *right)
{
    const struct order *a = left, *b = right;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->item.span.n != b->item.span.n)
        return a->item.span.n < b->item.span.n ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

static int compare_spans(const void *left, const void *right)
{
    const struct ora_span *a = left, *b = right;

    return a->n < b->n ? -1 : a->n > b->n;
}

static struct ora_span span_of(const struct cf_record *call)
{
    return (struct ora_span){call->call.t0_ns, call->call.t1_ns, call->call.n, call->call.thread};
}

static struct ora_span span_after(const struct ora_span *spans, size_t count, uint64_t n,
                                  struct ora_span latest)
{
    struct ora_span key = {.n = n}, *found;

    found = count ? bsearch(&key, spans, count, sizeof(*spans), compare_spans) : NULL;
    return found ? *found : latest;
}

static bool sorted(const void *items, size_t count, size_t nbytes,
                   int (*compare_two)(const void *left, const void *right))
{
    const char *item = items;

    for (size_t i = 1; i < count; i++, item += nbytes)
        if (compare_two(item, item + nbytes) > 0)
            return false;
    return true;
}

static void place(struct order *order, const struct ora_span *spans, size_t span_count,
                  struct ora_span *latest)
{
    const struct cf_record *record = order->item.record;

    switch (record->type) {
    case CF_CALL:
        order->item.span = *latest = span_of(record);
        order->time = record->call.t0_ns;
        return;
    case CF_CQE:
        order->item.span = span_after(spans, span_count, record->cqe.after, *latest);
        order->rank = 1;
        break;
    case CF_EVT:
        order->item.span = span_after(spans, span_count, record->evt.after, *latest);
        order->rank = 2;
        break;
    case CF_MEM:
        order->item.span = span_after(spans, span_count, record->mem.after, *latest);
        order->rank = 3;
        break;
    default:
        order->item.span = *latest;
        order->rank = 4;
        break;
    }
    order->time = order->item.span.t1;
}

/*
 * An object is there before whatever names it. Its line comes before theirs, but a call of another
 * thread, whose line came earlier yet, may have ended after such a call began.
 */
static void place_object(struct order *order, uint64_t begin)
{
    if (begin >= order->time)
        return;
    order->time = begin; /* of the calls whose lines follow, the first */
    order->item.span.n = 0;
    order->rank = 0;
}

/* Most traces are of one thread, and stand in order of time as they are. */
static bool sort_records(struct ora_model *model, const struct cf_trace *trace)
{
    struct order *orders = ora_take_dirty(model->space, trace->count + 1, sizeof(*orders));
    struct ora_span *spans = ora_take_dirty(model->space, trace->count + 1, sizeof(*spans));
    struct ora_span latest = {0};
    uint64_t begin = UINT64_MAX;
    size_t span_count = 0;

    if (!orders || !spans)
        return false;
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->records[i].type == CF_CALL)
            spans[span_count++] = span_of(&trace->records[i]);
    }
    if (!sorted(spans, span_count, sizeof(*spans), compare_spans))
        qsort(spans, span_count, sizeof(*spans), compare_spans);
    for (model->first_gap = 1; model->first_gap <= span_count; model->first_gap++) {
        if (spans[model->first_gap - 1].n != model->first_gap)
            break;
    }
    for (size_t i = 0; i < trace->count; i++) {
        orders[i] = (struct order){.item = {.record = &trace->records[i], .ring = NONE}, .position = i};
        place(&orders[i], spans, span_count, &latest);
    }
    for (size_t i = trace->count; i-- > 0;) {
        const struct cf_record *record = &trace->records[i];

        if (record->type == CF_CALL && record->call.t0_ns < begin)
            begin = record->call.t0_ns;
        else if (record->type == CF_OBJ)
            place_object(&orders[i], begin);
    }
    if (!sorted(orders, trace->count, sizeof(*orders), compare))
        qsort(orders, trace->count, sizeof(*orders), compare);
    for (size_t i = 0; i < trace->count; i++)
        model->items[i] = orders[i].item;
    model->item_count = trace->count;
    return true;
}

/* ---- rings ---- */

static size_t add_ring(struct builder *builder, const char *sym)
{
    struct ora_model *model = builder->model;
    struct ora_ring *ring = &model->rings[model->ring_count];

    *ring = (struct ora_ring){.sym = sym,
                              .first_op = NONE, .last_op = NONE, .first_queued = NONE,
                              .first_cqe = NONE, .last_cqe = NONE,
                              .first_submit = NONE, .last_submit = NONE,
                              .first_empty = NONE, .last_empty = NONE,
                              .first_unmarked = NONE, .closed = NONE};
    ora_names_at(&builder->rings, sym, 0, 0)->value = model->ring_count;
    builder->last_ring = model->ring_count;
    return model->ring_count++;
}

/* The last ring is the latest of its name: another of that name would have been found since. */
static bool is_last_ring(const struct builder *builder, const char *sym)
{
    return builder->last_ring != NONE && cf_same(builder->model->rings[builder->last_ring].sym, sym);
}

static size_t find_ring(struct builder *builder, const char *sym)
{
    struct ora_name *name;

    if (is_last_ring(builder, sym))
        return builder->last_ring;
    name = ora_names_at(&builder->rings, sym, 0, 0);
    if (name->value == NONE)
        return add_ring(builder, sym);
    return builder->last_ring = name->value;
}

static void create_ring(struct builder *builder, const struct cf_record *call, bool nt)
{
    const char *sym = cf_out_string(call, "ring");
    struct ora_ring *ring;

    if (!sym || !ora_succeeded(call))
        return;
    ring = &builder->model->rings[add_ring(builder, sym)];
    ring->record = call;
    ring->nt = nt;
    cf_in_u64(call, "ver", &ring->version);
    cf_in_u64(call, "required", &ring->required);
    cf_in_u64(call, "advisory", &ring->advisory);
    cf_in_u64(call, "sq", &ring->asked_sq);
    cf_in_u64(call, "cq", &ring->asked_cq);
    if (nt) {
        cf_out_u64(call, "sq", &ring->sq);
        cf_out_u64(call, "cq", &ring->cq);
    }
}

static void learn_sizes(struct ora_ring *ring, const struct cf_record *call)
{
    if (!ora_succeeded(call))
        return;
    cf_out_u64(call, "sq", &ring->sq);
    cf_out_u64(call, "cq", &ring->cq);
    cf_out_u64(call, "ver", &ring->version);
}

/* Builds and submits are the caller's to serialise; where he did not, queue order is unknown. */
static void note_producer(struct ora_ring *ring, const struct ora_span *span)
{
    if (ring->producer.n && ring->producer.thread != span->thread && ring->producer.t1 >= span->t0)
        ring->racy = true;
    if (span->t1 >= ring->producer.t1)
        ring->producer = *span;
}

static void note_consumer(struct ora_ring *ring, const struct ora_span *span)
{
    if (ring->consumer.n && ring->consumer.thread != span->thread && ring->consumer.t1 >= span->t0)
        ring->pop_racy = true;
    if (span->t1 >= ring->consumer.t1)
        ring->consumer = *span;
}

/* ---- entries ---- */

static enum ora_kind kind_of_code(uint64_t code)
{
    static const enum ora_kind kinds[] = {ORA_OTHER, ORA_READ, ORA_REGISTER_FILES,
                                          ORA_REGISTER_BUFFERS, ORA_CANCEL, ORA_WRITE, ORA_FLUSH,
                                          ORA_SCATTER, ORA_GATHER};

    return code < sizeof(kinds) / sizeof(kinds[0]) ? kinds[code] : ORA_OTHER;
}

bool ora_build_kind(const struct cf_record *call, enum ora_kind *kind_out)
{
    uint64_t code = 0;

    switch (call->call.id) {
    case CF_FN_BuildIoRingReadFile:
        *kind_out = ORA_READ;
        return true;
    case CF_FN_BuildIoRingWriteFile:
        *kind_out = ORA_WRITE;
        return true;
    case CF_FN_BuildIoRingFlushFile:
        *kind_out = ORA_FLUSH;
        return true;
    case CF_FN_BuildIoRingCancelRequest:
        *kind_out = ORA_CANCEL;
        return true;
    case CF_FN_BuildIoRingRegisterFileHandles:
        *kind_out = ORA_REGISTER_FILES;
        return true;
    case CF_FN_BuildIoRingRegisterBuffers:
        *kind_out = ORA_REGISTER_BUFFERS;
        return true;
    case CF_FN_BuildIoRingReadFileScatter:
        *kind_out = ORA_SCATTER;
        return true;
    case CF_FN_BuildIoRingWriteFileGather:
        *kind_out = ORA_GATHER;
        return true;
    case CF_FN_kit_sqe:
    case CF_FN_raw_sqe:
        cf_in_u64(call, "op", &code);
        *kind_out = kind_of_code(code);
        return true;
    default:
        return false;
    }
}

static struct chain *chain_of(struct builder *builder, size_t ring, uint64_t user_data)
{
    struct ora_name *name = ora_names_at(&builder->chains, "", ring, user_data);

    if (name->value == NONE) {
        name->value = builder->chain_count++;
        builder->chain_pool[name->value] = (struct chain){NONE, NONE, 0, NONE};
    }
    return &builder->chain_pool[name->value];
}

static void learn_words(struct ora_op *op)
{
    const struct cf_record *call = op->record;

    cf_in_u64(call, "ud", &op->user_data);
    cf_in_u64(call, "target", &op->target);
    cf_in_u64(call, "len", &op->nbytes);
    cf_in_u64(call, "sqe", &op->flags);
    cf_in_u64(call, "off", &op->offset);
    cf_in_u64(call, "buf_off", &op->buffer_offset);
    op->file = cf_in_string(call, "file");
    op->buffer = cf_in_string(call, "buf");
    op->file_indexed = cf_in_u64(call, "file_index", &op->file_index);
    op->buffer_indexed = cf_in_u64(call, "buf_index", &op->buffer_index);
}

/* The same of a trace kept in memory, without looking for each word by itself. */
static void learn_kept_words(struct ora_op *op)
{
    for (size_t i = 0; i < op->record->own.count; i++) {
        const struct cf_trace_value *value = &op->record->own.items[i];
        const char *key = value->key;
        bool number = value->kind == CF_VALUE_NUMBER || value->kind == CF_VALUE_HEX;
        bool text = value->kind == CF_VALUE_STRING;

        switch (key[0]) { /* so that each is compared with few */
        case 'b':
            if (text && cf_same(key, "buf")) {
                op->buffer = value->string;
            } else if (number && cf_same(key, "buf_off")) {
                op->buffer_offset = value->number;
            } else if (number && cf_same(key, "buf_index")) {
                op->buffer_indexed = true;
                op->buffer_index = value->number;
            }
            break;
        case 'f':
            if (text && cf_same(key, "file")) {
                op->file = value->string;
            } else if (number && cf_same(key, "file_index")) {
                op->file_indexed = true;
                op->file_index = value->number;
            }
            break;
        case 'l':
            if (number && cf_same(key, "len"))
                op->nbytes = value->number;
            break;
        case 'o':
            if (number && cf_same(key, "off"))
                op->offset = value->number;
            break;
        case 's':
            if (number && cf_same(key, "sqe"))
                op->flags = value->number;
            break;
        case 't':
            if (number && cf_same(key, "target"))
                op->target = value->number;
            break;
        case 'u':
            if (number && cf_same(key, "ud"))
                op->user_data = value->number;
            break;
        default:
            break;
        }
    }
}

static void add_op(struct builder *builder, const struct ora_item *item, enum ora_kind kind)
{
    struct ora_model *model = builder->model;
    struct ora_ring *ring = &model->rings[item->ring];
    size_t index = model->op_count++;
    struct ora_op *op = &model->ops[index];
    struct chain *chain;

    *op = (struct ora_op){.record = item->record, .span = item->span, .kind = kind,
                          .ring = item->ring, .next = NONE, .next_same = NONE, .submit = NONE,
                          .cqe = NONE, .queued = ring->built - ring->taken,
                          .position = ring->built};
    ring->built++;
    if (item->record->json)
        learn_words(op);
    else
        learn_kept_words(op);
    model->cancel_count += kind == ORA_CANCEL;
    model->indexed_count += op->file_indexed || op->buffer_indexed;
    op->drain = op->flags & 1;
    ring->drains |= op->drain;
    if (ring->last_op == NONE)
        ring->first_op = index;
    else
        model->ops[ring->last_op].next = index;
    ring->last_op = index;
    if (ring->first_queued == NONE)
        ring->first_queued = index;

    chain = chain_of(builder, item->ring, op->user_data);
    if (chain->first == NONE)
        chain->first = index;
    else
        model->ops[chain->last].next_same = index;
    chain->last = index;
    chain->unmatched++;
}

static void take_build(struct builder *builder, const struct ora_item *item, enum ora_kind kind)
{
    struct ora_model *model = builder->model;
    struct ora_ring *ring = &model->rings[item->ring];

    note_producer(ring, &item->span);
    if (ora_succeeded(item->record)) {
        add_op(builder, item, kind);
        return;
    }
    model->refusals[model->refusal_count++] =
        (struct ora_refusal){item->record, item->span, item->ring, ring->built - ring->taken};
}

/* ---- submits ---- */

static void judge_submit(struct ora_submit *submit, const struct cf_record *call, bool nt)
{
    uint64_t value = call->call.value;

    if (nt) { /* STATUS_TIMEOUT, STATUS_IO_TIMEOUT */
        submit->timed_out = value == 0x102 || value == 0xc00000b5;
        submit->took = submit->timed_out || value >> 30 != 3;
        return;
    }
    submit->timed_out = value == HR_WAIT_TIMEOUT;
    /* [D] SubmitIoRing: after any other error all entries are still in the queue. */
    submit->took = submit->timed_out || !ora_failed((uint32_t)value);
}

/* Was another thread inside a submit when this one began? */
static bool note_submit(struct ora_ring *ring, const struct ora_span *span)
{
    struct ora_span *top = ring->submitting;
    bool overlapped = false;

    for (size_t i = 0; i < 2; i++)
        overlapped |= top[i].n && top[i].thread != span->thread && top[i].t1 >= span->t0;
    if (!top[0].n || span->t1 >= top[0].t1) {
        if (top[0].n && top[0].thread != span->thread)
            top[1] = top[0];
        top[0] = *span;
    } else if (top[0].thread != span->thread && (!top[1].n || span->t1 >= top[1].t1)) {
        top[1] = *span;
    }
    return overlapped;
}

static void take_submit(struct builder *builder, const struct ora_item *item, bool nt)
{
    struct ora_model *model = builder->model;
    struct ora_ring *ring = &model->rings[item->ring];
    size_t index = model->submit_count++;
    struct ora_submit *submit = &model->submits[index];

    *submit = (struct ora_submit){.record = item->record, .span = item->span, .ring = item->ring,
                                  .next = NONE, .ms = WAIT_FOR_ALL,
                                  .queued = ring->built - ring->taken};
    submit->overlapped = note_submit(ring, &item->span);
    cf_in_u64(item->record, "wait", &submit->wait);
    if (!nt)
        cf_in_u64(item->record, "ms", &submit->ms);
    else if (cf_in_string(item->record, "timeout"))
        submit->ms = NONE; /* NT time, absolute or relative: not judged */
    judge_submit(submit, item->record, nt);
    if (submit->took) { /* a refused one touches no entry, whatever it overlaps */
        note_producer(ring, &item->span);
        for (size_t op = ring->first_queued; op != NONE; op = model->ops[op].next)
            model->ops[op].submit = index;
        ring->first_queued = NONE;
        ring->taken = ring->built;
    }
    submit->taken_after = ring->taken;
    if (ring->last_submit == NONE)
        ring->first_submit = index;
    else
        model->submits[ring->last_submit].next = index;
    ring->last_submit = index;
}

/* ---- completions ---- */

static void take_cqe(struct builder *builder, const struct ora_item *item)
{
    struct ora_model *model = builder->model;
    struct ora_ring *ring = &model->rings[item->ring];
    size_t index = model->cqe_count++;
    struct ora_cqe *cqe = &model->cqes[index];
    struct chain *chain = chain_of(builder, item->ring, item->record->cqe.user_data);
    struct ora_op *op;

    *cqe = (struct ora_cqe){item->record, item->span, item->ring, NONE, chain->first, false,
                            chain->last != NONE, NONE};
    model->abort_count += item->record->cqe.hr == HR_ABORT;
    ring->popped++;
    if (ring->first_unmarked == NONE)
        ring->first_unmarked = index;
    if (ring->last_cqe == NONE)
        ring->first_cqe = index;
    else
        model->cqes[ring->last_cqe].next = index;
    ring->last_cqe = index;
    if (chain->first == NONE)
        return;
    op = &model->ops[chain->first];
    cqe->early = op->submit == NONE && !ring->racy;
    op->cqe = index;
    if (chain->unmatched > 1)
        chain->vague_until = chain->last;
    op->exact = chain->vague_until == NONE || chain->first > chain->vague_until;
    chain->first = op->next_same;
    chain->unmatched--;
}

static void take_empty(struct ora_model *model, const struct ora_item *item)
{
    struct ora_ring *ring = &model->rings[item->ring];
    size_t index = model->empty_count++;

    model->empties[index] = (struct ora_empty){item->record, item->span, item->ring, NONE};
    for (size_t i = ring->first_unmarked; i != NONE; i = model->cqes[i].next)
        model->cqes[i].empty_after = index;
    ring->first_unmarked = NONE;
    if (ring->last_empty == NONE)
        ring->first_empty = index;
    else
        model->empties[ring->last_empty].next = index;
    ring->last_empty = index;
}

/* ---- the pass ---- */

static void take_ring_call(struct builder *builder, struct ora_item *item)
{
    struct ora_model *model = builder->model;
    const struct cf_record *call = item->record;
    struct ora_ring *ring = &model->rings[item->ring];
    enum ora_kind kind;

    if (ora_build_kind(call, &kind)) {
        take_build(builder, item, kind);
        return;
    }
    switch (call->call.id) {
    case CF_FN_SubmitIoRing:
    case CF_FN_NtSubmitIoRing:
        take_submit(builder, item, call->call.id == CF_FN_NtSubmitIoRing);
        break;
    case CF_FN_PopIoRingCompletion:
        note_consumer(ring, &item->span);
        if (call->call.value == 1)
            take_empty(model, item);
        break;
    case CF_FN_kit_ntpop:
    case CF_FN_raw_pop:
        ring->raw |= call->call.id == CF_FN_raw_pop;
        note_consumer(ring, &item->span);
        if (!call->call.value)
            take_empty(model, item);
        break;
    case CF_FN_GetIoRingInfo:
        learn_sizes(ring, call);
        break;
    case CF_FN_kit_ntpeek:
        model->peeks[model->peek_count++] =
            (struct ora_refusal){call, item->span, item->ring, ring->built - ring->taken};
        break;
    case CF_FN_kit_ntpoke:
    case CF_FN_raw_wild:
        ring->wild = true;
        break;
    case CF_FN_CloseIoRing:
    case CF_FN_NtClose:
        if (ora_succeeded(call) && ring->closed == NONE) {
            ring->closed = (size_t)(call - model->trace->records);
            ring->close_span = item->span;
        }
        break;
    default:
        break;
    }
}

bool ora_opens_file(const struct cf_record *call)
{
    return call->type == CF_CALL &&
           (call->call.id == CF_FN_CreateFileW || call->call.id == CF_FN_CreateFileA ||
            call->call.id == CF_FN_CreateFile2 || call->call.id == CF_FN_CREATE_FILE);
}

static bool spoils_handle(enum cf_fn id)
{
    return id == CF_FN_CloseHandle || id == CF_FN_NtClose || id == CF_FN_DuplicateHandle ||
           id == CF_FN_CreateIoCompletionPort || id == CF_FN_DisconnectNamedPipe;
}

/* Handles: which ones the trace knows from their beginning, and which do not stay what they were. */
static void take_handles(struct ora_model *model, const struct cf_record *call)
{
    static const char *const outs[] = {"file", "read", "write", "event"};
    static const char *const ins[] = {"obj", "file", "handle", "source"};
    const char *sym;
    uint64_t flags;

    for (size_t i = 0; i < sizeof(outs) / sizeof(outs[0]); i++) {
        if ((sym = cf_out_string(call, outs[i])))
            ora_names_at(&model->introduced, sym, 0, 0)->value = 0;
        if (sym && (cf_in_u64(call, "flags", &flags) || cf_in_u64(call, "open", &flags)) &&
            flags & 0x40000000)
            ora_names_at(&model->overlapped, sym, 0, 0)->value = 0;
        if (sym && !strcmp(outs[i], "event"))
            ora_names_at(&model->events, sym, 0, 0)->value = 0;
        if (sym && ora_opens_file(call) && !cf_in_has(call, "pipe"))
            ora_names_at(&model->files, sym, 0, 0)->value = 0;
    }
    if (!spoils_handle(call->call.id))
        return;
    if ((sym = cf_out_string(call, "obj")) || (sym = cf_out_string(call, "handle")))
        ora_names_at(&model->spoilt, sym, 0, 0)->value = 0; /* the duplicate */
    for (size_t k = 0; k < sizeof(ins) / sizeof(ins[0]); k++) {
        if ((sym = cf_in_string(call, ins[k])))
            ora_names_at(&model->spoilt, sym, 0, 0)->value = 0;
    }
}

static bool is_directstorage(const struct cf_record *call)
{
    const char *fn = call->call.fn;

    return (call->call.id >= CF_FN_EnqueueRequest && call->call.id <= CF_FN_FenceEvent) ||
           (call->call.id == CF_FN_OTHER &&
            ((fn[0] == 'D' && fn[1] == 'S') || (fn[0] == 'I' && fn[1] == 'D' && fn[2] == 'S')));
}

static void take_item(struct builder *builder, struct ora_item *item)
{
    const struct cf_record *record = item->record;
    struct ora_model *model = builder->model;
    const char *sym;

    if (record->type == CF_CQE) {
        item->ring = find_ring(builder, record->cqe.ring);
        take_cqe(builder, item);
        return;
    }
    model->evt_count += record->type == CF_EVT;
    model->mem_count += record->type == CF_MEM;
    model->ds_event_count += record->type == CF_OTHER;
    model->ds_count += record->type == CF_CALL && is_directstorage(record);
    model->data_count += record->type == CF_OBJ && !strcmp(record->obj.kind, "data");
    if (record->type != CF_CALL)
        return;
    /* Nothing that is built, submitted or popped makes a handle or ends one. */
    if (!ora_build_kind(record, &(enum ora_kind){0}) && record->call.id != CF_FN_PopIoRingCompletion &&
        record->call.id != CF_FN_SubmitIoRing)
        take_handles(model, record);
    if (record->call.id == CF_FN_CreateIoRing || record->call.id == CF_FN_NtCreateIoRing) {
        create_ring(builder, record, record->call.id == CF_FN_NtCreateIoRing);
        return;
    }
    sym = cf_in_string(record, record->call.id == CF_FN_NtClose ? "obj" : "ring");
    /* A ring that nobody made, "null" or a bad pointer, gets no state. */
    if (!sym || (!is_last_ring(builder, sym) && !ora_names_find(&builder->rings, sym, 0, 0)))
        return;
    item->ring = find_ring(builder, sym);
    take_ring_call(builder, item);
}

/* Whatever is added to a list is written as a whole: only the tables of names begin as zeros. */
static bool allocate(struct builder *builder, size_t count)
{
    struct ora_model *model = builder->model;
    struct ora_space *space = model->space;

    model->items = ora_take_dirty(space, count, sizeof(*model->items));
    model->rings = ora_take_dirty(space, count, sizeof(*model->rings));
    model->ops = ora_take_dirty(space, count, sizeof(*model->ops));
    model->cqes = ora_take_dirty(space, count, sizeof(*model->cqes));
    model->submits = ora_take_dirty(space, count, sizeof(*model->submits));
    model->empties = ora_take_dirty(space, count, sizeof(*model->empties));
    model->refusals = ora_take_dirty(space, count, sizeof(*model->refusals));
    model->peeks = ora_take_dirty(space, count, sizeof(*model->peeks));
    builder->chain_pool = ora_take_dirty(space, count, sizeof(*builder->chain_pool));
    ora_names_init(&model->spoilt, space);
    ora_names_init(&model->introduced, space);
    ora_names_init(&model->events, space);
    ora_names_init(&model->files, space);
    ora_names_init(&model->overlapped, space);
    ora_names_init(&builder->rings, space);
    ora_names_init(&builder->chains, space);
    return model->items && model->rings && model->ops && model->cqes && model->submits &&
           model->empties && model->refusals && model->peeks && builder->chain_pool;
}

bool ora_model_init(struct ora_model *model, const struct cf_trace *trace, struct ora_space *space)
{
    struct builder builder = {.model = model, .last_ring = NONE};
    bool good;

    memset(model, 0, sizeof(*model));
    model->trace = trace;
    model->space = space;
    good = allocate(&builder, trace->count + 1) && sort_records(model, trace);
    for (size_t i = 0; good && i < model->item_count; i++)
        take_item(&builder, &model->items[i]);
    return good && !model->spoilt.failed && !model->introduced.failed && !model->events.failed &&
           !model->overlapped.failed && !model->files.failed && !builder.rings.failed &&
           !builder.chains.failed;
}
