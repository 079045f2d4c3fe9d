/* SPDX-License-Identifier: MIT */
/* ringer_ds.h: arguments that make no sense are refused, each with its number. */
#include "api/dstorage/tests/plain_test.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>

static void refused(int error, struct ringer_ds_request request)
{
    cr_expect_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -error);
}

#define REFUSED(error, ...)                                           \
    do {                                                              \
        struct ringer_ds_request request = to_read(0, sizeof to, to); \
        __VA_ARGS__;                                                  \
        refused(error, request);                                      \
    } while (0)

static struct ringer_ds_error last_error;

static void note_error(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    last_error = *error;
}

/* The check that failed, the element, and Windows' number. */
Test(plain_hostile, what_a_refusal_says)
{
    unsigned char to[16];
    struct ringer_ds_request three[3];
    struct ringer_ds_file *none;
    unsigned line;

    setup((struct ringer_ds_params){.failed = note_error}, RINGER_DS_READ);
    three[0] = three[1] = three[2] = to_read(0, sizeof to, to);
    three[2].flags = 0x80;
    cr_assert_eq(ringer_ds_enqueue(ds, three, 3, NULL), -EINVAL);
    cr_assert_eq(last_error.index, 2);
    cr_assert_eq(last_error.code, 0x80070057);
    line = last_error.line;
    three[1].memory = NULL;
    cr_assert_eq(ringer_ds_enqueue(ds, three, 3, NULL), -EINVAL);
    cr_assert_eq(last_error.index, 1);
    cr_assert_neq(last_error.line, line);
    three[0].kind = RINGER_DS_REQUEST_WRITE;
    cr_assert_eq(ringer_ds_enqueue(ds, three, 3, NULL), -EACCES);
    cr_assert_eq(last_error.index, 0);
    cr_assert_eq(last_error.code, 0x80070005);
    three[0].file = NULL;
    cr_assert_eq(ringer_ds_enqueue(ds, three, 3, NULL), -EBADF);
    cr_assert_eq(last_error.code, 0x80070006);
    cr_assert_eq(ringer_ds_open(ds, "/nothing of that name", RINGER_DS_READ, &none), -ENOENT);
    cr_assert_eq(last_error.code, 0x80070002);
    cr_assert_eq(ringer_ds_adopt(ds, -1, RINGER_DS_READ, &none), -EBADF);
    cr_assert_eq(last_error.code, 0x80070006);
    teardown();
}

Test(plain_hostile, requests)
{
    unsigned char to[16];
    struct ringer_ds_request two[2];
    struct ringer_ds_file *readable;
    uint64_t id = 77;

    setup((struct ringer_ds_params){.staging_nbytes = 1 << 20}, RINGER_DS_READ | RINGER_DS_WRITE);
    cr_assert_eq(ringer_ds_open(ds, file_path, RINGER_DS_READ, &readable), 0);
    REFUSED(EINVAL, request.size = 0);
    REFUSED(EINVAL, request.size = sizeof request - 8);
    REFUSED(EINVAL, request.size = sizeof request + 1);
    REFUSED(EINVAL, request.kind = (enum ringer_ds_kind)2);
    REFUSED(EINVAL, request.kind = (enum ringer_ds_kind) - 1);
    REFUSED(EINVAL, request.compression = (enum ringer_ds_compression)3);
    REFUSED(EINVAL, request.flags = 0x80);
    REFUSED(EINVAL, request.flags = RINGER_DS_CHAINED); /* to what? */
    REFUSED(EINVAL, request.memory = NULL);
    REFUSED(EINVAL, request.raw_nbytes = 15);
    REFUSED(EINVAL, request.offset = UINT64_MAX);
    REFUSED(EINVAL, request.offset = INT64_MAX - 15);
    REFUSED(EINVAL, request.kind = RINGER_DS_REQUEST_WRITE;
            request.compression = RINGER_DS_GDEFLATE);
    REFUSED(ENOTSUP, request.memory_kind = RINGER_DS_MEMORY_GPU);
    REFUSED(EINVAL, request.memory_kind = (enum ringer_ds_memory_kind)2);
    REFUSED(EMSGSIZE, request.nbytes = UINT64_MAX);
    REFUSED(EMSGSIZE, request.nbytes = (uint64_t)UINT32_MAX + 1);
    REFUSED(EMSGSIZE, request.compression = RINGER_DS_GDEFLATE; request.raw_nbytes = (1 << 20) + 1);
    REFUSED(EBADF, request.file = NULL);
    REFUSED(EBADF, request.file = (struct ringer_ds_file *)to);
    REFUSED(EBADF, request.file = (struct ringer_ds_file *)16);
    REFUSED(EACCES, request.file = readable; request.kind = RINGER_DS_REQUEST_WRITE);
    cr_assert_eq(ringer_ds_file_close(readable), 0);
    REFUSED(EBADF, request.file = readable);
    cr_expect_eq(ringer_ds_enqueue(ds, NULL, 1, NULL), -EINVAL);
    cr_expect_eq(ringer_ds_enqueue(ds, NULL, 0, NULL), 0);

    /* All or none. */
    two[0] = two[1] = to_read(0, sizeof to, to);
    two[1].file = NULL;
    cr_expect_eq(ringer_ds_enqueue(ds, two, 2, &id), -EBADF);
    two[1] = two[0];
    two[1].size += 8;
    cr_expect_eq(ringer_ds_enqueue(ds, two, 2, &id), -EINVAL);
    cr_expect_eq(ringer_ds_enqueue(ds, two, SIZE_MAX, &id), -EAGAIN);
    cr_assert_eq(id, 77);
    cr_assert_eq(counters().enqueued, 0);
    cr_assert_eq(ringer_ds_submit_all(ds), 0);
    teardown();
}

