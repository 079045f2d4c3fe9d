// SPDX-License-Identifier: MIT
/* What all kinds of file objects share: life, signal state, access rules. */
#include "emu/object/file.h"

#include "emu/base/mutant.h"
#include "emu/base/sim.h"
#include "emu/object/wait.h"

#include <stdlib.h>
#include <unistd.h>
#include <winternl.h>

void emu_file_init(struct emu_file *file, const struct emu_file_ops *ops, enum emu_file_kind kind)
{
    emu_object_init(&file->obj, &emu_file_object_ops);
    file->ops = ops;
    file->kind = kind;
    file->fd = -1;
    file->stream = kind == EMU_FILE_PIPE || kind == EMU_FILE_SOCKET;
    file->sector_nbytes = 512;
    file->memory_nbytes = 1;
    emu_long_lock_init(&file->position_lock);
    emu_lock_init(&file->pending_lock);
    emu_list_init(&file->pending);
}

bool emu_file_may(uint32_t access, uint8_t op)
{
    switch (op) {
    case EMU_IO_READ:
        return access & FILE_READ_DATA || EMU_MUTANT(read_without_access);
    case EMU_IO_WRITE:
        return access & (FILE_WRITE_DATA | FILE_APPEND_DATA);
    case EMU_IO_FLUSH: /* [R] IC14 */
        return access & (FILE_WRITE_DATA | FILE_APPEND_DATA) || EMU_MUTANT(flush_without_access);
    default:
        return true;
    }
}

void emu_file_no_close(struct emu_file *file)
{
    (void)file;
}

void emu_file_no_destroy(struct emu_file *file)
{
    (void)file;
}

static EMU_RARE void sim_touch(struct emu_file *file, bool write)
{
    emu_sim_touch(RINGER_SIM_FILE, write, emu_sim->bytes(file), 0, UINT64_MAX);
    emu_sim_touch_object(&file->obj.sim_id, false); /* its position */
}

void emu_file_sim_touch(struct emu_file *file, bool write)
{
    if (emu_sim)
        sim_touch(file, write);
}

void emu_file_sim_look(struct emu_file *file, bool write)
{
    emu_sim_before(RINGER_SIM_CALL_FILE, false);
    emu_file_sim_touch(file, write);
}

void emu_file_set_signalled(struct emu_file *file, bool signalled)
{
    emu_sim_touch_object(&file->obj.sim_id, signalled);
    emu_dispatcher_acquire();
    file->signalled = signalled;
    if (signalled)
        emu_wait_signal_locked(&file->obj);
    emu_dispatcher_release();
}

static void file_close(struct emu_object *obj)
{
    struct emu_file *file = emu_file_from_object(obj);

    file->ops->close(file);
}

static void file_destroy(struct emu_object *obj)
{
    struct emu_file *file = emu_file_from_object(obj);

    file->ops->destroy(file);
    if (file->port)
        emu_object_release((struct emu_object *)file->port); /* a port starts with its object */
    if (file->fd >= 0 && !(file->sim_keeps && emu_disk_keep(file)))
        close(file->fd);
    emu_lock_fini(&file->pending_lock);
    free(file);
}

static bool file_signalled(struct emu_object *obj)
{
    return emu_file_from_object(obj)->signalled;
}

const struct emu_object_ops emu_file_object_ops = {
    .type = "File",
    .close = file_close,
    .destroy = file_destroy,
    .signalled = file_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = true,
};
