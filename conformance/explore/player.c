/* SPDX-License-Identifier: MIT */
/*
 * Answers the engine: by the plan as long as it lasts, then by chance, or with the first option
 * that does not sleep. The log is written before the answer is given, so that no end of the process
 * loses it.
 */
#include "conformance/explore/player.h"

#include "conformance/explore/depend.h"

#include <string.h>

static uint64_t next_chance(struct cf_player *player)
{
    uint64_t z = player->chance += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void cf_player_begin(struct cf_player *player, struct cf_area *area)
{
    static const uint8_t calms[] = {0, 0, 64, 128, 192, 224, 240, 248};

    cf_area_clear(area);
    player->area = area;
    player->chance = area->seed;
    /* Some seeds stir everything, others little: long programs go wrong by few surprises. */
    player->calm = calms[next_chance(player) % sizeof(calms)];
    player->sleeping = !area->answer_count;
    player->switched = false;
    player->last_close = 0;
    memset(player->at_point, 0, sizeof(player->at_point));
    for (uint32_t i = 0; i < area->sleeper_count; i++)
        area->sleepers[i].awake = 0;
    area->begun = 1;
}

void cf_player_params(struct cf_player *player, struct ringer_sim_params *params)
{
    const struct cf_area *area = player->area;

    memset(params, 0, sizeof(*params));
    params->size = sizeof(*params);
    params->spaces = area->spaces;
    params->faults = area->faults;
    params->most_faults = area->most_faults;
    params->most_idle = area->most_idle;
    params->context = player;
    params->choose = cf_player_choose;
    params->step = cf_player_step;
    params->stuck = cf_player_stuck;
    params->stranger = cf_player_stranger;
}

static void give_up(struct cf_player *player)
{
    if (player->area->asleep)
        return;
    player->area->asleep = 1;
    player->area->asleep_choices = player->area->choice_count;
    player->area->asleep_steps = player->area->step_count;
    if (player->give_up)
        player->give_up();
}

static bool sleeps(const struct cf_player *player, const struct ringer_sim_option *option,
                   uint32_t thread)
{
    const struct cf_area *area = player->area;
    struct cf_mover mover = cf_mover_of(option, thread);

    if (!player->sleeping || mover.kind == CF_MOVER_INNER)
        return false;
    for (uint32_t i = 0; i < area->sleeper_count; i++)
        if (!area->sleepers[i].awake && cf_mover_same(area->sleepers[i].mover, mover) &&
            area->sleepers[i].outcome == option->outcome)
            return true;
    return false;
}

static uint32_t first_awake(struct cf_player *player, const struct ringer_sim_choice *choice)
{
    for (uint32_t i = 0; i < choice->count; i++)
        if (!sleeps(player, &choice->options[i], choice->thread))
            return i;
    give_up(player);
    return 0;
}

/*
 * Whoever was switched to where it could have been overtaken goes on: else two could swap for ever.
 */
static bool must_go_on(const struct cf_player *player, const struct ringer_sim_choice *choice,
                       uint32_t *answer_out)
{
    if (!player->switched || choice->where != RINGER_SIM_AT_CALL ||
        choice->thread >= CF_MOST_THREADS || !player->at_point[choice->thread])
        return false;
    for (uint32_t i = 0; i < choice->count; i++) {
        if (choice->options[i].act == RINGER_SIM_GO_ON) {
            *answer_out = i;
            return true;
        }
    }
    return false;
}

static uint32_t answer(struct cf_player *player, const struct ringer_sim_choice *choice)
{
    struct cf_area *area = player->area;
    uint32_t at = area->choice_count, wanted;

    if (at < area->answer_count) {
        wanted = area->answers[at];
        if (wanted < choice->count)
            return wanted;
        area->strayed = 1;
        return 0;
    }
    for (uint32_t i = 0; area->pends && i < choice->count; i++)
        if (choice->options[i].act == RINGER_SIM_PEND)
            return i;
    if (!area->by_chance && area->alike && choice->where == RINGER_SIM_AT_CLOSE &&
        player->last_close < choice->count)
        return player->last_close;
    if (!area->by_chance)
        return first_awake(player, choice);
    if ((next_chance(player) & 255) < player->calm)
        return 0;
    return (uint32_t)(next_chance(player) % choice->count);
}

static void meet_sleepers(struct cf_player *player, const struct cf_area_step *step)
{
    struct cf_area *area = player->area;

    for (uint32_t i = 0; i < area->sleeper_count; i++) {
        struct cf_sleeper *sleeper = &area->sleepers[i];

        if (sleeper->awake)
            continue;
        switch (cf_sleeper_meets(sleeper, &area->sleeper_accesses[sleeper->first_access],
                                 area->opaque, step, &area->accesses[step->first_access])) {
        case CF_SLEEPS:
            break;
        case CF_WAKES:
            sleeper->awake = 1;
            break;
        case CF_REPEATS:
            give_up(player);
            break;
        }
    }
}

static void name_addresses(struct cf_player *player, struct ringer_sim_access *accesses,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ringer_sim_access *access = &accesses[i];
        uint64_t from, nbytes = access->to - access->from;

        if (access->resource != RINGER_SIM_MEMORY || access->to == UINT64_MAX ||
            !player->place(player->place_context, access->from, &from))
            continue;
        access->from = from;
        access->to = from + nbytes;
    }
}

