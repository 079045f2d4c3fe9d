/* SPDX-License-Identifier: MIT */
/* How files are opened, duplicated and closed: what a path names, and which handles are virtual. */
#include "hooks/plugins/layer/layer.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

#ifndef FILE_OVERWRITE_IF
#    define FILE_OVERWRITE_IF 5
#endif

NTSTATUS(NTAPI *vl_original_NtClose)(HANDLE);
NTSTATUS(NTAPI *vl_original_NtCreateFile)
(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PIO_STATUS_BLOCK, PLARGE_INTEGER, ULONG, ULONG, ULONG,
 ULONG, PVOID, ULONG);
static NTSTATUS(NTAPI *vl_original_NtOpenFile)(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES,
                                               PIO_STATUS_BLOCK, ULONG, ULONG);
static NTSTATUS(NTAPI *vl_original_NtDuplicateObject)(HANDLE, HANDLE, HANDLE, PHANDLE, ACCESS_MASK,
                                                      ULONG, ULONG);
static NTSTATUS(NTAPI *vl_original_NtSetInformationFile)(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG,
                                                         FILE_INFORMATION_CLASS);
static NTSTATUS(NTAPI *vl_original_NtDeleteFile)(POBJECT_ATTRIBUTES);

/* A counted string behind what is there already, with a terminator. */
static bool append(WCHAR *path, size_t *at, size_t count, const WCHAR *text, size_t nchars)
{
    if (*at + nchars + 1 > count)
        return false;
    memcpy(path + *at, text, nchars * sizeof *text);
    *at += nchars;
    path[*at] = 0;
    return true;
}

bool vl_path_of(const OBJECT_ATTRIBUTES *attributes, WCHAR *path, size_t count)
{
    const UNICODE_STRING *name = attributes ? attributes->ObjectName : NULL;
    size_t at = 0;

    if (!name || !name->Buffer || (!name->Length && !attributes->RootDirectory))
        return false;
    if (attributes->RootDirectory) {
        DWORD n;

        ringer_bypass_enter();
        n = GetFinalPathNameByHandleW(attributes->RootDirectory, path, (DWORD)count, 0);
        ringer_bypass_leave();
        if (!n || n + 2 > count)
            return false;
        at = n;
        if (name->Length && !append(path, &at, count, VL_W("\\"), 1))
            return false;
    }
    return append(path, &at, count, name->Buffer, name->Length / sizeof(WCHAR));
}

#define WANTS_WRITE                                                                     \
    (GENERIC_WRITE | GENERIC_ALL | DELETE | WRITE_DAC | WRITE_OWNER | FILE_WRITE_DATA | \
     FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)

/* Everything of a virtual file is there to be read, and nothing else. */
static NTSTATUS refuse(ACCESS_MASK access, ULONG disposition, ULONG options)
{
    if (disposition == FILE_CREATE)
        return VL_NAME_COLLISION;
    if (options & FILE_DIRECTORY_FILE)
        return VL_NOT_A_DIRECTORY;
    if ((access & WANTS_WRITE) || (disposition != FILE_OPEN && disposition != FILE_OPEN_IF) ||
        (options & FILE_DELETE_ON_CLOSE))
        return VL_ACCESS_DENIED;
    return VL_SUCCESS;
}

static NTSTATUS open_virtual(const WCHAR *path, PHANDLE handle, ACCESS_MASK access,
                             POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK iosb, ULONG share,
                             ULONG disposition, ULONG options)
{
    struct ringer_vfile *file;
    struct vl_open *open;
    HANDLE made = NULL;
    NTSTATUS status = ringer_vfs_open(vl_vfs, path, access, share, disposition, &file);

    if (status < 0)
        return status;
    status = refuse(access, disposition, options);
    open = status >= 0 ? vl_open_new(file) : NULL;
    if (!open) {
        ringer_vfile_release(file);
        return status < 0 ? status : VL_NO_MEMORY;
    }
    open->synchronous = (options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) != 0;
    if (VL_MUTANT(access_unchecked))
        access |= FILE_READ_DATA;
    if (VL_MUTANT(alignment_unchecked))
        options &= ~(ULONG)FILE_NO_INTERMEDIATE_BUFFERING;
    status = vl_backing_open(open, &made, access, attributes->Attributes, share, options, iosb);
    if (status < 0) {
        vl_open_release(open);
        return status;
    }
    if (!vl_handle_add(made, open)) {
        vl_original_NtClose(made);
        return VL_NO_MEMORY;
    }
    *handle = made;
    return status;
}

