/* SPDX-License-Identifier: MIT */
/* One file, one answer: size, times, number and name of a virtual file, however one asks. */
#include "hooks/plugins/layer/layer.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

/* Numbers of classes: headers know different sets of their names. */
enum {
    CLASS_BASIC = 4,
    CLASS_STANDARD = 5,
    CLASS_INTERNAL = 6,
    CLASS_NAME = 9,
    CLASS_ALL = 18,
    CLASS_NETWORK_OPEN = 34,
    CLASS_ATTRIBUTE_TAG = 35,
    CLASS_NORMALIZED_NAME = 48,
    CLASS_ID = 59,
    CLASS_STAT = 68,
    CLASS_STAT_BASIC = 77,
    CLASS_OBJECT_NAME = 1,
};

struct basic {
    INT64 created, accessed, written, changed;
    ULONG attributes;
};
struct standard {
    INT64 allocation, end;
    ULONG links;
    BOOLEAN delete_pending, directory;
};
struct network_open {
    INT64 created, accessed, written, changed, allocation, end;
    ULONG attributes;
};
struct all {
    struct basic basic;
    struct standard standard;
    INT64 internal;
    ULONG ea, access;
    INT64 position;
    ULONG mode, alignment;
};
struct stat_info {
    INT64 id, created, accessed, written, changed, allocation, end;
    ULONG attributes;
};
struct id_info {
    UINT64 volume, id[2];
};

NTSTATUS(NTAPI *vl_original_NtQueryInformationFile)
(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG, FILE_INFORMATION_CLASS);
static NTSTATUS(NTAPI *vl_original_NtQueryAttributesFile)(POBJECT_ATTRIBUTES, PVOID);
static NTSTATUS(NTAPI *vl_original_NtQueryFullAttributesFile)(POBJECT_ATTRIBUTES, PVOID);
static NTSTATUS(NTAPI *vl_original_NtQueryInformationByName)(POBJECT_ATTRIBUTES, PIO_STATUS_BLOCK,
                                                             PVOID, ULONG, FILE_INFORMATION_CLASS);
static NTSTATUS(NTAPI *vl_original_NtQueryObject)(HANDLE, int, PVOID, ULONG, PULONG);

static void set_basic(struct basic *out, const struct ringer_file_info *info)
{
    out->created = info->created;
    out->accessed = info->accessed;
    out->written = info->written;
    out->changed = info->changed;
    out->attributes = info->attributes;
}

static void set_standard(struct standard *out, const struct ringer_file_info *info)
{
    out->allocation = (INT64)info->allocation;
    out->end = (INT64)info->size;
    out->links = 1;
    out->delete_pending = out->directory = 0;
}

static void set_network(struct network_open *out, const struct ringer_file_info *info)
{
    *out = (struct network_open){info->created,   info->accessed,          info->written,
                                 info->changed,   (INT64)info->allocation, (INT64)info->size,
                                 info->attributes};
}

static void set_stat(struct stat_info *out, const struct ringer_file_info *info)
{
    *out = (struct stat_info){(INT64)info->id,   info->created,   info->accessed,
                              info->written,     info->changed,   (INT64)info->allocation,
                              (INT64)info->size, info->attributes};
}

/* Over what the system said of the private file; nbytes is what the caller has room for. */
static void correct(void *out, ULONG nbytes, int what, const struct ringer_file_info *info)
{
    if (what == CLASS_BASIC && nbytes >= sizeof(struct basic)) {
        set_basic(out, info);
    } else if (what == CLASS_STANDARD && nbytes >= sizeof(struct standard)) {
        set_standard(out, info);
    } else if (what == CLASS_INTERNAL && nbytes >= sizeof(INT64)) {
        *(INT64 *)out = (INT64)info->id;
    } else if (what == CLASS_NETWORK_OPEN &&
               nbytes >= offsetof(struct network_open, attributes) + 4) {
        set_network(out, info);
    } else if (what == CLASS_ATTRIBUTE_TAG && nbytes >= 4) {
        *(ULONG *)out = info->attributes;
    } else if (what == CLASS_ID && nbytes >= sizeof(struct id_info)) {
        ((struct id_info *)out)->id[0] = info->id;
        ((struct id_info *)out)->id[1] = 0;
    } else if ((what == CLASS_STAT || what == CLASS_STAT_BASIC) &&
               nbytes >= offsetof(struct stat_info, attributes) + 4) {
        set_stat(out, info);
    } else if (what == CLASS_ALL && nbytes >= sizeof(struct all)) {
        struct all *all = out;

        set_basic(&all->basic, info);
        set_standard(&all->standard, info);
        all->internal = (INT64)info->id;
    }
}

