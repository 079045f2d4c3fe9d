/* SPDX-License-Identifier: MIT */
/*
 * Questions to providers and their answers. A token is a place in a table and how often that place
 * was used, so that an answer that comes late, twice or from nowhere finds nothing.
 */
#include "hooks/provider/provider.h"

#include <errno.h>
#include <stdlib.h>

#define CHUNK_SLOTS 256u
#define CHUNKS 4096u
#define INDEX_BITS 20u

struct slot {
    _Atomic UINT64 token; /* 0: free, or answered */
    UINT64 generation;    /* of whoever has the place */
    struct ringer_call *call;
    struct ringer_source *source;
    UINT32 length;
    UINT32 index;
    struct slot *next_free;
};

static _Atomic(struct slot *) chunks[CHUNKS]; /* never freed: a stale token must be readable */
static SRWLOCK table_lock = SRWLOCK_INIT;     /* free list, count of chunks */
static struct slot *first_free;
static UINT32 chunk_count;

static atomic_uint answered_twice, wrong_count;

void ringer_provider_faults_get(struct ringer_provider_faults *faults_out)
{
    faults_out->answered_twice = atomic_load(&answered_twice);
    faults_out->wrong_count = atomic_load(&wrong_count);
}

void rp_note_wrong_count(void)
{
    atomic_fetch_add(&wrong_count, 1);
}

static bool grow_locked(void)
{
    struct slot *chunk = chunk_count < CHUNKS ? calloc(CHUNK_SLOTS, sizeof *chunk) : NULL;

    if (!chunk)
        return false;
    for (UINT32 i = CHUNK_SLOTS; i-- > 0;) {
        chunk[i].index = chunk_count * CHUNK_SLOTS + i;
        chunk[i].next_free = first_free;
        first_free = &chunk[i];
    }
    atomic_store(&chunks[chunk_count++], chunk);
    return true;
}

static struct slot *slot_take(void)
{
    struct slot *slot = NULL;

    AcquireSRWLockExclusive(&table_lock);
    if (first_free || grow_locked()) {
        slot = first_free;
        first_free = slot->next_free;
    }
    ReleaseSRWLockExclusive(&table_lock);
    return slot;
}

static void slot_give(struct slot *slot)
{
    AcquireSRWLockExclusive(&table_lock);
    slot->next_free = first_free;
    first_free = slot;
    ReleaseSRWLockExclusive(&table_lock);
}

static struct slot *slot_of(ringer_read_token token)
{
    UINT32 index = (UINT32)token & ((1u << INDEX_BITS) - 1);
    struct slot *chunk = index ? atomic_load(&chunks[(index - 1) / CHUNK_SLOTS]) : NULL;

    return chunk ? &chunk[(index - 1) % CHUNK_SLOTS] : NULL;
}

_Static_assert(CHUNK_SLOTS *CHUNKS == 1u << INDEX_BITS, "an index fills its bits");

/* The provider of a source that takes one question at a time is free again. */
static void turn_next(struct ringer_source *source);

int ringer_provider_complete(ringer_read_token token, NTSTATUS status, UINT32 count)
{
    struct slot *slot = slot_of(token);
    ringer_read_token expected = token;
    struct ringer_call *call;
    struct ringer_source *source;

    /* Whoever takes the token out answers. */
    if (!slot || !token || !atomic_compare_exchange_strong(&slot->token, &expected, 0)) {
        atomic_fetch_add(&answered_twice, 1);
        return 0;
    }
    call = slot->call;
    source = slot->source;
    if (status >= 0 && count > slot->length) {
        rp_note_wrong_count();
        status = RP_INTERNAL_ERROR;
    }
    slot_give(slot);
    turn_next(source);
    call->answered(call, status, status >= 0 ? count : 0);
    ringer_source_release(source);
    return 1;
}

/* The provider is called with nothing held, as a provider's thread, and the last error is the
 * caller's. */
static void ask(struct ringer_source *source, void *file, UINT64 offset, void *buffer,
                UINT32 length, ringer_read_token token)
{
    DWORD error = GetLastError();
    int saved = errno;
    UINT32 count = 0;
    NTSTATUS status;

    ringer_bypass_enter();
    status = source->provider->read(source->context, file, offset, buffer, length, token, &count);
    ringer_bypass_leave();
    if (status != RINGER_PROVIDER_PENDING)
        ringer_provider_complete(token, status, count);
    errno = saved;
    SetLastError(error);
}

/* What a question is, for one that waits for its turn; beside the call, in memory of the layer's.
 */
struct waiting {
    struct ringer_call call; /* first: its next links them */
    void *file, *buffer;
    UINT64 offset;
    UINT32 length;
    ringer_read_token token;
};

static bool is_serial(const struct ringer_source *source)
{
    return !(source->provider->flags & RINGER_PROVIDER_THREAD_SAFE);
}

/* True: the caller asks now. Else the question was kept, or (no memory) answered. */
static bool turn_take(struct ringer_source *source, const struct waiting *question)
{
    struct waiting *kept = NULL;
    bool mine;

    AcquireSRWLockExclusive(&source->lock);
    mine = !source->busy;
    source->busy = true;
    if (!mine)
        kept = malloc(sizeof *kept);
    if (kept) {
        *kept = *question;
        kept->call.next = NULL;
        *source->last = &kept->call;
        source->last = &kept->call.next;
    }
    ReleaseSRWLockExclusive(&source->lock);
    if (!mine && !kept)
        ringer_provider_complete(question->token, RP_NO_MEMORY, 0);
    return mine;
}

static void turn_next(struct ringer_source *source)
{
    struct waiting *next = NULL;

    if (!is_serial(source))
        return;
    AcquireSRWLockExclusive(&source->lock);
    if (source->first) {
        next = (struct waiting *)(void *)source->first;
        source->first = next->call.next;
        if (!source->first)
            source->last = &source->first;
    } else {
        source->busy = false;
    }
    ReleaseSRWLockExclusive(&source->lock);
    if (!next)
        return;
    ask(source, next->file, next->offset, next->buffer, next->length, next->token);
    free(next);
}

void rp_source_read(struct ringer_source *source, void *file, UINT64 offset, void *buffer,
                    UINT32 length, struct ringer_call *call)
{
    struct slot *slot = slot_take();
    struct waiting question = {.file = file, .buffer = buffer, .offset = offset, .length = length};
    ringer_read_token token;

    if (!slot) {
        call->answered(call, RP_NO_MEMORY, 0);
        return;
    }
    token = ++slot->generation << INDEX_BITS | (slot->index + 1);
    slot->call = call;
    slot->source = source;
    slot->length = length;
    /* The provider may answer, and the caller free his call, as soon as the token is known. */
    __atomic_store_n(&call->token, token, __ATOMIC_RELEASE); /* whoever cancels looks */
    ringer_source_acquire(source);
    atomic_store(&slot->token, token);
    question.token = token;
    if (!is_serial(source) || turn_take(source, &question))
        ask(source, file, offset, buffer, length, token);
}

void rp_source_cancel(struct ringer_source *source, void *file, struct ringer_call *call)
{
    if (!source->provider->cancel)
        return;
    ringer_bypass_enter();
    source->provider->cancel(source->context, file,
                             __atomic_load_n(&call->token, __ATOMIC_ACQUIRE));
    ringer_bypass_leave();
}
