/* SPDX-License-Identifier: MIT */
/*
 * What a program does in the shared queues of NtCreateIoRing itself. At each service call on the ring
 * its memory is looked at: entries between head and tail that were not seen before become raw.sqe
 * records, completions that the head has passed become raw.pop records. When exactly they were
 * consumed is not known: such a record spans the time since the last look, on a thread of its own.
 */
#include "conformance/trace/tracer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    RING_COUNT = 64,
    ARRAY_LIMIT = 4096,   /* elements of a registration that are written down */
    THREAD_BASE = 1000000 /* thread ordinals of records that no call made */
};

struct raw_ring {
    HANDLE handle; /* NULL: free */
    NT_IORING_INFO info;
    uint32_t sq_seen; /* entries before this index are recorded */
    uint32_t cq_head, cq_tail; /* of the last look */
    NT_IORING_CQE *posted;     /* owned: copies by slot, as they lay at the last look */
    uint64_t looked_ns;
    bool wild; /* the indexes make no sense: nothing more is recorded */
    char sym[TRACER_SYM];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* covers what follows; above symbols and writer */
static struct raw_ring rings[RING_COUNT];

static struct raw_ring *find_locked(HANDLE handle)
{
    for (size_t i = 0; i < RING_COUNT; i++) {
        if (rings[i].handle == handle)
            return &rings[i];
    }
    return NULL;
}

static void forget_locked(struct raw_ring *ring)
{
    free(ring->posted);
    memset(ring, 0, sizeof(*ring));
}

void tracer_raw_create(HANDLE handle, const NT_IORING_INFO *info, const char *sym)
{
    struct raw_ring *ring;

    pthread_mutex_lock(&lock);
    ring = find_locked(handle);
    if (ring)
        forget_locked(ring);
    else
        ring = find_locked(NULL);
    if (ring) {
        *ring = (struct raw_ring){.handle = handle, .info = *info,
                                  .looked_ns = cf_trace_now_ns(tracer_writer())};
        ring->posted = calloc(info->CompletionQueueSize, sizeof(*ring->posted));
        ring->wild = !ring->posted;
        strncpy(ring->sym, sym, sizeof(ring->sym) - 1);
    }
    pthread_mutex_unlock(&lock);
}

static void begin(struct raw_ring *ring, struct cf_trace_call *call, const char *fn, uint64_t t0_ns)
{
    cf_trace_call_begin(call, tracer_writer(), fn, NULL, THREAD_BASE + (uint32_t)(ring - rings));
    call->t0_ns = t0_ns;
    cf_trace_in_sym(call, "ring", ring->sym);
}

/* Nobody can say any more what is in the queues. */
static void give_up(struct raw_ring *ring)
{
    struct cf_trace_call call;

    begin(ring, &call, "raw.wild", ring->looked_ns);
    cf_trace_call_end_void(&call);
    ring->wild = true;
}

/* ---- entries ---- */

static void in_file(struct cf_trace_call *call, UINT32 common, NT_IORING_HANDLE_REF file)
{
    char sym[TRACER_SYM];

    if (common & NT_IORING_OP_FLAG_REGISTERED_FILE)
        cf_trace_in_u64(call, "file_index", (uint32_t)file.HandleIndex);
    else
        cf_trace_in_sym(call, "file", tracer_name(file.Handle, sym));
}

static void in_transfer(struct cf_trace_call *call, const NT_IORING_OP_READ *op)
{
    char sym[TRACER_SYM];

    in_file(call, op->CommonOpFlags, op->File);
    if (op->CommonOpFlags & NT_IORING_OP_FLAG_REGISTERED_BUFFER) {
        cf_trace_in_u64(call, "buf_index", op->Buffer.FixedBuffer.BufferIndex);
        cf_trace_in_u64(call, "buf_off", op->Buffer.FixedBuffer.Offset);
    } else {
        cf_trace_in_sym(call, "buf", tracer_buffer(op->Buffer.Address, op->Length, sym));
        cf_trace_in_u64(call, "buf_off", 0);
        /* Its end is only seen some time later: the program may have written there since. */
        tracer_watch_register(op->Buffer.Address, op->Length);
    }
    cf_trace_in_u64(call, "len", op->Length);
    cf_trace_in_u64(call, "off", op->Offset);
}

static void in_segments(struct cf_trace_call *call, const NT_IORING_OP_READ_SCATTER *op)
{
    in_file(call, op->CommonOpFlags, op->File);
    cf_trace_in_u64(call, "count", op->SegmentCount);
    cf_trace_in_u64(call, "len", op->Length);
    cf_trace_in_u64(call, "off", op->Offset);
}

static void in_files(struct cf_trace_call *call, const NT_IORING_OP_REGISTER_FILES *op)
{
    char (*syms)[TRACER_SYM];
    const char **names;
    HANDLE *handles;

    cf_trace_in_u64(call, "count", op->Count);
    if (!op->Count || op->Count > ARRAY_LIMIT)
        return;
    handles = calloc(op->Count, sizeof(*handles));
    syms = calloc(op->Count, sizeof(*syms));
    names = calloc(op->Count, sizeof(*names));
    if (handles && syms && names && tracer_copy(handles, op->Handles, op->Count * sizeof(*handles))) {
        for (UINT32 i = 0; i < op->Count; i++)
            names[i] = tracer_name(handles[i], syms[i]);
        cf_trace_in_syms(call, "files", names, op->Count);
    }
    free(names);
    free(syms);
    free(handles);
}

static void in_buffers(struct cf_trace_call *call, const NT_IORING_OP_REGISTER_BUFFERS *op)
{
    IORING_BUFFER_INFO *buffers;
    char (*syms)[TRACER_SYM];
    const char **names;
    uint64_t *numbers; /* offsets, all 0, then lengths */

    cf_trace_in_u64(call, "count", op->Count);
    if (!op->Count || op->Count > ARRAY_LIMIT)
        return;
    buffers = calloc(op->Count, sizeof(*buffers));
    syms = calloc(op->Count, sizeof(*syms));
    names = calloc(op->Count, sizeof(*names));
    numbers = calloc(2 * (size_t)op->Count, sizeof(*numbers));
    if (buffers && syms && names && numbers &&
        tracer_copy(buffers, op->Buffers, op->Count * sizeof(*buffers))) {
        for (UINT32 i = 0; i < op->Count; i++) {
            names[i] = tracer_buffer(buffers[i].Address, buffers[i].Length, syms[i]);
            numbers[op->Count + i] = buffers[i].Length;
            tracer_watch_register(buffers[i].Address, buffers[i].Length);
        }
        cf_trace_in_syms(call, "bufs", names, op->Count);
        cf_trace_in_u64s(call, "buf_offs", numbers, op->Count);
        cf_trace_in_u64s(call, "lens", numbers + op->Count, op->Count);
    }
    free(numbers);
    free(names);
    free(syms);
    free(buffers);
}

static void write_entry(struct raw_ring *ring, const NT_IORING_SQE *sqe)
{
    struct cf_trace_call call;

    begin(ring, &call, "raw.sqe", cf_trace_now_ns(tracer_writer()));
    cf_trace_in_u64(&call, "op", sqe->OpCode);
    switch (sqe->OpCode) {
    case IORING_OP_READ:
    case IORING_OP_WRITE: /* the same places */
        in_transfer(&call, &sqe->Read);
        break;
    case IORING_OP_FLUSH:
        in_file(&call, sqe->Flush.CommonOpFlags, sqe->Flush.File);
        cf_trace_in_u64(&call, "mode", sqe->Flush.FlushMode);
        break;
    case IORING_OP_CANCEL:
        in_file(&call, sqe->Cancel.CommonOpFlags, sqe->Cancel.File);
        cf_trace_in_hex64(&call, "target", sqe->Cancel.CancelId);
        break;
    case IORING_OP_REGISTER_FILES:
        in_files(&call, &sqe->RegisterFiles);
        break;
    case IORING_OP_REGISTER_BUFFERS:
        in_buffers(&call, &sqe->RegisterBuffers);
        break;
    case IORING_OP_READ_SCATTER:
    case IORING_OP_WRITE_GATHER:
        in_segments(&call, &sqe->ReadScatter);
        break;
    default:
        break;
    }
    cf_trace_in_hex64(&call, "ud", sqe->UserData);
    cf_trace_in_hex32(&call, "sqe", sqe->Flags);
    cf_trace_call_end_ret(&call, 1, 0);
}

static void look_at_entries(struct raw_ring *ring)
{
    NT_IORING_SUBMISSION_QUEUE *queue = ring->info.SubmissionQueue, now;
    const NT_IORING_SQE *entries = NtIoRingSubmissionEntries(queue);
    NT_IORING_SQE sqe;

    if (!tracer_copy(&now, queue, sizeof(now)) ||
        now.Tail - now.Head > ring->info.SubmissionQueueSize) {
        give_up(ring);
        return;
    }
    /* What a refused submit left there was recorded then. */
    if (ring->sq_seen - now.Head > now.Tail - now.Head)
        ring->sq_seen = now.Head;
    for (; ring->sq_seen != now.Tail; ring->sq_seen++) {
        if (!tracer_copy(&sqe, &entries[ring->sq_seen & ring->info.SubmissionQueueRingMask],
                         sizeof(sqe))) {
            give_up(ring);
            return;
        }
        write_entry(ring, &sqe);
    }
}

/* ---- completions ---- */

static void write_pop(struct raw_ring *ring, const NT_IORING_CQE *cqe)
{
    struct cf_trace_call call;
    uint64_t n;

    begin(ring, &call, "raw.pop", cqe ? ring->looked_ns : cf_trace_now_ns(tracer_writer()));
    n = cf_trace_call_end_ret(&call, cqe != NULL, 0);
    if (cqe)
        cf_trace_cqe(tracer_writer(), ring->sym, cqe->UserData, cqe->IoStatus.Status,
                     cqe->IoStatus.Information, 0, n);
}

static void look_at_completions(struct raw_ring *ring)
{
    NT_IORING_COMPLETION_QUEUE *queue = ring->info.CompletionQueue, now;
    const NT_IORING_CQE *entries = NtIoRingCompletionEntries(queue);
    uint32_t size = ring->info.CompletionQueueSize, mask = ring->info.CompletionQueueRingMask;

    /* A slot that was filled twice between two looks: the first completion in it is gone. */
    if (!tracer_copy(&now, queue, sizeof(now)) || now.Tail - now.Head > size ||
        now.Tail - ring->cq_tail > size || now.Head - ring->cq_head > now.Tail - ring->cq_head) {
        give_up(ring);
        return;
    }
    for (uint32_t i = ring->cq_head; i != now.Head; i++) {
        NT_IORING_CQE *seen = &ring->posted[i & mask];

        if (i - ring->cq_head >= ring->cq_tail - ring->cq_head &&
            !tracer_copy(seen, &entries[i & mask], sizeof(*seen))) {
            give_up(ring);
            return;
        }
        write_pop(ring, seen);
    }
    for (uint32_t i = now.Head; i != now.Tail; i++)
        tracer_copy(&ring->posted[i & mask], &entries[i & mask], sizeof(*entries));
    ring->cq_head = now.Head;
    ring->cq_tail = now.Tail;
    if (now.Head == now.Tail)
        write_pop(ring, NULL);
}

void tracer_raw_look(HANDLE handle, bool entries)
{
    struct raw_ring *ring;
    int error = errno;

    if (!handle || !tracer_writer() || tracer_inside())
        return;
    pthread_mutex_lock(&lock);
    ring = find_locked(handle);
    if (ring && !ring->wild) {
        look_at_completions(ring);
        if (entries && !ring->wild)
            look_at_entries(ring);
        ring->looked_ns = cf_trace_now_ns(tracer_writer());
    }
    pthread_mutex_unlock(&lock);
    errno = error;
}

void tracer_raw_close(HANDLE handle)
{
    struct raw_ring *ring;

    if (!handle || !tracer_writer() || tracer_inside())
        return;
    tracer_raw_look(handle, false);
    pthread_mutex_lock(&lock);
    ring = find_locked(handle);
    if (ring)
        forget_locked(ring);
    pthread_mutex_unlock(&lock);
}
