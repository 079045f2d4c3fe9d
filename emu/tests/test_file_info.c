// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"

#include <stddef.h>

static NTSTATUS query(emu_handle h, void *info, uint32_t nbytes, uint32_t information_class,
                      uint64_t *written_out)
{
    struct emu_iosb iosb = {.information = 0};
    NTSTATUS status = emu_nt_query_information_file(h, &iosb, info, nbytes, information_class);

    *written_out = iosb.information;
    return status;
}

Test(file_info, sizes_and_attributes)
{
    const char *folder = scratch();
    FILE_STANDARD_INFORMATION standard;
    FILE_NETWORK_OPEN_INFORMATION network;
    FILE_BASIC_INFORMATION basic;
    FILE_MODE_INFORMATION mode;
    uint32_t access;
    uint64_t n, id[3];
    emu_handle h;

    put_file(folder, "f", "0123456789", 10);
    h = must_open(folder, "f", FILE_GENERIC_READ, FILE_OPEN, SYNC);
    cr_assert_eq(query(h, &standard, sizeof standard, FileStandardInformation, &n), STATUS_SUCCESS);
    cr_assert(n == sizeof standard && standard.EndOfFile.QuadPart == 10 &&
              standard.NumberOfLinks == 1 && !standard.Directory && !standard.DeletePending);
    cr_assert_eq(query(h, &standard, sizeof standard - 1, FileStandardInformation, &n),
                 STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(query(h, &standard, sizeof standard, 9999, &n), STATUS_INVALID_INFO_CLASS);
    cr_assert_eq(query(h, (void *)64, sizeof standard, FileStandardInformation, &n),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(query(h, &network, sizeof network, FileNetworkOpenInformation, &n),
                 STATUS_SUCCESS);
    cr_assert_eq(network.EndOfFile.QuadPart, 10);
    cr_assert_eq(query(h, &basic, sizeof basic, FileBasicInformation, &n), STATUS_SUCCESS);
    cr_assert(basic.LastWriteTime.QuadPart > INT64_C(0x1D0000000000000));
    cr_assert_eq(basic.FileAttributes, FILE_ATTRIBUTE_ARCHIVE);
    cr_assert_eq(query(h, &mode, sizeof mode, FileModeInformation, &n), STATUS_SUCCESS);
    cr_assert_eq(mode.Mode, SYNC);
    cr_assert_eq(query(h, &access, 4, FileAccessInformation, &n), STATUS_SUCCESS);
    cr_assert_eq(access, FILE_GENERIC_READ);
    cr_assert_eq(query(h, id, sizeof id, FileIdInformation, &n), STATUS_SUCCESS);
    cr_assert_neq(id[1], 0);
    emu_nt_close(h);
    cr_assert_eq(query(h, id, sizeof id, FileIdInformation, &n), STATUS_INVALID_HANDLE);
    scratch_remove(folder);
}

Test(file_info, name_is_cut_with_a_warning)
{
    const char *folder = scratch();
    union {
        FILE_NAME_INFORMATION name;
        char all[512];
    } info;
    uint64_t n;
    emu_handle h;

    put_file(folder, "f", "x", 1);
    h = must_open(folder, "f", FILE_GENERIC_READ, FILE_OPEN, SYNC);
    cr_assert_eq(query(h, &info, sizeof info, FileNameInformation, &n), STATUS_SUCCESS);
    cr_assert_eq(info.name.FileNameLength, 2 * (strlen(folder) + 2));
    cr_assert(!memcmp(info.name.FileName, u"\\tmp\\", 10));
    cr_assert_eq(query(h, &info, 12, FileNameInformation, &n), STATUS_BUFFER_OVERFLOW);
    cr_assert_eq(n, 12);
    cr_assert_eq(info.name.FileNameLength, 2 * (strlen(folder) + 2));
    cr_assert_eq(query(h, &info, sizeof info, FileAllInformation, &n), STATUS_SUCCESS);
    cr_assert_eq(n, 96 + 4 + 2 * (strlen(folder) + 2));
    emu_nt_close(h);
    scratch_remove(folder);
}

Test(file_info, set_sizes_and_position)
{
    const char *folder = scratch();
    FILE_END_OF_FILE_INFORMATION end = {.EndOfFile.QuadPart = 3};
    FILE_POSITION_INFORMATION position = {.CurrentByteOffset.QuadPart = 2};
    FILE_STANDARD_INFORMATION standard;
    struct emu_iosb iosb;
    char buffer[8];
    uint64_t n;
    emu_handle h;

    put_file(folder, "f", "0123456789", 10);
    h = must_open(folder, "f", RW, FILE_OPEN, SYNC);
    cr_assert_eq(emu_nt_set_information_file(h, &iosb, &end, sizeof end, FileEndOfFileInformation),
                 STATUS_SUCCESS);
    cr_assert_eq(emu_nt_set_information_file(h, &iosb, &end, 4, FileEndOfFileInformation),
                 STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(query(h, &standard, sizeof standard, FileStandardInformation, &n), STATUS_SUCCESS);
    cr_assert_eq(standard.EndOfFile.QuadPart, 3);
    cr_assert_eq(emu_nt_set_information_file(h, &iosb, &position, sizeof position,
                                             FilePositionInformation),
                 STATUS_SUCCESS);
    cr_assert_eq(read_at(h, buffer, 8, INT64_MIN, &n), STATUS_SUCCESS);
    cr_assert(n == 1 && buffer[0] == '2');
    cr_assert_eq(query(h, &position, sizeof position, FilePositionInformation, &n), STATUS_SUCCESS);
    cr_assert_eq(position.CurrentByteOffset.QuadPart, 3);
    emu_nt_close(h);
    h = must_open(folder, "f", FILE_GENERIC_READ, FILE_OPEN, SYNC);
    cr_assert_eq(emu_nt_set_information_file(h, &iosb, &end, sizeof end, FileEndOfFileInformation),
                 STATUS_ACCESS_DENIED);
    emu_nt_close(h);
    scratch_remove(folder);
}

Test(file_info, volume)
{
    const char *folder = scratch();
    FILE_FS_DEVICE_INFORMATION device;
    FILE_FS_SIZE_INFORMATION size;
    struct emu_iosb iosb;
    struct test_name t;
    emu_handle h;

    put_file(folder, "f", "x", 1);
    h = must_open(folder, "f", FILE_GENERIC_READ, FILE_OPEN, SYNC);
    cr_assert_eq(emu_nt_query_volume_information_file(h, &iosb, &device, sizeof device,
                                                      FileFsDeviceInformation),
                 STATUS_SUCCESS);
    cr_assert_eq(device.DeviceType, FILE_DEVICE_DISK);
    cr_assert_eq(emu_nt_query_volume_information_file(h, &iosb, &size, sizeof size,
                                                      FileFsSizeInformation),
                 STATUS_SUCCESS);
    cr_assert(size.BytesPerSector >= 512 && size.TotalAllocationUnits.QuadPart > 0);
    cr_assert_eq(emu_nt_query_volume_information_file(h, &iosb, &size, 4, FileFsSizeInformation),
                 STATUS_INFO_LENGTH_MISMATCH);
    emu_nt_close(h);
    cr_assert_eq(emu_nt_create_file(&h, RW, nt_name(&t, "\\??\\NUL"), &iosb, NULL, 0, SHARE_ALL,
                                    FILE_OPEN, SYNC),
                 STATUS_SUCCESS);
    cr_assert_eq(emu_nt_query_volume_information_file(h, &iosb, &device, sizeof device,
                                                      FileFsDeviceInformation),
                 STATUS_SUCCESS);
    cr_assert_eq(device.DeviceType, FILE_DEVICE_NULL);
    emu_nt_close(h);
    scratch_remove(folder);
}
