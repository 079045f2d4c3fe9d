/* SPDX-License-Identifier: MIT */
/*
 * Who is inside which detour. A watched call is noted in a list of its thread, and its return address
 * replaced, so that the way out is seen as well: registers, stack arguments and result stay as they
 * are, whatever the function's type. What unwinds through such a frame (a C++ exception) does not
 * find its way; a longjmp over it is noticed at the next return.
 */
#include "hooks/engine/engine.h"
#include "hooks/lint/lint.h"

#include "emu/base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define FRAMES 64

struct frame {
    struct ringer_hook *hook;
    void **place;     /* of the return address */
    void *return_to;
    enum hook_watch_kind kind;
    struct hook_lint_call call; /* of a detour: what its original last answered */
};

struct frames {
    unsigned count;
    struct frame items[FRAMES];
};

static _Atomic bool watching;
static _Atomic uint64_t calls; /* of detours, while watched */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
/* Raised at each way out while somebody waits in ringer_hook_quiesce. */
static _Atomic uint32_t left, waiters;

static void enter_hook(struct ringer_hook *hook)
{
    atomic_fetch_add(&hook->inside, 1);
}

static void leave_hook(struct ringer_hook *hook)
{
    atomic_fetch_sub(&hook->inside, 1);
    if (atomic_load(&waiters)) {
        atomic_fetch_add(&left, 1);
        emu_futex_wake(&left, UINT32_MAX);
    }
}

/* A thread that ends inside detours is inside them no more. */
static void forget(void *value)
{
    struct frames *frames = value;

    for (unsigned i = 0; i < frames->count; i++)
        if (frames->items[i].kind == HOOK_WATCH_ENTER)
            leave_hook(frames->items[i].hook);
    free(frames);
}

static void make_key(void)
{
    if (pthread_key_create(&key, forget))
        abort();
}

static struct frames *my_frames(void)
{
    struct frames *frames = pthread_getspecific(key);

    if (!frames) {
        frames = calloc(1, sizeof *frames);
        if (frames && pthread_setspecific(key, frames)) {
            free(frames);
            frames = NULL;
        }
    }
    return frames;
}

bool hook_watching(void)
{
    return atomic_load_explicit(&watching, memory_order_acquire); /* pairs with the store in watch */
}

int ringer_hook_watch(int on)
{
    if (!hook_watch_enter_stub(0))
        return 0;
    pthread_once(&once, make_key);
    emu_lock_acquire(&hook_lock);
    atomic_store_explicit(&watching, on != 0, memory_order_release);
    for (unsigned i = 0; i < HOOK_THUNKS; i++) {
        struct ringer_hook *hook = &hook_table[i];

        if (hook->state == HOOK_FREE)
            continue;
        hook->watched = on != 0 && !(hook->flags & HOOK_LOOKS_ON);
        hook_wire_locked(hook);
    }
    emu_lock_release(&hook_lock);
    if (on)
        hook_lint_look_on();
    return 1;
}

uint64_t ringer_hook_calls(void)
{
    return atomic_load_explicit(&calls, memory_order_relaxed);
}

static unsigned depth_of(const struct frames *frames, const struct ringer_hook *hook)
{
    unsigned depth = 0;

    for (unsigned i = 0; i < frames->count; i++)
        depth += frames->items[i].hook == hook && frames->items[i].kind == HOOK_WATCH_ENTER;
    return depth;
}

static void push(struct frames *frames, struct ringer_hook *hook, void **place,
                 enum hook_watch_kind kind)
{
    struct frame *frame = &frames->items[frames->count++];

    *frame = (struct frame){.hook = hook, .place = place, .return_to = *place, .kind = kind};
    *place = (void *)hook_watch_left;
}

static void *enter_detour(struct ringer_hook *hook, void **place, int error)
{
    struct frames *frames = my_frames();

    if (!frames || frames->count == FRAMES ||
        (hook->flags & RINGER_HOOK_BYPASS && hook_bypass_mask & UINT64_C(1) << hook->owner_number))
        return atomic_load(&hook->below);
    enter_hook(hook);
    /* Seq_cst both: either this sees the hook out, or whoever took it out sees us inside. */
    if (atomic_load(&hook->state) != HOOK_ON) {
        leave_hook(hook);
        return atomic_load(&hook->below);
    }
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    push(frames, hook, place, HOOK_WATCH_ENTER);
    hook_lint_enter(hook, &frames->items[frames->count - 1].call, depth_of(frames, hook), error);
    return hook->detour;
}

static void *go_on(struct ringer_hook *hook, void **place)
{
    struct frames *frames = my_frames();

    if (atomic_load(&hook->state) == HOOK_GONE)
        hook_lint_gone(hook);
    if (frames && frames->count && frames->count < FRAMES)
        push(frames, hook, place, HOOK_WATCH_NEXT);
    return atomic_load(&hook->below);
}

void *hook_watch_enter(unsigned index, void **place, enum hook_watch_kind kind)
{
    struct ringer_hook *hook = &hook_table[index];
    int error = errno;
    void *to = kind == HOOK_WATCH_ENTER ? enter_detour(hook, place, error) : go_on(hook, place);

    errno = error;
    return to;
}

/* What the innermost frame of this detour learns from the return of its original. */
static void tell_detour(struct frames *frames, const struct ringer_hook *hook, uint64_t result,
                        int error)
{
    for (unsigned i = frames->count; i-- > 0;) {
        struct frame *frame = &frames->items[i];

        if (frame->hook == hook && frame->kind == HOOK_WATCH_ENTER) {
            hook_lint_original(&frame->call, result, error);
            return;
        }
    }
}

void hook_watch_leave(void **place, uint64_t result)
{
    struct frames *frames = pthread_getspecific(key);
    struct frame frame;
    int error = errno;

    /* Those further in were jumped over. */
    while (frames->items[frames->count - 1].place != place) {
        frame = frames->items[--frames->count];
        if (frame.kind == HOOK_WATCH_ENTER)
            leave_hook(frame.hook);
    }
    frame = frames->items[--frames->count];
    *place = frame.return_to;
    if (frame.kind == HOOK_WATCH_ENTER) {
        hook_lint_return(frame.hook, &frame.call, result, error);
        leave_hook(frame.hook);
    } else {
        tell_detour(frames, frame.hook, result, error);
    }
    errno = error;
}

static bool any_inside(const void *owner, const void *module, bool *watched_out)
{
    bool inside = false;

    for (unsigned i = 0; i < HOOK_THUNKS; i++) {
        struct ringer_hook *hook = &hook_table[i];

        if (hook->state == HOOK_FREE || (owner && hook->owner != owner) ||
            (module && hook->module_base != module))
            continue;
        *watched_out = *watched_out && hook->watched;
        inside = inside || atomic_load(&hook->inside);
    }
    return inside;
}

int hook_quiesce(const void *owner, const void *module, uint32_t milliseconds)
{
    uint64_t deadline = emu_clock_deadline_ms(milliseconds);
    bool inside, watched = true, in_time = true;

    atomic_fetch_add(&waiters, 1);
    for (;;) {
        uint32_t seen = atomic_load(&left);

        emu_lock_acquire(&hook_lock);
        inside = any_inside(owner, module, &watched);
        emu_lock_release(&hook_lock);
        if (!watched || !inside || !in_time)
            break;
        in_time = emu_futex_wait(&left, seen, deadline);
    }
    atomic_fetch_sub(&waiters, 1);
    return !watched ? -1 : !inside;
}

int ringer_hook_quiesce(const void *owner, uint32_t milliseconds)
{
    return owner ? hook_quiesce(owner, NULL, milliseconds) : 0;
}
