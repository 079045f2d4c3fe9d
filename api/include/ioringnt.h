/* SPDX-License-Identifier: MIT */
/*
 * The NT side of I/O rings: the two queues in memory, their entries, and the four services. Microsoft
 * documents none of it; layouts are from public symbol dumps [S] (spec/ioring.md 1.5). They live in a
 * header of their own because programs bring their own copies of these structs.
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

#define NT_IORING_SQE_FLAG_NONE 0x00000000u
#define NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS 0x00000001u

/* CommonOpFlags */
#define NT_IORING_OP_FLAG_NONE 0x00000000u
#define NT_IORING_OP_FLAG_REGISTERED_FILE 0x00000001u
#define NT_IORING_OP_FLAG_REGISTERED_BUFFER 0x00000002u

/* WriteFlags */
#define NT_WRITE_FLAG_NONE 0x00000000u
#define NT_WRITE_FLAG_WRITE_THROUGH 0x00000001u

/* IoRingInformationClass of NtSetInformationIoRing */
#define IoRingInvalidClass 0u
#define IoRingRegisterUserCompletionEventClass 1u /* one HANDLE; NULL clears */

typedef struct _NT_IORING_CREATE_FLAGS {
    UINT32 Required;
    UINT32 Advisory;
} NT_IORING_CREATE_FLAGS;

/* What NtCreateIoRing takes. */
typedef struct _NT_IORING_STRUCTV1 {
    UINT32 IoRingVersion;
    UINT32 SubmissionQueueSize; /* entries */
    UINT32 CompletionQueueSize; /* entries */
    NT_IORING_CREATE_FLAGS Flags;
} NT_IORING_STRUCTV1;

typedef union _NT_IORING_HANDLE_REF {
    HANDLE Handle;
    UINT64 HandleIndex; /* the low 32 bits */
} NT_IORING_HANDLE_REF;

typedef union _NT_IORING_BUFFER_REF {
    void *Address;
    IORING_REGISTERED_BUFFER FixedBuffer;
} NT_IORING_BUFFER_REF;

typedef struct _NT_IORING_OP_READ {
    UINT32 CommonOpFlags;
    UINT32 Padding;
    NT_IORING_HANDLE_REF File;
    NT_IORING_BUFFER_REF Buffer;
    UINT64 Offset;
    UINT32 Length;
    UINT32 Key;
} NT_IORING_OP_READ;

typedef struct _NT_IORING_OP_WRITE {
    UINT32 CommonOpFlags;
    UINT32 WriteFlags;
    NT_IORING_HANDLE_REF File;
    NT_IORING_BUFFER_REF Buffer;
    UINT64 Offset;
    UINT32 Length;
    UINT32 Key;
} NT_IORING_OP_WRITE;

typedef struct _NT_IORING_OP_FLUSH {
    UINT32 CommonOpFlags;
    UINT32 FlushMode; /* FILE_FLUSH_* */
    NT_IORING_HANDLE_REF File;
} NT_IORING_OP_FLUSH;

typedef struct _NT_IORING_OP_REGISTER_FILES {
    UINT32 CommonOpFlags;
    NT_IORING_CREATE_FLAGS Flags;
    UINT32 Count;
    HANDLE const *Handles;
} NT_IORING_OP_REGISTER_FILES;

typedef struct _NT_IORING_OP_REGISTER_BUFFERS {
    UINT32 CommonOpFlags;
    NT_IORING_CREATE_FLAGS Flags;
    UINT32 Count;
    IORING_BUFFER_INFO const *Buffers;
} NT_IORING_OP_REGISTER_BUFFERS;

typedef struct _NT_IORING_OP_CANCEL {
    UINT32 CommonOpFlags;
    UINT32 Padding;
    NT_IORING_HANDLE_REF File;
    UINT64 CancelId;
} NT_IORING_OP_CANCEL;

typedef struct _NT_IORING_OP_READ_SCATTER {
    UINT32 CommonOpFlags;
    UINT32 Padding;
    NT_IORING_HANDLE_REF File;
    UINT32 SegmentCount;
    UINT32 Padding2;
    FILE_SEGMENT_ELEMENT *Segments;
    UINT64 Offset;
    UINT32 Length;
    UINT32 Key;
} NT_IORING_OP_READ_SCATTER;