static void log_step(struct cf_player *player, const struct ringer_sim_step *step)
{
    struct cf_area *area = player->area;
    struct cf_area_step *log = &area->steps[area->step_count];
    uint32_t access_count = step->access_count;

    if (area->cut || area->step_count == CF_MOST_STEPS ||
        area->access_count + access_count > CF_MOST_ACCESSES) {
        area->cut = 1;
        return;
    }
    *log = (struct cf_area_step){
        .choice = step->choice,
        .thread = step->thread,
        .call = step->option.act == RINGER_SIM_GO_ON ? step->call : 0,
        .option = step->option,
        .first_access = area->access_count,
        .access_count = access_count,
    };
    if (access_count)
        memcpy(&area->accesses[area->access_count], step->accesses,
               access_count * sizeof(*step->accesses));
    if (player->place)
        name_addresses(player, &area->accesses[area->access_count], access_count);
    area->access_count += access_count;
    area->step_count++;
    if (step->option.act == RINGER_SIM_PEND || step->option.act == RINGER_SIM_INLINE)
        area->operations++;
    if (player->sleeping)
        meet_sleepers(player, log);
}

/* Answers that the engine does not report as steps are part of what happened all the same. */
static void log_answer(struct cf_player *player, const struct ringer_sim_choice *choice,
                       uint32_t picked)
{
    const struct ringer_sim_option *option = &choice->options[picked];

    if (choice->thread < CF_MOST_THREADS && choice->where == RINGER_SIM_AT_CALL)
        player->at_point[choice->thread] = option->act != RINGER_SIM_GO_ON;
    player->switched = option->act == RINGER_SIM_SWITCH;
    if (choice->where == RINGER_SIM_AT_CLOSE)
        player->last_close = picked;
    if (option->act == RINGER_SIM_SWITCH ||
        (choice->where != RINGER_SIM_AT_START && !cf_where_moves(choice->where)))
        log_step(player, &(struct ringer_sim_step){.choice = player->area->choice_count,
                                                   .thread = choice->thread,
                                                   .option = *option});
}

uint32_t cf_player_choose(void *context, const struct ringer_sim_choice *choice)
{
    struct cf_player *player = context;
    struct cf_area *area = player->area;
    uint32_t picked;
    bool fixed = must_go_on(player, choice, &picked);
    struct cf_area_choice *log = &area->choices[area->choice_count];

    if (!fixed)
        picked = answer(player, choice);

    if (area->cut || area->choice_count == CF_MOST_CHOICES ||
        area->option_count + choice->count > CF_MOST_OPTIONS) {
        area->cut = 1;
        return 0;
    }
    *log = (struct cf_area_choice){
        .where = choice->where,
        .thread = choice->thread,
        .faults_left = choice->faults_left,
        .first_option = area->option_count,
        .option_count = choice->count,
        .answer = picked,
        .steps_before = area->step_count,
        .operations_before = area->operations,
        .fixed = fixed,
    };
    memcpy(&area->options[area->option_count], choice->options,
           choice->count * sizeof(*choice->options));
    area->option_count += choice->count;
    area->choice_count++;
    player->sleeping = area->choice_count >= area->answer_count;
    log_answer(player, choice, picked);
    return picked;
}

static void note_ring_end(struct cf_area *area, const struct ringer_sim_step *step)
{
    for (uint32_t i = 0; i < step->access_count; i++) {
        if (step->accesses[i].resource != RINGER_SIM_QUEUE || area->ring_count == CF_MOST_RINGS)
            continue;
        area->rings[area->ring_count].id = step->accesses[i].id;
        area->rings[area->ring_count++].popped = (uint32_t)step->accesses[i].to;
    }
}

void cf_player_step(void *context, const struct ringer_sim_step *step)
{
    struct cf_player *player = context;

    player->switched = false;
    if (step->call == RINGER_SIM_CALL_RING_END && step->option.act == RINGER_SIM_GO_ON)
        note_ring_end(player->area, step);
    else
        log_step(player, step);
}

void cf_player_stuck(void *context)
{
    struct cf_player *player = context;

    player->area->stuck = 1;
    if (player->halt)
        player->halt();
}

void cf_player_stranger(void *context, uint32_t missing)
{
    struct cf_player *player = context;

    player->area->strangers = 1;
    if (missing)
        player->area->missing = 1;
}
