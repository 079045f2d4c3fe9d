/* SPDX-License-Identifier: MIT */
/*
 * Which registered table an entry sees. An index is resolved when the entry runs, and it runs after
 * every registration ahead of it in the queue has completed, so queue order alone decides.
 */
#ifndef CF_ORACLE_TABLES_H
#define CF_ORACLE_TABLES_H

#include "conformance/oracle/model.h"

enum ora_slot {
    ORA_SLOT_UNKNOWN, /* a registration's result is missing, or in dispute */
    ORA_SLOT_ABSENT,  /* no such index in the table */
    ORA_SLOT_SPARSE,
    ORA_SLOT_USED,
};

/* By entry index: the last registration of that sort ahead of it on its ring, or NONE. */
struct ora_tables {
    size_t *files, *buffers;
};

bool ora_tables_init(struct ora_tables *tables, const struct ora_model *model);
/* *table_out: the registration that filled the slot. */
enum ora_slot ora_tables_slot(const struct ora_model *model, const size_t *tables, size_t op,
                              uint64_t index, size_t *table_out);

#endif