typedef struct _NT_IORING_OP_WRITE_GATHER {
    UINT32 CommonOpFlags;
    UINT32 WriteFlags;
    NT_IORING_HANDLE_REF File;
    UINT32 SegmentCount;
    UINT32 Padding2;
    FILE_SEGMENT_ELEMENT *Segments;
    UINT64 Offset;
    UINT32 Length;
    UINT32 Key;
} NT_IORING_OP_WRITE_GATHER;

typedef struct _NT_IORING_SQE {
    UINT32 OpCode; /* IORING_OP_* */
    UINT32 Flags;  /* NT_IORING_SQE_FLAG_* */
    UINT64 UserData;
    union {
        NT_IORING_OP_READ Read;
        NT_IORING_OP_WRITE Write;
        NT_IORING_OP_FLUSH Flush;
        NT_IORING_OP_REGISTER_FILES RegisterFiles;
        NT_IORING_OP_REGISTER_BUFFERS RegisterBuffers;
        NT_IORING_OP_CANCEL Cancel;
        NT_IORING_OP_READ_SCATTER ReadScatter;
        NT_IORING_OP_WRITE_GATHER WriteGather;
        UINT8 Raw[0x30];
    };
} NT_IORING_SQE;

typedef struct _NT_IORING_CQE {
    union {
        UINT64 UserData;
        UINT64 PaddingUserDataForWow;
    };
    IO_STATUS_BLOCK IoStatus; /* an NTSTATUS: PopIoRingCompletion makes the HRESULT */
} NT_IORING_CQE;

/*
 * Head and Tail run freely, an entry's slot is index & mask. The producer writes the entry, then
 * Tail; the consumer advances Head. The entries follow the header.
 */
typedef struct _NT_IORING_SUBMISSION_QUEUE {
    UINT32 Head; /* kernel */
    UINT32 Tail; /* user */
    UINT32 Flags; /* 0 */
    UINT32 Padding;
} NT_IORING_SUBMISSION_QUEUE;

typedef struct _NT_IORING_COMPLETION_QUEUE {
    UINT32 Head; /* user */
    UINT32 Tail; /* kernel */
} NT_IORING_COMPLETION_QUEUE;

static inline NT_IORING_SQE *NtIoRingSubmissionEntries(NT_IORING_SUBMISSION_QUEUE *queue)
{
    return (NT_IORING_SQE *)(void *)(queue + 1);
}

static inline NT_IORING_CQE *NtIoRingCompletionEntries(NT_IORING_COMPLETION_QUEUE *queue)
{
    return (NT_IORING_CQE *)(void *)(queue + 1);
}

/* What NtCreateIoRing gives. The queues belong to the ring and go with it. */
typedef struct _NT_IORING_INFO {
    UINT32 IoRingVersion;
    NT_IORING_CREATE_FLAGS Flags;
    UINT32 SubmissionQueueSize;
    UINT32 SubmissionQueueRingMask;
    UINT32 CompletionQueueSize;
    UINT32 CompletionQueueRingMask;
    UINT32 Padding;
    NT_IORING_SUBMISSION_QUEUE *SubmissionQueue;
    NT_IORING_COMPLETION_QUEUE *CompletionQueue;
} NT_IORING_INFO;

typedef struct _NT_IORING_CAPABILITIES {
    UINT32 Version;
    UINT32 MaxOpcode;
    UINT32 FlagsSupported; /* IORING_FEATURE_* */
    UINT32 SubmissionQueueSizeMax;
    UINT32 CompletionQueueSizeMax;
} NT_IORING_CAPABILITIES;

/* CreateParameters: NT_IORING_STRUCTV1; OutputParameters: NT_IORING_INFO. NtClose ends the ring. */
NTSYSAPI NTSTATUS NTAPI NtCreateIoRing(PHANDLE IoRingHandle, ULONG CreateParametersLength,
                                       PVOID CreateParameters, ULONG OutputParametersLength,
                                       PVOID OutputParameters);

/* Flags: 0. Timeout: 100 ns units, negative relative, positive absolute, NULL for ever [I]. */
NTSYSAPI NTSTATUS NTAPI NtSubmitIoRing(HANDLE IoRingHandle, ULONG Flags, ULONG WaitOperations,
                                       PLARGE_INTEGER Timeout);

NTSYSAPI NTSTATUS NTAPI NtQueryIoRingCapabilities(SIZE_T IoRingCapabilitiesLength,
                                                  PVOID IoRingCapabilities);

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
