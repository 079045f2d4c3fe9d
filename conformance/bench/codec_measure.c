/* SPDX-License-Identifier: MIT */
/*
 * Ours, libdeflate and zstd take turns in one process, each over the whole input; the median of the
 * ratios of neighbours counts. Time that other programs had is taken out, as far as it is known. Two
 * threads take turns with two processes instead, by the wall clock alone: whatever else runs meets both.
 */
#include "conformance/bench/codec_pair.h"
#include "conformance/bench/output.h"
#include "conformance/bench/stats.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/progress.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Fewer are not held against a requirement. */
#define LEAST_PAIRS 11
#define MOST_LEVELS 13
/* Compressing is slow: the first part of an input is enough of it. */
#define ENCODED_NBYTES (4u << 20)

enum { OURS, PEER, ZSTD, SIDES };

/* What was made of an input so far. */
struct prepared {
    struct codec_input input;
    struct codec_input head; /* its first part, in the same memory */
    bool loaded, good;
    char why[160];
    struct codec_packed ours[CODEC_LEVELS], peer[MOST_LEVELS], zstd[CODEC_LEVELS];
    bool peers_packed;
};

struct run {
    const struct bench_options *options;
    struct prepared prepared[CODEC_INPUTS];
    struct ringer_codec_pool *all, *two;
};

struct result {
    const struct codec_row *row;
    enum bench_state state;
    char note[160];
    unsigned threads, pairs;
    int levels[SIDES];
    double mbs[SIDES], size_ratio[SIDES]; /* 0: unknown */
    double ratio_median, ratio_min, ratio_max, spread, away;
    double one_mbs; /* scaling: one thread, alone */
    bool judged, met;
};

static const int zstd_levels[CODEC_LEVELS] = {1, 3, 19};

/* ---- time ---- */

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* How long all threads of this process have stood in run queues; 0 on a kernel that does not say. */
static uint64_t queued_ns(void)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *entry;
    uint64_t sum = 0;

    while (tasks && (entry = readdir(tasks))) {
        char path[300], text[96];
        uint64_t ran, queued;
        ssize_t count;
        int fd;

        snprintf(path, sizeof(path), "/proc/self/task/%s/schedstat", entry->d_name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        count = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
        if (fd >= 0)
            close(fd);
        text[count > 0 ? count : 0] = '\0';
        if (sscanf(text, "%" SCNu64 " %" SCNu64, &ran, &queued) == 2)
            sum += queued;
    }
    if (tasks)
        closedir(tasks);
    return sum;
}

/*
 * Nanoseconds a pass; what others had of the processors is added to *away. One thread: the time that it
 * had a processor. Several: they also wait for each other, which counts; the kernel's word for how long
 * they stood in run queues is not exact, but below their share of the processor time it cannot be.
 */
static double timed(struct codec_side *side, unsigned passes, double *away, bool *bad)
{
    uint64_t queued = queued_ns(), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), start = clock_ns(CLOCK_MONOTONIC);
    double wall, share, left;

    for (unsigned i = 0; i < passes; i++)
        *bad = !codec_side_pass(side) || *bad;
    wall = (double)(clock_ns(CLOCK_MONOTONIC) - start);
    share = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / side->threads;
    left = wall - (double)(queued_ns() - queued) / side->threads;
    if (side->threads == 1 || left < share)
        left = share;
    if (left < wall)
        *away += 1 - left / wall;
    return left / passes;
}

/* ---- what is compared ---- */

static bool fail(struct result *result, enum bench_state state, const char *why)
{
    result->state = state;
    snprintf(result->note, sizeof(result->note), "%s", why);
    return false;
}

static bool load(struct run *run, unsigned index, struct result *result)
{
    struct prepared *p = &run->prepared[index];

    if (!p->loaded) {
        p->loaded = true;
        p->good = codec_input_load(run->options, index, &p->input, p->why);
        p->head = p->input;
        if (p->head.nbytes > ENCODED_NBYTES)
            p->head.nbytes = ENCODED_NBYTES;
    }
    return p->good || fail(result, BENCH_CANNOT, p->why);
}

