/* SPDX-License-Identifier: MIT */
/* One line on a terminal's stderr that shows how far a longer piece of work is. */
#ifndef CF_RUNNER_PROGRESS_H
#define CF_RUNNER_PROGRESS_H

#include <stddef.h>

/* Draws nothing in the first second, nor when stderr is no terminal. ctx is not used. */
void run_progress(size_t done, size_t total, void *ctx);
void run_progress_clear(void);

#endif
