// SPDX-License-Identifier: MIT
/*
 * One turn, handed from thread to thread: a thread runs from one point to the next, and only at points
 * does another come. So a row of choices says which thread did what, and nothing depends on the
 * machine's scheduler. Threads are numbered in the order in which they were made.
 */
#include "emu/engine/sim.h"

#include "emu/base/log.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define sim emu_sim_state

static _Thread_local struct emu_sim_thread *self;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t adopted_key; /* a thread that nobody told us of, at its end */

/* The machine's own futex: emu_futex_wait comes here. */
static void sleep_on(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
}

static void wait_for_turn(struct emu_sim_thread *thread)
{
    while (!atomic_load(&thread->turn))
        sleep_on(&thread->turn);
}

static void give_turn(struct emu_sim_thread *thread)
{
    atomic_store(&thread->turn, 1);
    syscall(SYS_futex, &thread->turn, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

static struct emu_sim_thread *find_thread(uint32_t ordinal)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.threads) {
        struct emu_sim_thread *thread = EMU_CONTAINER(pos, struct emu_sim_thread, link);

        if (thread->ordinal == ordinal)
            return thread;
    }
    return NULL;
}

bool emu_sim_can_run(const struct emu_sim_thread *thread)
{
    return !thread->waiting || thread->expired || thread->deadline_ns <= sim.now_ns ||
           atomic_load(thread->word) != thread->expected;
}

static struct emu_sim_thread *new_thread(void)
{
    struct emu_sim_thread *thread = calloc(1, sizeof *thread);

    if (thread) {
        thread->serves = emu_sim_owning;
        thread->quiet = thread->serves;
    }
    return thread;
}

void emu_sim_enroll(struct emu_sim_thread *thread)
{
    thread->ordinal = sim.next_thread++;
    sim.servers += thread->serves;
    emu_list_append(&sim.threads, &thread->link);
}

struct emu_sim_thread *emu_sim_thread_made(void)
{
    struct emu_sim_thread *thread = new_thread();

    if (thread)
        emu_sim_enroll(thread);
    return thread;
}

void emu_sim_thread_started(struct emu_sim_thread *thread)
{
    thread->started = true; /* whoever may switch to us does so whether we are here yet or not */
    self = thread;
    emu_sim_owning = thread->serves;
    wait_for_turn(thread);
    thread->tid = gettid();
}

/* Everybody else goes on without this thread. */
static void leave(struct emu_sim_thread *thread)
{
    struct emu_sim_thread *next = NULL;

    emu_sim_tell_uncalled();
    if (!thread->serves)
        emu_sim_serve();
    emu_list_remove(&thread->link);
    sim.servers -= thread->serves;
    if (thread->serves)
        next = emu_sim_next_served(thread);
    while (!next && !emu_list_empty(&sim.threads)) {
        struct emu_sim_offer offer = {0};
        struct ringer_sim_option option;

        emu_sim_offer_world(&offer);
        if (!offer.count && emu_sim_newcomers())
            continue;
        emu_sim_offer_expiry(&offer);
        if (!offer.count) /* they wait for each other; whoever is asked next says so */
            emu_sim_offer(&offer, RINGER_SIM_SWITCH, 0,
                          EMU_CONTAINER(sim.threads.next, struct emu_sim_thread, link)->ordinal);
        option = emu_sim_ask(RINGER_SIM_AT_WAIT, &offer);
        if (option.act == RINGER_SIM_SWITCH) {
            next = find_thread(option.subject);
            break;
        }
        emu_sim_do(option);
        emu_sim_serve();
    }
    if (!next)
        next = emu_sim_admit_or_free();
    self = NULL;
    if (sim.served == thread)
        sim.served = NULL;
    free(thread);
    if (next) /* last: from then on everything here is another's */
        give_turn(next);
}

void emu_sim_thread_ended(struct emu_sim_thread *thread)
{
    if (thread == self) {
        leave(thread);
    } else if (!thread->started) {
        emu_list_remove(&thread->link);
        sim.servers -= thread->serves;
        free(thread);
    }
}

static void adopted_ended(void *thread)
{
    emu_sim_thread_ended(thread);
}

static void make_key(void)
{
    pthread_key_create(&adopted_key, adopted_ended);
}

/* A thread that no CreateThread made: the first of the process, or one of another library. */
static struct emu_sim_thread *adopt(void)
{
    struct emu_sim_thread *thread = new_thread();

    if (!thread)
        abort(); /* there is no run without knowing whose it is */
    pthread_once(&once, make_key);
    pthread_setspecific(adopted_key, thread);
    thread->tid = gettid();
    if (emu_sim_arrive(thread)) {
        emu_sim_enroll(thread);
        atomic_store(&thread->turn, 1);
    }
    emu_sim_thread_started(thread);
    return thread;
}

