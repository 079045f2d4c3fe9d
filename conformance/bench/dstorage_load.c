/* SPDX-License-Identifier: MIT */
/* Sizes that add up to what was published, in batches, somewhere in the file. */
#include "conformance/bench/dstorage_load.h"

#include "conformance/runner/cmd.h"

#include <math.h>
#include <stdlib.h>

#define PAGE 4096u
#define BATCH_MEDIAN 5
#define BATCH_MOST 64u

/* One of the game's queues. */
struct class
{
    uint32_t count, largest;
    uint64_t nbytes;
};
static const struct class classes[] = {
    {11448, 82000000, 1230000000},
    {1373, 16000000, 798000000},
};
#define CLASSES (sizeof(classes) / sizeof(classes[0]))

static double chance(uint64_t *state) /* above 0, below 1 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return ((double)(*state >> 12) + 0.5) / (double)(UINT64_C(1) << 52);
}

/* About a normal deviate: file sizes are commonly taken to be log-normal. */
static double normal(uint64_t *state)
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += chance(state);
    return sum - 6;
}

/* The largest is there once; the rest is scaled so that the sum is the published one. */
static void draw_sizes(const struct class *class, struct dstorage_request *requests,
                       uint64_t *state)
{
    double wanted = (double)(class->nbytes - class->largest), drawn = 0, *size;
    uint64_t sum = class->largest;
    uint32_t rest = class->count - 1;

    size = run_xalloc(rest * sizeof(*size));
    for (uint32_t i = 0; i < rest; i++)
        drawn += size[i] = exp(1.5 * normal(state));
    for (int round = 0; round < 8; round++) { /* those that are cut leave a little for the others */
        double scale = wanted / drawn;

        drawn = 0;
        for (uint32_t i = 0; i < rest; i++)
            drawn += size[i] = fmin(size[i] * scale, class->largest - 1.0);
    }
    requests[0].nbytes = class->largest;
    for (uint32_t i = 0; i < rest; i++)
        sum += requests[i + 1].nbytes = (uint32_t)fmax(1, size[i]);
    /* What rounding left: less than a byte each. */
    for (uint32_t i = 1; sum < class->nbytes; i = i % rest + 1, sum++)
        requests[i].nbytes++;
    free(size);
}

static void shuffle(struct dstorage_request *requests, uint32_t count, uint64_t *state)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = (uint32_t)(chance(state) * i);
        struct dstorage_request request = requests[i - 1];

        requests[i - 1] = requests[other];
        requests[other] = request;
    }
}

static void place(struct dstorage_load *load, bool packed, uint64_t file_nbytes, uint64_t *state)
{
    for (uint32_t i = 0; i < load->count; i++) {
        struct dstorage_request *request = &load->requests[i];
        uint64_t offset = (uint64_t)(chance(state) * (double)(file_nbytes - request->nbytes));

        request->offset = packed ? offset : offset / PAGE * PAGE;
        load->nbytes += request->nbytes;
        if (request->nbytes > load->largest)
            load->largest = request->nbytes;
    }
}

static int by_value(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/*
 * Geometric: half of all batches have BATCH_MEDIAN requests or fewer. Of a sequence that is spread evenly,
 * so that it is so of a part, too.
 */
static void draw_batches(struct dstorage_load *load, uint64_t *state)
{
    double fall = log(0.5) / (BATCH_MEDIAN - 0.5), at = chance(state);
    uint16_t *sorted;
    uint32_t left;

    load->batches = run_xalloc(load->count * sizeof(*load->batches));
    for (left = load->count; left;) {
        uint32_t n = 1 + (uint32_t)(log(1 - at) / fall);

        at = fmod(at + 0.6180339887498949, 1); /* the golden ratio's */
        n = n > BATCH_MOST ? BATCH_MOST : n;
        n = n > left ? left : n;
        load->batches[load->batch_count++] = (uint16_t)n;
        left -= n;
    }
    sorted = run_xalloc(load->batch_count * sizeof(*sorted));
    for (uint32_t i = 0; i < load->batch_count; i++)
        sorted[i] = load->batches[i];
    qsort(sorted, load->batch_count, sizeof(*sorted), by_value);
    load->batch_median = sorted[load->batch_count / 2];
    free(sorted);
}

void dstorage_load_make(struct dstorage_load *load, uint32_t parts, bool packed,
                        uint64_t file_nbytes)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    struct dstorage_request *all;
    uint32_t count = 0;

    *load = (struct dstorage_load){0};
    for (unsigned i = 0; i < CLASSES; i++)
        count += classes[i].count;
    load->requests = all = run_xalloc(count * sizeof(*all));
    for (unsigned i = 0; i < CLASSES; i++) {
        draw_sizes(&classes[i], all, &state);
        all += classes[i].count;
    }
    shuffle(load->requests, count, &state);
    load->count = count / parts;
    for (uint32_t i = 0, at = 0; parts > 1 && at < load->count && i < count; i++)
        if (load->requests[i].nbytes < classes[1].largest / parts)
            load->requests[at++] = load->requests[i];
    place(load, packed, file_nbytes, &state);
    draw_batches(load, &state);
}

void dstorage_load_scatter(struct dstorage_load *load, uint32_t size, uint32_t batch,
                           uint32_t count, uint64_t file_nbytes)
{
    uint64_t state = 0x9e3779b97f4a7c15;

    count = (count + batch - 1) / batch * batch;
    *load = (struct dstorage_load){.count = count,
                                   .batch_count = count / batch,
                                   .nbytes = (uint64_t)size * count,
                                   .largest = size,
                                   .batch_median = batch};
    load->requests = run_xalloc(count * sizeof(*load->requests));
    load->batches = run_xalloc(load->batch_count * sizeof(*load->batches));
    for (uint32_t i = 0; i < count; i++) {
        load->requests[i].offset = (uint64_t)(chance(&state) * (double)(file_nbytes / size)) * size;
        load->requests[i].nbytes = size;
    }
    for (uint32_t i = 0; i < load->batch_count; i++)
        load->batches[i] = (uint16_t)batch;
}

void dstorage_load_fini(struct dstorage_load *load)
{
    free(load->requests);
    free(load->batches);
}
