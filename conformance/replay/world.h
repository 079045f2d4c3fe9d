/* SPDX-License-Identifier: MIT */
/*
 * The world of a replay: symbols of the trace and what they stand for here. Private to this room.
 * world.lock covers the list of objects and the fields marked so; it is never held across a call of
 * the API under observation.
 */
#ifndef CF_REPLAY_WORLD_H
#define CF_REPLAY_WORLD_H

#include "conformance/kit/bind.h"
#include "conformance/replay/replay.h"
#include "conformance/trace/writer.h"

enum rp_kind { RP_FILE, RP_EVENT, RP_PORT, RP_RING, RP_NT_RING, RP_BUFFER, RP_OVERLAPPED, RP_COM };

struct rp_object {
    struct rp_object *next; /* newest first: a symbol may be made anew */
    char *sym;
    enum rp_kind kind;
    HANDLE handle;
    bool open, overlapped, manual;
    bool early; /* lock: an auto-reset event gave its signal to a call that had none in the trace */
    char *pipe_name;

    HIORING ring;
    NT_IORING_INFO nt;
    /* lock: entries built since the last submit, handed over, taken out; taken before their time */
    uint64_t built, submitted, popped, held;
    bool missed; /* lock: a completion never came; do not wait as long for the next */

    uint8_t *region, *bytes, *snapshot; /* of a buffer */
    size_t region_nbytes, nbytes;
    bool readable;

    OVERLAPPED *io;
    struct rp_com *com; /* com.h */
};

struct rp_block { /* arrays that calls may still read: kept to the end of the scenario */
    struct rp_block *next;
    void *memory;
};

struct rp_world {
    const struct cf_trace *trace;
    const struct cf_replay_options *options;
    struct cf_trace_writer *writer;
    struct cf_api api;
    SRWLOCK lock;
    struct rp_object *objects;
    struct rp_block *blocks;
    void *bad_page;
    uint64_t buffer_nbytes; /* lock: of all buffers */
    unsigned serial;        /* lock: for names of files and pipes */
};

/* One call being made again. */
struct rp_call {
    struct rp_world *world;
    const struct cf_record *record; /* the recorded call */
    uint32_t thread;
    struct cf_trace_call trace;
    bool begun;
};

/* ---- world.c: objects ---- */

struct rp_object *rp_find(struct rp_world *world, const char *sym); /* NULL: none */
struct rp_object *rp_new(struct rp_world *world, const char *sym, enum rp_kind kind);
void *rp_keep(struct rp_world *world, size_t nbytes); /* zeroed */
/* What an `obj` record introduces: contents of files and buffers; and the record itself again. */
void rp_introduce(struct rp_world *world, const struct cf_record *record);
/* Lets go of the objects of DirectStorage, before what they use goes. */
void rp_com_release(struct rp_world *world);
/* Closes and frees everything: the end of a scenario. */
void rp_clear(struct rp_world *world);
/*
 * The file that stands for a path of the trace, below the replay's folder; made when it is not there
 * yet. Owned by the caller. nbytes: how large to make one of which nothing else is known; RP_NO_FOLDER:
 * a path whose folder is not there.
 */
#define RP_NO_FOLDER UINT64_MAX
WCHAR *rp_path(struct rp_world *world, const char *path, bool must_exist, uint64_t nbytes);
WCHAR *rp_pipe_path(struct rp_world *world, const char *path, char **name_out);
WCHAR *rp_widen(const char *text);
/* *nbytes_out bytes of a string of hex digits, NULL when it is none; free() it. */
uint8_t *rp_unhex(const char *text, size_t *nbytes_out);

/* ---- call.c: arguments and records ---- */

uint64_t rp_u64(const struct rp_call *call, const char *key, uint64_t otherwise);
const char *rp_text(const struct rp_call *call, const char *key);
/* The handle behind an argument; NULL and INVALID_HANDLE_VALUE by their words. */
HANDLE rp_handle(const struct rp_call *call, const char *key);
HANDLE rp_handle_of(struct rp_world *world, const char *sym);
struct rp_object *rp_object(const struct rp_call *call, const char *key);
/* The address of sym+offset; the page that nobody mapped for "nonnull". */
void *rp_address(struct rp_world *world, const char *sym, uint64_t offset);

/* Begins the record with the recorded arguments; but: NULL, or a key that goes in with value. */
void rp_begin(struct rp_call *call);
void rp_begin_but(struct rp_call *call, const char *but, uint64_t value);
void rp_stop(struct rp_call *call); /* t1; keeps the last error */
void rp_out(struct rp_call *call, const char *key, uint64_t value);
/* Introduces what a call made under the name that it had in the trace; sym "" when it had none. */
struct rp_object *rp_made(struct rp_call *call, const char *key, enum rp_kind kind, bool good);
uint64_t rp_end_hr(struct rp_call *call, HRESULT hr);
uint64_t rp_end_ret(struct rp_call *call, uint64_t ret, DWORD last_error);
uint64_t rp_end_status(struct rp_call *call, NTSTATUS status);
/* Instead of the call: why is "early" or a sentence. */
void rp_skip(struct rp_call *call, const char *why);

typedef void (*rp_handler)(struct rp_call *call);
struct rp_function {
    const char *name;
    rp_handler handler;
};
extern const struct rp_function rp_ring_functions[], rp_nt_functions[], rp_file_functions[],
    rp_sync_functions[], rp_memory_functions[], rp_edge_functions[], rp_info_functions[],
    rp_dstorage_functions[], rp_dstorage_queue_functions[];

/* ---- what several files of handlers share ---- */

/* Looks at a buffer and writes its `mem` record. */
void rp_look(struct rp_world *world, struct rp_object *buffer, uint64_t after);
/* True while something in the world is under way: then what is not there yet may still come. */
bool rp_pending(struct rp_world *world);
/* True while the ring has taken more than it gave back, that nobody has given up. */
bool rp_owes(struct rp_world *world, const struct rp_object *ring);
/* A completion did not come in time: the next is not waited for as long. */
void rp_give_up(struct rp_world *world, struct rp_object *ring);
/* Milliseconds that a completion or signal may be later here than in the trace. */
unsigned rp_patience_ms(struct rp_world *world, const struct rp_object *object);

#endif
