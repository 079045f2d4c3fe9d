/* SPDX-License-Identifier: MIT */
/*
 * Which bytes of a buffer may differ between two looks at it. A read may write [start, start +
 * Information), from its submit until its completion was popped; a completion that the trace cannot
 * tell, a ring closed under it, or a file without buffering leaves the whole of what was asked.
 */
#include "conformance/oracle/names.h"
#include "conformance/oracle/rule.h"
#include "conformance/oracle/tables.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NO_BUFFERING 0x20000000u

enum {
    PAGE = 4096,
    HR_NT_END_OF_FILE = (int)0xc0000011,
    MOST_WRITERS = 1024, /* of one buffer at once; beyond it is not judged any more */
};

/* Somebody who may write into a buffer. */
struct writer {
    struct cf_span span;
    size_t op;                     /* NONE: a plain call, from its begin to its end */
    const struct cf_record *call;
    bool lasting;                  /* nobody knows when it ends */
    size_t next;                   /* of the same buffer */
};

struct buffer {
    size_t writers; /* list */
    size_t writer_count;
    bool given_up;
    bool vague;     /* somebody touched it in a way that cannot be judged */
};

struct memory {
    struct ora_judge *judge;
    const struct ora_model *model;
    struct ora_names names; /* sym -> buffer */
    struct ora_names files; /* sym -> 0: without buffering */
    bool unbuffered;        /* there is such a file */
    struct ora_tables tables;
    struct buffer *buffers;
    struct writer *writers;
    struct cf_span *allowed; /* scratch */
    size_t buffer_count, writer_count, writer_capacity, op; /* op: the next build */
};

static struct buffer *buffer_of(struct memory *memory, const char *sym)
{
    struct ora_name *name = sym ? ora_names_at(&memory->names, sym, 0, 0) : NULL;

    return name && name->value != NONE ? &memory->buffers[name->value] : NULL;
}

static void add_writer(struct memory *memory, const char *sym, struct writer writer)
{
    struct buffer *buffer = buffer_of(memory, sym);

    if (!buffer || buffer->given_up || writer.span.from >= writer.span.to)
        return;
    if (++buffer->writer_count > MOST_WRITERS) {
        buffer->given_up = true;
        buffer->writers = NONE;
        return;
    }
    if (memory->writer_count == memory->writer_capacity) { /* more scatter pages than records */
        size_t capacity = 2 * memory->writer_capacity;
        struct ora_space *space = memory->model->space;
        struct writer *writers = ora_take_dirty(space, capacity, sizeof(*writers));
        struct cf_span *allowed = ora_take_dirty(space, capacity, sizeof(*allowed));

        if (!writers || !allowed) {
            ora_out_of_memory(memory->judge);
            buffer->vague = true;
            return;
        }
        memcpy(writers, memory->writers, memory->writer_count * sizeof(*writers));
        memory->writers = writers;
        memory->allowed = allowed;
        memory->writer_capacity = capacity;
    }
    writer.next = buffer->writers;
    buffer->writers = memory->writer_count;
    memory->writers[memory->writer_count++] = writer;
}

static bool may_skip_buffers(const struct memory *memory, const char *file)
{
    const struct ora_name *name;

    if (!strcmp(file, "unknown"))
        return true; /* nobody saw how it was opened */
    if (!memory->unbuffered)
        return false;
    name = ora_names_find(&memory->files, file, 0, 0);
    return name && name->value != NONE;
}

static void take_file(struct memory *memory, const struct cf_record *call)
{
    const char *file, *source;
    uint64_t flags = 0;

    if (ora_opens_file(call)) {
        file = cf_out_string(call, "file");
        cf_in_u64(call, "flags", &flags);
    } else if (call->call.id == CF_FN_DuplicateHandle) {
        const char *key = cf_in_has(call, "obj") ? "obj" : "handle";

        file = cf_out_string(call, key);
        source = cf_in_string(call, key);
        if (source && may_skip_buffers(memory, source))
            flags = NO_BUFFERING;
    } else {
        return;
    }
    /* A name may be there again in another trial. */
    if (!file || (!(flags & NO_BUFFERING) && !memory->unbuffered))
        return;
    memory->unbuffered = true;
    ora_names_at(&memory->files, file, 0, 0)->value = flags & NO_BUFFERING ? 0 : NONE;
}

