/* SPDX-License-Identifier: MIT */
/*
 * One run of a scenario: symbols, out-values, threads, and the call record that every step fills.
 * Private to the kit. run.lock covers symbols, values, hand-offs and the result; it is never held
 * across a call of the API under observation.
 */
#ifndef CF_KIT_RUN_H
#define CF_KIT_RUN_H

#include "conformance/kit/bind.h"
#include "conformance/kit/scenario.h"
#include "conformance/kit/text.h"
#include "conformance/trace/writer.h"

#include <stdatomic.h>

struct cf_symbol {
    struct cf_symbol *next; /* newest first: a step in a loop makes its symbol anew */
    char *name;
    char class_;
    HANDLE handle; /* file, event, port */
    bool open, overlapped;
    WCHAR *path; /* data */
    bool all_virtual;  /* the hook's, because all files are: not by the scenario's own word */
    bool path_is_ours; /* made in this run, deleted at its end */
    char *pipe_name;
    uint64_t nbytes, seed; /* data, buffer */
    const char *content;
    HIORING ring;
    uint64_t popped;
    uint32_t ring_version;
    /* buffer: view of region_nbytes at region, bytes inside it, snapshot is ours */
    uint8_t *region, *bytes, *snapshot;
    size_t region_nbytes;
    struct cf_pages *pages; /* whose the region is; NULL: the symbol's own */
    int poison; /* -1: none */
    bool readable, writable;
    NT_IORING_INFO nt; /* ntring */
    OVERLAPPED *overlapped_io;
    int64_t signals; /* hand-off counter */
    struct cf_thread *thread;
    struct cf_object *object;      /* kit/object.h */
    struct cf_ds_request *request; /* a request to be enqueued, steps_ds_queue.c */
};

struct cf_value {
    struct cf_value *next;
    const char *label, *name; /* of the step; of what it gave */
    uint64_t value;
};

/*
 * What one trial may take, so that a scenario from anywhere ends: steps (rounds of loops and of drains
 * included), threads, and bytes of buffers, data and arrays together.
 */
#define CF_MOST_STEPS 1000000u
#define CF_MOST_THREADS 128u
#define CF_MOST_BYTES (UINT64_C(1) << 30)
/* A longer array of a registration is never made: no implementation is known to take one. */
#define CF_MOST_ELEMENTS 65537u
/* Behind every buffer lies a page that nobody may touch. */
#define CF_PAGE_NBYTES 4096u

struct cf_block { /* arrays that calls may still read: kept to the end of the trial */
    struct cf_block *next;
    void *memory;
};

/* The content of a data file; with options.again also the file, made before the run begins. */
struct cf_content {
    struct cf_content *next;
    const struct cf_step *step;
    WCHAR *path;
    uint8_t *bytes;
    size_t nbytes;
    uint64_t seed;
    const char *name;
    char sha[65];
    bool made; /* and nothing has changed it since */
};

/* Pages of the buffer that a step makes, at the same place in every run. */
struct cf_pages {
    struct cf_pages *next;
    const struct cf_step *step;
    uint8_t *region, *bytes, *snapshot;
};

struct cf_run {
    const struct cf_scenario *scenario;
    struct cf_trace_writer *writer;
    const struct cf_run_options *options;
    struct cf_run_result *result;
    struct cf_api api;
    struct cf_facts facts;
    struct { /* the same as text */
        char version[16], features[16], ops[16], bits[16];
    } told;
    SRWLOCK lock;
    CONDITION_VARIABLE changed;
    struct cf_symbol *symbols;
    struct cf_value *values;
    struct cf_block *blocks;
    struct cf_content *contents; /* these two outlive a run */
    struct cf_pages *pages;
    void *bad_page;
    unsigned thread_count, trial;
    bool reads_only;      /* cf_scenario_reads_only */
    bool both_paths;      /* every trial is made again with ForceMappingLayer */
    bool configured;      /* lock: DirectStorage, in this trial */
    bool hostile;         /* lock: some request names memory that cannot be written or read */
    bool has_threads;     /* some step makes one */
    uint64_t bytes_taken; /* of CF_MOST_BYTES */
    _Atomic uint32_t steps_made;
    _Atomic bool stopped; /* a set-up step failed */
};

struct cf_loop {
    struct cf_loop *outer;
    const char *name;
    uint64_t value;
};

struct cf_thread {
    struct cf_run *run;
    unsigned ordinal;
    struct cf_loop *loop;
    const struct cf_step *body;
    HANDLE handle;
    struct cf_loop outer_loop; /* copy of the maker's innermost loop */
};

typedef bool (*cf_step_fn)(struct cf_thread *thread, const struct cf_step *step);
#define CF_VERB(name, positional, options) \
    bool cf_step_##name(struct cf_thread *thread, const struct cf_step *step);
#include "conformance/kit/verbs.def"
#undef CF_VERB

