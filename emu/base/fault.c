// SPDX-License-Identifier: MIT
#include "emu/base/fault.h"

#include "emu/base/lock.h"
#include "emu/base/log.h"

#include <stdlib.h>
#include <string.h>

#define KEPT 4096u

_Atomic int emu_fault_state;

/* All of it under the lock, which is a leaf. */
static struct {
    struct emu_lock lock;
    struct emu_fault_plan plan;
    uint64_t counts[EMU_FAULT_RULES]; /* operations that each rule has seen */
    size_t dealt_count;
    struct {
        uint8_t what, rule;
        bool has_user_data;
        uint64_t number, user_data;
    } dealt[KEPT]; /* the first of them */
} state = {.lock = EMU_LOCK_INIT};

static const NTSTATUS statuses[EMU_FAULT_KIND_COUNT] = {
    [EMU_FAULT_DEVICE_ERROR] = STATUS_IO_DEVICE_ERROR,
    [EMU_FAULT_NO_MEMORY] = STATUS_INSUFFICIENT_RESOURCES,
    [EMU_FAULT_DISK_FULL] = STATUS_DISK_FULL,
    [EMU_FAULT_EOF] = STATUS_END_OF_FILE,
    [EMU_FAULT_ACCESS_DENIED] = STATUS_ACCESS_DENIED,
    [EMU_FAULT_IGNORED] = STATUS_CANCELLED,
    [EMU_FAULT_REFUSE] = STATUS_INSUFFICIENT_RESOURCES,
    [EMU_FAULT_EXPIRE] = STATUS_TIMEOUT,
};

static int read_locked(void)
{
    const char *text = getenv("RINGER_FAULT");
    char error[192];

    if (!text || !*text)
        return EMU_FAULT_NONE;
    if (emu_fault_parse(text, &state.plan, error, sizeof error))
        return EMU_FAULT_PLANNED;
    emu_log(EMU_LOG_WARN, "RINGER_FAULT: %s; there are no faults", error);
    return EMU_FAULT_NONE;
}

bool emu_fault_read_plan(void)
{
    bool planned;

    emu_lock_acquire(&state.lock);
    if (atomic_load_explicit(&emu_fault_state, memory_order_relaxed) == EMU_FAULT_UNREAD)
        atomic_store_explicit(&emu_fault_state, read_locked(), memory_order_relaxed);
    planned = atomic_load_explicit(&emu_fault_state, memory_order_relaxed) == EMU_FAULT_PLANNED;
    emu_lock_release(&state.lock);
    return planned;
}

static void keep_locked(const struct emu_fault_subject *subject, uint32_t rule)
{
    size_t i = state.dealt_count++;

    if (i >= KEPT)
        return;
    state.dealt[i].what = (uint8_t)subject->what;
    state.dealt[i].rule = (uint8_t)rule;
    state.dealt[i].number = state.counts[rule];
    state.dealt[i].has_user_data = subject->has_user_data;
    state.dealt[i].user_data = subject->user_data;
}

static bool is_about(const struct emu_fault_rule *rule, const struct emu_fault_subject *subject)
{
    return (rule->whats & 1u << subject->what) &&
           (!*rule->part || (subject->path && strstr(subject->path, rule->part)));
}

NTSTATUS emu_fault_next(const struct emu_fault_subject *subject)
{
    NTSTATUS status = STATUS_SUCCESS;

    emu_lock_acquire(&state.lock);
    /* Every rule counts what it is about, also when another one before it has its way. */
    for (uint32_t i = 0; i < state.plan.count; i++) {
        const struct emu_fault_rule *rule = &state.plan.rules[i];

        if (!is_about(rule, subject))
            continue;
        state.counts[i]++;
        if (status != STATUS_SUCCESS ||
            !emu_fault_fits(rule->kind, subject->what, subject->on_disk) ||
            !emu_fault_chosen(&state.plan, i, state.counts[i]))
            continue;
        keep_locked(subject, i);
        status = statuses[rule->kind];
    }
    emu_lock_release(&state.lock);
    return status;
}

size_t emu_fault_count(void)
{
    size_t count;

    emu_lock_acquire(&state.lock);
    count = state.dealt_count;
    emu_lock_release(&state.lock);
    return count;
}

bool emu_fault_info(size_t index, struct emu_fault_dealt *dealt_out)
{
    bool found;

    emu_lock_acquire(&state.lock);
    found = index < state.dealt_count && index < KEPT;
    if (found)
        *dealt_out = (struct emu_fault_dealt){
            .what = state.dealt[index].what,
            .kind = state.plan.rules[state.dealt[index].rule].kind,
            .number = state.dealt[index].number,
            .part = state.plan.rules[state.dealt[index].rule].part,
            .has_user_data = state.dealt[index].has_user_data,
            .user_data = state.dealt[index].user_data,
        };
    emu_lock_release(&state.lock);
    return found;
}
