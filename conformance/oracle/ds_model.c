/* SPDX-License-Identifier: MIT */
/* DirectStorage's objects and entries out of calls. Nothing here judges. */
#include "conformance/oracle/ds_model.h"

#include <string.h>

#define SHARED (NONE - 1) /* of an event: more than one may set it */

struct ora_span ora_dsm_span(const struct cf_record *call)
{
    return (struct ora_span){call->call.t0_ns, call->call.t1_ns, call->call.n, call->call.thread};
}

static size_t found(const struct ora_names *names, const char *text, size_t trial, uint64_t number)
{
    const struct ora_name *name = text ? ora_names_find(names, text, trial, number) : NULL;

    return name ? name->value : NONE;
}

size_t ora_dsm_queue(const struct ora_dsm *dsm, const struct cf_record *call, size_t trial)
{
    return found(&dsm->symbols, cf_in_string(call, "queue"), trial, 0);
}

static uint64_t in(const struct cf_record *call, const char *key, uint64_t otherwise)
{
    uint64_t value = otherwise;

    cf_in_u64(call, key, &value);
    return value;
}

/* An array's element for a batch of requests, else the argument itself. */
struct asked {
    const struct cf_record *call;
    bool batch;
    size_t index;
};

static uint64_t number_of(const struct asked *asked, const char *one, const char *many)
{
    uint64_t value = 0;

    if (asked->batch)
        cf_in_u64_at(asked->call, many, asked->index, &value);
    else
        cf_in_u64(asked->call, one, &value);
    return value;
}

static const char *text_of(const struct asked *asked, const char *one, const char *many)
{
    const char *text = asked->batch ? cf_in_string_at(asked->call, many, asked->index)
                                    : cf_in_string(asked->call, one);

    return text && strcmp(text, "null") ? text : NULL;
}

/* ---- what a request comes to ---- */

/* "$TMP/NAME.bin" holds the contents NAME. */
static size_t contents_of(const struct ora_dsm *dsm, size_t file)
{
    const char *path = cf_in_string(&dsm->model->trace->records[file], "path");
    char name[64];
    size_t length = path ? strlen(path) : 0;

    if (length < 10 || length - 9 >= sizeof(name) || strncmp(path, "$TMP/", 5) ||
        strcmp(path + length - 4, ".bin"))
        return NONE;
    memcpy(name, path + 5, length - 9);
    name[length - 9] = '\0';
    return found(&dsm->data, name, dsm->trial, 0);
}

static bool fits(const struct ora_dsm *dsm, const char *buffer, uint64_t offset, uint64_t nbytes)
{
    size_t record = found(&dsm->buffers, buffer, dsm->trial, 0);
    uint64_t size = record == NONE ? 0 : dsm->model->trace->records[record].obj.nbytes;

    return record != NONE && nbytes && offset <= size && nbytes <= size - offset;
}

/* One reason more to fail; of two which comes first is open. */
static void fails(struct ora_dsm_entry *entry, uint32_t code)
{
    entry->code = entry->fate == ORA_FATE_FAILS ? 0 : code;
    entry->fate = ORA_FATE_FAILS;
}

static void judge_file(const struct ora_dsm *dsm, struct ora_dsm_entry *entry, const char *file)
{
    size_t opened = found(&dsm->files, file, dsm->trial, 0);
    uint64_t size;

    if (opened == NONE || found(&dsm->closed_files, file, dsm->trial, 0) != NONE) {
        entry->fate = ORA_FATE_OPEN;
        return;
    }
    entry->contents = contents_of(dsm, opened);
    entry->provided = dsm->hooked;
    if (entry->contents == NONE || dsm->vague_files) {
        entry->fate = ORA_FATE_OPEN;
        return;
    }
    size = dsm->model->trace->records[entry->contents].obj.nbytes;
    if (entry->file_offset > size || entry->nbytes > size - entry->file_offset)
        fails(entry, HR_DS_END_OF_FILE);
    if (entry->nbytes > dsm->staging) {
        entry->staging = true;
        fails(entry, HR_DS_TOO_LARGE);
    } else if (entry->nbytes == dsm->staging) {
        entry->staging = true;
    }
}

