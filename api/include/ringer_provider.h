/* SPDX-License-Identifier: MIT */
/*
 * Virtual files for hooks: who provides their bytes, under which paths they lie, and how a hook
 * asks. libringer-provider.a, linked into each plugin; plain Win32, so the same source builds for
 * Windows.
 *
 * A hook asks ringer_vfs_find and ringer_vfile_read. The layer between it and a provider clamps a
 * read to the declared size, refuses counts that cannot be, calls no provider with a lock held,
 * marks the thread as the provider's own (ringer_bypass_active: its I/O is real), and keeps the
 * last error.
 */
#ifndef RINGER_PROVIDER_H
#define RINGER_PROVIDER_H

#include <windows.h>
#include <winternl.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RINGER_PROVIDER_VERSION 1
/* What read returns for "later": ringer_provider_complete follows, once. */
#define RINGER_PROVIDER_PENDING ((NTSTATUS)0x00000103)

/* Times as FILETIME has them. */
struct ringer_file_info {
    UINT64 size;
    UINT64 allocation;
    INT64 created, accessed, written, changed;
    UINT32 attributes; /* FILE_ATTRIBUTE_* */
    UINT32 volume;     /* serial number */
    UINT64 id;         /* stable, not 0 */
};

/* Names a read under way; 0 names none. A number, so a late or second answer finds nothing. */
typedef UINT64 ringer_read_token;

/* What enumerate calls for each name of a folder. Returns 0 to go on. */
typedef int (*ringer_enumerate_fn)(void *arg, const WCHAR *name,
                                   const struct ringer_file_info *info);

/* May two reads of one file run at once? Without: one at a time a provider. */
#define RINGER_PROVIDER_THREAD_SAFE 0x1u
/* read may sleep: an asynchronous reader has it called on a thread of the layer's. */
#define RINGER_PROVIDER_MAY_BLOCK 0x2u
/* The same offset gives the same bytes for ever. */
#define RINGER_PROVIDER_IMMUTABLE 0x4u

/*
 * A provider. Every member may be called on any thread, none with a lock of the layer's held.
 * Members from enumerate on may be NULL. The struct outlives the files.
 */
struct ringer_provider {
    UINT32 size;    /* of this struct: a later version is longer */
    UINT32 version; /* RINGER_PROVIDER_VERSION */
    UINT32 flags;   /* RINGER_PROVIDER_* */
    UINT32 reserved;
    /* access, share and disposition as for NtCreateFile. *file_out is the provider's, until close.
     */
    NTSTATUS(*open)
    (void *context, const WCHAR *path, UINT32 access, UINT32 share, UINT32 disposition,
     void **file_out);
    /* After the last handle, the last registered slot and the last read. */
    void (*close)(void *context, void *file);
    /* file may be NULL: a question about the path, without an open. */
    NTSTATUS (*query)(void *context, void *file, struct ringer_file_info *info_out);
    /*
     * offset + length lies within the declared size, length is not 0. STATUS_SUCCESS and *done_out
     * bytes: with fewer than asked the layer asks again for the rest, with none the file ends
     * there; a failure, and no byte counts; or RINGER_PROVIDER_PENDING, and buffer stays valid
     * until ringer_provider_complete, which may come before this returns.
     */
    NTSTATUS(*read)
    (void *context, void *file, UINT64 offset, void *buffer, UINT32 length, ringer_read_token token,
     UINT32 *done_out);
    /* Advice: the read should end soon, with STATUS_CANCELLED or as it would. May run beside read.
     */
    void (*cancel)(void *context, void *file, ringer_read_token token);
    NTSTATUS (*enumerate)(void *context, const WCHAR *path, ringer_enumerate_fn each, void *arg);
    /* The last file is gone and no new one can come. */
    void (*destroy)(void *context);
};

/*
 * Ends a read that was pending. Any thread, also inside read.
 * token: as read was given it.
 * status: STATUS_SUCCESS, or why not.
 * count: bytes that are there; not above what was asked.
 * Returns 1; 0 for a token that is unknown or was answered before: nothing happens, and
 *   ringer_provider_faults counts it.
 * Source: [decision].
 */
int ringer_provider_complete(ringer_read_token token, NTSTATUS status, UINT32 count);

