/* SPDX-License-Identifier: MIT */
/* ringer_ds.h: what has no position, or only grows. No byte is lost, and nobody is killed. */
#include "api/dstorage/tests/plain_test.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#define MANY ((size_t)3 << 20)

static struct ringer_ds_error last_error;

static void note_error(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    last_error = *error;
}

static struct ringer_ds_file *adopt(int fd, unsigned flags)
{
    struct ringer_ds_file *adopted;

    cr_assert_eq(ringer_ds_adopt(ds, fd, flags, &adopted), 0);
    return adopted;
}

/* The runtime has ends[mine], with which file is made. */
static void setup_pipe(int ends[2], int mine)
{
    create((struct ringer_ds_params){.failed = note_error});
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    file = adopt(ends[mine], mine ? RINGER_DS_WRITE : RINGER_DS_READ);
}

static size_t bytes_in(int fd)
{
    char some[65536];
    size_t nbytes = 0;
    ssize_t n;

    cr_assert_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while ((n = read(fd, some, sizeof some)) > 0)
        nbytes += (size_t)n;
    return nbytes;
}

static void nobody_reads(int ends[2])
{
    struct ringer_ds_result result;

    close(ends[0]);
    file = adopt(ends[1], RINGER_DS_WRITE);
    for (unsigned i = 0; i < 3; i++) {
        result = run(to_write(0, 5, "hello"));
        cr_expect_eq(result.status, RINGER_DS_FAILED);
        cr_expect_eq(result.error, EPIPE);
        cr_expect_eq(result.bytes_transferred, 0);
    }
}

/* With the signal's default, which is the end of the program. */
Test(plain_streams, nobody_reads)
{
    int ends[2];

    signal(SIGPIPE, SIG_DFL);
    create((struct ringer_ds_params){0});
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    nobody_reads(ends);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    nobody_reads(ends);
    cr_assert_eq(ringer_ds_free(ds), 0);
}

/* While it waits for room. */
Test(plain_streams, the_reader_goes)
{
    struct ringer_ds_result result;
    static char from[MANY];
    char some[100];
    int ends[2];

    signal(SIGPIPE, SIG_DFL);
    setup_pipe(ends, 1);
    enqueue(to_write(0, MANY, from));
    cr_assert_eq(ringer_ds_submit_all(ds), 1);
    cr_assert_eq(read(ends[0], some, sizeof some), (ssize_t)sizeof some);
    cr_assert_eq(ringer_ds_wait_all(ds, MS), -ETIMEDOUT);
    close(ends[0]);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    result = take();
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, EPIPE);
    cr_assert_geq(result.bytes_transferred, sizeof some);
    cr_assert_lt(result.bytes_transferred, MANY);
    cr_assert_eq(ringer_ds_free(ds), 0);
}

Test(plain_streams, a_read_goes_on_until_all_came)
{
    struct ringer_ds_result result;
    char to[16] = "";
    int ends[2];

    setup_pipe(ends, 0);
    write_all(ends[1], "hello", 5);
    enqueue(to_read(0, 10, to));
    cr_assert_eq(ringer_ds_submit_all(ds), 1);
    cr_assert_eq(ringer_ds_wait_all(ds, MS), -ETIMEDOUT);
    write_all(ends[1], "world, and more", 15);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    result = take();
    cr_assert_eq(result.status, RINGER_DS_OK);
    cr_assert_eq(result.bytes_transferred, 10);
    cr_assert_str_eq(to, "helloworld");

    /* At the end: what came is told of. */
    close(ends[1]);
    result = run(to_read(0, sizeof to, to));
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, ENODATA);
    cr_assert_eq(result.bytes_transferred, 10);
    cr_assert_eq(memcmp(to, ", and more", 10), 0);
    cr_assert_eq(ringer_ds_free(ds), 0);
}

Test(plain_streams, what_is_there_is_enough_for_who_says_so)
{
    struct ringer_ds_request request;
    struct ringer_ds_result result;
    unsigned char *to = malloc(MANY);
    int ends[2];

    setup_pipe(ends, 0);
    request = to_read(0, MANY, to);
    request.flags = RINGER_DS_MAY_END;
    write_all(ends[1], "hello", 5);
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_OK);
    cr_assert_eq(result.bytes_transferred, 5);
    close(ends[1]);
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_OK);
    cr_assert_eq(result.bytes_transferred, 0);
    cr_assert_eq(ringer_ds_free(ds), 0);
    free(to);
}

