/* SPDX-License-Identifier: MIT */
/* A log as a row of moves, the order that holds among them, and the class of runs that share it. */
#include "conformance/explore/depend.h"

#include <stdlib.h>
#include <string.h>

static struct cf_move *append(struct cf_moves *moves)
{
    if (moves->count == moves->capacity) {
        size_t capacity = moves->capacity ? 2 * moves->capacity : 64;
        void *grown = realloc(moves->items, capacity * sizeof(*moves->items));

        if (!grown)
            return NULL;
        moves->items = grown;
        moves->capacity = capacity;
    }
    moves->items[moves->count] = (struct cf_move){.choice = CF_NO_CHOICE};
    return &moves->items[moves->count++];
}

/* More of the same move: calls with nobody else in between, an end that is told in parts. */
static bool continues(const struct cf_moves *moves, uint32_t last_choice,
                      const struct cf_area_step *step)
{
    const struct cf_move *last = moves->count ? &moves->items[moves->count - 1] : NULL;

    if (last && last->mover.kind == CF_MOVER_OPERATION && last->last_choice == last_choice &&
        cf_mover_same(last->mover, cf_mover_of(&step->option, step->thread)))
        return true;
    return last && step->option.act == RINGER_SIM_GO_ON && last->mover.kind == CF_MOVER_THREAD &&
           last->mover.subject == step->thread && last->last_choice == last_choice;
}

static void extend(struct cf_move *move, const struct cf_area *area, uint32_t at)
{
    const struct cf_area_step *step = &area->steps[at];

    move->step_count = at + 1 - move->first_step;
    move->access_count = step->first_access + step->access_count - move->first_access;
    for (uint32_t i = 0; i < step->access_count; i++)
        move->touches_memory |= cf_access_to_memory(&area->accesses[step->first_access + i]);
}

static bool split(struct cf_moves *moves, const struct cf_area *area)
{
    uint32_t next_choice = 0, last_choice = CF_NO_CHOICE;

    moves->count = 0;
    moves->last_thread = 0;
    moves->cut = false;
    for (uint32_t s = 0; s < area->step_count; s++) {
        const struct cf_area_step *step = &area->steps[s];
        struct cf_mover mover = cf_mover_of(&step->option, step->thread);
        struct cf_move *move;

        for (; next_choice < area->choice_count && area->choices[next_choice].steps_before <= s;
             next_choice++)
            if (cf_where_moves(area->choices[next_choice].where) &&
                !area->choices[next_choice].fixed)
                last_choice = next_choice;
        if (moves->count &&
            (mover.kind == CF_MOVER_INNER || continues(moves, last_choice, step))) {
            extend(&moves->items[moves->count - 1], area, s);
            continue;
        }
        if (moves->count == CF_MOST_MOVES) {
            moves->cut = true;
            return true;
        }
        move = append(moves);
        if (!move)
            return false;
        if (mover.kind == CF_MOVER_INNER)
            mover = (struct cf_mover){CF_MOVER_THREAD, step->thread};
        move->mover = mover;
        move->outcome = step->option.outcome;
        move->thread = mover.kind == CF_MOVER_THREAD || mover.kind == CF_MOVER_EXPIRY
                           ? mover.subject
                           : UINT32_MAX;
        if (move->thread != UINT32_MAX && move->thread > moves->last_thread)
            moves->last_thread = move->thread;
        move->last_choice = last_choice;
        move->first_step = s;
        move->first_access = step->first_access;
        if (last_choice != CF_NO_CHOICE && area->choices[last_choice].steps_before == s) {
            const struct cf_area_choice *c = &area->choices[last_choice];

            if (cf_mover_same(cf_mover_of(&area->options[c->first_option + c->answer], c->thread),
                              mover))
                move->choice = last_choice;
        }
        move->turn =
            move->thread != UINT32_MAX || (move->choice != CF_NO_CHOICE &&
                                           area->choices[move->choice].where == RINGER_SIM_AT_CALL)
                ? UINT32_MAX
                : step->thread;
        extend(move, area, s);
    }
    return true;
}

/* The move contains an inner step with this act about subject. */
static bool contains(const struct cf_area *area, const struct cf_move *move, uint32_t act,
                     uint32_t subject)
{
    for (uint32_t i = 0; i < move->step_count; i++) {
        const struct ringer_sim_option *option = &area->steps[move->first_step + i].option;

        if (option->act == act && option->subject == subject)
            return true;
    }
    return false;
}

bool cf_moves_enables(const struct cf_moves *moves, const struct cf_area *area, size_t a, size_t b)
{
    const struct cf_move *first = &moves->items[a], *second = &moves->items[b];

    if (second->mover.kind == CF_MOVER_OPERATION)
        return contains(area, first, RINGER_SIM_PEND, second->mover.subject);
    if (second->mover.kind == CF_MOVER_EVENT)
        return contains(area, first, RINGER_SIM_LATER, second->mover.subject);
    return false;
}

