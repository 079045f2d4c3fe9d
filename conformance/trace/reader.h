/* SPDX-License-Identifier: MIT */
/*
 * Reads a trace file (FORMAT.md) into memory, for judges; natively only, over jansson. Input is not
 * trusted: anything malformed is an error with a line number. Unknown keys are kept and ignored,
 * unknown record types kept as CF_OTHER. Nothing here is locked; a loaded trace is constant and may
 * be read from any thread. Strings and records belong to the trace. A trace that a writer keeps in memory
 * (cf_trace_kept) is looked at with the same functions, by one thread.
 */
#ifndef CF_TRACE_READER_H
#define CF_TRACE_READER_H

#include "conformance/trace/fn.h"
#include "conformance/trace/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t; /* jansson.h */

enum cf_record_type {
    CF_HDR,
    CF_SCN,
    CF_OBJ,
    CF_CALL,
    CF_CQE,
    CF_EVT,
    CF_MEM,
    CF_EXC,
    CF_HIST,
    CF_NOTE,
    CF_END,
    CF_OTHER,
};

struct cf_span {
    uint64_t from, to; /* [from, to), never empty */
};

enum cf_result_kind {
    CF_RESULT_NONE,
    CF_RESULT_HR,
    CF_RESULT_STATUS,
    CF_RESULT_RET,
};

struct cf_record {
    enum cf_record_type type;
    size_t line; /* from 1 */
    struct json_t *json; /* NULL: kept in memory, as what follows */
    /* Keys of the record or, of a call, of `in`; those of `out`, `caps` or `params`. */
    struct cf_trace_values own, parts;
    union {
        struct {
            const char *id;
            uint64_t trial;
        } scn;
        struct {
            const char *sym, *kind;
            uint64_t flags, nbytes;
        } obj;
        struct {
            const char *fn, *step; /* step may be NULL */
            enum cf_fn id;         /* of fn */
            uint64_t n, thread, t0_ns, t1_ns, last_error;
            enum cf_result_kind result;
            uint64_t value; /* hr and st as unsigned 32-bit values */
        } call;
        struct {
            const char *ring;
            uint64_t user_data, information, order, after;
            uint32_t hr;
        } cqe;
        struct {
            const char *sym, *by;
            uint64_t value, after;
            bool signalled;
        } evt;
        struct {
            const char *sym;
            struct cf_span *changed;
            size_t changed_count;
            uint64_t after;
            bool fill, merged;
            int poison_ok; /* 1, 0, or -1: not said */
        } mem;
        struct {
            const char *kind;
            uint64_t code;
            int64_t exit_code;
        } exc;
        struct {
            uint64_t trials;
            bool vacuous;
        } hist;
    };
};

enum cf_trace_integrity {
    CF_TRACE_WHOLE,
    CF_TRACE_NO_END,    /* the recorder died, or still runs */
    CF_TRACE_BAD_HASH,  /* somebody changed the file after it was written */
    CF_TRACE_BAD_COUNT, /* `end` disagrees with the number of lines or calls */
};

struct cf_trace {
    struct cf_record *records;
    size_t count;
    enum cf_trace_integrity integrity;
    bool cut_line;    /* the last line had no end and was dropped */
    const char *host; /* of the header; "" when it says none */
    uint64_t lost_events;
};

struct cf_trace_error {
    size_t line; /* 0: not about a line */
    char text[160];
};

/* NULL with *error filled. */
struct cf_trace *cf_trace_load(const char *path, struct cf_trace_error *error);
struct cf_trace *cf_trace_parse(const char *bytes, size_t nbytes, struct cf_trace_error *error);
void cf_trace_free(struct cf_trace *trace);

/*
 * Arguments of a call. _u64 takes a number or a hex string and says whether there was one; _string
 * gives NULL for a missing key and for null; _has tells those two apart.
 */
bool cf_in_u64(const struct cf_record *call, const char *key, uint64_t *value_out);
bool cf_out_u64(const struct cf_record *call, const char *key, uint64_t *value_out);
const char *cf_in_string(const struct cf_record *call, const char *key);
const char *cf_out_string(const struct cf_record *call, const char *key);
/*
 * The bytes themselves where out has their digest and the trace was kept in memory; NULL: only the digest
 * is known, as cf_out_string has it.
 */
const unsigned char *cf_out_digested(const struct cf_record *call, const char *key,
                                     size_t *nbytes_out);
bool cf_in_has(const struct cf_record *call, const char *key);
/* Elements of an array argument; 0 when it is none. */
size_t cf_in_count(const struct cf_record *call, const char *key);
const char *cf_in_string_at(const struct cf_record *call, const char *key, size_t index);
bool cf_in_u64_at(const struct cf_record *call, const char *key, size_t index, uint64_t *value_out);
/* Any key of any record, e.g. of a header's "caps" with parent "caps"; parent NULL: the record. */
bool cf_record_u64(const struct cf_record *record, const char *parent, const char *key,
                   uint64_t *value_out);
const char *cf_record_string(const struct cf_record *record, const char *parent, const char *key);

/*
 * The trace as text in which two runs of one program can be compared: no times, no sequence numbers,
 * no recorder; calls grouped by thread; symbols renumbered in order of appearance. free() it.
 */
char *cf_trace_canonical(const struct cf_trace *trace);

#endif
