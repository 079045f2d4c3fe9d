/* SPDX-License-Identifier: MIT */
/*
 * Hostile queue memory. The input asks for rings of any version, size and length of structure, and
 * writes entries by hand: any opcode, flag, length, index and pointer; another thread scribbles over
 * both queues and submits meanwhile, views are protected or unmapped, tables and events replaced,
 * descriptors taken away, rings and files closed with operations in flight. Nothing may crash, and
 * every call returns a documented status.
 *
 * The fuzzer must survive itself, so what it hands out as an address lies in one region: an arena,
 * and nothing else but memory that faults. Low halves of such addresses stay below 2^28 and all
 * transfers are multiples of eight bytes, so that no mixture of two words is an address outside.
 *
 * With RINGER_LIBFUZZER an entry point for libFuzzer; otherwise a driver with fixed seeds and a
 * limit on rounds and on time.
 */
#include "emu/base/clock.h"
#include "emu/base/usermem.h"
#include "emu/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <ioringnt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(RINGER_LIBFUZZER)
#    define SANITIZED 1
#else
#    define SANITIZED 0
#endif

#ifdef __SANITIZE_THREAD__
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);

/*
 * The arena is the client's: that he reads it while the emulator writes there is his race. And of
 * descriptors TSan does not see that liburing closes one, so the next of that number seems the same.
 */
const char *__tsan_default_suppressions(void)
{
    return "race:pread64\nrace:pwrite64\nrace:recvmsg\nrace:sendmsg\n"
           "race:open_files\nrace:disk_fd\nrace:epoll_ctl\n";
}
#endif

#define REGION_NBYTES (UINT64_C(1) << 32)
#define PART_NBYTES 65536u
#define HANDLES 8u

struct input {
    const uint8_t *bytes;
    size_t count, at;
    uint64_t state; /* goes on where the input ends */
};

struct fuzz {
    struct input in;
    emu_handle ring, files[HANDLES], pipe, event;
    int peer, fds[3]; /* fds: what the first three files have adopted */
    NT_IORING_INFO info;
    _Atomic bool stop;
    uint64_t scribble_seed;
};

/* writable, readonly, handle arrays, buffer arrays; then nothing */
static char *region;

static uint64_t mix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint32_t draw(struct input *in, uint32_t below)
{
    uint64_t value = mix(&in->state);

    if (in->at + 2 <= in->count) {
        value = in->bytes[in->at] | (uint64_t)in->bytes[in->at + 1] << 8;
        in->at += 2;
    }
    return (uint32_t)(value % below);
}

#define CHECK(condition, status)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "fuzz_queue:%d: %s (%x)\n", __LINE__, #condition, (unsigned)(status)); \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* ---- addresses ---- */

static uint64_t some_address(struct input *in)
{
    /* The last three, plus an offset, may be where a sanitizer has memory. */
    static const uint64_t bad[] = {0,
                                   UINT64_C(0xFFFF800000000000),
                                   UINT64_C(0x8000000000000000),
                                   8,
                                   UINT64_MAX - 7,
                                   UINT64_MAX - 4095};
    uint32_t part = draw(in, 8);
    uint64_t offset = draw(in, PART_NBYTES / 8) * 8;

    if (part == 7)
        return bad[draw(in, SANITIZED ? 3 : 6)];
    if (draw(in, 4) == 0)
        offset = part & 1 ? 0 : PART_NBYTES - 8; /* the edge of a part */
    return (uint64_t)(uintptr_t)region + part * (uint64_t)PART_NBYTES + offset;
}

static uint32_t some_length(struct input *in)
{
    /* A scribbled or shifted array takes one for an address: not the last two under a sanitizer. */
    static const uint32_t lengths[] = {0,    8,     64,         512,        4096,
                                       8192, 65536, 0x70000000, 0x7FFFFFF8, 0xFFFFFFF8};

    return lengths[draw(in, SANITIZED ? 8 : 10)];
}