/* May the entry's file be one without buffering? */
static bool may_be_unbuffered(const struct memory *memory, size_t i)
{
    const struct ora_op *op = &memory->model->ops[i];
    size_t table;

    if (!op->file_indexed)
        return op->file && may_skip_buffers(memory, op->file);
    switch (ora_tables_slot(memory->model, memory->tables.files, i, op->file_index, &table)) {
    case ORA_SLOT_UNKNOWN:
        return memory->unbuffered;
    case ORA_SLOT_USED: {
        const char *sym = cf_in_string_at(memory->model->ops[table].record, "files", op->file_index);

        return sym && may_skip_buffers(memory, sym);
    }
    default:
        return false;
    }
}

/* How many bytes entry i can have written at most. */
static uint64_t reach(const struct memory *memory, size_t i)
{
    const struct ora_model *model = memory->model;
    const struct ora_op *op = &model->ops[i];
    const struct cf_record *cqe;

    if (op->cqe == NONE || !op->exact)
        return op->nbytes;
    cqe = model->cqes[op->cqe].record;
    if (cqe->cqe.hr == HR_END_OF_FILE || cqe->cqe.hr == (uint32_t)HR_NT_END_OF_FILE)
        return 0;
    /* What an entry that failed half way has written is not known. */
    if (ora_failed(cqe->cqe.hr) || cqe->cqe.information > op->nbytes)
        return op->nbytes;
    /*
     * [I] Sectors are read whole, and what the last one has behind the end of the file may come, too:
     * nobody promises that the rest of what was asked stays as it was.
     */
    if (cqe->cqe.information < op->nbytes && may_be_unbuffered(memory, i))
        return op->nbytes;
    return cqe->cqe.information;
}

static void add_registered(struct memory *memory, size_t i, uint64_t index, uint64_t offset)
{
    const struct ora_model *model = memory->model;
    struct writer writer = {.op = i};
    uint64_t base = 0, length = 0;
    size_t table;

    switch (ora_tables_slot(model, memory->tables.buffers, i, index, &table)) {
    case ORA_SLOT_UNKNOWN: /* it may have gone anywhere */
        for (size_t b = 0; b < memory->buffer_count; b++)
            memory->buffers[b].vague = true;
        return;
    case ORA_SLOT_USED:
        break;
    default:
        return;
    }
    cf_in_u64_at(model->ops[table].record, "buf_offs", index, &base);
    cf_in_u64_at(model->ops[table].record, "lens", index, &length);
    if (offset >= length)
        return;
    writer.span.from = base + offset;
    writer.span.to = base + offset + reach(memory, i);
    if (writer.span.to > base + length)
        writer.span.to = base + length; /* nothing registered lies beyond */
    add_writer(memory, cf_in_string_at(model->ops[table].record, "bufs", index), writer);
}

static void add_entry(struct memory *memory, size_t i)
{
    const struct ora_op *op = &memory->model->ops[i];
    struct writer writer = {.op = i};
    uint64_t offset = op->buffer_offset;

    if (op->kind == ORA_READ && op->buffer_indexed) {
        add_registered(memory, i, op->buffer_index, offset);
    } else if (op->kind == ORA_READ) {
        writer.span = (struct cf_span){offset, offset + reach(memory, i)};
        add_writer(memory, op->buffer, writer);
    } else if (op->kind == ORA_SCATTER) {
        for (size_t page = 0; page < cf_in_count(op->record, "bufs"); page++) {
            offset = 0;
            cf_in_u64_at(op->record, "buf_offs", page, &offset);
            writer.span = (struct cf_span){offset, offset + PAGE};
            add_writer(memory, cf_in_string_at(op->record, "bufs", page), writer);
        }
    }
}

/* A request of DirectStorage may write into its destination from now on: nobody says when it has. */
static void add_request(struct memory *memory, const struct cf_record *call)
{
    struct writer writer = {.op = NONE, .call = call, .lasting = true};
    uint64_t offset = 0, nbytes = 0;

    cf_in_u64(call, "buf_off", &offset);
    cf_in_u64(call, "room", &nbytes);
    writer.span = (struct cf_span){offset, offset + nbytes};
    add_writer(memory, cf_in_string(call, "buf"), writer);
}

