/* SPDX-License-Identifier: MIT */
/* Pages, heaps and the older allocators. Heap blocks are malloc's, with what HeapSize needs before them. */
#include "api/kernelbase/kernelbase.h"

#include "emu/base/list.h"
#include "emu/base/lock.h"

#include <sys/mman.h>

#define HEAP_LIVE 0x70616548u

LPVOID WINAPI kb_VirtualAllocEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize,
                                DWORD flAllocationType, DWORD flProtect)
{
    PVOID base = lpAddress;
    NTSTATUS status =
        NtAllocateVirtualMemory(hProcess, &base, 0, &dwSize, flAllocationType, flProtect);

    if (status < 0) {
        kb_set_status(status);
        return NULL;
    }
    return base;
}

LPVOID WINAPI kb_VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                              DWORD flProtect)
{
    return kb_VirtualAllocEx(kb_GetCurrentProcess(), lpAddress, dwSize, flAllocationType, flProtect);
}

BOOL WINAPI kb_VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType)
{
    PVOID base = lpAddress;

    /* [D] MEM_RELEASE frees a whole reservation: the size must be 0. */
    if (dwFreeType == MEM_RELEASE && dwSize != 0)
        return kb_fail(ERROR_INVALID_PARAMETER);
    return kb_done(NtFreeVirtualMemory(kb_GetCurrentProcess(), &base, &dwSize, dwFreeType));
}

BOOL WINAPI kb_VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect,
                              PDWORD lpflOldProtect)
{
    PVOID base = lpAddress;

    if (!lpflOldProtect)
        return kb_fail(ERROR_NOACCESS); /* [D] it fails without */
    return kb_done(NtProtectVirtualMemory(kb_GetCurrentProcess(), &base, &dwSize, flNewProtect,
                                          lpflOldProtect));
}

SIZE_T WINAPI kb_VirtualQuery(LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer,
                              SIZE_T dwLength)
{
    SIZE_T length = 0;
    NTSTATUS status = NtQueryVirtualMemory(kb_GetCurrentProcess(), (PVOID)lpAddress, 0, lpBuffer,
                                           dwLength, &length);

    if (status < 0)
        return kb_set_status(status);
    return length;
}

BOOL WINAPI kb_VirtualLock(LPVOID lpAddress, SIZE_T dwSize)
{
    return mlock(lpAddress, dwSize) == 0 ? TRUE : kb_fail(ERROR_WORKING_SET_QUOTA);
}

BOOL WINAPI kb_VirtualUnlock(LPVOID lpAddress, SIZE_T dwSize)
{
    return munlock(lpAddress, dwSize) == 0 ? TRUE : kb_fail(ERROR_NOT_LOCKED);
}

struct heap {
    DWORD live; /* HEAP_LIVE */
    struct emu_lock lock;
    struct emu_list blocks; /* struct block.link; lock */
};

struct block {
    struct emu_list link;
    size_t nbytes;
    struct heap *heap;
};
_Static_assert(sizeof(struct block) % 16 == 0, "user memory keeps malloc's alignment");

static struct heap process_heap = {.live = HEAP_LIVE,
                                   .lock = EMU_LOCK_INIT,
                                   .blocks = {&process_heap.blocks, &process_heap.blocks}};

static struct heap *heap_of(HANDLE handle)
{
    struct heap *heap = handle;

    if (heap && heap->live == HEAP_LIVE)
        return heap;
    kb_fail(ERROR_INVALID_HANDLE);
    return NULL;
}

static struct block *block_of(const void *memory)
{
    return (struct block *)(uintptr_t)((uintptr_t)memory - sizeof(struct block));
}

HANDLE WINAPI kb_GetProcessHeap(void)
{
    return &process_heap;
}

