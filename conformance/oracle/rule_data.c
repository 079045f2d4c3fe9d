/* SPDX-License-Identifier: MIT */
/*
 * How many bytes of a file a read gives, and which. Only files whose contents the trace states and
 * that nobody in it could change: every open of the path is for reading. A claim on a buffer is what
 * the last read put there; anything else that may touch the buffer ends it.
 */
#include "conformance/oracle/contents.h"
#include "conformance/oracle/rule.h"
#include "conformance/oracle/tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECK_LIMIT = 16 << 20, TOTAL_LIMIT = 256 << 20 }; /* bytes hashed */

#define NO_BUFFERING 0x20000000u
#define MAY_WRITE 0x52000116u /* GENERIC_WRITE, GENERIC_ALL, MAXIMUM_ALLOWED, and the single rights */
#define OPEN_EXISTING 3

struct claim {
    size_t contents; /* index into items; NONE: nothing is known */
    uint64_t from, to, file_offset;
    uint64_t builds, ends; /* of reads into the buffer */
};

struct data {
    struct ora_judge *judge;
    const struct ora_model *model;
    bool bytes; /* which of the two rules is asked */
    struct ora_names paths;  /* path -> item of the contents; dirty ones: NONE */
    struct ora_names files;  /* handle -> item of the contents */
    struct ora_names buffers; /* -> claim */
    struct ora_tables tables;
    struct claim *claims;
    size_t claim_count, op, cqe;
    uint64_t hashed;
};

/* ---- files ---- */

/* A path is dirty when anybody opens it in a way in which it may change. */
static void find_dirty(struct data *data)
{
    for (size_t i = 0; i < data->model->item_count; i++) {
        const struct cf_record *record = data->model->items[i].record;
        uint64_t access = MAY_WRITE, disposition = 0;
        const char *path;

        if (!ora_opens_file(record))
            continue;
        path = cf_in_string(record, "path");
        if (!path)
            continue;
        cf_in_u64(record, "access", &access);
        cf_in_u64(record, "disp", &disposition);
        if (access & MAY_WRITE || disposition != OPEN_EXISTING)
            ora_names_at(&data->paths, path, 1, 0)->value = 0;
    }
}

static void take_contents(struct data *data, size_t i)
{
    const struct cf_record *record = data->model->items[i].record;

    if (!strcmp(record->obj.kind, "data"))
        ora_names_at(&data->paths, record->obj.sym, 0, 0)->value = i;
}

/* "$TMP/NAME.bin" holds the contents NAME. */
static void take_open(struct data *data, const struct cf_record *call)
{
    const char *path = cf_in_string(call, "path"), *file = cf_out_string(call, "file");
    const struct ora_name *contents;
    uint64_t flags = 0;
    char name[64];
    size_t length;

    if (!path || !file || strncmp(path, "$TMP/", 5) || ora_names_find(&data->paths, path, 1, 0))
        return;
    length = strlen(path);
    if (length < 10 || length - 9 >= sizeof(name) || strcmp(path + length - 4, ".bin"))
        return;
    memcpy(name, path + 5, length - 9);
    name[length - 9] = '\0';
    contents = ora_names_find(&data->paths, name, 0, 0);
    cf_in_u64(call, "flags", &flags);
    if (contents && !(flags & NO_BUFFERING))
        ora_names_at(&data->files, file, 0, 0)->value = contents->value;
}

/* Was the handle closed between build and submit? The entry means what the number then names. */
static bool closed_before_submit(const struct ora_model *model, const struct ora_op *op,
                                 const char *sym)
{
    const struct cf_record *last =
        op->submit == NONE ? NULL : model->submits[op->submit].record;

    for (const struct cf_record *record = op->record; last && record < last; record++) {
        const char *closed = record->type == CF_CALL && record->call.id == CF_FN_CloseHandle
                                 ? cf_in_string(record, "obj")
                                 : NULL;

        if (closed && !strcmp(closed, sym))
            return true;
    }
    return false;
}

/* The contents that the entry's file holds, or NONE. */
static size_t contents_of(struct data *data, size_t i)
{
    const struct ora_model *model = data->model;
    const struct ora_op *op = &model->ops[i];
    const char *sym = op->file;
    const struct ora_name *file;
    size_t table;

    if (!sym && op->file_indexed &&
        ora_tables_slot(model, data->tables.files, i, op->file_index, &table) == ORA_SLOT_USED)
        sym = cf_in_string_at(model->ops[table].record, "files", op->file_index);
    else if (sym && closed_before_submit(model, op, sym))
        return NONE;
    file = sym ? ora_names_find(&data->files, sym, 0, 0) : NULL;
    return file ? file->value : NONE;
}

/*
 * Did whoever recorded make this read end early, on purpose, and say so? Then the file ended there for
 * it, as when somebody else cuts it short.
 */