static void add_requests(struct memory *memory, const struct cf_record *call)
{
    struct writer writer = {.op = NONE, .call = call, .lasting = true};

    for (size_t i = 0; i < cf_in_count(call, "bufs"); i++) {
        uint64_t offset = 0, nbytes = 0;

        cf_in_u64_at(call, "buf_offs", i, &offset);
        cf_in_u64_at(call, "rooms", i, &nbytes);
        writer.span = (struct cf_span){offset, offset + nbytes};
        add_writer(memory, cf_in_string_at(call, "bufs", i), writer);
    }
}

/* Calls other than builds. Only ReadFile is known to write, and only where it was told. */
static void take_call(struct memory *memory, const struct cf_record *call)
{
    const char *sym = cf_in_string(call, "buf");
    enum cf_fn fn = call->call.id;
    enum ora_kind kind;
    struct writer writer = {.op = NONE, .call = call};
    struct buffer *buffer = buffer_of(memory, sym);
    uint64_t offset = 0, nbytes = 0;

    take_file(memory, call);
    if (fn == CF_FN_EnqueueRequest || fn == CF_FN_EnqueueRequests) {
        if (fn == CF_FN_EnqueueRequest)
            add_request(memory, call);
        else
            add_requests(memory, call);
        return;
    }
    if (!buffer || fn == CF_FN_kit_check || fn == CF_FN_WriteFile || fn == CF_FN_BUILD ||
        ora_build_kind(call, &kind))
        return;
    if (fn != CF_FN_ReadFile) {
        buffer->vague = true;
        return;
    }
    cf_in_u64(call, "buf_off", &offset);
    cf_in_u64(call, "len", &nbytes);
    writer.span = (struct cf_span){offset, offset + nbytes};
    writer.lasting = cf_in_string(call, "ov") != NULL;
    add_writer(memory, sym, writer);
}

/* ---- a look at the buffer ---- */

/* Had the writer certainly not begun when the look was taken? */
static bool not_begun(const struct memory *memory, const struct writer *writer,
                      const struct ora_item *look)
{
    const struct ora_op *op;

    if (writer->op == NONE)
        return false;
    op = &memory->model->ops[writer->op];
    if (memory->model->rings[op->ring].racy)
        return false;
    return op->submit == NONE ||
           ora_before(&look->span, &memory->model->submits[op->submit].span);
}

/* Had it certainly ended? Then it is dropped after this look. */
static bool has_ended(const struct memory *memory, const struct writer *writer,
                      const struct ora_item *look)
{
    const struct ora_op *op;

    if (writer->op == NONE)
        return !writer->lasting;
    op = &memory->model->ops[writer->op];
    if (op->cqe == NONE || !op->exact)
        return false;
    return memory->model->cqes[op->cqe].span.n <= look->span.n &&
           memory->model->cqes[op->cqe].span.t1 <= look->span.t1;
}

static int compare_spans(const void *left, const void *right)
{
    const struct cf_span *a = left, *b = right;

    return a->from < b->from ? -1 : a->from > b->from;
}

static void turn_round(struct cf_span *spans, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct cf_span span = spans[i];

        spans[i] = spans[count - 1 - i];
        spans[count - 1 - i] = span;
    }
}

static bool in_order(const struct cf_span *spans, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (spans[i - 1].from > spans[i].from)
            return false;
    return true;
}

static size_t collect(struct memory *memory, struct buffer *buffer, const struct ora_item *look)
{
    size_t count = 0, merged = 0;

    for (size_t w = buffer->writers; w != NONE; w = memory->writers[w].next) {
        if (!not_begun(memory, &memory->writers[w], look))
            memory->allowed[count++] = memory->writers[w].span;
    }
    /* The latest comes first; what is read slot by slot then stands backwards. */
    turn_round(memory->allowed, count);
    if (!in_order(memory->allowed, count))
        qsort(memory->allowed, count, sizeof(*memory->allowed), compare_spans);
    for (size_t i = 0; i < count; i++) {
        struct cf_span *last = merged ? &memory->allowed[merged - 1] : NULL;

        if (last && memory->allowed[i].from <= last->to) {
            if (memory->allowed[i].to > last->to)
                last->to = memory->allowed[i].to;
        } else {
            memory->allowed[merged++] = memory->allowed[i];
        }
    }
    return merged;
}

