/* SPDX-License-Identifier: MIT */
/* Parsed expectations. Private to the native half of the kit; constant after loading. */
#ifndef CF_KIT_EXPECT_SET_H
#define CF_KIT_EXPECT_SET_H

#include "conformance/kit/kit.h"

enum cf_field_kind { CF_FIELD_CALL, CF_FIELD_CQE, CF_FIELD_EVT, CF_FIELD_MEM, CF_FIELD_STEP };

/* A place in a trace: s4[2].out.sq, cqe[r:0x1..0x4].hr, evt[s3], mem[s5].changed, or a bare label.
 */
struct cf_field {
    enum cf_field_kind kind;
    char *label, *ring; /* ring NULL: any */
    int index;          /* of the calls of a step; -1: every one */
    uint64_t from, to;  /* user data, inclusive */
    char *sub;          /* "hr", "out.sq", "changed", … */
};

/* What a value means where that is known beforehand. */
enum cf_meaning {
    CF_MEANS_TEXT,    /* to be read again */
    CF_MEANS_RANGE,   /* low to high, a code or a number among them */
    CF_MEANS_CONTENT, /* bytes */
};

struct cf_meant {
    enum cf_meaning meaning;
    uint64_t low, high;
    uint8_t *bytes; /* owned */
    size_t nbytes;
    char sha[65]; /* of the bytes */
};

struct cf_expectation {
    unsigned line;
    char *text; /* the field as written: the name of the result */
    enum cf_class class_;
    enum cf_basis basis;
    struct cf_field field;
    char **values; /* alternatives of exact (one) and set; at most one of stat */
    struct cf_meant *meant; /* one a value */
    unsigned value_count;
    struct cf_field *events, *control; /* order; control: two events or NULL */
    unsigned event_count;
    char *grounds, *conflicts, *row, *alt_group, *alt_case;
    char **when;
    unsigned when_count;
};

struct cf_expect_set {
    char *path, *scenario;
    struct cf_expectation *items;
    size_t count;
};

bool cf_field_parse(const char *text, bool event, struct cf_field *field_out);
void cf_field_fini(struct cf_field *field);

#endif
