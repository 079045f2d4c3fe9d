/* SPDX-License-Identifier: MIT */
/*
 * Streaming for Linux programs: files into memory and back, over the threads, rings and decompression
 * that DirectStorage has here (dstorage.h), without COM and without a Windows header. C and C++; stable
 * from 0.1 on, new members of structs come at their end.
 *
 *     struct ringer_ds *ds;
 *     struct ringer_ds_file *file;
 *     struct ringer_ds_request request = {.size = sizeof request};
 *     struct ringer_ds_result result;
 *
 *     if (ringer_ds_create(NULL, &ds) || ringer_ds_open(ds, "assets", RINGER_DS_READ, &file))
 *         return 1;
 *     request.file = file;
 *     request.memory = buffer;
 *     request.nbytes = sizeof buffer;
 *     ringer_ds_enqueue(ds, &request, 1, NULL);
 *     ringer_ds_submit_all(ds);
 *     ringer_ds_wait_all(ds, RINGER_DS_FOREVER);
 *     ringer_ds_take_completed(ds, &result, 1, sizeof result);
 *     ringer_ds_free(ds);
 *
 * Functions that can fail return 0 or a count, and -errno on failure; errno itself is not touched. Any
 * function may be called in any number of threads at once, but nothing while or after ringer_ds_free.
 * Every request that ringer_ds_enqueue took ends exactly once, also when the runtime is closed; its
 * memory is the runtime's from there to its end. Callbacks run in the thread that finds what they tell
 * of: a worker, or a thread inside ringer_ds_cancel and the like. They hold up whoever calls them; every
 * function may be called in them, but -EDEADLK is what those answer there that would wait for them.
 */
#ifndef RINGER_DS_H
#define RINGER_DS_H

#include <stddef.h>
#include <stdint.h>

#ifndef RINGER_API
#    ifdef _WIN32
#        define RINGER_API
#    else
#        define RINGER_API __attribute__((visibility("default")))
#    endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define RINGER_DS_FOREVER UINT64_MAX /* a time that does not end */
#define RINGER_DS_MAX_WORKERS 64u
#define RINGER_DS_MAX_NBYTES UINT32_MAX /* of one request */

struct ringer_ds;
struct ringer_ds_file;

/* How a request ended. ringer_ds_status_text has a sentence for each. */
enum ringer_ds_status {
    RINGER_DS_OK = 0,
    RINGER_DS_FAILED,    /* error says why */
    RINGER_DS_CANCELLED, /* by a call, by the request before it in its chain, or because of the end */
    RINGER_DS_TIMED_OUT,
    RINGER_DS_STATUS_COUNT
};

/* What a request does. */
enum ringer_ds_kind {
    RINGER_DS_REQUEST_READ = 0,  /* file to memory */
    RINGER_DS_REQUEST_WRITE = 1, /* memory to file */
};

/* How the bytes in the file are packed; numbers as of ringer_codec.h. Reads only. */
enum ringer_ds_compression {
    RINGER_DS_UNCOMPRESSED = 0,
    RINGER_DS_GDEFLATE = 1,
    RINGER_DS_ZSTD = 2, /* where ringer_codec_available says so */
};

/* Whose memory a request names. */
enum ringer_ds_memory_kind {
    RINGER_DS_MEMORY_HOST = 0,
    RINGER_DS_MEMORY_GPU = 1, /* not built: -ENOTSUP */
};

/* Flags of a request. */
#define RINGER_DS_CHAINED 0x1u /* begins when the one before it in the call has ended well */
#define RINGER_DS_MAY_END 0x2u /* a read that meets the end of the file is well, with fewer bytes; of a
                                  stream, also one that got what is there: 0 only at the end */

/* Flags of a file. */
#define RINGER_DS_READ 0x1u
#define RINGER_DS_WRITE 0x2u
#define RINGER_DS_CREATE 0x4u   /* ringer_ds_open: make it, or empty it; with RINGER_DS_WRITE only */
#define RINGER_DS_UNCACHED 0x8u /* past the page cache; see ringer_ds_request for writes */

/* The ways to the system that are built in. */
enum ringer_ds_way {
    RINGER_DS_WAY_BEST = 0, /* rings where the machine has them */
    RINGER_DS_WAY_RING = 1, /* a ring each worker, or -ENOTSUP */
    RINGER_DS_WAY_PORT = 2, /* overlapped reads and writes, and one completion port for all workers */
};

