/* SPDX-License-Identifier: MIT */
/*
 * What DirectStorage's requests came to: statuses, error records, bytes. Only what a trace can
 * foretell.
 */
#include "conformance/oracle/contents.h"
#include "conformance/oracle/ds_model.h"
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Where faults were dealt out anything may fail. */
static bool begin_without_faults(struct ora_judge *judge, struct ora_dsm *dsm)
{
    return ora_dsm_begin(judge, dsm) && !dsm->faults;
}

/* ---- statuses ---- */

/*
 * A failure that is none of DirectStorage's: a disk, a driver or a lack of memory may be behind it, whatever
 * the request. The end of a file is told otherwise.
 */
static bool of_the_machine(uint32_t hr)
{
    return hr == HR_ABORT || (hr >> 16 == 0x8007 && hr != HR_END_OF_FILE);
}

/* The requests that a status tells of. */
struct segment {
    const struct ora_dsm_entry *deciding; /* the first that fails, all before it being good */
    bool open, fails, staging;            /* open: one that is not foretold comes first */
    bool machine;                         /* there is one that the machine may let fail first */
    size_t count;
};

static struct segment segment_of(const struct ora_dsm *dsm, const struct ora_dsm_entry *status)
{
    struct segment segment = {0};

    for (size_t e = status->segment; &dsm->entries[e] != status; e = dsm->entries[e].next) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (entry->kind != ORA_DSK_REQUEST)
            continue;
        segment.count++;
        segment.machine |= !segment.fails && entry->fate == ORA_FATE_GOOD;
        segment.staging |= entry->staging;
        if (entry->fate == ORA_FATE_OPEN || entry->cancelled || entry->fence != NONE ||
            (entry->fate == ORA_FATE_GOOD && entry->provided)) {
            segment.open |= !segment.fails;
        } else if (entry->fate == ORA_FATE_FAILS) {
            if (!segment.fails && !segment.open)
                segment.deciding = entry;
            segment.fails = true;
        }
    }
    return segment;
}

/* Which of the rules about statuses is asked. */
enum asked { WHETHER, STAGING, END };

/* With which code a read beyond the end fails nobody has published. */
static bool code_is_inferred(const struct ora_dsm_entry *entry)
{
    return entry->code == HR_DS_END_OF_FILE;
}

static void judge_end(struct ora_judge *judge, const struct ora_dsm_entry *status,
                      const struct segment *segment)
{
    if (segment->machine && of_the_machine(status->result))
        return;
    if (!segment->deciding || !code_is_inferred(segment->deciding) || !ora_failed(status->result))
        return;
    ora_use(judge);
    if (status->result != HR_DS_END_OF_FILE)
        ora_violation(judge, status->seen_done,
                      "0x%08" PRIx32 ", and the request of line %zu, which "
                      "goes beyond the end, is the first to fail",
                      status->result, segment->deciding->record->line);
}

static void judge_status(struct ora_judge *judge, const struct ora_dsm *dsm,
                         const struct ora_dsm_entry *status, enum asked asked)
{
    struct segment segment = segment_of(dsm, status);
    const struct cf_record *seen = status->seen_done;

    if (asked == END) {
        judge_end(judge, status, &segment);
        return;
    }
    if (segment.staging != (asked == STAGING) || (segment.open && !segment.fails))
        return;
    ora_use(judge);
    if (segment.machine && of_the_machine(status->result))
        return;
    if (!segment.fails && status->result)
        ora_violation(judge, seen, "0x%08" PRIx32 ", and none of its %zu requests can fail",
                      status->result, segment.count);
    else if (segment.fails && !ora_failed(status->result))
        ora_violation(judge, seen, "0x%08" PRIx32 ", and one of its requests must fail",
                      status->result);
    else if (segment.deciding && segment.deciding->code && !code_is_inferred(segment.deciding) &&
             status->result != segment.deciding->code)
        ora_violation(judge, seen,
                      "0x%08" PRIx32 ", and the request of line %zu is the first to "
                      "fail, with 0x%08" PRIx32,
                      status->result, segment.deciding->record->line, segment.deciding->code);
}

