/* SPDX-License-Identifier: MIT */
/*
 * The NT side of I/O rings: the two queues in memory, their entries, and the four services.
 * Microsoft documents none of it; layouts are from public symbol dumps [S] (spec/ioring.md 1.5).
 * They live in a header of their own because programs bring their own copies of these structs.
 *
 * Numbers before a member are its offset where pointers have 64 bits; the assertions at the end of
 * this file keep them true. The union of an entry begins at 0x10, and offsets of operations count
 * from the entry. Where a sources line names open.*, Windows' answer is not known and ours is [I].
 */
#ifndef RINGER_IORINGNT_H
#define RINGER_IORINGNT_H

#include <ntioring_x.h>
#include <winternl.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#define RINGER_IORINGNT_ASSERT(condition) static_assert(condition, #condition)
#else
#define RINGER_IORINGNT_ASSERT(condition) _Static_assert(condition, #condition)
#endif

/*
 * NT_IORING_SQE.Flags. Others complete with STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED [I]
 * open.nt.sqe-flag-2.
 */
#define NT_IORING_SQE_FLAG_NONE 0x00000000u
#define NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS 0x00000001u

/*
 * CommonOpFlags: File and Buffer are indices. Others complete with STATUS_INVALID_PARAMETER [I]
 *   open.nt.common-flag-4.
 */
#define NT_IORING_OP_FLAG_NONE 0x00000000u
#define NT_IORING_OP_FLAG_REGISTERED_FILE 0x00000001u
#define NT_IORING_OP_FLAG_REGISTERED_BUFFER 0x00000002u

/* WriteFlags of writes and gathers; the numbers of FILE_WRITE_FLAGS. */
#define NT_WRITE_FLAG_NONE 0x00000000u
#define NT_WRITE_FLAG_WRITE_THROUGH 0x00000001u

/* IoRingInformationClass of NtSetInformationIoRing [S] LWR:include */
#define IoRingInvalidClass 0u
#define IoRingRegisterUserCompletionEventClass 1u /* one HANDLE; NULL clears */

/* 8 bytes. IORING_CREATE_FLAGS with plain numbers. */
typedef struct _NT_IORING_CREATE_FLAGS {
    UINT32 Required; /* none is defined: any bit is refused [D] ring.flags */
    UINT32 Advisory; /* IORING_CREATE_ADVISORY_FLAGS; kept and given back as they are */
} NT_IORING_CREATE_FLAGS;

/* What NtCreateIoRing takes: 20 bytes, the caller's, read once [S] IA5. */
typedef struct _NT_IORING_STRUCTV1 {
    UINT32 IoRingVersion;         /* 0x00: 1, 2, 300 or 400 */
    UINT32 SubmissionQueueSize;   /* 0x04: entries, at most 65536 */
    UINT32 CompletionQueueSize;   /* 0x08: entries, at most 131072 */
    NT_IORING_CREATE_FLAGS Flags; /* 0x0C */
} NT_IORING_STRUCTV1;

/*
 * 8 bytes: a handle, or with NT_IORING_OP_FLAG_REGISTERED_FILE an index into the registered files.
 */
typedef union _NT_IORING_HANDLE_REF {
    HANDLE Handle;
    UINT64 HandleIndex; /* the low 32 bits */
} NT_IORING_HANDLE_REF;

/*
 * 8 bytes: an address, or with NT_IORING_OP_FLAG_REGISTERED_BUFFER a place in a registered buffer.
 */
typedef union _NT_IORING_BUFFER_REF {
    void *Address; /* the kernel's until the completion */
    IORING_REGISTERED_BUFFER FixedBuffer;
} NT_IORING_BUFFER_REF;

