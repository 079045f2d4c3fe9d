/* SPDX-License-Identifier: MIT */
#include "api/wine/unix/posts.h"

#include "emu/base/list.h"
#include "emu/base/lock.h"

#include <stdlib.h>

/* An event is its own queue entry, so that posting never allocates; setting it twice is once. */
struct unix_event {
    struct emu_object obj;   /* first */
    uint64_t handle;         /* the PE half's own */
    struct emu_list post;    /* posts_lock; an empty list of itself while not queued */
    bool wants_set, is_dead; /* posts_lock */
};

static struct emu_lock posts_lock = EMU_LOCK_INIT;
static struct emu_list posts = {&posts, &posts}; /* posts_lock */
static _Atomic uint32_t posts_word;              /* changes with every post */

static void enqueue_locked(struct unix_event *event)
{
    if (emu_list_empty(&event->post))
        emu_list_append(&posts, &event->post);
    atomic_fetch_add(&posts_word, 1);
    emu_futex_wake(&posts_word, 1);
}

static void event_destroy(struct emu_object *obj)
{
    struct unix_event *event = (struct unix_event *)obj;

    emu_lock_acquire(&posts_lock);
    event->is_dead = true; /* the poster frees it, after a set that is still due */
    enqueue_locked(event);
    emu_lock_release(&posts_lock);
}

static const struct emu_object_ops unix_event_ops = {
    .type = "Event",
    .close = emu_no_close,
    .destroy = event_destroy,
    .signalled = emu_never_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = false,
};

NTSTATUS unix_event_create(uint64_t handle, struct emu_object **event_out)
{
    struct unix_event *event = calloc(1, sizeof *event);

    if (!event)
        return STATUS_NO_MEMORY;
    emu_object_init(&event->obj, &unix_event_ops);
    event->handle = handle;
    emu_list_init(&event->post);
    *event_out = &event->obj;
    return STATUS_SUCCESS;
}

void unix_event_set(struct emu_object *obj)
{
    struct unix_event *event = (struct unix_event *)obj;

    emu_lock_acquire(&posts_lock);
    event->wants_set = true;
    enqueue_locked(event);
    emu_lock_release(&posts_lock);
}

/* The first post, or false. */
static bool take(struct wine_next_post *post)
{
    struct unix_event *event;
    bool is_there;

    emu_lock_acquire(&posts_lock);
    is_there = !emu_list_empty(&posts);
    if (is_there) {
        event = EMU_CONTAINER(emu_list_take_first(&posts), struct unix_event, post);
        post->event_out = event->handle;
        if (event->wants_set) {
            event->wants_set = false;
            post->what_out = WINE_POST_SET_EVENT;
            if (event->is_dead)
                emu_list_append(&posts, &event->post); /* its end comes next */
        } else {
            post->what_out = WINE_POST_CLOSE_EVENT;
            free(event); /* is_dead: nobody else knows it */
        }
    }
    emu_lock_release(&posts_lock);
    return is_there;
}

void unix_posts_next(struct wine_next_post *post)
{
    for (;;) {
        uint32_t word = atomic_load(&posts_word);

        if (take(post))
            return;
        /*
         * A bare futex, no condition variable: Wine ends this thread at process exit with
         * pthread_exit from a signal, and the clean-up that pthread_cond_wait leaves on the stack
         * then crashes.
         */
        emu_futex_wait(&posts_word, word, UINT64_MAX);
    }
}