static void fill_part(struct input *in, int part)
{
    uint64_t *words = (uint64_t *)(void *)(region + (size_t)part * PART_NBYTES);

    for (uint32_t i = 0; i < PART_NBYTES / 8; i++)
        words[i] = i & 1 ? some_length(in) : some_address(in);
}

static void make_region(void)
{
    struct input in = {.state = 1};
    char *raw = mmap(NULL, 2 * REGION_NBYTES, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(raw != MAP_FAILED, errno);
    region = raw + (-(uintptr_t)raw & (REGION_NBYTES - 1));
    CHECK(!mprotect(region, 4 * PART_NBYTES, PROT_READ | PROT_WRITE), errno);
    for (int part = 0; part < 4; part++)
        fill_part(&in, part);
    CHECK(!mprotect(region + PART_NBYTES, PART_NBYTES, PROT_READ), errno);
}

/* ---- rings ---- */

static bool documented_creation(NTSTATUS status)
{
    return status == STATUS_INFO_LENGTH_MISMATCH || status == STATUS_ACCESS_VIOLATION ||
           status == STATUS_IORING_VERSION_NOT_SUPPORTED ||
           status == STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED ||
           status == STATUS_IORING_SUBMISSION_QUEUE_TOO_BIG ||
           status == STATUS_IORING_COMPLETION_QUEUE_TOO_BIG ||
           status == STATUS_INSUFFICIENT_RESOURCES;
}

/*
 * What the emulator wrote into the region, halves of real addresses among it, would make buffers
 * outside of the region when taken for an array of them.
 */
static void forget(void *at, size_t nbytes)
{
    static const char nothing[64];

    CHECK(nbytes <= sizeof nothing, 0);
    (void)emu_copy_to_user(at, nothing, nbytes); /* stops where the other writer stopped */
}

/* A ring that nobody in his right mind would ask for; mostly there is none then. */
static void ask_for_ring(struct input *in)
{
    static const uint32_t sizes[] = {0,     1,       3,       64,         65536,
                                     65537, 0x20000, 0x20001, 0x80000000, 0xFFFFFFFF};
    static const uint32_t versions[] = {0, 1, 2, 3, 4, 100, 200, 300, 301, 400, 500, 0xFFFFFFFF};
    NT_IORING_STRUCTV1 params = {versions[draw(in, 12)],
                                 sizes[draw(in, 10)],
                                 sizes[draw(in, 10)],
                                 {draw(in, 4) == 0, draw(in, 3)}};
    NT_IORING_INFO info;
    emu_handle ring;
    uint32_t kind = draw(in, 8);
    void *nowhere = (void *)(uintptr_t)some_address(in);
    NTSTATUS status = emu_nt_create_ioring(
        kind == 1 ? nowhere : &ring, draw(in, 8) ? sizeof params : draw(in, 256),
        kind == 2 ? nowhere : &params, draw(in, 8) ? sizeof info : draw(in, 256),
        kind == 3 ? nowhere : &info);

    CHECK(status == STATUS_SUCCESS || documented_creation(status), status);
    if (kind == 3)
        forget(nowhere, sizeof info);
    if (status != STATUS_SUCCESS)
        return;
    if (kind == 1 && !emu_copy_from_user(&ring, nowhere, sizeof ring))
        return;
    if (kind != 3)
        CHECK(info.SubmissionQueueSize && info.CompletionQueueSize >= info.SubmissionQueueSize, 0);
    (void)emu_nt_close(ring);
}

static void make_ring(struct fuzz *fuzz)
{
    struct input *in = &fuzz->in;
    NT_IORING_STRUCTV1 params = {
        draw(in, 8) ? 400 : 100 * (1 + draw(in, 4)), 1u << draw(in, 7), 0, {0, 0}};
    NTSTATUS status;

    if (draw(in, 8) == 0)
        ask_for_ring(in);
    status =
        emu_nt_create_ioring(&fuzz->ring, sizeof params, &params, sizeof fuzz->info, &fuzz->info);
    if (status == STATUS_IORING_VERSION_NOT_SUPPORTED) {
        params.IoRingVersion = 400;
        status = emu_nt_create_ioring(&fuzz->ring, sizeof params, &params, sizeof fuzz->info,
                                      &fuzz->info);
    }
    CHECK(status == STATUS_SUCCESS, status);
}

/* ---- files ---- */

static emu_handle adopt(int fd, uint32_t access)
{
    emu_handle handle;
    NTSTATUS status;

    CHECK(fd >= 0, errno);
    status = emu_nt_adopt_fd(&handle, fd, access, 0);
    CHECK(status == STATUS_SUCCESS, status);
    return handle;
}

static int disk_fd(void)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    CHECK(fd >= 0 && pwrite(fd, region, PART_NBYTES, 0) == PART_NBYTES, errno);
    return fd;
}

