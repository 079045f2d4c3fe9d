/* SPDX-License-Identifier: MIT */
/*
 * Runs the two sides in turn, each a process that reads for about a third of a second, and takes the
 * median of the ratios of neighbours. A change of the machine's mood hits both of a pair.
 */
#include "conformance/bench/dstorage.h"
#include "conformance/bench/dstorage_load.h"
#include "conformance/bench/dstorage_process.h"
#include "conformance/bench/instructions.h"
#include "conformance/bench/output.h"
#include "conformance/bench/place.h"
#include "conformance/bench/stats.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fewer are not held against a requirement. */
#define LEAST_PAIRS 11
#define STREAM_PAIRS 5
#define SLICE_NS 350e6
#define FILE_NBYTES ((uint64_t)256 << 20)
#define QUICK_NBYTES ((uint64_t)96 << 20)
#define LEAST_STREAM ((uint64_t)96 << 20) /* a file that the largest entry fits into */
#define QUICK_PARTS 32

struct run {
    const struct bench_options *options;
    struct bench_file_at disk;
    char *dir, *log;
    bool no_peer;
    char no_peer_why[160];
};

struct side {
    double ops[BENCH_MOST_PAIRS], mbs[BENCH_MOST_PAIRS], cpu_ns[BENCH_MOST_PAIRS];
};

struct result {
    enum bench_state state;
    char note[200];
    unsigned pairs;
    double ours_ops, peer_ops, ours_mbs, peer_mbs, ours_cpu_ns, peer_cpu_ns;
    double ratio_median, ratio_min, ratio_max, spread;
    double ours_each, peer_each;
    double value;
    char *setup; /* owned */
    bool judged, met;
};

static bool fail(struct result *result, enum bench_state state, const char *why)
{
    result->state = state;
    snprintf(result->note, sizeof(result->note), "%s", why);
    return false;
}

/* ---- one slice ---- */

static bool take_ours(const struct dstorage_work *work, struct dstorage_took *took, char *note)
{
    char **argv = dstorage_client_argv(work), *out;
    unsigned long long n[4];
    bool good = dstorage_run(argv, work->engine, &out, note);

    if (good && sscanf(out, "%llu %llu %llu %llu", &n[0], &n[1], &n[2], &n[3]) != 4) {
        snprintf(note, 160, "our side says: %.100s", out);
        good = false;
    } else if (good) {
        *took = (struct dstorage_took){n[0], n[1], n[2] ? n[2] : 1, n[3]};
    }
    dstorage_free_argv(argv);
    free(out);
    return good;
}

static bool take_peer(const struct dstorage_work *work, unsigned peer, struct dstorage_took *took,
                      char *note)
{
    char **argv = dstorage_fio_argv(work, peer), *out;
    bool good = dstorage_run(argv, work->engine, &out, note) && dstorage_fio_read(out, took, note);

    dstorage_free_argv(argv);
    free(out);
    return good;
}

static double rate(const struct dstorage_took *took)
{
    return (double)took->nbytes * 1e9 / (double)took->ns;
}

/* Of a stream fio reads whole pages, and in pieces: what counts is how soon the requests' bytes are there. */
static void note_slice(struct side *side, unsigned i, const struct dstorage_took *took,
                       const struct dstorage_took *as)
{
    side->ops[i] = (double)as->requests * 1e9 / (double)took->ns;
    side->mbs[i] = (double)as->nbytes * 1e3 / (double)took->ns;
    side->cpu_ns[i] = (double)took->cpu_ns / (double)as->requests;
}

/* ---- a row ---- */

/* So many requests as fill a slice; the first try warms the machine, too. */
static bool calibrate(struct run *run, struct dstorage_work *work, struct result *result)
{
    struct dstorage_took took;
    uint32_t size = work->row->size, least = 4 * work->row->depth;
    double wanted;
    char note[160];

    if (work->row->kind == DSTORAGE_STREAM) {
        work->count = run->options->quick ? QUICK_PARTS : 1;
        return true;
    }
    work->count = (run->options->quick ? 4u << 20 : 64u << 20) / size;
    work->count = work->count < least ? least : work->count > 8192 ? 8192 : work->count;
    if (!take_ours(work, &took, note))
        return fail(result, BENCH_FAILED, note);
    wanted = (double)took.requests * SLICE_NS / (double)took.ns;
    if (!run->options->quick && wanted > work->count)
        work->count = (uint32_t)fmin(wanted, 4e6);
    return true;
}

/* The faster of the peer's set-ups. */
static bool choose_peer(struct run *run, const struct dstorage_work *work, unsigned *peer_out,
                        struct result *result)
{
    struct dstorage_took took;
    double best = 0;
    char note[160] = "";

