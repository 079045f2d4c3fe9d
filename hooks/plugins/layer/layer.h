/* SPDX-License-Identifier: MIT */
/*
 * What a virtual-file hook needs below its rings: which handles are virtual, what lies behind them,
 * and the detours of everything that is no ring. Portable Win32 C over MinHook's interface and the
 * provider library. Two plugins stand on it: refvfs, which does it right, and naive, which does
 * not.
 *
 * A virtual handle is a real one: of a private file that has the virtual file's size and holds
 * poison. Whoever is about to read, fills the range first (vl_fill) and then lets the system read:
 * so results, events, ports, positions and refusals are the system's own. A read that came past the
 * hook gets poison. Locks here are leaves: nothing is called with one held, neither an original nor
 * a provider.
 */
#ifndef HOOKS_PLUGINS_LAYER_LAYER_H
#define HOOKS_PLUGINS_LAYER_LAYER_H

#include <ringer_provider.h>

#include <stdatomic.h>
#include <stdbool.h>

#ifdef RINGER_CHAR16
#    define VL_W(text) u##text
#else
#    define VL_W(text) L##text
#endif

/* At a fixed place of each thread: a load and no call, and nothing is allocated for a late module.
 */
#ifdef __ELF__
#    define VL_THREAD __attribute__((tls_model("initial-exec")))
#else
#    define VL_THREAD
#endif

#define VL_SUCCESS ((NTSTATUS)0)
#define VL_PENDING ((NTSTATUS)0x00000103)
#define VL_END_OF_FILE ((NTSTATUS)0xC0000011)
#define VL_INVALID_PARAMETER ((NTSTATUS)0xC000000D)
#define VL_NO_MEMORY ((NTSTATUS)0xC0000017)
#define VL_ACCESS_DENIED ((NTSTATUS)0xC0000022)
#define VL_NAME_COLLISION ((NTSTATUS)0xC0000035)
#define VL_NAME_NOT_FOUND ((NTSTATUS)0xC0000034)
#define VL_NOT_A_DIRECTORY ((NTSTATUS)0xC0000103)
#define VL_CANCELLED ((NTSTATUS)0xC0000120)
#define VL_NOT_FOUND ((NTSTATUS)0xC0000225)

extern struct ringer_vfs *vl_vfs;

/* ---- detours ---- */

/* One function to replace; *original is written before the detour can be entered. No detour: to
 * call only. */
struct vl_detour {
    const WCHAR *module;
    const char *name;
    void *detour;
    void **original;
};
#define VL_DETOUR(module, name)                                                  \
    {                                                                            \
        VL_W(module), #name, (void *)detour_##name, (void **)&vl_original_##name \
    }
#define VL_DETOUR_END          \
    {                          \
        NULL, NULL, NULL, NULL \
    }

/* Hooks what there is: a function that this system lacks is left out. False: MinHook would not. */
bool vl_detours_create(const struct vl_detour *detours);
bool vl_detours_enable(void);
void vl_detours_disable(void);

extern const struct vl_detour vl_file_detours[], vl_read_detours[], vl_info_detours[],
    vl_list_detours[];

/* Originals that others call too; each is valid once its table was created. */
extern NTSTATUS(NTAPI *vl_original_NtClose)(HANDLE);
extern NTSTATUS(NTAPI *vl_original_NtCreateFile)(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES,
                                                 PIO_STATUS_BLOCK, PLARGE_INTEGER, ULONG, ULONG,
                                                 ULONG, ULONG, PVOID, ULONG);
extern NTSTATUS(NTAPI *vl_original_NtReadFile)(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID,
                                               PIO_STATUS_BLOCK, PVOID, ULONG, PLARGE_INTEGER,
                                               PULONG);
extern NTSTATUS(NTAPI *vl_original_NtQueryInformationFile)(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG,
                                                           FILE_INFORMATION_CLASS);

/* ---- handles ---- */

/*
 * What CreateFile made: duplicates share it, and so do registered slots and reads under way.
 * Counted. Such memory is never given back: a look-up may still read the count.
 */
