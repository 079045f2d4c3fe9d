/* SPDX-License-Identifier: MIT */
/*
 * The public functions where stubs_x86_64.S does not have them: on other processors, and where a
 * sanitizer must see the load. Optimised, each is the load, the jump, and a copy of arguments that
 * are on the stack.
 *
 * The load is an acquire although a relaxed one would keep the data dependency: C11 has no usable
 * consume.
 */
#include "api/dispatch/implementations.h"
#include "api/dispatch/slots.h"

#include "emu/base/sanitizer.h"

#if !defined(__x86_64__) || !defined(__LP64__) || defined(EMU_SANITIZED)

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

#endif