/* All levels of libdeflate, once: which is nearest in size is seen then. */
static bool pack(struct run *run, const struct codec_row *row, struct result *result)
{
    struct prepared *p = &run->prepared[row->input];
    bool ok = p->ours[row->level].bytes ||
              codec_pack_ours(&p->input, row->level, run->all, &p->ours[row->level]);

    for (int level = 1; ok && !p->peers_packed && level <= codec_libdeflate->most_level; level++)
        ok = codec_pack_peer(&p->input, codec_libdeflate, level, run->all, &p->peer[level]);
    p->peers_packed = ok;
    if (ok && codec_zstd && !p->zstd[row->level].bytes)
        ok = codec_pack_peer(&p->input, codec_zstd, zstd_levels[row->level], run->all,
                             &p->zstd[row->level]);
    return ok || fail(result, BENCH_FAILED, "an input could not be compressed");
}

static size_t difference(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

static int nearest(const struct prepared *p, unsigned level)
{
    size_t ours = p->ours[level].nbytes;
    int best = 1;

    for (int i = 2; i <= codec_libdeflate->most_level; i++)
        if (difference(p->peer[i].nbytes, ours) < difference(p->peer[best].nbytes, ours))
            best = i;
    return best;
}

/* Fills in the three sides of a row. */
static void set_up(struct run *run, const struct codec_row *row, struct codec_side *sides)
{
    static const enum ringer_codec_level levels[CODEC_LEVELS] = {
        RINGER_CODEC_FASTEST, RINGER_CODEC_DEFAULT, RINGER_CODEC_BEST};
    struct prepared *p = &run->prepared[row->input];
    int level = nearest(p, row->level);

    for (int i = 0; i < SIDES; i++) {
        sides[i].input = row->decodes ? &p->input : &p->head;
        sides[i].pool = row->all ? run->all : NULL;
    }
    sides[OURS].options.isa = row->isa;
    sides[OURS].options.level = levels[row->level];
    sides[PEER].peer = codec_libdeflate;
    sides[ZSTD].peer = codec_zstd;
    if (row->decodes) {
        sides[OURS].packed = &p->ours[row->level];
        sides[PEER].packed = &p->peer[level];
        sides[ZSTD].packed = &p->zstd[row->level];
    } else {
        sides[PEER].level = level;
        sides[ZSTD].level = zstd_levels[row->level];
    }
}

static void note_sizes(struct run *run, const struct codec_row *row, struct result *result)
{
    struct prepared *p = &run->prepared[row->input];
    int level = nearest(p, row->level);
    double raw = (double)p->input.nbytes;

    result->size_ratio[OURS] = raw / (double)p->ours[row->level].nbytes;
    result->size_ratio[PEER] = raw / (double)p->peer[level].nbytes;
    result->levels[PEER] = level;
    if (codec_zstd) {
        result->size_ratio[ZSTD] = raw / (double)p->zstd[row->level].nbytes;
        result->levels[ZSTD] = zstd_levels[row->level];
    }
}

/* ---- measuring ---- */

static unsigned pairs_of(const struct run *run, const struct codec_row *row)
{
    if (run->options->pairs)
        return run->options->pairs;
    return run->options->quick ? 3 : row->decodes ? 31 : 11;
}

/* One pass each: warm, looked at, and so many passes as fill a slice. */
static bool try_out(struct run *run, struct codec_side *side, unsigned *passes_out, struct result *result)
{
    double away = 0, ns;
    bool bad = false;

    if (!codec_side_open(side))
        return fail(result, BENCH_CANNOT, "no memory");
    ns = timed(side, 1, &away, &bad);
    if (bad || (side->packed && !codec_side_holds(side)))
        return fail(result, BENCH_FAILED, side->peer ? "a peer went wrong" : "ours went wrong");
    *passes_out = run->options->quick || ns > 15e6 ? 1 : (unsigned)(15e6 / ns) + 1;
    return true;
}

static void summarise(struct result *result, double *ratio, unsigned pairs)
{
    result->pairs = pairs;
    result->ratio_median = bench_median(ratio, pairs);
    result->spread = bench_spread(ratio, pairs);
    result->ratio_min = ratio[0];
    result->ratio_max = ratio[pairs - 1];
}

/* sides[0] to sides[1]; what more there is runs in between. */
static bool compare(struct run *run, struct result *result, struct codec_side *sides, int count)
{
    double ns[SIDES][BENCH_MOST_PAIRS], ratio[BENCH_MOST_PAIRS];
    unsigned passes[SIDES], measured[SIDES] = {0}, slices = 0, pairs = pairs_of(run, result->row);
    double raw = (double)sides[0].input->nbytes;
    bool bad = false;

    for (int s = 0; s < count; s++)
        if (!try_out(run, &sides[s], &passes[s], result))
            return false;
    for (unsigned i = 0; i < pairs; i++) {
        for (int s = 0; s < count; s++) {
            int at = i % 2 ? count - 1 - s : s;

            /* Nobody asks much of the third. */
            if (at == ZSTD && i % 3)
                continue;
            ns[at][measured[at]++] = timed(&sides[at], passes[at], &result->away, &bad);
            slices++;
        }
        ratio[i] = ns[PEER][i] / ns[OURS][i];
    }
    if (bad)
        return fail(result, BENCH_FAILED, "a pass went wrong");
    result->away /= slices;
    result->threads = sides[0].threads;
    for (int s = 0; s < count; s++)
        result->mbs[s] = raw * 1e3 / bench_median(ns[s], measured[s]);
    summarise(result, ratio, pairs);
    return true;
}

/* Nanoseconds a pass by the wall clock; how much of it the threads had no processor is added to *away. */
static double walled(struct codec_side *side, unsigned passes, double *away, bool *bad)
{
    uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), start = clock_ns(CLOCK_MONOTONIC);
    double wall, share;

    for (unsigned i = 0; i < passes; i++)
        *bad = !codec_side_pass(side) || *bad;
    wall = (double)(clock_ns(CLOCK_MONOTONIC) - start);
    share = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / side->threads;
    if (share < wall)
        *away += 1 - share / wall;
    return wall / passes;
}