struct vl_open {
    atomic_uint references;
    struct vl_open *next_free;
    struct ringer_vfile *file;
    HANDLE fill; /* the private file, for writing */
    UINT64 size;
    bool synchronous;
    /* Bytes that reads at the position may still move it by, of those that have not ended. */
    _Atomic UINT64 ahead;
    SRWLOCK lock; /* of what follows */
    HANDLE port;  /* where its packets go; NULL: nowhere */
    PVOID port_key;
    bool skips_packets; /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS */
    struct vl_async *first;
    UINT32 finishing; /* reads whose handles of ours are about to be closed */
    CONDITION_VARIABLE calm;
};

/* NULL, and quick, for a handle that is not virtual. Otherwise a reference for the caller. */
struct vl_open *vl_open_acquire(HANDLE handle);
void vl_open_hold(struct vl_open *open);
void vl_open_release(struct vl_open *open);
/* Is it virtual? No reference, no store. */
bool vl_is_virtual(HANDLE handle);
/* Takes the caller's reference. False: no memory. */
bool vl_handle_add(HANDLE handle, struct vl_open *open);
void vl_handle_remove(HANDLE handle);
void vl_handles_forget(void);
/* A new one with one reference, or NULL. Takes the vfile's reference over. */
struct vl_open *vl_open_new(struct ringer_vfile *file);

/* A handle is closed: its scan, if it has one, is over. */
void vl_list_closed(HANDLE handle);
/* Told of each handle that is closed, before it is; NULL: nobody is. */
extern void (*vl_closed_more)(HANDLE handle);

/* ---- the private file ---- */

/* Makes it and opens the program's handle, with the rights and options that were asked for. */
NTSTATUS vl_backing_open(struct vl_open *open, HANDLE *handle_out, ACCESS_MASK access,
                         ULONG attributes, ULONG share, ULONG options, PIO_STATUS_BLOCK iosb);
void vl_backing_close(struct vl_open *open);

/* Fetches a range from the provider into the private file. The caller's until done was called,
 * once. */
struct vl_fill {
    void (*done)(struct vl_fill *fill, NTSTATUS status);
    struct vl_open *open; /* a reference, while it runs */
    struct ringer_vread read;
    UINT64 offset, end;
    char *buffer;
    UINT32 room, flags;
    atomic_uint turn;
};

/* flags: RINGER_VREAD_*. What lies beyond the end is no failure: the system will say so. */
void vl_fill(struct vl_open *open, UINT64 offset, UINT64 length, UINT32 flags,
             struct vl_fill *fill);
NTSTATUS vl_fill_wait(struct vl_open *open, UINT64 offset, UINT64 length);
/* Where a read begins: what the offset says, or (-1, -2, no offset) where a synchronous file stands.
 * False: the system refuses it. */
bool vl_read_from(HANDLE handle, const struct vl_open *open, const LARGE_INTEGER *given,
                  UINT64 *offset_out);
/* Does it move the position? Then others that were started before may move it first. */
bool vl_moves_position(const struct vl_open *open, const LARGE_INTEGER *given);
/* Advice to the provider. The struct must still be the callee's. */
void vl_fill_cancel(struct vl_fill *fill);

/* ---- reads by handle that have no answer yet ---- */

/* A ring's reads are cancelled by handle, too. Returns whether there were any; NULL where there are
 * no rings. */
extern bool (*vl_cancel_more)(struct vl_open *open);

/* Until no read that has ended holds a handle of ours. */
void vl_async_settle(struct vl_open *open);
/* Ends those on this file whose status block it is (NULL: all). Returns whether there were any. */
bool vl_async_cancel(struct vl_open *open, PIO_STATUS_BLOCK iosb);

/* ---- the rest ---- */

/* The virtual files, from the manifest that the arguments or the environment name. */
bool vl_load(const char *args);
/* release NAME [N], unregister NAME: 0 when done. */
int vl_control(const char *command);
/* The value of key= in args, copied into out; false when there is none. */
bool vl_argument(const char *args, const char *key, char *out, size_t nbytes);

/* The Win32 path that a program means; false when it has none that could be virtual. */
bool vl_path_of(const OBJECT_ATTRIBUTES *attributes, WCHAR *path, size_t count);
#define VL_PATH_MAX 4096

#endif
