/* SPDX-License-Identifier: MIT */
/*
 * Follows the plan of an area as the engine asks, and logs. In the process that runs the program.
 */
#ifndef CF_EXPLORE_PLAYER_H
#define CF_EXPLORE_PLAYER_H

#include "conformance/explore/area.h"

struct cf_player {
    struct cf_area *area;
    uint64_t chance; /* state of the generator */
    uint8_t calm;    /* of 256: how often chance takes option 0 */
    bool sleeping;   /* the plan is used up: its sleepers count */
    uint32_t last_close; /* the answer at the last handle that was closed */
    bool switched;   /* the last answer was a switch, and nothing has happened since */
    /* The thread stands before a call and was not the one to go on. */
    bool at_point[CF_MOST_THREADS];
    /*
     * A number for an address of the caller's memory that is the same in every run; false: there is
     * none. NULL: addresses are the same in every run.
     */
    bool (*place)(void *context, uint64_t address, uint64_t *place_out);
    void *place_context;
    /* Called once when the run adds nothing, and when nobody can go on. May end the process; or NULL. */
    void (*give_up)(void);
    void (*halt)(void);
};

/* Clears the log. The player and the area outlive the run. */
void cf_player_begin(struct cf_player *player, struct cf_area *area);
/* For ringer_sim_begin: the context is the player. */
void cf_player_params(struct cf_player *player, struct ringer_sim_params *params);

uint32_t cf_player_choose(void *context, const struct ringer_sim_choice *choice);
void cf_player_step(void *context, const struct ringer_sim_step *step);
void cf_player_stuck(void *context);
void cf_player_stranger(void *context, uint32_t missing);

#endif
