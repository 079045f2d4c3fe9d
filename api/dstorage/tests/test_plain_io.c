/* SPDX-License-Identifier: MIT */
/* ringer_ds.h: bytes of files, both ways, and what a request that fails says. */
#include "api/dstorage/tests/plain_test.h"

#include <stdio.h>

#define BOTH (RINGER_DS_READ | RINGER_DS_WRITE)

static struct ringer_ds_error last_error;
static atomic_uint error_count;

static void note_error(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    last_error = *error;
    atomic_fetch_add(&error_count, 1);
}

static void reads_of(unsigned flags)
{
    static const struct {
        uint64_t offset, nbytes;
    } places[] = {{0, 0},
                  {0, 1},
                  {0, 4096},
                  {4096, 8192},
                  {1, 1},
                  {4095, 2},
                  {5000, 123457},
                  {0, FILE_NBYTES},
                  {4096, 3 << 20},
                  {777, (3 << 20) + 5},
                  {FILE_NBYTES - 1, 1}};

    setup((struct ringer_ds_params){.failed = note_error}, flags);
    for (unsigned shift = 0; shift < 2; shift++) {
        unsigned char *room = page_aligned(FILE_NBYTES + 8192), *to = room + shift;

        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            uint64_t nbytes = places[i].nbytes;
            struct ringer_ds_result result;

            memset(room, 0xd5, FILE_NBYTES + 8192);
            result = run(to_read(places[i].offset, nbytes, to));
            cr_assert_eq(result.status, RINGER_DS_OK, "%zu: %d", i, result.error);
            cr_assert_eq(result.error, 0);
            cr_assert_eq(result.code, 0);
            cr_assert_eq(result.bytes_transferred, nbytes);
            cr_assert(bytes_are(to, places[i].offset, nbytes), "%zu", i);
            cr_assert_eq(to[nbytes], 0xd5);
        }
        free(room);
    }
    cr_assert_eq(error_count, 0);
    teardown();
}

Test(plain_io, cached_reads)
{
    reads_of(RINGER_DS_READ);
}

Test(plain_io, uncached_reads)
{
    reads_of(RINGER_DS_READ | RINGER_DS_UNCACHED);
}

static void fill(unsigned char *bytes, uint64_t nbytes, unsigned salt)
{
    for (uint64_t i = 0; i < nbytes; i++)
        bytes[i] = (unsigned char)(i * 7 + salt);
}

static void written_comes_back(uint64_t offset, uint64_t nbytes)
{
    unsigned char *from = page_aligned(nbytes + 1), *to = page_aligned(nbytes + 1);
    struct ringer_ds_result result;
    FILE *other;

    fill(from, nbytes, (unsigned)nbytes);
    result = run(to_write(offset, nbytes, from));
    cr_assert_eq(result.status, RINGER_DS_OK, "%d", result.error);
    cr_assert_eq(result.bytes_transferred, nbytes);
    cr_assert_eq(run(to_read(offset, nbytes, to)).status, RINGER_DS_OK);
    cr_assert_eq(memcmp(from, to, nbytes), 0);
    memset(to, 0, nbytes);
    other = fopen(file_path, "rb"); /* and not only through the same handle */
    cr_assert(other);
    cr_assert_eq(fseek(other, (long)offset, SEEK_SET), 0);
    cr_assert_eq(fread(to, 1, nbytes, other), nbytes);
    cr_assert_eq(memcmp(from, to, nbytes), 0);
    fclose(other);
    free(from);
    free(to);
}

Test(plain_io, writes_come_back)
{
    struct ringer_ds_counters now;
    uint64_t nbytes;

    setup((struct ringer_ds_params){0}, BOTH);
    written_comes_back(0, 1);
    written_comes_back(4095, 2);
    written_comes_back(12345, 3 << 20);            /* in parts */
    written_comes_back(FILE_NBYTES + 5000, 10000); /* behind the end */
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), 0);
    cr_assert_eq(nbytes, FILE_NBYTES + 15000);
    now = counters();
    cr_assert_eq(now.bytes_written, 1 + 2 + (3 << 20) + 10000);
    cr_assert_eq(now.bytes_read, now.bytes_written);
    teardown();
}

Test(plain_io, uncached_writes_are_aligned)
{
    unsigned char *from = page_aligned(8192);

    setup((struct ringer_ds_params){.failed = note_error}, BOTH | RINGER_DS_UNCACHED);
    written_comes_back(8192, 2 << 20);
    for (unsigned i = 0; i < 3; i++) {
        struct ringer_ds_request request = to_write(i == 0, 4096 - (i == 1), from + (i == 2));

        cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -EINVAL);
    }
    cr_assert_eq(error_count, 3);
    free(from);
    teardown();
}

Test(plain_io, created_and_emptied)
{
    uint64_t nbytes = 1;
    char byte = 'x';

    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    cr_assert_eq(ringer_ds_open(ds, file_path, BOTH | RINGER_DS_CREATE, &file), 0);
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), 0);
    cr_assert_eq(nbytes, 0);
    cr_assert_eq(run(to_write(0, 1, &byte)).status, RINGER_DS_OK);
    cr_assert_eq(ringer_ds_file_close(file), 0);
    unlink(file_path);
    cr_assert_eq(ringer_ds_open(ds, file_path, BOTH | RINGER_DS_CREATE, &file), 0);
    cr_assert_eq(access(file_path, F_OK), 0);
    teardown();
}

