/* SPDX-License-Identifier: MIT */
/* A name that programs include; what it has is in stringapiset.h. */
#ifndef _WINNLS_
#define _WINNLS_

#include <stringapiset.h>

#endif
