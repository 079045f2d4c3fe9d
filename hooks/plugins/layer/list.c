/* SPDX-License-Identifier: MIT */
/*
 * Directories: what is listed of them. The system lists what is really there, with the virtual
 * file's facts where a virtual one lies over it; when it has no more, the virtual names that did
 * not come follow.
 */
#include "hooks/plugins/layer/layer.h"

#include <stdlib.h>
#include <string.h>

#define NO_SUCH_FILE ((NTSTATUS)0xC000000F)
#define NO_MORE_FILES ((NTSTATUS)0x80000006)
#define BUFFER_OVERFLOW ((NTSTATUS)0x80000005)
#define RESTART 0x1u
#define SINGLE 0x2u

/* Where the parts of a class's struct are; 0: it has no such part. */
static const struct layout {
    int what;
    ULONG name_length, name, id;
} layouts[] = {
    {1, 60, 64, 0},    /* FileDirectoryInformation */
    {2, 60, 68, 0},    /* Full */
    {3, 60, 94, 0},    /* Both */
    {12, 8, 12, 0},    /* Names */
    {37, 60, 104, 96}, /* IdBoth */
    {38, 60, 80, 72},  /* IdFull */
    {60, 60, 88, 72},  /* IdExtd */
    {63, 60, 114, 72}, /* IdExtdBoth */
};

struct name {
    struct name *next;
    struct ringer_file_info info;
    bool listed;
    WCHAR text[];
};

/* A scan, by its handle. Its fields are the caller's who scans: one at a time, as for the system.
 */
struct scan {
    struct scan *next;
    HANDLE handle;
    WCHAR *pattern; /* of the first call */
    struct name *names;
    bool began, at_virtual;
};

static SRWLOCK lock = SRWLOCK_INIT; /* of the list */
static struct scan *scans;
static atomic_uint scan_count;

static NTSTATUS(NTAPI *vl_original_NtQueryDirectoryFile)(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID,
                                                         PIO_STATUS_BLOCK, PVOID, ULONG,
                                                         FILE_INFORMATION_CLASS, BOOLEAN,
                                                         PUNICODE_STRING, BOOLEAN);
static NTSTATUS(NTAPI *vl_original_NtQueryDirectoryFileEx)(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID,
                                                           PIO_STATUS_BLOCK, PVOID, ULONG,
                                                           FILE_INFORMATION_CLASS, ULONG,
                                                           PUNICODE_STRING);

/* Newer systems call the one from the other: the outer one does it. */
VL_THREAD static _Thread_local bool inside;

struct query {
    HANDLE handle, event;
    PIO_APC_ROUTINE routine;
    PVOID context, out;
    PIO_STATUS_BLOCK iosb;
    ULONG nbytes, flags;
    FILE_INFORMATION_CLASS what;
    PUNICODE_STRING pattern;
    bool ex;
};

static NTSTATUS ask_system(const struct query *q)
{
    NTSTATUS status;

    inside = true;
    status = q->ex ? vl_original_NtQueryDirectoryFileEx(q->handle, q->event, q->routine, q->context,
                                                        q->iosb, q->out, q->nbytes, q->what,
                                                        q->flags, q->pattern)
                   : vl_original_NtQueryDirectoryFile(
                         q->handle, q->event, q->routine, q->context, q->iosb, q->out, q->nbytes,
                         q->what, (q->flags & SINGLE) != 0, q->pattern, (q->flags & RESTART) != 0);
    inside = false;
    return status;
}

/* ---- names ---- */

static WCHAR upper(WCHAR c)
{
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - 32) : c;
}

static bool same(const WCHAR *a, const WCHAR *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (upper(a[i]) != upper(b[i]))
            return false;
    return !b[count];
}

/* Search expressions: * and ?, and DOS' < > " for them before a dot or the end. */
static bool fits(const WCHAR *pattern, const WCHAR *name)
{
    for (; *pattern; pattern++, name++) {
        if (*pattern == '*' || *pattern == '<') {
            do
                if (fits(pattern + 1, name))
                    return true;
            while (*name++);
            return false;
        }
        if (!*name) {
            if (*pattern != '>' && *pattern != '"')
                return false;
            name--; /* at the end they stand for nothing */
        } else if (*pattern == '"'
                       ? *name != '.'
                       : *pattern != '?' && *pattern != '>' && upper(*pattern) != upper(*name)) {
            return false;
        }
    }
    return !*name;
}

static size_t length_of(const WCHAR *text)
{
    size_t count = 0;

    while (text[count])
        count++;
    return count;
}

