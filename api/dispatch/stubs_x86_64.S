/* SPDX-License-Identifier: MIT */
/*
 * The public functions on x86-64: each jumps through its slot, with registers and stack as they came,
 * so one template fits every signature. Entry aligned to 16, 8 bytes of NOP before it and 16 after the
 * landing pad: whoever patches code finds room for a jump of 5 or of 14 bytes, and instructions that
 * may run elsewhere; what follows them is the only one that refers to where it stands.
 *
 * A test assembles it again with a table, slots and names of its own (STUB_*).
 */
#ifndef STUB_TABLE
#    define STUB_TABLE "api/dispatch/exports.def"
#    define STUB_SLOTS dispatch_slots
#    define STUB_NAME(name) name
#    include "emu/base/sanitizer.h"
#endif

#ifndef EMU_SANITIZED

#    ifdef STUB_NO_LANDING_PAD
#        define STUB_LANDING_PAD
#    else
#        define STUB_LANDING_PAD endbr64
#    endif

    .text
    .hidden STUB_SLOTS
    .set stub_offset, 0

    .macro stub name
    .p2align 4, 0xcc
    .fill 8, 1, 0xcc
    .nops 8
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    STUB_LANDING_PAD
    /* Two of eight bytes decode faster than sixteen of one, and as fast as none. */
    .byte 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00
    .byte 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00
    jmp *(STUB_SLOTS + stub_offset)(%rip)
    .cfi_endproc
    .size \name, . - \name
    .set stub_offset, stub_offset + 8
    .endm

#    define EXPORT(module, ret, name, params, args) stub STUB_NAME(name)
#    define EXPORT_NORETURN EXPORT
#    include STUB_TABLE

#endif

    .section .note.GNU-stack, "", @progbits
