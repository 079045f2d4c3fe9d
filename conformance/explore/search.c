/* SPDX-License-Identifier: MIT */
/* Systematic and random schedules in turn, what they covered, and where it ends. */
#include "conformance/explore/search.h"

#include <stdlib.h>
#include <string.h>

enum {
    TURN = 8,        /* runs of one kind before the other has its turn */
    MOST_KEPT = 256, /* schedules that showed something new, as beginnings of others */
    MOST_CLASSES = 1 << 22,
};

/* ---- schedules ---- */

bool cf_schedule_take(struct cf_schedule *schedule, const struct cf_area *area)
{
    uint32_t count = area->choice_count;
    uint32_t *answers;

    while (count && !area->choices[count - 1].answer)
        count--;
    answers = malloc((count ? count : 1) * sizeof(*answers));
    if (!answers)
        return false;
    for (uint32_t i = 0; i < count; i++)
        answers[i] = area->choices[i].answer;
    cf_schedule_fini(schedule);
    *schedule = (struct cf_schedule){answers, count};
    return true;
}

void cf_schedule_fini(struct cf_schedule *schedule)
{
    free(schedule->answers);
    *schedule = (struct cf_schedule){0};
}

uint32_t cf_schedule_surprises(const struct cf_schedule *schedule)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < schedule->count; i++)
        count += schedule->answers[i] != 0;
    return count;
}

/* ---- coverage ---- */

static unsigned outcome_bit(uint32_t outcome)
{
    return outcome ? (unsigned)__builtin_ctz(outcome) + 1 : 0;
}

static unsigned where_row(uint32_t where)
{
    return where ? (unsigned)__builtin_ctz(where) % CF_WHERES : 0;
}

enum { MOST_NUMBERED = 1024 };

/* What each operation of the run was, in 0..CF_KINDS; CF_KINDS: not told. */
static void find_kinds(const struct cf_area *area, uint8_t *kinds)
{
    memset(kinds, CF_KINDS, MOST_NUMBERED);
    for (uint32_t i = 0; i < area->access_count; i++) {
        const struct ringer_sim_access *access = &area->accesses[i];

        if (access->resource == RINGER_SIM_OPERATION && access->id < MOST_NUMBERED &&
            access->from < CF_KINDS)
            kinds[access->id] = (uint8_t)access->from;
    }
}

static void cover_kind(struct cf_coverage *coverage, const uint8_t *kinds,
                       const struct ringer_sim_option *option, uint8_t bit, bool chosen)
{
    unsigned kind = option->subject < MOST_NUMBERED ? kinds[option->subject] : CF_KINDS;

    if (kind == CF_KINDS || (option->act != RINGER_SIM_COMPLETE && option->act != RINGER_SIM_PEND &&
                             option->act != RINGER_SIM_INLINE))
        return;
    coverage->kinds_offered[kind][option->act] |= bit;
    if (chosen)
        coverage->kinds_chosen[kind][option->act] |= bit;
}

/* True when something was seen for the first time. */
static bool cover(struct cf_coverage *coverage, const struct cf_area *area)
{
    uint8_t kinds[MOST_NUMBERED];
    bool fresh = false;

    find_kinds(area, kinds);
    for (uint32_t c = 0; c < area->choice_count; c++) {
        const struct cf_area_choice *choice = &area->choices[c];
        unsigned row = where_row(choice->where);

        for (uint32_t i = 0; i < choice->option_count; i++) {
            const struct ringer_sim_option *option = &area->options[choice->first_option + i];
            uint8_t bit = (uint8_t)(1u << outcome_bit(option->outcome) % CF_OUTCOMES);

            if (option->act >= RINGER_SIM_ACT_COUNT)
                continue;
            fresh |= !(coverage->offered[row][option->act] & bit);
            coverage->offered[row][option->act] |= bit;
            cover_kind(coverage, kinds, option, bit, i == choice->answer);
            if (i != choice->answer)
                continue;
            fresh |= !(coverage->chosen[row][option->act] & bit);
            coverage->chosen[row][option->act] |= bit;
        }
    }
    return fresh;
}

