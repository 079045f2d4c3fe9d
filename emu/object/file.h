/* SPDX-License-Identifier: MIT */
/*
 * File objects: disk files, directories, devices, our own pipes, adopted sockets, and (under Wine)
 * files whose handle belongs to the host. What they share is here; what a kind does is in its ops.
 */
#ifndef EMU_OBJECT_FILE_H
#define EMU_OBJECT_FILE_H

#include "emu/base/lock.h"
#include "emu/object/io.h"
#include "emu/object/object.h"

#include <sys/types.h>

struct emu_port;

enum emu_file_kind { EMU_FILE_DISK, EMU_FILE_DIRECTORY, EMU_FILE_DEVICE, EMU_FILE_PIPE, EMU_FILE_SOCKET };

/*
 * A plain read without an io, by files that can serve it at once: NT's fast I/O. Returns how many
 * bytes came. Anything but all of them (a short count, a negative errno: -EAGAIN is "not without
 * waiting for the disk") is only a hint, and ops->start says what is the case. Any offset may be
 * asked for. A synchronous file's position_lock is held.
 */
typedef int64_t emu_read_now(struct emu_file *file, void *buffer, uint32_t nbytes, uint64_t offset);

/* What a kind of file does with a valid io. Contracts as emu_io_start / emu_io_cancel. */
struct emu_file_ops {
    enum emu_io_start (*start)(struct emu_io *io);
    /*
     * Pending lock held. Asks this io to end; what ends at once (this io, and others because of it)
     * goes to finished, through io.link, with its outcome set.
     */
    void (*cancel)(struct emu_io *io, struct emu_list *finished);
    void (*close)(struct emu_file *file);   /* last handle */
    void (*destroy)(struct emu_file *file); /* last reference: kind-private parts only */
};

struct emu_file {
    struct emu_object obj; /* first */
    const struct emu_file_ops *ops;
    emu_read_now *read_now; /* NULL: never, or no more; atomic */
    enum emu_file_kind kind;
    int fd;              /* -1 for pipes; owned */
    uint32_t access;     /* granted to the opener; a handle may have less */
    uint32_t options;    /* FILE_* create options, const after open */
    bool synchronous;    /* FILE_SYNCHRONOUS_IO_*: operations run one after another, in the caller */
    bool unbuffered;     /* FILE_NO_INTERMEDIATE_BUFFERING */
    bool write_through;  /* FILE_WRITE_THROUGH */
    bool append_only;    /* FILE_APPEND_DATA without FILE_WRITE_DATA */
    bool stream;         /* no offsets, may wait for a peer: a socket, a tty, a FIFO, our pipes */
    uint32_t sector_nbytes; /* alignment that offsets and lengths of unbuffered transfers need */
    uint32_t memory_nbytes; /* and their buffers */
    _Atomic uint8_t nowait; /* does RWF_NOWAIT work here: 0 unknown, 1 yes, 2 no, 3 never blocks (tmpfs) */

    /* position, and the order of operations on a synchronous file: held across them, hence "long" */
    struct emu_long_lock position_lock;
    uint64_t position;

    struct emu_lock pending_lock;
    struct emu_list pending; /* struct emu_io.pending */
    _Atomic uint32_t pending_count;

    struct emu_port *port; /* a reference; set once, pending_lock. [R] IC13: such a handle is refused by rings */
    uint64_t port_key;
    uint8_t port_modes;    /* FILE_SKIP_* notification modes */

    uint32_t sim_bytes; /* emu_sim_file_id's; obj.sim_id is the object that is waited for */
    bool sim_keeps; /* fd is like any other reader's of the same file: emu_disk_keep */
    mode_t mode;    /* with dev and ino */
    dev_t dev; /* what fd is, as emu_disk_probe saw it; ino 0: not seen */
    ino_t ino;
    bool signalled; /* dispatcher lock: the last operation without an event of its own has finished */
};

extern const struct emu_object_ops emu_file_object_ops;

/* Under the simulating engine: true when the next opener of the file gets this descriptor. */
bool emu_disk_keep(struct emu_file *file);

void emu_file_init(struct emu_file *file, const struct emu_file_ops *ops, enum emu_file_kind kind);

static inline struct emu_file *emu_file_from_object(struct emu_object *obj)
{
    return (struct emu_file *)obj;
}

/* Transfers have no offset, may end short, and may wait for ever. */
static inline bool emu_file_is_stream(const struct emu_file *file)
{
    return file->stream;
}

/* Does the access mask allow this kind of operation? [R] IC14: a flush needs write access. */
bool emu_file_may(uint32_t access, uint8_t op);

/* For makers of ops: an op table has no NULL slots. */
void emu_file_no_close(struct emu_file *file);
void emu_file_no_destroy(struct emu_file *file);

/* The last operation without an event of its own started (false) or finished (true). */
/*
 * A simulation: what goes on reads, or changes, the whole file; and before a call of its own that does,
 * a point.
 */
void emu_file_sim_touch(struct emu_file *file, bool write);
void emu_file_sim_look(struct emu_file *file, bool write);
void emu_file_set_signalled(struct emu_file *file, bool signalled);

#endif