/*
 * Something to be read or written. Zeros, size and a file are a read of nothing. Uncompressed data goes
 * between file and memory directly; compressed data is read whole into staging memory first, so its
 * nbytes and raw_nbytes must not be larger than that.
 */
struct ringer_ds_request {
    size_t size; /* of this struct in bytes; the same for all of a call. Beyond what we know only 0 */
    enum ringer_ds_kind kind;
    enum ringer_ds_compression compression;
    struct ringer_ds_file *file;
    uint64_t offset; /* in the file; 0 of a stream. Uncached writes: a multiple of 4096, as nbytes and
                        memory. Not used by writes to what was opened with O_APPEND: they go to the end */
    uint64_t nbytes; /* in the file, RINGER_DS_MAX_NBYTES at most */
    void *memory;    /* the caller's; of nbytes, or raw_nbytes when compressed. A write only reads it */
    enum ringer_ds_memory_kind memory_kind;
    unsigned flags;      /* RINGER_DS_CHAINED, RINGER_DS_MAY_END, 0 */
    uint64_t raw_nbytes; /* compressed: what it decompresses to, exactly; else 0, or nbytes */
    uint64_t timeout_ns; /* from submission to its end; 0 for none */
    uint64_t tag;        /* for ringer_ds_cancel */
    void *user;          /* handed back */
};

/* How a request ended. */
struct ringer_ds_result {
    uint64_t id; /* as ringer_ds_enqueue gave it */
    uint64_t tag;
    void *user;
    enum ringer_ds_status status;
    int error;                  /* errno's number, 0 when all is well; ECANCELED, ETIMEDOUT */
    uint32_t code;              /* as an HRESULT of Windows, which may say more; 0 when all is well */
    uint64_t bytes_transferred; /* into memory, or to the file. When it did not end well those of parts
                                   that did, not always the first; of a stream always the first, and all
                                   that was taken from it or sent. Compressed data comes whole or not */
};

/* What the error callback is told. Strings are constant or live as long as the call. */
struct ringer_ds_error {
    const char *subsystem; /* "runtime", "file", "request", "io", "codec" */
    const char *operation; /* "create", "open", "adopt", "enqueue", "submit", "read", "write",
                              "decompress" */
    const char *file;      /* the line of the library's source that found it: the check that failed */
    unsigned line;
    int error;        /* errno's number */
    uint32_t code;    /* as an HRESULT of Windows: 0x80070002 of ENOENT */
    uint64_t time_ns; /* since 1970, as clock_gettime(CLOCK_REALTIME) */
    const char *path; /* as it was opened; NULL when there is no file, or it has none */
    int fd;           /* its Linux descriptor; -1 when there is none */
    uint64_t offset;  /* of the request, as the rest; 0 when there is none */
    uint64_t nbytes;
    void *memory;
    enum ringer_ds_memory_kind memory_kind;
    uint64_t id, tag;
    void *user;
    size_t index; /* "enqueue": which element of the call it was; else 0 */
};

/* ringer_ds_get_counters: since the runtime was made. */
struct ringer_ds_counters {
    uint64_t enqueued, submitted;
    uint64_t completed; /* ended well; with the next three all that ended */
    uint64_t failed, cancelled, timed_out;
    uint64_t bytes_read;    /* of files, by requests that ended well */
    uint64_t bytes_written; /* likewise */
    uint64_t bytes_raw;     /* of which came out of decompression */
    uint64_t errors;        /* that the error callback was told of, or would have been */
    uint64_t queued;        /* now: not submitted */
    uint64_t in_flight;     /* now: submitted and not ended */
    uint64_t untaken;       /* now: ended, for ringer_ds_take_completed */
    unsigned workers;       /* threads that read and write */
    unsigned rings;         /* of workers, one each; 0 on other ways */
    unsigned decompressors; /* threads that decompress; 0 under RINGER_ENGINE=sim, which needs none */
};

/*
 * A read or write, as a backend sees it; a request is cut into those, and what is compressed comes into
 * memory of the runtime. It belongs to the backend from start to ringer_ds_op_done, and is not copied.
 */
struct ringer_ds_op {
    enum ringer_ds_kind kind;
    void *file; /* the backend's */
    uint64_t offset;
    void *memory;
    size_t nbytes;
    void *mine[2]; /* the backend's, to note what it likes */
};

