/* SPDX-License-Identifier: MIT */
/* A program's memory, natively. */
#include "api/dstorage/user_memory.h"

#include "emu/base/sim.h"
#include "emu/base/usermem.h"

/* The kernel moves a little less than 2 GiB in one call. */
#define PART ((size_t)1 << 30)

bool ds_copy_in(void *to, const void *user, size_t nbytes)
{
    if (emu_sim)
        emu_sim_touch(RINGER_SIM_MEMORY, false, 0, (uintptr_t)user, (uintptr_t)user + nbytes);
    for (size_t at = 0; at < nbytes; at += PART) {
        size_t part = nbytes - at < PART ? nbytes - at : PART;

        if (!emu_copy_from_user(ds_address(to, at), ds_address(user, at), part))
            return false;
    }
    return true;
}

bool ds_copy_out(void *user, const void *from, size_t nbytes)
{
    emu_sim_touch_memory(user, nbytes);
    for (size_t at = 0; at < nbytes; at += PART) {
        size_t part = nbytes - at < PART ? nbytes - at : PART;

        if (!emu_copy_to_user(ds_address(user, at), ds_address(from, at), part))
            return false;
    }
    return true;
}

bool ds_can_fill(void *user, size_t nbytes)
{
    emu_sim_touch_memory(user, nbytes);
    return emu_spoil_user(user, nbytes);
}
