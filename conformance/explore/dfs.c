/* SPDX-License-Identifier: MIT */
/* The tree of choices along the last run, and what is still to be tried at each of them. */
#include "conformance/explore/dfs.h"

#include <stdlib.h>
#include <string.h>

enum { SHARD_LEVELS = 3 }; /* choices that decide whose part of the tree it is */

struct touched {
    struct ringer_sim_access *items;
    uint32_t count, capacity;
};

struct branch {
    struct ringer_sim_option option;
    struct cf_mover mover;
    bool wanted, done;
    struct touched touched; /* by the move, in any run that made it from here */
};

struct sleeper {
    struct cf_sleeper head;             /* first_access is not used */
    struct ringer_sim_access *accesses; /* owned */
};

struct cf_node {
    uint32_t where, thread, answer, count;
    bool fixed;
    bool varied;    /* there is something to choose, within the bound */
    uint32_t level; /* varied nodes above it */
    struct branch *branches;
    struct sleeper *sleepers;
    uint32_t sleeper_count;
};

/* Whatever it holds is written as a whole. */
static void *claim(struct cf_dfs *dfs, size_t count, size_t nbytes)
{
    void *memory = reallocarray(NULL, count ? count : 1, nbytes);

    dfs->out_of_memory |= !memory;
    return memory;
}

static void release_sleepers(struct cf_node *node)
{
    for (uint32_t i = 0; i < node->sleeper_count; i++)
        free(node->sleepers[i].accesses);
    free(node->sleepers);
    node->sleepers = NULL;
    node->sleeper_count = 0;
}

static void release(struct cf_node *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        free(node->branches[i].touched.items);
    free(node->branches);
    release_sleepers(node);
}

void cf_dfs_init(struct cf_dfs *dfs, bool reduce, uint32_t bound, uint32_t shard, uint32_t shards)
{
    *dfs = (struct cf_dfs){.reduce = reduce, .bound = bound, .shard = shard, .shards = shards};
}

void cf_dfs_fini(struct cf_dfs *dfs)
{
    while (dfs->count)
        release(&dfs->nodes[--dfs->count]);
    free(dfs->nodes);
    cf_moves_fini(&dfs->moves);
    *dfs = (struct cf_dfs){0};
}

/* Above the cut between shards everybody has the same tree: nothing of it is reduced. */
static bool reduced_at(const struct cf_dfs *dfs, const struct cf_node *node)
{
    return dfs->reduce && cf_where_moves(node->where) &&
           !(dfs->shards && node->level < SHARD_LEVELS);
}

static bool is_asleep(const struct cf_node *node, const struct branch *branch)
{
    for (uint32_t i = 0; i < node->sleeper_count; i++)
        if (cf_mover_same(node->sleepers[i].head.mover, branch->mover) &&
            node->sleepers[i].head.outcome == branch->option.outcome)
            return true;
    return false;
}

/* ---- what is to be tried ---- */

static bool offers(const struct cf_node *node, struct cf_mover mover)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (cf_mover_same(node->branches[i].mover, mover))
            return true;
    return false;
}

/* In every way in which the mover may move from there: outcomes are no order. */
static void want(struct cf_node *node, struct cf_mover mover)
{
    for (uint32_t i = 0; i < node->count && node->varied; i++)
        node->branches[i].wanted |= cf_mover_same(node->branches[i].mover, mover);
}

static void want_all(struct cf_node *node)
{
    for (uint32_t i = 0; i < node->count && node->varied; i++)
        node->branches[i].wanted = true;
}

/*
 * Moves after that of the choice, before b, that do not need a: what can come before a together
 * with b.
 */
static bool is_free(const struct cf_moves *moves, size_t a, size_t x)
{
    return x != a && !cf_moves_before(moves, a, x);
}

/* None of the free moves from first on has to come before x. */
static bool is_initial(const struct cf_moves *moves, size_t a, size_t first, size_t x)
{
    for (size_t y = first; y < x; y++)
        if (is_free(moves, a, y) && cf_moves_before(moves, y, x))
            return false;
    return true;
}

