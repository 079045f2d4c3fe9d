/* SPDX-License-Identifier: MIT */
/*
 * Writes a trace file "ringer-trace/1" (FORMAT.md): one JSON object a line, keys in the order of the
 * schema. Plain C and stdio, so that the same file records on Linux, under Wine and on Windows.
 *
 * Every function may be called from any thread; a writer has one lock, held only while a line is
 * written. Each line is flushed: what a crash leaves behind is readable. No function changes errno or
 * the Windows last error. A NULL writer is legal everywhere and records nothing. Strings are UTF-8,
 * borrowed for the call unless said otherwise; NULL leaves an optional key out.
 */
#ifndef CF_TRACE_WRITER_H
#define CF_TRACE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CF_TRACE_SCHEMA "ringer-trace/1"
#define CF_TRACE_NO_CALL 0 /* "after" of a record that no call precedes; calls count from 1 */

struct cf_trace;
struct cf_trace_value;
struct cf_trace_writer;

/* Truncates path. NULL with errno set when it cannot be opened. */
struct cf_trace_writer *cf_trace_create(const char *path);
/*
 * Without a file: records stay in memory as they are, for judges in the same process. NULL without
 * memory. Labels and names of functions must then outlive the records.
 */
struct cf_trace_writer *cf_trace_keep(void);
/* The records so far, until the next one; NULL of a writer with a file. Borrowed. */
const struct cf_trace *cf_trace_kept(const struct cf_trace_writer *writer);
/* No record was made: another run begins. */
void cf_trace_kept_clear(struct cf_trace_writer *writer);
/* From now on no time of day is written: a run that is made again then gives the same bytes. */
void cf_trace_undated(struct cf_trace_writer *writer);
/* Writes `end` and closes the file. False when any write failed on the way. */
bool cf_trace_close(struct cf_trace_writer *writer);
/*
 * The first half of close: the writer stays, and records nothing more. For a recorder at exit, when
 * other threads may still be inside calls.
 */
bool cf_trace_end(struct cf_trace_writer *writer);
/* Forgets a writer in a forked child: writes nothing. The copy of the file is left to exit. */
void cf_trace_abandon(struct cf_trace_writer *writer);
/* Nanoseconds since the writer was created: the clock of t0 and t1. */
uint64_t cf_trace_now_ns(const struct cf_trace_writer *writer);
/* The highest call number handed out so far: what a record written now comes "after". */
uint64_t cf_trace_last_call(struct cf_trace_writer *writer);

/* ---- hdr, scn, obj ---- */

struct cf_trace_pair {
    const char *key, *value;
};

struct cf_trace_header {
    const char *recorder_name, *recorder_version, *recorder_commit;
    const char *recorder_sha256, *recorder_compiler; /* of its own image; what built it */
    const char *host; /* "ringer", "wine", "windows", "synthetic" */
    const char *os, *build, *arch, *profile, *engine, *file_system;
    bool has_caps;
    uint32_t caps_version, caps_sq, caps_cq, caps_features; /* QueryIoRingCapabilities */
    const struct cf_trace_pair *system; /* further facts of traces.md 3.5, may be NULL */
    size_t system_count;
    const char *scenario_set_sha256;
};

void cf_trace_header(struct cf_trace_writer *writer, const struct cf_trace_header *header);

struct cf_trace_scenario {
    const char *id, *title;
    const char *const *needs;
    size_t needs_count;
    const struct cf_trace_pair *params;
    size_t params_count;
    uint32_t trial, child;
};

void cf_trace_scenario(struct cf_trace_writer *writer, const struct cf_trace_scenario *scenario);

struct cf_trace_object {
    const char *sym;  /* r0, f0, b0, e0, p0, o0: FORMAT.md "Symbols" */
    const char *kind; /* "ring", "file", "pipe", "socket", "buffer", "event", "overlapped", ... */
    uint32_t flags;   /* FILE_FLAG_* of a file, 1 = manual reset of an event; else 0 */
    uint64_t nbytes;
    const char *content; /* how the bytes were made, e.g. "zero", "poison", "ascii" */
    const char *sha256;
    /* What somebody needs who wants to make the same again; all optional. */
    bool has_seed;
    uint64_t seed;     /* of "ascii"; the byte of "poison" */
    const void *bytes; /* the content itself, when it is short and of no generator */
    size_t bytes_count;
    bool is_placed; /* a buffer: where in its page it begins, and whether no-access pages guard it */
    uint32_t page_offset;
    bool guard;
};

void cf_trace_object(struct cf_trace_writer *writer, const struct cf_trace_object *object);

/* ---- call ---- */

/* Text that grows; owned by the call that embeds it. */
struct cf_trace_text {
    char *chars; /* NULL until fixed is too small */
    size_t nbytes, capacity;
    bool failed; /* out of memory: the record says "truncated":true */
    char fixed[256];
};

/* The same of a writer that keeps records: values of `in` and `out`, room for short strings. */
struct cf_kept_call {
    struct cf_trace_value *values[2];
    uint32_t counts[2], capacities[2];
    char *chars;
    size_t room;
};

/* Lives in the caller's frame between begin and end; fields are private. */
struct cf_trace_call {
    struct cf_trace_writer *writer;
    const char *fn, *step;
    uint32_t thread;
    uint64_t n, t0_ns, t1_ns; /* t1_ns 0: not stopped yet */
    union {
        struct {
            struct cf_trace_text in, out;
        };
        struct cf_kept_call kept;
    };
};

