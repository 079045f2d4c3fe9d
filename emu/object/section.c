// SPDX-License-Identifier: MIT
/*
 * A section owns a descriptor of its own; a view holds its section, so that handles of section and file
 * may go first. [D] UnmapViewOfFile: views and handles are closed in any order.
 */
#include "emu/object/section.h"

#include "emu/base/lock.h"
#include "emu/base/log.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/object/file.h"
#include "emu/object/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winternl.h>

#define GRANULE UINT64_C(0x10000)
#define PAGE UINT64_C(0x1000)

struct emu_section {
    struct emu_object obj; /* first */
    struct emu_list link;  /* in sections; lock */
    int fd;                /* owned */
    bool of_file;
    dev_t dev;
    ino_t ino;
    uint64_t nbytes;
    uint32_t protect;
};

struct view {
    struct emu_list link;        /* in views; lock */
    struct emu_section *section; /* a reference */
    struct emu_view_range range;
};

/* A leaf. */
static struct emu_lock lock = EMU_LOCK_INIT;
static struct emu_list sections = {&sections, &sections};
static struct emu_list views = {&views, &views};

static struct emu_section *section_of(struct emu_object *obj)
{
    return (struct emu_section *)obj;
}

static void section_destroy(struct emu_object *obj)
{
    struct emu_section *section = section_of(obj);

    emu_lock_acquire(&lock);
    emu_list_remove(&section->link);
    emu_lock_release(&lock);
    close(section->fd);
    free(section);
}

const struct emu_object_ops emu_section_ops = {
    .type = "Section",
    .close = emu_no_close,
    .destroy = section_destroy,
    .signalled = emu_never_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = false,
};

bool emu_section_maps(dev_t dev, ino_t ino)
{
    struct emu_list *pos;
    bool found = false;

    emu_lock_acquire(&lock);
    emu_list_for_each(pos, &sections) {
        const struct emu_section *section = EMU_CONTAINER(pos, struct emu_section, link);

        found = found || (section->of_file && section->dev == dev && section->ino == ino);
    }
    emu_lock_release(&lock);
    return found;
}

/* Lock held. */
static struct view *find_view(uint64_t address)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &views) {
        struct view *view = EMU_CONTAINER(pos, struct view, link);

        if (address >= view->range.base && address < view->range.end)
            return view;
    }
    return NULL;
}

bool emu_view_at(uint64_t address, struct emu_view_range *range_out)
{
    struct view *view;

    emu_lock_acquire(&lock);
    view = find_view(address);
    if (view)
        *range_out = view->range;
    emu_lock_release(&lock);
    return view;
}

/* ---- protections ---- */

enum { READS = 1, WRITES = 2, COPIES = 4, RUNS = 8 };

/* What a protection asks for; 0 for what is none of a section's. */
static uint32_t wants(uint32_t protect)
{
    switch (protect & ~(uint32_t)(PAGE_NOCACHE | PAGE_WRITECOMBINE)) {
    case PAGE_READONLY:
        return READS;
    case PAGE_READWRITE:
        return READS | WRITES;
    case PAGE_WRITECOPY:
        return READS | COPIES;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ:
        return READS | RUNS;
    case PAGE_EXECUTE_READWRITE:
        return READS | WRITES | RUNS;
    case PAGE_EXECUTE_WRITECOPY:
        return READS | COPIES | RUNS;
    default:
        return 0;
    }
}

static uint32_t section_access(uint32_t access)
{
    uint32_t mapped = access & SECTION_ALL_ACCESS;

    if (access & GENERIC_READ)
        mapped |= SECTION_QUERY | SECTION_MAP_READ;
    if (access & GENERIC_WRITE)
        mapped |= SECTION_MAP_WRITE;
    if (access & GENERIC_EXECUTE)
        mapped |= SECTION_MAP_EXECUTE;
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        mapped |= SECTION_ALL_ACCESS;
    return mapped;
}

/* ---- making ---- */

static NTSTATUS over_memory(struct emu_section *section, uint64_t nbytes)
{
    if (!nbytes)
        return STATUS_INVALID_PARAMETER_4;
    if (nbytes > (uint64_t)INT64_MAX - PAGE)
        return STATUS_SECTION_TOO_BIG;
    section->nbytes = (nbytes + PAGE - 1) & ~(PAGE - 1);
    section->fd = memfd_create("section", MFD_CLOEXEC);
    if (section->fd < 0 || ftruncate(section->fd, (off_t)section->nbytes) != 0)
        return emu_status_from_errno(errno);
    return STATUS_SUCCESS;
}

