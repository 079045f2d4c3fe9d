/* SPDX-License-Identifier: MIT */
/* The progress bar. */
#include "conformance/runner/progress.h"

#include "conformance/runner/cmd.h"

#include <stdio.h>
#include <unistd.h>

static uint64_t first_ms;
static bool drawn;

void run_progress(size_t done, size_t total, void *ctx)
{
    const int width = 40;
    int filled = total ? (int)(done * width / total) : width;

    if (!first_ms)
        first_ms = run_now_ms();
    if (!isatty(STDERR_FILENO) || run_now_ms() - first_ms < 1000)
        return;
    drawn = true;
    fprintf(stderr, "\r[%.*s%*s] %zu/%zu", filled, "########################################",
            width - filled, "", done, total);
}

void run_progress_clear(void)
{
    if (drawn)
        fputs("\r\033[K", stderr);
    drawn = false;
    first_ms = 0;
}