/* A file of another runtime; and a larger struct than we know, whose tail we step over. */
Test(plain_hostile, other_runtimes_and_other_sizes)
{
    struct {
        struct ringer_ds_request request;
        uint64_t more;
    } large[2];
    struct ringer_ds_request request;
    struct ringer_ds *other;
    unsigned char to[2][16];
    struct {
        struct ringer_ds_result result;
        uint64_t more;
    } result;
    uint64_t id_only;

    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    cr_assert_eq(ringer_ds_create(NULL, &other), 0);
    request = to_read(0, 16, to[0]);
    cr_assert_eq(ringer_ds_enqueue(other, &request, 1, NULL), -EBADF);
    cr_assert_eq(ringer_ds_free(other), 0);
    for (unsigned i = 0; i < 2; i++) {
        large[i].request = to_read(i * 16, 16, to[i]);
        large[i].request.size = sizeof large[i];
        large[i].more = 0;
    }
    large[1].more = 1; /* something that we do not know */
    cr_assert_eq(ringer_ds_enqueue(ds, &large[0].request, 2, NULL), -EINVAL);
    large[1].more = 0;
    cr_assert_eq(ringer_ds_enqueue(ds, &large[0].request, 2, NULL), 0);
    submit_and_wait();
    cr_assert(bytes_are(to[0], 0, 16) && bytes_are(to[1], 16, 16));
    result.more = 1;
    cr_assert_eq(ringer_ds_take_completed(ds, &result.result, 1, sizeof result), 1);
    cr_assert_eq(result.more, 0);
    cr_assert_eq(
        ringer_ds_take_completed(ds, (struct ringer_ds_result *)&id_only, 1, sizeof id_only), 1);
    cr_assert_eq(id_only + result.result.id, 1); /* 0 and 1, in whichever order they ended */
    teardown();
}

Test(plain_hostile, params)
{
    struct ringer_ds_backend backend = {.size = sizeof backend, .name = "half"};
    struct ringer_ds_params good = {.size = sizeof good}, bad;
    struct {
        struct ringer_ds_params params;
        uint64_t more;
    } large = {.params = {.size = sizeof large}};

    cr_assert_eq(ringer_ds_create(NULL, NULL), -EINVAL);
#define BAD(...)                                        \
    bad = good;                                         \
    __VA_ARGS__;                                        \
    ds = (void *)1;                                     \
    cr_expect_eq(ringer_ds_create(&bad, &ds), -EINVAL); \
    cr_expect_null(ds)
    BAD(bad.size = 0);
    BAD(bad.size = 4);
    BAD(bad.workers = 65);
    BAD(bad.decompressors = 257);
    BAD(bad.staging_nbytes = UINT64_MAX);
    BAD(bad.way = (enum ringer_ds_way)3);
    BAD(bad.backend = &backend);
    BAD(backend.size = 0; bad.backend = &backend);
#undef BAD
    cr_assert_eq(ringer_ds_create(&large.params, &ds), 0);
    cr_assert_eq(ringer_ds_free(ds), 0);
    large.more = 1; /* asks for something that we do not know */
    cr_assert_eq(ringer_ds_create(&large.params, &ds), -EINVAL);
}