/* Below its volume: \dir\name. */
static const WCHAR *below_volume(const WCHAR *path)
{
    return path[0] && path[1] == ':' ? path + 2 : path;
}

static ULONG nchars_of(const WCHAR *text)
{
    ULONG count = 0;

    while (text[count])
        count++;
    return count;
}

/* FILE_NAME_INFORMATION: a length in bytes, then as much of the name as fits. */
static NTSTATUS put_name(const WCHAR *name, PIO_STATUS_BLOCK iosb, ULONG *out, ULONG nbytes)
{
    ULONG length = nchars_of(name) * (ULONG)sizeof *name;
    ULONG held = length < nbytes - (ULONG)sizeof *out ? length : nbytes - (ULONG)sizeof *out;
    NTSTATUS status =
        held < length ? (NTSTATUS)0x80000005 : VL_SUCCESS; /* STATUS_BUFFER_OVERFLOW */

    *out = length;
    memcpy(out + 1, name, held);
    iosb->Status = status;
    iosb->Information = sizeof *out + held;
    return status;
}

static NTSTATUS NTAPI detour_NtQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK iosb, PVOID out,
                                                    ULONG nbytes, FILE_INFORMATION_CLASS what)
{
    NTSTATUS status = vl_original_NtQueryInformationFile(handle, iosb, out, nbytes, what);
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(handle);
    struct ringer_file_info info;

    if (open) {
        ringer_vfile_info(open->file, &info);
        if ((int)what == CLASS_NAME || (int)what == CLASS_NORMALIZED_NAME ||
            ((int)what == CLASS_ALL && status == (NTSTATUS)0x80000005)) {
            if ((int)what == CLASS_ALL)
                correct(out, nbytes, CLASS_ALL, &info);
            else if ((status >= 0 || status == (NTSTATUS)0x80000005) && nbytes >= 2 * sizeof(ULONG))
                status = put_name(below_volume(ringer_vfile_path(open->file)), iosb, out, nbytes);
        } else if (status >= 0) {
            correct(out, nbytes, (int)what, &info);
        }
        vl_open_release(open);
    }
    return status;
}

/* \Device\HarddiskVolume1 and the path below it. The system's answer says how the first part goes.
 */
static NTSTATUS NTAPI detour_NtQueryObject(HANDLE handle, int what, PVOID out, ULONG nbytes,
                                           PULONG needed)
{
    NTSTATUS status = vl_original_NtQueryObject(handle, what, out, nbytes, needed);
    struct vl_open *open =
        ringer_bypass_active() || what != CLASS_OBJECT_NAME ? NULL : vl_open_acquire(handle);
    union {
        UNICODE_STRING name;
        char space[sizeof(UNICODE_STRING) + 2 * VL_PATH_MAX];
    } *own = open ? malloc(sizeof *own) : NULL;
    ULONG length;

    if (own && vl_original_NtQueryObject(handle, what, own, sizeof *own, &length) >= 0) {
        const WCHAR *rest = below_volume(ringer_vfile_path(open->file));
        ULONG volume = 0, slashes = 0, total, n = nchars_of(rest);
        UNICODE_STRING *name = out;

        while (volume < own->name.Length / sizeof(WCHAR) &&
               (slashes += own->name.Buffer[volume] == '\\') < 3)
            volume++;
        total = (ULONG)sizeof *name + (volume + n + 1) * (ULONG)sizeof(WCHAR);
        if (needed)
            *needed = total;
        status =
            nbytes >= total ? VL_SUCCESS : (NTSTATUS)0xC0000004; /* STATUS_INFO_LENGTH_MISMATCH */
        if (status >= 0) {
            name->Buffer = (WCHAR *)(void *)(name + 1);
            name->Length = (USHORT)((volume + n) * sizeof(WCHAR));
            name->MaximumLength = (USHORT)(name->Length + sizeof(WCHAR));
            memcpy(name->Buffer, own->name.Buffer, volume * sizeof(WCHAR));
            memcpy(name->Buffer + volume, rest, (n + 1) * sizeof(WCHAR));
        }
    }
    free(own);
    vl_open_release(open);
    return status;
}

