/* SPDX-License-Identifier: MIT */
/* Steps that are put off under an engine that simulates. */
#include "api/dstorage/later.h"

#include "api/dstorage/io.h"
#include "api/dstorage/runtime.h"

#ifdef _WIN32

void ds_put_off(struct ds_runtime *runtime, struct ds_later *later)
{
    (void)runtime;
    (void)later;
}

bool ds_call_off(struct ds_later *later)
{
    (void)later;
    return false;
}

#else

/* In the middle of somebody else's call: no more than a wake. */
static void due(void *context)
{
    struct ds_later *later = context;

    later->number = 0;
    later->is_due = true;
    emu_list_append(&later->runtime->due, &later->link);
    ds_io_wake(later->runtime, 1);
}

void ds_put_off(struct ds_runtime *runtime, struct ds_later *later)
{
    later->runtime = runtime;
    later->number = emu_sim->put_off(due, later);
}

bool ds_call_off(struct ds_later *later)
{
    bool was = ds_is_put_off(later);

    if (later->number)
        emu_sim->call_off(later->number);
    if (later->is_due)
        emu_list_remove(&later->link);
    later->number = 0;
    later->is_due = false;
    return was;
}

#endif

void ds_run_due(struct ds_runtime *runtime)
{
    struct emu_list *node;

    while ((node = emu_list_take_first(&runtime->due))) {
        struct ds_later *later = EMU_CONTAINER(node, struct ds_later, link);

        later->is_due = false;
        later->run(later);
    }
}