Test(plain_io, the_end_of_the_file)
{
    unsigned char *to = page_aligned(2 << 20);
    struct ringer_ds_request request;
    struct ringer_ds_result result;

    for (unsigned flags = RINGER_DS_READ; flags;
         flags = flags & RINGER_DS_UNCACHED ? 0 : flags | RINGER_DS_UNCACHED) {
        setup((struct ringer_ds_params){.failed = note_error}, flags);
        result = run(to_read(FILE_NBYTES - 10, 11, to));
        cr_assert_eq(result.status, RINGER_DS_FAILED);
        cr_assert_eq(result.error, ENODATA);
        cr_assert_eq(result.code, 0x89240007);
        request = to_read(FILE_NBYTES - (1 << 20) - 77, 2 << 20, to);
        request.flags = RINGER_DS_MAY_END;
        result = run(request);
        cr_assert_eq(result.status, RINGER_DS_OK, "%d", result.error);
        cr_assert_eq(result.bytes_transferred, (1 << 20) + 77);
        cr_assert(bytes_are(to, FILE_NBYTES - (1 << 20) - 77, (1 << 20) + 77));
        request.offset = FILE_NBYTES + 4096;
        result = run(request);
        cr_assert_eq(result.status, RINGER_DS_OK);
        cr_assert_eq(result.bytes_transferred, 0);
        teardown();
    }
    free(to);
}

static void compressed_with(enum ringer_codec_format format)
{
    size_t raw_nbytes = 300000, packed_nbytes;
    unsigned char *raw = page_aligned(raw_nbytes), *to = page_aligned(raw_nbytes);
    unsigned char *packed = page_aligned(2 << 20);
    struct ringer_ds_request request;
    struct ringer_ds_counters now;
    struct ringer_ds_result result;

    for (size_t i = 0; i < raw_nbytes; i++)
        raw[i] = (unsigned char)(i / 100 + (i & 3));
    cr_assert_eq(
        ringer_codec_compress(format, NULL, raw, raw_nbytes, packed, 2 << 20, &packed_nbytes),
        RINGER_CODEC_OK);
    setup((struct ringer_ds_params){.failed = note_error, .decompressors = 2}, BOTH);
    cr_assert_eq(run(to_write(100, packed_nbytes, packed)).status, RINGER_DS_OK);
    request = to_read(100, packed_nbytes, to);
    request.compression = (enum ringer_ds_compression)format;
    request.raw_nbytes = raw_nbytes;
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_OK, "%d", result.error);
    cr_assert_eq(result.bytes_transferred, raw_nbytes);
    cr_assert_eq(memcmp(raw, to, raw_nbytes), 0);
    now = counters();
    cr_assert_eq(now.bytes_read, packed_nbytes);
    cr_assert_eq(now.bytes_raw, raw_nbytes);
    cr_assert_eq(now.decompressors, 2);

    request.offset = 101; /* no stream begins there */
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, EBADMSG);
    cr_assert_eq(result.bytes_transferred, 0);
    cr_assert_str_eq(last_error.subsystem, "codec");
    cr_assert_str_eq(last_error.operation, "decompress");
    cr_assert_str_eq(last_error.file, "pool.c");
    teardown();
    free(raw);
    free(to);
    free(packed);
}

Test(plain_io, gdeflate)
{
    compressed_with(RINGER_CODEC_GDEFLATE);
}

Test(plain_io, zstd)
{
    struct ringer_ds_request request;
    char to[4];

    if (ringer_codec_available(RINGER_CODEC_ZSTD)) {
        compressed_with(RINGER_CODEC_ZSTD);
        return;
    }
    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    request = to_read(0, 4, to);
    request.compression = RINGER_DS_ZSTD;
    request.raw_nbytes = 4;
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -ENOTSUP);
    teardown();
}