unsigned cf_coverage_count(const struct cf_coverage *coverage, bool chosen)
{
    unsigned count = 0;

    for (unsigned row = 0; row < CF_WHERES; row++)
        for (unsigned act = 0; act < RINGER_SIM_ACT_COUNT; act++)
            count += (unsigned)__builtin_popcount(chosen ? coverage->chosen[row][act]
                                                         : coverage->offered[row][act]);
    return count;
}

/* ---- classes ---- */

static bool grow_classes(struct cf_search *search)
{
    size_t capacity = search->class_capacity ? 2 * search->class_capacity : 1024;
    uint64_t *set = calloc(capacity, sizeof(*set));

    if (!set)
        return false;
    for (size_t i = 0; i < search->class_capacity; i++) {
        uint64_t hash = search->class_set[i];
        size_t at = hash & (capacity - 1);

        if (!hash)
            continue;
        while (set[at])
            at = (at + 1) & (capacity - 1);
        set[at] = hash;
    }
    free(search->class_set);
    search->class_set = set;
    search->class_capacity = capacity;
    return true;
}

static bool add_class(struct cf_search *search, uint64_t hash)
{
    size_t at;

    hash += !hash;
    if (search->classes == MOST_CLASSES ||
        (2 * (search->classes + 1) > search->class_capacity && !grow_classes(search)))
        return false;
    for (at = hash & (search->class_capacity - 1); search->class_set[at];
         at = (at + 1) & (search->class_capacity - 1))
        if (search->class_set[at] == hash)
            return false;
    search->class_set[at] = hash;
    search->classes++;
    return true;
}

/* ---- the two kinds ---- */

struct state {
    struct cf_search *search;
    struct cf_dfs dfs;
    struct cf_moves moves;
    struct cf_schedule kept[MOST_KEPT];
    uint32_t kept_count;
    uint64_t chance;
    uint32_t next_seed;
    bool systematic_done, cannot;
};

static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void keep(struct state *state)
{
    uint32_t at = state->kept_count < MOST_KEPT ? state->kept_count
                                                : (uint32_t)(draw(&state->chance) % MOST_KEPT);

    if (cf_schedule_take(&state->kept[at], state->search->area) && at == state->kept_count)
        state->kept_count++;
}

static void note_failure(struct state *state, const struct cf_outcome_of_run *outcome, bool by_seed)
{
    struct cf_search *search = state->search;

    if (search->failures++)
        return;
    cf_schedule_take(&search->failing, search->area);
    search->failure = *outcome;
    search->by_seed = by_seed;
    search->failing_seed = search->area->seed;
}

/* What both kinds do with a run to its end. False: the search is over. */
static bool settle(struct state *state, const struct cf_outcome_of_run *outcome, bool by_seed)
{
    struct cf_search *search = state->search;
    bool fresh;

    if (outcome->cannot) {
        search->failure = *outcome;
        state->cannot = true;
        return false;
    }
    search->executed++;
    search->faulted += cf_area_faults(search->area) > 0;
    if (search->operations < search->area->operations)
        search->operations = search->area->operations;
    if (search->made)
        search->made(search->context, outcome);
    fresh = cover(&search->coverage, search->area);
    if (by_seed || !state->dfs.reduce) {
        if (cf_moves_build(&state->moves, search->area))
            fresh |= add_class(search, cf_moves_class(&state->moves, search->area));
    } else {
        add_class(search, cf_moves_class(&state->dfs.moves, search->area));
    }
    if (fresh && search->seeds)
        keep(state);
    if (!outcome->failed)
        return true;
    note_failure(state, outcome, by_seed);
    return search->go_on;
}