static bool was_cut(const struct data *data, uint64_t user_data)
{
    char ending[48];

    snprintf(ending, sizeof(ending), "=eof ud=0x%" PRIx64, user_data);
    for (size_t i = 0; i < data->model->item_count; i++) {
        const struct cf_record *record = data->model->items[i].record;
        const char *who, *text;

        if (record->type != CF_NOTE)
            continue;
        who = cf_record_string(record, NULL, "who");
        text = cf_record_string(record, NULL, "text");
        if (who && text && !strcmp(who, "fault") && strlen(text) > strlen(ending) &&
            !strcmp(text + strlen(text) - strlen(ending), ending))
            return true;
    }
    return false;
}

/* ---- how many ---- */

static void judge_count(struct data *data, const struct ora_op *op, uint64_t size, uint64_t offset)
{
    const struct cf_record *cqe = data->model->cqes[op->cqe].record;
    uint64_t left = offset < size ? size - offset : 0, want = op->nbytes < left ? op->nbytes : left;

    if (offset >> 63 || !op->nbytes || (ora_failed(cqe->cqe.hr) && cqe->cqe.hr != HR_END_OF_FILE))
        return; /* other failures have other reasons */
    ora_use(data->judge);
    if (ora_failed(cqe->cqe.hr) && left && was_cut(data, op->user_data))
        return;
    if (ora_failed(cqe->cqe.hr) && left)
        ora_violation(data->judge, cqe, "0x%" PRIx64 ": end of file at %" PRIu64 " of %" PRIu64,
                      op->user_data, offset, size);
    else if (!ora_failed(cqe->cqe.hr) && !left)
        ora_violation(data->judge, cqe, "0x%" PRIx64 ": success at %" PRIu64 ", the file has %" PRIu64,
                      op->user_data, offset, size);
    else if (!ora_failed(cqe->cqe.hr) && cqe->cqe.information != want)
        ora_violation(data->judge, cqe, "0x%" PRIx64 ": %" PRIu64 " bytes, but %" PRIu64 " are there",
                      op->user_data, cqe->cqe.information, want);
}

/* ---- which ---- */

static struct claim *claim_of(struct data *data, const char *sym)
{
    struct ora_name *name = ora_names_at(&data->buffers, sym, 0, 0);

    if (name->value == NONE) {
        name->value = data->claim_count++;
        data->claims[name->value] = (struct claim){.contents = NONE};
    }
    return &data->claims[name->value];
}

/* Where a read goes; NULL: not known. */
static const char *target_of(struct data *data, size_t i, uint64_t *offset_out)
{
    const struct ora_model *model = data->model;
    const struct ora_op *op = &model->ops[i];
    uint64_t base = 0;
    size_t table;

    *offset_out = op->buffer_offset;
    if (!op->buffer_indexed)
        return op->buffer;
    if (ora_tables_slot(model, data->tables.buffers, i, op->buffer_index, &table) != ORA_SLOT_USED)
        return NULL;
    cf_in_u64_at(model->ops[table].record, "buf_offs", op->buffer_index, &base);
    *offset_out += base;
    return cf_in_string_at(model->ops[table].record, "bufs", op->buffer_index);
}

static void forget_all(struct data *data)
{
    for (size_t i = 0; i < data->claim_count; i++)
        data->claims[i].contents = NONE;
}

/* From here on the buffer may change. */
static void take_build(struct data *data, size_t i)
{
    const struct ora_op *op = &data->model->ops[i];
    uint64_t offset;
    const char *sym;

    if (op->kind == ORA_READ && (sym = target_of(data, i, &offset))) {
        claim_of(data, sym)->builds++;
        claim_of(data, sym)->contents = NONE;
    } else if (op->kind == ORA_SCATTER) {
        for (size_t page = 0; page < cf_in_count(op->record, "bufs"); page++) {
            sym = cf_in_string_at(op->record, "bufs", page);
            if (sym) { /* never judged again: its end is not followed */
                claim_of(data, sym)->builds++;
                claim_of(data, sym)->contents = NONE;
            }
        }
    } else if (op->kind == ORA_READ) {
        forget_all(data);
    }
}

static void take_end(struct data *data, const struct ora_cqe *cqe)
{
    const struct ora_model *model = data->model;
    const struct ora_op *op = cqe->op == NONE ? NULL : &model->ops[cqe->op];
    uint64_t offset;
    struct claim *claim;
    const char *sym;
    size_t contents;

    if (!op || op->kind != ORA_READ || !op->exact)
        return;
    contents = contents_of(data, cqe->op);
    if (contents != NONE && !data->bytes)
        judge_count(data, op, model->items[contents].record->obj.nbytes, op->offset);
    if (!data->bytes || !(sym = target_of(data, cqe->op, &offset)))
        return;
    claim = claim_of(data, sym);
    if (++claim->ends != claim->builds || contents == NONE || ora_failed(cqe->record->cqe.hr) ||
        op->offset >> 63)
        return; /* another read may still write there */
    *claim = (struct claim){contents, offset, offset + cqe->record->cqe.information, op->offset,
                            claim->builds, claim->ends};
}

