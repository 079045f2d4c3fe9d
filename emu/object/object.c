// SPDX-License-Identifier: MIT
/* The header that every kernel object starts with: counting references, and the ops fillers. */
#include "emu/object/object.h"

#include "emu/base/sim.h"

#include <assert.h>

void emu_object_init(struct emu_object *obj, const struct emu_object_ops *ops)
{
    obj->ops = ops;
    atomic_init(&obj->references, 1);
    atomic_init(&obj->handles, 0);
    emu_list_init(&obj->waiters);
    obj->sim_id = emu_sim && emu_sim_owning ? EMU_SIM_OWN : 0;
}

void emu_object_release(struct emu_object *obj)
{
    /*
     * Release: what this holder did to the object happens before destroy. Acquire, in the last one:
     * pairs with the releases of all the others.
     */
    uint32_t before = atomic_fetch_sub_explicit(&obj->references, 1, memory_order_acq_rel);

    assert(before > 0);
    if (before == 1)
        obj->ops->destroy(obj);
}

void emu_no_close(struct emu_object *obj)
{
    (void)obj;
}

bool emu_never_signalled(struct emu_object *obj)
{
    (void)obj;
    return false;
}

void emu_no_satisfy(struct emu_object *obj)
{
    (void)obj;
}