/* IORING_OP_READ: see BuildIoRingReadFile. */
typedef struct _NT_IORING_OP_READ {
    UINT32 CommonOpFlags;        /* 0x10: NT_IORING_OP_FLAG_* */
    UINT32 Padding;              /* 0x14: not looked at */
    NT_IORING_HANDLE_REF File;   /* 0x18 */
    NT_IORING_BUFFER_REF Buffer; /* 0x20 */
    UINT64 Offset;               /* 0x28: bytes from the start of the file */
    UINT32 Length;               /* 0x30: bytes */
    UINT32 Key;                  /* 0x34: of byte-range locks, of which there are none: not used */
} NT_IORING_OP_READ;

/* IORING_OP_WRITE: see BuildIoRingWriteFile. */
typedef struct _NT_IORING_OP_WRITE {
    UINT32 CommonOpFlags;        /* 0x10: NT_IORING_OP_FLAG_* */
    UINT32 WriteFlags;           /* 0x14: NT_WRITE_FLAG_* */
    NT_IORING_HANDLE_REF File;   /* 0x18 */
    NT_IORING_BUFFER_REF Buffer; /* 0x20 */
    UINT64 Offset;               /* 0x28: bytes from the start of the file; all ones append */
    UINT32 Length;               /* 0x30: bytes */
    UINT32 Key;                  /* 0x34: not used */
} NT_IORING_OP_WRITE;

/* IORING_OP_FLUSH: see BuildIoRingFlushFile. */
typedef struct _NT_IORING_OP_FLUSH {
    UINT32 CommonOpFlags;      /* 0x10: NT_IORING_OP_FLAG_* */
    UINT32 FlushMode;          /* 0x14: FILE_FLUSH_* */
    NT_IORING_HANDLE_REF File; /* 0x18 */
} NT_IORING_OP_FLUSH;

/* IORING_OP_REGISTER_FILES: see BuildIoRingRegisterFileHandles. */
typedef struct _NT_IORING_OP_REGISTER_FILES {
    UINT32 CommonOpFlags;         /* 0x10 */
    NT_IORING_CREATE_FLAGS Flags; /* 0x14: Required must be 0 */
    UINT32 Count;                 /* 0x1C: handles, at most 65536 */
    HANDLE const *Handles;        /* 0x20: the caller's; read when the entry runs */
} NT_IORING_OP_REGISTER_FILES;

/* IORING_OP_REGISTER_BUFFERS: see BuildIoRingRegisterBuffers. */
typedef struct _NT_IORING_OP_REGISTER_BUFFERS {
    UINT32 CommonOpFlags;              /* 0x10 */
    NT_IORING_CREATE_FLAGS Flags;      /* 0x14: Required must be 0 */
    UINT32 Count;                      /* 0x1C: buffers, at most 65536 */
    IORING_BUFFER_INFO const *Buffers; /* 0x20: the caller's; read when the entry runs */
} NT_IORING_OP_REGISTER_BUFFERS;

/* IORING_OP_CANCEL: see BuildIoRingCancelRequest. */
typedef struct _NT_IORING_OP_CANCEL {
    UINT32 CommonOpFlags;      /* 0x10: NT_IORING_OP_FLAG_* */
    UINT32 Padding;            /* 0x14: not looked at */
    NT_IORING_HANDLE_REF File; /* 0x18 */
    UINT64 CancelId;           /* 0x20: UserData of the targets; 0: all on the file */
} NT_IORING_OP_CANCEL;

/* IORING_OP_READ_SCATTER: see BuildIoRingReadFileScatter. */
typedef struct _NT_IORING_OP_READ_SCATTER {
    UINT32 CommonOpFlags;           /* 0x10: NT_IORING_OP_FLAG_REGISTERED_FILE */
    UINT32 Padding;                 /* 0x14: not looked at */
    NT_IORING_HANDLE_REF File;      /* 0x18 */
    UINT32 SegmentCount;            /* 0x20: elements, one page each */
    UINT32 Padding2;                /* 0x24: not looked at */
    FILE_SEGMENT_ELEMENT *Segments; /* 0x28: the caller's; read when the entry runs */
    UINT64 Offset;                  /* 0x30: bytes from the start of the file */
    UINT32 Length;                  /* 0x38: bytes */
    UINT32 Key;                     /* 0x3C: not used */
} NT_IORING_OP_READ_SCATTER;

