// SPDX-License-Identifier: MIT
/* NtQueryInformationFile. */
#include "emu/object/file_info.h"

#include "emu/base/log.h"
#include "emu/base/usermem.h"
#include "emu/object/disk.h"
#include "emu/object/file_access.h"
#include "emu/object/handle.h"
#include "emu/object/path.h"
#include "emu/object/pipe.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

struct query {
    struct emu_file *file;
    uint32_t access; /* of the handle */
    struct emu_file_facts facts;
};

typedef void fill_fn(const struct query *q, void *info);

static void fill_basic(const struct query *q, void *info)
{
    FILE_BASIC_INFORMATION *basic = info;

    basic->CreationTime.QuadPart = q->facts.created;
    basic->LastAccessTime.QuadPart = q->facts.accessed;
    basic->LastWriteTime.QuadPart = q->facts.written;
    basic->ChangeTime.QuadPart = q->facts.changed;
    basic->FileAttributes = q->facts.attributes;
}

static void fill_standard(const struct query *q, void *info)
{
    FILE_STANDARD_INFORMATION *standard = info;

    standard->AllocationSize.QuadPart = q->facts.allocated;
    standard->EndOfFile.QuadPart = q->facts.size;
    standard->NumberOfLinks = q->facts.links;
    standard->DeletePending = q->facts.delete_pending;
    standard->Directory = q->facts.directory;
}

static void fill_internal(const struct query *q, void *info)
{
    ((FILE_INTERNAL_INFORMATION *)info)->IndexNumber.QuadPart = (int64_t)q->facts.ino;
}

static void fill_ea(const struct query *q, void *info)
{
    *(uint32_t *)info = 0; /* extended attributes are not shown */
}

static void fill_access(const struct query *q, void *info)
{
    *(uint32_t *)info = q->access;
}

static void fill_position(const struct query *q, void *info)
{
    emu_long_lock_acquire(&q->file->position_lock);
    ((FILE_POSITION_INFORMATION *)info)->CurrentByteOffset.QuadPart = (int64_t)q->file->position;
    emu_long_lock_release(&q->file->position_lock);
}

static void fill_mode(const struct query *q, void *info)
{
    ((FILE_MODE_INFORMATION *)info)->Mode =
        q->file->options & (FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY |
                            FILE_NO_INTERMEDIATE_BUFFERING | FILE_SYNCHRONOUS_IO_ALERT |
                            FILE_SYNCHRONOUS_IO_NONALERT | FILE_DELETE_ON_CLOSE);
}

static void fill_alignment(const struct query *q, void *info)
{
    /* A mask: FILE_BYTE_ALIGNMENT is 0. */
    ((FILE_ALIGNMENT_INFORMATION *)info)->AlignmentRequirement = q->file->memory_nbytes - 1;
}

static void fill_network_open(const struct query *q, void *info)
{
    FILE_NETWORK_OPEN_INFORMATION *open = info;

    open->CreationTime.QuadPart = q->facts.created;
    open->LastAccessTime.QuadPart = q->facts.accessed;
    open->LastWriteTime.QuadPart = q->facts.written;
    open->ChangeTime.QuadPart = q->facts.changed;
    open->AllocationSize.QuadPart = q->facts.allocated;
    open->EndOfFile.QuadPart = q->facts.size;
    open->FileAttributes = q->facts.attributes;
}

static void fill_attribute_tag(const struct query *q, void *info)
{
    uint32_t tag[2] = {q->facts.attributes, 0};

    memcpy(info, tag, sizeof tag);
}

static void fill_notification(const struct query *q, void *info)
{
    ((FILE_IO_COMPLETION_NOTIFICATION_INFORMATION *)info)->Flags = q->file->port_modes;
}

static void fill_id(const struct query *q, void *info)
{
    uint64_t id[3] = {q->facts.dev, q->facts.ino, 0}; /* volume, then 128 bits of file */

    memcpy(info, id, sizeof id);
}

/* Classes of a fixed size. */
static const struct {
    uint32_t information_class, nbytes, access;
    fill_fn *fill;
} rows[] = {
    {FileBasicInformation, sizeof(FILE_BASIC_INFORMATION), FILE_READ_ATTRIBUTES, fill_basic},
    {FileStandardInformation, sizeof(FILE_STANDARD_INFORMATION), 0, fill_standard},
    {FileInternalInformation, sizeof(FILE_INTERNAL_INFORMATION), 0, fill_internal},
    {FileEaInformation, 4, 0, fill_ea},
    {FileAccessInformation, 4, 0, fill_access},
    {FilePositionInformation, sizeof(FILE_POSITION_INFORMATION), 0, fill_position},
    {FileModeInformation, sizeof(FILE_MODE_INFORMATION), 0, fill_mode},
    {FileAlignmentInformation, sizeof(FILE_ALIGNMENT_INFORMATION), 0, fill_alignment},
    {FileNetworkOpenInformation, sizeof(FILE_NETWORK_OPEN_INFORMATION), FILE_READ_ATTRIBUTES,
     fill_network_open},
    {FileAttributeTagInformation, 8, FILE_READ_ATTRIBUTES, fill_attribute_tag},
    {FileIoCompletionNotificationInformation, sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION), 0,
     fill_notification},
    {FileIdInformation, 24, 0, fill_id},
};

