/* SPDX-License-Identifier: MIT */
/* Parent's half and child's half of a worker, and the messages between them. */
#include "conformance/bench/worker.h"

#include "conformance/bench/slot.h"
#include "conformance/bench/work.h"
#include "conformance/runner/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_PEERS 8
#define MOST_SAMPLES (1u << 20)
#define ANSWER_LIMIT_S 60 /* a slice is milliseconds: who takes longer hangs */

enum verb { VERB_OPEN, VERB_SLICE, VERB_CLOSE, VERB_SLOT };

struct request {
    enum verb verb;
    struct bench_row row;
    char path[PATH_MAX];
    uint64_t file_nbytes;
    bool stamped, with_peers, timed;
    int side;
    unsigned us;
};

struct reply {
    bool ok;
    char error[160];
    unsigned usable;
    char unusable[160]; /* why the last peer that is not usable is not */
    struct bench_slice slice;
    double slot_ns[2];
};

/* The child's state; one row is open at a time. */
struct bench {
    struct bench_work work;
    struct bench_side *ours, *peers[MOST_PEERS];
    uint32_t *samples;
    bool open;
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* How long this thread has stood in a run queue; always 0 on a kernel that does not say. */
static uint64_t queued_ns(void)
{
    static int fd = -1;
    char text[96];
    ssize_t n;
    uint64_t ran, queued = 0;

    if (fd < 0)
        fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    n = fd >= 0 ? pread(fd, text, sizeof(text) - 1, 0) : 0;
    text[n > 0 ? n : 0] = '\0';
    return sscanf(text, "%" SCNu64 " %" SCNu64, &ran, &queued) == 2 ? queued : 0;
}

struct stamp {
    uint64_t ns, process_ns, thread_ns, queued_ns;
};

static struct stamp stamp(void)
{
    return (struct stamp){.process_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
                          .thread_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID),
                          .queued_ns = queued_ns(),
                          .ns = bench_now_ns()};
}

static void settle(struct bench_slice *slice, const struct stamp *start)
{
    struct stamp end = stamp();
    uint64_t queued = end.queued_ns - start->queued_ns;
    uint64_t others, own = end.thread_ns - start->thread_ns;

    slice->cpu_ns = end.process_ns - start->process_ns;
    others = slice->cpu_ns > own ? slice->cpu_ns - own : 0;
    slice->away_ns = queued > others ? queued - others : 0;
    if (slice->away_ns > slice->ns / 10 * 9) /* of little left no rate can be made */
        slice->away_ns = slice->ns / 10 * 9;
    slice->ns -= slice->away_ns;
}

/*
 * One round whose reads are looked at, alone: a bench of wrong reads measures nothing. False with error;
 * *opened_out tells a side that this machine does not have from one that reads wrongly.
 */
static bool prove(const struct bench_side_ops *ops, const struct bench_work *work, bool *opened_out,
                  char *error)
{
    struct bench_side *side;
    bool ok;

    memset(work->memory, 0xee, work->memory_nbytes);
    side = bench_side_open(ops, work, error);
    *opened_out = side != NULL;
    if (!side)
        return false;
    ok = ops->round(side);
    if (!ok) {
        snprintf(error, sizeof(side->error), "%s: %.120s", ops->name, side->error);
        return false; /* in a state that cannot be closed; the parent ends this process */
    }
    ok = !side->flight.bad && bench_work_holds(work, &side->flight);
    if (!ok)
        snprintf(error, sizeof(side->error), "%s: a read went wrong", ops->name);
    bench_side_close(side);
    return ok;
}

static bool open_peers(struct bench *b, struct reply *reply)
{
    for (size_t i = 0; i < bench_peer_count; i++) {
        bool opened;
        char error[160];

        if (!prove(&bench_peers[i], &b->work, &opened, error)) {
            if (!opened) {
                snprintf(reply->unusable, sizeof(reply->unusable), "%s", error);
                continue;
            }
            snprintf(reply->error, sizeof(reply->error), "%s", error);
            return false;
        }
        b->peers[i] = bench_side_open(&bench_peers[i], &b->work, error);
        reply->usable |= b->peers[i] ? 1u << i : 0;
    }
    return true;
}

static void do_open(struct bench *b, const struct request *request, struct reply *reply)
{
    bool opened;

    if (!bench_work_init(&b->work, &request->row, request->path, request->file_nbytes,
                         request->stamped)) {
        snprintf(reply->error, sizeof(reply->error), "no memory for the buffers");
        return;
    }
    b->open = true;
    if (!prove(&bench_ours, &b->work, &opened, reply->error) ||
        (request->with_peers && !open_peers(b, reply)))
        return;
    b->ours = bench_side_open(&bench_ours, &b->work, reply->error);
    reply->ok = b->ours != NULL;
}