    for (unsigned tries = run->options->quick ? 1 : 2; tries--;)
        for (unsigned peer = 0; peer < DSTORAGE_PEERS; peer++)
            if (take_peer(work, peer, &took, note) && rate(&took) > best) {
                best = rate(&took);
                *peer_out = peer;
            }
    if (best > 0) {
        char **argv = dstorage_fio_argv(work, *peer_out);

        result->setup = dstorage_fio_told(argv);
        dstorage_free_argv(argv);
        return true;
    }
    snprintf(result->note, sizeof(result->note), "no peer: %s", note);
    return false;
}

static unsigned pairs_of(const struct run *run, const struct dstorage_row *row)
{
    if (run->options->pairs)
        return run->options->pairs;
    return run->options->quick ? 1 : row->kind == DSTORAGE_STREAM ? STREAM_PAIRS : LEAST_PAIRS;
}

static bool compare(struct run *run, const struct dstorage_work *work, bool with_peer,
                    unsigned peer, struct result *result)
{
    unsigned pairs = pairs_of(run, work->row);
    bool stream = work->row->kind == DSTORAGE_STREAM;
    double ratio[BENCH_MOST_PAIRS];
    struct side ours, theirs;
    char note[160];

    for (unsigned i = 0; i < pairs; i++) {
        struct dstorage_took a, b;

        for (unsigned turn = 0; turn < 2; turn++) {
            bool mine = (turn ^ i) & 1;

            if (mine ? !take_ours(work, &a, note) : with_peer && !take_peer(work, peer, &b, note))
                return fail(result, BENCH_FAILED, note);
        }
        note_slice(&ours, i, &a, &a);
        if (!with_peer)
            continue;
        note_slice(&theirs, i, &b, stream ? &a : &b);
        ratio[i] = ours.mbs[i] / theirs.mbs[i];
    }
    result->pairs = pairs;
    result->ours_ops = bench_median(ours.ops, pairs);
    result->ours_mbs = bench_median(ours.mbs, pairs);
    result->ours_cpu_ns = bench_median(ours.cpu_ns, pairs);
    if (!with_peer)
        return true;
    result->peer_ops = bench_median(theirs.ops, pairs);
    result->peer_mbs = bench_median(theirs.mbs, pairs);
    result->peer_cpu_ns = bench_median(theirs.cpu_ns, pairs);
    result->ratio_median = result->value = bench_median(ratio, pairs);
    result->ratio_min = ratio[0];
    result->ratio_max = ratio[pairs - 1];
    result->spread = bench_spread(ratio, pairs);
    return true;
}

static void measure_reads(struct run *run, struct dstorage_work *work, struct result *result)
{
    const struct dstorage_row *row = work->row;
    bool with_peer, right = bench_place_right(BENCH_DIRECT, run->disk.file_system);
    unsigned peer = 0;

    if (row->kind == DSTORAGE_STREAM && run->disk.nbytes < LEAST_STREAM) {
        fail(result, BENCH_CANNOT, "the file is too small for the largest entry");
        return;
    }
    if (!calibrate(run, work, result))
        return;
    if (row->kind == DSTORAGE_STREAM && !dstorage_fio_log(work, run->log)) {
        fail(result, BENCH_CANNOT, "no room for fio's list of requests");
        return;
    }
    with_peer = choose_peer(run, work, &peer, result);
    if (!compare(run, work, with_peer, peer, result))
        return;
    result->judged =
        row->target && with_peer && !run->options->quick && result->pairs >= LEAST_PAIRS && right;
    result->met = result->judged && result->value >= row->target;
    if (row->target && !right && !*result->note)
        snprintf(result->note, sizeof(result->note), "not judged on %s", run->disk.file_system);
}

static bool each(const struct dstorage_work *work, char **(*argv_of)(const struct dstorage_work *),
                 unsigned requests, double *each_out)
{
    uint64_t counts[2];

    for (unsigned i = 0; i < 2; i++) {
        struct dstorage_work once = *work;
        char **argv;
        bool good;

        once.count = requests * (i + 1);
        once.stamped = false;
        argv = argv_of(&once);
        good = bench_count_instructions(argv, work->engine, &counts[i]);
        dstorage_free_argv(argv);
        if (!good)
            return false;
    }
    *each_out = ((double)counts[1] - (double)counts[0]) / requests;
    return true;
}

static char **peer_argv(const struct dstorage_work *work)
{
    return dstorage_fio_argv(work, 0);
}

static void measure_instructions(struct run *run, struct dstorage_work *work, struct result *result)
{
    unsigned requests = run->options->quick ? 512 : 4096;

    if (!each(work, dstorage_client_argv, requests, &result->ours_each)) {
        fail(result, BENCH_CANNOT, "neither valgrind nor the processor counts instructions here");
        return;
    }
    result->value = result->ours_each;
    if (work->row->way == DSTORAGE_RING && !each(work, peer_argv, requests, &result->peer_each))
        snprintf(result->note, sizeof(result->note), "fio's cannot be counted here");
}

/* ---- the document ---- */

