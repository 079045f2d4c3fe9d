/* SPDX-License-Identifier: MIT */
/* The tables behind the stubs, and the stubs themselves where there is no assembly for them. */
#include "hooks/engine/thunk.h"

_Atomic(void *) hook_enter_targets[HOOK_THUNKS];
_Atomic(void *) hook_next_targets[HOOK_THUNKS];
struct hook_gate hook_gates[HOOK_THUNKS];
_Thread_local uint64_t hook_bypass_mask;

#ifndef HOOK_PORTABLE

extern char hook_enter_pool[], hook_next_pool[], hook_gate_pool[], hook_watch_enter_pool[],
    hook_watch_next_pool[];
#define STUB_NBYTES 16

void *hook_enter_stub(unsigned index)
{
    return hook_enter_pool + (size_t)index * STUB_NBYTES;
}

void *hook_next_stub(unsigned index)
{
    return hook_next_pool + (size_t)index * STUB_NBYTES;
}

void *hook_gate_stub(unsigned index)
{
    return hook_gate_pool + (size_t)index * STUB_NBYTES;
}

void *hook_watch_enter_stub(unsigned index)
{
    return hook_watch_enter_pool + (size_t)index * STUB_NBYTES;
}

void *hook_watch_next_stub(unsigned index)
{
    return hook_watch_next_pool + (size_t)index * STUB_NBYTES;
}

void hook_thunk_range(enum dispatch_id id, unsigned *first_out, unsigned *end_out)
{
    *first_out = 0;
    *end_out = HOOK_THUNKS;
}

#else

#include "api/dispatch/implementations.h"

#define JUMP(name, table, k)                                                                       \
    ((__typeof__(&name))atomic_load_explicit(&table[DISPATCH_##name * HOOK_PER_EXPORT + (k)],      \
                                             memory_order_acquire))

#define ONE(ret, name, params, args, what, table, k)                                               \
    static ret WINAPI what##_##k##_##name params                                                   \
    {                                                                                              \
        return JUMP(name, table, k) args;                                                          \
    }
#define ONE_NORETURN(ret, name, params, args, what, table, k)                                      \
    static ret WINAPI what##_##k##_##name params                                                   \
    {                                                                                              \
        JUMP(name, table, k) args;                                                                 \
        __builtin_unreachable();                                                                   \
    }
#define FOUR(one, ret, name, params, args, what, table)                                            \
    one(ret, name, params, args, what, table, 0) one(ret, name, params, args, what, table, 1)      \
        one(ret, name, params, args, what, table, 2) one(ret, name, params, args, what, table, 3)

#define EXPORT(module, ret, name, params, args)                                                    \
    FOUR(ONE, ret, name, params, args, enter, hook_enter_targets)                                  \
    FOUR(ONE, ret, name, params, args, next, hook_next_targets)
#define EXPORT_NORETURN(module, ret, name, params, args)                                           \
    FOUR(ONE_NORETURN, ret, name, params, args, enter, hook_enter_targets)                         \
    FOUR(ONE_NORETURN, ret, name, params, args, next, hook_next_targets)
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT

#define ADDRESSES(what, name)                                                                      \
    (void *)what##_0_##name, (void *)what##_1_##name, (void *)what##_2_##name,                     \
        (void *)what##_3_##name,

static void *const enter_stubs[HOOK_THUNKS] = {
#define EXPORT(module, ret, name, params, args) ADDRESSES(enter, name)
#define EXPORT_NORETURN EXPORT
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT
};

static void *const next_stubs[HOOK_THUNKS] = {
#define EXPORT(module, ret, name, params, args) ADDRESSES(next, name)
#define EXPORT_NORETURN EXPORT
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT
};

void *hook_enter_stub(unsigned index)
{
    return enter_stubs[index];
}

void *hook_next_stub(unsigned index)
{
    return next_stubs[index];
}

void *hook_gate_stub(unsigned index)
{
    return NULL;
}

void *hook_watch_enter_stub(unsigned index)
{
    return NULL;
}

void *hook_watch_next_stub(unsigned index)
{
    return NULL;
}

void hook_thunk_range(enum dispatch_id id, unsigned *first_out, unsigned *end_out)
{
    *first_out = (unsigned)id * HOOK_PER_EXPORT;
    *end_out = *first_out + HOOK_PER_EXPORT;
}

#endif
