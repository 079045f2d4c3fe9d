/* SPDX-License-Identifier: MIT */
/* Collects the behaviours that a trace rests on. */
#ifndef CF_ORACLE_REACH_H
#define CF_ORACLE_REACH_H

#include "conformance/oracle/model.h"
#include "conformance/oracle/oracle.h"

struct ora_reached {
    struct cf_reach *items; /* each row once; the caller frees */
    size_t count;
    bool failed; /* out of memory: rows are missing */
};

void ora_reach_all(struct ora_reached *reached, const struct ora_model *model);

#endif
