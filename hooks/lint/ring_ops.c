/* SPDX-License-Identifier: MIT */
/* A table of operations by ring and user data; findings where the two sides do not fit. */
#include "hooks/lint/ring_ops.h"

#include "emu/base/lock.h"

#include <ringer_hook.h>

#include <stdio.h>
#include <stdlib.h>

#define BUCKETS 1024

/* What the system answered and the program was not given yet. */
struct answer {
    struct answer *next;
    int32_t result;
    uint64_t information;
    uint64_t pops; /* of the ring, that had begun when it came */
    bool missed;   /* a pop that began after it found nothing */
};

struct op {
    struct op *next; /* in its bucket */
    const void *ring;
    uintptr_t user_data;
    uint64_t waiting; /* queued or submitted, and not popped */
    uint64_t real;    /* of those ever queued, how many went to the system as they were */
    uint64_t built;
    bool told;        /* that one never came */
    const void *into; /* of the one that is waiting; NULL: of several, nobody knows whose */
    struct answer *answers;
};

struct ring {
    struct ring *next;
    const void *ring;
    uint64_t waiting; /* of all its operations */
    uint64_t pops;    /* begun */
    uint32_t popping; /* threads in a pop */
    bool all_waited;  /* a wait for all that there were came back, and nothing was queued since */
};

/* Covers everything here; only the findings' own is taken under it. */
static struct emu_lock lock = EMU_LOCK_INIT;
static struct op *ops[BUCKETS];
static struct ring *rings;

static struct ring *ring_locked(const void *ring)
{
    struct ring *at = rings;

    while (at && at->ring != ring)
        at = at->next;
    return at;
}

static struct op **place_locked(const void *ring, uintptr_t user_data)
{
    uintptr_t hash = ((uintptr_t)ring >> 4) * 31 + user_data;
    struct op **link = &ops[(hash ^ hash >> 10) % BUCKETS];

    while (*link && ((*link)->ring != ring || (*link)->user_data != user_data))
        link = &(*link)->next;
    return link;
}

static void drop_answers(struct op *op)
{
    struct answer *answer;

    while ((answer = op->answers)) {
        op->answers = answer->next;
        free(answer);
    }
}

static void forget_locked(const void *ring)
{
    struct ring **link = &rings, *old;

    while (*link && (*link)->ring != ring)
        link = &(*link)->next;
    old = *link;
    if (!old)
        return;
    *link = old->next;
    free(old);
    for (unsigned i = 0; i < BUCKETS; i++) {
        struct op **at = &ops[i], *op;

        while ((op = *at)) {
            if (op->ring != ring) {
                at = &op->next;
                continue;
            }
            *at = op->next;
            drop_answers(op);
            free(op);
        }
    }
}

static void report(enum ringer_lint_kind kind, const char *function, uintptr_t user_data, const char *what)
{
    char text[160];

    snprintf(text, sizeof text, "user data %#llx: %s", (unsigned long long)user_data, what);
    ringer_lint_report(kind, function, NULL, text);
}

void hook_ops_ring(const void *ring)
{
    struct ring *fresh = calloc(1, sizeof *fresh);

    emu_lock_acquire(&lock);
    forget_locked(ring);
    if (fresh) {
        fresh->ring = ring;
        fresh->next = rings;
        rings = fresh;
    }
    emu_lock_release(&lock);
}

static bool is_missed(const struct op *op)
{
    const struct answer *answer = op->answers;

    while (answer && !answer->missed)
        answer = answer->next;
    return op->waiting && answer && !op->told;
}

/* What the program did not come for is its own affair; what it came for and was not given is not. */
void hook_ops_close(const void *ring)
{
    emu_lock_acquire(&lock);
    for (unsigned i = 0; i < BUCKETS; i++)
        for (const struct op *op = ops[i]; op; op = op->next)
            if (op->ring == ring && is_missed(op))
                report(RINGER_LINT_NEVER_COMPLETED, "CloseIoRing", op->user_data,
                       "the system had completed it, a pop found nothing, and the ring is closed");
    forget_locked(ring);
    emu_lock_release(&lock);
}

void hook_ops_built(const void *ring, uintptr_t user_data, bool real, const void *into)
{
    struct ring *of;
    struct op **link, *op;

    emu_lock_acquire(&lock);
    of = ring_locked(ring);
    link = of ? place_locked(ring, user_data) : NULL;
    if (link && !*link && (*link = calloc(1, sizeof **link)))
        **link = (struct op){.ring = ring, .user_data = user_data};
    op = link ? *link : NULL;
    if (op) {
        if (!op->waiting) { /* what came before is over */
            op->built = op->real = 0;
            op->told = false;
            drop_answers(op);
        }
        op->into = op->waiting ? NULL : into;
        op->waiting++;
        op->built++;
        op->real += real;
        of->waiting++;
        of->all_waited = false;
    }
    emu_lock_release(&lock);
}

