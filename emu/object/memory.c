// SPDX-License-Identifier: MIT
/*
 * Virtual memory: reservations with a state for each page, over anonymous mappings. Reserved pages
 * are mapped without access and without a claim on memory; committing is a change of protection.
 * Memory that others mapped can be queried and protected, never freed.
 */
#include "emu/base/lock.h"
#include "emu/base/log.h"
#include "emu/base/sim.h"
#include "emu/object/memory_maps.h"
#include "emu/object/section.h"
#include "emu/syscall.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GRANULE UINT64_C(0x10000)
#define USER_END UINT64_C(0x7FFFFFFF0000) /* [D] where addresses of a 64-bit program end */

#define MEM_COMMIT 0x1000u
#define MEM_RESERVE 0x2000u
#define MEM_DECOMMIT 0x4000u
#define MEM_RELEASE 0x8000u
#define MEM_FREE 0x10000u
#define MEM_PRIVATE 0x20000u
#define MEM_MAPPED 0x40000u
#define MEM_RESET 0x80000u
#define MEM_TOP_DOWN 0x100000u
#define MEM_WRITE_WATCH 0x200000u
#define MEM_PHYSICAL 0x400000u
#define MEM_RESET_UNDO 0x1000000u
#define MEM_LARGE_PAGES 0x20000000u

#define PAGE_NOACCESS 0x01u
#define PAGE_READONLY 0x02u
#define PAGE_READWRITE 0x04u
#define PAGE_EXECUTE 0x10u
#define PAGE_EXECUTE_READ 0x20u
#define PAGE_EXECUTE_READWRITE 0x40u
#define PAGE_GUARD 0x100u
#define PAGE_NOCACHE 0x200u
#define PAGE_WRITECOMBINE 0x400u

/* A page's state is 0 (reserved) or the low byte of its protection, and this bit for a guard. */
#define STATE_GUARD 0x80u

struct region {
    uint64_t base, end;
    uint32_t protect; /* as given to the reservation */
    uint8_t *states;  /* one a page; mapped, so that a huge reservation costs nothing */
};

struct basic_information { /* MEMORY_BASIC_INFORMATION */
    uint64_t base_address, allocation_base;
    uint32_t allocation_protect;
    uint16_t partition_id;
    uint64_t region_nbytes;
    uint32_t state, protect, type;
};
_Static_assert(sizeof(struct basic_information) == 48, "the size programs pass");

/* A leaf: nothing is taken inside. Covers the table and every region's states. */
static struct emu_lock memory_lock = EMU_LOCK_INIT;
static struct region *regions; /* sorted by base, disjoint */
static size_t region_count, region_capacity;

static uint64_t page_nbytes(void)
{
    static _Atomic uint64_t cached;
    uint64_t n = atomic_load_explicit(&cached, memory_order_relaxed); /* a constant once known */

    if (!n) {
        n = (uint64_t)sysconf(_SC_PAGESIZE);
        atomic_store_explicit(&cached, n, memory_order_relaxed);
    }
    return n;
}

static uint64_t round_down(uint64_t value, uint64_t unit)
{
    return value & ~(unit - 1);
}

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return round_down(value + unit - 1, unit);
}

static bool valid_protection(uint32_t protect)
{
    uint32_t modifiers = protect & ~0xFFu;

    switch (protect & 0xFF) {
    case PAGE_NOACCESS:
        return !modifiers; /* [D] no modifier goes with PAGE_NOACCESS */
    case PAGE_READONLY:
    case PAGE_READWRITE:
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ:
    case PAGE_EXECUTE_READWRITE:
        return !(modifiers & ~(PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE));
    default:
        return false; /* none, several, or the copy-on-write ones that are for sections */
    }
}

static uint8_t state_of(uint32_t protect)
{
    return (uint8_t)((protect & 0x7F) | (protect & PAGE_GUARD ? STATE_GUARD : 0));
}

static uint32_t protection_of(uint8_t state)
{
    return (state & 0x7Fu) | (state & STATE_GUARD ? PAGE_GUARD : 0);
}