static struct emu_object_name *name_of(struct emu_object_name *name, uint16_t *chars,
                                       const char *text)
{
    uint32_t n = 0;

    for (; text[n]; n++)
        chars[n] = (uint16_t)text[n];
    *name = (struct emu_object_name){.chars = chars, .nbytes = 2 * n};
    return name;
}

/* The emulator's own kind of pipe, which no engine sees. */
static void open_pipe(struct fuzz *fuzz)
{
    struct emu_pipe_params params = {.share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                                     .disposition = FILE_OPEN_IF,
                                     .message_type = draw(&fuzz->in, 2),
                                     .max_instances = 4,
                                     .inbound_quota = 256,
                                     .outbound_quota = 256};
    struct emu_object_name name;
    struct emu_iosb iosb;
    uint16_t chars[32];
    NTSTATUS status;

    params.message_read = params.message_type;
    status =
        emu_nt_create_named_pipe_file(&fuzz->pipe, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                                      name_of(&name, chars, "\\??\\pipe\\fuzz"), &iosb, &params);
    CHECK(status == STATUS_SUCCESS, status);
    status = emu_nt_create_file(&fuzz->files[6], GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &name,
                                &iosb, NULL, 0, 0, FILE_OPEN, 0);
    CHECK(status == STATUS_SUCCESS, status);
}

static void open_files(struct fuzz *fuzz)
{
    int pair[2];

    CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), errno);
    memset(fuzz->files, 0, sizeof fuzz->files);
    fuzz->peer = pair[1];
    fuzz->fds[0] = disk_fd();
    fuzz->fds[1] = disk_fd();
    fuzz->fds[2] = pair[0];
    fuzz->files[0] = adopt(fuzz->fds[0], FILE_READ_DATA | FILE_WRITE_DATA);
    fuzz->files[1] = adopt(fuzz->fds[1], FILE_READ_DATA);
    fuzz->files[2] = adopt(fuzz->fds[2], FILE_READ_DATA | FILE_WRITE_DATA);
    fuzz->files[3] = fuzz->ring;
    fuzz->files[4] = UINT64_MAX;
    fuzz->files[5] = 0xDEADBEE0;
    open_pipe(fuzz);
    CHECK(emu_nt_create_event(&fuzz->event, 0x1F0003, NULL, draw(&fuzz->in, 2), 0) ==
              STATUS_SUCCESS,
          0);
    /*
     * An array of handles for registrations, in place of addresses. Every other entry is sparse: who
     * takes it for an array of buffers finds a handle for an address, and nothing there.
     */
    for (uint32_t i = 0; i < PART_NBYTES / 8; i++)
        ((uint64_t *)(void *)(region + 2 * PART_NBYTES))[i] = i & 1 ? 0 : fuzz->files[i / 2 % 3];
}

static void close_files(struct fuzz *fuzz)
{
    for (int i = 0; i < 3; i++) {
        (void)emu_nt_close(fuzz->files[i]);
        fuzz->fds[i] = -1; /* may be anybody's by now */
    }
    (void)emu_nt_close(fuzz->files[6]);
    (void)emu_nt_close(fuzz->pipe);
}

static int hung_up(void)
{
    int pair[2];

    CHECK(!pipe2(pair, O_CLOEXEC | O_NONBLOCK), errno);
    close(pair[1]);
    return pair[0];
}

