/* SPDX-License-Identifier: MIT */
/* What the files of the provider layer share. Plain Win32: no POSIX, no header of Ringer's own but
 * one. */
#ifndef HOOKS_PROVIDER_PROVIDER_H
#define HOOKS_PROVIDER_PROVIDER_H

#include <ringer_provider.h>

#include <stdatomic.h>
#include <stdbool.h>

#ifdef RINGER_CHAR16
#    define RP_W(text) u##text
#else
#    define RP_W(text) L##text
#endif

/* By number: their names are in ntstatus.h, which windows.h and the DDK define at odds. */
#define RP_SUCCESS ((NTSTATUS)0)
#define RP_END_OF_FILE ((NTSTATUS)0xC0000011)
#define RP_NO_MEMORY ((NTSTATUS)0xC0000017)
#define RP_ACCESS_DENIED ((NTSTATUS)0xC0000022)
#define RP_NOT_FOUND ((NTSTATUS)0xC0000034)
#define RP_INTERNAL_ERROR ((NTSTATUS)0xC00000E5)
#define RP_CANCELLED ((NTSTATUS)0xC0000120)
#define RP_INVALID_PARAMETER ((NTSTATUS)0xC000000D)

struct ringer_source {
    const struct ringer_provider *provider;
    void *context;
    atomic_uint references;
    /* One at a time, for providers that are not thread-safe. lock covers the other two. */
    SRWLOCK lock;
    bool busy;
    struct ringer_call *first, **last; /* reads that wait for their turn */
};

/*
 * One question to a source. answered is called once, on any thread, perhaps before this returns.
 * The caller's last error is kept, and the thread is a provider's meanwhile.
 */
void rp_source_read(struct ringer_source *source, void *file, UINT64 offset, void *buffer,
                    UINT32 length, struct ringer_call *call);
/* Asks the provider to end it soon. Nothing, when it ended. */
void rp_source_cancel(struct ringer_source *source, void *file, struct ringer_call *call);
NTSTATUS rp_source_query(struct ringer_source *source, void *file, struct ringer_file_info *info);
NTSTATUS rp_source_open(struct ringer_source *source, const WCHAR *path, UINT32 access,
                        UINT32 share, UINT32 disposition, void **file_out);
void rp_source_close(struct ringer_source *source, void *file);

void rp_note_wrong_count(void);

/* Something to do on a thread of the layer's, which counts as a provider's. */
struct rp_job {
    void (*run)(struct rp_job *job);
    struct rp_job *next;
    UINT64 due_ms;
};
/* False: there is no thread, and never was; the job is still the caller's. */
bool rp_job_post(struct rp_job *job, UINT32 delay_ms);
/* False: it runs, or has run. */
bool rp_job_withdraw(struct rp_job *job);

/* A full path in one spelling: drive, backslashes, capitals. 0 when it has none or does not fit. */
#define RP_PATH_MAX 32768
size_t rp_path_key(const WCHAR *path, WCHAR *key_out, size_t key_count);
/* The same with its own letters: what a program would be shown. */
size_t rp_path_full(const WCHAR *path, WCHAR *out, size_t count);
WCHAR rp_upper(WCHAR c);
size_t rp_length(const WCHAR *text);
WCHAR *rp_copy(const WCHAR *text);

#endif
