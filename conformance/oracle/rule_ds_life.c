/* SPDX-License-Identifier: MIT */
/* DirectStorage's objects: what makes them, what they refuse, what stays as it was once said. */
#include "conformance/oracle/ds_model.h"
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <string.h>

#define HR_NO_INTERFACE 0x80004002u
#define HR_DS_QUEUE_CAPACITY 0x89240003u
#define HR_DS_QUEUE_PRIORITY 0x89240013u
#define HR_DS_BUFFERING 0x89240041u
#define MIN_CAPACITY 0x80u
#define MAX_CAPACITY 0x2000u

static bool is(const struct cf_record *call, const char *fn)
{
    return !strcmp(call->call.fn, fn);
}

/* ---- queues ---- */

static void judge_create(struct ora_judge *judge, const struct cf_record *call)
{
    const char *iid = cf_in_string(call, "iid");
    uint64_t capacity, priority, source;
    int8_t level;

    if (!cf_in_u64(call, "capacity", &capacity) || !cf_in_u64(call, "priority", &priority) ||
        !cf_in_u64(call, "source", &source) || source > 1 || cf_in_string(call, "device") ||
        (iid && strncmp(iid, "IDStorageQueue", 14)))
        return;
    level = (int8_t)(uint8_t)priority;
    ora_use(judge);
    if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
        if (call->call.value != HR_DS_QUEUE_CAPACITY && level >= -1 && level <= 2)
            ora_violation(judge, call, "a capacity of %" PRIu64 ": 0x%08" PRIx64, capacity,
                          call->call.value);
        else if (!ora_failed((uint32_t)call->call.value))
            ora_violation(judge, call, "a capacity of %" PRIu64 " and a priority of %d", capacity,
                          level);
    } else if (level < -1 || level > 2) {
        if (call->call.value != HR_DS_QUEUE_PRIORITY)
            ora_violation(judge, call, "a priority of %d: 0x%08" PRIx64, level, call->call.value);
    } else if (call->call.value && (!iid || call->call.value != HR_NO_INTERFACE)) {
        ora_violation(judge, call, "a good description: 0x%08" PRIx64, call->call.value);
    }
}

static void check_create(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;

    for (size_t i = 0; judge->model->ds_count && i < trace->count; i++)
        if (trace->records[i].type == CF_CALL && trace->records[i].call.id == CF_FN_DsCreateQueue)
            judge_create(judge, &trace->records[i]);
}

const struct ora_rule ora_rule_ds_create = {
    {"ds.create",
     "D",
     "documented",
     "HDR:CreateQueue DS9 DC3",
     "A queue has a capacity from 0x80 to 0x2000 and a known priority, whatever its source; others "
     "are refused.",
     {"ds.queue.capacity", "ds.memory.any-priority"}},
    check_create,
};

/* ---- what is alive ---- */

/* Of a trial: what was made, and not given back to the last reference. */
struct alive {
    size_t queues, others;           /* certainly there */
    size_t factories;                /* of the others, by IDStorageFactory */
    size_t open_queues, open_others; /* that may be there: Release was called, and did not say 0 */
};

enum { OTHER, QUEUE, FACTORY };

static bool is_factory(const struct cf_record *call)
{
    const char *iid = cf_in_string(call, "iid");

    return call->call.id == CF_FN_DsGetFactory && iid && !strcmp(iid, "IDStorageFactory");
}

static void take_life(struct alive *alive, struct ora_names *kinds, size_t trial,
                      const struct cf_record *call)
{
    bool queue = call->call.id == CF_FN_DsCreateQueue;
    bool other = call->call.id == CF_FN_DsOpenFile || call->call.id == CF_FN_DsGetFactory;
    const char *sym = cf_out_string(call, "obj");
    const struct ora_name *name;
    uint64_t same = 0;

    if ((queue || other) && sym && !call->call.value) {
        cf_out_u64(call, "same", &same);
        if (same) { /* another reference of what is there: from now on nothing is certain */
            alive->open_others++;
            return;
        }
        ora_names_at(kinds, sym, trial, 0)->value = queue              ? QUEUE
                                                    : is_factory(call) ? FACTORY
                                                                       : OTHER;
        queue ? alive->queues++ : alive->others++;
        alive->factories += is_factory(call);
    } else if (is(call, "IUnknown::Release") && (sym = cf_in_string(call, "obj"))) {
        name = ora_names_find(kinds, sym, trial, 0);
        if (!name || name->value == NONE)
            return;
        if (call->call.value)
            name->value == QUEUE ? alive->open_queues++ : alive->open_others++;
        if (name->value == QUEUE ? alive->queues : alive->others)
            name->value == QUEUE ? alive->queues-- : alive->others--;
        if (name->value == FACTORY && alive->factories)
            alive->factories--;
        ora_names_at(kinds, sym, trial, 0)->value = NONE;
    } else if (call->call.id == CF_FN_DsCloseQueue) {
        alive->open_queues++; /* whether a closed queue still locks is not known */
    } else if (is(call, "IUnknown::AddRef") || is(call, "IUnknown::QueryInterface")) {
        alive->open_queues++; /* a 0 may come later than we think */
        alive->open_others++;
    }
}