/* Good, or failing for a published reason; everything unusual is open. */
static void foretell(const struct ora_dsm *dsm, const struct ora_dsm_queue *queue,
                     struct ora_dsm_entry *entry, const struct asked *asked)
{
    uint64_t format = number_of(asked, "format", "formats"), raw = number_of(asked, "raw", "raws");
    uint64_t source = number_of(asked, "source", "sources");
    uint64_t room = number_of(asked, "room", "rooms");
    uint64_t dest = number_of(asked, "dest", "dests");

    entry->tag = number_of(asked, "tag", "tags");
    entry->nbytes = number_of(asked, "len", "lens");
    entry->file_offset = number_of(asked, "off", "offs");
    entry->buffer_offset = number_of(asked, "buf_off", "buf_offs");
    entry->buffer = text_of(asked, "buf", "bufs");
    entry->custom = format >= DS_CUSTOM_FORMAT;
    if (source != queue->source || format || dest > 5 || room != entry->nbytes ||
        (raw && raw != entry->nbytes) || cf_in_has(asked->call, "reserved") ||
        cf_in_has(asked->call, "gacl") || dsm->vague_memory || queue->closed)
        return;
    if (!fits(dsm, entry->buffer, entry->buffer_offset, entry->nbytes))
        return;
    entry->fate = ORA_FATE_GOOD;
    if (source == 0)
        judge_file(dsm, entry, text_of(asked, "file", "files"));
    else if (entry->nbytes > dsm->staging || asked->batch ||
             !fits(dsm, cf_in_string(asked->call, "src"), in(asked->call, "src_off", 0),
                   entry->nbytes))
        entry->fate = ORA_FATE_OPEN;
    if (dest && entry->fate != ORA_FATE_OPEN)
        fails(entry, HR_DS_DESTINATION_TYPE);
}

/* ---- entries ---- */

static struct ora_dsm_entry *add_entry(struct ora_dsm *dsm, size_t q, const struct cf_record *call,
                                       enum ora_ds_kind kind)
{
    struct ora_dsm_queue *queue = &dsm->queues[q];
    size_t e = dsm->entry_count++;
    struct ora_dsm_entry *entry = &dsm->entries[e];

    *entry = (struct ora_dsm_entry){.record = call,
                                    .span = ora_dsm_span(call),
                                    .kind = kind,
                                    .queue = q,
                                    .next = NONE,
                                    .position = queue->count++,
                                    .fence = NONE,
                                    .contents = NONE,
                                    .result = HR_PENDING};
    if (queue->last == NONE)
        queue->first = e;
    else
        dsm->entries[queue->last].next = e;
    queue->last = e;
    entry->segment = queue->segment == NONE ? e : queue->segment;
    queue->segment = kind == ORA_DSK_STATUS ? NONE : entry->segment;
    queue->unsubmitted++;
    return entry;
}

/* Whatever was not started may be by this call. */
static void start(struct ora_dsm *dsm, struct ora_dsm_queue *queue, const struct cf_record *call)
{
    for (size_t e = queue->first; e != NONE; e = dsm->entries[e].next)
        if (!dsm->entries[e].start)
            dsm->entries[e].start = call;
}

static void take_requests(struct ora_dsm *dsm, size_t q, const struct cf_record *call)
{
    struct asked asked = {call, call->call.id == CF_FN_EnqueueRequests, 0};
    size_t count = asked.batch ? cf_in_count(call, "lens") : 1;
    const char *fence = cf_in_string(call, "fence");

    if (!asked.batch && !cf_in_has(call, "len"))
        return; /* NULL: no entry */
    for (; asked.index < count; asked.index++) {
        struct ora_dsm_entry *entry = add_entry(dsm, q, call, ORA_DSK_REQUEST);

        foretell(dsm, &dsm->queues[q], entry, &asked);
        if (asked.batch && fence) {
            entry->fence = found(&dsm->fences, fence, dsm->trial, 0);
            entry->fence_value = in(call, "value", 0);
            if (entry->fence == NONE)
                entry->fate = ORA_FATE_OPEN;
        }
    }
}