struct names {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    WCHAR path[VL_PATH_MAX], to[VL_PATH_MAX];
};

/* attributes, or where a redirect makes them lead. names->path is what is meant in the end. */
static POBJECT_ATTRIBUTES redirected(struct names *names, POBJECT_ATTRIBUTES attributes)
{
    size_t n;

    if (!vl_path_of(attributes, names->path, VL_PATH_MAX)) {
        names->path[0] = 0;
        return attributes;
    }
    n = ringer_vfs_resolve(vl_vfs, names->path, names->to, VL_PATH_MAX);
    if (!n)
        return attributes;
    memcpy(names->path, names->to, (n + 1) * sizeof names->to[0]);
    names->name =
        (UNICODE_STRING){(USHORT)(n * sizeof(WCHAR)), (USHORT)((n + 1) * sizeof(WCHAR)), names->to};
    names->attributes = *attributes;
    names->attributes.RootDirectory = NULL;
    names->attributes.ObjectName = &names->name;
    return &names->attributes;
}

/* True: it was a virtual file's, and *status says how it went. *attributes may lead elsewhere from
 * now on. */
static bool open_here(struct names **names_out, POBJECT_ATTRIBUTES *attributes, PHANDLE handle,
                      ACCESS_MASK access, PIO_STATUS_BLOCK iosb, ULONG share, ULONG disposition,
                      ULONG options, NTSTATUS *status)
{
    DWORD error = GetLastError();
    struct names *names;

    *names_out = NULL;
    if (ringer_bypass_active() || ringer_vfs_is_empty(vl_vfs) || !handle)
        return false;
    *names_out = names = malloc(sizeof *names);
    if (!names)
        return false;
    *attributes = redirected(names, *attributes);
    *status = names->path[0] ? open_virtual(names->path, handle, access, *attributes, iosb, share,
                                            disposition, options)
                             : VL_NAME_NOT_FOUND;
    SetLastError(error);
    return *status != VL_NAME_NOT_FOUND;
}

static NTSTATUS NTAPI detour_NtCreateFile(PHANDLE handle, ACCESS_MASK access,
                                          POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK iosb,
                                          PLARGE_INTEGER allocation, ULONG file_attributes,
                                          ULONG share, ULONG disposition, ULONG options, PVOID ea,
                                          ULONG ea_nbytes)
{
    struct names *names;
    NTSTATUS status;

    if (!open_here(&names, &attributes, handle, access, iosb, share, disposition, options, &status))
        status =
            vl_original_NtCreateFile(handle, access, attributes, iosb, allocation, file_attributes,
                                     share, disposition, options, ea, ea_nbytes);
    free(names);
    return status;
}

static NTSTATUS NTAPI detour_NtOpenFile(PHANDLE handle, ACCESS_MASK access,
                                        POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK iosb,
                                        ULONG share, ULONG options)
{
    struct names *names;
    NTSTATUS status;

    if (!open_here(&names, &attributes, handle, access, iosb, share, FILE_OPEN, options, &status))
        status = vl_original_NtOpenFile(handle, access, attributes, iosb, share, options);
    free(names);
    return status;
}

