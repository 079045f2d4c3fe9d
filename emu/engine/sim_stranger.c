// SPDX-License-Identifier: MIT
/*
 * Threads that no CreateThread made. Nothing is known of one until its first call, where it stands and
 * waits; it is let in when nobody else can go on, so that it does not depend on the machine how the run
 * goes. Before that is said of the others, those that are still on their way are waited for.
 */
#include "emu/engine/sim.h"

#include <dirent.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* By the machine's clock: how long a run waits in all, and how often it looks. */
#define PATIENCE_MS 1000u
#define LOOK_NS 1000000
#define MOST_BEFORE 64u

#define sim emu_sim_state

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct emu_list arrivals = {&arrivals, &arrivals}; /* by tid. lock */
static bool taken;                                        /* somebody has the turn. lock */
static _Atomic uint32_t arrived;                          /* ever; slept on */

/* Of the thread that has the turn: who was there before the run, and what is left of the patience. */
static pid_t before[MOST_BEFORE];
static uint32_t before_count, patience_ms = PATIENCE_MS;

static void tell(uint32_t missing)
{
    if (sim.running && sim.params.stranger)
        sim.params.stranger(sim.params.context, missing);
}

bool emu_sim_arrive(struct emu_sim_thread *thread)
{
    struct emu_list *pos;
    bool first;

    pthread_mutex_lock(&lock);
    first = !taken;
    taken = true;
    if (!first) {
        emu_list_for_each(pos, &arrivals)
            if (EMU_CONTAINER(pos, struct emu_sim_thread, link)->tid > thread->tid)
                break;
        emu_list_append(pos, &thread->link); /* before the one that was made later */
        tell(0);
    }
    pthread_mutex_unlock(&lock);
    if (!first) {
        atomic_fetch_add(&arrived, 1);
        syscall(SYS_futex, &arrived, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
    }
    return first;
}

/* The first of those who stand and wait; NULL: nobody, and with free the turn is whoever's comes next. */
static struct emu_sim_thread *take_arrival(bool free)
{
    struct emu_list *node;

    pthread_mutex_lock(&lock);
    node = emu_list_take_first(&arrivals);
    if (!node && free)
        taken = false;
    pthread_mutex_unlock(&lock);
    return node ? EMU_CONTAINER(node, struct emu_sim_thread, link) : NULL;
}

struct emu_sim_thread *emu_sim_admit_or_free(void)
{
    struct emu_sim_thread *thread = take_arrival(true);

    if (thread)
        emu_sim_enroll(thread);
    return thread;
}

static bool admit_all(void)
{
    struct emu_sim_thread *thread;
    bool any = false;

    while ((thread = take_arrival(false))) {
        emu_sim_enroll(thread);
        any = true;
    }
    return any;
}

/* ---- who is on the way ---- */

static bool is_in(const struct emu_list *list, pid_t tid)
{
    const struct emu_list *pos;

    emu_list_for_each(pos, list)
        if (EMU_CONTAINER(pos, const struct emu_sim_thread, link)->tid == tid)
            return true;
    return false;
}

static bool is_known(pid_t tid)
{
    bool known = tid == gettid(); /* who leaves is in no list any more */

    for (uint32_t i = 0; i < before_count; i++)
        if (before[i] == tid)
            return true;
    if (is_in(&sim.threads, tid))
        return true;
    pthread_mutex_lock(&lock);
    known |= is_in(&arrivals, tid);
    pthread_mutex_unlock(&lock);
    return known;
}

/* How many threads of the process the simulation has not; the first of them into tids. */
static uint32_t strangers(pid_t *tids, uint32_t most)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *entry;
    uint32_t count = 0;

    while (tasks && (entry = readdir(tasks))) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

        if (tid <= 0 || is_known(tid))
            continue;
        if (count < most)
            tids[count] = tid;
        count++;
    }
    if (tasks)
        closedir(tasks);
    return count;
}

void emu_sim_strangers_reset(void)
{
    uint32_t count;

    before_count = 0;
    count = strangers(before, MOST_BEFORE);
    before_count = count < MOST_BEFORE ? count : MOST_BEFORE;
    patience_ms = PATIENCE_MS;
}

/* One thread has no other beside it: a directory's links are its entries, where the kernel counts them. */
static bool is_alone(void)
{
    struct stat info;

    return !stat("/proc/self/task", &info) && info.st_nlink == 3;
}

bool emu_sim_newcomers(void)
{
    const struct timespec look = {0, LOOK_NS};

    while (!is_alone()) {
        uint32_t seen = atomic_load(&arrived);

        if (!strangers(NULL, 0))
            break;
        tell(0);
        if (!patience_ms) {
            tell(1);
            sim.missing = true;
            break;
        }
        patience_ms--;
        syscall(SYS_futex, &arrived, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, seen, &look, NULL, 0);
    }
    return admit_all();
}