/* IORING_OP_WRITE_GATHER: see BuildIoRingWriteFileGather. */
typedef struct _NT_IORING_OP_WRITE_GATHER {
    UINT32 CommonOpFlags;           /* 0x10: NT_IORING_OP_FLAG_REGISTERED_FILE */
    UINT32 WriteFlags;              /* 0x14: NT_WRITE_FLAG_* */
    NT_IORING_HANDLE_REF File;      /* 0x18 */
    UINT32 SegmentCount;            /* 0x20: elements, one page each */
    UINT32 Padding2;                /* 0x24: not looked at */
    FILE_SEGMENT_ELEMENT *Segments; /* 0x28: the caller's; read when the entry runs */
    UINT64 Offset;                  /* 0x30: bytes from the start of the file */
    UINT32 Length;                  /* 0x38: bytes */
    UINT32 Key;                     /* 0x3C: not used */
} NT_IORING_OP_WRITE_GATHER;

/*
 * One entry of the submission queue: 64 bytes. The program writes it, before it moves Tail; the
 * kernel copies it in NtSubmitIoRing and never looks at it again [S] IA6. An OpCode that the ring's
 * version does not have completes with STATUS_NOT_SUPPORTED [I] open.nt.unknown-op,
 * open.nt.op-above-version.
 */
typedef struct _NT_IORING_SQE {
    UINT32 OpCode;   /* 0x00: IORING_OP_*; a NOP has no members and completes at once [R] IA3 */
    UINT32 Flags;    /* 0x04: NT_IORING_SQE_FLAG_* */
    UINT64 UserData; /* 0x08: comes back in the completion */
    union {
        NT_IORING_OP_READ Read;
        NT_IORING_OP_WRITE Write;
        NT_IORING_OP_FLUSH Flush;
        NT_IORING_OP_REGISTER_FILES RegisterFiles;
        NT_IORING_OP_REGISTER_BUFFERS RegisterBuffers;
        NT_IORING_OP_CANCEL Cancel;
        NT_IORING_OP_READ_SCATTER ReadScatter;
        NT_IORING_OP_WRITE_GATHER WriteGather;
        UINT8 Raw[0x30]; /* 0x10 */
    };
} NT_IORING_SQE;

/*
 * One entry of the completion queue: 24 bytes. The kernel writes it, before it moves Tail [S] IA6.
 */
typedef struct _NT_IORING_CQE {
    union {
        UINT64 UserData; /* 0x00: as in the entry */
        UINT64 PaddingUserDataForWow;
    };
    /*
     * 0x08: the operation's NTSTATUS as it is (PopIoRingCompletion makes the HRESULT), 0x10: bytes
     * transferred by a read or write, else 0 [I] nt.status, open.nt.status-raw.
     */
    IO_STATUS_BLOCK IoStatus;
} NT_IORING_CQE;

/*
 * The submission queue's header, 16 bytes; its entries follow. Head and Tail count entries, run
 * freely through all 32 bits, and an entry lies at index & SubmissionQueueRingMask [S] nt.indices.
 * The program writes entries, then Tail, with release order; NtSubmitIoRing takes them and moves
 * Head to Tail. More than SubmissionQueueSize entries between them, or a Tail behind Head, is
 * STATUS_IORING_CORRUPT [I] open.nt.tail-beyond-capacity, open.nt.tail-back. The memory is the
 * ring's.
 */
typedef struct _NT_IORING_SUBMISSION_QUEUE {
    UINT32 Head;    /* 0x00: the kernel's, but believed [I] open.nt.sq-head-moved */
    UINT32 Tail;    /* 0x04: the program's */
    UINT32 Flags;   /* 0x08: 0 */
    UINT32 Padding; /* 0x0C */
} NT_IORING_SUBMISSION_QUEUE;

