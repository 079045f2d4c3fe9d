/* SPDX-License-Identifier: MIT */
/*
 * The public functions: each jumps through its slot.
 *
 * On x86-64 a stub is a landing pad, five bytes that a debugger or tracer may patch, and one jump
 * through memory: arguments on the stack stay where they are. Elsewhere, and where a sanitizer must
 * see the load, it is C; optimised, that is the load, the jump, and a copy of such arguments.
 *
 * C's load is an acquire although a relaxed one would keep the data dependency: C11 has no usable
 * consume. On x86-64 every load is one.
 */
#include "api/dispatch/implementations.h"
#include "api/dispatch/slots.h"

#include "emu/base/sanitizer.h"

#if defined(__x86_64__) && defined(__LP64__) && !defined(EMU_SANITIZED)

#define EXPORT(module, ret, name, params, args)                                                    \
    __attribute__((naked)) ret WINAPI name params                                                  \
    {                                                                                              \
        __asm__("endbr64\n\t"                                                                      \
                ".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n\t"                                           \
                "jmp *dispatch_slots+%c0(%%rip)" ::"i"(DISPATCH_##name * sizeof(void *)));         \
    }
#define EXPORT_NORETURN EXPORT

#else

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

#endif

#include "api/dispatch/exports.def"
