/* SPDX-License-Identifier: MIT */
#include "conformance/runner/reduction.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct seen {
    struct cf_target *target;
    uint64_t *hashes;
    size_t count, capacity;
    char *bytes;
    size_t room;
};

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void sort_out(struct seen *seen)
{
    size_t kept = 0;

    qsort(seen->hashes, seen->count, sizeof(*seen->hashes), compare);
    for (size_t i = 0; i < seen->count; i++)
        if (!kept || seen->hashes[kept - 1] != seen->hashes[i])
            seen->hashes[kept++] = seen->hashes[i];
    seen->count = kept;
}

static bool is_time(const char *bytes, size_t left)
{
    return left > 6 && (!memcmp(bytes, "\"t0\":", 5) || !memcmp(bytes, "\"t1\":", 5));
}

/*
 * Of the whole trace but its times, which tell how often somebody looked at the clock, and its last
 * record, whose sum has them in it.
 */
static uint64_t hash_of(const char *bytes, size_t nbytes)
{
    const char *end = nbytes > 1 ? memrchr(bytes, '\n', nbytes - 1) : NULL;
    size_t most = end ? (size_t)(end - bytes) : nbytes;
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < most; i++) {
        hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001b3u;
        if (!is_time(bytes + i, most - i))
            continue;
        for (i += 5; i < most && bytes[i] >= '0' && bytes[i] <= '9'; i++)
            ;
    }
    return hash;
}

static void add(struct seen *seen, uint64_t hash)
{
    if (seen->count == seen->capacity) {
        sort_out(seen); /* mostly the same ones again */
        if (2 * seen->count >= seen->capacity) {
            size_t capacity = seen->capacity ? 2 * seen->capacity : 4096;
            uint64_t *grown = realloc(seen->hashes, capacity * sizeof(*grown));

            if (!grown)
                return;
            seen->hashes = grown;
            seen->capacity = capacity;
        }
    }
    seen->hashes[seen->count++] = hash;
}

static struct seen *seen_now; /* one at a time: the search's context is the target */

static void look(void *context, const struct cf_outcome_of_run *outcome)
{
    struct seen *seen = seen_now;
    struct stat info;
    ssize_t nbytes;

    (void)context;
    (void)outcome;
    if (fstat(seen->target->trace_fd, &info))
        return;
    if ((size_t)info.st_size > seen->room) {
        free(seen->bytes);
        seen->room = (size_t)info.st_size * 2;
        seen->bytes = malloc(seen->room);
    }
    nbytes = seen->bytes ? pread(seen->target->trace_fd, seen->bytes, (size_t)info.st_size, 0) : 0;
    add(seen, hash_of(seen->bytes, nbytes > 0 ? (size_t)nbytes : 0));
}

static size_t count_missing(const struct seen *of, const struct seen *in)
{
    size_t missing = 0;

    for (size_t i = 0; i < of->count; i++)
        missing += !bsearch(&of->hashes[i], in->hashes, in->count, sizeof(*in->hashes), compare);
    return missing;
}

bool run_reduction_check(struct cf_target *target, const struct cf_search *search,
                         struct run_reduction *found)
{
    struct seen seen[2] = {{.target = target}, {.target = target}};
    bool good = true;

    *found = (struct run_reduction){.complete = true};
    for (int reduced = 0; reduced < 2 && good; reduced++) {
        struct cf_search one = *search;

        one.reduce = reduced;
        one.seeds = 0;
        one.systematic = true;
        one.made = look;
        one.go_on = true; /* what fails is seen as well */
        one.shrink_runs = 0;
        seen_now = &seen[reduced];
        good = cf_search_run(&one) != CF_SEARCH_CANNOT;
        found->complete &= one.complete && !one.beyond;
        found->executed[reduced] = one.executed;
        sort_out(&seen[reduced]);
        found->seen[reduced] = seen[reduced].count;
        cf_search_fini(&one);
    }
    found->missed = count_missing(&seen[0], &seen[1]);
    found->extra = count_missing(&seen[1], &seen[0]);
    for (int i = 0; i < 2; i++) {
        free(seen[i].hashes);
        free(seen[i].bytes);
    }
    return good;
}
