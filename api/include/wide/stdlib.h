/* SPDX-License-Identifier: MIT */
/* <stdlib.h> of Windows-source mode. */
#pragma GCC system_header
#include <ringer_redirect.h>
#include_next <stdlib.h>