static void each_life(struct ora_judge *judge,
                      void (*look)(struct ora_judge *judge, const struct alive *alive,
                                   const struct cf_record *call))
{
    const struct cf_trace *trace = judge->model->trace;
    struct ora_names kinds;
    struct alive alive = {0};
    size_t trial = 0;
    uint64_t thread = NONE;

    ora_names_init(&kinds, judge->model->space);
    for (size_t i = 0; judge->model->ds_count && i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];

        if (call->type == CF_SCN) {
            trial++;
            alive = (struct alive){0};
            thread = NONE;
        }
        if (call->type != CF_CALL)
            continue;
        if (thread == NONE)
            thread = call->call.thread;
        if (thread != call->call.thread)
            alive.open_queues = alive.open_others = 1; /* others' calls may overlap */
        look(judge, &alive, call);
        take_life(&alive, &kinds, trial, call);
    }
    if (kinds.failed)
        ora_out_of_memory(judge);
}

static void look_size(struct ora_judge *judge, const struct alive *alive,
                      const struct cf_record *call)
{
    bool maybe = alive->open_queues;

    if (call->call.id != CF_FN_DsStagingBufferSize || maybe)
        return;
    ora_use(judge);
    if (alive->queues && call->call.value != HR_DS_STAGING_LOCKED)
        ora_violation(judge, call, "0x%08" PRIx64 " while there are %zu queues", call->call.value,
                      alive->queues);
    else if (!alive->queues && call->call.value == HR_DS_STAGING_LOCKED)
        ora_violation(judge, call, "locked, and there is no queue");
}

static void check_size(struct ora_judge *judge)
{
    each_life(judge, look_size);
}

const struct ora_rule ora_rule_ds_staging_lock = {
    {"ds.staging-lock",
     "D",
     "documented",
     "DA1 HDR:SetStagingBufferSize",
     "The staging size is refused while there is a queue, and not because a file is open.",
     {"ds.staging.file-open", "ds.staging.locked"}},
    check_size,
};

static void look_config(struct ora_judge *judge, const struct alive *alive,
                        const struct cf_record *call)
{
    size_t all = alive->queues + alive->others;
    uint64_t buffered = 0, nobypass = 0, cpu = 0;

    if (strncmp(call->call.fn, "DStorageSetConfiguration", 24) ||
        !cf_in_u64(call, "nobypass", &nobypass) || is(call, "DStorageSetConfiguration2"))
        return;
    cf_in_u64(call, "buffered", &buffered);
    cf_in_u64(call, "cpu", &cpu);
    if (cpu > INT32_MAX && cpu != UINT32_MAX)
        return;
    if (alive->open_queues || alive->open_others)
        return;
    ora_use(judge);
    if (buffered && !nobypass && !all && call->call.value != HR_DS_BUFFERING)
        ora_violation(judge, call, "buffering without DisableBypassIO: 0x%08" PRIx64,
                      call->call.value);
    else if (all && !ora_failed((uint32_t)call->call.value))
        ora_violation(judge, call, "taken while %zu objects are alive", all);
    else if (!all && !(buffered && !nobypass) && call->call.value)
        ora_violation(judge, call, "refused with 0x%08" PRIx64 ", and nothing is alive",
                      call->call.value);
}

static void check_config(struct ora_judge *judge)
{
    each_life(judge, look_config);
}

const struct ora_rule ora_rule_ds_config = {
    {"ds.config",
     "D",
     "documented",
     "HDR:DStorageSetConfiguration DA1",
     "A configuration is taken when nothing is alive, and only then; ForceFileBuffering needs "
     "DisableBypassIO.",
     {"ds.config.locked", "ds.config.buffering"}},
    check_config,
};