/* What providers did wrong, in this process. */
struct ringer_provider_faults {
    UINT32 answered_twice; /* completed again, late, or never begun */
    UINT32 wrong_count;    /* more bytes than were asked for */
};
void ringer_provider_faults_get(struct ringer_provider_faults *faults_out);

/* ---- content ---- */

/* What a virtual file is made of: a provider and its context. Counted. */
struct ringer_source;

/* A source of a provider's own. context goes to destroy with the last reference. NULL: no memory.
 */
struct ringer_source *ringer_source_create(const struct ringer_provider *provider, void *context);
void ringer_source_acquire(struct ringer_source *source);
void ringer_source_release(struct ringer_source *source);

/* Sources return NULL without memory or for an impossible argument; sources passed in are taken
 * over. */
struct ringer_source *ringer_source_buffer(const void *bytes, size_t nbytes); /* copied */
/* Printable text, a function of seed and offset alone (ringer_generate). 1 TiB and more. */
struct ringer_source *ringer_source_generator(UINT64 seed, UINT64 nbytes);
struct ringer_source *ringer_source_fill(UINT8 byte, UINT64 nbytes);
/* nbytes of a real file from offset on; UINT64_MAX: to its end. */
struct ringer_source *ringer_source_file(const WCHAR *path, UINT64 offset, UINT64 nbytes);
/* One behind the other. */
struct ringer_source *ringer_source_concat(struct ringer_source *const parts[], size_t count);
/* A part of another. */
struct ringer_source *ringer_source_slice(struct ringer_source *inner, UINT64 offset,
                                          UINT64 nbytes);

/* Byte i is 0x20 + (i * 7 + i / 95 + seed) % 95. */
void ringer_generate(UINT64 seed, UINT64 offset, void *buffer, size_t nbytes);

/* Each read ends so many milliseconds later, on a thread of the layer's; jitter adds 0..jitter of
 * them. */
struct ringer_source *ringer_source_delay(struct ringer_source *inner, UINT32 milliseconds,
                                          UINT32 jitter, UINT64 seed);
/* The read itself sleeps so long (RINGER_PROVIDER_MAY_BLOCK). */
struct ringer_source *ringer_source_block(struct ringer_source *inner, UINT32 milliseconds);
/* Of a thousand reads so many fail with status, picked by seed and offset; 1000 is each. */
struct ringer_source *ringer_source_fail(struct ringer_source *inner, UINT32 per_mille, UINT64 seed,
                                         NTSTATUS status);
/* Reads that touch the byte at offset fail with status. */
struct ringer_source *ringer_source_fail_at(struct ringer_source *inner, UINT64 offset,
                                            NTSTATUS status);
/* At most so many bytes at a time. */
struct ringer_source *ringer_source_short(struct ringer_source *inner, UINT32 most);
/* Each read ends on a worker thread. */
struct ringer_source *ringer_source_worker(struct ringer_source *inner);
/* Each read is completed first and then returns "pending". */
struct ringer_source *ringer_source_early(struct ringer_source *inner);
/* Reports count more (or fewer) bytes than it delivered: for tests of the layer. */
struct ringer_source *ringer_source_miscount(struct ringer_source *inner, INT32 difference);
/*
 * Reads stay pending until they are let go: count of them, those that are held or that come later;
 * UINT32_MAX opens the gate for good. They end on the thread that lets them go, or on that which
 * reads when it may go at once. A cancel ends one with STATUS_CANCELLED.
 */
struct ringer_source *ringer_source_gate(struct ringer_source *inner);
void ringer_source_release_gate(struct ringer_source *gate, UINT32 count);

/* ---- where files lie ---- */

/* Paths of virtual files and redirects. Thread-safe. */
struct ringer_vfs;
struct ringer_vfs *ringer_vfs_create(void);
void ringer_vfs_destroy(struct ringer_vfs *vfs); /* files that are open stay */

/* One opened or registered virtual file, counted: handles, slots and reads hold references. */
struct ringer_vfile;

/*
 * Puts a source under a path; a later one wins. The source is taken over. info: NULL, or attributes
 * and times (0: defaults); sizes are the source's. Returns an id for ringer_vfs_remove, 0 for
 * failure.
 */