/*
 * Two threads of one pool to two processes that know nothing of each other. What both lose by sharing
 * caches, memory and clock is the machine's; what is lost besides, the pool's. One thread alone runs in
 * between, as it says how much the machine's part is.
 */
static bool compare_pair(struct run *run, struct result *result, struct codec_side *two,
                         struct codec_side *one, struct codec_pair *pair)
{
    double pooled[BENCH_MOST_PAIRS], paired[BENCH_MOST_PAIRS], alone[BENCH_MOST_PAIRS];
    double ratio[BENCH_MOST_PAIRS], raw = (double)two->input->nbytes, unused = 0;
    unsigned passes, fewer, count = 0, pairs = pairs_of(run, result->row);
    bool bad = false;

    if (!try_out(run, two, &passes, result) || !try_out(run, one, &fewer, result))
        return false;
    /* Waking is a part of it, but not of another size than in use: some passes follow one another. */
    passes = run->options->quick ? 1 : 2 * passes;
    codec_pair_ns(pair, 1, &bad);
    for (unsigned i = 0; i < pairs && !bad; i++) {
        if (i % 2)
            paired[i] = codec_pair_ns(pair, passes, &bad);
        pooled[i] = walled(two, passes, &result->away, &bad);
        if (i % 2 == 0)
            paired[i] = codec_pair_ns(pair, passes, &bad);
        if (i % 3 == 0)
            alone[count++] = walled(one, fewer, &unused, &bad);
        ratio[i] = paired[i] / pooled[i];
    }
    if (bad)
        return fail(result, BENCH_FAILED, "a pass went wrong");
    result->away /= pairs;
    result->threads = two->threads;
    result->mbs[OURS] = raw * 1e3 / bench_median(pooled, pairs);
    result->mbs[PEER] = raw * 1e3 / bench_median(paired, pairs);
    result->one_mbs = raw * 1e3 / bench_median(alone, count);
    summarise(result, ratio, pairs);
    return true;
}