static void check_statuses(struct ora_judge *judge, enum asked asked)
{
    struct ora_dsm dsm;

    if (!begin_without_faults(judge, &dsm))
        return;
    for (size_t e = 0; e < dsm.entry_count; e++) {
        const struct ora_dsm_entry *entry = &dsm.entries[e];

        if (entry->kind == ORA_DSK_STATUS && !entry->vague && entry->seen_done &&
            entry->result != HR_PENDING && !dsm.queues[entry->queue].racy)
            judge_status(judge, &dsm, entry, asked);
    }
}

static void check_status(struct ora_judge *judge)
{
    check_statuses(judge, WHETHER);
}

const struct ora_rule ora_rule_ds_status_seen = {
    {"ds.status",
     "D",
     "documented",
     "HDR:EnqueueStatus DC14",
     "A status has the failure that was enqueued first since the status before it, or success.",
     {"ds.status.segment", "ds.destination.no-device"}},
    check_status,
};

static void check_staging(struct ora_judge *judge)
{
    check_statuses(judge, STAGING);
}

const struct ora_rule ora_rule_ds_staging = {
    {"ds.staging",
     "R",
     "machine-output",
     "DA1 DC1",
     "A request as large as the staging memory passes; a larger one fails with REQUEST_TOO_LARGE.",
     {"ds.staging.limit"}},
    check_staging,
};

static void check_end(struct ora_judge *judge)
{
    check_statuses(judge, END);
}

const struct ora_rule ora_rule_ds_end = {
    {"ds.end",
     "I",
     "inferred",
     "directstorage.md:4.1",
     "A request that goes beyond the end of its file fails with E_DSTORAGE_END_OF_FILE.",
     {"ds.open.codes"}},
    check_end,
};

/* ---- the record ---- */

struct counted {
    size_t sure;                       /* failures that must be in the record */
    bool possible;                     /* something that may be in it */
    bool machine;                      /* or may, if the machine lets it fail */
    const struct ora_dsm_entry *first; /* that must be the first; NULL: open */
};

/*
 * Failures since the record before. Of one that is not known to have completed it is open whether
 * it is in this record, and then which is first there.
 */
static struct counted count_of(const struct ora_dsm *dsm, size_t q, const struct cf_record *call,
                               const struct cf_record *before)
{
    struct counted counted = {0};
    bool open = before != NULL;

    for (size_t e = dsm->queues[q].first; e != NONE; e = dsm->entries[e].next) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];
        bool plain = entry->kind == ORA_DSK_REQUEST
                         ? entry->fate == ORA_FATE_GOOD && !entry->provided
                         : entry->kind == ORA_DSK_STATUS && !entry->vague;

        if (entry->span.n > call->call.n)
            break;
        counted.machine |= entry->fate == ORA_FATE_GOOD && !entry->cancelled;
        if (plain)
            continue;
        counted.possible = true;
        if (entry->kind != ORA_DSK_REQUEST || entry->fate != ORA_FATE_FAILS || entry->cancelled ||
            (before && entry->span.n < before->call.n) || !ora_dsm_done_before(dsm, e, call)) {
            open = true;
            continue;
        }
        if (!counted.sure++ && !open)
            counted.first = entry;
    }
    return counted;
}

static bool is_first(const struct cf_record *call, const struct ora_dsm_entry *entry)
{
    const char *command = cf_out_string(call, "command");
    uint64_t first = 0, offset = entry->file_offset, nbytes = entry->nbytes, tag = entry->tag;

    cf_out_u64(call, "first", &first);
    cf_out_u64(call, "off", &offset);
    cf_out_u64(call, "len", &nbytes);
    cf_out_u64(call, "tag", &tag);
    return command && !strcmp(command, "request") &&
           (!entry->code || code_is_inferred(entry) || first == entry->code) &&
           offset == entry->file_offset && nbytes == entry->nbytes && tag == entry->tag;
}

