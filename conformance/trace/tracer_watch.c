/* SPDX-License-Identifier: MIT */
/*
 * Watches the buffers of reads between submit and pop, so that a judge can see which bytes changed.
 * Only one read at a time over a byte is watched: where reads overlap nothing is said, nor for a
 * buffer that cannot be read (process_vm_readv fails instead of faulting).
 */
#include "conformance/trace/tracer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    WATCH_COUNT = 256,       /* reads watched at once */
    WATCH_NBYTES = 16 << 20, /* of one read */
    REGISTERED_COUNT = 4096,
};

struct watch {
    HIORING ring; /* NULL: free */
    uint64_t user_data;
    unsigned char *address;
    uint32_t nbytes;
    bool submitted, spoilt;   /* spoilt: another read overlaps */
    unsigned char *snapshot;  /* owned */
    uint64_t order;
    char sym[TRACER_SYM];     /* of the buffer when the read was built */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* covers what follows; a leaf */
static struct watch watches[WATCH_COUNT];
static uint64_t last_order;
/*
 * What was ever registered: reads by index go there unwatched, so no watched read may touch it.
 * A full table: then nothing is watched any more.
 */
static struct {
    unsigned char *from, *to;
} registered[REGISTERED_COUNT];
static size_t registered_count;
/* The program did more at once than is watched: a pop may belong to an unwatched read. */
static bool overflowed;

bool tracer_copy(void *to, const void *from, size_t nbytes)
{
    struct iovec local = {to, nbytes}, remote = {(void *)from, nbytes};

    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)nbytes;
}

static void free_locked(struct watch *watch)
{
    free(watch->snapshot);
    memset(watch, 0, sizeof(*watch));
}

static bool is_registered_locked(const unsigned char *address, uint32_t nbytes)
{
    for (size_t i = 0; i < registered_count; i++) {
        if (registered[i].from < address + nbytes && address < registered[i].to)
            return true;
    }
    return registered_count == REGISTERED_COUNT;
}

void tracer_watch_register(void *address, uint32_t nbytes)
{
    unsigned char *from = address;
    bool known = false;

    if (!address || !nbytes)
        return;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < registered_count && !known; i++)
        known = registered[i].from <= from && from + nbytes <= registered[i].to;
    if (!known && registered_count < REGISTERED_COUNT) {
        registered[registered_count].from = from;
        registered[registered_count++].to = from + nbytes;
    }
    for (size_t i = 0; i < WATCH_COUNT; i++) {
        if (watches[i].ring && is_registered_locked(watches[i].address, watches[i].nbytes))
            watches[i].spoilt = true;
    }
    pthread_mutex_unlock(&lock);
}

void tracer_watch_build(HIORING ring, uint64_t user_data, void *address, uint32_t nbytes,
                        const char *sym)
{
    struct watch *found = NULL;
    bool overlaps;

    pthread_mutex_lock(&lock);
    overlaps = is_registered_locked(address, nbytes);
    for (size_t i = 0; i < WATCH_COUNT; i++) {
        struct watch *watch = &watches[i];

        if (!watch->ring) {
            found = found ? found : watch;
        } else if (watch->address < (unsigned char *)address + nbytes &&
                   (unsigned char *)address < watch->address + watch->nbytes) {
            watch->spoilt = overlaps = true;
        }
    }
    if (found)
        *found = (struct watch){.ring = ring, .user_data = user_data, .address = address,
                                .nbytes = nbytes, .order = ++last_order,
                                .spoilt = overlaps || !address || !nbytes || nbytes > WATCH_NBYTES};
    else
        overflowed = true;
    if (found && sym)
        snprintf(found->sym, sizeof(found->sym), "%s", sym);
    pthread_mutex_unlock(&lock);
}

/* Just before the entries start: the program may have written into the buffer until now. */
void tracer_watch_submit(HIORING ring)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WATCH_COUNT; i++) {
        struct watch *watch = &watches[i];

        if (watch->ring != ring || watch->submitted)
            continue;
        watch->submitted = true;
        if (watch->spoilt)
            continue;
        watch->snapshot = malloc(watch->nbytes);
        if (!watch->snapshot || !tracer_copy(watch->snapshot, watch->address, watch->nbytes)) {
            watch->spoilt = true;
            continue;
        }
        cf_trace_memory(tracer_writer(), &(struct cf_trace_memory){
                                             .sym = watch->sym, .fill = true, .poison_ok = -1,
                                             .after = cf_trace_last_call(tracer_writer())});
    }
    pthread_mutex_unlock(&lock);
}

void tracer_watch_pop(HIORING ring, uint64_t user_data, uint64_t after)
{
    struct watch *first = NULL;
    unsigned count = 0;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WATCH_COUNT; i++) {
        if (watches[i].ring != ring || watches[i].user_data != user_data || !watches[i].submitted)
            continue;
        count++;
        if (!first || watches[i].order < first->order)
            first = &watches[i];
    }
    /* With equal user data it cannot be known which one has completed. */
    if (first && count == 1 && !first->spoilt && !overflowed) {
        unsigned char *now = malloc(first->nbytes);

        if (now && tracer_copy(now, first->address, first->nbytes))
            cf_trace_memory_diff(tracer_writer(), first->sym, first->snapshot, now, first->nbytes,
                                 -1, after);
        free(now);
    }
    if (first)
        free_locked(first);
    pthread_mutex_unlock(&lock);
}

void tracer_watch_close(HIORING ring)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WATCH_COUNT; i++) {
        if (watches[i].ring == ring)
            free_locked(&watches[i]);
    }
    pthread_mutex_unlock(&lock);
}