/* Ends the run as `setup`, once; always false. */
bool cf_stop(struct cf_thread *thread, const struct cf_step *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Ends the run as `skipped`, once: the question is for another system; always false. */
bool cf_skip(struct cf_thread *thread, const struct cf_step *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is the file of a `data` step the hook's, in a run with these options? */
bool cf_is_virtual(const struct cf_scenario *scenario, const struct cf_step *data,
                   const struct cf_run_options *options);

/* One step more, nbytes more, of what a trial may take; false when that was too much. */
bool cf_claim_step(struct cf_thread *thread, const struct cf_step *step);
bool cf_claim_bytes(struct cf_thread *thread, const struct cf_step *step, uint64_t nbytes);

/* ---- symbols and words ---- */

struct cf_symbol *cf_symbol_new(struct cf_thread *thread, const char *name, char class_);
struct cf_symbol *cf_symbol_find(struct cf_thread *thread, const char *name); /* NULL: none yet */
uint64_t cf_number(struct cf_thread *thread, const char *expression);
uint64_t cf_option_number(struct cf_thread *thread, const struct cf_step *step, const char *name,
                          uint64_t otherwise);
/* Milliseconds that a step waits: its option ms, or the run's patience where that is less. */
uint32_t cf_patience(struct cf_thread *thread, const struct cf_step *step);
void *cf_keep(struct cf_thread *thread, size_t nbytes); /* zeroed, lives as long as the trial */

struct cf_file_arg {
    bool registered;
    HANDLE handle;
    uint32_t index;
    const char *sym; /* for the trace; borrowed from the step */
};
void cf_file_argument(struct cf_thread *thread, const char *word, struct cf_file_arg *file_out);

struct cf_buffer_arg {
    bool registered;
    void *address;
    uint32_t index;
    uint64_t offset;
    uint64_t room; /* bytes from address on that are the scenario's, guard pages included */
    char sym[32];  /* "": null */
};
/* Stops the run when the offset is beyond the buffer: what lies there is not the scenario's. */
void cf_buffer_argument(struct cf_thread *thread, const char *word,
                        struct cf_buffer_arg *buffer_out);
/* May the bytes from the argument on be registered? Else the run stops. */
bool cf_buffer_holds(struct cf_thread *thread, const struct cf_step *step,
                     const struct cf_buffer_arg *buffer, uint64_t nbytes);

static inline void cf_look(const struct cf_thread *thread, const void *memory, size_t nbytes)
{
    if (thread->run->options->look)
        thread->run->options->look(memory, nbytes);
}

/* ---- calls ---- */

struct cf_call {
    struct cf_trace_call trace;
    struct cf_thread *thread;
    const struct cf_step *step;
};

/* Begins the record of one call of fn; add cf_trace_in_*(&call->trace, …) and then cf_call_start.
 */
void cf_call_begin(struct cf_call *call, struct cf_thread *thread, const struct cf_step *step,
                   const char *fn);
void cf_call_file(struct cf_call *call, const struct cf_file_arg *file);
void cf_call_buffer(struct cf_call *call, const struct cf_buffer_arg *buffer);
void cf_call_start(struct cf_call *call);
/* Takes t1; the caller has already kept GetLastError. Then cf_out_*, then one of the ends. */
void cf_call_stop(struct cf_call *call);
void cf_out(struct cf_call *call, const char *name, uint64_t value); /* u64, and $label.name */
void cf_out_hex(struct cf_call *call, const char *name, uint64_t value);
/*
 * Ends: write the record, remember $label.hr/ret/st. False when the step has no label and failed,
 * which ends the run. *n_out (may be NULL) is the number of the call.
 */
bool cf_call_end_hr(struct cf_call *call, HRESULT hr, uint64_t *n_out);
bool cf_call_end_ret(struct cf_call *call, uint64_t ret, DWORD last_error, bool good,
                     uint64_t *n_out);
bool cf_call_end_status(struct cf_call *call, NTSTATUS status, uint64_t *n_out);
bool cf_call_end_void(struct cf_call *call); /* of a function that returns nothing */
/* The function is not there: writes a note, and fails as an unlabelled step or records E_NOTIMPL.
 */
bool cf_call_absent(struct cf_thread *thread, const struct cf_step *step, const char *fn);

enum { CF_SHOWN_BYTES = 4096 }; /* contents up to here stand in the trace */

/* The words access= and share= of a step that opens. */
DWORD cf_access_of(const struct cf_step *step);
DWORD cf_share_of(const struct cf_step *step);

/* The step `device F full`. */
bool cf_full_device(struct cf_thread *thread, const struct cf_step *step);
/* Reads or writes with a wait, whatever the handle's kind: for gates. */
bool cf_transfer(struct cf_symbol *file, void *buffer, uint32_t nbytes, bool writing,
                 uint32_t *moved_out, DWORD *error_out);
void cf_symbols_release(struct cf_run *run);

/* ---- what outlives a run ---- */

bool cf_contents_prepare(struct cf_run *run);
bool cf_contents_fresh(struct cf_run *run);
bool cf_pages_fresh(struct cf_run *run); /* of an earlier run none is in use */
void cf_contents_release(struct cf_run *run);
void cf_pages_release(struct cf_run *run);

#endif