/*
 * Move b is to come before move a, with what it needs: who can be the first to move for that, at
 * a's choice? b may be the end of the run: what a thread did on its way there.
 */
static void reverse(struct cf_dfs *dfs, size_t a, size_t b)
{
    const struct cf_moves *moves = &dfs->moves;
    const struct cf_move *move = &moves->items[a];
    uint32_t choice = move->choice != CF_NO_CHOICE ? move->choice : move->last_choice;
    bool needed = false, found = false, found_b = false;
    size_t first = a;
    struct cf_node *node;

    if (choice == CF_NO_CHOICE || choice >= dfs->count)
        return;
    node = &dfs->nodes[choice];
    while (first && moves->items[first].choice != choice)
        first--;
    first++;
    if (b < moves->count && offers(node, moves->items[b].mover)) {
        want(node, moves->items[b].mover);
        found = found_b = true;
    }
    /* What a thread waits for is not told: where b could not move yet it may need any of them. */
    for (size_t x = first; x < b; x++) {
        if (!is_free(moves, a, x))
            continue;
        needed = true;
        if ((!found_b || (cf_moves_before(moves, x, b) && is_initial(moves, a, first, x))) &&
            offers(node, moves->items[x].mover)) {
            want(node, moves->items[x].mover);
            found = true;
        }
    }
    /* Without any, a is what makes b possible. */
    if (needed && !found)
        want_all(node);
}

/*
 * A Pop that finds something is no step: who popped is not known. It may have been the next move of
 * any thread, which without the completion would have found nothing.
 */
static void find_pops(struct cf_dfs *dfs, const struct cf_area *area, size_t a)
{
    const struct cf_moves *moves = &dfs->moves;

    if (!cf_moves_popped(moves, area, a))
        return;
    for (uint32_t thread = 0; thread <= moves->last_thread; thread++) {
        size_t b = a + 1;

        while (b < moves->count && moves->items[b].thread != thread)
            b++;
        if (thread != moves->items[a].thread)
            reverse(dfs, a, b);
    }
}

static void find_races(struct cf_dfs *dfs, const struct cf_area *area)
{
    for (size_t b = 1; b < dfs->moves.count; b++)
        for (size_t a = 0; a < b; a++)
            if (cf_moves_race(&dfs->moves, area, a, b))
                reverse(dfs, a, b);
    for (size_t a = 0; a < dfs->moves.count; a++)
        find_pops(dfs, area, a);
}

/* Did it move after choice n and before the choice next? */
static bool moved(const struct cf_dfs *dfs, struct cf_mover mover, size_t n, size_t next)
{
    for (size_t m = 0; m < dfs->moves.count; m++) {
        const struct cf_move *move = &dfs->moves.items[m];

        if (move->last_choice != CF_NO_CHOICE && move->last_choice >= n &&
            move->last_choice < next && cf_mover_same(move->mover, mover))
            return true;
    }
    return false;
}

/*
 * Whoever could have moved at a choice and cannot any more at the next, without having moved, has
 * raced with what came between: it was disabled, or the run ended. It is to move there; what it
 * races with otherwise is seen in that run.
 */
static void find_disabled(struct cf_dfs *dfs)
{
    size_t next = dfs->count;

    for (size_t n = dfs->count; n-- > 0;) {
        struct cf_node *node = &dfs->nodes[n];

        if (!cf_where_moves(node->where) || node->fixed)
            continue;
        for (uint32_t i = 0; i < node->count && reduced_at(dfs, node); i++) {
            struct cf_mover mover = node->branches[i].mover;

            if (!node->branches[i].wanted &&
                !(next < dfs->count && offers(&dfs->nodes[next], mover)) &&
                !moved(dfs, mover, n, next))
                want(node, mover);
        }
        next = n;
    }
}

/* ---- who sleeps ---- */