/*
 * The completion queue's header, 8 bytes; its entries follow. The kernel writes an entry, then
 * Tail, with release order; the program reads entries up to Tail, then moves Head. Moving Head back
 * or forth within the queue is allowed [I] open.nt.cq-head-back, open.nt.cq-head-skipped; ahead of
 * Tail it makes the next submit fail with STATUS_IORING_CORRUPT [I] open.nt.cq-head-ahead.
 */
typedef struct _NT_IORING_COMPLETION_QUEUE {
    UINT32 Head; /* 0x00: the program's */
    /* 0x04: the kernel's; written over, the next completion mends it [I] open.nt.cq-tail-moved */
    UINT32 Tail;
} NT_IORING_COMPLETION_QUEUE;

/* The entries behind a submission queue's header; SubmissionQueueSize of them. */
static inline NT_IORING_SQE *NtIoRingSubmissionEntries(NT_IORING_SUBMISSION_QUEUE *queue)
{
    return (NT_IORING_SQE *)(void *)(queue + 1);
}

/* The entries behind a completion queue's header; CompletionQueueSize of them. */
static inline NT_IORING_CQE *NtIoRingCompletionEntries(NT_IORING_COMPLETION_QUEUE *queue)
{
    return (NT_IORING_CQE *)(void *)(queue + 1);
}

/*
 * What NtCreateIoRing gives: 0x30 bytes [S] IA5. The queues are memory that program and kernel
 * share; they belong to the ring and go with it. A program may spoil them, and harms nobody but
 * itself.
 */
typedef struct _NT_IORING_INFO {
    UINT32 IoRingVersion;            /* 0x00: as asked for */
    NT_IORING_CREATE_FLAGS Flags;    /* 0x04: as asked for */
    UINT32 SubmissionQueueSize;      /* 0x0C: entries, a power of two */
    UINT32 SubmissionQueueRingMask;  /* 0x10: that less one */
    UINT32 CompletionQueueSize;      /* 0x14: entries, a power of two */
    UINT32 CompletionQueueRingMask;  /* 0x18: that less one */
    UINT32 Padding;                  /* 0x1C */
    NT_IORING_SUBMISSION_QUEUE *SubmissionQueue; /* 0x20 */
    NT_IORING_COMPLETION_QUEUE *CompletionQueue; /* 0x28 */
} NT_IORING_INFO;

/* What NtQueryIoRingCapabilities gives: 20 bytes, the caller's. */
typedef struct _NT_IORING_CAPABILITIES {
    UINT32 Version;                /* 0x00: the newest */
    UINT32 MaxOpcode;              /* 0x04: the last IORING_OP_* of that version */
    UINT32 FlagsSupported;         /* 0x08: IORING_FEATURE_* */
    UINT32 SubmissionQueueSizeMax; /* 0x0C: entries */
    UINT32 CompletionQueueSizeMax; /* 0x10: entries */
} NT_IORING_CAPABILITIES;

/*
 * Makes a ring and maps its two queues. NtClose of the handle ends the ring, its operations in
 * flight go on (see CloseIoRing), and the queues stay mapped until the last of these has ended.
 * IoRingHandle: out; receives the handle, which the caller owns. Not inheritable, and nothing to
 *   wait on.
 * CreateParametersLength: bytes; sizeof(NT_IORING_STRUCTV1), 20, exactly.
 * CreateParameters: an NT_IORING_STRUCTV1; sizes are rounded as CreateIoRing says.
 * OutputParametersLength: bytes; sizeof(NT_IORING_INFO), 0x30, exactly.
 * OutputParameters: out; an NT_IORING_INFO. The queues that it points to belong to the ring.
 * Returns STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH for another length; STATUS_ACCESS_VIOLATION
 *   for a pointer that cannot be used, and no ring is left then;
 *   STATUS_IORING_VERSION_NOT_SUPPORTED; STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED;
 *   STATUS_IORING_SUBMISSION_QUEUE_TOO_BIG; STATUS_IORING_COMPLETION_QUEUE_TOO_BIG;
 *   STATUS_INSUFFICIENT_RESOURCES; STATUS_NOT_IMPLEMENTED where the profile has no rings.
 * Source: [R] ring.sizes; [S] nt.layout, IA5, IA6, LWR:include; [I] open.nt.create-length-short,
 *   open.nt.create-output-length, open.nt.create-null, open.nt.create-version,
 *   open.nt.create-sizes, open.nt.create-required, open.nt.create-advisory,
 *   open.life.not-inheritable.
 */
