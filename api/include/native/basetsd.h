/* SPDX-License-Identifier: MIT */
/* A name that programs include; what it has is in minwindef.h. */
#ifndef _BASETSD_H_
#define _BASETSD_H_

#include <minwindef.h>

#endif