Test(plain_hostile, calls)
{
    struct ringer_ds_result result;
    struct ringer_ds_counters now;
    struct ringer_ds_file *other;
    uint64_t nbytes;

    cr_assert_eq(ringer_ds_close(NULL), -EINVAL);
    cr_assert_eq(ringer_ds_free(NULL), -EINVAL);
    cr_assert_eq(ringer_ds_submit_all(NULL), -EINVAL);
    cr_assert_eq(ringer_ds_wait_all(NULL, 0), -EINVAL);
    cr_assert_eq(ringer_ds_cancel(NULL, 0, 0), -EINVAL);
    cr_assert_eq(ringer_ds_cancel_all(NULL), -EINVAL);
    cr_assert_eq(ringer_ds_in_flight(NULL), 0);
    cr_assert_null(ringer_ds_backend_name(NULL));
    cr_assert_eq(ringer_ds_enqueue(NULL, NULL, 1, NULL), -EINVAL);
    cr_assert_eq(ringer_ds_open(NULL, "x", RINGER_DS_READ, &other), -EINVAL);
    cr_assert_eq(ringer_ds_file_close(NULL), -EBADF);
    cr_assert_eq(ringer_ds_file_close((struct ringer_ds_file *)&result), -EBADF);
    cr_assert_eq(ringer_ds_file_nbytes(NULL, &nbytes), -EBADF);
    ringer_ds_op_done(NULL, 0, 0);
    cr_assert_str_eq(ringer_ds_status_text(RINGER_DS_STATUS_COUNT), "no such status");
    cr_assert_str_eq(ringer_ds_status_text((enum ringer_ds_status) - 1), "no such status");

    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    cr_assert_eq(ringer_ds_file_nbytes(file, NULL), -EINVAL);
    cr_assert_eq(ringer_ds_take_completed(ds, NULL, 1, sizeof result), -EINVAL);
    cr_assert_eq(ringer_ds_take_completed(ds, &result, 1, 0), -EINVAL);
    cr_assert_eq(ringer_ds_take_completed(ds, NULL, 0, sizeof result), 0);
    cr_assert_eq(ringer_ds_get_counters(ds, NULL, sizeof now), -EINVAL);
    cr_assert_eq(ringer_ds_get_counters(ds, &now, 0), -EINVAL);
    cr_assert_eq(ringer_ds_get_counters(NULL, &now, sizeof now), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, file_path, RINGER_DS_READ, NULL), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, NULL, RINGER_DS_READ, &other), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, file_path, 0, &other), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, file_path, 0x100 | RINGER_DS_READ, &other), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, file_path, RINGER_DS_READ | RINGER_DS_CREATE, &other), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, "/tmp/\xff\xfe", RINGER_DS_READ, &other), -EINVAL);
    cr_assert_eq(ringer_ds_open(ds, "/tmp", RINGER_DS_READ, &other), -EACCES);
    cr_assert_eq(ringer_ds_adopt(ds, 0, RINGER_DS_READ | RINGER_DS_CREATE, &other), -EINVAL);
    cr_assert_eq(counters().errors, 8);
    teardown();
}

static unsigned rings_of_this_process(void)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *row;
    unsigned count = 0;

    while (folder && (row = readdir(folder))) {
        char path[300], target[64];
        ssize_t length;

        snprintf(path, sizeof path, "/proc/self/fd/%s", row->d_name);
        length = readlink(path, target, sizeof target - 1);
        if (length > 0) {
            target[length] = 0;
            count += strcmp(target, "anon_inode:[io_uring]") == 0;
        }
    }
    if (folder)
        closedir(folder);
    return count;
}