/*
 * The descriptor under a file becomes something else. Closing it would be the same crime, but its
 * number might come back as one of the emulator's own, and then the fuzzer ruins itself. All of
 * these are ready at once, so that nothing waits for ever on them.
 */
static void swap_descriptor(struct fuzz *fuzz)
{
    static const char *const paths[] = {"/", "/dev/null", "/dev/zero"};
    uint32_t kind = draw(&fuzz->in, 5);
    int victim = fuzz->fds[draw(&fuzz->in, 3)], fd;

    if (victim < 0)
        return;
    if (kind < 3)
        fd = open(paths[kind], (kind ? O_RDWR : O_PATH) | O_CLOEXEC);
    else if (kind == 3)
        fd = hung_up();
    else
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* not connected */
    CHECK(fd >= 0, errno);
    CHECK(dup3(fd, victim, O_CLOEXEC) >= 0, errno);
    close(fd);
}

/* ---- entries ---- */

static uint64_t file_ref(struct fuzz *fuzz)
{
    if (draw(&fuzz->in, 3) == 0)
        return draw(&fuzz->in, 12);
    return fuzz->files[draw(&fuzz->in, HANDLES)];
}

/*
 * Into a registered buffer. Without the flag it is half an address: a sanitizer has memory there,
 * which then only offsets outside every buffer may name.
 */
static uint32_t some_offset(struct input *in)
{
    uint32_t offset = draw(in, 512) * 8;

    return SANITIZED && offset ? 0x80000000u | offset : offset;
}

/* Each word is what it may be in any kind of entry: a scribbled opcode stays harmless. */
static void make_entry(struct fuzz *fuzz, uint64_t words[8])
{
    struct input *in = &fuzz->in;
    static const uint32_t opcodes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 5, 4, 9, 0xFFFFFFFF};
    uint32_t flags = draw(in, 8) == 0 ? draw(in, 4) : draw(in, 12) == 0;
    uint32_t common = draw(in, 16) == 0 ? 0xFFFFFFFF : draw(in, 4);
    uint32_t required = draw(in, 16) == 0 ? 1 : 0;

    words[0] = opcodes[draw(in, sizeof opcodes / sizeof opcodes[0])] | (uint64_t)flags << 32;
    words[1] = draw(in, 6);
    words[2] = common | (uint64_t)required << 32;
    words[3] = file_ref(fuzz);
    words[4] = draw(in, 2) ? some_address(in) : draw(in, 5) | (uint64_t)some_offset(in) << 32;
    words[5] = draw(in, 4) ? draw(in, 4096) * 8 : some_address(in);
    words[6] = some_length(in);
    words[7] = some_length(in);
    if ((uint32_t)words[0] == IORING_OP_REGISTER_FILES ||
        (uint32_t)words[0] == IORING_OP_REGISTER_BUFFERS) {
        words[3] = (uint64_t)(draw(in, 8) ? draw(in, 64) : draw(in, 2) ? 65537 : 0xFFFFFFFF) << 32;
        if (draw(in, 8))
            words[4] = (uint64_t)(uintptr_t)region +
                       ((uint32_t)words[0] == IORING_OP_REGISTER_FILES ? 2 : 3) * PART_NBYTES;
    }
}

static uint64_t *entry_words(struct fuzz *fuzz, uint32_t index)
{
    NT_IORING_SQE *entries = NtIoRingSubmissionEntries(fuzz->info.SubmissionQueue);

    return (uint64_t *)(void *)&entries[index & fuzz->info.SubmissionQueueRingMask];
}

static void write_entry(struct fuzz *fuzz, uint32_t index)
{
    uint64_t words[8];
    uint64_t *to = entry_words(fuzz, index);

    make_entry(fuzz, words);
    for (int i = 0; i < 8; i++)
        __atomic_store_n(&to[i], words[i], __ATOMIC_RELAXED);
}

