/* SPDX-License-Identifier: MIT */
/*
 * Sources that change when, where or how another one answers. Each puts a question aside; what asks
 * the inner source later, and on which thread, is the decorator's one difference.
 */
#include "hooks/provider/provider.h"

#include <stdlib.h>

enum kind {
    RP_IS_DELAY,
    RP_IS_BLOCK,
    RP_IS_WORKER,
    RP_IS_EARLY,
    RP_IS_GATE,
    RP_IS_FAIL,
    RP_IS_FAIL_AT,
    RP_IS_SHORT,
    RP_IS_MISCOUNT
};

struct decorated {
    enum kind kind;
    struct ringer_source *inner;
    UINT32 milliseconds, jitter, per_mille, most;
    INT32 difference;
    UINT64 seed, at;
    NTSTATUS status;
    SRWLOCK lock; /* of what follows */
    struct aside *first;
    UINT32 allowed; /* reads that a gate lets through; UINT32_MAX: all */
};

/* A question that waits for its moment, and then for the inner source. */
struct aside {
    struct rp_job job;
    struct ringer_call call;
    struct decorated *by;
    struct aside *next;
    void *file, *buffer;
    UINT64 offset;
    UINT32 length;
    ringer_read_token token; /* of the question to the decorator */
    bool asked, gone;        /* under by->lock. gone: cancelled, and answered */
};

static void unlink_locked(struct aside *aside)
{
    struct aside **at = &aside->by->first;

    while (*at != aside)
        at = &(*at)->next;
    *at = aside->next;
}

/* Frees it first: with the answer the decorator itself may go. */
static void answer(struct aside *aside, NTSTATUS status, UINT32 count)
{
    ringer_read_token token = aside->token;

    AcquireSRWLockExclusive(&aside->by->lock);
    unlink_locked(aside);
    ReleaseSRWLockExclusive(&aside->by->lock);
    free(aside);
    ringer_provider_complete(token, status, count);
}

static void answered(struct ringer_call *call, NTSTATUS status, UINT32 count)
{
    struct aside *aside = (struct aside *)((char *)call - offsetof(struct aside, call));

    answer(aside, status, count);
}

static void ask_inner(struct aside *aside)
{
    rp_source_read(aside->by->inner, aside->file, aside->offset, aside->buffer, aside->length,
                   &aside->call);
}

/* False: a cancel was first. */
static bool set_asked(struct aside *aside)
{
    AcquireSRWLockExclusive(&aside->by->lock);
    aside->asked = !aside->gone;
    ReleaseSRWLockExclusive(&aside->by->lock);
    return aside->asked;
}

static void run_job(struct rp_job *job)
{
    struct aside *aside = (struct aside *)(void *)job;

    if (set_asked(aside))
        ask_inner(aside);
    else
        answer(aside, RP_CANCELLED, 0);
}

/* A few bits of a number: which reads fail, how long they take. Not for secrets. */
static UINT32 mix(UINT64 seed, UINT64 offset)
{
    UINT64 x = seed * 0x9E3779B97F4A7C15u ^ (offset + 0x632BE59BD9B4E019u);

    x = (x ^ x >> 32) * 0xD6E8FEB86659FD93u;
    x = (x ^ x >> 32) * 0xD6E8FEB86659FD93u;
    return (UINT32)(x >> 32);
}

static UINT32 delay_of(const struct decorated *by, UINT64 offset)
{
    return by->milliseconds + (by->jitter ? mix(by->seed, offset) % (by->jitter + 1) : 0);
}

/* May this read go on? Takes its permission. */
static bool pass_locked(struct decorated *by)
{
    if (!by->allowed)
        return false;
    if (by->allowed != UINT32_MAX)
        by->allowed--;
    return true;
}

static NTSTATUS put_aside(struct decorated *by, void *file, UINT64 offset, void *buffer,
                          UINT32 length, ringer_read_token token)
{
    struct aside *aside = calloc(1, sizeof *aside);
    bool now;

    if (!aside)
        return RP_NO_MEMORY;
    *aside = (struct aside){.job.run = run_job,
                            .call.answered = answered,
                            .by = by,
                            .file = file,
                            .buffer = buffer,
                            .offset = offset,
                            .length = length,
                            .token = token};
    AcquireSRWLockExclusive(&by->lock);
    aside->next = by->first;
    by->first = aside;
    now = by->kind == RP_IS_EARLY || (by->kind == RP_IS_GATE && pass_locked(by));
    aside->asked = now;
    ReleaseSRWLockExclusive(&by->lock);
    if (now)
        ask_inner(aside);
    else if (by->kind != RP_IS_GATE && !rp_job_post(&aside->job, delay_of(by, offset)))
        answer(aside, RP_NO_MEMORY, 0);
    return RINGER_PROVIDER_PENDING;
}