static bool add_sleeper(struct cf_dfs *dfs, struct cf_node *to, const struct cf_sleeper *head,
                        const struct ringer_sim_access *accesses)
{
    struct sleeper *sleeper = &to->sleepers[to->sleeper_count];

    sleeper->accesses = claim(dfs, head->access_count, sizeof(*accesses));
    if (!sleeper->accesses)
        return false;
    if (head->access_count)
        memcpy(sleeper->accesses, accesses, head->access_count * sizeof(*accesses));
    sleeper->head = *head;
    to->sleeper_count++;
    return true;
}

/* Those that sleep before node's answer is carried out: its own, and who moved from it before. */
static bool gather(struct cf_dfs *dfs, const struct cf_node *node, struct cf_node *to)
{
    to->sleepers = claim(dfs, node->sleeper_count + node->count, sizeof(*to->sleepers));
    if (!to->sleepers)
        return false;
    for (uint32_t i = 0; i < node->sleeper_count; i++)
        if (!add_sleeper(dfs, to, &node->sleepers[i].head, node->sleepers[i].accesses))
            return false;
    for (uint32_t i = 0; reduced_at(dfs, node) && i < node->count; i++) {
        const struct branch *branch = &node->branches[i];
        struct cf_sleeper head = {
            .mover = branch->mover,
            .outcome = branch->option.outcome,
            .turn = node->where == RINGER_SIM_AT_WAIT ? node->thread : UINT32_MAX,
            .access_count = branch->touched.count,
        };

        if (branch->done && i != node->answer && !is_asleep(node, branch) &&
            !add_sleeper(dfs, to, &head, branch->touched.items))
            return false;
    }
    return true;
}

/* The sleepers of the node for choice n, which follows node n - 1. */
static bool put_to_sleep(struct cf_dfs *dfs, const struct cf_area *area, size_t n)
{
    struct cf_node *node = &dfs->nodes[n];
    uint32_t kept = 0;

    if (!dfs->reduce || !n)
        return true;
    if (!gather(dfs, &dfs->nodes[n - 1], node))
        return false;
    for (uint32_t i = 0; i < node->sleeper_count; i++) {
        struct sleeper *sleeper = &node->sleepers[i];
        bool awake = false;

        for (uint32_t s = area->choices[n - 1].steps_before;
             s < area->choices[n].steps_before && !awake; s++)
            awake =
                cf_sleeper_meets(&sleeper->head, sleeper->accesses, area->opaque, &area->steps[s],
                                 &area->accesses[area->steps[s].first_access]) != CF_SLEEPS;
        if (awake)
            free(sleeper->accesses);
        else
            node->sleepers[kept++] = *sleeper;
    }
    node->sleeper_count = kept;
    return true;
}

/* ---- the run that was made ---- */

static bool keep_access(struct cf_dfs *dfs, struct touched *touched,
                        const struct ringer_sim_access *access)
{
    for (uint32_t i = 0; i < touched->count; i++)
        if (!memcmp(&touched->items[i], access, sizeof(*access)))
            return true;
    if (touched->count == touched->capacity) {
        uint32_t capacity = touched->capacity ? 2 * touched->capacity : 8;
        void *grown = realloc(touched->items, capacity * sizeof(*touched->items));

        if (!grown) {
            dfs->out_of_memory = true;
            return false;
        }
        touched->items = grown;
        touched->capacity = capacity;
    }
    touched->items[touched->count++] = *access;
    return true;
}

/*
 * What the answer at node n touched: up to the next point at which somebody else could have moved.
 */
static bool keep_accesses(struct cf_dfs *dfs, const struct cf_area *area, size_t n)
{
    struct cf_node *node = &dfs->nodes[n];
    struct branch *branch = &node->branches[node->answer];
    uint32_t end = area->step_count;

    for (size_t c = n + 1; c < area->choice_count; c++) {
        if (cf_where_moves(area->choices[c].where) && !area->choices[c].fixed) {
            end = area->choices[c].steps_before;
            break;
        }
    }
    for (uint32_t s = area->choices[n].steps_before; s < end; s++) {
        const struct cf_area_step *step = &area->steps[s];

        /* Whom it sets going is another matter, that of a thread. */
        if (branch->mover.kind != CF_MOVER_THREAD && step->option.act == RINGER_SIM_GO_ON)
            break;
        for (uint32_t i = 0; i < step->access_count; i++)
            if (!keep_access(dfs, &branch->touched, &area->accesses[step->first_access + i]))
                return false;
    }
    return true;
}