static int add_name(void *arg, const WCHAR *text, const struct ringer_file_info *info)
{
    struct scan *scan = arg;
    size_t count = length_of(text) + 1;
    struct name *name;

    if (scan->pattern && *scan->pattern && !fits(scan->pattern, text))
        return 0;
    name = malloc(sizeof *name + count * sizeof *text);
    if (!name)
        return 0;
    *name = (struct name){scan->names, *info, false};
    memcpy(name->text, text, count * sizeof *text);
    scan->names = name;
    return 0;
}

static void names_free(struct scan *scan)
{
    struct name *name;

    while ((name = scan->names)) {
        scan->names = name->next;
        free(name);
    }
}

/* ---- scans ---- */

static struct scan *find(HANDLE handle)
{
    struct scan *scan;

    if (!atomic_load_explicit(&scan_count, memory_order_relaxed))
        return NULL;
    AcquireSRWLockShared(&lock);
    for (scan = scans; scan && scan->handle != handle; scan = scan->next)
        ;
    ReleaseSRWLockShared(&lock);
    return scan;
}

void vl_list_closed(HANDLE handle)
{
    struct scan **at = &scans, *scan;

    if (!atomic_load_explicit(&scan_count, memory_order_relaxed))
        return;
    AcquireSRWLockExclusive(&lock);
    while (*at && (*at)->handle != handle)
        at = &(*at)->next;
    scan = *at;
    if (scan) {
        *at = scan->next;
        atomic_fetch_sub(&scan_count, 1);
    }
    ReleaseSRWLockExclusive(&lock);
    if (scan) {
        names_free(scan);
        free(scan->pattern);
    }
    free(scan);
}

static WCHAR *copy_of(const UNICODE_STRING *text)
{
    size_t nbytes = text && text->Buffer ? text->Length : 0;
    WCHAR *copy = calloc(1, nbytes + sizeof *copy);

    if (copy && nbytes)
        memcpy(copy, text->Buffer, nbytes);
    return copy;
}

static void look(struct scan *scan)
{
    WCHAR *folder = malloc(VL_PATH_MAX * sizeof *folder);
    DWORD n = 0;

    names_free(scan);
    scan->at_virtual = false;
    ringer_bypass_enter();
    if (folder)
        n = GetFinalPathNameByHandleW(scan->handle, folder, VL_PATH_MAX, 0);
    ringer_bypass_leave();
    if (n && n < VL_PATH_MAX)
        ringer_vfs_enumerate(vl_vfs, folder, add_name, scan);
    free(folder);
}

/* NULL: nothing virtual is in there, or no memory: the system's alone. */
static struct scan *scan_of(const struct query *q)
{
    struct scan *scan = find(q->handle);

    if (scan) {
        if (q->flags & RESTART)
            look(scan);
        return scan;
    }
    scan = calloc(1, sizeof *scan);
    if (!scan)
        return NULL;
    scan->handle = q->handle;
    scan->pattern = copy_of(q->pattern);
    look(scan);
    /* Also an empty one: a later call has no pattern any more. */
    AcquireSRWLockExclusive(&lock);
    scan->next = scans;
    scans = scan;
    atomic_fetch_add(&scan_count, 1);
    ReleaseSRWLockExclusive(&lock);
    return scan;
}

/* ---- entries ---- */

static const struct layout *layout_of(int what)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (layouts[i].what == what)
            return &layouts[i];
    return NULL;
}

static void put_facts(char *entry, const struct layout *layout, const struct ringer_file_info *info)
{
    INT64 facts[6] = {info->created, info->accessed,    info->written,
                      info->changed, (INT64)info->size, (INT64)info->allocation};

    if (layout->name_length < 60)
        return;
    memcpy(entry + 8, facts, sizeof facts);
    memcpy(entry + 56, &info->attributes, sizeof info->attributes);
    if (layout->id)
        memcpy(entry + layout->id, &info->id, sizeof info->id);
}

/* Real entries under which a virtual one lies. */
static void correct(struct scan *scan, const struct layout *layout, char *entry)
{
    for (ULONG next = 1; next; entry += next) {
        ULONG nbytes;

        memcpy(&next, entry, sizeof next);
        memcpy(&nbytes, entry + layout->name_length, sizeof nbytes);
        for (struct name *name = scan->names; name; name = name->next) {
            if (!same((const WCHAR *)(const void *)(entry + layout->name), name->text,
                      nbytes / sizeof(WCHAR)))
                continue;
            name->listed = true;
            put_facts(entry, layout, &name->info);
        }
    }
}

static struct name *next_name(struct scan *scan)
{
    struct name *name = scan->names;

    while (name && name->listed)
        name = name->next;
    return name;
}

