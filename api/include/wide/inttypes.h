/* SPDX-License-Identifier: MIT */
/* <inttypes.h> of Windows-source mode. */
#pragma GCC system_header
#include <ringer_redirect.h>
#include_next <inttypes.h>