static json_t *real_or_null(double value)
{
    return value ? json_real(value) : json_null();
}

/* What a stream is made of. */
static void add_load(json_t *o, const struct dstorage_row *row, const struct dstorage_work *work)
{
    struct dstorage_load load = {0};
    bool stream = row->kind == DSTORAGE_STREAM && work->count;

    if (stream)
        dstorage_load_make(&load, work->count, row->packed, work->file_nbytes);
    json_object_set_new(o, "requests", stream ? json_integer(load.count) : json_null());
    json_object_set_new(o, "nbytes", stream ? json_integer((json_int_t)load.nbytes) : json_null());
    json_object_set_new(o, "largest", stream ? json_integer(load.largest) : json_null());
    json_object_set_new(o, "batch_median", stream ? json_integer(load.batch_median) : json_null());
    dstorage_load_fini(&load);
}

static json_t *row_json(const struct dstorage_row *row, const struct dstorage_work *work,
                        const struct result *r)
{
    static const char *const kinds[] = {"reads", "stream", "instructions"};
    static const char *const states[] = {"measured", "cannot", "failed"};
    bool stream = row->kind == DSTORAGE_STREAM, measured = r->state == BENCH_MEASURED;
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "name", row->name, "kind",
                          kinds[row->kind], "way", dstorage_way_name(row->way), "state",
                          states[r->state], "note", r->note, "pairs", (int)r->pairs);

    json_object_set_new(o, "size", stream ? json_null() : json_integer(row->size));
    json_object_set_new(o, "depth", stream ? json_null() : json_integer(row->depth));
    json_object_set_new(o, "batch", stream ? json_null() : json_integer(row->batch));
    add_load(o, row, work);
    json_object_set_new(o, "ours_ops", real_or_null(r->ours_ops));
    json_object_set_new(o, "peer_ops", real_or_null(r->peer_ops));
    json_object_set_new(o, "ours_mbs", real_or_null(r->ours_mbs));
    json_object_set_new(o, "peer_mbs", real_or_null(r->peer_mbs));
    json_object_set_new(o, "ours_cpu_ns", real_or_null(r->ours_cpu_ns));
    json_object_set_new(o, "peer_cpu_ns", real_or_null(r->peer_cpu_ns));
    json_object_set_new(o, "peer_setup", r->setup ? json_string(r->setup) : json_null());
    json_object_set_new(o, "ratio_median", real_or_null(r->ratio_median));
    json_object_set_new(o, "ratio_min", real_or_null(r->ratio_min));
    json_object_set_new(o, "ratio_max", real_or_null(r->ratio_max));
    json_object_set_new(o, "spread", real_or_null(r->spread));
    json_object_set_new(o, "ours_each", real_or_null(r->ours_each));
    json_object_set_new(o, "peer_each", real_or_null(r->peer_each));
    json_object_set_new(o, "value", measured ? real_or_null(r->value) : json_null());
    json_object_set_new(o, "target", real_or_null(row->target));
    json_object_set_new(o, "judged", json_boolean(r->judged));
    json_object_set_new(o, "met", r->judged ? json_boolean(r->met) : json_null());
    return o;
}

static json_t *measure(struct run *run, const struct dstorage_row *row)
{
    struct dstorage_work work = {.row = row,
                                 .path = run->disk.path,
                                 .engine = run->options->engine,
                                 .file_nbytes = run->disk.nbytes,
                                 .stamped = run->disk.stamped,
                                 .log = run->log};
    struct result result = {0};
    json_t *o;

    if (row->kind == DSTORAGE_INSTRUCTIONS)
        measure_instructions(run, &work, &result);
    else
        measure_reads(run, &work, &result);
    o = row_json(row, &work, &result);
    free(result.setup);
    return o;
}

json_t *dstorage_bench(const struct bench_options *options, const struct dstorage_row *rows,
                       size_t count, char **error_out)
{
    struct run run = {.options = options};
    json_t *results, *document = NULL;

    if (options->file)
        bench_place_given(&run.disk, options->file);
    else
        bench_place_make(&run.disk, options->dir ? options->dir : bench_place_choose(),
                         options->quick ? QUICK_NBYTES : FILE_NBYTES);
    if (!run.disk.path) {
        *error_out = run_format("%s", run.disk.why);
        return NULL;
    }
    run.dir = run_scratch_dir();
    run.log = run_format("%s/requests", run.dir);
    results = json_array();
    for (size_t i = 0; i < count; i++) {
        run_progress(i, count, NULL);
        json_array_append_new(results, measure(&run, &rows[i]));
    }
    run_progress_clear();
    document = bench_document("dstorage", options, results);
    json_object_set_new(document, "engine", json_string(options->engine));
    json_object_set_new(document, "file_system", json_string(run.disk.file_system));
    run_remove_tree(run.dir);
    free(run.dir);
    free(run.log);
    bench_place_drop(&run.disk);
    return document;
}
