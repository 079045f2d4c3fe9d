// SPDX-License-Identifier: MIT
#include "emu/object/apc.h"

#include "emu/base/clock.h"
#include "emu/base/lock.h"
#include "emu/base/sim.h"
#include "emu/object/handle.h"
#include "emu/object/thread.h"

#include <stdlib.h>

#define THREAD_SET_CONTEXT 0x0010u

struct emu_apc_queue {
    struct emu_lock lock;
    struct emu_list calls;   /* struct emu_apc.link, oldest first; lock */
    _Atomic uint32_t *word;  /* while its thread may be alerted: what it sleeps on; lock */
    bool closed;             /* lock */
    uint32_t sim_id;         /* what it is called in a simulation */
};

struct emu_apc *emu_apc_alloc(void)
{
    struct emu_apc *apc = calloc(1, sizeof *apc);

    if (apc)
        emu_list_init(&apc->link);
    return apc;
}

void emu_apc_free(struct emu_apc *apc)
{
    free(apc);
}

struct emu_apc_queue *emu_apc_queue_create(void)
{
    struct emu_apc_queue *queue = calloc(1, sizeof *queue);

    if (queue) {
        emu_lock_init(&queue->lock);
        emu_list_init(&queue->calls);
    }
    return queue;
}

void emu_apc_queue_close(struct emu_apc_queue *queue)
{
    struct emu_list dropped, *pos;

    emu_list_init(&dropped);
    emu_lock_acquire(&queue->lock);
    queue->closed = true;
    emu_list_splice(&dropped, &queue->calls);
    emu_lock_release(&queue->lock);
    while ((pos = emu_list_take_first(&dropped)))
        emu_apc_free(EMU_CONTAINER(pos, struct emu_apc, link));
}

void emu_apc_queue_destroy(struct emu_apc_queue *queue)
{
    if (!queue)
        return;
    emu_apc_queue_close(queue);
    emu_lock_fini(&queue->lock);
    free(queue);
}

bool emu_apc_post(struct emu_apc_queue *queue, struct emu_apc *apc)
{
    uint32_t asleep = EMU_ASLEEP;
    bool open;

    emu_sim_touch_object(&queue->sim_id, false);
    emu_lock_acquire(&queue->lock);
    open = !queue->closed;
    if (open)
        emu_list_append(&queue->calls, &apc->link);
    /* Under the lock, as the word is gone after its thread's emu_alert_end. */
    if (open && queue->word && atomic_compare_exchange_strong(queue->word, &asleep, EMU_ALERTED))
        emu_futex_wake(queue->word, 1);
    emu_lock_release(&queue->lock);
    return open;
}

bool emu_alert_begin(_Atomic uint32_t *word)
{
    struct emu_apc_queue *queue = emu_thread_apc_queue();
    bool quiet;

    if (!queue)
        return false;
    emu_sim_touch_object(&queue->sim_id, false);
    emu_lock_acquire(&queue->lock);
    quiet = emu_list_empty(&queue->calls);
    queue->word = quiet ? word : NULL;
    emu_lock_release(&queue->lock);
    return quiet;
}

void emu_alert_end(void)
{
    struct emu_apc_queue *queue = emu_thread_apc_queue();

    emu_lock_acquire(&queue->lock);
    queue->word = NULL;
    emu_lock_release(&queue->lock);
}

/* ---- the services ---- */

NTSTATUS emu_nt_queue_apc_thread(emu_handle handle, const struct emu_apc_call *call)
{
    struct emu_apc *apc;
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, THREAD_SET_CONTEXT, &emu_thread_ops, &obj, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    apc = emu_apc_alloc();
    if (!apc) {
        status = STATUS_NO_MEMORY;
    } else {
        apc->call = *call;
        if (!emu_apc_post(emu_thread_apc_queue_of(obj), apc)) {
            emu_apc_free(apc);
            status = STATUS_UNSUCCESSFUL; /* [D] QueueUserAPC: the thread is ending or has ended */
        }
    }
    emu_object_release(obj);
    return status;
}

uint32_t emu_nt_take_apc(struct emu_apc_call *call_out)
{
    struct emu_apc_queue *queue = emu_thread_apc_queue();
    struct emu_list *pos;

    if (!queue)
        return 0;
    emu_sim_touch_object(&queue->sim_id, false);
    emu_lock_acquire(&queue->lock);
    pos = emu_list_take_first(&queue->calls);
    emu_lock_release(&queue->lock);
    if (!pos)
        return 0;
    *call_out = EMU_CONTAINER(pos, struct emu_apc, link)->call;
    emu_apc_free(EMU_CONTAINER(pos, struct emu_apc, link));
    return 1;
}

NTSTATUS emu_nt_delay_execution(uint32_t alertable, const int64_t *interval_100ns)
{
    uint64_t deadline = emu_clock_deadline(interval_100ns);
    _Atomic uint32_t word = EMU_ASLEEP;

    if (!alertable) {
        emu_sleep_until(deadline);
        return STATUS_SUCCESS;
    }
    emu_sim_before(RINGER_SIM_CALL_WAIT, false); /* it may be called here and now */
    if (!emu_alert_begin(&word))
        return STATUS_USER_APC;
    while (atomic_load(&word) == EMU_ASLEEP && emu_futex_wait(&word, EMU_ASLEEP, deadline))
        ;
    emu_alert_end();
    return atomic_load(&word) == EMU_ALERTED ? STATUS_USER_APC : STATUS_SUCCESS;
}