static bool measure_scaling(struct run *run, struct result *result, struct codec_side *sides)
{
    struct codec_pair pair;
    cpu_set_t usable;
    bool ok;

    if (sysconf(_SC_NPROCESSORS_ONLN) < 2 ||
        (!sched_getaffinity(0, sizeof(usable), &usable) && CPU_COUNT(&usable) < 2))
        return fail(result, BENCH_CANNOT, "one processor");
    if (!run->two)
        run->two = ringer_codec_pool_new(2);
    if (!run->two || run->two->threads < 2)
        return fail(result, BENCH_CANNOT, "no second thread");
    sides[PEER] = sides[OURS];
    sides[OURS].pool = run->two;
    ok = codec_pair_open(&pair, &sides[PEER]) || fail(result, BENCH_CANNOT, "no second process");
    ok = ok && compare_pair(run, result, &sides[OURS], &sides[PEER], &pair);
    codec_pair_close(&pair);
    return ok;
}

static void measure(struct run *run, struct result *result)
{
    struct codec_side *sides = run_xalloc(SIDES * sizeof(*sides));
    const struct codec_row *row = result->row;
    bool ok = load(run, row->input, result) && pack(run, row, result);

    if (ok && !ringer_codec_isa_usable(row->isa))
        ok = fail(result, BENCH_CANNOT, "this processor has no such instructions");
    if (ok) {
        set_up(run, row, sides);
        note_sizes(run, row, result);
        ok = row->kind == CODEC_SCALING ? measure_scaling(run, result, sides)
                                        : compare(run, result, sides, codec_zstd ? SIDES : 2);
    }
    for (int s = 0; s < SIDES; s++)
        codec_side_close(&sides[s]);
    free(sides);
    result->judged = ok && row->target > 0 && result->pairs >= LEAST_PAIRS && !run->options->quick;
    result->met = result->judged && result->ratio_median >= row->target;
}

/* ---- the document ---- */

static json_t *real_or_null(double value)
{
    return value ? json_real(value) : json_null();
}

static json_t *row_json(const struct run *run, const struct result *r)
{
    static const char *const kinds[] = {"decode", "encode", "scaling"};
    static const char *const states[] = {"measured", "cannot", "failed"};
    const struct codec_row *row = r->row;
    bool scaling = row->kind == CODEC_SCALING, measured = r->state == BENCH_MEASURED;
    json_t *o = json_object();

    json_object_set_new(o, "name", json_string(row->name));
    json_object_set_new(o, "kind", json_string(kinds[row->kind]));
    json_object_set_new(o, "input", json_string(codec_input_name(run->options, row->input)));
    json_object_set_new(o, "level", json_string(codec_level_names[row->level]));
    json_object_set_new(o, "isa", row->decodes ? json_string(ringer_codec_isa_name(row->isa)) : json_null());
    json_object_set_new(o, "threads", json_integer(r->threads));
    json_object_set_new(o, "state", json_string(states[r->state]));
    json_object_set_new(o, "note", json_string(r->note));
    json_object_set_new(o, "ours_mbs", real_or_null(r->mbs[OURS]));
    json_object_set_new(o, "ours_ratio", real_or_null(r->size_ratio[OURS]));
    json_object_set_new(o, "peer", json_string(scaling ? "two processes" : codec_libdeflate->name));
    json_object_set_new(o, "peer_level", scaling || !measured ? json_null() : json_integer(r->levels[PEER]));
    json_object_set_new(o, "peer_mbs", real_or_null(r->mbs[PEER]));
    json_object_set_new(o, "peer_ratio", scaling ? json_null() : real_or_null(r->size_ratio[PEER]));
    json_object_set_new(o, "one_mbs", real_or_null(r->one_mbs));
    json_object_set_new(o, "zstd_level", r->mbs[ZSTD] ? json_integer(r->levels[ZSTD]) : json_null());
    json_object_set_new(o, "zstd_mbs", real_or_null(r->mbs[ZSTD]));
    json_object_set_new(o, "zstd_ratio", r->mbs[ZSTD] ? real_or_null(r->size_ratio[ZSTD]) : json_null());
    json_object_set_new(o, "pairs", json_integer(r->pairs));
    json_object_set_new(o, "ratio_median", real_or_null(r->ratio_median));
    json_object_set_new(o, "ratio_min", real_or_null(r->ratio_min));
    json_object_set_new(o, "ratio_max", real_or_null(r->ratio_max));
    json_object_set_new(o, "spread", real_or_null(r->spread));
    json_object_set_new(o, "away", json_real(r->away));
    json_object_set_new(o, "value", measured ? json_real(r->ratio_median) : json_null());
    json_object_set_new(o, "target", real_or_null(row->target));
    json_object_set_new(o, "judged", json_boolean(r->judged));
    json_object_set_new(o, "met", r->judged ? json_boolean(r->met) : json_null());
    return o;
}

