// SPDX-License-Identifier: MIT
/* The names of pipes: who listens, who may connect, how many instances there are. */
#include "emu/object/pipe.h"

#include "emu/base/clock.h"
#include "emu/object/path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>

static struct emu_lock names_lock = EMU_LOCK_INIT;
static struct emu_list names = {&names, &names}; /* struct pipe_name.link */
/* Counts changes that somebody in pipe_name_wait may want to see. */
static _Atomic uint32_t changes;

static uint16_t fold(uint16_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint16_t)(c + 32) : c;
}

static struct pipe_name *find_locked(const uint16_t *chars, uint32_t nbytes)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &names) {
        struct pipe_name *name = EMU_CONTAINER(pos, struct pipe_name, link);
        uint32_t i = 0;

        if (name->nbytes != nbytes)
            continue;
        while (i < nbytes / 2 && fold(name->chars[i]) == fold(chars[i]))
            i++;
        if (i == nbytes / 2)
            return name;
    }
    return NULL;
}

static struct pipe_end *new_end(struct pipe_instance *instance, uint32_t access, uint32_t options)
{
    struct pipe_end *end = calloc(1, sizeof *end);

    if (!end)
        return NULL;
    emu_file_init(&end->file, &emu_pipe_ops, EMU_FILE_PIPE);
    end->file.access = access;
    end->file.options = options;
    end->file.synchronous = options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
    end->file.write_through = options & FILE_WRITE_THROUGH;
    end->instance = instance;
    return end;
}

/* ---- the client ---- */

