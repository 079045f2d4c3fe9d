/* SPDX-License-Identifier: MIT */
/*
 * The parent's half: per row it picks the affinity and the peer that are fastest here, then lets both
 * sides run in turn, in short slices, and takes the median of the ratios of neighbours. A change of the
 * machine's mood hits both of a pair, and a bad pair does not move the median.
 */
#include "conformance/bench/bench.h"

#include "conformance/bench/instructions.h"
#include "conformance/bench/place.h"
#include "conformance/bench/stats.h"
#include "conformance/bench/work.h"
#include "conformance/bench/worker.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/engines.h"
#include "conformance/runner/progress.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A requirement is judged by at least 11 pairs; on a busy machine more of them settle the median. */
#define LEAST_PAIRS 11
#define JUDGED_PAIRS 31

enum { FREE, PINNED, THREADS, WORKERS };

struct run {
    const struct bench_options *options;
    struct bench_worker workers[WORKERS];
    struct bench_file_at disk, memory;
    int cpu; /* to pin to; -1: there is only one */
    unsigned slice_us, try_us, tries;
};

/* The last processor that we may use: the first ones tend to take the interrupts. */
static int last_cpu(void)
{
    cpu_set_t set;
    int last = -1;

    if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) < 2)
        return -1;
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set))
            last = i;
    return last;
}

static double rate(const struct bench_slice *slice)
{
    return slice->ns ? (double)slice->ops * 1e9 / (double)slice->ns : 0;
}

static bool start(struct run *run, int which)
{
    struct bench_worker *worker = &run->workers[which];

    return worker->pid ||
           bench_worker_start(worker, which == THREADS ? "threads" : run->options->engine,
                              which == PINNED ? run->cpu : -1);
}

/* Best rates of our side and of each peer in one worker; false with a note in the result. */
static bool try_out(struct run *run, struct bench_worker *worker, unsigned usable, double *ours_out,
                    double *peer_out, int *fastest_out, char *error)
{
    struct bench_slice slice;

    *ours_out = *peer_out = 0;
    for (unsigned i = 0; i < run->tries; i++) {
        if (!bench_worker_slice(worker, BENCH_OURS, run->try_us, false, &slice, error))
            return false;
        *ours_out = rate(&slice) > *ours_out ? rate(&slice) : *ours_out;
        for (int p = 0; p < (int)bench_peer_count; p++) {
            if (!(usable & 1u << p))
                continue;
            if (!bench_worker_slice(worker, p, run->try_us, false, &slice, error))
                return false;
            if (rate(&slice) > *peer_out) {
                *peer_out = rate(&slice);
                *fastest_out = p;
            }
        }
    }
    return true;
}

static bool fail(struct bench_result *result, enum bench_state state, const char *why)
{
    result->state = state;
    snprintf(result->note, sizeof(result->note), "%s", why);
    return false;
}

struct pick {
    int worker, peer;
    unsigned usable[2];
    bool open[WORKERS];
};

/* Opens the row pinned and not, and takes the affinity under which both sides together do best. */
static bool choose(struct run *run, const struct bench_file_at *place, struct bench_result *result,
                   struct pick *pick)
{
    const struct bench_row *row = result->row;
    double best = -1;
    char error[160];

    for (int w = FREE; w <= PINNED; w++) {
        double ours, peer;
        int fastest = 0;

        if ((w == PINNED && run->cpu < 0) || !start(run, w))
            continue;
        pick->open[w] = true;
        if (!bench_worker_open(&run->workers[w], row, place->path, place->nbytes, place->stamped,
                               true, &pick->usable[w], error))
            /* Not every file system can be read past its cache. */
            return fail(result, row->place == BENCH_DIRECT ? BENCH_CANNOT : BENCH_FAILED, error);
        if (!pick->usable[w])
            return fail(result, BENCH_CANNOT, *error ? error : "no set-up of the peer works here");
        if (!try_out(run, &run->workers[w], pick->usable[w], &ours, &peer, &fastest, error))
            return fail(result, BENCH_FAILED, error);
        if (ours * peer > best) {
            best = ours * peer;
            pick->worker = w;
            pick->peer = fastest;
        }
    }
    result->pinned = pick->worker == PINNED;
    result->peer_setup = bench_peers[pick->peer].name;
    return best >= 0 || fail(result, BENCH_CANNOT, "no process");
}

