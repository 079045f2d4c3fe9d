// SPDX-License-Identifier: MIT
/* NtQueryVolumeInformationFile. */
#include "emu/base/log.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/object/file_access.h"
#include "emu/object/file_info.h"
#include "emu/object/handle.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <winternl.h>

#define FILE_DEVICE_IS_MOUNTED 0x20
#define FILE_DEVICE_NETWORK 0x12 /* what sockets answer: their driver is a network one */

static NTSTATUS fill_device(struct emu_file *file, void *info, uint32_t *written_out)
{
    FILE_FS_DEVICE_INFORMATION device = {0, 0};

    switch (file->kind) {
    case EMU_FILE_PIPE:
        device.DeviceType = FILE_DEVICE_NAMED_PIPE;
        break;
    case EMU_FILE_SOCKET:
        device.DeviceType = FILE_DEVICE_NETWORK;
        break;
    case EMU_FILE_DEVICE:
        device.DeviceType = !file->stream        ? FILE_DEVICE_NULL
                            : isatty(file->fd) ? FILE_DEVICE_CONSOLE
                                               : FILE_DEVICE_NAMED_PIPE;
        break;
    default:
        device.DeviceType = FILE_DEVICE_DISK;
        device.Characteristics = FILE_DEVICE_IS_MOUNTED;
    }
    memcpy(info, &device, sizeof device);
    *written_out = sizeof device;
    return STATUS_SUCCESS;
}

static NTSTATUS fill_size(struct emu_file *file, uint32_t information_class, void *info,
                          uint32_t *written_out)
{
    uint32_t sector = file->sector_nbytes, unit;
    struct statfs fs;
    /* FileFsFullSize has one more amount before the two 32-bit numbers. */
    int64_t amounts[3];
    uint32_t units[2];
    uint32_t n = information_class == FileFsFullSizeInformation ? 24 : 16;

    if (file->fd < 0)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (fstatfs(file->fd, &fs) != 0)
        return emu_status_from_errno(errno);
    unit = fs.f_bsize >= sector ? (uint32_t)fs.f_bsize : sector;
    amounts[0] = (int64_t)fs.f_blocks;
    amounts[1] = (int64_t)fs.f_bavail;
    amounts[2] = (int64_t)fs.f_bfree;
    units[0] = unit / sector;
    units[1] = sector;
    memcpy(info, amounts, n);
    memcpy((char *)info + n, units, sizeof units);
    *written_out = n + 8;
    return STATUS_SUCCESS;
}

static NTSTATUS fill_volume(struct emu_file *file, void *info, uint32_t *written_out)
{
    FILE_FS_VOLUME_INFORMATION volume = {.SupportsObjects = 0};
    struct emu_file_facts facts;
    NTSTATUS status = emu_file_facts(file, &facts);

    if (status != STATUS_SUCCESS)
        return status;
    volume.VolumeSerialNumber = (uint32_t)facts.dev;
    memcpy(info, &volume, offsetof(FILE_FS_VOLUME_INFORMATION, VolumeLabel));
    *written_out = offsetof(FILE_FS_VOLUME_INFORMATION, VolumeLabel);
    return STATUS_SUCCESS;
}

/* FILE_FS_SECTOR_SIZE_INFORMATION: seven 32-bit numbers. */
static NTSTATUS fill_sectors(struct emu_file *file, void *info, uint32_t *written_out)
{
    uint32_t sector = file->sector_nbytes, physical = sector > 4096 ? sector : 4096;
    /* logical; physical for atomicity, performance, effective; flags: aligned; offsets */
    uint32_t numbers[7] = {sector, physical, physical, physical, 3, 0, 0};

    memcpy(info, numbers, sizeof numbers);
    *written_out = sizeof numbers;
    return STATUS_SUCCESS;
}

static uint32_t least_nbytes(uint32_t information_class)
{
    switch (information_class) {
    case FileFsVolumeInformation:
        return sizeof(FILE_FS_VOLUME_INFORMATION);
    case FileFsSizeInformation:
        return sizeof(FILE_FS_SIZE_INFORMATION);
    case FileFsDeviceInformation:
        return sizeof(FILE_FS_DEVICE_INFORMATION);
    case FileFsFullSizeInformation:
        return 32;
    case FileFsSectorSizeInformation:
        return 28;
    default:
        return 0;
    }
}

static NTSTATUS fill(struct emu_file *file, uint32_t information_class, void *info,
                     uint32_t *written_out)
{
    switch (information_class) {
    case FileFsVolumeInformation:
        return fill_volume(file, info, written_out);
    case FileFsDeviceInformation:
        return fill_device(file, info, written_out);
    case FileFsSectorSizeInformation:
        return fill_sectors(file, info, written_out);
    default:
        return fill_size(file, information_class, info, written_out);
    }
}

NTSTATUS emu_nt_query_volume_information_file(emu_handle handle, struct emu_iosb *iosb, void *info,
                                              uint32_t info_nbytes, uint32_t information_class)
{
    uint32_t least = least_nbytes(information_class), written = 0;
    uint64_t scratch[8] = {0};
    struct emu_file *file;
    NTSTATUS status = emu_file_lookup(handle, EMU_ACCESS_ANY, &file);

    if (status != STATUS_SUCCESS)
        return status;
    if (!least) {
        EMU_FIXME("nt/query_volume", "volume information class %u", information_class);
        status = STATUS_INVALID_INFO_CLASS;
    } else if (info_nbytes < least) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else {
        status = fill(file, information_class, scratch, &written);
    }
    emu_object_release(&file->obj);
    if (status == STATUS_SUCCESS &&
        (!emu_copy_to_user(info, scratch, written) || !emu_write_iosb(iosb, status, written)))
        status = STATUS_ACCESS_VIOLATION;
    return status;
}