/*
 * Another way to bytes than files of the system: a program's archive, memory, a network. No function is
 * called from two threads for the same op or the same file at once, but cancel, and all may be called
 * from several threads at once for others. None may call functions of its own runtime but
 * ringer_ds_op_done. An errno's number may have either sign; what is none is EIO.
 */
struct ringer_ds_backend {
    size_t size;      /* of this struct in bytes */
    const char *name; /* for people; not NULL */
    void *context;    /* handed to each */
    /*
     * A file by the name that ringer_ds_open got, with its flags. Returns 0 and *file_out, not NULL, or
     * an errno's number.
     */
    int (*open)(void *context, const char *path, unsigned flags, void **file_out);
    /* No op of the file is under way. May be NULL. */
    void (*close)(void *context, void *file);
    /* Its size in bytes. Returns 0 or an errno's number. May be NULL: ENOTSUP. */
    int (*nbytes)(void *context, void *file, uint64_t *nbytes_out);
    /*
     * Begins an op, in a worker, and must not wait for its end. Returns 0 when it is under way or has
     * ended (ringer_ds_op_done was called, or will be, from any thread), else an errno's number. The
     * first end counts: what is returned after ringer_ds_op_done is not looked at.
     */
    int (*start)(void *context, struct ringer_ds_op *op);
    /*
     * The end of this op is wanted, with ECANCELED or as it comes; in the worker that started it.
     * It may have ended meanwhile. May be NULL: then it is waited for.
     */
    void (*cancel)(void *context, struct ringer_ds_op *op);
};

/* What a runtime is made with. Zeros and size are the default of everything. */
struct ringer_ds_params {
    size_t size;                /* of this struct in bytes */
    unsigned workers;           /* threads that read and write; 0 is 1, RINGER_DS_MAX_WORKERS the most */
    unsigned decompressors;     /* threads that decompress, 256 at most; 0 is one a processor */
    uint64_t staging_nbytes;    /* shared by all requests; 0 is 32 MiB; UINT32_MAX at most */
    uint64_t max_requests;      /* that are not taken yet; 0 is 65536 */
    enum ringer_ds_way way;     /* not used with a backend */
    const struct ringer_ds_backend *backend; /* copied; NULL: the system's files */
    void *context;                           /* handed to both callbacks */
    /* Told of each end, in its order for each chain; nothing is left for ringer_ds_take_completed then. */
    void (*completed)(void *context, const struct ringer_ds_result *result);
    /* Told of each failure of a request, a file, or a call that refuses a request; not of cancelling. */
    void (*failed)(void *context, const struct ringer_ds_error *error);
};

/*
 * Makes a runtime and starts its threads.
 * params: the caller's; NULL for the default of everything.
 * ds_out: the caller's; NULL on failure.
 * Returns 0; -EINVAL (ds_out is NULL, a size, a number out of range, a backend without name, open or
 *   start); -ENOTSUP when the way is not there; -ENOMEM; -EAGAIN when the system gives fewer threads or
 *   rings than were asked for. Of a failure the error callback is told, once params are read.
 * Source: [I].
 */
RINGER_API int ringer_ds_create(const struct ringer_ds_params *params, struct ringer_ds **ds_out);

/*
 * Takes no more requests, cancels what has not ended, and waits until all has. What ended can still be
 * taken. A second call waits as the first.
 * ds: of ringer_ds_create.
 * Returns 0; -EINVAL for NULL; -EDEADLK in a callback of ds.
 * Source: [I].
 */
RINGER_API int ringer_ds_close(struct ringer_ds *ds);

/*
 * Closes a runtime, ends its threads, closes the files that are still open and frees it all. Results
 * that were not taken are gone.
 * ds: of ringer_ds_create; not to be used any more.
 * Returns 0; -EINVAL for NULL; -EDEADLK in a callback of ds, and nothing happened.
 * Source: [I].
 */
RINGER_API int ringer_ds_free(struct ringer_ds *ds);

