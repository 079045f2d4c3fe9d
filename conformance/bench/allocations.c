/* SPDX-License-Identifier: MIT */
/* Preloaded into a child of the bench: counts what the allocator is asked, and hands it on. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define SHOWN __attribute__((visibility("default")))

/* glibc's own names for what is replaced here. */
extern void *__libc_malloc(size_t nbytes);
extern void *__libc_calloc(size_t count, size_t nbytes);
extern void *__libc_realloc(void *memory, size_t nbytes);

SHOWN uint64_t bench_allocations(void);
SHOWN void *malloc(size_t nbytes);
SHOWN void *calloc(size_t count, size_t nbytes);
SHOWN void *realloc(void *memory, size_t nbytes);

static _Atomic uint64_t asked;

uint64_t bench_allocations(void)
{
    return atomic_load_explicit(&asked, memory_order_relaxed);
}

static void count(void)
{
    atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed);
}

void *malloc(size_t nbytes)
{
    count();
    return __libc_malloc(nbytes);
}

void *calloc(size_t items, size_t nbytes)
{
    count();
    return __libc_calloc(items, nbytes);
}

void *realloc(void *memory, size_t nbytes)
{
    count();
    return __libc_realloc(memory, nbytes);
}