static json_t *inputs_json(const struct run *run)
{
    json_t *inputs = json_array();

    for (unsigned i = 0; i < CODEC_INPUTS; i++) {
        const struct codec_input *input = &run->prepared[i].input;
        char hash[20];

        if (!run->prepared[i].good)
            continue;
        snprintf(hash, sizeof(hash), "%016" PRIx64, input->hash);
        json_array_append_new(inputs, json_pack("{s:s, s:s, s:I, s:s, s:b}", "name", input->name, "source",
                                                input->source, "nbytes", (json_int_t)input->nbytes, "hash",
                                                hash, "made", (int)input->made));
    }
    return inputs;
}

/* "AMD EPYC …", or empty. */
static void processor_name(char *name, size_t nbytes)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];

    *name = '\0';
    while (file && !*name && fgets(line, sizeof(line), file)) {
        const char *value = strncmp(line, "model name", 10) ? NULL : strchr(line, ':');

        if (value)
            snprintf(name, nbytes, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
    }
    if (file)
        fclose(file);
}

static json_t *document_of(const struct run *run, const struct result *results, size_t count)
{
    json_t *rows = json_array(), *document;
    char processor[128];

    processor_name(processor, sizeof(processor));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, row_json(run, &results[i]));
    document = bench_document("gdeflate", run->options, rows);
    json_object_set_new(document, "processor", json_string(processor));
    json_object_set_new(document, "inputs", inputs_json(run));
    return document;
}

static void finish(struct run *run)
{
    for (unsigned i = 0; i < CODEC_INPUTS; i++) {
        struct prepared *p = &run->prepared[i];

        free(p->input.bytes);
        for (unsigned level = 0; level < CODEC_LEVELS; level++) {
            codec_packed_fini(&p->ours[level]);
            codec_packed_fini(&p->zstd[level]);
        }
        for (unsigned level = 0; level < MOST_LEVELS; level++)
            codec_packed_fini(&p->peer[level]);
    }
    ringer_codec_pool_free(run->all);
    ringer_codec_pool_free(run->two);
}

json_t *codec_bench(const struct bench_options *options, const struct codec_row *rows, size_t count,
                    char **error_out)
{
    struct run run = {.options = options};
    struct result *results;
    json_t *document;

    if (!codec_libdeflate) {
        *error_out = run_format("built without libdeflate: there is nothing to hold it against");
        return NULL;
    }
    run.all = ringer_codec_pool_new(0);
    results = run_xalloc(count * sizeof(*results));
    for (size_t i = 0; i < count; i++) {
        run_progress(i, count, NULL);
        results[i].row = &rows[i];
        measure(&run, &results[i]);
    }
    run_progress_clear();
    document = document_of(&run, results, count);
    free(results);
    finish(&run);
    return document;
}
