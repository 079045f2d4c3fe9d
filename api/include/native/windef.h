/* SPDX-License-Identifier: MIT */
/* A name that programs include; what it has is in minwindef.h. */
#ifndef _WINDEF_
#define _WINDEF_

#include <minwindef.h>

#endif