UINT64 ringer_vfs_add(struct ringer_vfs *vfs, const WCHAR *path, struct ringer_source *source,
                      const struct ringer_file_info *info);
/* Also a redirect or folder. Files that are open keep working. Returns 0 when there is no such id.
 */
int ringer_vfs_remove(struct ringer_vfs *vfs, UINT64 id);

/* Layer 1. Paths of any form. 0 for failure. */
UINT64 ringer_vfs_redirect_file(struct ringer_vfs *vfs, const WCHAR *from, const WCHAR *to);
UINT64 ringer_vfs_redirect_folder_as_files(struct ringer_vfs *vfs, const WCHAR *from,
                                           const WCHAR *to);
/* A fallback: what `to` has is taken from there, once and for ever; the longest `from` wins. */
UINT64 ringer_vfs_redirect_folder(struct ringer_vfs *vfs, const WCHAR *from, const WCHAR *to);
/* Where a path leads, as an NT path; 0 when it is not redirected, else its length in characters. */
size_t ringer_vfs_resolve(struct ringer_vfs *vfs, const WCHAR *path, WCHAR *to_out,
                          size_t to_count);

/* Is anything registered at all? A load and no lock. */
int ringer_vfs_is_empty(const struct ringer_vfs *vfs);
/* Is there a virtual file? Its information, without an open. */
int ringer_vfs_query(struct ringer_vfs *vfs, const WCHAR *path, struct ringer_file_info *info_out);
/* Opens: STATUS_OBJECT_NAME_NOT_FOUND when the path is not virtual. */
NTSTATUS ringer_vfs_open(struct ringer_vfs *vfs, const WCHAR *path, UINT32 access, UINT32 share,
                         UINT32 disposition, struct ringer_vfile **file_out);
/* The virtual names directly in a folder, each once, files and redirected ones. */
void ringer_vfs_enumerate(struct ringer_vfs *vfs, const WCHAR *folder, ringer_enumerate_fn each,
                          void *arg);

void ringer_vfile_acquire(struct ringer_vfile *file);
void ringer_vfile_release(struct ringer_vfile *file);
const WCHAR *
ringer_vfile_path(const struct ringer_vfile *file); /* full Win32 path, as registered */
void ringer_vfile_info(const struct ringer_vfile *file, struct ringer_file_info *info_out);
UINT64 ringer_vfile_size(const struct ringer_vfile *file);
UINT32 ringer_vfile_flags(const struct ringer_vfile *file);

/* ---- reading ---- */

/* Somebody waits for a provider's answer. The layer's. */
struct ringer_call {
    void (*answered)(struct ringer_call *call, NTSTATUS status, UINT32 count);
    ringer_read_token token; /* 0 before and after */
    struct ringer_call *next;
};

/* The caller's, until done was called: called once, on any thread, also before ringer_vfile_read
 * returns. */
struct ringer_vread {
    void (*done)(struct ringer_vread *read, NTSTATUS status, UINT32 count);
    /* The layer's. */
    struct ringer_call call;
    struct ringer_vfile *file;
    UINT64 offset;
    char *buffer;
    UINT32 length, got, flags, state, over;
    NTSTATUS status;
};

/* Reads; length is clamped to the size, and at or behind the end it is STATUS_END_OF_FILE. */
#define RINGER_VREAD_INLINE 0u /* a source that may sleep, sleeps here */
#define RINGER_VREAD_ASYNC 1u  /* such a source is called on another thread */
void ringer_vfile_read(struct ringer_vfile *file, UINT64 offset, void *buffer, UINT32 length,
                       UINT32 flags, struct ringer_vread *read);
/* The same, here and now. */
NTSTATUS ringer_vfile_read_wait(struct ringer_vfile *file, UINT64 offset, void *buffer,
                                UINT32 length, UINT32 *count_out);
/* Advice, as the provider's cancel. The read may end meanwhile; its struct must still be there. */
void ringer_vfile_cancel(struct ringer_vfile *file, struct ringer_vread *read);

/* Is this thread inside a provider, or inside a scope? Then hooks let it through. */
int ringer_bypass_active(void);
void ringer_bypass_enter(void);
void ringer_bypass_leave(void);

#ifdef __cplusplus
}
#endif

#endif
