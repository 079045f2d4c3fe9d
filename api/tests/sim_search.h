/* SPDX-License-Identifier: MIT */
/* All runs of a body under the simulating engine, one for each row of answers, by counting. */
#ifndef API_TESTS_SIM_SEARCH_H
#define API_TESTS_SIM_SEARCH_H

#include <criterion/criterion.h>
#include <ringer.h>
#include <ringer_sim.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SIM_MOST 64u

struct sim_search {
    uint32_t answers[SIM_MOST], counts[SIM_MOST];
    uint32_t planned, met;
    uint64_t log; /* a hash of what was met and what happened */
};

static inline void sim_mix(struct sim_search *s, uint64_t value)
{
    s->log = (s->log ^ value) * UINT64_C(0x100000001b3);
}

static inline uint32_t sim_choose(void *context, const struct ringer_sim_choice *choice)
{
    struct sim_search *s = context;
    uint32_t at = s->met++;

    cr_assert_lt(at, SIM_MOST);
    cr_assert_geq(choice->count, 2);
    s->counts[at] = choice->count;
    if (at >= s->planned)
        s->answers[at] = 0;
    sim_mix(s, choice->where << 8 | choice->count);
    sim_mix(s, s->answers[at]);
    return s->answers[at];
}

static inline void sim_note(void *context, const struct ringer_sim_step *step)
{
    sim_mix(context, (uint64_t)step->option.act << 32 | step->option.subject);
    sim_mix(context, (uint64_t)step->call << 32 | step->access_count);
}

static inline void sim_run(struct sim_search *s, uint32_t spaces, uint32_t faults, void (*body)(void))
{
    struct ringer_sim_params params = {.size = sizeof params,
                                       .spaces = spaces,
                                       .faults = faults,
                                       .most_faults = faults ? 1 : 0,
                                       .context = s,
                                       .choose = sim_choose,
                                       .step = sim_note};

    s->met = 0;
    s->log = 0;
    cr_assert(ringer_sim_begin(&params));
    body();
    cr_assert(ringer_sim_end(NULL));
    cr_assert_eq(ringer_handle_count(), 0);
}

/* The last choice that has another answer gets it. False: all were tried. */
static inline bool sim_next(struct sim_search *s)
{
    while (s->met && s->answers[s->met - 1] + 1 == s->counts[s->met - 1])
        s->met--;
    if (!s->met)
        return false;
    s->answers[s->met - 1]++;
    s->planned = s->met;
    return true;
}

/* Runs body once for every row of answers; returns how many there are. */
static inline uint32_t sim_each(uint32_t spaces, uint32_t faults, void (*body)(void))
{
    struct sim_search s;
    uint32_t runs = 0;

    memset(&s, 0, sizeof s);
    do {
        sim_run(&s, spaces, faults, body);
        runs++;
    } while (sim_next(&s));
    return runs;
}

#endif
