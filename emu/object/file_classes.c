// SPDX-License-Identifier: MIT
/* The information classes of a fixed size: what a file is, in the shape of each. */
#include "emu/object/file_info.h"

#include <string.h>
#include <winternl.h>

static void fill_basic(const struct emu_file_query *q, void *info)
{
    FILE_BASIC_INFORMATION *basic = info;

    basic->CreationTime.QuadPart = q->facts.created;
    basic->LastAccessTime.QuadPart = q->facts.accessed;
    basic->LastWriteTime.QuadPart = q->facts.written;
    basic->ChangeTime.QuadPart = q->facts.changed;
    basic->FileAttributes = q->facts.attributes;
}

static void fill_standard(const struct emu_file_query *q, void *info)
{
    FILE_STANDARD_INFORMATION *standard = info;

    standard->AllocationSize.QuadPart = q->facts.allocated;
    standard->EndOfFile.QuadPart = q->facts.size;
    standard->NumberOfLinks = q->facts.links;
    standard->DeletePending = q->facts.delete_pending;
    standard->Directory = q->facts.directory;
}

static void fill_internal(const struct emu_file_query *q, void *info)
{
    ((FILE_INTERNAL_INFORMATION *)info)->IndexNumber.QuadPart = (int64_t)q->facts.ino;
}

static void fill_ea(const struct emu_file_query *q, void *info)
{
    *(uint32_t *)info = 0; /* extended attributes are not shown */
}

static void fill_access(const struct emu_file_query *q, void *info)
{
    *(uint32_t *)info = q->access;
}

static void fill_position(const struct emu_file_query *q, void *info)
{
    emu_long_lock_acquire(&q->file->position_lock);
    ((FILE_POSITION_INFORMATION *)info)->CurrentByteOffset.QuadPart = (int64_t)q->file->position;
    emu_long_lock_release(&q->file->position_lock);
}

static void fill_mode(const struct emu_file_query *q, void *info)
{
    ((FILE_MODE_INFORMATION *)info)->Mode =
        q->file->options &
        (FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_NO_INTERMEDIATE_BUFFERING |
         FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT | FILE_DELETE_ON_CLOSE);
}

static void fill_alignment(const struct emu_file_query *q, void *info)
{
    /* A mask: FILE_BYTE_ALIGNMENT is 0. */
    ((FILE_ALIGNMENT_INFORMATION *)info)->AlignmentRequirement = q->file->memory_nbytes - 1;
}

static void fill_network_open(const struct emu_file_query *q, void *info)
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

static void fill_attribute_tag(const struct emu_file_query *q, void *info)
{
    uint32_t tag[2] = {q->facts.attributes, 0};

    memcpy(info, tag, sizeof tag);
}

static void fill_notification(const struct emu_file_query *q, void *info)
{
    ((FILE_IO_COMPLETION_NOTIFICATION_INFORMATION *)info)->Flags = q->file->port_modes;
}

static void fill_id(const struct emu_file_query *q, void *info)
{
    uint64_t id[3] = {q->facts.dev, q->facts.ino, 0}; /* volume, then 128 bits of file */

    memcpy(info, id, sizeof id);
}

static void fill_stat(const struct emu_file_query *q, void *info)
{
    FILE_STAT_INFORMATION *stat = info;

    stat->FileId.QuadPart = (int64_t)q->facts.ino;
    stat->CreationTime.QuadPart = q->facts.created;
    stat->LastAccessTime.QuadPart = q->facts.accessed;
    stat->LastWriteTime.QuadPart = q->facts.written;
    stat->ChangeTime.QuadPart = q->facts.changed;
    stat->AllocationSize.QuadPart = q->facts.allocated;
    stat->EndOfFile.QuadPart = q->facts.size;
    stat->FileAttributes = q->facts.attributes;
    stat->NumberOfLinks = q->facts.links;
    /* [I] Owners and their rights are not asked: only the read-only attribute takes something away. */
    stat->EffectiveAccess =
        q->facts.attributes & FILE_ATTRIBUTE_READONLY
            ? FILE_ALL_ACCESS & ~(ACCESS_MASK)(FILE_WRITE_DATA | FILE_APPEND_DATA)
            : FILE_ALL_ACCESS;
}

static void fill_stat_basic(const struct emu_file_query *q, void *info)
{
    FILE_STAT_BASIC_INFORMATION *stat = info;

    stat->FileId.QuadPart = (int64_t)q->facts.ino;
    stat->CreationTime.QuadPart = q->facts.created;
    stat->LastAccessTime.QuadPart = q->facts.accessed;
    stat->LastWriteTime.QuadPart = q->facts.written;
    stat->ChangeTime.QuadPart = q->facts.changed;
    stat->AllocationSize.QuadPart = q->facts.allocated;
    stat->EndOfFile.QuadPart = q->facts.size;
    stat->FileAttributes = q->facts.attributes;
    stat->NumberOfLinks = q->facts.links;
    stat->DeviceType = FILE_DEVICE_DISK;
    stat->DeviceCharacteristics = 0x20; /* FILE_DEVICE_IS_MOUNTED */
    stat->VolumeSerialNumber.QuadPart = (int64_t)q->facts.dev;
    memcpy(&stat->FileId128, &q->facts.ino, sizeof q->facts.ino);
}

static void fill_standard_link(const struct emu_file_query *q, void *info)
{
    FILE_STANDARD_LINK_INFORMATION *link = info;

    link->NumberOfAccessibleLinks = q->facts.links;
    link->TotalNumberOfLinks = q->facts.links + q->facts.delete_pending;
    link->DeletePending = q->facts.delete_pending;
    link->Directory = q->facts.directory;
}

/* Nothing is compressed: the size is what the file takes on the disk. */
static void fill_compression(const struct emu_file_query *q, void *info)
{
    FILE_COMPRESSION_INFORMATION *compression = info;

    compression->CompressedFileSize.QuadPart =
        q->facts.allocated < q->facts.size ? q->facts.allocated : q->facts.size;
}

static void fill_zero(const struct emu_file_query *q, void *info)
{
    (void)q;
    (void)info; /* a case-sensitive directory, a remote device: no */
}

static void fill_priority(const struct emu_file_query *q, void *info)
{
    (void)q;
    ((FILE_IO_PRIORITY_HINT_INFORMATION *)info)->PriorityHint = IoPriorityNormal;
}

static const struct emu_file_class rows[] = {
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
    {FileIoCompletionNotificationInformation, sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION),
     0, fill_notification},
    {FileIdInformation, 24, 0, fill_id},
    {FileStatInformation, sizeof(FILE_STAT_INFORMATION), FILE_READ_ATTRIBUTES, fill_stat},
    {FileStatBasicInformation, sizeof(FILE_STAT_BASIC_INFORMATION), FILE_READ_ATTRIBUTES,
     fill_stat_basic},
    {FileStandardLinkInformation, sizeof(FILE_STANDARD_LINK_INFORMATION), 0, fill_standard_link},
    {FileCompressionInformation, sizeof(FILE_COMPRESSION_INFORMATION), 0, fill_compression},
    {FileCaseSensitiveInformation, sizeof(FILE_CASE_SENSITIVE_INFORMATION), FILE_READ_ATTRIBUTES,
     fill_zero},
    {FileIsRemoteDeviceInformation, 1, 0, fill_zero},
    {FileIoPriorityHintInformation, sizeof(FILE_IO_PRIORITY_HINT_INFORMATION), 0, fill_priority},
};

const struct emu_file_class *emu_file_class(uint32_t information_class)
{
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        if (rows[r].information_class == information_class)
            return &rows[r];
    return NULL;
}