static bool documented_submission(NTSTATUS status)
{
    return status == STATUS_SUCCESS || status == STATUS_TIMEOUT ||
           status == STATUS_INVALID_PARAMETER || status == STATUS_IORING_CORRUPT ||
           status == STATUS_IORING_COMPLETION_QUEUE_TOO_FULL ||
           status == STATUS_IORING_SUBMIT_IN_PROGRESS;
}

/* ---- the thread that scribbles ---- */

static void *scribble(void *arg)
{
    struct fuzz *fuzz = arg;
    uint64_t state = fuzz->scribble_seed;

    while (!atomic_load(&fuzz->stop)) {
        uint64_t r = mix(&state);
        NT_IORING_SUBMISSION_QUEUE *sq = fuzz->info.SubmissionQueue;
        NT_IORING_COMPLETION_QUEUE *cq = fuzz->info.CompletionQueue;
        UINT32 *words[] = {&sq->Head, &sq->Tail, &cq->Head, &cq->Tail};
        UINT32 *word = words[r & 3];
        uint64_t *a = entry_words(fuzz, (uint32_t)(r >> 8)),
                 *b = entry_words(fuzz, (uint32_t)(r >> 24));

        if ((r >> 40) % 4 == 0) {
            uint32_t now = __atomic_load_n(word, __ATOMIC_RELAXED);

            __atomic_store_n(
                word, (r >> 48) % 8 ? now + (uint32_t)(r >> 52) % 5 - 2 : (uint32_t)mix(&state),
                __ATOMIC_RELAXED);
        } else {
            /* A word from the same place of another entry. */
            uint32_t i = (uint32_t)(r >> 44) & 7;

            __atomic_store_n(&a[i], __atomic_load_n(&b[i], __ATOMIC_RELAXED), __ATOMIC_RELAXED);
        }
        if ((r >> 60) == 0)
            sched_yield();
        if ((r >> 56) == 0) {
            int64_t soon = -1;
            NTSTATUS status = emu_nt_submit_ioring(fuzz->ring, 0, (uint32_t)r & 1, &soon);

            CHECK(documented_submission(status), status);
            (void)emu_nt_poll_ioring(fuzz->ring);
        }
    }
    return NULL;
}

/* ---- one round ---- */

