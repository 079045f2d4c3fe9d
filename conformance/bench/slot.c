/* SPDX-License-Identifier: MIT */
/* The same function by its public address and by that of its implementation, alternating. */
#include "conformance/bench/slot.h"

#include "conformance/bench/side.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include <ringer.h>

#define PAIRS 21

typedef DWORD WINAPI get_last_error(void);

static double each(get_last_error *function, uint64_t calls)
{
    uint64_t start = bench_now_ns();

    for (uint64_t i = 0; i < calls; i++) {
        DWORD code = function();

        __asm__ volatile("" : : "r"(code) : "memory");
    }
    return (double)(bench_now_ns() - start) / (double)calls;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

bool bench_slot_measure(unsigned us, double ns_out[2], char *error)
{
    struct ringer_export export;
    double ns[2][PAIRS];
    uint64_t calls;

    if (!ringer_export_find("kernelbase", "GetLastError", &export) || !export.implementation) {
        snprintf(error, 160, "GetLastError is not exported");
        return false;
    }
    calls = 1000 + (uint64_t)((double)us * 1000 / each((get_last_error *)export.function, 1000000));
    for (int i = 0; i < PAIRS; i++) {
        ns[0][i] = each((get_last_error *)export.function, calls);
        ns[1][i] = each((get_last_error *)export.implementation, calls);
    }
    for (int i = 0; i < 2; i++) {
        qsort(ns[i], PAIRS, sizeof(ns[i][0]), by_value);
        ns_out[i] = ns[i][PAIRS / 2];
    }
    return true;
}
