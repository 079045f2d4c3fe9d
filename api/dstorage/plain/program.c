/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing through a program's backend. An op is a read of the engine's as the program
 * sees it; its end is told from any thread, and comes back to the worker that began it through a
 * list.
 */
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <stdlib.h>

struct program_op {
    struct ringer_ds_op op; /* first: what the program has */
    struct ds_program *program;
    struct ds_read *read;
    struct emu_list link; /* program->ended */
    volatile LONG pending;
    HRESULT hr; /* with the next, written before it is in the list */
    UINT32 nbytes;
};

struct ds_program {
    SRWLOCK lock;
    struct emu_list ended; /* lock */
    HANDLE event;          /* ended, or a wake; a set event is remembered */
    struct program_op ops[DS_READ_DEPTH];
};

static const struct ringer_ds_backend *backend_of(const struct ds_io *io)
{
    return io->runtime->program;
}

static HRESULT program_open(struct ds_io *io)
{
    struct ds_program *program = calloc(1, sizeof *program);

    if (!program)
        return E_OUTOFMEMORY;
    InitializeSRWLock(&program->lock);
    emu_list_init(&program->ended);
    for (unsigned i = 0; i < DS_READ_DEPTH; i++) {
        program->ops[i].program = program;
        program->ops[i].read = &io->reads[i];
        emu_list_init(&program->ops[i].link);
    }
    program->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (!program->event) {
        HRESULT hr = HRESULT_FROM_WIN32(GetLastError());

        free(program);
        return hr;
    }
    io->program = program;
    return S_OK;
}

static void program_close(struct ds_io *io)
{
    CloseHandle(io->program->event);
    free(io->program);
    io->program = NULL;
}

static struct program_op *op_of(struct ds_io *io, const struct ds_read *read)
{
    return &io->program->ops[read - io->reads];
}

static HRESULT program_start(struct ds_io *io, struct ds_read *read)
{
    struct program_op *op = op_of(io, read);
    int error;

    op->op = (struct ringer_ds_op){
        .kind = read->entry->write ? RINGER_DS_REQUEST_WRITE : RINGER_DS_REQUEST_READ,
        .file = read->file,
        .offset = read->offset,
        .memory = read->to,
        .nbytes = read->nbytes,
    };
    InterlockedExchange(&op->pending, 1);
    error = backend_of(io)->start(backend_of(io)->context, &op->op);
    /* The first end counts: one that was told of inside start is in the list already. */
    if (error && !InterlockedExchange(&op->pending, 0))
        return S_OK;
    return ds_plain_code_of(error);
}

/*
 * The program may be gone from here on as soon as the op is in the list, but the runtime is not: it
 * goes after its last op.
 */
void ringer_ds_op_done(struct ringer_ds_op *public, int error, size_t nbytes)
{
    struct program_op *op = (struct program_op *)public;
    struct ds_program *program;

    if (!op || !InterlockedExchange(&op->pending, 0))
        return;
    program = op->program;
    op->hr = ds_plain_code_of(error);
    op->nbytes = (UINT32)(nbytes < op->op.nbytes ? nbytes : op->op.nbytes);
    AcquireSRWLockExclusive(&program->lock);
    emu_list_append(&program->ended, &op->link);
    /* With the lock: the worker that takes the op may be the last to use the event. */
    SetEvent(program->event);
    ReleaseSRWLockExclusive(&program->lock);
}

static bool deliver(struct ds_program *program)
{
    bool some = false;

    for (;;) {
        struct emu_list *node;
        struct program_op *op;

        AcquireSRWLockExclusive(&program->lock);
        node = emu_list_take_first(&program->ended);
        ReleaseSRWLockExclusive(&program->lock);
        if (!node)
            return some;
        some = true;
        op = EMU_CONTAINER(node, struct program_op, link);
        ds_io_ended(op->read, op->hr, op->nbytes);
    }
}

static void program_wait(struct ds_io *io, bool block)
{
    if (deliver(io->program) || !block)
        return;
    WaitForSingleObject(io->program->event, INFINITE);
    deliver(io->program);
}

static void program_wake(struct ds_io *io)
{
    SetEvent(io->program->event);
}

static void program_cancel(struct ds_io *io, struct ds_read *read, HANDLE file)
{
    struct program_op *op = op_of(io, read);

    (void)file;
    if (backend_of(io)->cancel && ds_get(&op->pending))
        backend_of(io)->cancel(backend_of(io)->context, &op->op);
}

const struct ds_io_ops ds_io_program = {program_open, program_close, program_start,
                                        program_wait, program_wake,  program_cancel};