static NTSTATUS NTAPI detour_NtDeleteFile(POBJECT_ATTRIBUTES attributes)
{
    struct ringer_file_info info;
    struct names *names = NULL;
    NTSTATUS status = VL_SUCCESS;

    if (!ringer_bypass_active() && !ringer_vfs_is_empty(vl_vfs) &&
        (names = malloc(sizeof *names))) {
        attributes = redirected(names, attributes);
        if (names->path[0] && ringer_vfs_query(vl_vfs, names->path, &info))
            status = VL_ACCESS_DENIED;
    }
    if (status >= 0)
        status = vl_original_NtDeleteFile(attributes);
    free(names);
    return status;
}

void (*vl_closed_more)(HANDLE handle);

/* Before the original: the number may be another file's the moment that returns. */
static NTSTATUS NTAPI detour_NtClose(HANDLE handle)
{
    if (!ringer_bypass_active()) {
        struct vl_open *open = vl_open_acquire(handle);

        if (open) {
            vl_handle_remove(handle);
            vl_async_settle(open);
            vl_open_release(open);
        }
        vl_list_closed(handle);
        if (vl_closed_more)
            vl_closed_more(handle);
    }
    return vl_original_NtClose(handle);
}

static NTSTATUS NTAPI detour_NtDuplicateObject(HANDLE source_process, HANDLE source,
                                               HANDLE target_process, PHANDLE target,
                                               ACCESS_MASK access, ULONG attributes, ULONG options)
{
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(source);
    NTSTATUS status;

    if (open && (options & DUPLICATE_CLOSE_SOURCE))
        vl_handle_remove(source);
    status = vl_original_NtDuplicateObject(source_process, source, target_process, target, access,
                                           attributes, options);
    if (open && status >= 0 && target && *target && !VL_MUTANT(duplicate_unknown)) {
        vl_open_hold(open);
        vl_handle_add(*target, open);
    }
    vl_open_release(open);
    return status;
}

#define FILE_COMPLETION_CLASS ((FILE_INFORMATION_CLASS)30)
#define FILE_NOTIFICATION_CLASS ((FILE_INFORMATION_CLASS)41)
#define FILE_REPLACE_COMPLETION_CLASS ((FILE_INFORMATION_CLASS)61)

/* Where packets go, for reads that end on a thread of ours and have failed. */
static void note_port(struct vl_open *open, HANDLE port, PVOID key)
{
    HANDLE copy = NULL, old;

    if (port && vl_original_NtDuplicateObject(GetCurrentProcess(), port, GetCurrentProcess(), &copy,
                                              0, 0, DUPLICATE_SAME_ACCESS) < 0)
        copy = NULL;
    AcquireSRWLockExclusive(&open->lock);
    old = open->port;
    open->port = copy;
    open->port_key = key;
    ReleaseSRWLockExclusive(&open->lock);
    if (old)
        vl_original_NtClose(old);
}

static NTSTATUS NTAPI detour_NtSetInformationFile(HANDLE handle, PIO_STATUS_BLOCK iosb, PVOID info,
                                                  ULONG nbytes, FILE_INFORMATION_CLASS what)
{
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(handle);
    struct {
        HANDLE port;
        PVOID key;
    } *completion = info;
    NTSTATUS status = vl_original_NtSetInformationFile(handle, iosb, info, nbytes, what);

    if (open && status >= 0 &&
        (what == FILE_COMPLETION_CLASS || what == FILE_REPLACE_COMPLETION_CLASS))
        note_port(open, completion->port, completion->key);
    if (open && status >= 0 && what == FILE_NOTIFICATION_CLASS)
        open->skips_packets = *(const ULONG *)info & 1;
    vl_open_release(open);
    return status;
}

const struct vl_detour vl_file_detours[] = {
    VL_DETOUR("ntdll", NtClose),
    VL_DETOUR("ntdll", NtCreateFile),
    VL_DETOUR("ntdll", NtOpenFile),
    VL_DETOUR("ntdll", NtDeleteFile),
    VL_DETOUR("ntdll", NtDuplicateObject),
    VL_DETOUR("ntdll", NtSetInformationFile),
    VL_DETOUR_END,
};
