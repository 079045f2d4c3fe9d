// SPDX-License-Identifier: MIT
/*
 * NtQueryDirectoryFile. A scan reads the whole directory when it starts or starts again, sorts the names
 * as NTFS does, and hands them out call by call; what goes meanwhile is left out, what comes is not seen.
 * [D] Changes during a scan may or may not be.
 */
#include "emu/object/directory.h"

#include "emu/base/log.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/object/directory_classes.h"
#include "emu/object/disk.h"
#include "emu/object/handle.h"
#include "emu/object/name.h"
#include "emu/object/path.h"
#include "emu/object/request.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winternl.h>

struct entry {
    uint32_t units;   /* of its name */
    char *linux_name; /* behind the units */
    uint16_t name[];
};

struct emu_directory {    /* position lock of its file, as everything here */
    uint16_t *expression; /* NULL: everything. Owned */
    uint32_t expression_units;
    uint8_t *scratch;       /* emu_name_match's */
    struct entry **entries; /* that match, in order */
    size_t count, capacity, next;
};

static void forget_entries(struct emu_directory *directory)
{
    for (size_t i = 0; i < directory->count; i++)
        free(directory->entries[i]);
    free(directory->entries);
    directory->entries = NULL;
    directory->count = directory->capacity = directory->next = 0;
}

void emu_directory_destroy(struct emu_directory *directory)
{
    if (!directory)
        return;
    forget_entries(directory);
    free(directory->expression);
    free(directory->scratch);
    free(directory);
}

/* [I] What no name can have, no expression may ask for. */
static bool valid_expression(const uint16_t *units, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (units[i] < 32 || units[i] == '\\' || units[i] == '/' || units[i] == ':' ||
            units[i] == '|')
            return false;
    return true;
}

/* [D] The expression of the first call stays for good. */
static NTSTATUS create(const struct emu_object_name *pattern, struct emu_directory **directory_out)
{
    struct emu_directory *directory = calloc(1, sizeof *directory);
    uint32_t units = pattern && pattern->chars ? pattern->nbytes / 2 : 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (!directory)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (units) {
        directory->expression = malloc(units * 2);
        directory->scratch = malloc(2 * (units + 1));
        directory->expression_units = units;
        if (!directory->expression || !directory->scratch)
            status = STATUS_INSUFFICIENT_RESOURCES;
        else if (!emu_copy_from_user(directory->expression, pattern->chars, units * 2))
            status = STATUS_ACCESS_VIOLATION;
        else if (!valid_expression(directory->expression, units))
            status = STATUS_OBJECT_NAME_INVALID;
    }
    if (status != STATUS_SUCCESS) {
        emu_directory_destroy(directory);
        return status;
    }
    *directory_out = directory;
    return STATUS_SUCCESS;
}

/* ---- reading ---- */

static bool matches(const struct emu_directory *directory, const struct entry *entry)
{
    return !directory->expression ||
           emu_name_match(directory->expression, directory->expression_units, entry->name,
                          entry->units, directory->scratch);
}

/* False without memory. */
static bool add(struct emu_directory *directory, const char *linux_name)
{
    size_t nbytes = strlen(linux_name);
    struct entry *entry = malloc(sizeof *entry + 3 * nbytes + 1);

    if (!entry)
        return false;
    entry->units = (uint32_t)emu_utf16_from_utf8(entry->name, linux_name, nbytes);
    entry->linux_name = (char *)(entry->name + nbytes);
    memcpy(entry->linux_name, linux_name, nbytes + 1);
    if (!matches(directory, entry)) {
        free(entry);
        return true;
    }
    if (directory->count == directory->capacity) {
        size_t capacity = directory->capacity ? 2 * directory->capacity : 32;
        struct entry **grown = realloc(directory->entries, capacity * sizeof *grown);

        if (!grown) {
            free(entry);
            return false;
        }
        directory->entries = grown;
        directory->capacity = capacity;
    }
    directory->entries[directory->count++] = entry;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct entry *a = *(struct entry *const *)left, *b = *(struct entry *const *)right;
    int order = emu_name_compare(a->name, a->units, b->name, b->units);

    /* Names that differ in case only have an order too, so that each scan has the same. */
    return order ? order : strcmp(a->linux_name, b->linux_name);
}

