/* SPDX-License-Identifier: MIT */
/* Walks each ring once in queue order. */
#include "conformance/oracle/tables.h"

#include <string.h>

bool ora_tables_init(struct ora_tables *tables, const struct ora_model *model)
{
    size_t files = NONE, buffers = NONE;

    tables->files = ora_take(model->space, model->op_count + 1, sizeof(size_t));
    tables->buffers = ora_take(model->space, model->op_count + 1, sizeof(size_t));
    if (!tables->files || !tables->buffers)
        return false;
    for (size_t r = 0; r < model->ring_count; r++) {
        files = buffers = NONE;
        for (size_t i = model->rings[r].first_op; i != NONE; i = model->ops[i].next) {
            tables->files[i] = files;
            tables->buffers[i] = buffers;
            if (model->ops[i].kind == ORA_REGISTER_FILES)
                files = i;
            else if (model->ops[i].kind == ORA_REGISTER_BUFFERS)
                buffers = i;
        }
    }
    return true;
}

static enum ora_slot slot_of(const struct cf_record *call, bool files, uint64_t index)
{
    const char *key = files ? "files" : "bufs";
    const char *sym = cf_in_string_at(call, key, index);
    uint64_t count = 0;

    if (!cf_in_u64(call, "count", &count))
        return ORA_SLOT_UNKNOWN;
    if (index >= count)
        return ORA_SLOT_ABSENT;
    if (count > cf_in_count(call, key))
        return ORA_SLOT_UNKNOWN; /* a bad array, or one that the recorder did not read */
    return !sym || !strcmp(sym, "null") || !strcmp(sym, "invalid") ? ORA_SLOT_SPARSE : ORA_SLOT_USED;
}

enum ora_slot ora_tables_slot(const struct ora_model *model, const size_t *tables, size_t op,
                              uint64_t index, size_t *table_out)
{
    size_t table = tables[op];
    const struct ora_ring *ring = &model->rings[model->ops[op].ring];
    const struct ora_op *registration;
    uint64_t count = 0;

    *table_out = NONE;
    if (ring->racy || ring->wild || ring->nt || !ring->record)
        return ORA_SLOT_UNKNOWN;
    if (table == NONE)
        return ORA_SLOT_ABSENT;
    registration = &model->ops[table];
    if (registration->cqe == NONE || !registration->exact)
        return ORA_SLOT_UNKNOWN;
    /* IB8 against IS4: what a registration of nothing leaves behind is in dispute. */
    if (!cf_in_u64(registration->record, "count", &count) || !count)
        return ORA_SLOT_UNKNOWN;
    /* Whether a failed registration keeps the table before it: `ioring.md` 17. */
    if (ora_failed(model->cqes[registration->cqe].record->cqe.hr))
        return ORA_SLOT_UNKNOWN;
    *table_out = table;
    return slot_of(registration->record, registration->kind == ORA_REGISTER_FILES, index);
}