static void take_notification(struct ora_dsm *dsm, size_t q, const struct cf_record *call)
{
    struct ora_dsm_entry *entry;
    struct ora_name *name;

    if (call->call.id == CF_FN_EnqueueStatus) {
        entry = add_entry(dsm, q, call, ORA_DSK_STATUS);
        entry->object = cf_in_string(call, "array");
        entry->value = in(call, "index", NONE);
        entry->vague = found(&dsm->arrays, entry->object, dsm->trial, 0) == NONE;
        if (entry->vague)
            return;
        name = ora_names_at(&dsm->statuses, entry->object, dsm->trial, entry->value);
        if (name->value != NONE && !dsm->entries[name->value].seen_done)
            entry->vague = dsm->entries[name->value].vague = true; /* twice at once */
        name->value = dsm->entry_count - 1;
    } else if (call->call.id == CF_FN_EnqueueSignal) {
        entry = add_entry(dsm, q, call, ORA_DSK_SIGNAL);
        entry->object = cf_in_string(call, "fence");
        entry->value = in(call, "value", 0);
        entry->vague = true; /* what a fence shows may be another's */
    } else {
        entry = add_entry(dsm, q, call, ORA_DSK_EVENT);
        entry->object = cf_in_string(call, "event");
        entry->vague = !entry->object;
        if (entry->vague)
            return;
        name = ora_names_at(&dsm->events, entry->object, dsm->trial, 1);
        entry->vague = name->value != NONE;
        name->value = entry->vague ? SHARED : dsm->entry_count - 1;
    }
}

static void take_queue_call(struct ora_dsm *dsm, size_t q, const struct cf_record *call)
{
    struct ora_dsm_queue *queue = &dsm->queues[q];
    uint64_t mask = in(call, "mask", 0), value = in(call, "value", 0);

    switch (call->call.id) {
    case CF_FN_EnqueueRequest:
    case CF_FN_EnqueueRequests:
        if (!queue->closed)
            take_requests(dsm, q, call);
        break;
    case CF_FN_EnqueueStatus:
    case CF_FN_EnqueueSignal:
    case CF_FN_EnqueueSetEvent:
        if (!queue->closed)
            take_notification(dsm, q, call);
        break;
    case CF_FN_DsSubmit:
        start(dsm, queue, call);
        queue->unsubmitted = 0;
        return;
    case CF_FN_DsCancel:
        queue->cancels = true;
        for (size_t e = queue->first; e != NONE; e = dsm->entries[e].next)
            if ((dsm->entries[e].tag & mask) == value)
                dsm->entries[e].cancelled = true;
        return;
    case CF_FN_DsCloseQueue:
        if (!queue->closed)
            queue->closed = call;
        return;
    default:
        return;
    }
    /* Half the capacity of whatever kinds: an automatic Submit may have come. */
    if (queue->unsubmitted >= queue->capacity / 2)
        start(dsm, queue, call);
}

/* ---- objects ---- */

static void create_queue(struct ora_dsm *dsm, const struct cf_record *call, const char *sym)
{
    struct ora_dsm_queue *queue = &dsm->queues[dsm->queue_count];

    *queue = (struct ora_dsm_queue){.record = call,
                                    .trial = dsm->trial,
                                    .first = NONE,
                                    .last = NONE,
                                    .segment = NONE,
                                    .source = in(call, "source", 0),
                                    .capacity = in(call, "capacity", 0),
                                    .priority = in(call, "priority", 0)};
    ora_names_at(&dsm->symbols, sym, dsm->trial, 0)->value = dsm->queue_count++;
}

static void take_fence(struct ora_dsm *dsm, const struct cf_record *call, const char *sym)
{
    dsm->fence_list[dsm->fence_count] = (struct ora_dsm_fence){.initial = in(call, "value", 0)};
    ora_names_at(&dsm->fences, sym, dsm->trial, 0)->value = dsm->fence_count++;
}

static void take_made(struct ora_dsm *dsm, size_t i, const struct cf_record *call)
{
    const char *sym = cf_out_string(call, "obj");
    size_t old;

    if (!sym || (call->call.result == CF_RESULT_HR && call->call.value))
        return;
    if (call->call.id == CF_FN_DsCreateQueue)
        create_queue(dsm, call, sym);
    else if (call->call.id == CF_FN_DsOpenFile)
        ora_names_at(&dsm->files, sym, dsm->trial, 0)->value = i;
    else if (call->call.id == CF_FN_DsCreateStatusArray)
        ora_names_at(&dsm->arrays, sym, dsm->trial, 0)->value = i;
    else if (!strcmp(call->call.fn, "kit.fence"))
        take_fence(dsm, call, sym);
    else if (!strcmp(call->call.fn, "IUnknown::QueryInterface") &&
             (old = found(&dsm->symbols, cf_in_string(call, "obj"), dsm->trial, 0)) != NONE)
        ora_names_at(&dsm->symbols, sym, dsm->trial, 0)->value = old;
}