/*
 * fn and step must outlive the call. Takes the sequence number and t0, so: begin, add in_*, make the
 * real call, end. To keep formatting out of the measured span, add in_* before and call
 * cf_trace_call_start just before the real call.
 */
void cf_trace_call_begin(struct cf_trace_call *call, struct cf_trace_writer *writer, const char *fn,
                         const char *step, uint32_t thread);
void cf_trace_call_start(struct cf_trace_call *call); /* optional: t0 again */

void cf_trace_in_u64(struct cf_trace_call *call, const char *key, uint64_t value);
void cf_trace_in_hex32(struct cf_trace_call *call, const char *key, uint32_t value); /* masks */
void cf_trace_in_hex64(struct cf_trace_call *call, const char *key, uint64_t value); /* userData */
void cf_trace_in_sym(struct cf_trace_call *call, const char *key, const char *sym);  /* NULL: null */
void cf_trace_in_str(struct cf_trace_call *call, const char *key, const char *text);
void cf_trace_in_str16(struct cf_trace_call *call, const char *key, const uint16_t *text);
void cf_trace_in_syms(struct cf_trace_call *call, const char *key, const char *const *syms,
                      size_t count);
/* JSON text as it is, one value; the caller answers for it. */
void cf_trace_in_json(struct cf_trace_call *call, const char *key, const char *json);
/* Short contents, as hex digits. */
void cf_trace_in_bytes(struct cf_trace_call *call, const char *key, const void *bytes,
                       size_t nbytes);
void cf_trace_in_u64s(struct cf_trace_call *call, const char *key, const uint64_t *values,
                      size_t count);

void cf_trace_out_u64(struct cf_trace_call *call, const char *key, uint64_t value);
void cf_trace_out_hex32(struct cf_trace_call *call, const char *key, uint32_t value);
void cf_trace_out_hex64(struct cf_trace_call *call, const char *key, uint64_t value);
void cf_trace_out_sym(struct cf_trace_call *call, const char *key, const char *sym);
void cf_trace_out_str(struct cf_trace_call *call, const char *key, const char *text);

/* The SHA-256 of the bytes, as hex digits. */
void cf_trace_out_digest(struct cf_trace_call *call, const char *key, const void *bytes,
                         size_t nbytes);

/* Writes the record: exactly one of these a call. Each returns the call's number n. */
uint64_t cf_trace_call_end(struct cf_trace_call *call, int32_t hr, uint32_t last_error);
/* t1 first, then out_*, then end: use when reading out-parameters is slow. Optional. */
void cf_trace_call_stop(struct cf_trace_call *call);
/* For functions that return a BOOL, DWORD or a handle (1 valid, 0 not): key "ret". */
uint64_t cf_trace_call_end_ret(struct cf_trace_call *call, uint64_t ret, uint32_t last_error);
/* For NT services: key "st". */
uint64_t cf_trace_call_end_status(struct cf_trace_call *call, int32_t status);
/* For void functions. */
uint64_t cf_trace_call_end_void(struct cf_trace_call *call);

/* ---- what was seen after a call ---- */

/* order: how many completions were popped from this ring before; after: n of the pop. */
void cf_trace_cqe(struct cf_trace_writer *writer, const char *ring, uint64_t user_data, int32_t hr,
                  uint64_t information, uint64_t order, uint64_t after);
/* by: "poll" or "wait". value: of a fence, else 0. */
void cf_trace_event(struct cf_trace_writer *writer, const char *sym, bool signalled, const char *by,
                    uint64_t value, uint64_t after);

struct cf_trace_range {
    uint64_t from, to; /* [from, to) */
};

struct cf_trace_memory {
    const char *sym;
    bool fill; /* the program itself wrote the bytes just now: a new snapshot, judge nothing */
    const struct cf_trace_range *changed; /* since the last mem, or obj, of this symbol */
    size_t changed_count;
    const char *sha256;
    int poison_ok; /* 1, 0, or -1: not poisoned */
    uint64_t after;
};

void cf_trace_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *memory);
/*
 * Compares nbytes against the snapshot before, writes the record (at most 64 ranges: nearer ones are
 * merged and the record then says "merged":true) and copies now over before.
 */
void cf_trace_memory_diff(struct cf_trace_writer *writer, const char *sym, void *before,
                          const void *now, size_t nbytes, int poison_ok, uint64_t after);

/* kind: "read", "write", "execute", "exit", "signal". Written by a parent or a fault handler. */
void cf_trace_exception(struct cf_trace_writer *writer, uint32_t code, const char *module,
                        const char *kind, int32_t exit_code);

struct cf_trace_outcome {
    const char *key;
    uint64_t count;
};

/* control: the outcome key that shows that the trial could have failed, or NULL. */
void cf_trace_history(struct cf_trace_writer *writer, uint64_t trials,
                      const struct cf_trace_outcome *outcomes, size_t outcome_count,
                      const char *control, bool vacuous);
void cf_trace_note(struct cf_trace_writer *writer, const char *text, const char *who);
/* An event of DirectStorage's log; members: its line of JSON without the braces around it. */
void cf_trace_ds_event(struct cf_trace_writer *writer, const char *members);

#endif