/*
 * Opens a file, through CreateFileW, so that hooks see it. Other programs may read and write it.
 * ds: of ringer_ds_create.
 * path: UTF-8, by the rules of docs/paths.md, where "/dir/name" is the Linux path; names that these have
 *   no way to write are for ringer_ds_adopt. With a backend whatever that takes.
 * flags: RINGER_DS_READ or RINGER_DS_WRITE or both; RINGER_DS_CREATE, RINGER_DS_UNCACHED.
 * file_out: the caller's; NULL on failure.
 * Returns 0; -EINVAL (a NULL, flags, a path that is not UTF-8 or not allowed); what the system says:
 *   -ENOENT, -EACCES (also of a folder) and the like; -ENOMEM; -ESHUTDOWN after ringer_ds_close.
 * Source: [I].
 */
RINGER_API int ringer_ds_open(struct ringer_ds *ds, const char *path, unsigned flags,
                              struct ringer_ds_file **file_out);

/*
 * Makes a file of a Linux descriptor: of a file, a pipe, a socket. On success fd is closed, and the file
 * has a descriptor of its own for the same; on failure fd is still the caller's. Not for runtimes with a
 * backend.
 *
 * What has no position is a stream: a pipe, a socket, a terminal. A read of it goes on until all nbytes
 * came, and fails with ENODATA at its end; with RINGER_DS_MAY_END it is over as soon as something came,
 * as read(2). A write goes on until all is sent; EPIPE, and never SIGPIPE, when nobody reads any more.
 * Whatever the end, bytes_transferred says what was taken or sent, but of compressed reads, of which
 * nothing is left then. Requests that are under way together may take turns: chain them, or wait.
 * RINGER_DS_UNCACHED does nothing for streams.
 * ds: of ringer_ds_create.
 * fd: an open descriptor. O_DIRECT goes with RINGER_DS_UNCACHED.
 * flags: RINGER_DS_READ or RINGER_DS_WRITE or both, as it was opened; RINGER_DS_UNCACHED.
 * file_out: the caller's; NULL on failure.
 * Returns 0; -EINVAL (a NULL, flags); -EBADF; -EACCES when fd was not opened for what flags say, and of a
 *   folder; -EMFILE; -ENOTSUP with a backend; -ENOMEM; -ESHUTDOWN after ringer_ds_close.
 * Source: [I].
 */
RINGER_API int ringer_ds_adopt(struct ringer_ds *ds, int fd, unsigned flags,
                               struct ringer_ds_file **file_out);

/*
 * The size of a file now.
 * file: of ringer_ds_open or ringer_ds_adopt.
 * nbytes_out: the caller's; bytes; untouched on failure.
 * Returns 0; -EBADF for NULL, or no open file; -EINVAL for a NULL nbytes_out; what the system says.
 * Source: [I].
 */
RINGER_API int ringer_ds_file_nbytes(struct ringer_ds_file *file, uint64_t *nbytes_out);

/*
 * Lets go of a file. Requests that have it are carried out, then it is closed.
 * file: of ringer_ds_open or ringer_ds_adopt; not to be used any more.
 * Returns 0; -EBADF for NULL, or no open file.
 * Source: [I].
 */
RINGER_API int ringer_ds_file_close(struct ringer_ds_file *file);

/*
 * Takes requests, all or none; nothing of them begins before ringer_ds_submit_all. Requests are
 * independent and end in any order, but for those with RINGER_DS_CHAINED: such a one begins when the one
 * before it in this call has ended well, and is cancelled when that one has not.
 * ds: of ringer_ds_create.
 * requests: copied; their size says how far the next one is.
 * count: how many elements; 0 does nothing.
 * first_id_out: the caller's, or NULL; the id of the first, the others follow it one by one; untouched
 *   on failure.
 * Returns 0; -EINVAL (a NULL, a size, kind, compression, flag; RINGER_DS_CHAINED on the first of a call;
 *   sizes that do not fit; an uncached write that is not aligned; a compressed write); -EBADF for a file
 *   that is none of ds, -EACCES when it was not opened for that; -ESPIPE for an
 *   offset in a stream; -EMSGSIZE for more than
 *   RINGER_DS_MAX_NBYTES, or compressed for more than the staging memory; -ENOTSUP for memory of a GPU
 *   or a format that was not built; -EAGAIN when there would be more than max_requests; -ENOMEM;
 *   -ESHUTDOWN after ringer_ds_close. The error callback is told which request was refused.
 * Source: [I].
 */
RINGER_API int ringer_ds_enqueue(struct ringer_ds *ds, const struct ringer_ds_request *requests,
                                 size_t count, uint64_t *first_id_out);