static bool within_bound(const struct cf_dfs *dfs, const struct cf_area *area,
                         const struct cf_area_choice *choice)
{
    if (!dfs->bound)
        return true;
    if (choice->where == RINGER_SIM_AT_START)
        return area->options[choice->first_option].subject <= dfs->bound;
    return choice->operations_before <= dfs->bound;
}

/* Every handle fares as the first: all numbers come again, or none does. Mixtures are left to chance. */
static bool follows(const struct cf_dfs *dfs, size_t n)
{
    if (!dfs->reduce || dfs->nodes[n].where != RINGER_SIM_AT_CLOSE)
        return false;
    while (n-- > 0)
        if (dfs->nodes[n].where == RINGER_SIM_AT_CLOSE)
            return true;
    return false;
}

/* There is one answer only, whatever the bound. */
static bool is_settled(const struct cf_dfs *dfs, const struct cf_area *area, size_t n)
{
    const struct cf_area_choice *choice = &area->choices[n];

    return choice->fixed || (area->pends && choice->where == RINGER_SIM_AT_START) || follows(dfs, n);
}

static bool append(struct cf_dfs *dfs, const struct cf_area *area, size_t n)
{
    const struct cf_area_choice *choice = &area->choices[n];
    struct cf_node *node;

    if (dfs->count == dfs->capacity) {
        size_t capacity = dfs->capacity ? 2 * dfs->capacity : 64;
        void *grown = realloc(dfs->nodes, capacity * sizeof(*dfs->nodes));

        dfs->out_of_memory |= !grown;
        if (!grown)
            return false;
        dfs->nodes = grown;
        dfs->capacity = capacity;
    }
    node = &dfs->nodes[n];
    *node = (struct cf_node){.where = choice->where,
                             .thread = choice->thread,
                             .answer = choice->answer,
                             .fixed = choice->fixed};
    node->branches = claim(dfs, choice->option_count, sizeof(*node->branches));
    if (!node->branches)
        return false;
    node->count = choice->option_count;
    dfs->count++;
    node->varied = !is_settled(dfs, area, n) && within_bound(dfs, area, choice);
    dfs->bounded |= !node->varied && !is_settled(dfs, area, n);
    node->level = n ? dfs->nodes[n - 1].level + dfs->nodes[n - 1].varied : 0;
    for (uint32_t i = 0; i < node->count; i++) {
        struct branch *branch = &node->branches[i];

        *branch = (struct branch){.option = area->options[choice->first_option + i]};
        branch->mover = cf_mover_of(&branch->option, choice->thread);
    }
    if (!put_to_sleep(dfs, area, n))
        return false;
    if (!node->varied)
        return true;
    if (reduced_at(dfs, node))
        want(node, node->branches[node->answer].mover);
    else
        want_all(node);
    return true;
}

static bool same_way(const struct cf_dfs *dfs, const struct cf_area *area)
{
    if (area->strayed || area->choice_count < dfs->count)
        return false;
    for (size_t i = 0; i < dfs->count; i++) {
        const struct cf_node *node = &dfs->nodes[i];
        const struct cf_area_choice *choice = &area->choices[i];

        if (choice->answer != node->answer || choice->option_count != node->count ||
            choice->where != node->where || choice->thread != node->thread)
            return false;
        for (uint32_t k = 0; k < node->count; k++)
            if (memcmp(&node->branches[k].option, &area->options[choice->first_option + k],
                       sizeof(node->branches[k].option)))
                return false;
    }
    return true;
}