static void look_factory(struct ora_judge *judge, const struct alive *alive,
                         const struct cf_record *call)
{
    uint64_t same;

    if (!is_factory(call) || call->call.value || !alive->factories || alive->open_others ||
        !cf_out_u64(call, "same", &same))
        return;
    ora_use(judge);
    if (!same)
        ora_violation(judge, call, "another factory, while there is one");
}

static void check_factory(struct ora_judge *judge)
{
    each_life(judge, look_factory);
}

const struct ora_rule ora_rule_ds_factory = {
    {"ds.factory",
     "I",
     "inferred",
     "directstorage.md:7 U10",
     "A process has one factory at a time.",
     {"ds.open.factory-identity"}},
    check_factory,
};

/* ---- a status once said ---- */

/* Was the entry of the array enqueued again, or may have been, between the calls? */
static bool enqueued_between(const struct ora_dsm *dsm, const struct cf_record *first,
                             const struct cf_record *last, const char *array, uint64_t index)
{
    for (size_t e = 0; e < dsm->entry_count; e++) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (entry->kind == ORA_DSK_STATUS && entry->value == index && entry->object &&
            !strcmp(entry->object, array) && entry->span.t1 >= first->call.t0_ns &&
            entry->span.t0 <= last->call.t1_ns)
            return true;
    }
    return false;
}

static void check_pending(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    struct ora_names said; /* (array, trial, index) -> the call that saw it done */
    struct ora_dsm dsm;
    size_t trial = 0;

    if (!ora_dsm_begin(judge, &dsm))
        return;
    ora_names_init(&said, judge->model->space);
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        const char *array;
        struct ora_name *name;
        uint64_t index = 0;
        bool done;

        trial += call->type == CF_SCN;
        if (call->type != CF_CALL ||
            (call->call.id != CF_FN_DsHResult && call->call.id != CF_FN_DsIsComplete) ||
            !(array = cf_in_string(call, "array")) || !cf_in_u64(call, "index", &index))
            continue;
        done = call->call.id == CF_FN_DsHResult ? call->call.value != HR_PENDING
                                                : call->call.value & 1;
        name = ora_names_at(&said, array, trial, index);
        if (done) {
            if (name->value == NONE)
                name->value = i;
            else
                ora_use(judge);
            continue;
        }
        if (name->value == NONE)
            continue;
        if (enqueued_between(&dsm, &trace->records[name->value], call, array, index)) {
            name->value = NONE;
            continue;
        }
        ora_use(judge);
        if (trace->records[name->value].call.t1_ns < call->call.t0_ns)
            ora_violation(judge, call, "pending, and complete in line %zu",
                          trace->records[name->value].line);
    }
    if (said.failed)
        ora_out_of_memory(judge);
}

const struct ora_rule ora_rule_ds_pending = {
    {"ds.pending",
     "D",
     "documented",
     "HDR:IDStorageStatusArray",
     "IsComplete is GetHResult other than E_PENDING, and what is complete stays so until it is "
     "enqueued again.",
     {"ds.status.pending"}},
    check_pending,
};

/* ---- custom decompression ---- */

static void check_custom(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    uint64_t there = 0, handed = 0;

    for (size_t i = 0; judge->model->ds_count && i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        uint64_t count = 0, max = 0, format = 0;

        if (call->type == CF_SCN)
            there = handed = 0;
        if (call->type != CF_CALL)
            continue;
        if (call->call.id == CF_FN_EnqueueRequest) {
            cf_in_u64(call, "format", &format);
            there += format != 0;
        } else if (call->call.id == CF_FN_EnqueueRequests) {
            for (size_t k = 0; k < cf_in_count(call, "formats"); k++, format = 0) {
                cf_in_u64_at(call, "formats", k, &format);
                there += format != 0;
            }
        } else if (call->call.id == CF_FN_DsGetRequests || call->call.id == CF_FN_DsGetRequests1) {
            if (call->call.value || !cf_out_u64(call, "count", &count) ||
                !cf_in_u64(call, "max", &max))
                continue;
            ora_use(judge);
            handed += count;
            if (count > max)
                ora_violation(judge, call, "%" PRIu64 " requests, asked for at most %" PRIu64,
                              count, max);
            else if (handed > there)
                ora_violation(judge, call,
                              "%" PRIu64 " requests handed out, %" PRIu64
                              " were enqueued with a format",
                              handed, there);
        }
    }
}

const struct ora_rule ora_rule_ds_custom = {
    {"ds.custom",
     "D",
     "documented",
     "HDR:IDStorageCustomDecompressionQueue",
     "Each request with a format is handed out at most once, and never more than were asked for.",
     {"ds.custom.format"}},
    check_custom,
};

