// SPDX-License-Identifier: MIT
/* NtQueryInformationFile, NtQueryInformationByName, NtQueryAttributesFile and its full form. */
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

/* The path without its drive, as FileNameInformation shows it. */
static NTSTATUS fill_name(const struct emu_file_query *q, char *info, uint32_t info_nbytes,
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
static NTSTATUS fill_all(const struct emu_file_query *q, char *info, uint32_t info_nbytes,
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
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct emu_file_class *row = emu_file_class(parts[i]);

        row->fill(q, info + at);
        at += row->nbytes;
    }
    status = fill_name(q, info + at, info_nbytes - at, &name_nbytes);
    *written_out = at + name_nbytes;
    return status;
}

/* [D] GetFileInformationByHandleEx, FileStreamInfo: a file has its one unnamed stream here, a directory none. */
static NTSTATUS fill_stream(const struct emu_file_query *q, char *info, uint32_t info_nbytes,
                            uint32_t *written_out)
{
    static const uint16_t name[] = u"::$DATA";
    const uint32_t head = offsetof(FILE_STREAM_INFORMATION, StreamName), nbytes = sizeof name - 2;
    FILE_STREAM_INFORMATION stream = {.StreamNameLength = nbytes,
                                      .StreamSize.QuadPart = q->facts.size,
                                      .StreamAllocationSize.QuadPart = q->facts.allocated};

    if (info_nbytes < sizeof stream)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (q->facts.directory)
        return STATUS_END_OF_FILE;
    if (info_nbytes < head + nbytes)
        return STATUS_BUFFER_OVERFLOW;
    memcpy(info, &stream, head);
    memcpy(info + head, name, nbytes);
    *written_out = head + nbytes;
    return STATUS_SUCCESS;
}

static NTSTATUS fill_volume_name(char *info, uint32_t info_nbytes, uint32_t *written_out)
{
    static const uint16_t name[] = EMU_VOLUME_NAME;
    const uint32_t nbytes = sizeof name - 2;

    if (info_nbytes < sizeof(FILE_VOLUME_NAME_INFORMATION))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (info_nbytes < 4 + nbytes)
        return STATUS_BUFFER_OVERFLOW;
    memcpy(info, &nbytes, 4);
    memcpy(info + 4, name, nbytes);
    *written_out = 4 + nbytes;
    return STATUS_SUCCESS;
}

static NTSTATUS fill_fixed(struct emu_file_query *q, const struct emu_file_class *row, char *info,
                           uint32_t info_nbytes, uint32_t *written_out)
{
    NTSTATUS status;

    if (info_nbytes < row->nbytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    if ((q->access & row->access) != row->access)
        return STATUS_ACCESS_DENIED;
    status = emu_file_facts(q->file, &q->facts);
    if (status == STATUS_SUCCESS)
        row->fill(q, info);
    *written_out = row->nbytes;
    return status;
}

static NTSTATUS fill_class(struct emu_file_query *q, uint32_t information_class, char *info,
                           uint32_t info_nbytes, uint32_t *written_out)
{
    const struct emu_file_class *row = emu_file_class(information_class);
    NTSTATUS status;

    if (row)
        return fill_fixed(q, row, info, info_nbytes, written_out);
    switch (information_class) {
    case FilePipeInformation:
    case FilePipeLocalInformation:
        return q->file->ops == &emu_pipe_ops ? pipe_query(pipe_end_of(q->file), information_class,
                                                          info, info_nbytes, written_out)
                                             : STATUS_INVALID_PARAMETER;
    case FileNameInformation:
    case FileNormalizedNameInformation:
        return fill_name(q, info, info_nbytes, written_out);
    case FileVolumeNameInformation:
        return q->file->ops == &emu_disk_ops ? fill_volume_name(info, info_nbytes, written_out)
                                             : STATUS_INVALID_PARAMETER;
    case FileRemoteProtocolInformation:
        return STATUS_INVALID_PARAMETER; /* [D] of local files */
    case FileAllInformation:
    case FileStreamInformation:
        status = emu_file_facts(q->file, &q->facts);
        if (status != STATUS_SUCCESS)
            return status;
        return information_class == FileAllInformation
                   ? fill_all(q, info, info_nbytes, written_out)
                   : fill_stream(q, info, info_nbytes, written_out);
    default:
        EMU_FIXME("nt/query_information", "file information class %u", information_class);
        return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS emu_nt_query_information_file(emu_handle handle, struct emu_iosb *iosb, void *info,
                                       uint32_t info_nbytes, uint32_t information_class)
{
    const uint32_t most = 1u << 17; /* more than the longest name needs */
    uint32_t nbytes = info_nbytes < most ? info_nbytes : most, written = 0;
    struct emu_file_query q = {0};
    struct emu_object *obj;
    char *scratch;
    NTSTATUS status =
        emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_file_object_ops, &obj, &q.access);

    if (status != STATUS_SUCCESS)
        return status;
    q.file = emu_file_from_object(obj);
    emu_file_sim_look(q.file, false);
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

/* ---- by name ---- */

/* Opened for the moment, for attributes only, so that no sharing stands against it. */
static NTSTATUS query_named(const struct emu_object_name *name, const struct emu_file_class *row,
                            void *info)
{
    struct emu_disk_request request = {.access = FILE_READ_ATTRIBUTES,
                                       .share = FILE_SHARE_VALID_FLAGS,
                                       .disposition = FILE_OPEN,
                                       .options = FILE_OPEN_REPARSE_POINT};
    struct emu_file_query q = {.access = FILE_READ_ATTRIBUTES};
    uint32_t written = 0;
    uint64_t action;
    NTSTATUS status = emu_file_open_name(name, &request, &q.file, &action);

    if (status != STATUS_SUCCESS)
        return status;
    status = fill_fixed(&q, row, info, row->nbytes, &written);
    q.file->ops->close(q.file);
    emu_object_release(&q.file->obj);
    return status;
}

NTSTATUS emu_nt_query_attributes_file(const struct emu_object_name *name, void *info,
                                      uint32_t information_class)
{
    const struct emu_file_class *row = emu_file_class(information_class);
    uint64_t scratch[8] = {0};
    NTSTATUS status;

    if (!row || row->nbytes > sizeof scratch)
        return STATUS_INVALID_INFO_CLASS;
    if (!emu_probe_user(info, row->nbytes))
        return STATUS_ACCESS_VIOLATION;
    status = query_named(name, row, scratch);
    if (status == STATUS_SUCCESS && !emu_copy_to_user(info, scratch, row->nbytes))
        status = STATUS_ACCESS_VIOLATION;
    return status;
}

NTSTATUS emu_nt_query_information_by_name(const struct emu_object_name *name, struct emu_iosb *iosb,
                                          void *info, uint32_t info_nbytes,
                                          uint32_t information_class)
{
    const struct emu_file_class *row = emu_file_class(information_class);
    uint64_t scratch[16] = {0};
    NTSTATUS status;

    if (!emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    /* [D] The classes that need no open file. */
    if (!row || (information_class != FileStatInformation &&
                 information_class != FileStatBasicInformation &&
                 information_class != FileCaseSensitiveInformation))
        return STATUS_INVALID_INFO_CLASS;
    if (info_nbytes < row->nbytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    status = query_named(name, row, scratch);
    if (status == STATUS_SUCCESS && !emu_copy_to_user(info, scratch, row->nbytes))
        status = STATUS_ACCESS_VIOLATION;
    (void)emu_write_iosb(iosb, status, status == STATUS_SUCCESS ? row->nbytes : 0);
    return status;
}