/* As many as asked for, and each reads: one of them alone could not hold so many. */
Test(plain_hostile, workers_are_what_was_asked_for)
{
    const char *engine = getenv("RINGER_ENGINE");
    unsigned before, each, rings[2];

    for (unsigned workers = 1; workers <= 8; workers *= 8) {
        struct ringer_ds_counters now;

        before = rings_of_this_process();
        create((struct ringer_ds_params){.workers = workers, .decompressors = 3});
        now = counters();
        cr_assert_eq(now.workers, workers);
        cr_assert_eq(now.decompressors, 3);
        if (strcmp(ringer_ds_backend_name(ds), "ring") == 0)
            cr_assert_eq(now.rings, workers);
        else
            cr_assert_eq(now.rings, 0);
        rings[workers != 1] = rings_of_this_process() - before;
        cr_assert_eq(ringer_ds_free(ds), 0);
    }
    if (!engine || strcmp(engine, "uring") != 0 || !rings[0])
        return; /* nothing of them is to be seen in the process */
    each = rings[1] - rings[0];
    cr_assert_eq(each, 7, "%u and %u rings of the kernel's", rings[0], rings[1]);
}

Test(plain_hostile, ways)
{
    struct ringer_ds_params params = {.size = sizeof params, .way = RINGER_DS_WAY_RING};
    const char *profile = getenv("RINGER_PROFILE");
    int error = ringer_ds_create(&params, &ds);

    if (profile && strcmp(profile, "win10") == 0) {
        cr_assert_eq(error, -ENOTSUP);
    } else {
        cr_assert_eq(error, 0);
        cr_assert_str_eq(ringer_ds_backend_name(ds), "ring");
        cr_assert_eq(ringer_ds_free(ds), 0);
    }
    params.way = RINGER_DS_WAY_PORT;
    cr_assert_eq(ringer_ds_create(&params, &ds), 0);
    cr_assert_str_eq(ringer_ds_backend_name(ds), "port");
    cr_assert_eq(ringer_ds_free(ds), 0);
}

static struct odd {
    int told, returned, of_nbytes; /* INT_MIN in told: nothing is told */
} odd;

static int odd_open(void *context, const char *path, unsigned flags, void **file_out)
{
    (void)context, (void)path, (void)flags;
    *file_out = &odd;
    return 0;
}

static int odd_start(void *context, struct ringer_ds_op *op)
{
    (void)context;
    if (odd.told != INT_MIN)
        ringer_ds_op_done(op, odd.told, op->nbytes);
    return odd.returned;
}

static int odd_nbytes(void *context, void *opened, uint64_t *nbytes_out)
{
    (void)context, (void)opened;
    *nbytes_out = 5;
    return odd.of_nbytes;
}

static void odd_gives(int told, int returned, int error, uint32_t code)
{
    static char memory[2 << 20];
    struct ringer_ds_result result;

    odd.told = told;
    odd.returned = returned;
    for (unsigned kind = 0; kind < 2; kind++) {
        struct ringer_ds_request request = to_read(0, sizeof memory, memory);

        request.kind = (enum ringer_ds_kind)kind;
        result = run(request);
        cr_expect_eq(result.error, error, "%d %d: %d", told, returned, result.error);
        cr_expect_eq(result.code, code, "%d %d: 0x%08x", told, returned, result.code);
        cr_expect_eq(result.bytes_transferred, error ? 0 : sizeof memory);
    }
}

/* The first end of an op counts, and numbers have either sign. */
Test(plain_hostile, odd_backends)
{
    struct ringer_ds_backend backend = {.size = sizeof backend,
                                        .name = "odd",
                                        .open = odd_open,
                                        .start = odd_start,
                                        .nbytes = odd_nbytes};
    uint64_t nbytes = 77;

    create((struct ringer_ds_params){.backend = &backend});
    cr_assert_eq(ringer_ds_open(ds, "x", RINGER_DS_READ | RINGER_DS_WRITE, &file), 0);
    odd_gives(0, 0, 0, 0);
    odd_gives(0, EIO, 0, 0);
    odd_gives(ENOSPC, EIO, ENOSPC, 0x80070070);
    odd_gives(-ENOSPC, 0, ENOSPC, 0x80070070);
    odd_gives(INT_MIN, ENOENT, ENOENT, 0x80070002);
    odd_gives(INT_MIN, -ENOENT, ENOENT, 0x80070002);
    odd_gives(INT_MIN, INT_MIN, EIO, 0x8007045d);
    odd_gives(INT_MIN, EPROTO, EPROTO, 0x8007001f); /* for which Windows has no word */
    odd.of_nbytes = -ENOENT;
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), -ENOENT);
    odd.of_nbytes = ENOENT;
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), -ENOENT);
    cr_assert_eq(nbytes, 77);
    odd.of_nbytes = 0;
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), 0);
    cr_assert_eq(nbytes, 5);
    cr_assert_eq(ringer_ds_free(ds), 0);
}