/* ---- by path ---- */

struct names {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    WCHAR path[VL_PATH_MAX], to[VL_PATH_MAX];
};

/* True: a virtual file lies there. Else *attributes may lead elsewhere; *names_out is the caller's
 * to free. */
static bool known(struct names **names_out, POBJECT_ATTRIBUTES *attributes,
                  struct ringer_file_info *info)
{
    DWORD error = GetLastError();
    struct names *names;
    bool found = false;
    size_t n;

    *names_out = NULL;
    if (ringer_bypass_active() || ringer_vfs_is_empty(vl_vfs))
        return false;
    *names_out = names = malloc(sizeof *names);
    if (names && vl_path_of(*attributes, names->path, VL_PATH_MAX)) {
        n = ringer_vfs_resolve(vl_vfs, names->path, names->to, VL_PATH_MAX);
        if (n) {
            names->name = (UNICODE_STRING){(USHORT)(n * sizeof(WCHAR)),
                                           (USHORT)((n + 1) * sizeof(WCHAR)), names->to};
            names->attributes = **attributes;
            names->attributes.RootDirectory = NULL;
            names->attributes.ObjectName = &names->name;
            *attributes = &names->attributes;
        }
        found = ringer_vfs_query(vl_vfs, n ? names->to : names->path, info);
    }
    SetLastError(error);
    return found;
}

static NTSTATUS NTAPI detour_NtQueryAttributesFile(POBJECT_ATTRIBUTES attributes, PVOID out)
{
    struct ringer_file_info info;
    NTSTATUS status = VL_SUCCESS;
    struct names *names;

    if (known(&names, &attributes, &info))
        set_basic(out, &info);
    else
        status = vl_original_NtQueryAttributesFile(attributes, out);
    free(names);
    return status;
}

static NTSTATUS NTAPI detour_NtQueryFullAttributesFile(POBJECT_ATTRIBUTES attributes, PVOID out)
{
    struct ringer_file_info info;
    NTSTATUS status = VL_SUCCESS;
    struct names *names;

    if (known(&names, &attributes, &info))
        set_network(out, &info);
    else
        status = vl_original_NtQueryFullAttributesFile(attributes, out);
    free(names);
    return status;
}

static NTSTATUS NTAPI detour_NtQueryInformationByName(POBJECT_ATTRIBUTES attributes,
                                                      PIO_STATUS_BLOCK iosb, PVOID out,
                                                      ULONG nbytes, FILE_INFORMATION_CLASS what)
{
    ULONG least = (int)what == CLASS_STAT ? 72 : (int)what == CLASS_STAT_BASIC ? 104 : 0;
    struct ringer_file_info info;
    NTSTATUS status = VL_SUCCESS;
    struct names *names;

    if (!known(&names, &attributes, &info)) {
        status = vl_original_NtQueryInformationByName(attributes, iosb, out, nbytes, what);
    } else if (!least) {
        status = (NTSTATUS)0xC0000003; /* STATUS_INVALID_INFO_CLASS */
    } else if (nbytes < least) {
        status = (NTSTATUS)0xC0000004;
    } else {
        memset(out, 0, least);
        set_stat(out, &info);
        iosb->Status = status;
        iosb->Information = least;
    }
    free(names);
    return status;
}

const struct vl_detour vl_info_detours[] = {
    VL_DETOUR("ntdll", NtQueryInformationFile),   VL_DETOUR("ntdll", NtQueryObject),
    VL_DETOUR("ntdll", NtQueryAttributesFile),    VL_DETOUR("ntdll", NtQueryFullAttributesFile),
    VL_DETOUR("ntdll", NtQueryInformationByName), VL_DETOUR_END,
};