static unsigned pairs_of(const struct bench_options *options, const struct bench_row *row)
{
    if (options->pairs)
        return options->pairs;
    return options->quick ? 3 : row->target ? JUDGED_PAIRS : LEAST_PAIRS;
}

/* The pairs themselves; the threads engine runs between some of them, in its own process. */
static bool compare(struct run *run, struct bench_result *result, struct pick *pick)
{
    double ours[BENCH_MOST_PAIRS], peer[BENCH_MOST_PAIRS], ratio[BENCH_MOST_PAIRS], cpu[BENCH_MOST_PAIRS],
        threads[BENCH_MOST_PAIRS];
    struct bench_worker *worker = &run->workers[pick->worker];
    unsigned pairs = pairs_of(run->options, result->row);
    size_t threads_count = 0;
    uint64_t away = 0, total = 0;
    struct bench_slice a, b;
    char error[160];

    for (unsigned i = 0; i < pairs; i++) {
        bool first = i % 2 == 0;

        if (!bench_worker_slice(worker, first ? BENCH_OURS : pick->peer, run->slice_us, false,
                                first ? &a : &b, error) ||
            !bench_worker_slice(worker, first ? pick->peer : BENCH_OURS, run->slice_us, false,
                                first ? &b : &a, error))
            return fail(result, BENCH_FAILED, error);
        away += a.away_ns + b.away_ns;
        total += a.away_ns + a.ns + b.away_ns + b.ns;
        ours[i] = rate(&a);
        peer[i] = rate(&b);
        ratio[i] = ours[i] / peer[i];
        cpu[i] = a.cpu_ns && b.cpu_ns
                     ? (double)a.ops / (double)a.cpu_ns * (double)b.cpu_ns / (double)b.ops
                     : 0;
        if (pick->open[THREADS] && i % 4 == 1 &&
            bench_worker_slice(&run->workers[THREADS], BENCH_OURS, run->slice_us, false, &a, error))
            threads[threads_count++] = rate(&a);
    }
    result->pairs = pairs;
    result->ours_ops = bench_median(ours, pairs);
    result->peer_ops = bench_median(peer, pairs);
    result->threads_ops = bench_median(threads, threads_count);
    result->ratio_median = result->value = bench_median(ratio, pairs);
    result->spread = bench_spread(ratio, pairs);
    result->ratio_min = ratio[0];
    result->ratio_max = ratio[pairs - 1];
    result->away = total ? (double)away / (double)total : 0;
    result->cpu_ratio_median = bench_median(cpu, pairs);
    if (!bench_worker_slice(worker, BENCH_OURS, run->slice_us, true, &a, error) ||
        !bench_worker_slice(worker, pick->peer, run->slice_us, true, &b, error))
        return fail(result, BENCH_FAILED, error);
    result->p50_ns = a.p50_ns;
    result->p99_ns = a.p99_ns;
    result->peer_p50_ns = b.p50_ns;
    result->peer_p99_ns = b.p99_ns;
    return true;
}

static void close_row(struct run *run, const struct pick *pick)
{
    char error[160];

    for (int w = 0; w < WORKERS; w++)
        if (pick->open[w] && run->workers[w].pid && !bench_worker_close(&run->workers[w], error))
            bench_worker_stop(&run->workers[w]);
}

/* Also when a side failed: it is not closed, its state is anybody's guess. */
static void stop_all(struct run *run)
{
    for (int w = 0; w < WORKERS; w++)
        bench_worker_stop(&run->workers[w]);
}

static void measure_reads(struct run *run, struct bench_result *result)
{
    const struct bench_row *row = result->row;
    const struct bench_file_at *place = row->place == BENCH_TMPFS ? &run->memory : &run->disk;
    struct pick pick = {0};
    char error[160];
    bool right;

    if (!place->path) {
        fail(result, BENCH_CANNOT, place->why);
        return;
    }
    snprintf(result->file_system, sizeof(result->file_system), "%s", place->file_system);
    if (!choose(run, place, result, &pick)) {
        stop_all(run);
        return;
    }
    if (strcmp(run->options->engine, "threads") && start(run, THREADS)) {
        pick.open[THREADS] = true;
        if (!bench_worker_open(&run->workers[THREADS], row, place->path, place->nbytes,
                               place->stamped, false, NULL, error)) {
            bench_worker_stop(&run->workers[THREADS]);
            pick.open[THREADS] = false;
        }
    }
    if (!compare(run, result, &pick)) {
        stop_all(run);
        return;
    }
    close_row(run, &pick);
    /*
     * The peer reads tmpfs in helper threads. A busy machine slows those more than the thread that is
     * measured, and nobody can say by how much: the lesser of the two ratios flatters nobody.
     */
    if (row->place == BENCH_TMPFS && result->cpu_ratio_median < result->value)
        result->value = result->cpu_ratio_median;
    right = bench_place_right(row->place, place->file_system);
    result->judged = row->target && !run->options->quick && result->pairs >= LEAST_PAIRS && right;
    if (row->target && !right)
        snprintf(result->note, sizeof(result->note), "not judged on %s", place->file_system);
}

