/* SPDX-License-Identifier: MIT */
/*
 * Records in memory instead of lines in a file: what a writer of cf_trace_keep does. Private to the
 * writer, whose lock covers it; the values of a call are its thread's own until the call ends.
 */
#ifndef CF_TRACE_KEPT_H
#define CF_TRACE_KEPT_H

#include "conformance/trace/reader.h"
#include "conformance/trace/writer.h"

struct cf_kept_block {
    struct cf_kept_block *next;
    size_t nbytes;
    _Alignas(16) char bytes[];
};

struct cf_kept {
    struct cf_trace trace;
    size_t capacity;             /* of its records */
    struct cf_kept_block *first; /* memory of the records' values, used again after a clear */
    struct cf_kept_block *block; /* the one in use */
    size_t used;                 /* of it */
};

struct cf_kept *cf_kept_create(void);
void cf_kept_destroy(struct cf_kept *kept);
void cf_kept_clear(struct cf_kept *kept);
/* Without memory there is no judging: both end the process then. */
void *cf_kept_memory_locked(struct cf_kept *kept, size_t nbytes);
struct cf_record *cf_kept_record_locked(struct cf_kept *kept, enum cf_record_type type);

/* ---- values of a call; list 0 is `in`, 1 is `out` ---- */

void cf_kept_call_begin_locked(struct cf_trace_call *call);
struct cf_trace_value *cf_kept_put(struct cf_trace_call *call, unsigned list, const char *key,
                                   enum cf_trace_value_kind kind);
void cf_kept_put_number(struct cf_trace_call *call, unsigned list, const char *key,
                        enum cf_trace_value_kind kind, uint64_t value);
void cf_kept_put_string(struct cf_trace_call *call, unsigned list, const char *key,
                        const char *string);
void cf_kept_put_bytes(struct cf_trace_call *call, const char *key, const void *bytes,
                       size_t nbytes);
enum { CF_KEPT_BYTES = 1 << 16 }; /* longer contents are digested at once */
void cf_kept_put_digest(struct cf_trace_call *call, unsigned list, const char *key,
                        const void *bytes, size_t nbytes);
void cf_kept_put_strings(struct cf_trace_call *call, const char *key, const char *const *strings,
                         size_t count);
void cf_kept_put_numbers(struct cf_trace_call *call, const char *key, const uint64_t *values,
                         size_t count);
void cf_kept_call_end(struct cf_trace_call *call, enum cf_result_kind result, uint64_t value,
                      const uint32_t *last_error);

/* ---- other records; each takes the lock ---- */

void cf_kept_header(struct cf_trace_writer *writer, const struct cf_trace_header *header);
void cf_kept_scenario(struct cf_trace_writer *writer, const struct cf_trace_scenario *scenario);
void cf_kept_object(struct cf_trace_writer *writer, const struct cf_trace_object *object);
void cf_kept_cqe(struct cf_trace_writer *writer, const char *ring, uint64_t user_data, int32_t hr,
                 uint64_t information, uint64_t order, uint64_t after);
void cf_kept_event(struct cf_trace_writer *writer, const char *sym, bool signalled, const char *by,
                   uint64_t value, uint64_t after);
void cf_kept_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *memory,
                    bool merged);
void cf_kept_exception(struct cf_trace_writer *writer, uint32_t code, const char *kind,
                       int32_t exit_code);
void cf_kept_history(struct cf_trace_writer *writer, uint64_t trials, bool vacuous);
void cf_kept_note(struct cf_trace_writer *writer, const char *text, const char *who);

#endif
