/* SPDX-License-Identifier: MIT */
/*
 * Stubs of the engine on x86-64; thunk.h says what they are. All leave arguments as they came: r10
 * and r11 are free in a call of a C function. One stub is 16 bytes.
 */
#include "hooks/engine/thunk.h"

#ifndef HOOK_PORTABLE

    .hidden hook_enter_targets
    .hidden hook_next_targets
    .hidden hook_gates
    .hidden hook_bypass_mask
    .hidden hook_watch_enter
    .hidden hook_watch_leave

    .text

    .macro pool name targets
    .p2align 4, 0xcc
    .hidden \name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .set pool_offset, 0
    .rept HOOK_THUNKS
    .p2align 4, 0xcc
    endbr64
    jmp *(\targets + pool_offset)(%rip)
    .set pool_offset, pool_offset + 8
    .endr
    .cfi_endproc
    .size \name, . - \name
    .endm

    .macro numbered name common
    .p2align 4, 0xcc
    .hidden \name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .set pool_index, 0
    .rept HOOK_THUNKS
    .p2align 4, 0xcc
    endbr64
    movl $pool_index, %r11d
    jmp \common
    .set pool_index, pool_index + 1
    .endr
    .cfi_endproc
    .size \name, . - \name
    .endm

    pool hook_enter_pool hook_enter_targets
    pool hook_next_pool hook_next_targets
    numbered hook_gate_pool gate
    numbered hook_watch_enter_pool watch_enter
    numbered hook_watch_next_pool watch_next

    .p2align 4
gate:
    .cfi_startproc
    leaq hook_gates(%rip), %r10
    shlq $5, %r11
    addq %r10, %r11
    movq hook_bypass_mask@gottpoff(%rip), %r10
    movq %fs:(%r10), %r10
    testq %r10, 8(%r11)
    jne 1f
    jmp *(%r11)
1:  jmp *16(%r11)
    .cfi_endproc

    .p2align 4
watch_enter:
    .cfi_startproc
    xorl %r10d, %r10d
    jmp watch
    .cfi_endproc

    .p2align 4
watch_next:
    .cfi_startproc
    movl $1, %r10d
    .cfi_endproc

/* r11: index; r10: enum hook_watch_kind. */
watch:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    subq $192, %rsp
    andq $-16, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    movq %rdi, 128(%rsp)
    movq %rsi, 136(%rsp)
    movq %rdx, 144(%rsp)
    movq %rcx, 152(%rsp)
    movq %r8, 160(%rsp)
    movq %r9, 168(%rsp)
    movq %rax, 176(%rsp)
    movl %r11d, %edi
    leaq 8(%rbp), %rsi
    movl %r10d, %edx
    call hook_watch_enter
    movq %rax, %r11
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    movq 128(%rsp), %rdi
    movq 136(%rsp), %rsi
    movq 144(%rsp), %rdx
    movq 152(%rsp), %rcx
    movq 160(%rsp), %r8
    movq 168(%rsp), %r9
    movq 176(%rsp), %rax
    leave
    .cfi_def_cfa %rsp, 8
    jmp *%r11
    .cfi_endproc

/* Where a watched function returns to: makes room for the return address again, and has it filled. */
    .p2align 4
    .hidden hook_watch_left
    .globl hook_watch_left
    .type hook_watch_left, @function
hook_watch_left:
    .cfi_startproc
    endbr64
    subq $8, %rsp
    pushq %rbp
    movq %rsp, %rbp
    subq $48, %rsp
    andq $-16, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movq %rax, 32(%rsp)
    movq %rdx, 40(%rsp)
    leaq 8(%rbp), %rdi
    movq %rax, %rsi
    call hook_watch_leave
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movq 32(%rsp), %rax
    movq 40(%rsp), %rdx
    leave
    ret
    .cfi_endproc
    .size hook_watch_left, . - hook_watch_left

#endif

    .section .note.GNU-stack, "", @progbits