bool cf_moves_dependent(const struct cf_moves *moves, const struct cf_area *area, size_t a,
                        size_t b)
{
    const struct cf_move *x = &moves->items[a], *y = &moves->items[b];

    /* What two threads do to each other's variables between their calls is not seen. */
    if (x->thread != UINT32_MAX && y->thread != UINT32_MAX)
        return true;
    if (cf_mover_same(x->mover, y->mover))
        return true;
    if ((x->turn != UINT32_MAX && y->thread != UINT32_MAX && x->turn != y->thread) ||
        (y->turn != UINT32_MAX && x->thread != UINT32_MAX && y->turn != x->thread))
        return true;
    if (area->opaque && ((x->thread != UINT32_MAX && y->touches_memory) ||
                         (y->thread != UINT32_MAX && x->touches_memory)))
        return true;
    return cf_moves_enables(moves, area, a, b) ||
           cf_accesses_conflict(area, &area->accesses[x->first_access], x->access_count,
                                &area->accesses[y->first_access], y->access_count);
}

static bool get(const uint64_t *row, size_t bit)
{
    return row[bit / 64] >> bit % 64 & 1;
}

static bool order(struct cf_moves *moves, const struct cf_area *area)
{
    size_t words = (moves->count + 63) / 64, need = words * moves->count;

    if (need > moves->before_capacity) {
        free(moves->before);
        free(moves->direct);
        moves->before = malloc(need * sizeof(*moves->before));
        moves->direct = malloc(need * sizeof(*moves->direct));
        moves->before_capacity = moves->before && moves->direct ? need : 0;
        if (!moves->before_capacity)
            return false;
    }
    moves->words = words;
    if (need) {
        memset(moves->before, 0, need * sizeof(*moves->before));
        memset(moves->direct, 0, need * sizeof(*moves->direct));
    }
    for (size_t i = 0; i < moves->count; i++) {
        uint64_t *row = moves->before + i * words;

        for (size_t j = i; j-- > 0;) {
            const uint64_t *earlier = moves->before + j * words;

            if (get(row, j) || !cf_moves_dependent(moves, area, j, i))
                continue;
            for (size_t w = 0; w <= j / 64; w++)
                row[w] |= earlier[w];
            row[j / 64] |= 1ull << j % 64;
            moves->direct[i * words + j / 64] |= 1ull << j % 64;
        }
    }
    return true;
}

bool cf_moves_build(struct cf_moves *moves, const struct cf_area *area)
{
    return split(moves, area) && order(moves, area);
}

void cf_moves_fini(struct cf_moves *moves)
{
    free(moves->items);
    free(moves->before);
    free(moves->direct);
    memset(moves, 0, sizeof(*moves));
}

bool cf_moves_before(const struct cf_moves *moves, size_t a, size_t b)
{
    return get(moves->before + b * moves->words, a);
}

bool cf_moves_direct(const struct cf_moves *moves, size_t a, size_t b)
{
    return get(moves->direct + b * moves->words, a);
}

bool cf_moves_race(const struct cf_moves *moves, const struct cf_area *area, size_t a, size_t b)
{
    const struct cf_move *x = &moves->items[a], *y = &moves->items[b];

    return cf_moves_direct(moves, a, b) && !cf_mover_same(x->mover, y->mover) &&
           !(x->thread != UINT32_MAX && x->thread == y->thread) &&
           !cf_moves_enables(moves, area, a, b);
}

bool cf_moves_popped(const struct cf_moves *moves, const struct cf_area *area, size_t a)
{
    const struct cf_move *move = &moves->items[a];

    for (uint32_t i = 0; i < move->access_count; i++) {
        const struct ringer_sim_access *access = &area->accesses[move->first_access + i];

        if (access->resource == RINGER_SIM_QUEUE && access->write &&
            access->from < cf_popped(area, access->id))
            return true;
    }
    return false;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
    hash *= 0xbf58476d1ce4e5b9u;
    return hash ^ hash >> 32;
}

/* One of many words; what comes of them is mixed in the end. */
static inline uint64_t add(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static uint64_t label(const struct cf_area *area, const struct cf_move *move)
{
    uint64_t hash = add(1, (uint64_t)move->mover.kind << 32 | move->mover.subject);

    for (uint32_t i = 0; i < move->step_count; i++) {
        const struct cf_area_step *step = &area->steps[move->first_step + i];

        if (step->option.act == RINGER_SIM_SWITCH)
            continue; /* a forced one is not told from one that went on */
        hash = add(hash, (uint64_t)step->option.act << 48 | (uint64_t)step->option.outcome << 32 |
                             step->option.subject);
        hash = add(hash, step->call);
        for (uint32_t k = 0; k < step->access_count; k++) {
            const struct ringer_sim_access *a = &area->accesses[step->first_access + k];

            /* A slot is a place in an order, an address a place in a heap: neither is a name. */
            if (a->resource == RINGER_SIM_FILE)
                hash = add(add(hash, a->from), a->to);
            hash = add(hash, (uint64_t)a->resource << 33 | (uint64_t)a->write << 32 | a->id);
        }
    }
    return hash;
}

uint64_t cf_moves_class(const struct cf_moves *moves, const struct cf_area *area)
{
    uint64_t *terms = malloc((moves->count + 1) * sizeof(*terms)), whole = 0;

    for (size_t i = 0; terms && i < moves->count; i++) {
        const uint64_t *row = moves->before + i * moves->words;
        uint64_t earlier = 0, hash;

        for (size_t w = 0; w <= i / 64; w++)
            for (uint64_t bits = row[w]; bits; bits &= bits - 1)
                earlier += terms[64 * w + (size_t)__builtin_ctzll(bits)];
        hash = mix(label(area, &moves->items[i]), earlier);
        terms[i] = mix(hash, 2);
        whole += mix(hash, 3);
    }
    free(terms);
    return whole;
}
