/* SPDX-License-Identifier: MIT */
/*
 * Failure injection (emu/tests/fail.h) under ringer_ds.h: reads, writes, a chain, compressed data
 * and a time-out that is not hit, through a ring and through a port. Whatever fails, each request
 * that was taken ends once, one that is well has moved its bytes, and nothing is left.
 */
#include "api/tests/temp.h"
#include "emu/tests/fail.h"

#include <ringer.h>
#include <ringer_codec.h>
#include <ringer_ds.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NBYTES 300000u
#define REQUESTS 5u
#define PATIENCE_NS (FAIL_PATIENCE_MS * UINT64_C(1000000))

static char path[TEMP_MAX];
static unsigned char raw[NBYTES], packed[2 * NBYTES], to[REQUESTS][NBYTES];
static size_t packed_nbytes;

/* What a call or a request may say when resources run out, or a call of the system fails. */
static bool plausible(int error)
{
    static const int known[] = {ENOMEM, EAGAIN, EMFILE, EIO,     EACCES,   ENOTSUP,
                                EFAULT, EBUSY,  ENOSPC, ENODATA, ECANCELED};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == error)
            return true;
    return false;
}

/* Success? Anything that is not plausible, or any failure of a strict run, ends the child. */
static bool good(int result, bool strict, const char *what, int line)
{
    if (result >= 0)
        return true;
    if (strict || !plausible(-result)) {
        fprintf(stderr, "line %d: %s: %s\n", line, what, strerror(-result));
        abort();
    }
    return false;
}
#define GOOD(call) good(call, strict, #call, __LINE__)

/* Of NBYTES known bytes, and behind them a stream of the same. */
static void make_file(void)
{
    int fd;

    fail_pause(true);
    fd = mkstemp(temp_template(path, "fail-plain"));
    MUST(fd >= 0);
    for (unsigned i = 0; i < NBYTES; i++)
        raw[i] = (unsigned char)(i * i >> 9);
    MUST(ringer_codec_compress(RINGER_CODEC_GDEFLATE, NULL, raw, NBYTES, packed, sizeof packed,
                               &packed_nbytes) == RINGER_CODEC_OK);
    MUST(write(fd, raw, NBYTES) == NBYTES);
    MUST(write(fd, packed, packed_nbytes) == (ssize_t)packed_nbytes);
    close(fd);
    memset(to, 0, sizeof to);
    fail_pause(false);
}

static void told(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    MUST(error->error > 0 && error->line);
}

/* Straight, written and read back in a chain, decompressed, and in time. */
static void fill_requests(struct ringer_ds_request *requests, struct ringer_ds_file *file)
{
    static unsigned char written[5000];

    memset(written, 0xa5, sizeof written);
    for (unsigned i = 0; i < REQUESTS; i++)
        requests[i] = (struct ringer_ds_request){
            .size = sizeof requests[i], .file = file, .nbytes = NBYTES, .memory = to[i], .tag = i};
    requests[1].kind = RINGER_DS_REQUEST_WRITE;
    requests[1].offset = requests[2].offset = 2 * NBYTES;
    requests[1].nbytes = requests[2].nbytes = sizeof written;
    requests[1].memory = written;
    requests[2].flags = RINGER_DS_CHAINED;
    requests[3].offset = NBYTES;
    requests[3].nbytes = packed_nbytes;
    requests[3].compression = RINGER_DS_GDEFLATE;
    requests[3].raw_nbytes = NBYTES;
    requests[4].timeout_ns = 2 * PATIENCE_NS;
}

static void check(const struct ringer_ds_result *result, bool strict)
{
    unsigned index = (unsigned)result->tag;

    MUST(index < REQUESTS);
    if (result->status != RINGER_DS_OK) {
        if (result->status == RINGER_DS_CANCELLED)
            MUST(index == 2 && !strict);
        GOOD(-result->error);
        return;
    }
    MUST(result->error == 0);
    if (index == 2) {
        for (unsigned i = 0; i < 5000; i++)
            MUST(to[index][i] == 0xa5);
    } else if (index != 1) {
        MUST(!memcmp(to[index], raw, NBYTES));
    }
}

static void use(struct ringer_ds *ds, struct ringer_ds_file *file, bool strict)
{
    struct ringer_ds_request requests[REQUESTS];
    struct ringer_ds_result results[REQUESTS];
    struct ringer_ds_counters counters;
    uint64_t nbytes;
    int count;

    fill_requests(requests, file);
    if (GOOD(ringer_ds_file_nbytes(file, &nbytes)))
        MUST(nbytes == NBYTES + packed_nbytes);
    if (!GOOD(ringer_ds_enqueue(ds, requests, REQUESTS, NULL)))
        return;
    if (GOOD(ringer_ds_submit_all(ds)))
        MUST(ringer_ds_wait_all(ds, PATIENCE_NS) == 0);
    else
        MUST(ringer_ds_cancel_all(ds) == REQUESTS);
    count = ringer_ds_take_completed(ds, results, REQUESTS, sizeof results[0]);
    MUST(count == REQUESTS);
    MUST(ringer_ds_get_counters(ds, &counters, sizeof counters) == 0);
    MUST(counters.completed + counters.failed + counters.cancelled == REQUESTS);
    for (int i = 0; counters.submitted && i < count; i++)
        check(&results[i], strict);
}

/* A thread that could have no object of its own closes its handle after it has ended. */
static void no_handles(void)
{
    for (unsigned turn = 0; ringer_handle_count(); turn++) {
        MUST(turn < FAIL_PATIENCE_MS);
        usleep(1000);
    }
}

static void session(enum ringer_ds_way way, unsigned workers, bool strict)
{
    struct ringer_ds_params params = {
        .size = sizeof params, .workers = workers, .decompressors = 2, .way = way, .failed = told};
    struct ringer_ds_file *file;
    struct ringer_ds *ds;
    int fd;

    make_file();
    if (GOOD(ringer_ds_create(&params, &ds))) {
        MUST(!strict ||
             strcmp(ringer_ds_backend_name(ds), way == RINGER_DS_WAY_PORT ? "port" : "ring") == 0);
        if (GOOD(ringer_ds_open(ds, path, RINGER_DS_READ | RINGER_DS_WRITE, &file)))
            use(ds, file, strict);
        fail_pause(true);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        fail_pause(false);
        MUST(fd >= 0);
        if (GOOD(ringer_ds_adopt(ds, fd, RINGER_DS_READ, &file)))
            MUST(ringer_ds_file_close(file) == 0 && fcntl(fd, F_GETFD) < 0);
        else
            MUST(close(fd) == 0); /* still ours */
        MUST(ringer_ds_free(ds) == 0);
    }
    fail_pause(true);
    no_handles();
    unlink(path);
    fail_pause(false);
}

static void ring(bool strict)
{
    session(RINGER_DS_WAY_BEST, 1, strict); /* a run may keep a view of one ring, not of two */
}

static void port(bool strict)
{
    session(RINGER_DS_WAY_PORT, 2, strict);
}

static const struct fail_workload workloads[] = {
    {"ringer_ds through a ring", ring, false},
    /* Threads are woken by packets; where none can be made ever again, nobody is woken. */
    {"ringer_ds through a port", port, true},
};

int main(int argc, char **argv)
{
    return fail_main(argc, argv, workloads, sizeof workloads / sizeof workloads[0]);
}
