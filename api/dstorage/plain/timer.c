/* SPDX-License-Identifier: MIT */
/* Time-outs: a thread that sleeps to the next deadline, from the first request that has one. */
#include "api/dstorage/plain/plain.h"

/* Stops what is late, and finds the next deadline. True: the engine has some of it. */
static bool sweep_locked(struct ringer_ds *ds, uint64_t now, struct emu_list *ending)
{
    struct emu_list *node, *next;
    bool running = false;

    ds->timer.next_ns = UINT64_MAX;
    emu_list_for_each_safe(node, next, &ds->live) {
        struct ds_plain_request *request = EMU_CONTAINER(node, struct ds_plain_request, link);

        if (request->deadline_ns <= now)
            running |= ds_plain_stop_locked(request, RINGER_DS_TIMED_OUT,
                                            (struct ds_origin){DS_FILE_NAME, __LINE__}, ending);
        else if (request->deadline_ns < ds->timer.next_ns)
            ds->timer.next_ns = request->deadline_ns;
    }
    return running;
}

static DWORD WINAPI timer_main(void *context)
{
    struct ringer_ds *ds = context;

    AcquireSRWLockExclusive(&ds->lock);
    while (!ds->timer.stopping) {
        uint64_t now = ds_plain_now(), next = ds->timer.next_ns;
        struct emu_list ending;
        bool running;

        if (now < next) {
            SleepConditionVariableSRW(&ds->timer.sooner, &ds->lock,
                                      next == UINT64_MAX ? INFINITE : ds_plain_ms(next - now), 0);
            continue;
        }
        emu_list_init(&ending);
        running = sweep_locked(ds, now, &ending);
        ReleaseSRWLockExclusive(&ds->lock);
        if (running)
            ds_plain_interrupt(ds);
        ds_plain_end(ds, &ending);
        AcquireSRWLockExclusive(&ds->lock);
    }
    ReleaseSRWLockExclusive(&ds->lock);
    return 0;
}

int ds_plain_timer_start_locked(struct ringer_ds *ds)
{
    ds->timer.thread = CreateThread(NULL, 0, timer_main, ds, 0, NULL);
    return ds->timer.thread ? 0 : ds_plain_error_of(HRESULT_FROM_WIN32(GetLastError()));
}

void ds_plain_timer_stop(struct ringer_ds *ds)
{
    if (!ds->timer.thread)
        return;
    AcquireSRWLockExclusive(&ds->lock);
    ds->timer.stopping = true;
    WakeConditionVariable(&ds->timer.sooner);
    ReleaseSRWLockExclusive(&ds->lock);
    WaitForSingleObject(ds->timer.thread, INFINITE);
    CloseHandle(ds->timer.thread);
}