static void judge_record(struct ora_judge *judge, const struct ora_dsm *dsm, size_t q,
                         const struct cf_record *call, const struct cf_record *before, bool odd)
{
    struct counted counted = count_of(dsm, q, call, before);
    uint64_t failures, first;

    if (!cf_out_u64(call, "failures", &failures) || !cf_out_u64(call, "first", &first))
        return;
    ora_use(judge);
    if (failures ? !ora_failed((uint32_t)first) : ora_failed((uint32_t)first))
        ora_violation(judge, call, "%" PRIu64 " failures, and the first is 0x%08" PRIx64, failures,
                      first);
    else if (failures < counted.sure)
        ora_violation(judge, call, "%" PRIu64 " failures, and %zu requests must have failed",
                      failures, counted.sure);
    else if (counted.machine && of_the_machine((uint32_t)first))
        return;
    else if (failures && !counted.possible && !odd)
        ora_violation(judge, call, "%" PRIu64 " failures, and nothing could fail", failures);
    else if (counted.first && !odd && !is_first(call, counted.first))
        ora_violation(judge, call, "the first failure is not the request of line %zu",
                      counted.first->record->line);
}

/* Calls that fail without an entry. */
static bool is_odd(const struct ora_dsm *dsm, size_t q, const struct cf_record *call)
{
    return (dsm->queues[q].closed && dsm->queues[q].closed->call.n <= call->call.n) ||
           (call->call.id == CF_FN_EnqueueRequest && !cf_in_has(call, "len")) ||
           (call->call.id == CF_FN_EnqueueRequests && !cf_in_count(call, "lens"));
}

static void check_record(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    const struct cf_record **before;
    struct ora_dsm dsm;
    size_t trial = 0;
    bool *odd;

    if (!begin_without_faults(judge, &dsm))
        return;
    before = ora_take(judge->model->space, dsm.queue_count + 1, sizeof(*before));
    odd = ora_take(judge->model->space, dsm.queue_count + 1, sizeof(*odd));
    if (!before || !odd) {
        ora_out_of_memory(judge);
        return;
    }
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        size_t q;

        trial += call->type == CF_SCN;
        q = call->type == CF_CALL ? ora_dsm_queue(&dsm, call, trial) : NONE;
        if (q == NONE || dsm.queues[q].racy)
            continue;
        odd[q] |= is_odd(&dsm, q, call);
        if (call->call.id == CF_FN_DsErrorRecord) {
            judge_record(judge, &dsm, q, call, before[q], odd[q]);
            before[q] = call;
        }
    }
}

const struct ora_rule ora_rule_ds_record = {
    {"ds.record",
     "D",
     "documented",
     "DA1 DA4 HDR:RetrieveErrorRecord",
     "The record counts the failures since the last one and has the request that failed first by "
     "enqueuing; what was cancelled is none.",
     {"ds.error.record", "ds.error.count"}},
    check_record,
};

/* ---- bytes ---- */

enum { CHECK_LIMIT = 16 << 20, TOTAL_LIMIT = 64 << 20 }; /* bytes hashed */

/*
 * The only request that ever writes there, and it is done; NONE: there are others, or it may not
 * be.
 */
static size_t writer_of(const struct ora_dsm *dsm, size_t trial, const struct cf_record *look,
                        uint64_t from, uint64_t nbytes)
{
    const char *sym = cf_in_string(look, "buf");
    size_t writer = NONE;

    for (size_t e = 0; sym && e < dsm->entry_count; e++) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (dsm->queues[entry->queue].trial != trial || entry->kind != ORA_DSK_REQUEST)
            continue;
        if (!entry->buffer)
            continue;
        if (strcmp(entry->buffer, sym) || entry->buffer_offset >= from + nbytes ||
            from >= entry->buffer_offset + entry->nbytes)
            continue;
        if (writer != NONE)
            return NONE;
        writer = e;
    }
    return writer;
}

