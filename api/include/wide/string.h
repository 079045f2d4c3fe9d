/* SPDX-License-Identifier: MIT */
/* <string.h> of Windows-source mode. */
#pragma GCC system_header
#include <ringer_redirect.h>
#include_next <string.h>
