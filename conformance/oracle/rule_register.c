/* SPDX-License-Identifier: MIT */
/* What an entry that names a registered file or buffer sees. */
#include "conformance/oracle/rule.h"
#include "conformance/oracle/tables.h"

#include <inttypes.h>

#define HR_INVALID_INDEX 0x80070585u

typedef void (*slot_check)(struct ora_judge *judge, const struct ora_op *op, enum ora_slot slot,
                           const char *what, uint64_t index);

static void check_index(struct ora_judge *judge, const struct ora_tables *tables, size_t i,
                        const char *key, slot_check check)
{
    const struct ora_model *model = judge->model;
    const size_t *table_of = *key == 'f' ? tables->files : tables->buffers;
    uint64_t index;
    size_t table;
    enum ora_slot slot;

    if (!cf_in_u64(model->ops[i].record, key, &index))
        return;
    slot = ora_tables_slot(model, table_of, i, index, &table);
    if (slot != ORA_SLOT_UNKNOWN)
        check(judge, &model->ops[i], slot, *key == 'f' ? "file" : "buffer", index);
}

static void check_all(struct ora_judge *judge, slot_check check)
{
    const struct ora_model *model = judge->model;
    struct ora_tables tables;

    if (!model->indexed_count)
        return;
    if (!ora_tables_init(&tables, model)) {
        ora_out_of_memory(judge);
    } else {
        for (size_t i = 0; i < model->op_count; i++) {
            if (model->ops[i].cqe == NONE || !model->ops[i].exact)
                continue;
            check_index(judge, &tables, i, "file_index", check);
            check_index(judge, &tables, i, "buf_index", check);
        }
    }
}

/* Both references of an entry may be indexes; the code does not say which one was refused. */
static bool other_may_be_wrong(const struct ora_op *op)
{
    return cf_in_has(op->record, "file_index") && cf_in_has(op->record, "buf_index");
}

static void check_slot_visible(struct ora_judge *judge, const struct ora_op *op, enum ora_slot slot,
                               const char *what, uint64_t index)
{
    const struct cf_record *cqe = judge->model->cqes[op->cqe].record;

    if (slot != ORA_SLOT_USED || other_may_be_wrong(op))
        return;
    ora_use(judge);
    if (cqe->cqe.hr == HR_INVALID_INDEX)
        ora_violation(judge, cqe, "0x%" PRIx64 ": %s %" PRIu64 " was registered ahead of the entry, "
                      "but is called invalid", op->user_data, what, index);
}

static void check_visible(struct ora_judge *judge)
{
    check_all(judge, check_slot_visible);
}

const struct ora_rule ora_rule_register_visible = {
    {"register.visible", "R", "ci-assertion", "IB5 W2 IB17 IB18",
     "An index works for every entry behind its registration, even in the same submit.",
     {"reg.lifetime"}},
    check_visible,
};

static void check_slot_stale(struct ora_judge *judge, const struct ora_op *op, enum ora_slot slot,
                             const char *what, uint64_t index)
{
    const struct cf_record *cqe = judge->model->cqes[op->cqe].record;

    /* A cancel that names an index nobody registered: which error is not known, nor if it is one. */
    if (slot != ORA_SLOT_ABSENT || op->kind == ORA_CANCEL)
        return;
    ora_use(judge);
    if (!ora_failed(cqe->cqe.hr))
        ora_violation(judge, cqe, "0x%" PRIx64 ": %s %" PRIu64 " is not in the table that is in "
                      "force, but the entry succeeded", op->user_data, what, index);
}

static void check_stale(struct ora_judge *judge)
{
    check_all(judge, check_slot_stale);
}

const struct ora_rule ora_rule_register_stale = {
    {"register.stale", "R", "statement", "hooks.md:R2 IC13 IS9 ioring.md:4",
     "An index that the last registration does not hold fails; a registration replaces the table.",
     {"reg.replace"}},
    check_stale,
};

static void check_slot_sparse(struct ora_judge *judge, const struct ora_op *op, enum ora_slot slot,
                              const char *what, uint64_t index)
{
    const struct cf_record *cqe = judge->model->cqes[op->cqe].record;

    if (slot != ORA_SLOT_SPARSE || op->kind == ORA_CANCEL)
        return;
    ora_use(judge);
    /* With which code it fails is open, and whether no bytes may go to no buffer. */
    if (!ora_failed(cqe->cqe.hr) && (*what == 'f' || cqe->cqe.information))
        ora_violation(judge, cqe, "0x%" PRIx64 ": %s %" PRIu64 " is a sparse entry of the table, but "
                      "the entry succeeded", op->user_data, what, index);
}

static void check_sparse(struct ora_judge *judge)
{
    check_all(judge, check_slot_sparse);
}

const struct ora_rule ora_rule_register_sparse = {
    {"register.sparse", "D", "documented", "SDK:IORING_OP_REGISTER_FILES ioring.md:4",
     "Nothing is read or written through a sparse entry of a table.",
     {"reg.sparse"}},
    check_sparse,
};

static void check_bounds(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;
    struct ora_tables tables;
    uint64_t index, offset, length;
    size_t table;

    if (!model->indexed_count)
        return;
    if (!ora_tables_init(&tables, model)) {
        ora_out_of_memory(judge);
        return;
    }
    for (size_t i = 0; i < model->op_count; i++) {
        const struct ora_op *op = &model->ops[i];
        const struct cf_record *cqe;

        if (op->cqe == NONE || !op->exact || !cf_in_u64(op->record, "buf_index", &index) ||
            ora_tables_slot(model, tables.buffers, i, index, &table) != ORA_SLOT_USED ||
            !cf_in_u64_at(model->ops[table].record, "lens", index, &length))
            continue;
        offset = 0;
        cf_in_u64(op->record, "buf_off", &offset);
        cqe = model->cqes[op->cqe].record;
        ora_use(judge);
        if (!ora_failed(cqe->cqe.hr) &&
            cqe->cqe.information > (offset < length ? length - offset : 0))
            ora_violation(judge, cqe, "0x%" PRIx64 ": %" PRIu64 " bytes at %" PRIu64 " of a registered "
                          "buffer of %" PRIu64, op->user_data, cqe->cqe.information, offset, length);
    }
}

const struct ora_rule ora_rule_register_bounds = {
    {"register.bounds", "R", "ci-assertion", "IB29 IB31 ioring.md:4",
     "No byte beyond a registered buffer's length is transferred.",
     {"reg.bounds"}},
    check_bounds,
};
