/* SPDX-License-Identifier: MIT */
/* <stdio.h> of Windows-source mode. */
#pragma GCC system_header
#include <ringer_redirect.h>
#include_next <stdio.h>