HANDLE WINAPI kb_HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize)
{
    struct heap *heap = calloc(1, sizeof *heap);

    if (!heap) {
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    heap->live = HEAP_LIVE;
    emu_lock_init(&heap->lock);
    emu_list_init(&heap->blocks);
    return heap;
}

BOOL WINAPI kb_HeapDestroy(HANDLE hHeap)
{
    struct heap *heap = heap_of(hHeap);
    struct emu_list *at;

    if (!heap)
        return FALSE;
    if (heap == &process_heap)
        return kb_fail(ERROR_INVALID_HANDLE);
    while ((at = emu_list_take_first(&heap->blocks)))
        free(EMU_CONTAINER(at, struct block, link));
    emu_lock_fini(&heap->lock);
    heap->live = 0;
    free(heap);
    return TRUE;
}

/* [D] HeapAlloc and HeapReAlloc do not set the last error when there is no memory. */
LPVOID WINAPI kb_HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
{
    struct heap *heap = heap_of(hHeap);
    struct block *block;

    if (!heap || dwBytes > SIZE_MAX - sizeof *block)
        return NULL;
    block = dwFlags & HEAP_ZERO_MEMORY ? calloc(1, sizeof *block + dwBytes)
                                       : malloc(sizeof *block + dwBytes);
    if (!block)
        return NULL;
    block->nbytes = dwBytes;
    block->heap = heap;
    emu_lock_acquire(&heap->lock);
    emu_list_append(&heap->blocks, &block->link);
    emu_lock_release(&heap->lock);
    return block + 1;
}

BOOL WINAPI kb_HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem)
{
    struct heap *heap = heap_of(hHeap);
    struct block *block;

    if (!heap)
        return FALSE;
    if (!lpMem)
        return TRUE;
    block = block_of(lpMem);
    if (block->heap != heap)
        return kb_fail(ERROR_INVALID_PARAMETER);
    emu_lock_acquire(&heap->lock);
    emu_list_remove(&block->link);
    emu_lock_release(&heap->lock);
    block->heap = NULL;
    free(block);
    return TRUE;
}

LPVOID WINAPI kb_HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes)
{
    struct heap *heap = heap_of(hHeap);
    size_t had;
    void *fresh;

    if (!heap || !lpMem || block_of(lpMem)->heap != heap)
        return NULL;
    had = block_of(lpMem)->nbytes;
    if (dwFlags & HEAP_REALLOC_IN_PLACE_ONLY) {
        if (dwBytes > had)
            return NULL;
        block_of(lpMem)->nbytes = dwBytes;
        return lpMem;
    }
    fresh = kb_HeapAlloc(hHeap, dwFlags, dwBytes);
    if (!fresh)
        return NULL;
    memcpy(fresh, lpMem, had < dwBytes ? had : dwBytes);
    kb_HeapFree(hHeap, 0, lpMem);
    return fresh;
}

SIZE_T WINAPI kb_HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem)
{
    struct heap *heap = heap_of(hHeap);

    if (!heap || !lpMem || block_of(lpMem)->heap != heap)
        return (SIZE_T)-1;
    return block_of(lpMem)->nbytes;
}

BOOL WINAPI kb_HeapValidate(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem)
{
    struct heap *heap = heap_of(hHeap);

    return heap && (!lpMem || block_of(lpMem)->heap == heap);
}

#define ZEROINIT 0x0040u

HLOCAL WINAPI kb_LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
    void *memory = kb_HeapAlloc(&process_heap, uFlags & ZEROINIT ? HEAP_ZERO_MEMORY : 0, uBytes);

    if (!memory)
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    return memory;
}

HLOCAL WINAPI kb_LocalFree(HLOCAL hMem)
{
    return kb_HeapFree(&process_heap, 0, hMem) ? NULL : hMem; /* [D] NULL is success */
}

HGLOBAL WINAPI kb_GlobalAlloc(UINT uFlags, SIZE_T dwBytes)
{
    return kb_LocalAlloc(uFlags, dwBytes);
}

HGLOBAL WINAPI kb_GlobalFree(HGLOBAL hMem)
{
    return kb_LocalFree(hMem);
}