static void step(struct fuzz *fuzz, bool view)
{
    struct input *in = &fuzz->in;
    int64_t timeouts[] = {0, -1, -10000, -50000};
    uint32_t waits[] = {0, 0, 1, 2, 7, 0xFFFFFFFF};
    static char noise[64];
    NTSTATUS status;

    if (view) {
        NT_IORING_SUBMISSION_QUEUE *sq = fuzz->info.SubmissionQueue;
        NT_IORING_COMPLETION_QUEUE *cq = fuzz->info.CompletionQueue;
        uint32_t tail = __atomic_load_n(&sq->Tail, __ATOMIC_RELAXED);
        uint32_t n = draw(in, fuzz->info.SubmissionQueueSize + 1);

        for (uint32_t i = 0; i < n; i++)
            write_entry(fuzz, tail + i);
        if (draw(in, 2)) { /* an honest client again: room in both queues */
            __atomic_store_n(&sq->Head, tail, __ATOMIC_RELAXED);
            __atomic_store_n(&cq->Head, __atomic_load_n(&cq->Tail, __ATOMIC_ACQUIRE),
                             __ATOMIC_RELAXED);
        }
        __atomic_store_n(&sq->Tail, tail + n, __ATOMIC_RELEASE);
    }
    status = emu_nt_submit_ioring(fuzz->ring, 0, waits[draw(in, 6)], &timeouts[draw(in, 4)]);
    CHECK(documented_submission(status), status);
    if (draw(in, 2))
        (void)!send(fuzz->peer, noise, sizeof noise, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (draw(in, 4) == 0)
        (void)emu_nt_poll_ioring(fuzz->ring);
    if (draw(in, 8) == 0) {
        struct emu_iosb iosb;

        (void)emu_nt_cancel_io_file_ex(fuzz->files[draw(in, 3)], NULL, &iosb);
    }
    if (draw(in, 6) == 0) { /* play the other end of the pipe; its buffer outlives every round */
        static struct emu_iosb iosb;
        static char from_pipe[256];

        (void)(draw(in, 2)
                   ? emu_nt_write_file(fuzz->pipe, 0, 0, &iosb, noise, sizeof noise, NULL, NULL)
                   : emu_nt_read_file(fuzz->pipe, 0, 0, &iosb, from_pipe, draw(in, 256), NULL,
                                      NULL));
    }
    if (draw(in, 16) == 0) {
        emu_handle events[] = {fuzz->event, 0, fuzz->files[2], 0xDEADBEE0, UINT64_MAX};

        status =
            emu_nt_set_information_ioring(fuzz->ring, draw(in, 8) ? 1 : draw(in, 3),
                                          draw(in, 8) ? 8 : draw(in, 16), &events[draw(in, 5)]);
        CHECK(status == STATUS_SUCCESS || status == STATUS_INVALID_HANDLE ||
                  status == STATUS_OBJECT_TYPE_MISMATCH || status == STATUS_INVALID_INFO_CLASS ||
                  status == STATUS_INFO_LENGTH_MISMATCH,
              status);
    }
    if (draw(in, 24) == 0)
        swap_descriptor(fuzz);
    if (draw(in, 32) == 0)
        close_files(fuzz); /* with whatever is in flight */
}

static void ruin_view(struct fuzz *fuzz)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t queue = (uintptr_t)(draw(&fuzz->in, 2) ? (void *)fuzz->info.SubmissionQueue
                                                     : (void *)fuzz->info.CompletionQueue);
    char *at = (char *)(queue & ~(page - 1));

    if (draw(&fuzz->in, 2))
        CHECK(!mprotect(at, (size_t)page, draw(&fuzz->in, 2) ? PROT_NONE : PROT_READ), errno);
    else
        CHECK(!munmap(at, (size_t)page), errno);
}

static void run_round(const uint8_t *bytes, size_t count, uint64_t seed)
{
    struct fuzz fuzz = {.in = {.bytes = bytes, .count = count, .state = seed}};
    struct input *in = &fuzz.in;
    bool scribbler = draw(in, 2);
    pthread_t thread;
    NTSTATUS status;

    fuzz.scribble_seed = seed ^ 0xABCDEF;
    make_ring(&fuzz);
    open_files(&fuzz);
    if (scribbler)
        CHECK(!pthread_create(&thread, NULL, scribble, &fuzz), 0);
    for (uint32_t i = draw(in, 24) + 1; i; i--)
        step(&fuzz, true);
    if (scribbler) {
        atomic_store(&fuzz.stop, true);
        pthread_join(thread, NULL);
    }
    if (draw(in, 2)) {
        ruin_view(&fuzz);
        step(&fuzz, false);
    }
    if (draw(in, 2))
        close_files(&fuzz);
    status = emu_nt_close(fuzz.ring);
    CHECK(status == STATUS_SUCCESS, status);
    close(fuzz.peer); /* what still pends ends with it */
    close_files(&fuzz);
    (void)emu_nt_close(fuzz.event);
}

#ifdef RINGER_LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    uint64_t seed = count;

    if (!region)
        make_region();
    for (size_t i = 0; i < count; i++)
        seed = seed * 31 + bytes[i];
    run_round(bytes, count, seed);
    return 0;
}

#else

/* fuzz_queue [rounds [seconds [first seed]]] */
int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 0) : 400;
    uint64_t seconds = argc > 2 ? strtoull(argv[2], NULL, 0) : 3;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
    uint64_t end = emu_clock_now_ns() + seconds * UINT64_C(1000000000);
    uint64_t done = 0;

    make_region();
    for (; done < rounds && emu_clock_now_ns() < end; done++)
        run_round(NULL, 0, seed + done);
    printf("%llu rounds\n", (unsigned long long)done);
    return done ? 0 : 1;
}

#endif
