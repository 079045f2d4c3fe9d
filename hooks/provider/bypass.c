/* SPDX-License-Identifier: MIT */
/* Threads that are a provider's for the moment: hooks let them through to what is real. */
#include "hooks/provider/provider.h"

/* No TlsGetValue: it clears the last error, which is the program's. */
#ifdef __ELF__
/* At a fixed place of each thread: a load and no call, and nothing is allocated for a late module. */
__attribute__((tls_model("initial-exec")))
#endif
static _Thread_local unsigned depth;

int ringer_bypass_active(void)
{
    return depth != 0;
}

void ringer_bypass_enter(void)
{
    depth++;
}

void ringer_bypass_leave(void)
{
    depth--;
}
