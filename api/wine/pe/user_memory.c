/* SPDX-License-Identifier: MIT */
#include "api/ntdll/ioring.h"

BOOL nt_copy_in(void *to, const void *user, SIZE_T nbytes)
{
    SIZE_T copied = 0;

    return ReadProcessMemory(GetCurrentProcess(), user, to, nbytes, &copied) && copied == nbytes;
}
