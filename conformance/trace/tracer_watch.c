/* SPDX-License-Identifier: MIT */
/*
 * Watches the buffers of reads between submit and pop, so that a judge can see which bytes changed.
 * Only one read at a time over a byte is watched: where reads overlap nothing is said, nor for a
 * buffer that cannot be read (process_vm_readv fails instead of faulting).
 */
#include "conformance/trace/tracer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    WATCH_COUNT = 256,       /* reads watched at once */
    WATCH_NBYTES = 16 << 20, /* of one read */
};

struct watch {
    HIORING ring; /* NULL: free */
    uint64_t user_data;
    unsigned char *address;
    uint32_t nbytes;
    bool submitted, spoilt;   /* spoilt: another read overlaps */
    unsigned char *snapshot;  /* owned */
    uint64_t order;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* covers what follows; a leaf */
static struct watch watches[WATCH_COUNT];
static uint64_t last_order;
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

void tracer_watch_build(HIORING ring, uint64_t user_data, void *address, uint32_t nbytes)
{
    struct watch *found = NULL;
    bool overlaps = false;

    pthread_mutex_lock(&lock);
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
    pthread_mutex_unlock(&lock);
}

/* Just before the entries start: the program may have written into the buffer until now. */
void tracer_watch_submit(HIORING ring)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WATCH_COUNT; i++) {
        struct watch *watch = &watches[i];
        char sym[TRACER_SYM];

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
        tracer_buffer(watch->address, watch->nbytes, sym);
        cf_trace_memory(tracer_writer(), &(struct cf_trace_memory){
                                             .sym = sym, .fill = true, .poison_ok = -1,
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
        char sym[TRACER_SYM];

        if (now && tracer_copy(now, first->address, first->nbytes)) {
            tracer_buffer(first->address, first->nbytes, sym);
            cf_trace_memory_diff(tracer_writer(), sym, first->snapshot, now, first->nbytes, -1,
                                 after);
        }
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