/* The first bytes of those that changed which none of the allowed spans, from the ath on, has. */
static bool find_wrong(const struct memory *memory, size_t a, size_t count,
                       const struct cf_span *changed, struct cf_span *wrong_out)
{
    struct cf_span wrong = *changed;

    if (a < count && memory->allowed[a].from <= wrong.from)
        wrong.from = memory->allowed[a++].to;
    if (wrong.from >= wrong.to)
        return false;
    if (a < count && memory->allowed[a].from < wrong.to)
        wrong.to = memory->allowed[a].from;
    *wrong_out = wrong;
    return true;
}

static void judge_look(struct memory *memory, struct buffer *buffer, const struct ora_item *look)
{
    const struct cf_record *mem = look->record;
    size_t count = collect(memory, buffer, look), a = 0;

    if (!mem->mem.changed_count && !count)
        return; /* nobody could write, nothing was written */
    ora_use(memory->judge);
    for (size_t c = 0; c < mem->mem.changed_count; c++) {
        const struct cf_span *changed = &mem->mem.changed[c];
        struct cf_span wrong;

        while (a < count && memory->allowed[a].to <= changed->from)
            a++;
        if (find_wrong(memory, a, count, changed, &wrong)) {
            ora_violation(memory->judge, mem, "%s: bytes [%" PRIu64 ",%" PRIu64 ") changed, which "
                          "no operation may have written", mem->mem.sym, wrong.from, wrong.to);
            return;
        }
    }
}

static void take_look(struct memory *memory, const struct ora_item *look)
{
    const struct cf_record *mem = look->record;
    struct buffer *buffer = buffer_of(memory, mem->mem.sym);
    size_t *link;

    if (!buffer || buffer->given_up)
        return;
    if (mem->mem.poison_ok == 0)
        ora_violation(memory->judge, mem, "%s: poison was overwritten", mem->mem.sym);
    if (!mem->mem.fill && !mem->mem.merged && !buffer->vague)
        judge_look(memory, buffer, look);
    buffer->vague = false;
    for (link = &buffer->writers; *link != NONE;) {
        if (has_ended(memory, &memory->writers[*link], look)) {
            *link = memory->writers[*link].next;
            buffer->writer_count--;
        } else {
            link = &memory->writers[*link].next;
        }
    }
}

static void take_item(struct memory *memory, const struct ora_item *item)
{
    const struct cf_record *record = item->record;

    if (record->type == CF_OBJ && !strcmp(record->obj.kind, "buffer")) {
        ora_names_at(&memory->names, record->obj.sym, 0, 0)->value = memory->buffer_count;
        memory->buffers[memory->buffer_count++] = (struct buffer){.writers = NONE};
    } else if (record->type == CF_MEM) {
        take_look(memory, item);
    } else if (record->type == CF_CALL) {
        if (memory->op < memory->model->op_count &&
            memory->model->ops[memory->op].record == record)
            add_entry(memory, memory->op++);
        else
            take_call(memory, record);
    }
}

static void check(struct ora_judge *judge)
{
    size_t count = judge->model->item_count + 1;
    struct memory memory = {.judge = judge, .model = judge->model, .writer_capacity = count};
    struct ora_space *space = judge->model->space;

    if (!judge->model->mem_count)
        return;
    memory.buffers = ora_take_dirty(space, count, sizeof(*memory.buffers));
    memory.writers = ora_take_dirty(space, count, sizeof(*memory.writers));
    memory.allowed = ora_take_dirty(space, count, sizeof(*memory.allowed));
    ora_names_init(&memory.names, space);
    ora_names_init(&memory.files, space);
    if (!memory.buffers || !memory.writers || !memory.allowed ||
        !ora_tables_init(&memory.tables, judge->model)) {
        ora_out_of_memory(judge);
    } else {
        for (size_t i = 0; i < judge->model->item_count; i++)
            take_item(&memory, &judge->model->items[i]);
    }
    if (memory.names.failed || memory.files.failed)
        ora_out_of_memory(judge);
}

const struct ora_rule ora_rule_memory_bounds = {
    {"memory.bounds", "R", "ci-assertion", "IB29 IB30 IB31 M10",
     "Nothing but [start, start + Information) of a read's buffer changes; a write changes nothing.",
     {"read.accounting"}},
    check,
};
