/* SPDX-License-Identifier: MIT */
/*
 * One transfer on a file object: the IRP of this house. Made by whoever asks (a ring entry, an
 * NtReadFile), started once, finished exactly once.
 *
 *   emu_io_start   -> DONE     finished inside the call; status and information are set, complete()
 *                              is not called, the io is the caller's again
 *                  -> PENDING  complete() will be called once, from any thread, perhaps already was
 *                  -> ENGINE   valid, but needs the kernel: the caller gives it to an engine queue
 *                              (emu/engine/engine.h), alone or with others, and from then on it is
 *                              PENDING
 *
 * While it is pending or with the engine it hangs in file->pending, where cancellers find it.
 */
#ifndef EMU_OBJECT_IO_H
#define EMU_OBJECT_IO_H

#include "emu/base/list.h"

#include <ntstatus.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

struct emu_file;
struct emu_engine_queue;

/*
 * LISTEN is FSCTL_PIPE_LISTEN: pipes only, no engine sees it. INLINE is a request that its service has
 * carried out itself: nobody starts its io.
 */
enum emu_io_op { EMU_IO_READ, EMU_IO_WRITE, EMU_IO_FLUSH, EMU_IO_LISTEN, EMU_IO_INLINE };

enum emu_io_flags {
    EMU_IO_WRITE_THROUGH = 1u << 0, /* this one write goes to the medium before it completes */
    EMU_IO_DATA_ONLY = 1u << 1,     /* flush: data, not metadata */
    EMU_IO_NO_SYNC = 1u << 2,       /* flush: hand to the kernel, do not sync the device */
    EMU_IO_USE_POSITION = 1u << 3,  /* synchronous file: offset is the file object's, and advances it */
    EMU_IO_APPEND = 1u << 4,        /* write at the end of file, whatever offset says */
    EMU_IO_SET_POSITION = 1u << 5,  /* synchronous file, explicit offset: position ends behind it */
    EMU_IO_FIXED_FILE = 1u << 6,    /* fixed_file is this file's index in queue's registered files */
    EMU_IO_FIXED_BUFFER = 1u << 7,  /* the buffer lies inside queue's registered buffer fixed_buffer */
    EMU_IO_NOT_CACHED = 1u << 8,    /* a read that was just found to have to wait for the disk */
};

enum emu_io_start { EMU_IO_DONE, EMU_IO_PENDING, EMU_IO_ENGINE };

struct emu_io {
    struct emu_list pending; /* in file->pending; file's pending lock */
    struct emu_list link;    /* free for the current owner: a batch, a pipe's queue, a worker's queue */
    struct emu_file *file;   /* borrowed: whoever made the io holds a reference until it finished */
    const void *owner;       /* the ring or handle-level caller; compared by cancel, never followed */
    uint64_t tag;            /* userData of a ring entry; OVERLAPPED / IOSB address of an NtReadFile */
    /* Called once when a PENDING io has finished: any thread, no lock held; may free the io. */
    void (*complete)(struct emu_io *io);

    uint8_t op;     /* enum emu_io_op */
    uint32_t flags; /* enum emu_io_flags */
    uint32_t length;
    uint64_t offset;
    void *buffer;      /* used when segments is NULL */
    struct iovec *segments; /* scatter / gather; owned by the maker, lives as long as the io */
    uint32_t segment_count;
    uint32_t fixed_file, fixed_buffer;

    NTSTATUS status;
    uint64_t information;

    /*
     * The queue that ENGINE ios of this maker go to. The maker sets it before emu_io_start; afterwards
     * only emu_engine_move writes it. A canceller reads it under the pending lock.
     */
    struct emu_engine_queue *queue;
    /* The engine's own fields, from submit to finish; see emu/engine. */
    uint32_t done_nbytes; /* transferred by earlier partial steps of the same io */
    _Atomic bool cancel_requested;
    bool is_pending; /* on file->pending; file's pending lock */
};

/* Validates against the file (access, alignment, offset), tries inline, says who goes on. */
enum emu_io_start emu_io_start(struct emu_io *io);

/*
 * Called by whoever held a pending io (engine, pipe, socket, host) with its outcome; unlinks it from
 * its file and calls complete(). No lock held.
 */
void emu_io_finish(struct emu_io *io, NTSTATUS status, uint64_t information);

/*
 * Asks every pending io of the file for which match() is true to end early; they finish later, with
 * STATUS_CANCELLED or as they would have. Returns how many were asked. match runs under the file's
 * pending lock and must not call out.
 */
uint32_t emu_io_cancel(struct emu_file *file, bool (*match)(const struct emu_io *io, void *arg),
                       void *arg);
/* The same, for a program that asked for it: a fault plan may let the ios go on as if nobody had. */
uint32_t emu_io_cancel_asked(struct emu_file *file,
                             bool (*match)(const struct emu_io *io, void *arg), void *arg);
/* A simulation: the io begins or ceases to be one that a cancel could find by its tag. */
void emu_io_sim_found(const struct emu_io *io);
/* A simulation: such a cancel is about to look at what pends with tags from..to. */
void emu_io_sim_cancels(struct emu_file *file, uint64_t from, uint64_t to);

/* ---- for kinds of files (emu_file_ops) ---- */

/* The outcome is known inside the call. */
static inline enum emu_io_start emu_io_done(struct emu_io *io, NTSTATUS status,
                                            uint64_t information)
{
    io->status = status;
    io->information = information;
    return EMU_IO_DONE;
}

/*
 * Under a fault plan (emu/base/fault.h), once all that can be wrong with a transfer or flush was looked
 * for: true when this one is to fail, and then its outcome is known.
 */
bool emu_io_faulted(struct emu_io *io);

/* Puts io on its file's pending list and returns EMU_IO_ENGINE. */
enum emu_io_start emu_io_to_engine(struct emu_io *io);

/* The same, and the opposite, under the file's pending lock. */
void emu_io_pend_locked(struct emu_io *io);
void emu_io_unpend_locked(struct emu_io *io);

/* emu_file_ops.cancel of kinds whose pending ios are all with an engine. */
void emu_io_cancel_in_engine(struct emu_io *io, struct emu_list *finished);

#endif
