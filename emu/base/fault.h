/* SPDX-License-Identifier: MIT */
/*
 * Faults by plan: RINGER_FAULT names operations that fail on purpose, under any engine. Whoever starts
 * one asks here, once its arguments were found good. Without a plan that is one load and a branch.
 */
#ifndef EMU_BASE_FAULT_H
#define EMU_BASE_FAULT_H

#include "emu/base/fault_plan.h"

#include <ntstatus.h>
#include <stdatomic.h>

enum emu_fault_state { EMU_FAULT_UNREAD, EMU_FAULT_NONE, EMU_FAULT_PLANNED };
extern _Atomic int emu_fault_state;

/* Reads RINGER_FAULT, the first time; false when there is no plan. A bad one is warned of and ignored. */
bool emu_fault_read_plan(void);

static inline bool emu_fault_planned(void)
{
    /* Relaxed: the plan itself is read under a lock. */
    int state = atomic_load_explicit(&emu_fault_state, memory_order_relaxed);

    return __builtin_expect(state != EMU_FAULT_NONE, 0) && emu_fault_read_plan();
}

/* An operation that is about to start. */
struct emu_fault_subject {
    enum emu_fault_what what;
    const char *path; /* Linux, borrowed; NULL: none */
    bool on_disk;
    bool has_user_data; /* an entry of a ring */
    uint64_t user_data;
};

/* Counts it. STATUS_SUCCESS: it goes on; else how it ends. Any lock may be held, this takes a leaf. */
NTSTATUS emu_fault_next(const struct emu_fault_subject *subject);

/* What was dealt out so far. */
struct emu_fault_dealt {
    enum emu_fault_what what;
    enum emu_fault_kind kind;
    uint64_t number;  /* as the rule counts */
    const char *part; /* the rule's, or "" */
    bool has_user_data;
    uint64_t user_data;
};
size_t emu_fault_count(void);
/* False: no such index, or more than are kept. */
bool emu_fault_info(size_t index, struct emu_fault_dealt *dealt_out);

#endif