/* [D] FindFirstFile: "." and ".." come first, and a volume's root has none. */
static bool add_dots(struct emu_directory *directory, const char *path)
{
    return emu_path_is_root(path) || (add(directory, ".") && add(directory, ".."));
}

static NTSTATUS read_all(struct emu_directory *directory, struct emu_file *file)
{
    int fd = openat(file->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *found;
    size_t dots;
    bool room;

    if (!dir) {
        int err = errno;

        if (fd >= 0)
            close(fd);
        return emu_status_from_errno(err);
    }
    forget_entries(directory);
    room = add_dots(directory, emu_disk_path(file));
    dots = directory->count;
    while (room && (found = readdir(dir)))
        if (strcmp(found->d_name, ".") && strcmp(found->d_name, ".."))
            room = add(directory, found->d_name);
    closedir(dir);
    if (!room) {
        forget_entries(directory);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (directory->count > dots)
        qsort(directory->entries + dots, directory->count - dots, sizeof *directory->entries,
              compare);
    return STATUS_SUCCESS;
}

/* ---- handing out ---- */

struct page {
    const struct emu_directory_class *row;
    char *bytes;                 /* zeros, 8-byte aligned */
    uint32_t nbytes, used, last; /* last: where the last entry starts */
    bool any;
};

/* False: no room. The name of a first entry that does not fit is cut: cut_out. */
static bool put(struct page *page, const struct entry *entry, const struct emu_file_facts *facts,
                bool first, bool *cut_out)
{
    uint32_t at = page->any ? (page->used + 7) & ~7u : 0, name_nbytes = entry->units * 2;
    uint32_t room;

    if (at > page->nbytes || page->nbytes - at < page->row->name_at)
        return false;
    room = page->nbytes - at - page->row->name_at;
    if (room < name_nbytes && (page->any || !first))
        return false;
    *cut_out = room < name_nbytes;
    page->row->fill(facts, page->bytes + at);
    memcpy(page->bytes + at + page->row->name_length_at, &name_nbytes, sizeof name_nbytes);
    memcpy(page->bytes + at + page->row->name_at, entry->name, *cut_out ? room & ~1u : name_nbytes);
    if (page->any) {
        uint32_t step = at - page->last;

        memcpy(page->bytes + page->last, &step, sizeof step); /* NextEntryOffset */
    }
    page->any = true;
    page->last = at;
    page->used = at + page->row->name_at + (*cut_out ? room & ~1u : name_nbytes);
    return true;
}

static NTSTATUS fill_page(struct emu_directory *directory, struct emu_file *file, struct page *page,
                          bool first, bool single)
{
    bool cut = false;

    while (directory->next < directory->count && !(single && page->any)) {
        const struct entry *entry = directory->entries[directory->next];
        struct emu_file_facts facts = {0};

        /* Gone meanwhile. Facts that cannot be had do not hide a name. */
        if (page->row->information_class != FileNamesInformation &&
            emu_file_facts_at(file->fd, entry->linux_name, &facts) ==
                STATUS_OBJECT_NAME_NOT_FOUND) {
            directory->next++;
            continue;
        }
        if (!put(page, entry, &facts, first, &cut))
            return STATUS_SUCCESS; /* [D] on a later call without any entry at all, too */
        if (cut)
            return STATUS_BUFFER_OVERFLOW; /* [I] it is the next one still */
        directory->next++;
    }
    if (page->any)
        return STATUS_SUCCESS;
    return first ? STATUS_NO_SUCH_FILE : STATUS_NO_MORE_FILES;
}

struct query {
    struct emu_file *file;
    const struct emu_directory_class *row;
    void *info; /* user memory */
    uint32_t info_nbytes, flags;
    const struct emu_object_name *pattern;
};

/* Position lock held. */
static NTSTATUS scan_locked(const struct query *q, uint64_t *written_out)
{
    const uint32_t most = 1u << 18;
    struct page page = {.row = q->row, .nbytes = q->info_nbytes < most ? q->info_nbytes : most};
    struct emu_disk *disk = (struct emu_disk *)q->file;
    bool first = !disk->scan;
    NTSTATUS status = STATUS_SUCCESS;
    size_t before;

    if (first)
        status = create(q->pattern, &disk->scan);
    if (status == STATUS_SUCCESS && (first || (q->flags & SL_RESTART_SCAN)))
        status = read_all(disk->scan, q->file);
    if (status == STATUS_SUCCESS) {
        page.bytes = calloc(1, page.nbytes + 8);
        if (!page.bytes)
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (status != STATUS_SUCCESS) {
        if (first) { /* nothing was captured */
            emu_directory_destroy(disk->scan);
            disk->scan = NULL;
        }
        return status;
    }
    before = disk->scan->next;
    status = fill_page(disk->scan, q->file, &page, first, q->flags & SL_RETURN_SINGLE_ENTRY);
    if (page.used && !emu_copy_to_user(q->info, page.bytes, page.used))
        status = STATUS_ACCESS_VIOLATION;
    else
        *written_out = page.used;
    if (status == STATUS_ACCESS_VIOLATION || (q->flags & SL_NO_CURSOR_UPDATE_QUERY))
        disk->scan->next = before;
    free(page.bytes);
    return status;
}

static NTSTATUS query(const struct query *q, emu_handle event, uint64_t apc_routine,
                      uint64_t apc_context, struct emu_iosb *iosb)
{
    struct emu_request *request;
    uint64_t written = 0;
    NTSTATUS status;

    emu_sim_before(RINGER_SIM_CALL_FILE, false);
    status = emu_request_create(q->file, EMU_IO_INLINE, event, apc_routine ? 0 : apc_context, iosb,
                                &request);
    if (status != STATUS_SUCCESS)
        return status;
    if (apc_routine)
        status = emu_request_call(request, apc_routine, apc_context);
    if (status != STATUS_SUCCESS) {
        emu_request_release(request);
        return status;
    }
    emu_long_lock_acquire(&q->file->position_lock);
    status = scan_locked(q, &written);
    emu_long_lock_release(&q->file->position_lock);
    return emu_request_ended(request, status, written);
}

NTSTATUS emu_nt_query_directory_file(emu_handle handle, emu_handle event, uint64_t apc_routine,
                                     uint64_t apc_context,
                                     struct emu_iosb *iosb, void *info, uint32_t info_nbytes,
                                     uint32_t information_class, uint32_t flags,
                                     const struct emu_object_name *pattern)
{
    struct query q = {.row = emu_directory_class(information_class),
                      .info = info,
                      .info_nbytes = info_nbytes,
                      .flags = flags,
                      .pattern = pattern};
    struct emu_object *obj;
    NTSTATUS status;

    if (!emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    if (!q.row)
        return STATUS_INVALID_INFO_CLASS;
    if (flags & ~(uint32_t)(SL_RESTART_SCAN | SL_RETURN_SINGLE_ENTRY | SL_INDEX_SPECIFIED |
                            SL_RETURN_ON_DISK_ENTRIES_ONLY | SL_NO_CURSOR_UPDATE_QUERY))
        return STATUS_INVALID_PARAMETER;
    if (info_nbytes < q.row->nbytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (pattern && pattern->nbytes % 2)
        return STATUS_OBJECT_NAME_INVALID;
    status = emu_handle_lookup(handle, FILE_LIST_DIRECTORY, &emu_file_object_ops, &obj, NULL);
    if (status != STATUS_SUCCESS)
        return status;
    q.file = emu_file_from_object(obj);
    if (q.file->kind != EMU_FILE_DIRECTORY || q.file->ops != &emu_disk_ops)
        status = STATUS_INVALID_PARAMETER; /* [I] a file, a pipe: nothing is in it */
    else
        status = query(&q, event, apc_routine, apc_context, iosb);
    emu_object_release(obj);
    return status;
}