/* ---- what was seen of notifications ---- */

static void seen(struct ora_dsm *dsm, size_t e, const struct cf_record *call, bool done,
                 uint32_t result)
{
    struct ora_dsm_entry *entry = e < dsm->entry_count ? &dsm->entries[e] : NULL;
    struct ora_span span = ora_dsm_span(call);

    if (!entry || entry->vague || !ora_before(&entry->span, &span))
        return;
    if (!done) {
        entry->seen_pending = call;
        return;
    }
    if (!entry->seen_done)
        entry->seen_done = call;
    if (entry->result == HR_PENDING)
        entry->result = result;
}

/* Other users of an event than its one entry: from there on nothing is known. */
static void take_event_use(struct ora_dsm *dsm, const struct cf_record *call)
{
    static const char *const keys[] = {"event", "obj"};
    const char *sym = NULL;

    if (call->call.id == CF_FN_EnqueueSetEvent || call->call.id == CF_FN_WaitForSingleObject ||
        call->call.id == CF_FN_CreateEventW || call->call.id == CF_FN_CloseHandle)
        return;
    for (size_t k = 0; k < 2; k++) {
        sym = cf_in_string(call, keys[k]);
        sym = sym ? sym : cf_out_string(call, keys[k]);
        if (sym) {
            struct ora_name *name = ora_names_at(&dsm->events, sym, dsm->trial, 1);

            if (name->value < dsm->entry_count)
                dsm->entries[name->value].vague = true;
            name->value = SHARED;
        }
    }
}

static void take_evt(struct ora_dsm *dsm, size_t i)
{
    const struct cf_record *records = dsm->model->trace->records, *evt = &records[i];
    size_t e = found(&dsm->events, evt->evt.sym, dsm->trial, 1);

    /* The call that it comes after stands just before, or other threads' between them. */
    while (i-- > 0)
        if (records[i].type == CF_CALL && records[i].call.n == evt->evt.after) {
            if (e < dsm->entry_count && (evt->evt.signalled || !dsm->entries[e].seen_done))
                seen(dsm, e, &records[i], evt->evt.signalled, 0);
            return;
        }
}

static void take_look(struct ora_dsm *dsm, const struct cf_record *call)
{
    size_t e =
        found(&dsm->statuses, cf_in_string(call, "array"), dsm->trial, in(call, "index", NONE));
    bool asks = call->call.id == CF_FN_DsHResult;
    bool done = asks ? call->call.value != HR_PENDING : call->call.value & 1;

    seen(dsm, e, call, done, asks ? (uint32_t)call->call.value : HR_PENDING);
}

/* ---- everything ---- */

/* From one trial to the next all objects go. */
static void begin_trial(struct ora_dsm *dsm, const struct cf_record *record)
{
    const char *hooked = cf_record_string(record, "params", "hooked");

    dsm->hooked = hooked && !strcmp(hooked, "1");
    dsm->trial++;
    dsm->staging = DS_STAGING_DEFAULT;
    dsm->vague_memory = dsm->vague_files = false;
}

static void take_other(struct ora_dsm *dsm, const struct cf_record *call)
{
    size_t queue, fence;

    switch (call->call.id) {
    case CF_FN_DsStagingBufferSize:
        if (!call->call.value)
            dsm->staging = in(call, "size", 0);
        return;
    case CF_FN_DsCloseFile:
        if (cf_in_string(call, "file"))
            ora_names_at(&dsm->closed_files, cf_in_string(call, "file"), dsm->trial, 0)->value = 0;
        /* What is in flight may be hit. */
        for (size_t e = 0; e < dsm->entry_count; e++)
            if (dsm->queues[dsm->entries[e].queue].trial == dsm->trial)
                dsm->entries[e].fate = ORA_FATE_OPEN;
        return;
    case CF_FN_FenceSignal:
        fence = found(&dsm->fences, cf_in_string(call, "fence"), dsm->trial, 0);
        if (fence != NONE)
            dsm->fence_list[fence].signals++;
        return;
    case CF_FN_DsHResult:
    case CF_FN_DsIsComplete:
        take_look(dsm, call);
        return;
    default:
        break;
    }
    if (!strcmp(call->call.fn, "VirtualProtect") || !strcmp(call->call.fn, "VirtualFree"))
        dsm->vague_memory = true;
    if (ora_opens_file(call))
        dsm->vague_files = true;
    if (!strcmp(call->call.fn, "IUnknown::Release") && call->call.value == 0 &&
        (queue = found(&dsm->symbols, cf_in_string(call, "obj"), dsm->trial, 0)) != NONE &&
        !dsm->queues[queue].closed)
        dsm->queues[queue].closed = call;
}