/* The path without its drive, as FileNameInformation shows it. */
static NTSTATUS fill_name(const struct query *q, char *info, uint32_t info_nbytes,
                          uint32_t *written_out)
{
    const uint32_t head = offsetof(FILE_NAME_INFORMATION, FileName);
    const char *path = q->file->ops == &emu_disk_ops ? emu_disk_path(q->file) : "";
    uint32_t nbytes, room;
    uint16_t *units;

    if (info_nbytes < sizeof(FILE_NAME_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    units = malloc(2 * strlen(path) + 2);
    if (!units)
        return STATUS_INSUFFICIENT_RESOURCES;
    nbytes = (uint32_t)(2 * emu_utf16_from_utf8(units, path, strlen(path)));
    for (uint32_t i = 0; i < nbytes / 2; i++)
        if (units[i] == '/')
            units[i] = '\\';
    room = info_nbytes - head < nbytes ? (info_nbytes - head) & ~1u : nbytes;
    memcpy(info, &nbytes, sizeof nbytes);
    memcpy(info + head, units, room);
    free(units);
    *written_out = head + room;
    return room < nbytes ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* FILE_ALL_INFORMATION is the others one behind the other, the name last. */
static NTSTATUS fill_all(const struct query *q, char *info, uint32_t info_nbytes,
                         uint32_t *written_out)
{
    static const uint32_t parts[] = {FileBasicInformation,    FileStandardInformation,
                                     FileInternalInformation, FileEaInformation,
                                     FileAccessInformation,   FilePositionInformation,
                                     FileModeInformation,     FileAlignmentInformation};
    const uint32_t fixed = 40 + 24 + 8 + 4 + 4 + 8 + 4 + 4;
    uint32_t at = 0, name_nbytes;
    NTSTATUS status;

    if (info_nbytes < fixed + sizeof(FILE_NAME_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
            if (rows[r].information_class == parts[i]) {
                rows[r].fill(q, info + at);
                at += rows[r].nbytes;
            }
    status = fill_name(q, info + at, info_nbytes - at, &name_nbytes);
    *written_out = at + name_nbytes;
    return status;
}

static NTSTATUS fill_class(struct query *q, uint32_t information_class, char *info,
                           uint32_t info_nbytes, uint32_t *written_out)
{
    NTSTATUS status;

    if (information_class == FilePipeInformation || information_class == FilePipeLocalInformation)
        return q->file->ops == &emu_pipe_ops
                   ? pipe_query(pipe_end_of(q->file), information_class, info, info_nbytes,
                                written_out)
                   : STATUS_INVALID_PARAMETER;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        if (rows[r].information_class != information_class)
            continue;
        if (info_nbytes < rows[r].nbytes)
            return STATUS_INFO_LENGTH_MISMATCH;
        if ((q->access & rows[r].access) != rows[r].access)
            return STATUS_ACCESS_DENIED;
        status = emu_file_facts(q->file, &q->facts);
        if (status == STATUS_SUCCESS)
            rows[r].fill(q, info);
        *written_out = rows[r].nbytes;
        return status;
    }
    if (information_class == FileNameInformation)
        return fill_name(q, info, info_nbytes, written_out);
    if (information_class == FileAllInformation) {
        status = emu_file_facts(q->file, &q->facts);
        return status == STATUS_SUCCESS ? fill_all(q, info, info_nbytes, written_out) : status;
    }
    EMU_FIXME("nt/query_information", "file information class %u", information_class);
    return STATUS_INVALID_INFO_CLASS;
}

NTSTATUS emu_nt_query_information_file(emu_handle handle, struct emu_iosb *iosb, void *info,
                                       uint32_t info_nbytes, uint32_t information_class)
{
    const uint32_t most = 1u << 17; /* more than the longest name needs */
    uint32_t nbytes = info_nbytes < most ? info_nbytes : most, written = 0;
    struct query q = {0};
    struct emu_object *obj;
    char *scratch;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_file_object_ops, &obj,
                                        &q.access);

    if (status != STATUS_SUCCESS)
        return status;
    q.file = emu_file_from_object(obj);
    scratch = calloc(1, nbytes + 8);
    status = scratch ? fill_class(&q, information_class, scratch, nbytes, &written)
                     : STATUS_INSUFFICIENT_RESOURCES;
    emu_object_release(obj);
    if (status >= 0 || status == STATUS_BUFFER_OVERFLOW) {
        if (!emu_copy_to_user(info, scratch, written) || !emu_write_iosb(iosb, status, written))
            status = STATUS_ACCESS_VIOLATION;
    }
    free(scratch);
    return status;
}