/* ---- the codec ---- */

/* The last compression into each buffer. */
static void check_codec(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    const struct cf_record *packed = NULL;

    for (size_t i = 0; judge->model->ds_count && i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        const char *source, *target;
        uint64_t written = 0, room = 0, nbytes = 0, raw = 0, from = 0, to = 0, got = 0;

        if (call->type == CF_SCN || (call->type == CF_MEM && call->mem.fill))
            packed = NULL;
        if (call->type != CF_CALL)
            continue;
        if (is(call, "IDStorageCompressionCodec::CompressBuffer")) {
            packed = NULL;
            if (call->call.value || !cf_out_u64(call, "written", &written) ||
                !cf_in_u64(call, "room", &room))
                continue;
            ora_use(judge);
            if (!written || written > room)
                ora_violation(judge, call, "%" PRIu64 " bytes written into %" PRIu64, written,
                              room);
            packed = call;
            continue;
        }
        if (!is(call, "IDStorageCompressionCodec::DecompressBuffer")) {
            target = cf_in_string(call, "buf");
            if (packed && target && call->call.id != CF_FN_kit_check &&
                !strcmp(target, cf_in_string(packed, "buf") ? cf_in_string(packed, "buf") : ""))
                packed = NULL; /* somebody may write there */
            continue;
        }
        source = cf_in_string(call, "src");
        target = packed ? cf_in_string(packed, "buf") : NULL;
        if (!source || !target || strcmp(source, target))
            continue;
        cf_out_u64(packed, "written", &written);
        cf_in_u64(packed, "len", &raw);
        cf_in_u64(packed, "buf_off", &to);
        cf_in_u64(call, "src_off", &from);
        cf_in_u64(call, "len", &nbytes);
        cf_in_u64(call, "room", &room);
        if (from != to || nbytes != written || room < raw || !cf_in_string(call, "buf"))
            continue;
        ora_use(judge);
        if (call->call.value || !cf_out_u64(call, "written", &got) || got != raw)
            ora_violation(judge, call,
                          "0x%08" PRIx64 " and %" PRIu64 " bytes of the %" PRIu64
                          " that line %zu compressed",
                          call->call.value, got, raw, packed->line);
    }
}

const struct ora_rule ora_rule_ds_codec = {
    {"ds.codec",
     "R",
     "suite-assertion",
     "DS11",
     "What the codec compressed it decompresses, to as many bytes as there were.",
     {"ds.gdeflate", "ds.codec.header"}},
    check_codec,
};

/* ---- interfaces ---- */

static int rank_of(const char *iid)
{
    static const char *const queues[] = {"IDStorageQueue", "IDStorageQueue1", "IDStorageQueue2",
                                         "IDStorageQueue3"};

    for (int rank = 0; iid && rank < 4; rank++)
        if (!strcmp(iid, queues[rank]))
            return rank;
    return -1;
}

static void check_interfaces(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    int newest = -1, refused = 4; /* of the process: one runtime has made all queues */
    struct ora_dsm dsm;
    size_t trial = 0;

    if (!ora_dsm_begin(judge, &dsm))
        return;
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        const struct ora_name *queue;
        const char *sym, *iid;
        int rank;

        trial += call->type == CF_SCN;
        if (call->type != CF_CALL || !is(call, "IUnknown::QueryInterface") ||
            !(sym = cf_in_string(call, "obj")) || !(iid = cf_in_string(call, "iid")))
            continue;
        queue = ora_names_find(&dsm.symbols, sym, trial, 0);
        if (!queue || queue->value == NONE)
            continue;
        rank = rank_of(iid);
        if (rank < 0 && strcmp(iid, "nothing"))
            continue; /* which others there are is open (U12) */
        ora_use(judge);
        if (rank < 0) {
            if (call->call.value != HR_NO_INTERFACE)
                ora_violation(judge, call, "asked for an interface that nobody has: 0x%08" PRIx64,
                              call->call.value);
            continue;
        }
        if (!call->call.value && rank > newest)
            newest = rank;
        if (call->call.value && rank < refused)
            refused = rank;
        if (refused <= newest) {
            ora_violation(judge, call, "IDStorageQueue%d is there, and IDStorageQueue%d is not",
                          newest, refused);
            return;
        }
    }
}

const struct ora_rule ora_rule_ds_interfaces = {
    {"ds.interfaces",
     "D",
     "documented",
     "DC6 HDR",
     "A runtime's queues have the interfaces up to its newest, and all of these.",
     {"ds.version.interfaces"}},
    check_interfaces,
};