static void take_call(struct ora_dsm *dsm, size_t i)
{
    const struct cf_record *call = &dsm->model->trace->records[i];
    size_t q = ora_dsm_queue(dsm, call, dsm->trial);
    struct ora_span span = ora_dsm_span(call);

    take_made(dsm, i, call);
    take_event_use(dsm, call);
    if (q == NONE) {
        take_other(dsm, call);
        return;
    }
    if (dsm->queues[q].busy.t1 && !ora_before(&dsm->queues[q].busy, &span))
        dsm->queues[q].racy = true;
    dsm->queues[q].busy = span;
    take_queue_call(dsm, q, call);
}

static void take(struct ora_dsm *dsm, size_t i)
{
    const struct cf_record *record = &dsm->model->trace->records[i];

    if (record->type == CF_SCN) {
        begin_trial(dsm, record);
    } else if (record->type == CF_OBJ) {
        if (!strcmp(record->obj.kind, "buffer"))
            ora_names_at(&dsm->buffers, record->obj.sym, dsm->trial, 0)->value = i;
        else if (!strcmp(record->obj.kind, "data"))
            ora_names_at(&dsm->data, record->obj.sym, dsm->trial, 0)->value = i;
    } else if (record->type == CF_EVT) {
        take_evt(dsm, i);
    } else if (record->type == CF_CALL) {
        take_call(dsm, i);
    }
}

static bool is_fault(const struct cf_record *record)
{
    const char *who = record->type == CF_NOTE ? cf_record_string(record, NULL, "who") : NULL;

    return who && !strcmp(who, "fault");
}

static bool is_ours(const struct cf_record *record)
{
    return record->type == CF_CALL && record->call.id >= CF_FN_EnqueueRequest &&
           record->call.id <= CF_FN_FenceEvent;
}

static bool build(struct ora_dsm *dsm, const struct ora_model *model, bool *failed_out)
{
    const struct cf_trace *trace = model->trace;
    struct ora_space *space = model->space;
    size_t calls = 0, entries = 1, i;
    struct ora_names *const names[] = {&dsm->symbols, &dsm->statuses, &dsm->events,
                                       &dsm->buffers, &dsm->files,    &dsm->closed_files,
                                       &dsm->arrays,  &dsm->fences,   &dsm->data};
    bool faults = false;

    *failed_out = false;
    for (i = 0; i < trace->count; i++) {
        faults |= is_fault(&trace->records[i]);
        if (!is_ours(&trace->records[i]))
            continue;
        calls++;
        entries += 1 + cf_in_count(&trace->records[i], "lens");
    }
    if (!calls)
        return false;
    *dsm = (struct ora_dsm){.model = model, .staging = DS_STAGING_DEFAULT, .faults = faults};
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        ora_names_init(names[i], space);
    dsm->queues = ora_take(space, calls + 1, sizeof(*dsm->queues));
    dsm->entries = ora_take(space, entries, sizeof(*dsm->entries));
    dsm->fence_list = ora_take(space, trace->count + 1, sizeof(*dsm->fence_list));
    *failed_out = !dsm->queues || !dsm->entries || !dsm->fence_list;
    for (i = 0; !*failed_out && i < trace->count; i++)
        take(dsm, i);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        *failed_out |= names[i]->failed;
    return !*failed_out;
}

bool ora_dsm_done_before(const struct ora_dsm *dsm, size_t entry, const struct cf_record *call)
{
    if (dsm->queues[dsm->entries[entry].queue].racy)
        return false;
    for (size_t e = dsm->entries[entry].next; e != NONE; e = dsm->entries[e].next) {
        const struct cf_record *done = dsm->entries[e].seen_done;

        if (done && done->call.t1_ns <= call->call.t0_ns)
            return true;
    }
    return false;
}

bool ora_dsm_begin(struct ora_judge *judge, struct ora_dsm *dsm)
{
    bool failed;

    if (!judge->model->ds_count)
        return false;
    if (build(dsm, judge->model, &failed))
        return true;
    if (failed)
        ora_out_of_memory(judge);
    return false;
}