static void put_entry(char *entry, const struct layout *layout, const struct name *name, ULONG held)
{
    ULONG nbytes = (ULONG)(length_of(name->text) * sizeof(WCHAR));

    memset(entry, 0, layout->name);
    put_facts(entry, layout, &name->info);
    memcpy(entry + layout->name_length, &nbytes, sizeof nbytes);
    memcpy(entry + layout->name, name->text, held);
}

/* As many as fit. first: nobody was told anything of this scan yet. */
static NTSTATUS put_names(struct scan *scan, const struct query *q, const struct layout *layout,
                          bool first)
{
    ULONG at = 0, last = 0, end = 0;
    struct name *name;

    while ((name = next_name(scan))) {
        ULONG name_nbytes = (ULONG)(length_of(name->text) * sizeof(WCHAR));

        if (at + layout->name + name_nbytes > q->nbytes) {
            if (at || !first)
                break;
            /* [D] The first entry of all may be cut. */
            put_entry(q->out, layout, name, q->nbytes - layout->name);
            q->iosb->Information = q->nbytes;
            return BUFFER_OVERFLOW;
        }
        put_entry((char *)q->out + at, layout, name, name_nbytes);
        name->listed = true;
        if (at) {
            ULONG step = at - last;

            memcpy((char *)q->out + last, &step, sizeof step);
        }
        last = at;
        end = at + layout->name + name_nbytes;
        at = (end + 7) & ~7u;
        if (q->flags & SINGLE)
            break;
    }
    q->iosb->Information = end;
    return end || next_name(scan) ? VL_SUCCESS : first ? NO_SUCH_FILE : NO_MORE_FILES;
}

static NTSTATUS list(const struct query *q)
{
    const struct layout *layout = layout_of((int)q->what);
    struct scan *scan = layout && q->nbytes >= layout->name + 2 ? scan_of(q) : NULL;
    NTSTATUS status = NO_MORE_FILES;
    bool first;

    if (!scan)
        return ask_system(q);
    first = !scan->began;
    if (!scan->at_virtual) {
        status = ask_system(q);
        if (status == VL_SUCCESS && q->iosb->Information)
            correct(scan, layout, q->out);
        if (status != NO_MORE_FILES && status != NO_SUCH_FILE) {
            scan->began |= status >= 0 || status == BUFFER_OVERFLOW;
            return status;
        }
        scan->at_virtual = true;
    }
    if (!scan->names)
        return status;
    status = put_names(scan, q, layout, first);
    scan->began = true;
    q->iosb->Status = status;
    ringer_bypass_enter();
    if (q->event)
        SetEvent(q->event);
    ringer_bypass_leave();
    return status;
}

static bool is_ours(HANDLE handle)
{
    return !inside && !ringer_bypass_active() && handle && !ringer_vfs_is_empty(vl_vfs);
}

static NTSTATUS NTAPI detour_NtQueryDirectoryFile(HANDLE handle, HANDLE event,
                                                  PIO_APC_ROUTINE routine, PVOID context,
                                                  PIO_STATUS_BLOCK iosb, PVOID out, ULONG nbytes,
                                                  FILE_INFORMATION_CLASS what, BOOLEAN single,
                                                  PUNICODE_STRING pattern, BOOLEAN restart)
{
    struct query q = {handle, event,   routine, context,
                      out,    iosb,    nbytes,  (single ? SINGLE : 0) | (restart ? RESTART : 0),
                      what,   pattern, false};

    if (is_ours(handle))
        return list(&q);
    return vl_original_NtQueryDirectoryFile(handle, event, routine, context, iosb, out, nbytes,
                                            what, single, pattern, restart);
}

static NTSTATUS NTAPI detour_NtQueryDirectoryFileEx(HANDLE handle, HANDLE event,
                                                    PIO_APC_ROUTINE routine, PVOID context,
                                                    PIO_STATUS_BLOCK iosb, PVOID out, ULONG nbytes,
                                                    FILE_INFORMATION_CLASS what, ULONG flags,
                                                    PUNICODE_STRING pattern)
{
    struct query q = {handle, event, routine, context, out, iosb,
                      nbytes, flags, what,    pattern, true};

    /* SL_NO_CURSOR_UPDATE_QUERY: only a look, of which we keep no account. */
    if (is_ours(handle) && !(flags & 0x10))
        return list(&q);
    return vl_original_NtQueryDirectoryFileEx(handle, event, routine, context, iosb, out, nbytes,
                                              what, flags, pattern);
}

const struct vl_detour vl_list_detours[] = {
    VL_DETOUR("ntdll", NtQueryDirectoryFile),
    VL_DETOUR("ntdll", NtQueryDirectoryFileEx),
    VL_DETOUR_END,
};
