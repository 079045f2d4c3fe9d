// SPDX-License-Identifier: MIT
#include "emu/syscall.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMIT 0x1000u
#define RESERVE 0x2000u
#define DECOMMIT 0x4000u
#define RELEASE 0x8000u
#define NOACCESS 1u
#define READONLY 2u
#define READWRITE 4u
#define WRITECOPY 8u

struct basic {
    uint64_t base, allocation_base;
    uint32_t allocation_protect, partition;
    uint64_t nbytes;
    uint32_t state, protect, type, pad;
};

static NTSTATUS allocate(void **base, uint64_t nbytes, uint32_t type, uint32_t protect)
{
    return emu_nt_allocate_virtual_memory(base, &nbytes, type, protect);
}

static NTSTATUS release(void *base, uint64_t nbytes, uint32_t type)
{
    return emu_nt_free_virtual_memory(&base, &nbytes, type);
}

static struct basic query(const void *address)
{
    struct basic info;
    uint64_t length = 0;

    memset(&info, 0xA5, sizeof info);
    cr_assert_eq(emu_nt_query_virtual_memory(address, 0, &info, 48, &length), STATUS_SUCCESS);
    cr_assert_eq(length, 48);
    return info;
}

Test(memory, sizes_round_as_on_windows)
{
    void *base = NULL;
    uint64_t nbytes = 5000;

    cr_assert_eq(emu_nt_allocate_virtual_memory(&base, &nbytes, COMMIT | RESERVE, READWRITE),
                 STATUS_SUCCESS);
    cr_assert_eq((uintptr_t)base % 0x10000, 0);
    cr_assert_eq(nbytes, 8192);
    for (int i = 0; i < 8192; i++)
        cr_assert_eq(((char *)base)[i], 0);
    memset(base, 1, 8192);
    nbytes = 0;
    cr_assert_eq(emu_nt_free_virtual_memory(&base, &nbytes, RELEASE), STATUS_SUCCESS);
    cr_assert_eq(nbytes, 8192);
    cr_assert_eq(release(base, 0, RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
}

Test(memory, reserve_then_commit_a_part)
{
    void *base = NULL, *part;
    struct basic info;

    cr_assert_eq(allocate(&base, 0x100000, RESERVE, NOACCESS), STATUS_SUCCESS);
    info = query(base);
    cr_assert(info.state == 0x2000 && info.nbytes == 0x100000 && info.type == 0x20000);
    part = (char *)base + 0x3001;
    cr_assert_eq(allocate(&part, 0x1000, COMMIT, READWRITE), STATUS_SUCCESS);
    cr_assert_eq(part, (char *)base + 0x3000, "whole pages: two of them");
    memset(part, 7, 0x2000);
    info = query((char *)part + 0x1800);
    cr_assert_eq(info.base, (uintptr_t)base + 0x4000);
    cr_assert_eq(info.allocation_base, (uintptr_t)base);
    cr_assert_eq(info.allocation_protect, NOACCESS);
    cr_assert(info.nbytes == 0x1000 && info.state == 0x1000 && info.protect == READWRITE);
    cr_assert_eq(allocate(&part, 0x1000, COMMIT, READWRITE), STATUS_SUCCESS, "again is no error");
    cr_assert_eq(((char *)part)[5], 7, "and keeps what is there");
    cr_assert_eq(release(part, 0x1000, DECOMMIT), STATUS_SUCCESS);
    cr_assert_eq(query(part).state, 0x2000);
    cr_assert_eq(allocate(&part, 0x1000, COMMIT, READWRITE), STATUS_SUCCESS);
    cr_assert_eq(((char *)part)[5], 0, "decommitted pages come back as zero");
    cr_assert_eq(release(base, 0, RELEASE), STATUS_SUCCESS);
    cr_assert_eq(query(base).state, 0x10000);
}

Test(memory, errors)
{
    void *base = NULL, *other, *null = NULL;
    uint64_t zero = 0, page = 0x1000;
    uint32_t old;

    cr_assert_eq(allocate(&base, 0, COMMIT, READWRITE), STATUS_INVALID_PARAMETER);
    cr_assert_eq(allocate(&base, 0x1000, 0, READWRITE), STATUS_INVALID_PARAMETER);
    cr_assert_eq(allocate(&base, 0x1000, COMMIT | 1, READWRITE), STATUS_INVALID_PARAMETER);
    cr_assert_eq(allocate(&base, 0x1000, COMMIT, 0), STATUS_INVALID_PAGE_PROTECTION);
    cr_assert_eq(allocate(&base, 0x1000, COMMIT, READONLY | READWRITE),
                 STATUS_INVALID_PAGE_PROTECTION);
    cr_assert_eq(allocate(&base, 0x1000, COMMIT, WRITECOPY), STATUS_INVALID_PAGE_PROTECTION);
    cr_assert_eq(allocate(&base, UINT64_MAX, RESERVE, READWRITE), STATUS_INVALID_PARAMETER);
    cr_assert_eq(allocate(&base, UINT64_C(0x7FFFFFF00000), RESERVE, READWRITE), STATUS_NO_MEMORY);
    cr_assert_eq(emu_nt_allocate_virtual_memory(NULL, &page, COMMIT, READWRITE),
                 STATUS_ACCESS_VIOLATION);

    cr_assert_eq(allocate(&base, 0x20000, RESERVE, READWRITE), STATUS_SUCCESS);
    other = (char *)base + 0x10000;
    cr_assert_eq(allocate(&other, 0x1000, RESERVE, READWRITE), STATUS_CONFLICTING_ADDRESSES);
    cr_assert_eq(allocate(&other, 0x20000, COMMIT, READWRITE), STATUS_CONFLICTING_ADDRESSES);
    cr_assert_eq(emu_nt_protect_virtual_memory(&other, &page, READONLY, &old),
                 STATUS_NOT_COMMITTED);
    cr_assert_eq(emu_nt_protect_virtual_memory(&other, &zero, READONLY, &old),
                 STATUS_INVALID_PARAMETER);
    cr_assert_eq(emu_nt_protect_virtual_memory(&other, &page, READONLY, NULL),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(release(other, 0, RELEASE), STATUS_FREE_VM_NOT_AT_BASE);
    cr_assert_eq(release(other, 0, DECOMMIT), STATUS_FREE_VM_NOT_AT_BASE);
    cr_assert_eq(release(base, 0x30000, RELEASE), STATUS_UNABLE_TO_FREE_VM);
    cr_assert_eq(release(base, 0x30000, DECOMMIT), STATUS_UNABLE_TO_FREE_VM);
    cr_assert_eq(release(base, 0, 0), STATUS_INVALID_PARAMETER);
    cr_assert_eq(release(base, 0, DECOMMIT | RELEASE), STATUS_INVALID_PARAMETER);
    cr_assert_eq(release(base, 0, RELEASE), STATUS_SUCCESS);
    cr_assert_eq(release(null, 0, RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
    cr_assert_eq(emu_nt_query_virtual_memory(base, 0, &old, 4, NULL), STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(emu_nt_query_virtual_memory((void *)-1, 0, &old, 48, NULL),
                 STATUS_INVALID_PARAMETER);
}

Test(memory, at_a_chosen_address)
{
    void *base = NULL, *again, *inside;

    cr_assert_eq(allocate(&base, 0x10000, RESERVE, READWRITE), STATUS_SUCCESS);
    cr_assert_eq(release(base, 0, RELEASE), STATUS_SUCCESS);
    again = inside = (char *)base + 0x1234;
    cr_assert_eq(allocate(&again, 0x1000, RESERVE | COMMIT, READWRITE), STATUS_SUCCESS);
    cr_assert_eq(again, base, "bases round down to 64 KiB");
    memset(again, 1, 0x1234 + 0x1000);
    (void)inside;
    cr_assert_eq(release(again, 0, RELEASE), STATUS_SUCCESS);
}

Test(memory, protect_returns_what_was)
{
    void *base = NULL, *at;
    uint64_t nbytes;
    uint32_t old = 0;

    cr_assert_eq(allocate(&base, 0x3000, COMMIT, READWRITE), STATUS_SUCCESS);
    at = (char *)base + 0x1010;
    nbytes = 1;
    cr_assert_eq(emu_nt_protect_virtual_memory(&at, &nbytes, READONLY, &old), STATUS_SUCCESS);
    cr_assert(old == READWRITE && at == (char *)base + 0x1000 && nbytes == 0x1000);
    cr_assert_eq(query(base).nbytes, 0x1000);
    cr_assert_eq(query(at).protect, READONLY);
    cr_assert_eq(query((char *)base + 0x2000).protect, READWRITE);
    at = base;
    nbytes = 0x3000;
    cr_assert_eq(emu_nt_protect_virtual_memory(&at, &nbytes, READWRITE | 0x100, &old),
                 STATUS_SUCCESS);
    cr_assert_eq(query(base).protect, READWRITE | 0x100);
    cr_assert_eq(release(base, 0, RELEASE), STATUS_SUCCESS);
}

Test(memory, a_read_only_page_faults_on_write, .signal = SIGSEGV)
{
    void *base = NULL;

    cr_assert_eq(allocate(&base, 0x1000, COMMIT, READONLY), STATUS_SUCCESS);
    signal(SIGSEGV, SIG_DFL); /* not a sanitizer's report */
    *(volatile char *)base = 1;
}

Test(memory, memory_of_others_can_be_queried_and_protected)
{
    static _Alignas(4096) char ours[8192];
    void *at = ours;
    uint64_t nbytes = 4096;
    uint32_t old = 0;
    struct basic info = query(ours);

    cr_assert(info.state == 0x1000 && info.protect == READWRITE);
    cr_assert_eq(query((void *)(uintptr_t)query).type, 0x40000, "code comes from a file");
    cr_assert_eq(emu_nt_protect_virtual_memory(&at, &nbytes, READONLY, &old), STATUS_SUCCESS);
    cr_assert_eq(old, READWRITE);
    cr_assert_eq(query(ours).protect, READONLY);
    nbytes = 4096;
    cr_assert_eq(emu_nt_protect_virtual_memory(&at, &nbytes, READWRITE, &old), STATUS_SUCCESS);
    cr_assert_eq(release(ours, 0, RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
}

Test(memory, many_reservations)
{
    void *bases[200];

    for (int i = 0; i < 200; i++) {
        bases[i] = NULL;
        cr_assert_eq(allocate(&bases[i], 0x1000, COMMIT, READWRITE), STATUS_SUCCESS);
        *(int *)bases[i] = i;
    }
    for (int i = 0; i < 200; i += 2)
        cr_assert_eq(release(bases[i], 0, RELEASE), STATUS_SUCCESS);
    for (int i = 1; i < 200; i += 2) {
        cr_assert_eq(*(int *)bases[i], i);
        cr_assert_eq(release(bases[i], 0, RELEASE), STATUS_SUCCESS);
    }
}