/* [D] CreateFileMapping: larger than the file makes the file larger, if the section is to be written. */
static NTSTATUS over_file(struct emu_section *section, struct emu_file *file, uint64_t nbytes)
{
    struct stat st;

    if (file->kind != EMU_FILE_DISK || emu_file_is_stream(file) || file->fd < 0)
        return STATUS_INVALID_FILE_FOR_SECTION;
    if (fstat(file->fd, &st) != 0)
        return emu_status_from_errno(errno);
    if (!nbytes && !st.st_size)
        return STATUS_MAPPED_FILE_SIZE_ZERO;
    if (nbytes > (uint64_t)st.st_size) {
        if (!(wants(section->protect) & WRITES) || nbytes > INT64_MAX)
            return STATUS_SECTION_TOO_BIG;
        if (ftruncate(file->fd, (off_t)nbytes) != 0)
            return emu_status_from_errno(errno);
    }
    section->nbytes = nbytes ? nbytes : (uint64_t)st.st_size;
    section->fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    section->of_file = true;
    section->dev = st.st_dev;
    section->ino = st.st_ino;
    return section->fd >= 0 ? STATUS_SUCCESS : emu_status_from_errno(errno);
}

static NTSTATUS over_handle(struct emu_section *section, emu_handle handle, uint64_t nbytes)
{
    uint32_t want = wants(section->protect), access;
    struct emu_object *obj;
    NTSTATUS status =
        emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_file_object_ops, &obj, &access);

    if (status != STATUS_SUCCESS)
        return status;
    if (!(access & FILE_READ_DATA) || ((want & WRITES) && !(access & FILE_WRITE_DATA)) ||
        ((want & RUNS) && !(access & FILE_EXECUTE)))
        status = STATUS_ACCESS_DENIED;
    else
        status = over_file(section, emu_file_from_object(obj), nbytes);
    emu_object_release(obj);
    return status;
}

static NTSTATUS check_attributes(uint32_t attributes, uint32_t protect)
{
    uint32_t kind = attributes & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT);

    if (!kind || (kind & (kind - 1)) ||
        attributes & ~(uint32_t)(SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE |
                                 SEC_WRITECOMBINE | SEC_LARGE_PAGES))
        return STATUS_INVALID_PARAMETER_6;
    if (!wants(protect))
        return STATUS_INVALID_PAGE_PROTECTION;
    if (attributes & SEC_LARGE_PAGES)
        return STATUS_PRIVILEGE_NOT_HELD;
    if (kind != SEC_IMAGE)
        return STATUS_SUCCESS; /* SEC_RESERVE: pages come when they are touched, as all do here */
    EMU_FIXME("nt/image-section", "SEC_IMAGE");
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS emu_nt_create_section(emu_handle *section_out, uint32_t access, const int64_t *user_nbytes,
                               uint32_t protect, uint32_t attributes, emu_handle file)
{
    struct emu_section *section;
    emu_handle handle;
    int64_t nbytes = 0;
    NTSTATUS status = check_attributes(attributes, protect);

    if (status != STATUS_SUCCESS)
        return status;
    if (!emu_probe_user(section_out, sizeof *section_out) ||
        (user_nbytes && !emu_copy_from_user(&nbytes, user_nbytes, sizeof nbytes)))
        return STATUS_ACCESS_VIOLATION;
    if (nbytes < 0)
        return STATUS_INVALID_PARAMETER_4;
    section = calloc(1, sizeof *section);
    if (!section)
        return STATUS_NO_MEMORY;
    section->fd = -1;
    section->protect = protect;
    status = file ? over_handle(section, file, (uint64_t)nbytes)
                  : over_memory(section, (uint64_t)nbytes);
    if (status != STATUS_SUCCESS) {
        if (section->fd >= 0)
            close(section->fd);
        free(section);
        return status;
    }
    emu_object_init(&section->obj, &emu_section_ops);
    emu_lock_acquire(&lock);
    emu_list_append(&sections, &section->link);
    emu_lock_release(&lock);
    status = emu_handle_create(&section->obj, section_access(access), &handle);
    emu_object_release(&section->obj);
    if (status == STATUS_SUCCESS && !emu_copy_to_user(section_out, &handle, sizeof handle)) {
        emu_handle_close(handle);
        status = STATUS_ACCESS_VIOLATION;
    }
    return status;
}

/* ---- mapping ---- */

/* Room that starts at a granule; PROT_NONE until the section is mapped over it. */
static void *reserve(uint64_t nbytes)
{
    uint64_t whole = nbytes + GRANULE, start, base;
    void *at = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
        return MAP_FAILED;
    start = (uint64_t)(uintptr_t)at;
    base = (start + GRANULE - 1) & ~(GRANULE - 1);
    if (base > start)
        munmap(at, base - start);
    munmap((void *)(uintptr_t)(base + nbytes), start + whole - (base + nbytes));
    return (void *)(uintptr_t)base;
}

static int linux_protection(uint32_t protect)
{
    uint32_t want = wants(protect);

    return PROT_READ | (want & (WRITES | COPIES) ? PROT_WRITE : 0) | (want & RUNS ? PROT_EXEC : 0);
}

