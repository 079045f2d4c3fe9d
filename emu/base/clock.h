/* SPDX-License-Identifier: MIT */
/* Monotonic time and NT time-outs. Every wait in the emulator carries an absolute deadline. */
#ifndef EMU_BASE_CLOCK_H
#define EMU_BASE_CLOCK_H

#include <stdint.h>

#define EMU_FOREVER UINT64_MAX

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t emu_clock_now_ns(void);

/* 100 ns units since 1601-01-01 UTC, what NT calls system time. */
int64_t emu_clock_system_time(void);

/*
 * An NT time-out as an absolute deadline in emu_clock_now_ns's scale: NULL is for ever, negative is
 * relative, positive an absolute system time. [I] ioring.md 1.5: the usual rule holds for rings too.
 */
uint64_t emu_clock_deadline(const int64_t *timeout_100ns);

/* now + ms; 0xFFFFFFFF (INFINITE) is for ever. */
uint64_t emu_clock_deadline_ms(uint32_t ms);

#endif
