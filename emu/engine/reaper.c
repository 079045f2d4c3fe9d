// SPDX-License-Identifier: MIT
#include "emu/engine/reaper.h"

#include "emu/base/list.h"
#include "emu/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct emu_reaper_entry {
    struct emu_list link; /* in entries, or nowhere once removed; lock */
    int fd;
    void (*reap)(void *arg);
    void *arg;
    uint64_t id;     /* what epoll reports; never reused, so a late report finds nothing */
    bool running;    /* lock */
    bool free_after; /* lock: removed from inside its own reap, so run_one frees it */
};

/*
 * A plain mutex, not an emu_lock: the thread sleeps with it in hand, which the fork gate forbids, and
 * a forked child starts over with nothing of it.
 */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t idle; /* some entry's reap returned */
    struct emu_list entries;
    uint64_t next_id;
    int epoll_fd;
    bool started;
} reaper = {.lock = PTHREAD_MUTEX_INITIALIZER,
            .idle = PTHREAD_COND_INITIALIZER,
            .entries = {&reaper.entries, &reaper.entries},
            .epoll_fd = -1};

static _Thread_local bool is_reaper;

static struct emu_reaper_entry *find_locked(uint64_t id)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &reaper.entries) {
        struct emu_reaper_entry *entry = EMU_CONTAINER(pos, struct emu_reaper_entry, link);

        if (entry->id == id)
            return entry;
    }
    return NULL;
}

static void run_one(uint64_t id)
{
    struct emu_reaper_entry *entry;
    bool ours;

    pthread_mutex_lock(&reaper.lock);
    entry = find_locked(id);
    if (entry)
        entry->running = true;
    pthread_mutex_unlock(&reaper.lock);
    if (!entry)
        return;
    entry->reap(entry->arg);
    pthread_mutex_lock(&reaper.lock);
    entry->running = false;
    ours = entry->free_after;
    pthread_cond_broadcast(&reaper.idle);
    pthread_mutex_unlock(&reaper.lock);
    if (ours)
        free(entry);
}

static void *reaper_main(void *unused)
{
    struct epoll_event events[32];

    is_reaper = true;
    for (;;) {
        int n = epoll_wait(reaper.epoll_fd, events, 32, -1);

        if (n < 0 && errno != EINTR)
            return unused;
        for (int i = 0; i < n; i++)
            run_one(events[i].data.u64);
    }
}

/* Signals are the application's: none is ever delivered to a thread it does not know. */
static int start_thread(void)
{
    sigset_t all, old;
    pthread_t thread;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&thread, NULL, reaper_main, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!err) {
        pthread_setname_np(thread, "ringer-reaper");
        pthread_detach(thread);
    }
    return err;
}

static bool prepare_locked(void)
{
    if (reaper.epoll_fd < 0)
        reaper.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return reaper.epoll_fd >= 0;
}

static bool start_locked(void)
{
    if (!reaper.started)
        reaper.started = prepare_locked() && !start_thread();
    return reaper.started;
}

bool emu_reaper_prepare(void)
{
    bool prepared;

    pthread_mutex_lock(&reaper.lock);
    prepared = prepare_locked();
    pthread_mutex_unlock(&reaper.lock);
    return prepared;
}

struct emu_reaper_entry *emu_reaper_add(int fd, void (*reap)(void *arg), void *arg)
{
    struct emu_reaper_entry *entry = calloc(1, sizeof *entry);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};

    if (!entry)
        return NULL;
    entry->fd = fd;
    entry->reap = reap;
    entry->arg = arg;
    pthread_mutex_lock(&reaper.lock);
    entry->id = ++reaper.next_id;
    event.data.u64 = entry->id;
    emu_list_append(&reaper.entries, &entry->link);
    /* Adding reports readiness that is already there, so nothing from before is missed. */
    if (!start_locked() || epoll_ctl(reaper.epoll_fd, EPOLL_CTL_ADD, fd, &event)) {
        emu_list_remove(&entry->link);
        free(entry);
        entry = NULL;
    }
    pthread_mutex_unlock(&reaper.lock);
    if (!entry)
        emu_log(EMU_LOG_WARN, "no reaper thread: completions wait for the next call");
    return entry;
}

void emu_reaper_remove(struct emu_reaper_entry *entry)
{
    bool ours;

    pthread_mutex_lock(&reaper.lock);
    emu_list_remove(&entry->link);
    epoll_ctl(reaper.epoll_fd, EPOLL_CTL_DEL, entry->fd, NULL);
    while (entry->running && !is_reaper)
        pthread_cond_wait(&reaper.idle, &reaper.lock);
    entry->free_after = entry->running;
    ours = !entry->running;
    pthread_mutex_unlock(&reaper.lock);
    if (ours)
        free(entry);
}

void emu_reaper_after_fork(void)
{
    pthread_mutex_init(&reaper.lock, NULL);
    pthread_cond_init(&reaper.idle, NULL);
    emu_list_init(&reaper.entries); /* the parent's entries: their memory stays as it is */
    if (reaper.epoll_fd >= 0)
        close(reaper.epoll_fd);
    reaper.epoll_fd = -1;
    reaper.started = false;
    is_reaper = false;
}