/* Was it said that the request succeeded? By its status, since the machine or a hook may fail. */
static bool known_good(const struct ora_dsm *dsm, size_t writer, const struct cf_record *look)
{
    for (size_t e = dsm->entries[writer].next; e != NONE; e = dsm->entries[e].next) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (entry->kind == ORA_DSK_STATUS)
            return !entry->vague && entry->seen_done && !entry->result &&
                   entry->seen_done->call.t1_ns <= look->call.t0_ns;
    }
    return false;
}

/* Does anything but requests and looks know the buffer? */
static bool others_write(const struct cf_trace *trace, const char *sym, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        const struct cf_record *record = &trace->records[i];
        const char *buffer;

        if (record->type == CF_MEM && record->mem.fill && !strcmp(record->mem.sym, sym))
            return true;
        if (record->type != CF_CALL || record->call.id == CF_FN_kit_check ||
            record->call.id == CF_FN_EnqueueRequest || record->call.id == CF_FN_EnqueueRequests)
            continue;
        buffer = cf_in_string(record, "buf");
        if (buffer && !strcmp(buffer, sym))
            return true;
    }
    return false;
}

static void judge_bytes(struct ora_judge *judge, const struct ora_dsm *dsm,
                        const struct ora_dsm_entry *entry, const struct cf_record *look,
                        uint64_t from, uint64_t nbytes)
{
    const struct cf_record *contents = &judge->model->trace->records[entry->contents];
    uint64_t at = entry->file_offset + (from - entry->buffer_offset);
    unsigned char *bytes = malloc(nbytes);
    bool same;

    if (!bytes) {
        ora_out_of_memory(judge);
        return;
    }
    if (ora_contents_make(contents, at, nbytes, bytes) &&
        ora_contents_shown(look, bytes, nbytes, &same)) {
        ora_use(judge);
        if (!same)
            ora_violation(judge, look,
                          "%s: bytes [%" PRIu64 ",%" PRIu64 ") are not those of the file "
                          "at %" PRIu64 ", which the request of line %zu read",
                          cf_in_string(look, "buf"), from, from + nbytes, at, entry->record->line);
    }
    free(bytes);
}

static void check_data(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    size_t trial = 0, began = 0;
    uint64_t hashed = 0;
    struct ora_dsm dsm;

    if (!begin_without_faults(judge, &dsm))
        return;
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *look = &trace->records[i];
        uint64_t from = 0, nbytes = 0;
        size_t e;

        if (look->type == CF_SCN) {
            trial++;
            began = i;
        }
        if (look->type != CF_CALL || look->call.id != CF_FN_kit_check)
            continue;
        cf_in_u64(look, "from", &from);
        cf_in_u64(look, "len", &nbytes);
        if (!nbytes || nbytes > CHECK_LIMIT || (hashed += nbytes) > TOTAL_LIMIT)
            continue;
        e = writer_of(&dsm, trial, look, from, nbytes);
        if (e == NONE || dsm.entries[e].fate != ORA_FATE_GOOD || dsm.entries[e].cancelled ||
            dsm.entries[e].contents == NONE || from < dsm.entries[e].buffer_offset ||
            from + nbytes > dsm.entries[e].buffer_offset + dsm.entries[e].nbytes ||
            !ora_dsm_done_before(&dsm, e, look) || !known_good(&dsm, e, look) ||
            others_write(trace, cf_in_string(look, "buf"), began, i))
            continue;
        judge_bytes(judge, &dsm, &dsm.entries[e], look, from, nbytes);
    }
}

const struct ora_rule ora_rule_ds_data = {
    {"ds.data",
     "R",
     "suite-assertion",
     "DS1 DS2 DS3",
     "When a notification behind it has come, a request's destination holds the file's bytes at "
     "its offset.",
     {"ds.read.all", "ds.read.any-alignment"}},
    check_data,
};