Test(plain_io, error_context)
{
    struct ringer_ds_request request;
    struct stat told, real;
    unsigned char to[64];
    int user;
    uint64_t id;

    setup((struct ringer_ds_params){.failed = note_error}, RINGER_DS_READ);
    request = to_read(FILE_NBYTES - 1, 64, to);
    request.tag = 42;
    request.user = &user;
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, &id), 0);
    submit_and_wait();
    cr_assert_eq(take().id, id);
    cr_assert_eq(error_count, 1);
    cr_assert_str_eq(last_error.subsystem, "io");
    cr_assert_str_eq(last_error.operation, "read");
    cr_assert_str_eq(last_error.file, "load.c");
    cr_assert(last_error.line > 0);
    cr_assert_eq(last_error.error, ENODATA);
    cr_assert_eq(last_error.code, 0x89240007);
    cr_assert(last_error.time_ns > UINT64_C(1600000000) * 1000000000);
    cr_assert_eq(last_error.offset, FILE_NBYTES - 1);
    cr_assert_eq(last_error.nbytes, 64);
    cr_assert_eq(last_error.memory, to);
    cr_assert_eq(last_error.memory_kind, RINGER_DS_MEMORY_HOST);
    cr_assert_eq(last_error.id, id);
    cr_assert_eq(last_error.tag, 42);
    cr_assert_eq(last_error.user, &user);
    cr_assert_eq(fstat(last_error.fd, &told), 0);
    cr_assert_eq(stat(file_path, &real), 0);
    cr_assert_eq(told.st_ino, real.st_ino);
    cr_assert_eq(counters().errors, 1);

    cr_assert_eq(ringer_ds_open(ds, "/nowhere/at all", RINGER_DS_READ, &file), -ENOENT);
    cr_assert_eq(error_count, 2);
    cr_assert_str_eq(last_error.subsystem, "file");
    cr_assert_str_eq(last_error.operation, "open");
    cr_assert_str_eq(last_error.file, "file.c");
    cr_assert_eq(last_error.error, ENOENT);
    cr_assert_eq(last_error.fd, -1);
    teardown();
}

Test(plain_io, bad_memory_fails_and_nothing_else)
{
    unsigned char to[16];
    struct ringer_ds_result result;

    setup((struct ringer_ds_params){0}, BOTH);
    result = run(to_read(0, 16, (void *)16));
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, EFAULT);
    result = run(to_write(0, 16, (void *)16));
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, EFAULT);
    cr_assert_eq(run(to_read(0, 16, to)).status, RINGER_DS_OK);
    cr_assert(bytes_are(to, 0, 16));
    teardown();
}

Test(plain_io, adopted_descriptors)
{
    unsigned char to[100];
    int fd;

    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    fd = open(file_path, O_RDONLY | O_CLOEXEC);
    cr_assert_eq(ringer_ds_adopt(ds, fd, RINGER_DS_READ, &file), 0);
    cr_assert_eq(fcntl(fd, F_GETFD), -1, "it is the runtime's");
    cr_assert_eq(run(to_read(5, 100, to)).status, RINGER_DS_OK);
    cr_assert(bytes_are(to, 5, 100));
    cr_assert_eq(ringer_ds_adopt(ds, 9999, RINGER_DS_READ, &file), -EBADF);
    cr_assert_eq(ringer_ds_adopt(ds, -1, RINGER_DS_READ, &file), -EBADF);
    cr_assert_null(file);
    teardown();
}

Test(plain_io, a_pipe)
{
    unsigned char to[100];
    struct ringer_ds_request request;
    struct ringer_ds_result result;
    int ends[2];

    setup((struct ringer_ds_params){0}, RINGER_DS_READ);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    cr_assert_eq(ringer_ds_adopt(ds, ends[0], RINGER_DS_READ, &file), 0);
    request = to_read(0, sizeof to, to);
    request.flags = RINGER_DS_MAY_END;
    enqueue(request);
    cr_assert_eq(ringer_ds_submit_all(ds), 1);
    cr_assert_eq(ringer_ds_wait_all(ds, 0), -ETIMEDOUT);
    cr_assert_eq(ringer_ds_in_flight(ds), 1);
    write_all(ends[1], "twelve bytes", 12);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    result = take();
    cr_assert_eq(result.status, RINGER_DS_OK, "%d", result.error);
    cr_assert_eq(result.bytes_transferred, 12);
    cr_assert_eq(memcmp(to, "twelve bytes", 12), 0);
    close(ends[1]);
    result = run(request);
    cr_assert_eq(result.status, RINGER_DS_OK, "%d 0x%08x", result.error, result.code);
    cr_assert_eq(result.bytes_transferred, 0);
    teardown();
}

/* The end of a pipe that nobody writes to. */
Test(plain_io, time_out_of_a_pipe, .timeout = 60)
{
    struct ringer_ds_request request;
    struct ringer_ds_result result;
    unsigned char to[16], other[16];
    struct ringer_ds_file *disk;
    int ends[2];

    setup((struct ringer_ds_params){.failed = note_error}, RINGER_DS_READ);
    disk = file;
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    cr_assert_eq(ringer_ds_adopt(ds, ends[0], RINGER_DS_READ, &file), 0);
    request = to_read(0, sizeof to, to);
    request.timeout_ns = 20 * MS;
    enqueue(request);
    request = to_read(0, sizeof other, other);
    request.file = disk;
    request.timeout_ns = WAIT_NS; /* is not hit */
    enqueue(request);
    submit_and_wait();
    result = take();
    cr_assert_eq(result.status, RINGER_DS_OK);
    result = take();
    cr_assert_eq(result.status, RINGER_DS_TIMED_OUT);
    cr_assert_eq(result.error, ETIMEDOUT);
    cr_assert_eq(counters().timed_out, 1);
    cr_assert_eq(error_count, 1);
    cr_assert_eq(last_error.error, ETIMEDOUT);
    cr_assert_str_eq(last_error.file, "timer.c");
    close(ends[1]);
    teardown();
}
