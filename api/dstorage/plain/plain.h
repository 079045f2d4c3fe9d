/* SPDX-License-Identifier: MIT */
/*
 * The runtime without COM, ringer_ds.h: a front over the engine of DirectStorage. A request is an
 * entry of the engine's with what its caller said; the engine has it while it runs, else it is in
 * one of our lists.
 *
 * Locks: the runtime's is taken before any of the engine's; none is held across a callback, a
 * backend's function or I/O.
 */
#ifndef DS_PLAIN_H
#define DS_PLAIN_H

#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"

#include <ringer_ds.h>

#include <errno.h>

#ifndef ESHUTDOWN
#    define ESHUTDOWN 108 /* Windows has none */
#endif

enum ds_plain_state {
    DS_PLAIN_QUEUED,  /* taken; in ds->queued by entry.link */
    DS_PLAIN_WAITING, /* submitted; the one before it in its chain has not ended */
    DS_PLAIN_RUNNING, /* the engine has it */
    DS_PLAIN_ENDING   /* out of ds->live, with its result: of one thread */
};

struct ds_plain_request {
    struct ds_entry entry; /* first: what the engine has */
    struct emu_list link;  /* live, ending, done or spare */
    struct ds_plain_request *prev,
        *next; /* of its chain, while both are live; ds->lock, as the rest */
    enum ds_plain_state state;
    bool submitted;
    enum ringer_ds_status stop;   /* why it is to end; RINGER_DS_OK when nobody asked */
    struct ds_origin stop_origin; /* of a time-out */
    uint64_t deadline_ns;         /* of ds_plain_now; UINT64_MAX without one */
    volatile LONG64 moved;        /* by parts of it that went well */
    struct ringer_ds_request said;
    struct ringer_ds_result result;
};

/* A file of ringer_ds.h. The program has one hold, each request one. */
struct ringer_ds_file {
    struct ds_file base;  /* first; handle is the backend's file where there is a backend */
    struct emu_list link; /* in ds->files while the program has it; ds->lock */
    struct ringer_ds *ds;
    unsigned flags;
    int fd;     /* for errors; -1 without one */
    char *path; /* likewise; NULL */
};

struct ringer_ds {
    struct ds_queue queue; /* first: whose entries are. Runtime, description and front are used */
    struct ds_runtime *runtime;
    struct ringer_ds_params params; /* constant, as the backend, a copy */
    struct ringer_ds_backend backend;

    SRWLOCK lock;
    CONDITION_VARIABLE changed; /* something ended */
    struct emu_list live;       /* all that has not ended, by link */
    struct emu_list queued;     /* by entry.link */
    struct emu_list done;       /* for take_completed, by link */
    struct emu_list spare;      /* requests to be used again, by link */
    struct emu_list files;
    struct ringer_ds_counters counters;
    uint64_t next_id;
    bool closed;

    struct {
        HANDLE thread;             /* NULL until a time-out is asked for */
        CONDITION_VARIABLE sooner; /* or stopping */
        uint64_t next_ns;          /* no deadline is before it */
        bool stopping;
    } timer; /* lock */
};

/* runtime.c: is this thread in a callback of ds? */
bool ds_plain_inside(const struct ringer_ds *ds);
uint64_t ds_plain_now(void);
/* What lies beyond a struct that we know must be 0: we could not do it. */
bool ds_plain_all_zero(const void *from, size_t known, size_t nbytes);
/* For a sleep of so many ns: milliseconds, rounded up. */
DWORD ds_plain_ms(uint64_t ns);

/* request.c */
extern const struct ds_front ds_plain_front;

/*
 * end.c: requests whose state is ENDING, by link, with result.status, error and code. Tells of
 * each, puts it where it is taken from, and goes on with what is chained behind it.
 */
void ds_plain_end(struct ringer_ds *ds, struct emu_list *ending);
void ds_plain_ended(struct ds_entry *entry, HRESULT hr);
/*
 * Ends or marks one live request; true when the engine has it, and has to be told, by
 * ds_plain_interrupt.
 */
bool ds_plain_stop_locked(struct ds_plain_request *request, enum ringer_ds_status status,
                          struct ds_origin origin, struct emu_list *ending);
void ds_plain_interrupt(struct ringer_ds *ds);

/* timer.c */
int ds_plain_timer_start_locked(struct ringer_ds *ds);
void ds_plain_timer_stop(struct ringer_ds *ds);

/* file.c: the file when it is one of ds (NULL: of any) and open, with a hold for the caller. */
struct ringer_ds_file *ds_plain_file_hold(struct ringer_ds *ds, const struct ringer_ds_file *file);
void ds_plain_file_drop(struct ringer_ds_file *file);
void ds_plain_files_close(struct ringer_ds *ds);

/*
 * native.c, which is not Windows': a handle with a copy of fd, which is closed, or fd as it was;
 * and what the descriptor of a file is, which is returned, -1 without one.
 */
HRESULT ds_native_adopt(int fd, unsigned flags, struct ds_runtime *runtime, HANDLE *handle_out);
int ds_native_look(struct ds_file *file);

/* program.c: through a program's own backend. */
extern const struct ds_io_ops ds_io_program;

/* error.c: where HRESULT and errno meet. */
HRESULT ds_plain_code_of(int error); /* for the engine */
int ds_plain_error_of(HRESULT hr);
uint32_t ds_plain_hresult_of(int error); /* for the program, as the next */
uint32_t ds_plain_public(HRESULT hr);
/* What a backend returned: an errno's number of either sign. */
int ds_plain_errno(int error);
/* Fills in time, and counts; then the callback. The caller fills in what it knows. */
void ds_plain_tell(struct ringer_ds *ds, struct ringer_ds_error *error);
/* A failed call: returns -errno. path may be NULL. */
int ds_plain_refuse(struct ringer_ds *ds, const char *subsystem, const char *operation, HRESULT hr,
                    const char *path, const char *file, unsigned line);
#define DS_PLAIN_FAIL(ds, subsystem, operation, hr, path) \
    ds_plain_refuse(ds, subsystem, operation, hr, path, DS_FILE_NAME, __LINE__)
#define DS_PLAIN_REFUSE(ds, subsystem, operation, error, path) \
    DS_PLAIN_FAIL(ds, subsystem, operation, ds_plain_code_of(error), path)
/* Around a callback: what was entered before. */
struct ds_plain_frame {
    struct ringer_ds *ds;
    struct ds_plain_frame *outer;
};
void ds_plain_enter(struct ds_plain_frame *frame, struct ringer_ds *ds);
void ds_plain_leave(struct ds_plain_frame *frame);

#endif
