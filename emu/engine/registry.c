// SPDX-License-Identifier: MIT
/* Which engine this process uses, decided once: the first that probes well, or the one asked for. */
#include "emu/base/log.h"
#include "emu/engine/engines.h"
#include "emu/base/fork.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In order of preference. An engine that was not built stays listed, with the reason. */
static const struct {
    const char *name;
    const struct emu_engine_ops *ops;
    const char *absent;
} engines[] = {
#ifdef EMU_HAVE_URING
    {"uring", &emu_engine_uring, NULL},
#else
    {"uring", NULL, "built without liburing"},
#endif
    {"threads", &emu_engine_threads, NULL},
    {"sim", &emu_engine_sim, NULL}, /* only when asked for */
};

#define ENGINE_COUNT (sizeof engines / sizeof engines[0])
#define ENGINE_THREADS 1u /* needs nothing but threads */

static struct {
    pthread_mutex_t lock;
    struct emu_engine_info rows[ENGINE_COUNT];
    bool probed;
    _Atomic(const struct emu_engine_ops *) chosen;
    struct emu_engine_queue *_Atomic shared;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

void emu_engine_no_drive(struct emu_engine_queue *queue, uint32_t min_count, uint64_t deadline_ns)
{
    (void)queue;
    (void)min_count;
    (void)deadline_ns;
}

uint32_t emu_engine_no_files(struct emu_engine_queue *queue, const int *fds, uint32_t count)
{
    (void)queue;
    (void)fds;
    (void)count;
    return 0;
}

uint32_t emu_engine_no_buffers(struct emu_engine_queue *queue,
                               const struct emu_engine_buffer *buffers, uint32_t count)
{
    (void)queue;
    (void)buffers;
    (void)count;
    return 0;
}

static void probe_locked(void)
{
    if (state.probed)
        return;
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        struct emu_engine_info *row = &state.rows[i];

        row->name = engines[i].name;
        if (!engines[i].ops)
            snprintf(row->reason, sizeof row->reason, "%s",
                     engines[i].absent ? engines[i].absent : "");
        else
            row->usable = engines[i].ops->probe(row->reason, sizeof row->reason) == 0;
    }
    state.probed = true;
}

static void choose_locked(size_t index)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        state.rows[i].chosen = i == index;
    if (engines[index].ops->chosen)
        engines[index].ops->chosen();
    atomic_store(&state.chosen, engines[index].ops);
}

static size_t index_of(const char *name)
{
    size_t i = 0;

    while (i < ENGINE_COUNT && strcmp(engines[i].name, name))
        i++;
    return i;
}

/* The rule of the house: say in one line what is used instead of what, and why. */
static void choose_default_locked(void)
{
    const char *wanted = getenv("RINGER_ENGINE");
    size_t index = wanted && *wanted ? index_of(wanted) : 0;

    emu_log_level(); /* says when that is none, too */
    if (index == ENGINE_COUNT) {
        emu_log(EMU_LOG_WARN, "RINGER_ENGINE=%s is no engine; have uring, threads, sim", wanted);
        index = 0;
    }
    for (size_t i = index; i < ENGINE_COUNT; i++) {
        if (state.rows[i].usable) {
            choose_locked(i);
            return;
        }
        emu_log(EMU_LOG_WARN, "engine %s cannot run here (%s), using %s", engines[i].name,
                state.rows[i].reason, engines[ENGINE_THREADS].name);
    }
    choose_locked(ENGINE_THREADS);
}

static void after_fork_child(void)
{
    pthread_mutex_init(&state.lock, NULL);
    atomic_store(&state.shared, NULL); /* the parent's: a new one is made on first use */
}

static pthread_once_t fork_handler = PTHREAD_ONCE_INIT;

static void register_fork_handler(void)
{
    emu_fork_register(NULL, NULL, after_fork_child);
}

const struct emu_engine_ops *emu_engine(void)
{
    const struct emu_engine_ops *ops = atomic_load(&state.chosen);

    if (ops)
        return ops;
    /* Before the lock is ever held: a child of a fork meanwhile starts over with both. */
    pthread_once(&fork_handler, register_fork_handler);
    pthread_mutex_lock(&state.lock);
    probe_locked();
    if (!atomic_load(&state.chosen))
        choose_default_locked();
    ops = atomic_load(&state.chosen);
    pthread_mutex_unlock(&state.lock);
    return ops;
}

struct emu_engine_queue *emu_engine_shared_queue(void)
{
    struct emu_engine_queue *queue = atomic_load(&state.shared);
    const struct emu_engine_ops *ops;

    if (queue)
        return queue;
    ops = emu_engine();
    pthread_mutex_lock(&state.lock);
    queue = atomic_load(&state.shared);
    if (!queue && (queue = ops->queue_create(256))) {
        if (!queue->ops->watch(queue)) { /* it may be another engine's than asked for */
            queue->ops->queue_destroy(queue);
            queue = emu_engine_threads.queue_create(256); /* it needs no watching */
        }
        atomic_store(&state.shared, queue);
    }
    pthread_mutex_unlock(&state.lock);
    return queue;
}

size_t emu_engine_list(struct emu_engine_info *rows, size_t capacity)
{
    emu_engine();
    pthread_mutex_lock(&state.lock);
    for (size_t i = 0; i < ENGINE_COUNT && i < capacity; i++)
        rows[i] = state.rows[i];
    pthread_mutex_unlock(&state.lock);
    return ENGINE_COUNT;
}