void hook_ops_waited(const void *ring, uint32_t operations)
{
    struct ring *of;

    emu_lock_acquire(&lock);
    of = ring_locked(ring);
    if (of && of->waiting && operations >= of->waiting)
        of->all_waited = true;
    emu_lock_release(&lock);
}

void hook_ops_completed(const void *ring, uintptr_t user_data, int32_t result, uint64_t information)
{
    struct answer *answer = malloc(sizeof *answer);
    struct ring *of;
    struct op *op;

    emu_lock_acquire(&lock);
    of = ring_locked(ring);
    op = *place_locked(ring, user_data);
    if (of && op && answer) {
        *answer = (struct answer){op->answers, result, information, of->pops, false};
        op->answers = answer;
        answer = NULL;
    }
    emu_lock_release(&lock);
    free(answer);
}

void hook_ops_pop_begin(const void *ring)
{
    struct ring *of;

    emu_lock_acquire(&lock);
    of = ring_locked(ring);
    if (of) {
        of->pops++;
        of->popping++;
    }
    emu_lock_release(&lock);
}

/* Takes the answer that is this one; false when there are answers and it is none of them. */
static bool take_locked(struct op *op, int32_t result, uint64_t information)
{
    struct answer **link = &op->answers, *answer;

    while (*link && ((*link)->result != result || (*link)->information != information))
        link = &(*link)->next;
    answer = *link;
    if (!answer)
        return !op->answers;
    *link = answer->next;
    free(answer);
    return true;
}

/* By the one pop that there is, the last that began: what came before it was to be had. */
static void note_missed_locked(const struct ring *of)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        for (struct op *op = ops[i]; op; op = op->next)
            for (struct answer *at = op->ring == of->ring ? op->answers : NULL; at; at = at->next)
                at->missed |= at->pops < of->pops;
}

static void nothing_popped_locked(struct ring *of)
{
    /* Another thread may hold what this one missed. */
    if (of->popping || !of->waiting)
        return;
    note_missed_locked(of);
    if (!of->all_waited)
        return;
    of->all_waited = false;
    for (unsigned i = 0; i < BUCKETS; i++)
        for (struct op *op = ops[i]; op; op = op->next)
            if (op->ring == of->ring && op->waiting) {
                op->told = true;
                report(RINGER_LINT_NEVER_COMPLETED, "PopIoRingCompletion", op->user_data,
                       "all were waited for, and the queue is empty without it");
                return;
            }
}

static struct ring *pop_over_locked(const void *ring)
{
    struct ring *of = ring_locked(ring);

    if (of && of->popping)
        of->popping--;
    return of;
}

void hook_ops_not_popped(const void *ring, bool empty)
{
    struct ring *of;

    emu_lock_acquire(&lock);
    of = pop_over_locked(ring);
    if (of && empty)
        nothing_popped_locked(of);
    emu_lock_release(&lock);
}

const void *hook_ops_popped(const void *ring, uintptr_t user_data, int32_t result,
                            uint64_t information)
{
    const void *into = NULL;
    struct ring *of;
    struct op *op;

    emu_lock_acquire(&lock);
    of = pop_over_locked(ring);
    op = of ? *place_locked(ring, user_data) : NULL;
    if (of && !op) {
        report(RINGER_LINT_UNKNOWN_COMPLETION, "PopIoRingCompletion", user_data,
               "nothing was queued with it");
    } else if (op && !op->waiting) {
        report(RINGER_LINT_COMPLETED_TWICE, "PopIoRingCompletion", user_data,
               "completed more often than it was queued");
    } else if (op) {
        /* Only where each of them went down as it was is it known what must come up. */
        if (op->real == op->built && !take_locked(op, result, information))
            report(RINGER_LINT_RESULT_ALTERED, "PopIoRingCompletion", user_data,
                   "not what the system answered");
        into = result >= 0 ? op->into : NULL;
        op->waiting--;
        of->waiting--;
    }
    emu_lock_release(&lock);
    return into;
}

bool hook_ops_standing(struct hook_ops_kept *kept)
{
    *kept = (struct hook_ops_kept){0};
    if (pthread_mutex_trylock(&lock.mutex))
        return false;
    for (unsigned i = 0; i < BUCKETS; i++) {
        for (const struct op *op = ops[i]; op; op = op->next) {
            if (op->waiting && op->real < op->built && !kept->not_passed_on) {
                kept->not_passed_on = true;
                kept->user_data_not_passed_on = op->user_data;
            }
            if (op->waiting && op->real == op->built && op->answers && !kept->not_given) {
                kept->not_given = true;
                kept->user_data_not_given = op->user_data;
            }
        }
    }
    pthread_mutex_unlock(&lock.mutex);
    return true;
}
