/* SPDX-License-Identifier: MIT */
/* Threads, as the rest of kernelbase sees them. */
#ifndef KB_THREAD_H
#define KB_THREAD_H

#include "api/kernelbase/kernelbase.h"

/* The handle is about to be closed: it names no thread any more. */
void kb_thread_forget(HANDLE thread);

#endif