static void do_close(struct bench *b, struct reply *reply)
{
    bench_side_close(b->ours);
    b->ours = NULL;
    for (size_t i = 0; i < bench_peer_count; i++) {
        bench_side_close(b->peers[i]);
        b->peers[i] = NULL;
    }
    if (b->open)
        bench_work_fini(&b->work);
    b->open = false;
    reply->ok = true;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void percentiles(struct bench_flight *f, struct bench_slice *slice)
{
    qsort(f->samples, f->sample_count, sizeof(*f->samples), by_value);
    if (f->sample_count) {
        slice->p50_ns = f->samples[f->sample_count / 2];
        slice->p99_ns = f->samples[f->sample_count * 99 / 100];
    }
}

static void do_slice(struct bench *b, const struct request *request, struct reply *reply)
{
    struct bench_side *side = request->side == BENCH_OURS ? b->ours : b->peers[request->side];
    const struct bench_work *work = &b->work;
    /* Looks at the clock about once a MiB. */
    uint32_t rounds = 1 + (1u << 20) / (work->size * work->batch);
    uint64_t limit = (uint64_t)request->us * 1000;
    struct stamp start;

    if (request->timed) {
        if (!b->samples)
            b->samples = run_xalloc(MOST_SAMPLES * sizeof(*b->samples));
        side->flight.samples = b->samples;
        side->flight.sample_room = MOST_SAMPLES;
        side->flight.sample_count = 0;
    }
    start = stamp();
    do {
        for (uint32_t i = 0; i < rounds; i++)
            if (!side->ops->round(side)) {
                snprintf(reply->error, sizeof(reply->error), "%s", side->error);
                return;
            }
        reply->slice.ops += (uint64_t)rounds * work->batch;
        reply->slice.ns = bench_now_ns() - start.ns;
    } while (reply->slice.ns < limit);
    settle(&reply->slice, &start);
    if (request->timed)
        percentiles(&side->flight, &reply->slice);
    side->flight.samples = NULL;
    reply->ok = !side->flight.bad;
    if (!reply->ok)
        snprintf(reply->error, sizeof(reply->error), "%s: a read failed", side->ops->name);
}

static void serve(int channel)
{
    static struct request request;
    static struct bench b;

    while (recv(channel, &request, sizeof(request), 0) == (ssize_t)sizeof(request)) {
        struct reply reply = {0};

        if (request.verb == VERB_OPEN)
            do_open(&b, &request, &reply);
        else if (request.verb == VERB_SLICE)
            do_slice(&b, &request, &reply);
        else if (request.verb == VERB_CLOSE)
            do_close(&b, &reply);
        else
            reply.ok = bench_slot_measure(request.us, reply.slot_ns, reply.error);
        if (send(channel, &reply, sizeof(reply), 0) != (ssize_t)sizeof(reply))
            break;
    }
}

static void pin(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof(set), &set);
}

bool bench_worker_start(struct bench_worker *worker, const char *engine, int cpu)
{
    struct timeval limit = {.tv_sec = ANSWER_LIMIT_S};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return false;
    fflush(NULL);
    worker->pid = fork();
    if (!worker->pid) {
        close(ends[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setenv("RINGER_ENGINE", engine, 1);
        setenv("RINGER_LOG", "quiet", 0);
        if (cpu >= 0)
            pin(cpu);
        serve(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    worker->channel = ends[0];
    if (worker->pid > 0)
        return true;
    close(ends[0]);
    worker->pid = 0;
    return false;
}

void bench_worker_stop(struct bench_worker *worker)
{
    if (!worker->pid)
        return;
    kill(worker->pid, SIGKILL);
    waitpid(worker->pid, NULL, 0);
    close(worker->channel);
    worker->pid = 0;
}

static bool ask(struct bench_worker *worker, const struct request *request, struct reply *reply,
                char *error)
{
    errno = 0;
    if (send(worker->channel, request, sizeof(*request), MSG_NOSIGNAL) !=
            (ssize_t)sizeof(*request) ||
        recv(worker->channel, reply, sizeof(*reply), 0) != (ssize_t)sizeof(*reply)) {
        snprintf(error, sizeof(reply->error), "the worker %s", errno == EAGAIN ? "hangs" : "died");
        return false;
    }
    if (!reply->ok)
        snprintf(error, sizeof(reply->error), "%s", reply->error);
    return reply->ok;
}

bool bench_worker_open(struct bench_worker *worker, const struct bench_row *row, const char *path,
                       uint64_t file_nbytes, bool stamped, bool with_peers, unsigned *usable_out,
                       char *error)
{
    struct request request = {.verb = VERB_OPEN,
                              .row = *row,
                              .file_nbytes = file_nbytes,
                              .stamped = stamped,
                              .with_peers = with_peers};
    struct reply reply;

    snprintf(request.path, sizeof(request.path), "%s", path);
    if (!ask(worker, &request, &reply, error))
        return false;
    if (usable_out)
        *usable_out = reply.usable;
    snprintf(error, sizeof(reply.unusable), "%s", reply.unusable);
    return true;
}

bool bench_worker_slice(struct bench_worker *worker, int side, unsigned us, bool timed,
                        struct bench_slice *slice_out, char *error)
{
    struct request request = {.verb = VERB_SLICE, .side = side, .us = us, .timed = timed};
    struct reply reply;

    if (!ask(worker, &request, &reply, error))
        return false;
    *slice_out = reply.slice;
    return true;
}

bool bench_worker_close(struct bench_worker *worker, char *error)
{
    struct request request = {.verb = VERB_CLOSE};
    struct reply reply;

    return ask(worker, &request, &reply, error);
}

bool bench_worker_slot(struct bench_worker *worker, unsigned us, double ns_out[2], char *error)
{
    struct request request = {.verb = VERB_SLOT, .us = us};
    struct reply reply;

    if (!ask(worker, &request, &reply, error))
        return false;
    memcpy(ns_out, reply.slot_ns, sizeof(reply.slot_ns));
    return true;
}
