/* SPDX-License-Identifier: MIT */
/*
 * Named pipes, in this process only. A name has instances; an instance has a server end and, while
 * connected, a client end and one link: two one-way queues of packets. Disconnecting leaves the old
 * link to its client; the next client gets a new one.
 *
 * Locks: names_lock (pipe_namespace.c), then an instance's lock; both are of lock.h's "pipe" rank, so
 * a file's pending lock comes first. Nothing is finished under any of them: what ends is moved to a
 * list, io->link, with its outcome in the io, and finished by whoever dropped the last lock.
 */
#ifndef EMU_OBJECT_PIPE_H
#define EMU_OBJECT_PIPE_H

#include "emu/object/file.h"
#include "emu/syscall.h"

struct emu_path;

struct pipe_packet {
    struct emu_list link;
    struct emu_io *writer; /* pending until its bytes fit the quota or are read; else NULL */
    uint32_t nbytes, taken;
    char bytes[];
};

/* One way. */
struct pipe_queue {
    struct emu_list packets; /* oldest first */
    struct emu_list reads;   /* emu_io.link, oldest first; only while there are no packets */
    struct emu_list flushes; /* emu_io.link; offset is the packet number they wait for */
    uint64_t appended, removed; /* packets, ever */
    uint32_t quota;
};

/* Where the client writes (inbound) and where the server writes (outbound). */
enum pipe_way { PIPE_INBOUND, PIPE_OUTBOUND };

struct pipe_link {
    uint32_t references; /* instance lock */
    bool server_gone, client_gone; /* that end was closed */
    bool disconnected;             /* by the server: what was unread is lost */
    struct pipe_queue queue[2];
};

struct pipe_name;

struct pipe_instance {
    struct emu_lock lock; /* everything below and in its links */
    uint32_t references;  /* ends; instance lock */
    struct emu_list of_name; /* in pipe_name.instances while the server end is open; names lock */
    struct pipe_name *name;  /* borrowed while in of_name */
    uint32_t state;          /* FILE_PIPE_*_STATE of the server end */
    struct pipe_link *link;  /* connected or closing; a reference */
    struct emu_list listens; /* emu_io.link */
    bool messages;           /* const: FILE_PIPE_MESSAGE_TYPE */
    uint32_t quota[2];       /* const, by pipe_way */
};

struct pipe_end {
    struct emu_file file; /* first */
    struct pipe_instance *instance; /* a reference */
    struct pipe_link *link;         /* the client's, a reference; a server end uses instance->link */
    bool is_server;
    bool is_closed;                 /* instance lock */
    bool read_messages, nonblocking; /* instance lock */
};

struct pipe_name {
    struct emu_list link; /* in names; names lock, as everything here */
    struct emu_list instances;
    uint32_t count, max_instances, configuration, type;
    int64_t default_timeout_100ns;
    uint32_t nbytes;
    uint16_t chars[];
};

static inline struct pipe_end *pipe_end_of(struct emu_file *file)
{
    return (struct pipe_end *)file;
}

extern const struct emu_file_ops emu_pipe_ops;

bool emu_file_is_pipe_root(const struct emu_file *file);

/* ---- pipe_queue.c; instance lock held ---- */

struct pipe_link *pipe_link_create(const struct pipe_instance *instance);
void pipe_link_release_locked(struct pipe_link *link);
/* io has been given to the queue: it stays there, or is moved to finished with its outcome. */
void pipe_queue_read(struct pipe_queue *q, struct emu_io *io, bool messages,
                     struct emu_list *finished);
void pipe_queue_write(struct pipe_queue *q, struct emu_io *io, bool messages, bool nonblocking,
                      struct emu_list *finished);
void pipe_queue_flush(struct pipe_queue *q, struct emu_io *io, struct emu_list *finished);
/* Takes a queued io out. */
void pipe_queue_forget(struct pipe_queue *q, struct emu_io *io, struct emu_list *finished);
/* Ends everybody who waits for the other end; drop: and loses the unread data. */
void pipe_queue_break(struct pipe_queue *q, NTSTATUS status, bool drop, struct emu_list *finished);
uint32_t pipe_queue_unread(const struct pipe_queue *q);
/* Ends io with this outcome: it goes to finished. */
void pipe_end_io(struct emu_io *io, NTSTATUS status, uint64_t information,
                 struct emu_list *finished);

/* ---- pipe.c ---- */

/* No lock held. */
void pipe_finish_all(struct emu_list *finished);
struct pipe_link *pipe_link_of(const struct pipe_end *end);
struct pipe_queue *pipe_incoming(struct pipe_end *end);
void pipe_instance_release(struct pipe_instance *instance);

/* ---- pipe_namespace.c ---- */

/* The client's end: STATUS_OBJECT_NAME_NOT_FOUND, STATUS_PIPE_NOT_AVAILABLE, STATUS_ACCESS_DENIED. */
NTSTATUS emu_pipe_open(const struct emu_path *path, uint32_t access, uint32_t options,
                       struct emu_file **file_out);
/* The directory of all pipes, for FSCTL_PIPE_WAIT. */
NTSTATUS emu_pipe_open_root(uint32_t access, uint32_t options, struct emu_file **file_out);
/* A new instance, and the name if it is the first. */
NTSTATUS emu_pipe_create(const struct emu_path *path, uint32_t access,
                         const struct emu_pipe_params *params, struct emu_file **file_out,
                         uint64_t *action_out);
/* The server end is closing: the instance leaves the name, the name goes with its last instance. */
void pipe_name_forget(struct pipe_instance *instance);
/* An instance began to listen: wakes waiters for it. */
void pipe_name_changed(void);
/* Blocks the caller. STATUS_OBJECT_NAME_NOT_FOUND, STATUS_IO_TIMEOUT. */
NTSTATUS pipe_name_wait(const uint16_t *chars, uint32_t nbytes, bool has_timeout,
                        int64_t timeout_100ns);
/* FilePipeLocalInformation's part. */
void pipe_name_describe(struct pipe_instance *instance, uint32_t *configuration_out,
                        uint32_t *max_out, uint32_t *count_out);

/* ---- pipe_control.c ---- */

NTSTATUS pipe_disconnect(struct pipe_end *end);
/* Fills a FILE_PIPE_PEEK_BUFFER and data; information is what was written. */
NTSTATUS pipe_peek(struct pipe_end *end, void *output, uint32_t output_nbytes,
                   uint64_t *information_out);
NTSTATUS pipe_query(struct pipe_end *end, uint32_t information_class, void *info,
                    uint32_t info_nbytes, uint32_t *written_out);
NTSTATUS pipe_set_modes(struct pipe_end *end, uint32_t read_mode, uint32_t completion_mode);

#endif