/*
 * Hands everything that was taken to the workers. Time-outs begin here.
 * ds: of ringer_ds_create.
 * Returns how many requests, at most INT_MAX; -EINVAL for NULL; -ESHUTDOWN after ringer_ds_close; -ENOMEM
 *   or -EAGAIN when a time-out was asked for and its thread could not be started: nothing was submitted.
 * Source: [I].
 */
RINGER_API int ringer_ds_submit_all(struct ringer_ds *ds);

/*
 * Waits until nothing is in flight: all that was submitted has ended, and callbacks have returned.
 * ds: of ringer_ds_create.
 * timeout_ns: nanoseconds, waited for in whole milliseconds; 0 only looks; RINGER_DS_FOREVER.
 * Returns 0; -ETIMEDOUT; -EINVAL for NULL; -EDEADLK in a callback of ds.
 * Source: [I].
 */
RINGER_API int ringer_ds_wait_all(struct ringer_ds *ds, uint64_t timeout_ns);

/*
 * How many requests are submitted and have not ended.
 * ds: of ringer_ds_create.
 * Returns the number; 0 for NULL; cannot fail.
 * Source: [I].
 */
RINGER_API size_t ringer_ds_in_flight(struct ringer_ds *ds);

/*
 * Hands out how requests ended, in the order in which they did, each once.
 * ds: of ringer_ds_create.
 * results: the caller's array.
 * count: its length in elements.
 * result_nbytes: bytes of an element, sizeof *results: what the library knows beyond is not written, and
 *   what the caller knows beyond is 0.
 * Returns how many were written, 0 when none is there; -EINVAL (a NULL with a count, result_nbytes of 0).
 * Source: [I].
 */
RINGER_API int ringer_ds_take_completed(struct ringer_ds *ds, struct ringer_ds_result *results,
                                        size_t count, size_t result_nbytes);

/*
 * Cancels requests whose (tag & mask) == value: what has not begun ends here and now, what is in flight
 * as soon as the system lets go of its memory. One that ends well before it is reached is well.
 * ds: of ringer_ds_create.
 * mask: bits of the tag; 0 with a value of 0 means all.
 * value: what they are.
 * Returns how many it met, at most INT_MAX; -EINVAL for NULL.
 * Source: [I].
 */
RINGER_API int ringer_ds_cancel(struct ringer_ds *ds, uint64_t mask, uint64_t value);

/*
 * Cancels all requests, as ringer_ds_cancel(ds, 0, 0).
 * ds: of ringer_ds_create.
 * Returns how many it met, at most INT_MAX; -EINVAL for NULL.
 * Source: [I].
 */
RINGER_API int ringer_ds_cancel_all(struct ringer_ds *ds);

/*
 * What the runtime has done, and has to do; all numbers of one moment.
 * ds: of ringer_ds_create.
 * counters_out: the caller's.
 * counters_nbytes: bytes there, sizeof *counters_out: as for ringer_ds_take_completed.
 * Returns 0; -EINVAL (a NULL, counters_nbytes of 0).
 * Source: [I].
 */
RINGER_API int ringer_ds_get_counters(struct ringer_ds *ds, struct ringer_ds_counters *counters_out,
                                      size_t counters_nbytes);

/*
 * How a runtime reaches its files: "ring", "port", or the name of its backend.
 * ds: of ringer_ds_create.
 * Returns text that lives as long as ds; NULL for NULL.
 * Source: [I].
 */
RINGER_API const char *ringer_ds_backend_name(struct ringer_ds *ds);

/*
 * For backends: an op has ended. From any thread, also inside start; once for each that start took.
 * op: as start got it; not the backend's any more.
 * error: an errno's number, 0 for none.
 * nbytes: bytes that were moved; fewer than asked for means that the file ends there.
 * Cannot fail; a second call for an op does nothing, as long as the op is not in use again.
 * Source: [I].
 */
RINGER_API void ringer_ds_op_done(struct ringer_ds_op *op, int error, size_t nbytes);

/*
 * A sentence about a status, without a full stop.
 * status: any number.
 * Returns text that is never freed; cannot fail.
 * Source: [I].
 */
RINGER_API const char *ringer_ds_status_text(enum ringer_ds_status status);

#ifdef __cplusplus
}
#endif

#endif
