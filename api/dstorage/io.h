/* SPDX-License-Identifier: MIT */
/*
 * Reading, and for programs without COM writing: a read is either. Each submit thread has a ring of
 * its own, or all read through one completion port, or a program's backend; the rest is the same.
 * What a request needs is cut into reads of at most DS_READ_MAX bytes.
 */
#ifndef DS_IO_H
#define DS_IO_H

#include "api/dstorage/object.h"
#include "api/dstorage/staging.h"

#include <ioringapi.h>

#define DS_READ_MAX (1u << 20)
/* Under way at most, of each submit thread: so many, and no more when they are so large. [I] U18 */
#define DS_READ_DEPTH 256u
#define DS_READ_NBYTES ((UINT64)64 << 20)

struct ds_entry;
struct ds_io;
struct ds_runtime;

struct ds_read {
    OVERLAPPED overlapped; /* first: what a packet names */
    struct emu_list link;  /* free */
    struct ds_io *io;
    struct ds_entry *entry;
    HANDLE file;
    UINT64 offset;
    UINT32 nbytes; /* asked for */
    UINT32 needed; /* of which this many must come */
    UINT32 rest;   /* of a serial file: to be asked for after that */
    char *to;
    struct ds_staging_block *bounce; /* NULL when to is the destination, or the entry's block */
    UINT32 skip;                     /* of the bounce: what lies before the data */
    unsigned again;                  /* begun again so often */
    void *user;                      /* where the bounce goes */
    UINT32 user_nbytes;
};

/* How reads get to the system. */
struct ds_io_ops {
    HRESULT (*open)(struct ds_io *io);
    void (*close)(struct ds_io *io);
    /* The read is under way, or has failed with what is returned. */
    HRESULT (*start)(struct ds_io *io, struct ds_read *read);
    /*
     * Reports every end that is there by ds_io_ended; waits for one, or a wake, when there is none.
     */
    void (*wait)(struct ds_io *io, bool block);
    void (*wake)(struct ds_io *io);
    /* Of the thread's own reads; it ends as it can. file is the read's, which may have ended. */
    void (*cancel)(struct ds_io *io, struct ds_read *read, HANDLE file);
};
extern const struct ds_io_ops ds_io_ring, ds_io_port;

struct ds_io {
    struct ds_runtime *runtime;
    const struct ds_io_ops *ops;
    HANDLE thread;
    volatile LONG cancel;   /* somebody cancelled requests */
    volatile LONG sleeping; /* or about to: whoever takes it back wakes */
    SRWLOCK lock;
    struct emu_list free; /* reads; lock */
    UINT64 in_flight_nbytes; /* lock */
    struct ds_read reads[DS_READ_DEPTH];

    struct ds_program *program; /* plain/program.c */
    HIORING ring;
    HANDLE events[2]; /* completion, wake */
    UINT32 built;
};

/* Chooses the way, before any file is opened. */
HRESULT ds_io_choose(struct ds_runtime *runtime);
HRESULT ds_io_attach(struct ds_runtime *runtime, HANDLE file);
HRESULT ds_io_start(struct ds_runtime *runtime);
void ds_io_stop(struct ds_runtime *runtime);
void ds_io_wake(struct ds_runtime *runtime, UINT32 count);
/* Reads of requests that were cancelled are not waited for. */
void ds_io_cancel(struct ds_runtime *runtime);
/* This one, if its request was cancelled meanwhile. It may have ended. */
void ds_io_cancel_read(struct ds_read *read);
void ds_io_ended(struct ds_read *read, HRESULT hr, UINT32 nbytes);

/*
 * load.c: what a thread does with an entry: true when it is done with it for now, false when it
 * must wait.
 */
bool ds_load_step(struct ds_io *io, struct ds_entry *entry);
void ds_load_read_ended(struct ds_read *read, HRESULT hr, UINT32 nbytes);
/* The data is there: into the destination, by whoever does that. */
void ds_load_deliver(struct ds_entry *entry);
/* Ends the request and gives back what it has. */
#define ds_load_end(entry, hr) ds_load_end_from(entry, hr, DS_FILE_NAME, __LINE__)
void ds_load_end_from(struct ds_entry *entry, HRESULT hr, const char *file, unsigned line);

#endif
