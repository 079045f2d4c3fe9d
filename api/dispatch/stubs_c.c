/* SPDX-License-Identifier: MIT */
/*
 * The public functions: each jumps through its slot. In C, so every architecture and every sanitizer
 * has them; optimised, a stub is one load and one indirect jump.
 *
 * The load is an acquire although a relaxed one would keep the data dependency: C11 has no usable
 * consume, and on x86-64 both are the same instruction (on aarch64 ldar, paid once a call).
 */
#include "api/dispatch/implementations.h"
#include "api/dispatch/slots.h"

#define SLOT(name) ((__typeof__(&name))dispatch_load(DISPATCH_##name))

/* `return f()` of a void f is GNU C's; it is what makes one macro fit all rows. */
#define EXPORT(module, ret, name, params, args)                                                    \
    ret WINAPI name params                                                                         \
    {                                                                                              \
        return SLOT(name) args;                                                                    \
    }
#define EXPORT_NORETURN(module, ret, name, params, args)                                           \
    ret WINAPI name params                                                                         \
    {                                                                                              \
        SLOT(name) args;                                                                           \
        __builtin_unreachable();                                                                   \
    }
#include "api/dispatch/exports.def"
