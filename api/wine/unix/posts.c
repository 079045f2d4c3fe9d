/* SPDX-License-Identifier: MIT */
#include "api/wine/unix/posts.h"

#include "emu/base/list.h"

#include <pthread.h>
#include <stdlib.h>

/* An event is its own queue entry, so that posting never allocates; setting it twice is once. */
struct unix_event {
    struct emu_object obj;   /* first */
    uint64_t handle;         /* the PE half's own */
    struct emu_list post;    /* posts_lock; an empty list of itself while not queued */
    bool wants_set, is_dead; /* posts_lock */
};

static pthread_mutex_t posts_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t posts_wake = PTHREAD_COND_INITIALIZER;
static struct emu_list posts = {&posts, &posts}; /* posts_lock */

static void enqueue_locked(struct unix_event *event)
{
    if (emu_list_empty(&event->post))
        emu_list_append(&posts, &event->post);
    pthread_cond_signal(&posts_wake);
}

static void event_destroy(struct emu_object *obj)
{
    struct unix_event *event = (struct unix_event *)obj;

    pthread_mutex_lock(&posts_lock);
    event->is_dead = true; /* the poster frees it, after a set that is still due */
    enqueue_locked(event);
    pthread_mutex_unlock(&posts_lock);
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

    pthread_mutex_lock(&posts_lock);
    event->wants_set = true;
    enqueue_locked(event);
    pthread_mutex_unlock(&posts_lock);
}

void unix_posts_next(struct wine_next_post *post)
{
    struct unix_event *event;

    pthread_mutex_lock(&posts_lock);
    while (emu_list_empty(&posts))
        pthread_cond_wait(&posts_wake, &posts_lock);
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
    pthread_mutex_unlock(&posts_lock);
}
