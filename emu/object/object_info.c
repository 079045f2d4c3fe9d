// SPDX-License-Identifier: MIT
/* NtQueryObject: what a handle is, what its object is called, of which type it is. */
#include "emu/base/log.h"
#include "emu/base/usermem.h"
#include "emu/object/disk.h"
#include "emu/object/handle.h"
#include "emu/object/path.h"
#include "emu/object/pipe.h"

#include <stdlib.h>
#include <string.h>
#include <winternl.h>

#define NAME_UNITS_MOST 32766u /* a UNICODE_STRING counts its bytes in 16 bits */

/* Appends count units; those that no name has room for are cut. */
static uint32_t put(uint16_t *name, uint32_t at, const uint16_t *units, size_t count)
{
    if (count > NAME_UNITS_MOST - at)
        count = NAME_UNITS_MOST - at;
    memcpy(name + at, units, count * 2);
    return at + (uint32_t)count;
}

static uint32_t disk_name(const char *path, uint16_t *name)
{
    static const uint16_t volume[] = EMU_VOLUME_NAME;
    uint16_t *units = malloc(2 * strlen(path) + 2);
    uint32_t at;

    if (!units)
        return 0;
    at = put(name, 0, volume, sizeof volume / 2 - 1);
    at = put(name, at, units, emu_utf16_from_utf8(units, path, strlen(path)));
    for (uint32_t i = 0; i < at; i++)
        if (name[i] == '/')
            name[i] = '\\';
    free(units);
    return at;
}

/* Units of the NT name; 0: it has none, or nobody keeps it. */
static uint32_t name_of(struct emu_object *obj, uint16_t *name)
{
    static const uint16_t null[] = u"\\Device\\Null", pipes[] = u"\\Device\\NamedPipe";
    struct emu_file *file;

    if (obj->ops != &emu_file_object_ops)
        return 0;
    file = emu_file_from_object(obj);
    if (file->ops == &emu_disk_ops && !strcmp(emu_disk_path(file), "/dev/null"))
        return put(name, 0, null, sizeof null / 2 - 1);
    if (file->ops == &emu_disk_ops)
        return disk_name(emu_disk_path(file), name);
    return file->kind == EMU_FILE_PIPE ? put(name, 0, pipes, sizeof pipes / 2 - 1) : 0;
}

/* A UNICODE_STRING whose characters follow head bytes of struct, where the user's buffer lies. */
static void put_string(char *scratch, const char *user, uint32_t head, const uint16_t *name,
                       uint32_t units)
{
    UNICODE_STRING string = {0};

    if (units) {
        string.Length = (USHORT)(units * 2);
        string.MaximumLength = (USHORT)(units * 2 + 2);
        string.Buffer = (WCHAR *)((uintptr_t)user + head);
        memcpy(scratch + head, name, units * 2);
    }
    memcpy(scratch, &string, sizeof string);
}

static NTSTATUS fill_name(struct emu_object *obj, char *scratch, const char *user, uint32_t nbytes,
                          uint32_t *needed_out)
{
    const uint32_t head = sizeof(UNICODE_STRING);
    uint16_t *name = malloc(2 * NAME_UNITS_MOST);
    uint32_t units;

    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    units = name_of(obj, name);
    *needed_out = head + (units ? units * 2 + 2 : 0);
    if (nbytes >= *needed_out)
        put_string(scratch, user, head, name, units);
    free(name);
    if (nbytes >= *needed_out)
        return STATUS_SUCCESS;
    /* [I] A file answers for itself, and says that there is more; other names are all or nothing. */
    return nbytes >= head && obj->ops == &emu_file_object_ops ? STATUS_BUFFER_OVERFLOW
                                                              : STATUS_INFO_LENGTH_MISMATCH;
}

static NTSTATUS fill_type(struct emu_object *obj, char *scratch, const char *user, uint32_t nbytes,
                          uint32_t *needed_out)
{
    const uint32_t head = sizeof(PUBLIC_OBJECT_TYPE_INFORMATION);
    uint32_t units = (uint32_t)strlen(obj->ops->type);
    uint16_t name[32];

    for (uint32_t i = 0; i < units; i++)
        name[i] = (unsigned char)obj->ops->type[i];
    *needed_out = head + ((units * 2 + 2 + 7) & ~7u);
    if (nbytes < *needed_out)
        return STATUS_INFO_LENGTH_MISMATCH;
    put_string(scratch, user, head, name, units);
    return STATUS_SUCCESS;
}

static NTSTATUS fill_basic(struct emu_object *obj, uint32_t access, char *scratch, uint32_t nbytes,
                           uint32_t *needed_out)
{
    PUBLIC_OBJECT_BASIC_INFORMATION basic = {.GrantedAccess = access};

    *needed_out = sizeof basic;
    if (nbytes != sizeof basic)
        return STATUS_INFO_LENGTH_MISMATCH;
    basic.HandleCount = atomic_load(&obj->handles);
    basic.PointerCount = atomic_load(&obj->references) - 1; /* ours is none of theirs */
    memcpy(scratch, &basic, sizeof basic);
    return STATUS_SUCCESS;
}

static NTSTATUS fill(struct emu_object *obj, uint32_t access, uint32_t information_class,
                     char *scratch, const char *user, uint32_t nbytes, uint32_t *needed_out)
{
    switch (information_class) {
    case ObjectBasicInformation:
        return fill_basic(obj, access, scratch, nbytes, needed_out);
    case ObjectNameInformation:
        return fill_name(obj, scratch, user, nbytes, needed_out);
    case ObjectTypeInformation:
        return fill_type(obj, scratch, user, nbytes, needed_out);
    default:
        EMU_FIXME("nt/query_object", "object information class %u", information_class);
        return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS emu_nt_query_object(emu_handle handle, uint32_t information_class, void *info,
                             uint32_t info_nbytes, uint32_t *length_out)
{
    const uint32_t most = 2 * NAME_UNITS_MOST + 64;
    uint32_t nbytes = info_nbytes < most ? info_nbytes : most, needed = 0, access;
    struct emu_object *obj;
    char *scratch;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, NULL, &obj, &access);

    if (status != STATUS_SUCCESS)
        return status;
    scratch = calloc(1, nbytes + 8);
    status = scratch
                 ? fill(obj, access, information_class, scratch, info,
                        information_class == ObjectBasicInformation ? info_nbytes : nbytes, &needed)
                 : STATUS_INSUFFICIENT_RESOURCES;
    emu_object_release(obj);
    if (status == STATUS_SUCCESS && !emu_copy_to_user(info, scratch, needed))
        status = STATUS_ACCESS_VIOLATION;
    free(scratch);
    if (length_out && needed && !emu_copy_to_user(length_out, &needed, sizeof needed))
        status = STATUS_ACCESS_VIOLATION;
    return status;
}
