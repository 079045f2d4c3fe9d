/* SPDX-License-Identifier: MIT */
/*
 * The shortest schedule that fails the same way: fewest answers that are not the default, then the
 * smallest of them, then the earliest end. First by leaving answers out, then, as long as it is
 * affordable, by trying everything that has fewer.
 */
#include "conformance/explore/search.h"

#include <stdlib.h>
#include <string.h>

struct shrinker {
    struct cf_search *search;
    struct cf_outcome_of_run wanted;
    struct cf_schedule best;
    uint64_t begun_ms;
};

static bool is_over(const struct shrinker *s)
{
    const struct cf_search *search = s->search;

    return search->shrink_done >= search->shrink_runs ||
           (search->shrink_ms && search->now_ms &&
            search->now_ms() - s->begun_ms >= search->shrink_ms);
}

static uint64_t weight(const struct cf_schedule *schedule)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < schedule->count; i++)
        sum += schedule->answers[i];
    return sum;
}

static bool shorter(const struct cf_schedule *a, const struct cf_schedule *b)
{
    uint32_t a_surprises = cf_schedule_surprises(a), b_surprises = cf_schedule_surprises(b);

    if (a_surprises != b_surprises)
        return a_surprises < b_surprises;
    if (a->count != b->count)
        return a->count < b->count;
    return weight(a) < weight(b);
}

/* Takes what the run really answered, when it fails the same way and is shorter than the best. */
static bool try(struct shrinker *s, const struct cf_schedule *candidate)
{
    struct cf_search *search = s->search;
    struct cf_outcome_of_run outcome;
    struct cf_schedule made = {0};

    if (is_over(s))
        return false;
    search->shrink_done++;
    cf_search_replay(search, candidate, &outcome);
    if (!outcome.failed || strcmp(outcome.key, s->wanted.key) ||
        !cf_schedule_take(&made, search->area))
        return false;
    if (!shorter(&made, &s->best)) {
        cf_schedule_fini(&made);
        return false;
    }
    cf_schedule_fini(&s->best);
    s->best = made;
    search->failure = outcome;
    return true;
}

static struct cf_schedule copy(const struct cf_schedule *from, uint32_t count)
{
    struct cf_schedule schedule = {malloc((count ? count : 1) * sizeof(*schedule.answers)), count};

    if (!schedule.answers)
        return (struct cf_schedule){0};
    for (uint32_t i = 0; i < count; i++)
        schedule.answers[i] = i < from->count ? from->answers[i] : 0;
    return schedule;
}

/* Runs of answers at a time become the default: half of them, a quarter, one. */
static bool leave_out(struct shrinker *s)
{
    bool better = false;

    for (uint32_t size = s->best.count / 2 + 1; size; size /= 2) {
        for (uint32_t at = 0; at < s->best.count; at += size) {
            struct cf_schedule candidate = copy(&s->best, s->best.count);

            for (uint32_t i = at; i < at + size && i < candidate.count; i++)
                candidate.answers[i] = 0;
            if (cf_schedule_surprises(&candidate) < cf_schedule_surprises(&s->best))
                better |= try(s, &candidate);
            cf_schedule_fini(&candidate);
        }
    }
    return better;
}

/* An answer goes and those behind it move up: what it answered was not asked any more. */
static bool close_up(struct shrinker *s)
{
    bool better = false;

    for (uint32_t at = 0; at < s->best.count; at++) {
        struct cf_schedule candidate = copy(&s->best, s->best.count);

        if (candidate.count) {
            memmove(&candidate.answers[at], &candidate.answers[at + 1],
                    (candidate.count - at - 1) * sizeof(*candidate.answers));
            candidate.count--;
        }
        better |= try(s, &candidate);
        cf_schedule_fini(&candidate);
    }
    return better;
}

static bool lower(struct shrinker *s)
{
    bool better = false;

    for (uint32_t at = 0; at < s->best.count; at++) {
        for (uint32_t value = 1; at < s->best.count && value < s->best.answers[at]; value++) {
            struct cf_schedule candidate = copy(&s->best, s->best.count);

            if (candidate.count) {
                candidate.answers[at] = value;
                better |= try(s, &candidate);
            }
            cf_schedule_fini(&candidate);
        }
    }
    return better;
}

/*
 * Every schedule with so many surprises more than the prefix has, that begins with it. The options
 * that there are at a choice are known from the run with the same answers before it.
 */
static bool enumerate(struct shrinker *s, const struct cf_schedule *prefix, uint32_t more)
{
    struct cf_area *area = s->search->area;
    struct cf_outcome_of_run outcome;
    uint32_t count, *options;

    if (is_over(s))
        return false;
    s->search->shrink_done++;
    cf_search_replay(s->search, prefix, &outcome);
    count = area->choice_count;
    options = malloc((count ? count : 1) * sizeof(*options));
    for (uint32_t i = 0; options && i < count; i++)
        options[i] = area->choices[i].fixed ? 1 : area->choices[i].option_count;
    for (uint32_t i = prefix->count; options && i < count; i++) {
        for (uint32_t value = 1; value < options[i]; value++) {
            struct cf_schedule candidate = copy(prefix, i + 1);
            bool found = false;

            if (candidate.count)
                candidate.answers[i] = value;
            if (candidate.count)
                found = more == 1 ? try(s, &candidate) : enumerate(s, &candidate, more - 1);
            cf_schedule_fini(&candidate);
            if (found || is_over(s)) {
                free(options);
                return found;
            }
        }
    }
    free(options);
    return false;
}

void cf_shrink(struct cf_search *search)
{
    struct shrinker s = {
        .search = search,
        .wanted = search->failure,
        .begun_ms = search->now_ms ? search->now_ms() : 0,
    };
    struct cf_schedule none = {0};

    s.best = copy(&search->failing, search->failing.count);
    while (search->shrink_runs && (leave_out(&s) || close_up(&s) || lower(&s)))
        ;
    for (uint32_t size = 1; size < cf_schedule_surprises(&s.best); size++)
        if (enumerate(&s, &none, size))
            break;
    while (search->shrink_runs && lower(&s))
        ;
    search->shortest = s.best;
}