static NTSTATUS decorated_read(void *context, void *file, UINT64 offset, void *buffer,
                               UINT32 length, ringer_read_token token, UINT32 *done_out)
{
    struct decorated *by = context;

    return put_aside(by, file, offset, buffer, length, token);
}

/* ---- the others: a different question or another answer, at once ---- */

/* An inner answer that is waited for here: its source may be of any kind. */
struct waiter {
    struct ringer_call call;
    SRWLOCK lock;
    CONDITION_VARIABLE wake;
    bool done;
    NTSTATUS status;
    UINT32 count;
};

static void waiter_answered(struct ringer_call *call, NTSTATUS status, UINT32 count)
{
    struct waiter *waiter = (struct waiter *)(void *)call;

    AcquireSRWLockExclusive(&waiter->lock);
    waiter->status = status;
    waiter->count = count;
    waiter->done = true;
    WakeConditionVariable(&waiter->wake);
    ReleaseSRWLockExclusive(&waiter->lock);
}

static NTSTATUS ask_and_wait(struct ringer_source *inner, void *file, UINT64 offset, void *buffer,
                             UINT32 length, UINT32 *count_out)
{
    struct waiter waiter = {
        .call.answered = waiter_answered, .lock = SRWLOCK_INIT, .wake = CONDITION_VARIABLE_INIT};

    rp_source_read(inner, file, offset, buffer, length, &waiter.call);
    AcquireSRWLockExclusive(&waiter.lock);
    while (!waiter.done)
        SleepConditionVariableSRW(&waiter.wake, &waiter.lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&waiter.lock);
    *count_out = waiter.count;
    return waiter.status;
}

static NTSTATUS changed_read(void *context, void *file, UINT64 offset, void *buffer, UINT32 length,
                             ringer_read_token token, UINT32 *done_out)
{
    struct decorated *by = context;
    NTSTATUS status;

    if (by->kind == RP_IS_FAIL && mix(by->seed, offset) % 1000 < by->per_mille)
        return by->status;
    if (by->kind == RP_IS_FAIL_AT && by->at >= offset && by->at - offset < length)
        return by->status;
    if (by->kind == RP_IS_SHORT && length > by->most)
        length = by->most;
    if (by->kind == RP_IS_BLOCK)
        Sleep(by->milliseconds);
    status = ask_and_wait(by->inner, file, offset, buffer, length, done_out);
    if (by->kind == RP_IS_MISCOUNT)
        *done_out = (UINT32)((INT64)*done_out + by->difference);
    return status;
}

static NTSTATUS decorated_query(void *context, void *file, struct ringer_file_info *info_out)
{
    struct decorated *by = context;

    return by->inner->provider->query(by->inner->context, file, info_out);
}

static NTSTATUS decorated_open(void *context, const WCHAR *path, UINT32 access, UINT32 share,
                               UINT32 disposition, void **file_out)
{
    struct decorated *by = context;

    return rp_source_open(by->inner, path, access, share, disposition, file_out);
}

static void decorated_close(void *context, void *file)
{
    struct decorated *by = context;

    rp_source_close(by->inner, file);
}

static void decorated_destroy(void *context)
{
    struct decorated *by = context;

    ringer_source_release(by->inner);
    free(by);
}

/*
 * Ends what has not been asked yet; of what has, the inner source is told. A question stays in the
 * list while we hold the lock, so it may be copied from; the inner token outlives it harmlessly.
 */
static void decorated_cancel(void *context, void *file, ringer_read_token token)
{
    struct decorated *by = context;
    struct ringer_call inner = {0};
    struct aside *aside;
    bool end = false;

    AcquireSRWLockExclusive(&by->lock);
    for (aside = by->first; aside && aside->token != token; aside = aside->next)
        ;
    if (aside && aside->asked) {
        inner.token = __atomic_load_n(&aside->call.token, __ATOMIC_ACQUIRE);
    } else if (aside) {
        /* A job on its way finds the mark; one that was taken back, and a gate's, end here. */
        aside->gone = true;
        end = by->kind == RP_IS_GATE || rp_job_withdraw(&aside->job);
    }
    ReleaseSRWLockExclusive(&by->lock);
    if (inner.token)
        rp_source_cancel(by->inner, file, &inner);
    if (end)
        answer(aside, RP_CANCELLED, 0);
}

