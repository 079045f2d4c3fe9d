/* SPDX-License-Identifier: MIT */
/* A name that programs include; what it has is in winnt.h. */
#ifndef RINGER_INTERLOCKEDAPI_H
#define RINGER_INTERLOCKEDAPI_H

#include <winnt.h>

#endif