NTSYSAPI NTSTATUS NTAPI NtCreateIoRing(PHANDLE IoRingHandle, ULONG CreateParametersLength,
                                       PVOID CreateParameters, ULONG OutputParametersLength,
                                       PVOID OutputParameters);

/*
 * Executes the entries from Head to Tail of the submission queue, written by hand or by the
 * builders, and moves Head to Tail; then waits. Each entry is copied once before it is looked at.
 * IoRingHandle: a ring.
 * Flags: 0.
 * WaitOperations: how many completions, those that lie unpopped included; 0 does not wait,
 *   IORING_SUBMIT_WAIT_ALL waits for all that were submitted.
 * Timeout: 100 ns units; negative is relative to now, positive is a time since 1601, 0 returns at
 *   once, NULL waits for ever. Ignored, but read, when WaitOperations is 0.
 * Returns STATUS_SUCCESS; STATUS_TIMEOUT (a success code) when the wait expires, with everything
 *   submitted. Refusals, which execute nothing and move no index: STATUS_INVALID_PARAMETER for
 *   Flags, or for a wait for more than can complete; STATUS_ACCESS_VIOLATION for Timeout;
 *   STATUS_INVALID_HANDLE or STATUS_OBJECT_TYPE_MISMATCH for what is no ring;
 *   STATUS_IORING_SUBMIT_IN_PROGRESS; STATUS_IORING_COMPLETION_QUEUE_TOO_FULL;
 *   STATUS_IORING_CORRUPT for more entries than the queue holds, or indices out of order. A wrong
 *   entry completes with its status: STATUS_NOT_SUPPORTED, STATUS_INVALID_PARAMETER,
 *   STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED.
 * Source: [R] nt.nop, IA3, O10; [S] nt.hand-written, nt.indices; [I] nt.status, nt.bad-entry,
 *   open.nt.submit-flags, open.nt.timeout-relative, open.nt.timeout-absolute, open.nt.timeout-zero,
 *   open.nt.wait-idle, open.nt.tail-beyond-capacity, open.nt.cq-full, open.nt.unknown-op,
 *   open.nt.common-flag-4, open.nt.sqe-flag-2, open.nt.closed-handle.
 */
NTSYSAPI NTSTATUS NTAPI NtSubmitIoRing(HANDLE IoRingHandle, ULONG Flags, ULONG WaitOperations,
                                       PLARGE_INTEGER Timeout);

/*
 * What rings can be made; see QueryIoRingCapabilities.
 * IoRingCapabilitiesLength: bytes; sizeof(NT_IORING_CAPABILITIES), 20, or more.
 * IoRingCapabilities: out; an NT_IORING_CAPABILITIES, the rest of a longer one is left alone.
 * Returns STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH when it is shorter; STATUS_ACCESS_VIOLATION;
 *   STATUS_NOT_IMPLEMENTED where the profile has no rings.
 * Source: [R] caps.limits; [S] nt.layout; [I] open.nt.caps-length.
 */
NTSYSAPI NTSTATUS NTAPI NtQueryIoRingCapabilities(SIZE_T IoRingCapabilitiesLength,
                                                  PVOID IoRingCapabilities);