static void judge_bytes(struct data *data, const struct cf_record *check, const struct claim *claim,
                        uint64_t from, uint64_t nbytes)
{
    unsigned char *bytes = malloc(nbytes);

    if (!bytes) {
        ora_out_of_memory(data->judge);
        return;
    }
    data->hashed += nbytes;
    if (ora_contents_make(data->model->items[claim->contents].record,
                              claim->file_offset + (from - claim->from), nbytes, bytes)) {
        bool same, said = ora_contents_shown(check, bytes, nbytes, &same);

        if (said)
            ora_use(data->judge);
        if (said && !same)
            ora_violation(data->judge, check, "%s: bytes [%" PRIu64 ",%" PRIu64 ") are not those of the "
                          "file at %" PRIu64, cf_in_string(check, "buf"), from, from + nbytes,
                          claim->file_offset + (from - claim->from));
    }
    free(bytes);
}

static void take_call(struct data *data, const struct cf_record *call)
{
    const char *sym = cf_in_string(call, "buf");
    const struct ora_name *name = sym ? ora_names_find(&data->buffers, sym, 0, 0) : NULL;
    struct claim *claim = name && name->value != NONE ? &data->claims[name->value] : NULL;
    uint64_t from = 0, nbytes = 0;

    if (!claim || call->call.id == CF_FN_WriteFile ||
        call->call.id == CF_FN_BuildIoRingWriteFile)
        return;
    if (call->call.id != CF_FN_kit_check) {
        claim->contents = NONE;
        return;
    }
    cf_in_u64(call, "from", &from);
    cf_in_u64(call, "len", &nbytes);
    if (claim->contents != NONE && nbytes && nbytes <= CHECK_LIMIT &&
        data->hashed + nbytes <= TOTAL_LIMIT && from >= claim->from && from <= claim->to &&
        nbytes <= claim->to - from)
        judge_bytes(data, call, claim, from, nbytes);
}

static void take_item(struct data *data, size_t i)
{
    const struct cf_record *record = data->model->items[i].record;

    if (record->type == CF_OBJ) {
        take_contents(data, i);
    } else if (record->type == CF_MEM && record->mem.fill && data->bytes) {
        claim_of(data, record->mem.sym)->contents = NONE;
    } else if (record->type == CF_CQE) {
        if (data->cqe < data->model->cqe_count && data->model->cqes[data->cqe].record == record)
            take_end(data, &data->model->cqes[data->cqe++]);
    } else if (record->type == CF_CALL) {
        if (ora_opens_file(record))
            take_open(data, record);
        if (!data->bytes)
            return; /* what lies in buffers is the other rule's */
        if (data->op < data->model->op_count && data->model->ops[data->op].record == record)
            take_build(data, data->op++);
        else
            take_call(data, record);
    }
}

static size_t most_claims(const struct ora_model *model)
{
    size_t count = 2 * model->item_count + 1;

    for (size_t i = 0; i < model->op_count; i++)
        if (model->ops[i].kind == ORA_SCATTER || model->ops[i].kind == ORA_REGISTER_BUFFERS)
            count += cf_in_count(model->ops[i].record, "bufs");
    return count;
}

static void check(struct ora_judge *judge, bool bytes)
{
    struct data data = {.judge = judge, .model = judge->model, .bytes = bytes};
    struct ora_space *space = judge->model->space;

    if (!data.model->data_count)
        return;
    if (bytes) /* each is written as a whole when it is first spoken of */
        data.claims = ora_take_dirty(space, most_claims(data.model), sizeof(*data.claims));
    ora_names_init(&data.paths, space);
    ora_names_init(&data.files, space);
    ora_names_init(&data.buffers, space);
    if ((bytes && !data.claims) || !ora_tables_init(&data.tables, data.model)) {
        ora_out_of_memory(judge);
    } else {
        find_dirty(&data);
        for (size_t i = 0; i < data.model->item_count; i++)
            take_item(&data, i);
    }
    if (data.paths.failed || data.files.failed || data.buffers.failed)
        ora_out_of_memory(judge);
}

static void check_count(struct ora_judge *judge)
{
    check(judge, false);
}

const struct ora_rule ora_rule_result_eof = {
    {"result.eof", "R", "ci-assertion", "IB12 IC3 IS8 hooks.md:R13 W14",
     "A read of a file gives all that was asked and is there; at or after the end, ERROR_HANDLE_EOF.",
     {"read.accounting"}},
    check_count,
};

static void check_bytes(struct ora_judge *judge)
{
    check(judge, true);
}

const struct ora_rule ora_rule_result_data = {
    {"result.data", "R", "ci-assertion", "IB26 IB12 IB20 M5",
     "A read delivers the bytes that the file holds at its offset.",
     {"read.accounting"}},
    check_bytes,
};