static bool run_next(struct state *state)
{
    struct cf_search *search = state->search;
    struct cf_area *area = search->area;
    struct cf_outcome_of_run outcome = {0};

    if (!cf_dfs_next(&state->dfs, area)) {
        state->systematic_done = true;
        search->complete = true;
        return true;
    }
    search->run(search->context, area, &outcome);
    if (outcome.cannot)
        return settle(state, &outcome, false);
    if (!cf_dfs_learn(&state->dfs, area)) {
        /* A failure that may not be had again is one all the same; nothing can be built upon the run. */
        if (outcome.failed) {
            note_failure(state, &outcome, false);
            return false;
        }
        outcome = (struct cf_outcome_of_run){.cannot = true};
        strcpy(outcome.text, state->dfs.out_of_memory ? "no memory"
                             : area->strangers
                                 ? CF_STRANGERS "; the same answers led elsewhere"
                                 : "the same answers led elsewhere: the program does not depend on "
                                   "the schedule alone");
        return settle(state, &outcome, false);
    }
    search->beyond |= state->dfs.bounded || area->cut;
    if (area->asleep) {
        search->pruned++;
        return true;
    }
    return !state->dfs.mine || settle(state, &outcome, false);
}

static bool run_by_chance(struct state *state)
{
    struct cf_search *search = state->search;
    struct cf_area *area = search->area;
    struct cf_outcome_of_run outcome = {0};
    uint64_t order = search->seed * 0x9e3779b97f4a7c15u + state->next_seed;
    uint32_t index = state->next_seed++;

    if (search->shards > 1 && index % search->shards != search->shard)
        return true;
    area->seed = draw(&order);
    area->by_chance = 1;
    area->sleeper_count = area->answer_count = 0;
    /* Every other one begins as something that was worth keeping did. */
    if (index % 2 && state->kept_count) {
        const struct cf_schedule *from = &state->kept[draw(&order) % state->kept_count];

        area->answer_count = from->count ? (uint32_t)(draw(&order) % from->count) : 0;
        memcpy(area->answers, from->answers, area->answer_count * sizeof(*from->answers));
    }
    search->run(search->context, area, &outcome);
    search->random_done++;
    return settle(state, &outcome, true);
}

static bool time_is_up(struct cf_search *search)
{
    if (search->limit_ms && search->now_ms() - search->begun_ms >= search->limit_ms)
        search->out_of_time = true;
    return search->out_of_time;
}

enum cf_search_result cf_search_run(struct cf_search *search)
{
    struct state state = {.search = search, .chance = search->seed};
    bool on = true;

    search->begun_ms = search->now_ms ? search->now_ms() : 0;
    cf_dfs_init(&state.dfs, search->reduce, search->bound, search->shard, search->shards);
    state.systematic_done = !search->systematic;
    while (on && (!state.systematic_done || state.next_seed < search->seeds)) {
        for (unsigned i = 0; on && i < TURN && !state.systematic_done; i++)
            on = run_next(&state) && !time_is_up(search);
        for (unsigned i = 0; on && i < TURN && state.next_seed < search->seeds; i++)
            on = run_by_chance(&state) && !time_is_up(search);
        if (search->progress)
            search->progress(search->context, search);
    }
    cf_dfs_fini(&state.dfs);
    cf_moves_fini(&state.moves);
    for (uint32_t i = 0; i < state.kept_count; i++)
        cf_schedule_fini(&state.kept[i]);
    if (state.cannot)
        return CF_SEARCH_CANNOT;
    if (!search->failures)
        return CF_SEARCH_PASSED;
    cf_shrink(search);
    return CF_SEARCH_FAILED;
}

void cf_search_replay(struct cf_search *search, const struct cf_schedule *schedule,
                      struct cf_outcome_of_run *outcome)
{
    struct cf_area *area = search->area;

    *outcome = (struct cf_outcome_of_run){0};
    area->by_chance = area->alike = 0;
    area->sleeper_count = 0;
    area->answer_count = schedule->count < CF_MOST_CHOICES ? schedule->count : CF_MOST_CHOICES;
    if (area->answer_count)
        memcpy(area->answers, schedule->answers, area->answer_count * sizeof(*schedule->answers));
    search->run(search->context, area, outcome);
}

void cf_search_fini(struct cf_search *search)
{
    cf_schedule_fini(&search->failing);
    cf_schedule_fini(&search->shortest);
    free(search->class_set);
    search->class_set = NULL;
}