/*
 * Sets what a ring has one class for: its completion event.
 * IoRingHandle: a ring.
 * IoRingInformationClass: IoRingRegisterUserCompletionEventClass (1).
 * IoRingInformationLength: bytes; sizeof(HANDLE), 8.
 * IoRingInformation: the event's HANDLE, with EVENT_MODIFY_STATE; NULL in it takes the event away.
 *   The ring keeps its own reference; see SetIoRingCompletionEvent for when it is set.
 * Returns STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS; STATUS_INFO_LENGTH_MISMATCH;
 *   STATUS_ACCESS_VIOLATION; STATUS_INVALID_HANDLE or STATUS_OBJECT_TYPE_MISMATCH for what is no
 *   ring or no event; STATUS_ACCESS_DENIED.
 * Source: [R] nt.event, event.edge, O10; [I] open.nt.set-class, open.nt.set-length,
 *   open.nt.set-bad-event.
 */
NTSYSAPI NTSTATUS NTAPI NtSetInformationIoRing(HANDLE IoRingHandle, ULONG IoRingInformationClass,
                                               ULONG IoRingInformationLength,
                                               PVOID IoRingInformation);

#if UINTPTR_MAX > 0xFFFFFFFFu
#define RINGER_AT(type, member, offset) RINGER_IORINGNT_ASSERT(offsetof(type, member) == (offset))
#define RINGER_SIZE(type, size) RINGER_IORINGNT_ASSERT(sizeof(type) == (size))

RINGER_SIZE(NT_IORING_STRUCTV1, 20);
RINGER_AT(NT_IORING_STRUCTV1, IoRingVersion, 0);
RINGER_AT(NT_IORING_STRUCTV1, SubmissionQueueSize, 4);
RINGER_AT(NT_IORING_STRUCTV1, CompletionQueueSize, 8);
RINGER_AT(NT_IORING_STRUCTV1, Flags.Required, 12);
RINGER_AT(NT_IORING_STRUCTV1, Flags.Advisory, 16);

RINGER_SIZE(NT_IORING_INFO, 0x30);
RINGER_AT(NT_IORING_INFO, IoRingVersion, 0);
RINGER_AT(NT_IORING_INFO, Flags, 4);
RINGER_AT(NT_IORING_INFO, SubmissionQueueSize, 0x0C);
RINGER_AT(NT_IORING_INFO, SubmissionQueueRingMask, 0x10);
RINGER_AT(NT_IORING_INFO, CompletionQueueSize, 0x14);
RINGER_AT(NT_IORING_INFO, CompletionQueueRingMask, 0x18);
RINGER_AT(NT_IORING_INFO, SubmissionQueue, 0x20);
RINGER_AT(NT_IORING_INFO, CompletionQueue, 0x28);

RINGER_SIZE(NT_IORING_CAPABILITIES, 20);
RINGER_AT(NT_IORING_CAPABILITIES, Version, 0);
RINGER_AT(NT_IORING_CAPABILITIES, MaxOpcode, 4);
RINGER_AT(NT_IORING_CAPABILITIES, FlagsSupported, 8);
RINGER_AT(NT_IORING_CAPABILITIES, SubmissionQueueSizeMax, 12);
RINGER_AT(NT_IORING_CAPABILITIES, CompletionQueueSizeMax, 16);

RINGER_SIZE(NT_IORING_SUBMISSION_QUEUE, 0x10);
RINGER_AT(NT_IORING_SUBMISSION_QUEUE, Head, 0);
RINGER_AT(NT_IORING_SUBMISSION_QUEUE, Tail, 4);
RINGER_AT(NT_IORING_SUBMISSION_QUEUE, Flags, 8);
RINGER_SIZE(NT_IORING_COMPLETION_QUEUE, 8);
RINGER_AT(NT_IORING_COMPLETION_QUEUE, Head, 0);
RINGER_AT(NT_IORING_COMPLETION_QUEUE, Tail, 4);