static int linux_protection(uint32_t protect)
{
    if (protect & PAGE_GUARD) {
        /* One access would have to raise an exception and lift the guard: it stays shut instead. */
        EMU_FIXME("nt/guard-page", "PAGE_GUARD acts as PAGE_NOACCESS");
        return PROT_NONE;
    }
    switch (protect & 0xFF) {
    case PAGE_READONLY:
        return PROT_READ;
    case PAGE_READWRITE:
        return PROT_READ | PROT_WRITE;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ:
        return PROT_READ | PROT_EXEC;
    case PAGE_EXECUTE_READWRITE:
        return PROT_READ | PROT_WRITE | PROT_EXEC;
    default:
        return PROT_NONE;
    }
}

static void *pointer(uint64_t address)
{
    return (void *)(uintptr_t)address;
}

/* ---- the table ---- */

/* Where a region that starts above address would stand. */
static size_t position_after_locked(uint64_t address)
{
    size_t low = 0, high = region_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (regions[middle].base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct region *find_locked(uint64_t address)
{
    size_t at = position_after_locked(address);

    return at && address < regions[at - 1].end ? &regions[at - 1] : NULL;
}

static bool insert_locked(const struct region *region)
{
    size_t at = position_after_locked(region->base);

    if (region_count == region_capacity) {
        size_t capacity = region_capacity ? region_capacity * 2 : 64;
        struct region *more = realloc(regions, capacity * sizeof *more);

        if (!more)
            return false;
        regions = more;
        region_capacity = capacity;
    }
    memmove(&regions[at + 1], &regions[at], (region_count - at) * sizeof *regions);
    regions[at] = *region;
    region_count++;
    return true;
}

static uint64_t state_count(const struct region *region)
{
    return (region->end - region->base) / page_nbytes();
}

static void remove_locked(struct region *region)
{
    size_t at = (size_t)(region - regions);

    munmap(pointer(region->base), region->end - region->base);
    munmap(region->states, state_count(region));
    region_count--;
    memmove(region, region + 1, (region_count - at) * sizeof *regions);
}

/* ---- reserve and commit ---- */

static NTSTATUS map_anywhere(uint64_t nbytes, uint64_t *base_out)
{
    uint64_t whole = nbytes + GRANULE, start, base;
    void *at = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
        return STATUS_NO_MEMORY;
    start = (uint64_t)(uintptr_t)at;
    base = round_up(start, GRANULE);
    if (base > start)
        munmap(at, base - start);
    if (start + whole > base + nbytes)
        munmap(pointer(base + nbytes), start + whole - (base + nbytes));
    *base_out = base;
    return STATUS_SUCCESS;
}

static NTSTATUS map_at(uint64_t base, uint64_t nbytes)
{
    void *at = mmap(pointer(base), nbytes, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    if (at == MAP_FAILED)
        return errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_CONFLICTING_ADDRESSES;
    if (at == pointer(base))
        return STATUS_SUCCESS;
    munmap(at, nbytes); /* a kernel that takes the address for a hint */
    return STATUS_CONFLICTING_ADDRESSES;
}

static NTSTATUS reserve_locked(uint64_t *base, uint64_t *nbytes, uint32_t protect)
{
    struct region region = {.base = round_down(*base, GRANULE), .protect = protect};
    uint64_t size = round_up(*base + *nbytes, page_nbytes()) - region.base;
    NTSTATUS status = *base ? map_at(region.base, size) : map_anywhere(size, &region.base);
    void *states;

    if (status != STATUS_SUCCESS)
        return status;
    region.end = region.base + size;
    states = mmap(NULL, state_count(&region), PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    region.states = states;
    if (states == MAP_FAILED || !insert_locked(&region)) {
        if (states != MAP_FAILED)
            munmap(states, state_count(&region));
        munmap(pointer(region.base), size);
        return STATUS_NO_MEMORY;
    }
    *base = region.base;
    *nbytes = size;
    return STATUS_SUCCESS;
}

/* Widens to whole pages; NULL unless they all lie in one region. */
static struct region *whole_pages_locked(uint64_t *base, uint64_t *nbytes)
{
    uint64_t start = round_down(*base, page_nbytes());
    uint64_t end = round_up(*base + *nbytes, page_nbytes());
    struct region *region = find_locked(start);

    if (!region || end > region->end)
        return NULL;
    *base = start;
    *nbytes = end - start;
    return region;
}

static uint8_t *states_at(const struct region *region, uint64_t address)
{
    return region->states + (address - region->base) / page_nbytes();
}

static NTSTATUS set_states_locked(struct region *region, uint64_t base, uint64_t nbytes,
                                  uint32_t protect)
{
    if (mprotect(pointer(base), nbytes, linux_protection(protect)))
        return errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_ACCESS_DENIED;
    memset(states_at(region, base), state_of(protect), nbytes / page_nbytes());
    return STATUS_SUCCESS;
}

static NTSTATUS allocate_locked(uint64_t *base, uint64_t *nbytes, uint32_t type, uint32_t protect)
{
    bool reserve = type & MEM_RESERVE || !*base; /* [D] a commit without an address reserves too */
    struct region *region;
    NTSTATUS status;

    if (reserve) {
        status = reserve_locked(base, nbytes, protect);
        if (status != STATUS_SUCCESS || !(type & MEM_COMMIT))
            return status;
    }
    region = whole_pages_locked(base, nbytes);
    if (!region)
        return STATUS_CONFLICTING_ADDRESSES;
    if (type & (MEM_RESET | MEM_RESET_UNDO))
        return STATUS_SUCCESS; /* contents may be dropped or kept: kept */
    status = set_states_locked(region, *base, *nbytes, protect);
    if (status != STATUS_SUCCESS && reserve)
        remove_locked(region);
    return status;
}

static NTSTATUS valid_type(uint32_t type)
{
    const uint32_t main_bits = MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_RESET_UNDO;
    const uint32_t rare_bits = MEM_LARGE_PAGES | MEM_PHYSICAL | MEM_WRITE_WATCH;

    if (!(type & main_bits) || type & ~(main_bits | rare_bits | MEM_TOP_DOWN))
        return STATUS_INVALID_PARAMETER;
    if (type & (MEM_RESET | MEM_RESET_UNDO) && type & (type - 1))
        return STATUS_INVALID_PARAMETER; /* [D] neither goes with any other */
    if (type & (MEM_LARGE_PAGES | MEM_PHYSICAL))
        return STATUS_PRIVILEGE_NOT_HELD; /* [D] both want SeLockMemoryPrivilege */
    if (type & MEM_WRITE_WATCH) {
        EMU_FIXME("nt/write-watch", "MEM_WRITE_WATCH");
        return STATUS_NOT_SUPPORTED;
    }
    return STATUS_SUCCESS;
}

/* base and nbytes as one range below the end of user space. */
static bool valid_range(uint64_t base, uint64_t nbytes)
{
    return base < USER_END && nbytes <= USER_END - base;
}

NTSTATUS emu_nt_allocate_virtual_memory(void **base, uint64_t *nbytes, uint32_t type,
                                        uint32_t protect)
{
    uint64_t at, size;
    NTSTATUS status;

    if (!base || !nbytes)
        return STATUS_ACCESS_VIOLATION;
    status = valid_type(type);
    if (status != STATUS_SUCCESS)
        return status;
    if (!valid_protection(protect))
        return STATUS_INVALID_PAGE_PROTECTION;
    at = (uint64_t)(uintptr_t)*base;
    size = *nbytes;
    /* [D] An address inside the first page or behind the last is ERROR_INVALID_PARAMETER. */
    if (!size || !valid_range(at, size) || (at && at < GRANULE))
        return STATUS_INVALID_PARAMETER;
    emu_lock_acquire(&memory_lock);
    status = allocate_locked(&at, &size, type, protect);
    emu_lock_release(&memory_lock);
    if (status == STATUS_SUCCESS) {
        *base = pointer(at);
        *nbytes = size;
    }
    return status;
}

/* ---- free ---- */

static NTSTATUS release_locked(struct region *region, uint64_t base, uint64_t nbytes)
{
    if (base != region->base || nbytes != region->end - region->base) {
        EMU_FIXME("nt/release-part", "releasing a part of a reservation");
        return STATUS_UNABLE_TO_FREE_VM;
    }
    remove_locked(region);
    return STATUS_SUCCESS;
}

static NTSTATUS decommit_locked(struct region *region, uint64_t base, uint64_t nbytes)
{
    /* A new mapping over the old one gives the memory back and reads as zero when committed again. */
    void *at = mmap(pointer(base), nbytes, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

    if (at == MAP_FAILED)
        return STATUS_NO_MEMORY;
    memset(states_at(region, base), 0, nbytes / page_nbytes());
    return STATUS_SUCCESS;
}

static NTSTATUS free_locked(uint64_t *base, uint64_t *nbytes, uint32_t type)
{
    uint64_t start = round_down(*base, page_nbytes());
    uint64_t end = round_up(*base + *nbytes, page_nbytes());
    struct region *region = find_locked(start);
    NTSTATUS status;

    if (!region)
        return STATUS_MEMORY_NOT_ALLOCATED;
    if (*nbytes == 0) { /* the whole reservation, named by its base */
        if (start != region->base)
            return STATUS_FREE_VM_NOT_AT_BASE;
        end = region->end;
    }
    if (end > region->end)
        return STATUS_UNABLE_TO_FREE_VM;
    status = type == MEM_RELEASE ? release_locked(region, start, end - start)
                                 : decommit_locked(region, start, end - start);
    *base = start;
    *nbytes = end - start;
    return status;
}

NTSTATUS emu_nt_free_virtual_memory(void **base, uint64_t *nbytes, uint32_t type)
{
    uint64_t at, size;
    NTSTATUS status;

    if (!base || !nbytes)
        return STATUS_ACCESS_VIOLATION;
    if (type != MEM_DECOMMIT && type != MEM_RELEASE)
        return STATUS_INVALID_PARAMETER;
    at = (uint64_t)(uintptr_t)*base;
    size = *nbytes;
    if (!valid_range(at, size))
        return STATUS_INVALID_PARAMETER;
    emu_sim_before(RINGER_SIM_CALL_OTHER, false);
    emu_sim_touch_memory(*base, size ? size : UINT64_MAX - at); /* 0: all that was reserved there */
    emu_lock_acquire(&memory_lock);
    status = free_locked(&at, &size, type);
    emu_lock_release(&memory_lock);
    if (status == STATUS_SUCCESS) {
        *base = pointer(at);
        *nbytes = size;
    }
    return status;
}

/* ---- protect and query ---- */

static NTSTATUS protect_others(uint64_t base, uint64_t nbytes, uint32_t protect,
                               uint32_t *previous_out)
{
    struct emu_mapping first;

    if (!emu_mapping_at(base, &first) || !first.protect)
        return STATUS_CONFLICTING_ADDRESSES;
    if (mprotect(pointer(base), nbytes, linux_protection(protect)))
        return errno == EACCES ? STATUS_ACCESS_DENIED : STATUS_CONFLICTING_ADDRESSES;
    *previous_out = first.protect;
    return STATUS_SUCCESS;
}

static NTSTATUS protect_locked(uint64_t *base, uint64_t *nbytes, uint32_t protect,
                               uint32_t *previous_out)
{
    struct region *region = find_locked(round_down(*base, page_nbytes()));
    uint8_t *states;

    if (!region) {
        uint64_t start = round_down(*base, page_nbytes());

        *nbytes = round_up(*base + *nbytes, page_nbytes()) - start;
        *base = start;
        return protect_others(*base, *nbytes, protect, previous_out);
    }
    if (!whole_pages_locked(base, nbytes))
        return STATUS_CONFLICTING_ADDRESSES; /* [D] all pages in one reservation */
    states = states_at(region, *base);
    if (memchr(states, 0, *nbytes / page_nbytes()))
        return STATUS_NOT_COMMITTED;
    *previous_out = protection_of(states[0]); /* [D] that of the first page */
    return set_states_locked(region, *base, *nbytes, protect);
}

NTSTATUS emu_nt_protect_virtual_memory(void **base, uint64_t *nbytes, uint32_t protect,
                                       uint32_t *previous_out)
{
    uint64_t at, size;
    uint32_t previous;
    NTSTATUS status;

    if (!base || !nbytes || !previous_out)
        return STATUS_ACCESS_VIOLATION; /* [D] lpflOldProtect must be writable */
    if (!valid_protection(protect))
        return STATUS_INVALID_PAGE_PROTECTION;
    at = (uint64_t)(uintptr_t)*base;
    size = *nbytes;
    if (!size || !valid_range(at, size))
        return STATUS_INVALID_PARAMETER;
    emu_sim_before(RINGER_SIM_CALL_OTHER, false);
    emu_sim_touch_memory(*base, size);
    emu_lock_acquire(&memory_lock);
    status = protect_locked(&at, &size, protect, &previous);
    emu_lock_release(&memory_lock);
    if (status == STATUS_SUCCESS) {
        *base = pointer(at);
        *nbytes = size;
        *previous_out = previous;
    }
    return status;
}

static void describe_region_locked(const struct region *region, uint64_t at,
                                   struct basic_information *info)
{
    const uint8_t *first = states_at(region, at);
    const uint8_t *end = region->states + state_count(region), *pos = first;

    while (pos < end && *pos == *first)
        pos++;
    info->allocation_base = region->base;
    info->allocation_protect = region->protect;
    info->region_nbytes = (uint64_t)(pos - first) * page_nbytes();
    info->state = *first ? MEM_COMMIT : MEM_RESERVE;
    info->protect = protection_of(*first); /* [D] undefined while only reserved */
    info->type = MEM_PRIVATE;
}

/* What VirtualAlloc did not give out, up to where its next region starts. */
static void describe_others_locked(uint64_t at, struct basic_information *info)
{
    size_t next = position_after_locked(at);
    uint64_t limit = next < region_count ? regions[next].base : USER_END;
    struct emu_mapping mapping;

    if (!emu_mapping_at(at, &mapping))
        mapping = (struct emu_mapping){.start = at, .end = limit};
    info->region_nbytes = (mapping.end < limit ? mapping.end : limit) - at;
    if (!mapping.protect) {
        info->state = MEM_FREE;
        info->protect = PAGE_NOACCESS;
        return;
    }
    info->allocation_base = mapping.start;
    info->allocation_protect = info->protect = mapping.protect;
    info->state = MEM_COMMIT;
    info->type = mapping.from_file ? MEM_MAPPED : MEM_PRIVATE;
}

NTSTATUS emu_nt_query_virtual_memory(const void *address, uint32_t information_class, void *info,
                                     uint64_t info_nbytes, uint64_t *length_out)
{
    struct basic_information basic = {0};
    struct emu_view_range view;
    struct region *region;
    uint64_t at = round_down((uint64_t)(uintptr_t)address, page_nbytes());

    if (information_class != 0) {
        EMU_FIXME("nt/query-memory", "NtQueryVirtualMemory class %u", information_class);
        return STATUS_INVALID_INFO_CLASS;
    }
    if (info_nbytes < sizeof basic)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!info)
        return STATUS_ACCESS_VIOLATION;
    if (at >= USER_END)
        return STATUS_INVALID_PARAMETER; /* [D] above the highest address */
    basic.base_address = at;
    emu_lock_acquire(&memory_lock);
    region = find_locked(at);
    if (region)
        describe_region_locked(region, at, &basic);
    else
        describe_others_locked(at, &basic);
    emu_lock_release(&memory_lock);
    if (!region && emu_view_at(at, &view)) { /* its neighbours in memory are not of it */
        basic.allocation_base = view.base;
        basic.allocation_protect = view.protect;
        basic.type = MEM_MAPPED;
        if (basic.region_nbytes > view.end - at)
            basic.region_nbytes = view.end - at;
    }
    memcpy(info, &basic, sizeof basic);
    if (length_out)
        *length_out = sizeof basic;
    return STATUS_SUCCESS;
}
