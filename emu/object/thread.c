// SPDX-License-Identifier: MIT
/* Thread and process objects. */
#include "emu/object/thread.h"

#include "emu/base/sim.h"
#include "emu/object/handle.h"
#include "emu/object/wait.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define THREAD_ALL_ACCESS 0x001FFFFFu
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800u

struct emu_thread {
    struct emu_object obj; /* first */
    bool finished;         /* dispatcher lock, with exit_code */
    struct emu_sim_thread *sim; /* of a thread that was made under the simulating engine */
    uint32_t exit_code;
    struct emu_apc_queue *apcs; /* owned */
};

static pthread_once_t current_once = PTHREAD_ONCE_INIT;
static pthread_key_t current_key; /* struct emu_thread *, a reference */
static bool current_usable;       /* written once, under current_once */

static struct emu_thread *thread_from_object(struct emu_object *obj)
{
    assert(obj->ops == &emu_thread_ops);
    return (struct emu_thread *)obj;
}

static void thread_destroy(struct emu_object *obj)
{
    if (thread_from_object(obj)->sim)
        emu_sim->thread_ended(thread_from_object(obj)->sim);
    emu_apc_queue_destroy(thread_from_object(obj)->apcs);
    free(thread_from_object(obj));
}

static bool thread_signalled(struct emu_object *obj)
{
    return thread_from_object(obj)->finished;
}

const struct emu_object_ops emu_thread_ops = {
    .type = "Thread",
    .close = emu_no_close,
    .destroy = thread_destroy,
    .signalled = thread_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = true,
};

const struct emu_object_ops emu_process_ops = {
    .type = "Process",
    .close = emu_no_close,
    .destroy = emu_no_close, /* static, and its first reference is never released */
    .signalled = emu_never_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = true,
};

static struct emu_thread *thread_create(void)
{
    struct emu_thread *thread = calloc(1, sizeof *thread);

    if (thread && !(thread->apcs = emu_apc_queue_create())) {
        free(thread);
        return NULL;
    }
    if (thread)
        emu_object_init(&thread->obj, &emu_thread_ops);
    return thread;
}

static void thread_finish(struct emu_thread *thread, uint32_t exit_code)
{
    emu_apc_queue_close(thread->apcs);
    emu_dispatcher_acquire();
    if (!thread->finished) {
        thread->finished = true;
        thread->exit_code = exit_code;
        emu_wait_signal_locked(&thread->obj);
    }
    emu_dispatcher_release();
}

/* At the end of a thread that had asked for its own object. */
static void current_ended(void *arg)
{
    struct emu_thread *thread = arg;

    struct emu_sim_thread *sim = thread->sim;

    thread_finish(thread, 0);
    thread->sim = NULL;
    emu_object_release(&thread->obj);
    if (sim)
        emu_sim->thread_ended(sim); /* last: it gives the turn away */
}

static void make_key(void)
{
    current_usable = !pthread_key_create(&current_key, current_ended);
}

static bool set_current(struct emu_thread *thread)
{
    pthread_once(&current_once, make_key);
    return current_usable && !pthread_setspecific(current_key, thread);
}

struct emu_object *emu_thread_current(void)
{
    struct emu_thread *thread;

    pthread_once(&current_once, make_key);
    thread = current_usable ? pthread_getspecific(current_key) : NULL;
    if (!thread) {
        thread = thread_create();
        if (!thread)
            return NULL;
        if (!set_current(thread)) {
            emu_object_release(&thread->obj);
            return NULL;
        }
    }
    emu_object_acquire(&thread->obj);
    return &thread->obj;
}

struct emu_apc_queue *emu_thread_apc_queue(void)
{
    struct emu_object *obj = emu_thread_current();
    struct emu_apc_queue *queue;

    if (!obj)
        return NULL;
    queue = thread_from_object(obj)->apcs;
    emu_object_release(obj); /* the thread itself holds one as long as it runs */
    return queue;
}

struct emu_apc_queue *emu_thread_apc_queue_of(struct emu_object *thread)
{
    return thread_from_object(thread)->apcs;
}

static struct emu_object process;

static void process_init(void)
{
    emu_object_init(&process, &emu_process_ops);
}

struct emu_object *emu_process_current(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, process_init);
    emu_object_acquire(&process);
    return &process;
}

/* ---- the services ---- */

NTSTATUS emu_nt_create_thread_object(emu_handle *thread_out)
{
    struct emu_thread *thread = thread_create();
    NTSTATUS status;

    if (!thread)
        return STATUS_NO_MEMORY;
    if (emu_sim && !(thread->sim = emu_sim->thread_made())) {
        emu_object_release(&thread->obj);
        return STATUS_NO_MEMORY;
    }
    status = emu_handle_create(&thread->obj, THREAD_ALL_ACCESS, thread_out);
    emu_object_release(&thread->obj);
    return status;
}

NTSTATUS emu_nt_thread_started(emu_handle handle)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_thread_ops, &obj, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    if (thread_from_object(obj)->sim)
        emu_sim->thread_started(thread_from_object(obj)->sim);
    pthread_once(&current_once, make_key);
    if (current_usable && pthread_getspecific(current_key))
        status = STATUS_INVALID_PARAMETER; /* this thread already is an object */
    else if (!set_current(thread_from_object(obj)))
        status = STATUS_NO_MEMORY;
    if (status != STATUS_SUCCESS)
        emu_object_release(obj);
    return status; /* else current_key keeps the reference */
}

NTSTATUS emu_nt_thread_finished(emu_handle handle, uint32_t exit_code)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_thread_ops, &obj, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    thread_finish(thread_from_object(obj), exit_code);
    emu_object_release(obj);
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_query_thread_exit(emu_handle handle, uint32_t *exit_code_out)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, THREAD_QUERY_LIMITED_INFORMATION, &emu_thread_ops,
                                        &obj, NULL);
    struct emu_thread *thread;

    if (status != STATUS_SUCCESS)
        return status;
    thread = thread_from_object(obj);
    emu_dispatcher_acquire();
    /* [D] GetExitCodeThread: STILL_ACTIVE (259) while it runs. */
    *exit_code_out = thread->finished ? thread->exit_code : (uint32_t)STATUS_PENDING;
    emu_dispatcher_release();
    emu_object_release(obj);
    return STATUS_SUCCESS;
}