static NTSTATUS check_direction(const struct pipe_name *name, uint32_t access)
{
    if (name->configuration == FILE_PIPE_INBOUND && (access & FILE_READ_DATA))
        return STATUS_ACCESS_DENIED;
    if (name->configuration == FILE_PIPE_OUTBOUND && (access & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* Takes the instance if it listens. */
static bool connect_instance(struct pipe_instance *instance, struct pipe_end *end,
                             struct pipe_link *link, struct emu_list *finished)
{
    bool taken;

    emu_lock_acquire(&instance->lock);
    taken = instance->state == FILE_PIPE_LISTENING_STATE;
    if (taken) {
        link->references = 2; /* the instance's and the client's */
        for (int way = 0; way < 2; way++)
            link->queue[way].quota = instance->quota[way];
        instance->link = link;
        instance->state = FILE_PIPE_CONNECTED_STATE;
        instance->references++;
        end->instance = instance;
        end->link = link;
        while (!emu_list_empty(&instance->listens))
            pipe_end_io(EMU_CONTAINER(instance->listens.next, struct emu_io, link), STATUS_SUCCESS,
                        0, finished);
    }
    emu_lock_release(&instance->lock);
    return taken;
}

static NTSTATUS connect_locked(struct pipe_name *name, struct pipe_end *end,
                               struct emu_list *finished)
{
    static const struct pipe_instance no_quota;
    struct pipe_link *link = pipe_link_create(&no_quota);
    struct emu_list *pos;

    if (!link)
        return STATUS_NO_MEMORY;
    emu_list_for_each(pos, &name->instances)
        if (connect_instance(EMU_CONTAINER(pos, struct pipe_instance, of_name), end, link,
                             finished))
            return STATUS_SUCCESS;
    free(link);
    return STATUS_PIPE_NOT_AVAILABLE; /* [D] ERROR_PIPE_BUSY */
}

NTSTATUS emu_pipe_open(const struct emu_path *path, uint32_t access, uint32_t options,
                       struct emu_file **file_out)
{
    struct pipe_end *end = new_end(NULL, access, options);
    struct pipe_name *name;
    struct emu_list finished;
    NTSTATUS status;

    if (!end)
        return STATUS_NO_MEMORY;
    emu_list_init(&finished);
    emu_lock_acquire(&names_lock);
    name = find_locked(path->pipe_name, path->pipe_nbytes);
    status = name ? check_direction(name, access) : STATUS_OBJECT_NAME_NOT_FOUND;
    if (status == STATUS_SUCCESS)
        status = connect_locked(name, end, &finished);
    emu_lock_release(&names_lock);
    pipe_finish_all(&finished);
    if (status != STATUS_SUCCESS) {
        emu_lock_fini(&end->file.pending_lock);
        free(end); /* was never an object that anybody saw */
        return status;
    }
    *file_out = &end->file;
    return STATUS_SUCCESS;
}

/* ---- the server ---- */

static NTSTATUS check_params(const struct emu_pipe_params *p)
{
    if (!(p->share & (FILE_SHARE_READ | FILE_SHARE_WRITE)) || !p->max_instances)
        return STATUS_INVALID_PARAMETER;
    if (p->message_read && !p->message_type)
        return STATUS_INVALID_PARAMETER; /* [D] CreateNamedPipeW */
    if (p->disposition != FILE_OPEN && p->disposition != FILE_CREATE &&
        p->disposition != FILE_OPEN_IF)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* What the client may do, from the share mode of the server. */
static uint32_t configuration_of(const struct emu_pipe_params *p)
{
    if ((p->share & FILE_SHARE_READ) && (p->share & FILE_SHARE_WRITE))
        return FILE_PIPE_FULL_DUPLEX;
    return (p->share & FILE_SHARE_READ) ? FILE_PIPE_OUTBOUND : FILE_PIPE_INBOUND;
}

static NTSTATUS name_locked(const struct emu_path *path, const struct emu_pipe_params *p,
                            struct pipe_name **name_out, uint64_t *action_out)
{
    struct pipe_name *name = find_locked(path->pipe_name, path->pipe_nbytes);

    *name_out = name;
    *action_out = FILE_OPENED;
    if (name && p->disposition == FILE_CREATE)
        return STATUS_ACCESS_DENIED; /* [D] FILE_FLAG_FIRST_PIPE_INSTANCE */
    if (name && (name->configuration != configuration_of(p) || name->type != p->message_type))
        return STATUS_ACCESS_DENIED;
    if (name)
        return name->count < name->max_instances ? STATUS_SUCCESS : STATUS_INSTANCE_NOT_AVAILABLE;
    if (p->disposition == FILE_OPEN)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    name = calloc(1, sizeof *name + path->pipe_nbytes);
    if (!name)
        return STATUS_NO_MEMORY;
    emu_list_init(&name->instances);
    name->max_instances = p->max_instances;
    name->configuration = configuration_of(p);
    name->type = p->message_type;
    name->default_timeout_100ns = p->default_timeout_100ns;
    name->nbytes = path->pipe_nbytes;
    memcpy(name->chars, path->pipe_name, path->pipe_nbytes);
    emu_list_append(&names, &name->link);
    *name_out = name;
    *action_out = FILE_CREATED;
    return STATUS_SUCCESS;
}

static struct pipe_instance *new_instance(const struct emu_pipe_params *p)
{
    struct pipe_instance *instance = calloc(1, sizeof *instance);

    if (!instance)
        return NULL;
    emu_lock_init(&instance->lock);
    emu_list_init(&instance->of_name);
    emu_list_init(&instance->listens);
    instance->references = 1;
    instance->state = FILE_PIPE_LISTENING_STATE;
    instance->messages = p->message_type;
    instance->quota[PIPE_INBOUND] = p->inbound_quota;
    instance->quota[PIPE_OUTBOUND] = p->outbound_quota;
    return instance;
}

NTSTATUS emu_pipe_create(const struct emu_path *path, uint32_t access,
                         const struct emu_pipe_params *p, struct emu_file **file_out,
                         uint64_t *action_out)
{
    NTSTATUS status = check_params(p);
    struct pipe_instance *instance;
    struct pipe_name *name;
    struct pipe_end *end;

    if (status != STATUS_SUCCESS)
        return status;
    instance = new_instance(p);
    end = new_end(instance, access, p->options);
    if (!instance || !end) {
        free(instance);
        free(end);
        return STATUS_NO_MEMORY;
    }
    end->is_server = true;
    end->read_messages = p->message_read;
    end->nonblocking = p->nonblocking;
    emu_lock_acquire(&names_lock);
    status = name_locked(path, p, &name, action_out);
    if (status == STATUS_SUCCESS) {
        instance->name = name;
        emu_list_append(&name->instances, &instance->of_name);
        name->count++;
    }
    emu_lock_release(&names_lock);
    if (status != STATUS_SUCCESS) {
        emu_object_release(&end->file.obj);
        return status;
    }
    pipe_name_changed();
    *file_out = &end->file;
    return STATUS_SUCCESS;
}

void pipe_name_forget(struct pipe_instance *instance)
{
    struct pipe_name *name;

    emu_lock_acquire(&names_lock);
    name = instance->name;
    instance->name = NULL;
    if (name) {
        emu_list_remove(&instance->of_name);
        if (--name->count == 0) {
            emu_list_remove(&name->link);
            free(name);
        }
    }
    emu_lock_release(&names_lock);
    pipe_name_changed();
}

void pipe_name_describe(struct pipe_instance *instance, uint32_t *configuration_out,
                        uint32_t *max_out, uint32_t *count_out)
{
    emu_lock_acquire(&names_lock);
    *configuration_out = instance->name ? instance->name->configuration : FILE_PIPE_FULL_DUPLEX;
    *max_out = instance->name ? instance->name->max_instances : 0;
    *count_out = instance->name ? instance->name->count : 0;
    emu_lock_release(&names_lock);
}

/* ---- waiting for a server ---- */

void pipe_name_changed(void)
{
    atomic_fetch_add(&changes, 1);
    emu_futex_wake(&changes, UINT_MAX);
}

static NTSTATUS look_locked(const uint16_t *chars, uint32_t nbytes, int64_t *default_out)
{
    struct pipe_name *name = find_locked(chars, nbytes);
    struct emu_list *pos;

    if (!name)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    *default_out = name->default_timeout_100ns;
    emu_list_for_each(pos, &name->instances) {
        struct pipe_instance *instance = EMU_CONTAINER(pos, struct pipe_instance, of_name);
        bool listens;

        emu_lock_acquire(&instance->lock);
        listens = instance->state == FILE_PIPE_LISTENING_STATE;
        emu_lock_release(&instance->lock);
        if (listens)
            return STATUS_SUCCESS;
    }
    return STATUS_PENDING;
}

NTSTATUS pipe_name_wait(const uint16_t *chars, uint32_t nbytes, bool has_timeout,
                        int64_t timeout_100ns)
{
    uint64_t deadline = 0;

    for (bool first = true, expired = false;; first = false) {
        uint32_t seen = atomic_load(&changes); /* before looking: a later change ends the wait */
        int64_t default_timeout = 0;
        NTSTATUS status;

        emu_lock_acquire(&names_lock);
        status = look_locked(chars, nbytes, &default_timeout);
        emu_lock_release(&names_lock);
        if (status != STATUS_PENDING)
            return status;
        if (expired)
            return STATUS_IO_TIMEOUT;
        if (first && !has_timeout)
            timeout_100ns = default_timeout;
        if (first) /* INT64_MIN: for ever */
            deadline = timeout_100ns == INT64_MIN ? EMU_FOREVER : emu_clock_deadline(&timeout_100ns);
        expired = !emu_futex_wait(&changes, seen, deadline);
    }
}

/* ---- the directory of pipes ---- */

static enum emu_io_start root_start(struct emu_io *io)
{
    return emu_io_done(io, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static void root_cancel(struct emu_io *io, struct emu_list *finished)
{
    (void)io;
    (void)finished; /* nothing is ever pending on it */
}

static const struct emu_file_ops root_ops = {
    .start = root_start,
    .cancel = root_cancel,
    .close = emu_file_no_close,
    .destroy = emu_file_no_destroy,
};

bool emu_file_is_pipe_root(const struct emu_file *file)
{
    return file->ops == &root_ops;
}

NTSTATUS emu_pipe_open_root(uint32_t access, uint32_t options, struct emu_file **file_out)
{
    struct emu_file *file = calloc(1, sizeof *file);

    if (!file)
        return STATUS_NO_MEMORY;
    emu_file_init(file, &root_ops, EMU_FILE_PIPE);
    file->access = access;
    file->options = options;
    file->synchronous = options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
    *file_out = file;
    return STATUS_SUCCESS;
}