/* Where *base says, or anywhere. */
static NTSTATUS place(const struct emu_section *section, uint64_t *base, uint64_t nbytes,
                      uint64_t offset, uint32_t protect)
{
    int flags = wants(protect) & COPIES ? MAP_PRIVATE : MAP_SHARED;
    void *at = *base
                   ? mmap((void *)(uintptr_t)*base, nbytes, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0)
                   : reserve(nbytes);
    NTSTATUS status;

    if (at == MAP_FAILED)
        return errno == EEXIST ? STATUS_CONFLICTING_ADDRESSES : STATUS_NO_MEMORY;
    if (*base && at != (void *)(uintptr_t)*base) { /* a kernel that takes the address for a hint */
        munmap(at, nbytes);
        return STATUS_CONFLICTING_ADDRESSES;
    }
    *base = (uint64_t)(uintptr_t)at;
    if (mmap(at, nbytes, linux_protection(protect), flags | MAP_FIXED, section->fd,
             (off_t)offset) != MAP_FAILED)
        return STATUS_SUCCESS;
    status = errno == EACCES || errno == EPERM ? STATUS_ACCESS_DENIED : STATUS_NO_MEMORY;
    munmap(at, nbytes);
    return status;
}

/* What the section allows, and this handle to it. */
static NTSTATUS check_view(const struct emu_section *section, uint32_t access, uint32_t protect)
{
    uint32_t want = wants(protect), may = wants(section->protect);

    if (!want)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (((want & WRITES) && !(may & WRITES)) || ((want & RUNS) && !(may & RUNS)))
        return STATUS_SECTION_PROTECTION;
    if (!(access & SECTION_MAP_READ) || ((want & WRITES) && !(access & SECTION_MAP_WRITE)) ||
        ((want & RUNS) && !(access & SECTION_MAP_EXECUTE)))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

static NTSTATUS map(struct emu_section *section, struct emu_map_params *params)
{
    uint64_t left = section->nbytes - (uint64_t)params->offset;
    uint64_t size = params->nbytes ? params->nbytes : left;
    struct view *view;
    NTSTATUS status;

    if (params->base % GRANULE || (uint64_t)params->offset % GRANULE)
        return STATUS_MAPPED_ALIGNMENT;
    if (params->offset < 0 || (uint64_t)params->offset >= section->nbytes || size > left)
        return STATUS_INVALID_VIEW_SIZE;
    view = calloc(1, sizeof *view);
    if (!view)
        return STATUS_NO_MEMORY;
    size = (size + PAGE - 1) & ~(PAGE - 1);
    status = place(section, &params->base, size, (uint64_t)params->offset, params->protect);
    if (status != STATUS_SUCCESS) {
        free(view);
        return status;
    }
    params->nbytes = size;
    emu_object_acquire(&section->obj);
    view->section = section;
    view->range = (struct emu_view_range){params->base, params->base + size, params->protect};
    emu_lock_acquire(&lock);
    emu_list_append(&views, &view->link);
    emu_lock_release(&lock);
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_map_view_of_section(emu_handle handle, struct emu_map_params *params)
{
    struct emu_object *obj;
    uint32_t access;
    NTSTATUS status;

    if (params->inherit != ViewShare && params->inherit != ViewUnmap)
        return STATUS_INVALID_PARAMETER_8;
    if (params->type & ~(uint32_t)(MEM_TOP_DOWN | MEM_RESERVE))
        return STATUS_INVALID_PARAMETER_9;
    status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_section_ops, &obj, &access);
    if (status != STATUS_SUCCESS)
        return status;
    status = check_view(section_of(obj), access, params->protect);
    if (status == STATUS_SUCCESS)
        status = map(section_of(obj), params);
    emu_object_release(obj);
    return status;
}

NTSTATUS emu_nt_unmap_view_of_section(uint64_t address)
{
    struct emu_view_range range;
    struct view *view;

    if (!emu_view_at(address, &range))
        return STATUS_NOT_MAPPED_VIEW;
    emu_sim_before(RINGER_SIM_CALL_OTHER, false);
    emu_sim_touch_memory((void *)(uintptr_t)range.base, range.end - range.base);
    emu_lock_acquire(&lock);
    view = find_view(address);
    if (view) {
        emu_list_remove(&view->link);
        /* Under the lock: the range is nobody else's before it is off the list and out of memory. */
        munmap((void *)(uintptr_t)view->range.base, view->range.end - view->range.base);
    }
    emu_lock_release(&lock);
    if (!view)
        return STATUS_NOT_MAPPED_VIEW; /* another thread was first */
    emu_object_release(&view->section->obj);
    free(view);
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_flush_virtual_memory(uint64_t *base, uint64_t *nbytes)
{
    struct emu_view_range range;
    uint64_t start = *base & ~(PAGE - 1), end;

    if (!emu_view_at(start, &range))
        return STATUS_NOT_MAPPED_VIEW;
    if (*nbytes > range.end - *base) /* *base lies in the view, so that this is no wrap */
        return STATUS_NOT_MAPPED_VIEW;
    end = *nbytes ? (*base + *nbytes + PAGE - 1) & ~(PAGE - 1) : range.end;
    if (msync((void *)(uintptr_t)start, end - start, MS_SYNC) != 0)
        return emu_status_from_errno(errno);
    *base = start;
    *nbytes = end - start;
    return STATUS_SUCCESS;
}
