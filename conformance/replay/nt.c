/* SPDX-License-Identifier: MIT */
/* The Nt services again, and entries written and taken by hand [S] (layout of ioringnt.h). */
#include "conformance/replay/world.h"

#include <string.h>

static uint32_t load(const UINT32 *index)
{
    return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void store(UINT32 *index, uint32_t value)
{
    __atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static void query_capabilities(struct rp_call *call)
{
    NT_IORING_CAPABILITIES caps;
    NTSTATUS status;

    memset(&caps, 0xa5, sizeof(caps));
    rp_begin(call);
    status = call->world->api.NtQueryIoRingCapabilities(sizeof(caps), &caps);
    rp_stop(call);
    rp_out(call, "ver", caps.Version);
    rp_out(call, "max_op", caps.MaxOpcode);
    rp_out(call, "features", caps.FlagsSupported);
    rp_out(call, "sq", caps.SubmissionQueueSizeMax);
    rp_out(call, "cq", caps.CompletionQueueSizeMax);
    rp_end_status(call, status);
}

/* What a service may read or write with a length of the trace. */
enum { ROOM_NBYTES = 256 };

/* True when the trace says that the pointer was NULL. */
static bool is_null(const struct rp_call *call, const char *key)
{
    return cf_in_has(call->record, key) && !rp_text(call, key);
}

static void create(struct rp_call *call)
{
    uint64_t in_nbytes = rp_u64(call, "inlen", sizeof(NT_IORING_STRUCTV1));
    uint64_t out_nbytes = rp_u64(call, "outlen", sizeof(NT_IORING_INFO));
    unsigned char in[ROOM_NBYTES] = {0}, out[ROOM_NBYTES];
    NT_IORING_STRUCTV1 params;
    struct rp_object *object;
    NT_IORING_INFO info;
    HANDLE ring = NULL;
    NTSTATUS status;

    if (in_nbytes > ROOM_NBYTES || out_nbytes > ROOM_NBYTES) {
        rp_skip(call, "the length is too large");
        return;
    }
    memset(&params, 0, sizeof(params));
    memset(&info, 0, sizeof(info));
    memset(out, 0xa5, sizeof(out));
    params.IoRingVersion = (UINT32)rp_u64(call, "ver", 0);
    params.SubmissionQueueSize = (UINT32)rp_u64(call, "sq", 0);
    params.CompletionQueueSize = (UINT32)rp_u64(call, "cq", 0);
    params.Flags.Required = (UINT32)rp_u64(call, "required", 0);
    params.Flags.Advisory = (UINT32)rp_u64(call, "advisory", 0);
    memcpy(in, &params, sizeof(params));
    rp_begin(call);
    status = call->world->api.NtCreateIoRing(is_null(call, "handle_out") ? NULL : &ring, (ULONG)in_nbytes,
                                             is_null(call, "in") ? NULL : in, (ULONG)out_nbytes,
                                             is_null(call, "info_out") ? NULL : out);
    rp_stop(call);
    if (status >= 0 && out_nbytes >= sizeof(info) && !is_null(call, "info_out"))
        memcpy(&info, out, sizeof(info));
    object = rp_made(call, "ring", RP_NT_RING, status >= 0 && ring);
    if (object) {
        object->handle = ring;
        object->nt = info;
        object->open = true;
    }
    rp_out(call, "required", info.Flags.Required);
    rp_out(call, "advisory", info.Flags.Advisory);
    rp_out(call, "ver", info.IoRingVersion);
    rp_out(call, "sq", info.SubmissionQueueSize);
    rp_out(call, "cq", info.CompletionQueueSize);
    rp_out(call, "sqmask", info.SubmissionQueueRingMask);
    rp_out(call, "cqmask", info.CompletionQueueRingMask);
    rp_end_status(call, status);
}

/* NULL, with the call left out, when there are no queues to work on. */
static struct rp_object *ring_of(struct rp_call *call)
{
    struct rp_object *object = rp_object(call, "ring");

    if (object && object->kind == RP_NT_RING && object->open && object->nt.SubmissionQueue &&
        object->nt.CompletionQueue)
        return object;
    rp_skip(call, "there is no such ring here");
    return NULL;
}

static void fill_transfer(const struct rp_call *call, NT_IORING_SQE *sqe)
{
    if (cf_in_has(call->record, "file_index")) {
        sqe->Read.CommonOpFlags |= NT_IORING_OP_FLAG_REGISTERED_FILE;
        sqe->Read.File.HandleIndex = rp_u64(call, "file_index", 0);
    } else {
        sqe->Read.File.Handle = rp_handle(call, "file");
    }
    if (cf_in_has(call->record, "buf_index")) {
        sqe->Read.CommonOpFlags |= NT_IORING_OP_FLAG_REGISTERED_BUFFER;
        sqe->Read.Buffer.FixedBuffer.BufferIndex = (UINT32)rp_u64(call, "buf_index", 0);
        sqe->Read.Buffer.FixedBuffer.Offset = (UINT32)rp_u64(call, "buf_off", 0);
    } else {
        sqe->Read.Buffer.Address =
            rp_address(call->world, rp_text(call, "buf"), rp_u64(call, "buf_off", 0));
    }
    sqe->Read.Offset = rp_u64(call, "off", 0);
    sqe->Read.Length = (UINT32)rp_u64(call, "len", 0);
}

/* One element, as the kit writes it; false when the trace says that there were more. */
static bool fill_registration(struct rp_call *call, NT_IORING_SQE *sqe)
{
    UINT32 count = (UINT32)rp_u64(call, "count", 1);

    if (count > 1)
        return false;
    if (sqe->OpCode == IORING_OP_REGISTER_FILES) {
        HANDLE *handles = rp_keep(call->world, sizeof(*handles));

        *handles = rp_handle(call, "file");
        sqe->RegisterFiles.Count = count;
        sqe->RegisterFiles.Handles = handles;
    } else {
        IORING_BUFFER_INFO *info = rp_keep(call->world, sizeof(*info));

        info->Address = rp_address(call->world, rp_text(call, "buf"), rp_u64(call, "buf_off", 0));
        info->Length = (UINT32)rp_u64(call, "len", 0);
        sqe->RegisterBuffers.Count = count;
        sqe->RegisterBuffers.Buffers = info;
    }
    return true;
}

/* The unions share CommonOpFlags and File; the rest depends on the operation. */
static bool fill(struct rp_call *call, NT_IORING_SQE *sqe)
{
    memset(sqe, 0, sizeof(*sqe));
    sqe->OpCode = (UINT32)rp_u64(call, "op", 0);
    sqe->Flags = (UINT32)rp_u64(call, "sqe", 0);
    sqe->UserData = rp_u64(call, "ud", 0);
    switch (sqe->OpCode) {
    case IORING_OP_READ:
    case IORING_OP_WRITE:
        fill_transfer(call, sqe);
        if (sqe->OpCode == IORING_OP_WRITE)
            sqe->Write.WriteFlags = (UINT32)rp_u64(call, "mode", 0);
        break;
    case IORING_OP_FLUSH:
        sqe->Flush.File.Handle = rp_handle(call, "file");
        sqe->Flush.FlushMode = (UINT32)rp_u64(call, "mode", 0);
        break;
    case IORING_OP_CANCEL:
        sqe->Cancel.File.Handle = rp_handle(call, "file");
        sqe->Cancel.CancelId = rp_u64(call, "target", 0);
        break;
    case IORING_OP_REGISTER_FILES:
    case IORING_OP_REGISTER_BUFFERS:
        if (!fill_registration(call, sqe))
            return false;
        break;
    }
    sqe->Read.CommonOpFlags |= (UINT32)rp_u64(call, "common", 0);
    return true;
}

static void write_entry(struct rp_call *call)
{
    struct rp_object *ring = ring_of(call);
    NT_IORING_SQE sqe;
    uint32_t tail;

    if (!ring)
        return;
    if (!fill(call, &sqe)) {
        rp_skip(call, "the array of the entry is not in the trace");
        return;
    }
    rp_begin(call);
    tail = load(&ring->nt.SubmissionQueue->Tail);
    NtIoRingSubmissionEntries(ring->nt.SubmissionQueue)[tail & ring->nt.SubmissionQueueRingMask] = sqe;
    store(&ring->nt.SubmissionQueue->Tail, tail + 1);
    rp_stop(call);
    AcquireSRWLockExclusive(&call->world->lock);
    ring->built++;
    ReleaseSRWLockExclusive(&call->world->lock);
    rp_end_ret(call, 1, 0);
}

static void submit(struct rp_call *call)
{
    struct rp_object *ring = rp_object(call, "ring");
    LARGE_INTEGER timeout;
    NTSTATUS status;

    timeout.QuadPart = (LONGLONG)rp_u64(call, "timeout", 0);
    rp_begin(call);
    status = call->world->api.NtSubmitIoRing(rp_handle(call, "ring"), (ULONG)rp_u64(call, "flags", 0),
                                             (ULONG)rp_u64(call, "wait", 0),
                                             rp_text(call, "timeout") ? &timeout : NULL);
    rp_stop(call);
    if (ring && status >= 0) {
        AcquireSRWLockExclusive(&call->world->lock);
        ring->submitted += ring->built;
        ring->built = 0;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    rp_end_status(call, status);
}

/* True when an entry is there; waits for one that the trace had. */
static bool await_entry(struct rp_call *call, struct rp_object *ring, uint32_t head)
{
    ULONGLONG until = GetTickCount64() + rp_patience_ms(call->world, ring);

    for (unsigned tries = 0; head == load(&ring->nt.CompletionQueue->Tail); tries++) {
        if (!rp_owes(call->world, ring))
            return false;
        if (GetTickCount64() >= until) {
            rp_give_up(call->world, ring);
            return false;
        }
        /* an empty submit that waits for nothing lets a ring make progress that nobody drives */
        if (!ring->built)
            call->world->api.NtSubmitIoRing(ring->handle, 0, 0, NULL);
        Sleep(tries < 64 ? 0 : 1);
    }
    return true;
}

/* What is there too early stays there: unlike a completion that was popped, it can be left alone. */
static void take_entry(struct rp_call *call)
{
    struct rp_object *ring = ring_of(call);
    bool wanted = call->record->call.value != 0, some;
    uint64_t order = 0, n;
    NT_IORING_CQE cqe;
    uint32_t head;

    if (!ring)
        return;
    memset(&cqe, 0, sizeof(cqe));
    rp_begin(call);
    head = load(&ring->nt.CompletionQueue->Head);
    some = head != load(&ring->nt.CompletionQueue->Tail);
    if (some && !wanted)
        rp_out(call, "early", 1);
    some = wanted && (some || await_entry(call, ring, head));
    if (some) {
        cqe = NtIoRingCompletionEntries(
            ring->nt.CompletionQueue)[head & ring->nt.CompletionQueueRingMask];
        store(&ring->nt.CompletionQueue->Head, head + 1);
        AcquireSRWLockExclusive(&call->world->lock);
        order = ring->popped++;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    rp_stop(call);
    n = rp_end_ret(call, some, 0);
    if (some)
        cf_trace_cqe(call->world->writer, ring->sym, cqe.UserData, cqe.IoStatus.Status,
                     cqe.IoStatus.Information, order, n);
}

static void set_information(struct rp_call *call)
{
    uint64_t nbytes = rp_u64(call, "len", sizeof(HANDLE));
    HANDLE event = rp_handle(call, "event");
    unsigned char in[ROOM_NBYTES] = {0};
    NTSTATUS status;

    if (nbytes > ROOM_NBYTES) {
        rp_skip(call, "the length is too large");
        return;
    }
    memcpy(in, &event, sizeof(event));
    rp_begin(call);
    status = call->world->api.NtSetInformationIoRing(rp_handle(call, "ring"),
                                                     (ULONG)rp_u64(call, "class", 0), (ULONG)nbytes,
                                                     is_null(call, "info") ? NULL : in);
    rp_stop(call);
    rp_end_status(call, status);
}

static void query_with_length(struct rp_call *call)
{
    uint64_t nbytes = rp_u64(call, "len", 0);
    unsigned char room[ROOM_NBYTES];
    NTSTATUS status;

    if (nbytes > ROOM_NBYTES) {
        rp_skip(call, "the length is too large");
        return;
    }
    memset(room, 0xa5, sizeof(room));
    rp_begin(call);
    status = call->world->api.NtQueryIoRingCapabilities(nbytes, is_null(call, "info") ? NULL : room);
    rp_stop(call);
    rp_out(call, "untouched", room[0] == 0xa5 && room[1] == 0xa5);
    rp_end_status(call, status);
}

static void peek(struct rp_call *call)
{
    struct rp_object *ring = ring_of(call);

    if (!ring)
        return;
    rp_begin(call);
    rp_out(call, "sqhead", load(&ring->nt.SubmissionQueue->Head));
    rp_out(call, "sqtail", load(&ring->nt.SubmissionQueue->Tail));
    rp_out(call, "cqhead", load(&ring->nt.CompletionQueue->Head));
    rp_out(call, "cqtail", load(&ring->nt.CompletionQueue->Tail));
    rp_end_ret(call, 1, 0);
}

static void poke(struct rp_call *call)
{
    struct rp_object *ring = ring_of(call);
    uint64_t value;

    if (!ring)
        return;
    rp_begin(call);
    if (cf_in_u64(call->record, "sqhead", &value))
        store(&ring->nt.SubmissionQueue->Head, (uint32_t)value);
    if (cf_in_u64(call->record, "sqtail", &value))
        store(&ring->nt.SubmissionQueue->Tail, (uint32_t)value);
    if (cf_in_u64(call->record, "cqhead", &value))
        store(&ring->nt.CompletionQueue->Head, (uint32_t)value);
    if (cf_in_u64(call->record, "cqtail", &value))
        store(&ring->nt.CompletionQueue->Tail, (uint32_t)value);
    rp_end_ret(call, 1, 0);
}

static void close_object(struct rp_call *call)
{
    struct rp_object *object = rp_object(call, "obj");
    NTSTATUS status;

    rp_begin(call);
    status = call->world->api.NtClose(rp_handle(call, "obj"));
    rp_stop(call);
    if (object && status >= 0)
        object->open = false;
    rp_end_status(call, status);
}

const struct rp_function rp_nt_functions[] = {
    {"NtQueryIoRingCapabilities", query_capabilities},
    {"NtCreateIoRing", create},
    {"NtSubmitIoRing", submit},
    {"NtSetInformationIoRing", set_information},
    {"NtClose", close_object},
    {"kit.ntcapslen", query_with_length},
    {"kit.sqe", write_entry},
    {"kit.ntpop", take_entry},
    {"kit.ntpeek", peek},
    {"kit.ntpoke", poke},
    {0},
};
