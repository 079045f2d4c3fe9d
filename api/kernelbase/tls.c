/* SPDX-License-Identifier: MIT */
/* Thread-local and fibre-local storage. A thread's block is made on its first store. */
#include "api/kernelbase/kernelbase.h"

#include "emu/base/list.h"
#include "emu/base/lock.h"

#include <pthread.h>

#define SLOTS 1088u /* [D] 64 + 1024 TLS indexes a process */

enum kind { TLS, FLS };

struct block {
    struct emu_list link; /* blocks; table_lock */
    void *values[2][SLOTS];
};

struct slot {
    _Atomic bool used;
    PFLS_CALLBACK_FUNCTION callback; /* FLS; set before used, table_lock */
};

static struct emu_lock table_lock = EMU_LOCK_INIT;
static struct emu_list blocks = {&blocks, &blocks};
static struct slot slots[2][SLOTS];
static __thread struct block *mine;
static pthread_key_t thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A thread ends: its values go to their callbacks, then its block goes. */
static void block_end(void *argument)
{
    struct block *block = argument;

    for (DWORD i = 0; i < SLOTS; i++) {
        PFLS_CALLBACK_FUNCTION callback = NULL;
        void *value;

        emu_lock_acquire(&table_lock);
        value = block->values[FLS][i];
        block->values[FLS][i] = NULL;
        if (atomic_load(&slots[FLS][i].used))
            callback = slots[FLS][i].callback;
        emu_lock_release(&table_lock);
        if (value && callback)
            callback(value);
    }
    emu_lock_acquire(&table_lock);
    emu_list_remove(&block->link);
    emu_lock_release(&table_lock);
    if (mine == block)
        mine = NULL;
    free(block);
}

static void make_key(void)
{
    pthread_key_create(&thread_end, block_end);
}

static struct block *my_block(void)
{
    if (mine)
        return mine;
    pthread_once(&once, make_key);
    mine = calloc(1, sizeof *mine);
    if (!mine)
        return NULL;
    emu_lock_acquire(&table_lock);
    emu_list_append(&blocks, &mine->link);
    emu_lock_release(&table_lock);
    pthread_setspecific(thread_end, mine);
    return mine;
}

static DWORD slot_alloc(enum kind kind, PFLS_CALLBACK_FUNCTION callback)
{
    DWORD index;

    emu_lock_acquire(&table_lock);
    for (index = 0; index < SLOTS && atomic_load(&slots[kind][index].used); index++)
        ;
    if (index < SLOTS) {
        slots[kind][index].callback = callback;
        atomic_store(&slots[kind][index].used, true);
    }
    emu_lock_release(&table_lock);
    if (index < SLOTS)
        return index;
    kb_fail(ERROR_NO_MORE_ITEMS);
    return TLS_OUT_OF_INDEXES;
}

/* A value is its own thread's, but for slot_free, which clears them all: hence atomic. */
static void *slot_get(enum kind kind, DWORD index)
{
    if (index >= SLOTS) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    kb_SetLastError(ERROR_SUCCESS); /* [D] so that a stored NULL can be told from failure */
    return mine ? __atomic_load_n(&mine->values[kind][index], __ATOMIC_RELAXED) : NULL;
}

static BOOL slot_set(enum kind kind, DWORD index, void *value)
{
    struct block *block;

    if (index >= SLOTS || !atomic_load(&slots[kind][index].used))
        return kb_fail(ERROR_INVALID_PARAMETER);
    block = my_block();
    if (!block)
        return kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    __atomic_store_n(&block->values[kind][index], value, __ATOMIC_RELAXED);
    return TRUE;
}

/* [D] FlsFree calls the callback for every thread's value. TlsFree has none. */
static BOOL slot_free(enum kind kind, DWORD index)
{
    PFLS_CALLBACK_FUNCTION callback;
    struct emu_list *at;

    if (index >= SLOTS)
        return kb_fail(ERROR_INVALID_PARAMETER);
    emu_lock_acquire(&table_lock);
    if (!atomic_load(&slots[kind][index].used)) {
        emu_lock_release(&table_lock);
        return kb_fail(ERROR_INVALID_PARAMETER);
    }
    callback = slots[kind][index].callback;
again:
    emu_list_for_each(at, &blocks)
    {
        struct block *block = EMU_CONTAINER(at, struct block, link);
        void *value = __atomic_exchange_n(&block->values[kind][index], NULL, __ATOMIC_RELAXED);

        if (value && callback) {
            emu_lock_release(&table_lock); /* no lock across a callback; the list may change */
            callback(value);
            emu_lock_acquire(&table_lock);
            goto again;
        }
    }
    atomic_store(&slots[kind][index].used, false);
    emu_lock_release(&table_lock);
    return TRUE;
}

DWORD WINAPI kb_TlsAlloc(void)
{
    return slot_alloc(TLS, NULL);
}

LPVOID WINAPI kb_TlsGetValue(DWORD dwTlsIndex)
{
    return slot_get(TLS, dwTlsIndex);
}

BOOL WINAPI kb_TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue)
{
    return slot_set(TLS, dwTlsIndex, lpTlsValue);
}

BOOL WINAPI kb_TlsFree(DWORD dwTlsIndex)
{
    return slot_free(TLS, dwTlsIndex);
}

DWORD WINAPI kb_FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback)
{
    return slot_alloc(FLS, lpCallback);
}

PVOID WINAPI kb_FlsGetValue(DWORD dwFlsIndex)
{
    return slot_get(FLS, dwFlsIndex);
}

BOOL WINAPI kb_FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData)
{
    return slot_set(FLS, dwFlsIndex, lpFlsData);
}

BOOL WINAPI kb_FlsFree(DWORD dwFlsIndex)
{
    return slot_free(FLS, dwFlsIndex);
}