static bool belongs(const struct cf_dfs *dfs)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < dfs->count && dfs->nodes[i].level < SHARD_LEVELS; i++)
        if (dfs->nodes[i].varied)
            hash = (hash ^ dfs->nodes[i].answer) * 0x100000001b3u;
    return (hash ^ hash >> 31) % dfs->shards == dfs->shard;
}

bool cf_dfs_learn(struct cf_dfs *dfs, struct cf_area *area)
{
    size_t known = dfs->count, from;

    if (area->asleep) { /* what came behind is nobody's */
        area->choice_count = area->asleep_choices;
        area->step_count = area->asleep_steps;
    }
    if (!same_way(dfs, area)) {
        dfs->strayed = true;
        return false;
    }
    for (size_t i = known; i < area->choice_count; i++)
        if (!append(dfs, area, i))
            return false;
    /*
     * Nodes whose answer led to something new: from the mover before the last answer that was
     * changed.
     */
    from = known ? known - 1 : 0;
    while (from && !cf_where_moves(dfs->nodes[from].where))
        from--;
    for (size_t i = from; i < dfs->count; i++)
        if (reduced_at(dfs, &dfs->nodes[i]) && !keep_accesses(dfs, area, i))
            return false;
    dfs->mine = dfs->shards <= 1 || belongs(dfs);
    if (!dfs->mine)
        while (dfs->count && dfs->nodes[dfs->count - 1].level >= SHARD_LEVELS)
            release(&dfs->nodes[--dfs->count]);
    if (!dfs->reduce || !dfs->mine)
        return true;
    if (!cf_moves_build(&dfs->moves, area)) {
        dfs->out_of_memory = true;
        return false;
    }
    dfs->bounded |= dfs->moves.cut;
    find_races(dfs, area);
    find_disabled(dfs);
    return true;
}

/* ---- the next plan ---- */

static void write_sleepers(struct cf_dfs *dfs, struct cf_area *area)
{
    struct cf_node all = {0};
    uint32_t accesses = 0;

    area->sleeper_count = 0;
    if (!dfs->reduce || !dfs->count || !gather(dfs, &dfs->nodes[dfs->count - 1], &all)) {
        release_sleepers(&all);
        return;
    }
    for (uint32_t i = 0; i < all.sleeper_count; i++) {
        struct cf_sleeper *sleeper = &area->sleepers[area->sleeper_count];

        /* Without room it stays awake: work done twice, nothing left out. */
        if (area->sleeper_count == CF_MOST_SLEEPERS ||
            accesses + all.sleepers[i].head.access_count > CF_MOST_SLEEPER_ACCESSES)
            continue;
        *sleeper = all.sleepers[i].head;
        sleeper->awake = 0;
        sleeper->first_access = accesses;
        memcpy(&area->sleeper_accesses[accesses], all.sleepers[i].accesses,
               sleeper->access_count * sizeof(*all.sleepers[i].accesses));
        accesses += sleeper->access_count;
        area->sleeper_count++;
    }
    release_sleepers(&all);
}

/* The deepest choice that has something left. */
static bool turn(struct cf_dfs *dfs)
{
    while (dfs->count) {
        struct cf_node *node = &dfs->nodes[dfs->count - 1];

        node->branches[node->answer].done = true;
        for (uint32_t i = 0; i < node->count; i++) {
            struct branch *branch = &node->branches[i];

            if (!branch->wanted || branch->done || is_asleep(node, branch))
                continue;
            node->answer = i;
            return true;
        }
        release(node);
        dfs->count--;
    }
    return false;
}

bool cf_dfs_next(struct cf_dfs *dfs, struct cf_area *area)
{
    if (dfs->started && !turn(dfs))
        return false;
    dfs->started = true;
    area->by_chance = 0;
    area->alike = dfs->reduce;
    area->answer_count = (uint32_t)dfs->count;
    for (size_t i = 0; i < dfs->count; i++)
        area->answers[i] = dfs->nodes[i].answer;
    write_sleepers(dfs, area);
    return true;
}
