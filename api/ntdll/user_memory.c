/* SPDX-License-Identifier: MIT */
/* Reading what a user's pointer names, natively. Under Wine api/wine/pe/user_memory.c stands in. */
#include "api/ntdll/ioring.h"

#include "emu/base/usermem.h"

BOOL nt_copy_in(void *to, const void *user, SIZE_T nbytes)
{
    return emu_copy_from_user(to, user, nbytes);
}