void ringer_source_release_gate(struct ringer_source *gate, UINT32 count)
{
    struct decorated *by = gate->context;

    AcquireSRWLockExclusive(&by->lock);
    by->allowed =
        count == UINT32_MAX || by->allowed == UINT32_MAX ? UINT32_MAX : by->allowed + count;
    for (;;) {
        struct aside *oldest = NULL;

        for (struct aside *aside = by->first; aside; aside = aside->next)
            if (!aside->asked && !aside->gone)
                oldest = aside;
        if (!oldest || !pass_locked(by))
            break;
        oldest->asked = true;
        ReleaseSRWLockExclusive(&by->lock);
        ask_inner(oldest);
        AcquireSRWLockExclusive(&by->lock);
    }
    ReleaseSRWLockExclusive(&by->lock);
}

static const struct ringer_provider aside_provider = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_IMMUTABLE,
    .open = decorated_open,
    .close = decorated_close,
    .query = decorated_query,
    .read = decorated_read,
    .cancel = decorated_cancel,
    .destroy = decorated_destroy,
};

static const struct ringer_provider changed_provider = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_IMMUTABLE | RINGER_PROVIDER_MAY_BLOCK,
    .open = decorated_open,
    .close = decorated_close,
    .query = decorated_query,
    .read = changed_read,
    .destroy = decorated_destroy,
};

/* The same over a source that answers at once: no thread is needed for it. */
static const struct ringer_provider quick_provider = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_IMMUTABLE,
    .open = decorated_open,
    .close = decorated_close,
    .query = decorated_query,
    .read = changed_read,
    .destroy = decorated_destroy,
};

static bool answers_at_once(const struct ringer_source *source)
{
    return source->provider != &aside_provider &&
           !(source->provider->flags & RINGER_PROVIDER_MAY_BLOCK);
}

static struct ringer_source *decorate(struct ringer_source *inner, struct decorated values)
{
    struct decorated *by = inner ? malloc(sizeof *by) : NULL;
    const struct ringer_provider *provider = &aside_provider;
    struct ringer_source *source;

    if (values.kind >= RP_IS_FAIL || values.kind == RP_IS_BLOCK)
        provider = inner && values.kind != RP_IS_BLOCK && answers_at_once(inner)
                       ? &quick_provider
                       : &changed_provider;
    if (by) {
        *by = values;
        by->inner = inner;
        InitializeSRWLock(&by->lock);
    }
    source = by ? ringer_source_create(provider, by) : NULL;
    if (!source) {
        free(by);
        ringer_source_release(inner);
    }
    return source;
}

struct ringer_source *ringer_source_delay(struct ringer_source *inner, UINT32 milliseconds,
                                          UINT32 jitter, UINT64 seed)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_DELAY,
                                              .milliseconds = milliseconds,
                                              .jitter = jitter,
                                              .seed = seed});
}

struct ringer_source *ringer_source_block(struct ringer_source *inner, UINT32 milliseconds)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_BLOCK, .milliseconds = milliseconds});
}

struct ringer_source *ringer_source_fail(struct ringer_source *inner, UINT32 per_mille, UINT64 seed,
                                         NTSTATUS status)
{
    return decorate(
        inner, (struct decorated){
                   .kind = RP_IS_FAIL, .per_mille = per_mille, .seed = seed, .status = status});
}

struct ringer_source *ringer_source_fail_at(struct ringer_source *inner, UINT64 offset,
                                            NTSTATUS status)
{
    return decorate(inner,
                    (struct decorated){.kind = RP_IS_FAIL_AT, .at = offset, .status = status});
}

struct ringer_source *ringer_source_short(struct ringer_source *inner, UINT32 most)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_SHORT, .most = most ? most : 1});
}

struct ringer_source *ringer_source_worker(struct ringer_source *inner)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_WORKER});
}

struct ringer_source *ringer_source_early(struct ringer_source *inner)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_EARLY});
}

struct ringer_source *ringer_source_miscount(struct ringer_source *inner, INT32 difference)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_MISCOUNT, .difference = difference});
}

struct ringer_source *ringer_source_gate(struct ringer_source *inner)
{
    return decorate(inner, (struct decorated){.kind = RP_IS_GATE});
}
