// SPDX-License-Identifier: MIT
/*
 * An entry's facts in the shape of each class. Short names are empty, as on a volume that makes none, and
 * the index of an entry is 0, as on any whose order is that of the names.
 */
#include "emu/object/directory_classes.h"

#include <stddef.h>
#include <string.h>
#include <winternl.h>

/* All but the names alone begin alike. */
static void fill_directory(const struct emu_file_facts *facts, void *entry)
{
    FILE_DIRECTORY_INFORMATION *info = entry;

    info->CreationTime.QuadPart = facts->created;
    info->LastAccessTime.QuadPart = facts->accessed;
    info->LastWriteTime.QuadPart = facts->written;
    info->ChangeTime.QuadPart = facts->changed;
    info->EndOfFile.QuadPart = facts->size;
    info->AllocationSize.QuadPart = facts->allocated;
    info->FileAttributes = facts->attributes;
}

static void fill_id_full(const struct emu_file_facts *facts, void *entry)
{
    fill_directory(facts, entry);
    ((FILE_ID_FULL_DIR_INFORMATION *)entry)->FileId.QuadPart = (int64_t)facts->ino;
}

static void fill_id_both(const struct emu_file_facts *facts, void *entry)
{
    fill_directory(facts, entry);
    ((FILE_ID_BOTH_DIR_INFORMATION *)entry)->FileId.QuadPart = (int64_t)facts->ino;
}

static void fill_id_extended(const struct emu_file_facts *facts, void *entry)
{
    fill_directory(facts, entry);
    memcpy(&((FILE_ID_EXTD_DIR_INFORMATION *)entry)->FileId, &facts->ino, sizeof facts->ino);
}

static void fill_id_extended_both(const struct emu_file_facts *facts, void *entry)
{
    fill_directory(facts, entry);
    memcpy(&((FILE_ID_EXTD_BOTH_DIR_INFORMATION *)entry)->FileId, &facts->ino, sizeof facts->ino);
}

static void fill_nothing(const struct emu_file_facts *facts, void *entry)
{
    (void)facts;
    (void)entry;
}

#define ROW(which, type, fill)                                                              \
    {                                                                                       \
        which, sizeof(type), offsetof(type, FileName), fill, offsetof(type, FileNameLength) \
    }

static const struct emu_directory_class rows[] = {
    ROW(FileDirectoryInformation, FILE_DIRECTORY_INFORMATION, fill_directory),
    ROW(FileFullDirectoryInformation, FILE_FULL_DIR_INFORMATION, fill_directory),
    ROW(FileBothDirectoryInformation, FILE_BOTH_DIR_INFORMATION, fill_directory),
    ROW(FileNamesInformation, FILE_NAMES_INFORMATION, fill_nothing),
    ROW(FileIdBothDirectoryInformation, FILE_ID_BOTH_DIR_INFORMATION, fill_id_both),
    ROW(FileIdFullDirectoryInformation, FILE_ID_FULL_DIR_INFORMATION, fill_id_full),
    ROW(FileIdExtdDirectoryInformation, FILE_ID_EXTD_DIR_INFORMATION, fill_id_extended),
    ROW(FileIdExtdBothDirectoryInformation, FILE_ID_EXTD_BOTH_DIR_INFORMATION,
        fill_id_extended_both),
};

_Static_assert(offsetof(FILE_DIRECTORY_INFORMATION, FileName) == 64 &&
                   offsetof(FILE_FULL_DIR_INFORMATION, FileName) == 68 &&
                   offsetof(FILE_BOTH_DIR_INFORMATION, FileName) == 94 &&
                   offsetof(FILE_NAMES_INFORMATION, FileName) == 12 &&
                   offsetof(FILE_ID_BOTH_DIR_INFORMATION, FileName) == 104 &&
                   offsetof(FILE_ID_FULL_DIR_INFORMATION, FileName) == 80 &&
                   offsetof(FILE_ID_EXTD_DIR_INFORMATION, FileName) == 88 &&
                   offsetof(FILE_ID_EXTD_BOTH_DIR_INFORMATION, FileName) == 114,
               "the layouts of ntifs.h");

const struct emu_directory_class *emu_directory_class(uint32_t information_class)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].information_class == information_class)
            return &rows[i];
    return NULL;
}