/* No request that ends early loses what it had. */
Test(plain_streams, a_time_out_says_how_far_it_came)
{
    struct ringer_ds_request request;
    struct ringer_ds_result result;
    static char memory[MANY];
    int ends[2];

    setup_pipe(ends, 0);
    write_all(ends[1], "hello", 5);
    request = to_read(0, 10, memory);
    request.timeout_ns = 20 * MS;
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_TIMED_OUT);
    cr_assert(result.bytes_transferred == 5 || bytes_in(fcntl(last_error.fd, F_DUPFD, 0)) == 5);
    cr_assert_eq(ringer_ds_free(ds), 0);
    close(ends[1]);

    setup_pipe(ends, 1);
    request = to_write(0, MANY, memory);
    request.timeout_ns = 20 * MS;
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_TIMED_OUT);
    cr_assert_eq(result.bytes_transferred, bytes_in(ends[0]));
    cr_assert_eq(ringer_ds_free(ds), 0);
    close(ends[0]);
}

struct feed {
    int fd;
    bool reads, good;
};

static void *feed(void *context)
{
    struct feed *feed = context;
    static unsigned char bytes[MANY];

    feed->good = true;
    for (size_t at = 0, n; at < MANY; at += n) {
        n = MANY - at < 7777 ? MANY - at : 7777;
        if (feed->reads) {
            ssize_t come = read(feed->fd, bytes, n);

            feed->good = feed->good && come > 0 && bytes_are(bytes, at, (size_t)come);
            if (come <= 0)
                break;
            n = (size_t)come;
        } else {
            for (size_t i = 0; i < n; i++)
                bytes[i] = byte_at(at + i);
            write_all(feed->fd, bytes, n);
        }
    }
    return NULL;
}

/* More than one part takes: in their order, through whatever is between. */
static void all_of_it(int ends[2], bool write)
{
    struct feed other = {ends[write ? 0 : 1], .reads = write};
    unsigned char *memory = malloc(MANY);
    struct ringer_ds_result result;
    pthread_t thread;

    for (size_t i = 0; i < MANY; i++)
        memory[i] = write ? byte_at(i) : 0;
    file = adopt(ends[write ? 1 : 0], write ? RINGER_DS_WRITE : RINGER_DS_READ);
    cr_assert_eq(pthread_create(&thread, NULL, feed, &other), 0);
    result = run(write ? to_write(0, MANY, memory) : to_read(0, MANY, memory));
    pthread_join(thread, NULL);
    cr_assert_eq(result.status, RINGER_DS_OK, "%d", result.error);
    cr_assert_eq(result.bytes_transferred, MANY);
    cr_assert(other.good);
    cr_assert(bytes_are(memory, 0, MANY));
    close(other.fd);
    free(memory);
}

Test(plain_streams, all_of_it, .timeout = 60)
{
    int ends[2];

    create((struct ringer_ds_params){.workers = 2});
    for (unsigned i = 0; i < 4; i++) {
        if (i < 2)
            cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
        else
            cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        all_of_it(ends, i % 2);
    }
    cr_assert_eq(ringer_ds_free(ds), 0);
}

/* They are where a write behind the end would be, whatever their offset; parts of one in their order. */
Test(plain_streams, what_only_grows)
{
    unsigned char *from = malloc(MANY), *to = malloc(MANY);
    int fd;

    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    fd = open(file_path, O_WRONLY | O_APPEND | O_TRUNC | O_CLOEXEC);
    for (size_t i = 0; i < MANY; i++)
        from[i] = byte_at(i);
    file = adopt(fd, RINGER_DS_WRITE);
    cr_assert_eq(run(to_write(0, MANY, from)).bytes_transferred, MANY);
    cr_assert_eq(run(to_write(5, 5, "hello")).bytes_transferred, 5);
    fd = open(file_path, O_RDONLY | O_CLOEXEC);
    cr_assert_eq(read(fd, to, MANY), (ssize_t)MANY);
    cr_assert(bytes_are(to, 0, MANY));
    cr_assert_eq(read(fd, to, MANY), 5);
    cr_assert_eq(memcmp(to, "hello", 5), 0);
    close(fd);
    teardown();
    free(from);
    free(to);
}

static void not_adopted(int fd, unsigned flags, int error)
{
    struct ringer_ds_file *adopted;

    cr_expect_eq(ringer_ds_adopt(ds, fd, flags, &adopted), -error);
    cr_expect_null(adopted);
    cr_expect_eq(last_error.error, error);
    cr_expect_neq(fcntl(fd, F_GETFD), -1, "it is still the caller's");
}

Test(plain_streams, what_is_not_there_is_refused_at_once)
{
    struct ringer_ds_request request;
    int ends[2], other;
    char to[16];

    setup_pipe(ends, 0);
    not_adopted(ends[1], RINGER_DS_READ, EACCES);
    not_adopted(ends[1], RINGER_DS_READ | RINGER_DS_WRITE, EACCES);
    other = open("/", O_RDONLY | O_CLOEXEC);
    not_adopted(other, RINGER_DS_READ, EACCES);
    close(other);
    other = open("/", O_PATH | O_CLOEXEC);
    not_adopted(other, RINGER_DS_READ, EBADF);
    close(other);
    request = to_read(3, 10, to); /* of a pipe nobody could say where that is */
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -ESPIPE);
    cr_assert_eq(ringer_ds_free(ds), 0);
    close(ends[1]);
}