struct emu_sim_thread *emu_sim_self(void)
{
    return self ? self : adopt();
}

void emu_sim_threads_reset(void)
{
    struct emu_sim_thread *first = emu_sim_self();
    struct emu_list *pos;

    emu_sim_strangers_reset();
    sim.missing = false;
    sim.next_thread = 0;
    first->tid = gettid(); /* another one, in a child */
    first->ordinal = sim.next_thread++;
    first->idle = 0;
    emu_list_for_each(pos, &sim.threads) {
        struct emu_sim_thread *thread = EMU_CONTAINER(pos, struct emu_sim_thread, link);

        if (thread != first)
            thread->ordinal = sim.next_thread++;
    }
}

/* ---- what threads may do next ---- */

void emu_sim_offer_threads(struct emu_sim_offer *offer)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.threads) {
        struct emu_sim_thread *thread = EMU_CONTAINER(pos, struct emu_sim_thread, link);

        if (thread != self && !thread->serves && emu_sim_can_run(thread))
            emu_sim_offer(offer, RINGER_SIM_SWITCH, 0, thread->ordinal);
    }
}

/*
 * A wait may run out early, that is while something else could still happen, only where the run allows
 * such a fault: limits are long against what they wait for, and programs may count on that. Never while an
 * event is held back: it is late by a moment, and what has happened is not taken back.
 */
void emu_sim_offer_expiry(struct emu_sim_offer *offer)
{
    bool early = offer->count > 0;
    uint64_t earliest = UINT64_MAX;
    struct emu_list *pos;

    if (early && !emu_list_empty(&sim.signals))
        return;
    if (early && (!(sim.params.faults & RINGER_SIM_EXPIRIES) || sim.faults >= sim.params.most_faults))
        return;
    emu_list_for_each(pos, &sim.threads) {
        struct emu_sim_thread *thread = EMU_CONTAINER(pos, struct emu_sim_thread, link);

        if (!emu_sim_can_run(thread) && thread->deadline_ns < earliest)
            earliest = thread->deadline_ns;
    }
    emu_list_for_each(pos, &sim.threads) {
        struct emu_sim_thread *thread = EMU_CONTAINER(pos, struct emu_sim_thread, link);

        if (!emu_sim_can_run(thread) && thread->deadline_ns == earliest && earliest != UINT64_MAX)
            emu_sim_offer(offer, RINGER_SIM_EXPIRE, early ? RINGER_SIM_EXPIRIES : 0, thread->ordinal);
    }
}

void emu_sim_pass_to(struct emu_sim_thread *thread)
{
    struct emu_sim_thread *mine = emu_sim_self();

    if (thread == mine)
        return;
    atomic_store(&mine->turn, 0);
    give_turn(thread);
    wait_for_turn(mine);
}

void emu_sim_switch_to(uint32_t ordinal)
{
    struct emu_sim_thread *thread = find_thread(ordinal);

    if (thread)
        emu_sim_pass_to(thread);
}

void emu_sim_expire(uint32_t ordinal)
{
    struct emu_sim_thread *thread = find_thread(ordinal);

    if (!thread || !thread->waiting)
        return;
    if (thread->deadline_ns > sim.now_ns)
        sim.now_ns = thread->deadline_ns;
    thread->expired = true;
}

/* Nothing can end any wait: each is told so in turn, that the program may say where it stands. */
static void stuck(struct emu_sim_thread *thread)
{
    if (emu_sim_outside())
        return;
    if (!sim.stuck++)
        emu_log(EMU_LOG_WARN, "sim: every thread%s waits, and nothing is left that could end a wait",
                sim.missing ? " but those that CreateThread did not make, which are not simulated," : "");
    if (sim.running && sim.params.stuck)
        sim.params.stuck(sim.params.context);
    if (sim.stuck > EMU_SIM_STUCK_MOST)
        abort();
    thread->expired = true;
}

bool emu_sim_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    struct emu_sim_thread *thread = emu_sim_self();

    emu_sim_tell_uncalled();
    thread->word = word;
    thread->expected = expected;
    thread->deadline_ns = deadline_ns;
    thread->expired = false;
    thread->waiting = true;
    while (thread->serves && !emu_sim_can_run(thread))
        emu_sim_hand_on(thread);
    if (!thread->serves)
        emu_sim_serve();
    while (!emu_sim_can_run(thread)) {
        struct emu_sim_offer offer = {0};

        emu_sim_offer_world(&offer);
        if (!offer.count && emu_sim_newcomers())
            continue;
        emu_sim_offer_expiry(&offer);
        if (offer.count)
            emu_sim_do(emu_sim_ask(RINGER_SIM_AT_WAIT, &offer));
        else if (!emu_sim_unyield())
            stuck(thread);
        emu_sim_serve();
        thread->idle = 0;
    }
    thread->waiting = false;
    return atomic_load(word) != expected;
}