RINGER_SIZE(NT_IORING_CQE, 0x18);
RINGER_AT(NT_IORING_CQE, UserData, 0);
RINGER_AT(NT_IORING_CQE, IoStatus, 8);
RINGER_AT(NT_IORING_CQE, IoStatus.Status, 8);
RINGER_AT(NT_IORING_CQE, IoStatus.Information, 0x10);

RINGER_SIZE(NT_IORING_SQE, 0x40);
RINGER_AT(NT_IORING_SQE, OpCode, 0);
RINGER_AT(NT_IORING_SQE, Flags, 4);
RINGER_AT(NT_IORING_SQE, UserData, 8);
RINGER_AT(NT_IORING_SQE, Raw, 0x10);
RINGER_AT(NT_IORING_SQE, Read.CommonOpFlags, 0x10);
RINGER_AT(NT_IORING_SQE, Read.File, 0x18);
RINGER_AT(NT_IORING_SQE, Read.Buffer, 0x20);
RINGER_AT(NT_IORING_SQE, Read.Offset, 0x28);
RINGER_AT(NT_IORING_SQE, Read.Length, 0x30);
RINGER_AT(NT_IORING_SQE, Read.Key, 0x34);
RINGER_AT(NT_IORING_SQE, Write.WriteFlags, 0x14);
RINGER_AT(NT_IORING_SQE, Write.File, 0x18);
RINGER_AT(NT_IORING_SQE, Write.Buffer, 0x20);
RINGER_AT(NT_IORING_SQE, Write.Offset, 0x28);
RINGER_AT(NT_IORING_SQE, Write.Length, 0x30);
RINGER_AT(NT_IORING_SQE, Write.Key, 0x34);
RINGER_AT(NT_IORING_SQE, Flush.FlushMode, 0x14);
RINGER_AT(NT_IORING_SQE, Flush.File, 0x18);
RINGER_AT(NT_IORING_SQE, RegisterFiles.Flags.Required, 0x14);
RINGER_AT(NT_IORING_SQE, RegisterFiles.Flags.Advisory, 0x18);
RINGER_AT(NT_IORING_SQE, RegisterFiles.Count, 0x1C);
RINGER_AT(NT_IORING_SQE, RegisterFiles.Handles, 0x20);
RINGER_AT(NT_IORING_SQE, RegisterBuffers.Count, 0x1C);
RINGER_AT(NT_IORING_SQE, RegisterBuffers.Buffers, 0x20);
RINGER_AT(NT_IORING_SQE, Cancel.File, 0x18);
RINGER_AT(NT_IORING_SQE, Cancel.CancelId, 0x20);
RINGER_AT(NT_IORING_SQE, ReadScatter.File, 0x18);
RINGER_AT(NT_IORING_SQE, ReadScatter.SegmentCount, 0x20);
RINGER_AT(NT_IORING_SQE, ReadScatter.Segments, 0x28);
RINGER_AT(NT_IORING_SQE, ReadScatter.Offset, 0x30);
RINGER_AT(NT_IORING_SQE, ReadScatter.Length, 0x38);
RINGER_AT(NT_IORING_SQE, ReadScatter.Key, 0x3C);
RINGER_AT(NT_IORING_SQE, WriteGather.WriteFlags, 0x14);
RINGER_AT(NT_IORING_SQE, WriteGather.SegmentCount, 0x20);
RINGER_AT(NT_IORING_SQE, WriteGather.Segments, 0x28);
RINGER_AT(NT_IORING_SQE, WriteGather.Offset, 0x30);
RINGER_AT(NT_IORING_SQE, WriteGather.Length, 0x38);
RINGER_AT(NT_IORING_SQE, WriteGather.Key, 0x3C);

#undef RINGER_AT
#undef RINGER_SIZE
#endif
#undef RINGER_IORINGNT_ASSERT

#ifdef __cplusplus
}
#endif

#endif