static void measure_slot(struct run *run, struct bench_result *result)
{
    double ns[2];
    char error[160];

    if (!start(run, FREE)) {
        fail(result, BENCH_CANNOT, "no process");
    } else if (!bench_worker_slot(&run->workers[FREE], run->slice_us, ns, error)) {
        fail(result, BENCH_FAILED, error);
    } else {
        result->ours_each = ns[0];
        result->peer_each = ns[1];
        result->value = ns[0] - ns[1];
        result->judged = !run->options->quick;
    }
}

static void measure_instructions(struct run *run, struct bench_result *result)
{
    char error[160];

    if (!run->disk.path)
        fail(result, BENCH_CANNOT, run->disk.why);
    else if (!bench_instructions(result->row, run->options->engine, run->disk.path,
                                 run->options->quick, &result->ours_each, &result->peer_each,
                                 error))
        fail(result, BENCH_CANNOT, error);
    else
        result->judged =
            !run->options->quick && bench_place_right(BENCH_CACHED, run->disk.file_system);
    snprintf(result->file_system, sizeof(result->file_system), "%s", run->disk.file_system);
    result->value = result->ours_each - result->peer_each;
}

static void measure(struct run *run, struct bench_result *result)
{
    switch (result->row->kind) {
    case BENCH_READS:
        measure_reads(run, result);
        break;
    case BENCH_INSTRUCTIONS:
        measure_instructions(run, result);
        break;
    case BENCH_SLOT:
        measure_slot(run, result);
        break;
    }
    result->judged = result->judged && result->state == BENCH_MEASURED;
    result->met = result->judged && bench_meets(result->row, result->value);
}

/* Without io_uring there is nothing to hold anything against. */
static bool can_run(const char *engine, char **error_out)
{
    struct run_engine_row rows[RUN_MAX_ENGINES];
    size_t count = run_engines_probe(rows);

    for (size_t i = 0; i < count; i++)
        if ((!strcmp(rows[i].name, "uring") || !strcmp(rows[i].name, engine)) && !rows[i].usable) {
            *error_out = run_format("engine %s: %s", rows[i].name, rows[i].reason);
            return false;
        }
    if (!bench_peer_count)
        *error_out = run_format("built without liburing: there is no peer");
    return bench_peer_count > 0;
}

bool bench_run(const struct bench_options *options, const struct bench_row *rows, size_t count,
               struct bench_results *results_out, char **error_out)
{
    struct run run = {.options = options,
                      .cpu = last_cpu(),
                      .slice_us = options->quick ? 4000 : 20000,
                      .try_us = options->quick ? 2000 : 8000,
                      .tries = options->quick ? 1 : 4};

    if (!can_run(options->engine, error_out))
        return false;
    if (options->file)
        bench_place_given(&run.disk, options->file);
    else
        bench_place_make(&run.disk, options->dir ? options->dir : bench_place_choose(),
                         BENCH_FILE_NBYTES);
    bench_place_make(&run.memory, "/dev/shm", BENCH_FILE_NBYTES);
    *results_out = (struct bench_results){run_xalloc(count * sizeof(*results_out->items)), count};
    for (size_t i = 0; i < count; i++) {
        run_progress(i, count, NULL);
        results_out->items[i].row = &rows[i];
        measure(&run, &results_out->items[i]);
    }
    run_progress_clear();
    stop_all(&run);
    bench_place_drop(&run.disk);
    bench_place_drop(&run.memory);
    return true;
}

void bench_results_fini(struct bench_results *results)
{
    free(results->items);
    *results = (struct bench_results){0};
}
