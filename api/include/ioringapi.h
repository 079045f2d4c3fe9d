/* SPDX-License-Identifier: MIT */
/*
 * I/O rings as Windows programs see them: every function of the API up to version 4. Natively and
 * with mingw-w64, whose own header of this name stops at version 1.
 *
 * Grades behind a statement: [R] somebody saw Windows do it, [D] Microsoft documents it, [S] known
 * from public symbols, [I] inferred by us, [decision] ours. None of these calls is thread-safe on
 * one ring unless its comment says so: builders and submitters serialise among themselves. A line
 * of sources names rows of fixtures/behaviours (open.* are questions that we decided), rows of
 * fixtures/evidence, and for [D] pages of Microsoft's documentation.
 */
#ifndef _APISET_IORING_
#define _APISET_IORING_

#include <minwindef.h>
#include <winnt.h>
#include <minwinbase.h>
#include <winerror.h>
#include <ntioring_x.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef IORING_E_REQUIRED_FLAG_NOT_SUPPORTED
#define IORING_E_REQUIRED_FLAG_NOT_SUPPORTED ((HRESULT)0x80460001)
#define IORING_E_SUBMISSION_QUEUE_FULL ((HRESULT)0x80460002)
#define IORING_E_VERSION_NOT_SUPPORTED ((HRESULT)0x80460003)
#define IORING_E_SUBMISSION_QUEUE_TOO_BIG ((HRESULT)0x80460004)
#define IORING_E_COMPLETION_QUEUE_TOO_BIG ((HRESULT)0x80460005)
#define IORING_E_SUBMIT_IN_PROGRESS ((HRESULT)0x80460006)
#define IORING_E_CORRUPT ((HRESULT)0x80460007)
#endif
#ifndef IORING_E_COMPLETION_QUEUE_TOO_FULL
#define IORING_E_COMPLETION_QUEUE_TOO_FULL ((HRESULT)0x80460008)
#endif
#ifndef IORING_E_WAIT_TIMEOUT
#define IORING_E_WAIT_TIMEOUT ((HRESULT)0x800705B4) /* [R] HRESULT_FROM_WIN32(ERROR_TIMEOUT) */
#endif

/* The SDK has these two in winbase.h; mingw-w64 10 has them nowhere. */
#ifndef RINGER_FILE_FLUSH_MODE_DEFINED
#define RINGER_FILE_FLUSH_MODE_DEFINED
typedef enum FILE_WRITE_FLAGS {
    FILE_WRITE_FLAGS_NONE = 0,
    FILE_WRITE_FLAGS_WRITE_THROUGH = 0x00000001,
} FILE_WRITE_FLAGS;
DEFINE_ENUM_FLAG_OPERATORS(FILE_WRITE_FLAGS)

typedef enum FILE_FLUSH_MODE {
    FILE_FLUSH_DEFAULT = 0,  /* as FlushFileBuffers: data, metadata, the device's own cache */
    FILE_FLUSH_DATA,         /* data only, no sync of the device */
    FILE_FLUSH_MIN_METADATA, /* data, the metadata needed to find it again, sync */
    FILE_FLUSH_NO_SYNC,      /* data and metadata, no sync */
} FILE_FLUSH_MODE;
#endif

/* Not a kernel handle: CloseIoRing ends it, CloseHandle does not. */
DECLARE_HANDLE(HIORING);

typedef enum IORING_SQE_FLAGS {
    IOSQE_FLAGS_NONE = 0,
    /*
     * Version 3. The entry starts when everything ahead of it on this ring has completed [R]
     * drain.one-sided. Entries behind it wait with it and start together with it [I]
     * open.drain.holds-following, so they may complete before it [R] drain.later-overtake.
     */
    IOSQE_FLAGS_DRAIN_PRECEDING_OPS = 0x1,
} IORING_SQE_FLAGS;
DEFINE_ENUM_FLAG_OPERATORS(IORING_SQE_FLAGS)

/* Unknown bits make CreateIoRing fail [D]. */
typedef enum IORING_CREATE_REQUIRED_FLAGS {
    IORING_CREATE_REQUIRED_FLAGS_NONE = 0,
} IORING_CREATE_REQUIRED_FLAGS;
DEFINE_ENUM_FLAG_OPERATORS(IORING_CREATE_REQUIRED_FLAGS)

/* Unknown bits are ignored [D]. */
typedef enum IORING_CREATE_ADVISORY_FLAGS {
    IORING_CREATE_ADVISORY_FLAGS_NONE = 0,
    IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS = 0x1, /* mistakes then show in the completion [D] */
} IORING_CREATE_ADVISORY_FLAGS;
DEFINE_ENUM_FLAG_OPERATORS(IORING_CREATE_ADVISORY_FLAGS)

#ifdef __cplusplus
/*
 * An enum that {0} may initialise, as it may in C: CreateIoRing(IORING_VERSION_3, {0}, ...).
 * Trivial and as large as the enum, so the struct around it is passed as in C.
 */
extern "C++" {
template <typename Flags> struct IORING_CREATE_FLAGS_FIELD {
    Flags Value;
    IORING_CREATE_FLAGS_FIELD() = default;
    constexpr IORING_CREATE_FLAGS_FIELD(Flags flags) : Value(flags) {}
    constexpr IORING_CREATE_FLAGS_FIELD(int flags) : Value(static_cast<Flags>(flags)) {}
    constexpr operator Flags() const { return Value; }
};
}
typedef IORING_CREATE_FLAGS_FIELD<IORING_CREATE_REQUIRED_FLAGS> IORING_CREATE_REQUIRED_FIELD;
typedef IORING_CREATE_FLAGS_FIELD<IORING_CREATE_ADVISORY_FLAGS> IORING_CREATE_ADVISORY_FIELD;
#else
typedef IORING_CREATE_REQUIRED_FLAGS IORING_CREATE_REQUIRED_FIELD;
typedef IORING_CREATE_ADVISORY_FLAGS IORING_CREATE_ADVISORY_FIELD;
#endif

/* 8 bytes [R] abi.layout. Passed by value. */
typedef struct IORING_CREATE_FLAGS {
    IORING_CREATE_REQUIRED_FIELD Required; /* IORING_CREATE_REQUIRED_FLAGS_NONE */
    IORING_CREATE_ADVISORY_FIELD Advisory; /* IORING_CREATE_* */
} IORING_CREATE_FLAGS;

/* What GetIoRingInfo gives. */
typedef struct IORING_INFO {
    IORING_VERSION IoRingVersion; /* as asked for [R] ring.version-echo */
    IORING_CREATE_FLAGS Flags;    /* those that were kept [I] open.create.advisory-echo */
    UINT32 SubmissionQueueSize; /* entries, as rounded */
    UINT32 CompletionQueueSize; /* entries, as rounded */
} IORING_INFO;

/*
 * What QueryIoRingCapabilities gives. The numbers are those of current Windows 11 [R] caps.limits.
 */
typedef struct IORING_CAPABILITIES {
    IORING_VERSION MaxVersion;         /* 400 */
    UINT32 MaxSubmissionQueueSize;     /* 65536 entries */
    UINT32 MaxCompletionQueueSize;     /* 131072 entries */
    IORING_FEATURE_FLAGS FeatureFlags; /* IORING_FEATURE_SET_COMPLETION_EVENT */
} IORING_CAPABILITIES;

typedef enum IORING_REF_KIND {
    IORING_REF_RAW = 0,        /* a handle, an address */
    IORING_REF_REGISTERED = 1, /* an index into what was registered */
} IORING_REF_KIND;

/* Names a file: a HANDLE, or its index among the registered ones. Passed by value. */
typedef struct IORING_HANDLE_REF {
#ifdef __cplusplus
    explicit IORING_HANDLE_REF(HANDLE h) : Kind(IORING_REF_RAW), Handle(h) {}
    explicit IORING_HANDLE_REF(UINT32 index) : Kind(IORING_REF_REGISTERED), Handle(index) {}
#endif
    IORING_REF_KIND Kind;
    union HandleUnion {
#ifdef __cplusplus
        HandleUnion(HANDLE h) : Handle(h) {}
        HandleUnion(UINT32 index) : Index(index) {}
#endif
        HANDLE Handle;
        UINT32 Index;
    } Handle;
} IORING_HANDLE_REF;

/* Names memory: an address, or a place in a registered buffer. Passed by value. */
typedef struct IORING_BUFFER_REF {
#ifdef __cplusplus
    explicit IORING_BUFFER_REF(void *address) : Kind(IORING_REF_RAW), Buffer(address) {}
    explicit IORING_BUFFER_REF(IORING_REGISTERED_BUFFER registeredBuffer)
        : Kind(IORING_REF_REGISTERED), Buffer(registeredBuffer)
    {
    }
    IORING_BUFFER_REF(UINT32 index, UINT32 offset)
        : IORING_BUFFER_REF(IORING_REGISTERED_BUFFER{index, offset})
    {
    }
#endif
    IORING_REF_KIND Kind;
    union BufferUnion {
#ifdef __cplusplus
        BufferUnion(void *address) : Address(address) {}
        BufferUnion(IORING_REGISTERED_BUFFER indexAndOffset) : IndexAndOffset(indexAndOffset) {}
#endif
        void *Address;
        IORING_REGISTERED_BUFFER IndexAndOffset;
    } Buffer;
} IORING_BUFFER_REF;

/*
 * In C the SDK's are initialisers: IORING_HANDLE_REF ref = IoRingHandleRefFromHandle(h). Ours are
 * values too, so a call may have them as arguments; code for Windows in C keeps to the first form.
 */
#ifdef __cplusplus
#define IoRingHandleRefFromHandle(h) IORING_HANDLE_REF(static_cast<HANDLE>(h))
#define IoRingHandleRefFromIndex(i) IORING_HANDLE_REF(static_cast<UINT32>(i))
#define IoRingBufferRefFromPointer(p) IORING_BUFFER_REF(static_cast<void *>(p))
#define IoRingBufferRefFromIndexAndOffset(i, o) IORING_BUFFER_REF((i), (o))
#else
#define IoRingHandleRefFromHandle(h) ((IORING_HANDLE_REF){IORING_REF_RAW, {.Handle = (h)}})
#define IoRingHandleRefFromIndex(i) ((IORING_HANDLE_REF){IORING_REF_REGISTERED, {.Index = (i)}})
#define IoRingBufferRefFromPointer(p) ((IORING_BUFFER_REF){IORING_REF_RAW, {.Address = (p)}})
#define IoRingBufferRefFromIndexAndOffset(i, o) \
    ((IORING_BUFFER_REF){IORING_REF_REGISTERED, {.IndexAndOffset = {(i), (o)}}})
#endif

/* One finished operation: the caller's, filled by PopIoRingCompletion. */
typedef struct IORING_CQE {
    UINT_PTR UserData;     /* as given to the builder, unchanged */
    HRESULT ResultCode;    /* S_OK, or e.g. 0x80070026 at the end of the file [R] */
    ULONG_PTR Information; /* bytes transferred by a read or write, else 0 */
} IORING_CQE;

/*
 * What this process may ask of CreateIoRing: the newest version and the largest queues. Needs no
 * ring; the answer is the same for the life of the process.
 * capabilities: out; the caller's, written on success only. MaxVersion 400, MaxSubmissionQueueSize
 *   65536 and MaxCompletionQueueSize 131072 entries, FeatureFlags
 *   IORING_FEATURE_SET_COMPLETION_EVENT, unless a profile of an older Windows is chosen.
 * Returns S_OK; E_INVALIDARG for NULL; HRESULT_FROM_WIN32(ERROR_INVALID_FUNCTION) where the profile
 *   has no rings.
 * Source: [R] caps.limits, IB1, IC1; [D] QueryIoRingCapabilities; [I] open.null-output.caps,
 *   open.builds.limits.
 */
STDAPI QueryIoRingCapabilities(IORING_CAPABILITIES *capabilities);

/*
 * Whether a ring takes an operation. The ring's own version decides, not the machine's: a ring of
 * version 1 or 2 has no write, one of version 300 no scatter.
 * ioRing: a ring; anything else supports nothing.
 * op: IORING_OP_*.
 * Returns TRUE or FALSE and cannot fail: an unknown op and a bad ring are FALSE, no last error is
 *   set. (Microsoft's page speaks of S_OK and S_FALSE; the header's BOOL is followed.)
 * Source: [R] op.supported, op.by-ring-version, IB4; [D] IsIoRingOpSupported; [I] open.null-ring.
 */
STDAPI_(BOOL) IsIoRingOpSupported(HIORING ioRing, IORING_OP_CODE op);

/*
 * Makes a ring: a submission queue, a completion queue, and the kernel's side of both.
 * ioringVersion: IORING_VERSION_1, 2, 3 or 4 (1, 2, 300, 400), not above MaxVersion. It decides
 *   which operations and flags the builders take.
 * flags: Required has no bit that is defined, so it is IORING_CREATE_REQUIRED_FLAGS_NONE; of
 *   Advisory, IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS is kept, and bits that are unknown are
 *   dropped.
 * submissionQueueSize: entries; rounded up to a power of two, 0 is taken as 1.
 * completionQueueSize: entries; rounded up to a power of two, and silently to twice the submission
 *   queue; 0 is taken as that.
 * h: out; receives the ring, which the caller owns and ends with CloseIoRing. It is no kernel
 *   handle.
 * Returns S_OK; IORING_E_VERSION_NOT_SUPPORTED; then IORING_E_REQUIRED_FLAG_NOT_SUPPORTED; then
 *   IORING_E_SUBMISSION_QUEUE_TOO_BIG and IORING_E_COMPLETION_QUEUE_TOO_BIG, in this order of
 *   checks; E_INVALIDARG for h NULL, before all others; E_OUTOFMEMORY, or
 *   HRESULT_FROM_WIN32(ERROR_NO_SYSTEM_RESOURCES) when the kernel has no room.
 * Source: [R] ring.version-echo, ring.sizes, ring.cq-zero, ring.smallest, ring.largest,
 *   ring.too-big; [D] CreateIoRing, ring.flags, ring.version-refused; [I] open.create.check-order,
 *   open.create.sq-zero, open.create.cq-zero, open.create.cq-below-twice, open.null-output.create.
 */
STDAPI CreateIoRing(IORING_VERSION ioringVersion, IORING_CREATE_FLAGS flags,
                    UINT32 submissionQueueSize, UINT32 completionQueueSize, HIORING *h);

/*
 * What a ring is like: its version, its flags and the true sizes of its queues.
 * ioRing: a ring.
 * info: out; the caller's, written on success only. Sizes are in entries, as rounded; of the flags,
 *   those that CreateIoRing kept.
 * Returns S_OK; E_HANDLE for what is no ring, a closed one included; E_INVALIDARG for info NULL.
 *   (On Windows a closed ring gives nonsense; here it is always refused.)
 * Source: [R] ring.version-echo, ring.sizes, W5, W7; [D] GetIoRingInfo, close.stale; [I]
 *   open.create.advisory-echo, open.create.advisory-unknown-echo, open.null-output.info,
 *   open.null-ring.
 */
STDAPI GetIoRingInfo(HIORING ioRing, IORING_INFO *info);

/*
 * Hands every built entry to the kernel, which frees the submission queue, and then waits. Entries
 * start in the order of the queue; what can end at once has ended when this returns. One thread
 * submits at a time; others may wait, pop and set the event meanwhile.
 * ioRing: a ring.
 * waitOperations: how many completions to wait for, those counted that lie unpopped when the wait
 *   begins; 0 does not wait; IORING_SUBMIT_WAIT_ALL waits for everything submitted so far, in
 *   earlier calls too.
 * milliseconds: the longest wait in milliseconds, INFINITE for ever; ignored when waitOperations is
 *   0. The wait is not alertable.
 * submittedEntries: out; how many entries this call handed over, also when its wait expired; 0 when
 *   it was refused. May be NULL.
 * Returns S_OK. IORING_E_WAIT_TIMEOUT (0x800705B4) when the wait expires: everything is submitted
 *   all the same. Refusals leave all entries in the queue: E_INVALIDARG for a wait that can never
 *   end, being for more than is built, pending and unpopped; IORING_E_COMPLETION_QUEUE_TOO_FULL
 *   when not all completions would fit; IORING_E_SUBMIT_IN_PROGRESS when another thread is handing
 *   over; IORING_E_CORRUPT when the shared indices make no sense; E_HANDLE for what is no ring. A
 *   wait whose ring is closed ends with E_HANDLE, too, its entries submitted. A mistake in an entry
 *   is never a failure of the call: its completion tells.
 * Source: [R] submit.count, submit.empty, submit.entry-errors, wait.timeout, wait.all,
 *   wait.all-idle, wait.pending, wait.unpopped, wait.idle, inline.read, IB25, IS5; [D]
 *   SubmitIoRing, submit.one-at-a-time, wait.zero, cq.too-full; [I] sq.freed-by-submit,
 *   open.cq.too-full, open.submit.wait-more-than-possible, open.submit.count-on-refusal,
 *   open.submit.beside-waiter, open.submit.close-wakes-waiter, open.submit.apc.
 */
STDAPI SubmitIoRing(HIORING ioRing, UINT32 waitOperations, UINT32 milliseconds,
                    UINT32 *submittedEntries);

/*
 * Ends a ring. Entries that were built and not submitted are dropped; operations in flight are
 * neither cancelled nor waited for, and write into their buffers whenever they end. Their memory
 * must stay until then, and nobody is told: pop everything, or cancel, before closing. No event is
 * set any more.
 * ioRing: a ring. Closing it in one thread ends the waits of others in SubmitIoRing with E_HANDLE;
 *   any later use of the value is refused.
 * Returns S_OK; E_HANDLE for what is no ring, one that is closed included.
 * Source: [D] CloseIoRing, close.drops, close.pending, close.stale; [I] open.life.close-twice,
 *   open.life.close-fills-buffer, open.life.new-ring-after-close, open.event.after-close,
 *   open.submit.close-wakes-waiter.
 */
STDAPI CloseIoRing(HIORING ioRing);

/*
 * Takes the oldest completion off the queue, without waiting. One thread pops at a time; it may be
 * another than the one that submits.
 * ioRing: a ring.
 * cqe: out; the caller's, written when there was a completion. UserData as built; ResultCode S_OK
 *   or the operation's failure; Information in bytes for reads and writes, 0 for other operations
 *   and for failures. HRESULT_FROM_WIN32(ERROR_MORE_DATA) is the failure with bytes: part of a
 *   message.
 * Returns S_OK; S_FALSE when the queue is empty, with cqe untouched; E_HANDLE for what is no ring;
 *   E_INVALIDARG for cqe NULL; IORING_E_CORRUPT when the shared indices make no sense. A failed
 *   operation is S_OK here: look at ResultCode.
 * Source: [R] pop.empty, read.accounting, read.eof, cancel.aborted, IC1, IS12; [D]
 *   PopIoRingCompletion; [I] open.result.information-failed, open.result.information-flush,
 *   open.result.message-more, open.result.conversion, open.null-output.pop.
 */
STDAPI PopIoRingCompletion(HIORING ioRing, IORING_CQE *cqe);

/*
 * Has an event set whenever a completion arrives in an empty queue: an edge, not a level. With an
 * auto-reset event, pop until S_FALSE after each wake-up, or the next completion goes unnoticed.
 * What lies in the queue already sets nothing, and attaching leaves the event as it is.
 * ioRing: a ring.
 * hEvent: an event with EVENT_MODIFY_STATE; the ring keeps a reference of its own, so the handle
 *   may be closed. Replaces the event before it. NULL takes the event away.
 * Returns S_OK; E_HANDLE for what is no ring; E_INVALIDARG for a handle that is closed or names no
 *   event, the old event then stays; E_ACCESSDENIED without EVENT_MODIFY_STATE.
 * Source: [R] event.edge, event.backlog, event.inline, event.null, event.replace, event.reference,
 *   event.with-pending; [D] SetIoRingCompletionEvent, event.invalid; [I]
 *   open.event.attach-when-set, open.event.after-tail, open.event.no-modify-access,
 *   open.event.refused-keeps-old.
 */
STDAPI SetIoRingCompletionEvent(HIORING ioRing, HANDLE hEvent);

/*
 * The builders put one entry into the submission queue and start nothing.
 * file, fileRef, dataRef: a raw or a registered reference; copied. The memory behind dataRef is the
 *   kernel's until the completion is there.
 * userData: comes back in the completion; 0 is a value like any other, but see
 *   BuildIoRingCancelRequest.
 * flags: IOSQE_FLAGS_*; an unknown one is IORING_E_REQUIRED_FLAG_NOT_SUPPORTED [D].
 * IORING_E_SUBMISSION_QUEUE_FULL at exactly the size that GetIoRingInfo reports; what is queued
 * stays good [R].
 */

/*
 * Builds an entry that cancels other operations on a file. It completes under its own userData,
 * beside the completions of its targets, and either may be first; a target that ended before it was
 * reached ends as if nothing had been. Waits behind a drain like any entry.
 * ioRing: a ring.
 * file: the file of the operations, by handle or by registered index; one file object by another
 *   handle of it is the same. Needs no access.
 * opToCancel: the userData of the operations, all that have it on this ring and file; 0 means every
 *   pending operation on the file, those of other rings and of ReadFile included.
 * userData: for the completion: S_OK when something was found, HRESULT_FROM_WIN32(ERROR_NOT_FOUND)
 *   (0x80070490) when nothing was; Information 0. What is cancelled completes with E_ABORT and
 *   leaves its buffer alone.
 * Returns S_OK; E_HANDLE for what is no ring; IORING_E_SUBMISSION_QUEUE_FULL; E_INVALIDARG for a
 *   reference of an unknown kind. An absent target is no mistake of the builder's.
 * Source: [R] cancel.two-completions, cancel.precise, cancel.zero, cancel.not-found,
 *   cancel.aborted, cancel.by-index, IB27; [D] BuildIoRingCancelRequest, cancel.same-file;
 *   [I] open.cancel.duplicate-user-data, open.cancel.other-ring-id,
 *   open.cancel.zero-overlapped, open.cancel.without-access, open.drain.cancel-behind.
 */
STDAPI BuildIoRingCancelRequest(HIORING ioRing, IORING_HANDLE_REF file, UINT_PTR opToCancel,
                                UINT_PTR userData);

/*
 * Builds an entry that reads. The memory is the kernel's from the submit until the completion is
 * there. A read at or behind the end of a file completes with HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);
 * one that crosses it gives what is there.
 * ioRing: a ring.
 * fileRef: a file, pipe or socket by handle, or by registered index; copied. A handle bound to a
 *   completion port completes with E_INVALIDARG, one without read access with E_ACCESSDENIED, a bad
 *   one with E_HANDLE.
 * dataRef: where to: an address, or a place in a registered buffer; copied. Memory that cannot be
 *   written completes with HRESULT_FROM_WIN32(ERROR_NOACCESS), never with a fault.
 * numberOfBytesToRead: bytes; 0 succeeds without a look at the address. On an unbuffered file a
 *   multiple of the sector.
 * fileOffset: bytes from the start of the file; pipes and sockets ignore it. 2^63 and more
 *   completes with E_INVALIDARG; -1 and -2 mean the position of a synchronous file.
 * userData: comes back in the completion, unchanged; 0 is a value like any other, but no target of
 *   BuildIoRingCancelRequest.
 * flags: IOSQE_FLAGS_NONE, or IOSQE_FLAGS_DRAIN_PRECEDING_OPS (version 3) to start only when
 *   everything ahead of it on this ring has completed.
 * Returns S_OK; E_HANDLE for what is no ring; CO_E_NOT_SUPPORTED for the drain flag below version
 *   3; IORING_E_REQUIRED_FLAG_NOT_SUPPORTED for an unknown flag; IORING_E_SUBMISSION_QUEUE_FULL at
 *   exactly the size that GetIoRingInfo reports; E_INVALIDARG for a reference of an unknown kind.
 *   With IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS an unknown flag or kind fails in the completion
 *   instead. A refused call takes no place in the queue.
 * Source: [R] sq.full, read.accounting, read.eof, read.zero-length, handle.sync, handle.socket,
 *   handle.completion-port, pipe.pends, pipe.offset, pipe.peer-gone, drain.one-sided,
 *   drain.later-overtake, reg.bounds, reg.index-range; [D] BuildIoRingReadFile; [I]
 *   read.bad-buffer, handle.access, open.build.check-order, open.build.sqe-flag-2,
 *   open.build.bad-file-kind, open.build.bad-buffer-kind, open.build.drain-version-2,
 *   open.build.offset-2-63, open.build.offset-minus-1-read, open.result.unbuffered-length,
 *   open.build.refused-leaves-no-entry.
 */
STDAPI BuildIoRingReadFile(HIORING ioRing, IORING_HANDLE_REF fileRef, IORING_BUFFER_REF dataRef,
                           UINT32 numberOfBytesToRead, UINT64 fileOffset, UINT_PTR userData,
                           IORING_SQE_FLAGS flags);

/*
 * Builds an entry that replaces the ring's whole table of files. It completes like any operation;
 * entries behind it, of later submits too, start after it and may use the new indices at once.
 * Operations in flight keep the file that they began with. The table holds its own references:
 * handles may be closed. A registration that fails leaves the old table.
 * ioRing: a ring.
 * count: of handles, at most 65536. Of 0 the completion says: E_INVALIDARG with an array, S_OK and
 *   an empty table with NULL.
 * handles: an array of count handles; copied here, but keep it until the completion, as Microsoft
 *   asks. INVALID_HANDLE_VALUE leaves a slot unused; one bad handle fails the registration with
 *   E_HANDLE; an array that cannot be read with HRESULT_FROM_WIN32(ERROR_NOACCESS), more than 65536
 *   with E_INVALIDARG.
 * userData: for the completion; its Information is 0.
 * Returns S_OK; E_HANDLE for what is no ring; IORING_E_SUBMISSION_QUEUE_FULL; E_OUTOFMEMORY. What
 *   is wrong with the array is told by the completion.
 * Source: [R] reg.own-completion, reg.same-batch, reg.lifetime, reg.replace, reg.arrays-when-read,
 *   reg.index-range, IC9; [D] BuildIoRingRegisterFileHandles, reg.sparse; [I] reg.file-reference,
 *   open.reg.most-files, open.reg.one-bad-handle, open.reg.failed-keeps-files,
 *   open.reg.zero-files-version-300, open.reg.replace-files-in-flight,
 *   open.reg.holds-back-next-submit.
 */
STDAPI BuildIoRingRegisterFileHandles(HIORING ioRing, UINT32 count, HANDLE const handles[],
                                      UINT_PTR userData);

/*
 * Builds an entry that replaces the ring's whole table of buffers. It completes like any operation;
 * entries behind it start after it and may use the new indices at once. The memory itself is not
 * looked at now: an operation on a buffer that is gone completes with
 * HRESULT_FROM_WIN32(ERROR_NOACCESS), one that leaves the registered length with E_INVALIDARG. A
 * registration that fails leaves the old table.
 * ioRing: a ring.
 * count: of buffers, at most 65536; more completes with E_INVALIDARG. Of 0 the completion says:
 *   E_INVALIDARG with an array, S_OK and an empty table with NULL.
 * buffers: an array of count addresses and lengths in bytes. Not copied: it is read when the entry
 *   runs, so it must stay until the completion; freed before, that is
 *   HRESULT_FROM_WIN32(ERROR_NOACCESS) (0x800703E6). Address NULL with Length 0 leaves a slot
 *   unused.
 * userData: for the completion; its Information is 0.
 * Returns S_OK; E_HANDLE for what is no ring; IORING_E_SUBMISSION_QUEUE_FULL.
 * Source: [R] reg.own-completion, reg.same-batch, reg.lifetime, reg.replace, reg.bounds,
 *   reg.arrays-when-read, reg.zero-count, IC9, M9; [D] BuildIoRingRegisterBuffers; [I]
 *   open.reg.most-buffers, open.reg.unmapped-buffer, open.reg.failed-keeps-buffers,
 *   open.reg.sparse-buffer-use, open.build.registered-span-beyond.
 */
STDAPI BuildIoRingRegisterBuffers(HIORING ioRing, UINT32 count, IORING_BUFFER_INFO const buffers[],
                                  UINT_PTR userData);

/*
 * Builds an entry that writes; version 3. The memory must stay as it is from the submit until the
 * completion. A write behind the end extends the file; a full disk completes with
 * HRESULT_FROM_WIN32(ERROR_DISK_FULL).
 * ioRing: a ring.
 * fileRef: a file, pipe or socket by handle, or by registered index; copied. The completion is
 *   E_ACCESSDENIED without write access, E_INVALIDARG when bound to a completion port,
 *   HRESULT_FROM_WIN32(ERROR_NO_DATA) for a pipe without a reader.
 * bufferRef: where from: an address, or a place in a registered buffer; copied. Memory that cannot
 *   be read completes with HRESULT_FROM_WIN32(ERROR_NOACCESS).
 * numberOfBytesToWrite: bytes; 0 succeeds without a look at the address.
 * fileOffset: bytes from the start of the file; pipes and sockets ignore it. -1 appends, -2 is the
 *   position of a synchronous file.
 * writeFlags: FILE_WRITE_FLAGS_NONE, or FILE_WRITE_FLAGS_WRITE_THROUGH, which a handle without
 *   FILE_FLAG_NO_BUFFERING or FILE_FLAG_WRITE_THROUGH refuses in the completion with 0x800701FD.
 *   Others complete with E_INVALIDARG.
 * userData: comes back in the completion, unchanged.
 * sqeFlags: IOSQE_FLAGS_NONE or IOSQE_FLAGS_DRAIN_PRECEDING_OPS.
 * Returns S_OK; E_HANDLE for what is no ring; CO_E_NOT_SUPPORTED below version 3;
 *   IORING_E_REQUIRED_FLAG_NOT_SUPPORTED for an unknown sqeFlag; IORING_E_SUBMISSION_QUEUE_FULL;
 *   E_INVALIDARG for a reference of an unknown kind.
 * Source: [R] write.basic, write.large, write.through, io.disk-full, inline.write, sq.full,
 *   op.by-ring-version, pipe.peer-gone, order.unflagged; [D] BuildIoRingWriteFile; [I]
 *   open.build.write-version-2, open.build.write-flag-2, open.build.offset-minus-1-write,
 *   open.build.null-buffer-write, open.result.write-refused, open.result.unreadable-buffer.
 */
STDAPI BuildIoRingWriteFile(HIORING ioRing, IORING_HANDLE_REF fileRef, IORING_BUFFER_REF bufferRef,
                            UINT32 numberOfBytesToWrite, UINT64 fileOffset,
                            FILE_WRITE_FLAGS writeFlags, UINT_PTR userData,
                            IORING_SQE_FLAGS sqeFlags);

/*
 * Builds an entry that flushes a file; version 3. It covers writes that have completed: without
 * IOSQE_FLAGS_DRAIN_PRECEDING_OPS those built before it may end after it. A flush of a pipe
 * completes when the peer has read everything.
 * ioRing: a ring.
 * fileRef: a file by handle, or by registered index; copied. Without write access the completion is
 *   E_ACCESSDENIED.
 * flushMode: FILE_FLUSH_DEFAULT syncs everything, FILE_FLUSH_DATA and FILE_FLUSH_MIN_METADATA sync
 *   the data and what is needed to find it, FILE_FLUSH_NO_SYNC succeeds without a sync. Others
 *   complete with E_INVALIDARG.
 * userData: for the completion; its Information is 0.
 * sqeFlags: IOSQE_FLAGS_NONE or IOSQE_FLAGS_DRAIN_PRECEDING_OPS.
 * Returns S_OK; E_HANDLE for what is no ring; CO_E_NOT_SUPPORTED below version 3;
 *   IORING_E_REQUIRED_FLAG_NOT_SUPPORTED for an unknown sqeFlag; IORING_E_SUBMISSION_QUEUE_FULL;
 *   E_INVALIDARG for a reference of an unknown kind.
 * Source: [R] flush.modes, flush.access, drain.one-sided, order.unflagged, pipe.flush, IB15, IC11;
 *   [D] BuildIoRingFlushFile; [I] open.build.flush-mode-4, open.build.flush-version-2,
 *   open.result.information-flush.
 */
STDAPI BuildIoRingFlushFile(HIORING ioRing, IORING_HANDLE_REF fileRef, FILE_FLUSH_MODE flushMode,
                            UINT_PTR userData, IORING_SQE_FLAGS sqeFlags);

/*
 * Builds an entry that reads into pages; version 4. The file must be unbuffered
 * (FILE_FLAG_NO_BUFFERING): a buffered handle and a pipe complete with E_INVALIDARG.
 * ioRing: a ring.
 * fileRef: a file by handle, or by registered index; copied.
 * segmentCount: of elements of segmentArray, one page each.
 * segmentArray: addresses of pages, each page-aligned (else E_INVALIDARG in the completion); read
 *   when the entry runs, so keep it and the pages until the completion. An address that cannot be
 *   written completes with HRESULT_FROM_WIN32(ERROR_NOACCESS). A page may stand there twice.
 * numberOfBytesToRead: bytes, a multiple of the sector, not 0 and no more than the segments hold
 *   (else E_INVALIDARG in the completion); segments that it does not need are left alone.
 * fileOffset: bytes from the start of the file, a multiple of the sector.
 * userData: comes back in the completion, unchanged.
 * sqeFlags: IOSQE_FLAGS_NONE or IOSQE_FLAGS_DRAIN_PRECEDING_OPS.
 * Returns S_OK; E_HANDLE for what is no ring; CO_E_NOT_SUPPORTED below version 4;
 *   IORING_E_REQUIRED_FLAG_NOT_SUPPORTED for an unknown sqeFlag; IORING_E_SUBMISSION_QUEUE_FULL;
 *   E_INVALIDARG for a reference of an unknown kind.
 * Source: [R] scatter.basic, IS1; [D] ReadFileScatter; [I] open.build.scatter-version-300,
 *   open.scatter.buffered-handle, open.scatter.misaligned-segment, open.scatter.odd-length,
 *   open.scatter.too-few-segments, open.scatter.too-many-segments, open.scatter.zero-length,
 *   open.scatter.pipe, open.scatter.unwritable-segment.
 */
STDAPI BuildIoRingReadFileScatter(HIORING ioRing, IORING_HANDLE_REF fileRef, UINT32 segmentCount,
                                  FILE_SEGMENT_ELEMENT segmentArray[], UINT32 numberOfBytesToRead,
                                  UINT64 fileOffset, UINT_PTR userData, IORING_SQE_FLAGS sqeFlags);

/*
 * Builds an entry that writes out of pages; version 4. The file must be unbuffered
 * (FILE_FLAG_NO_BUFFERING). A write behind the end extends the file.
 * ioRing: a ring.
 * fileRef: a file by handle, or by registered index; copied. Without write access the completion is
 *   E_ACCESSDENIED.
 * segmentCount: of elements of segmentArray, one page each.
 * segmentArray: addresses of pages, as for BuildIoRingReadFileScatter; they must stay as they are
 *   until the completion.
 * numberOfBytesToWrite: bytes, a multiple of the sector, not 0 and no more than the segments hold.
 * fileOffset: bytes from the start of the file, a multiple of the sector.
 * writeFlags: FILE_WRITE_FLAGS_NONE or FILE_WRITE_FLAGS_WRITE_THROUGH.
 * userData: comes back in the completion, unchanged.
 * sqeFlags: IOSQE_FLAGS_NONE or IOSQE_FLAGS_DRAIN_PRECEDING_OPS.
 * Returns S_OK; E_HANDLE for what is no ring; CO_E_NOT_SUPPORTED below version 4;
 *   IORING_E_REQUIRED_FLAG_NOT_SUPPORTED for an unknown sqeFlag; IORING_E_SUBMISSION_QUEUE_FULL;
 *   E_INVALIDARG for a reference of an unknown kind.
 * Source: [R] scatter.basic, IS1; [D] WriteFileGather; [I] open.build.gather-version-300,
 *   open.gather.through, open.gather.extends, open.gather.without-access.
 */
STDAPI BuildIoRingWriteFileGather(HIORING ioRing, IORING_HANDLE_REF fileRef, UINT32 segmentCount,
                                  FILE_SEGMENT_ELEMENT segmentArray[], UINT32 numberOfBytesToWrite,
                                  UINT64 fileOffset, FILE_WRITE_FLAGS writeFlags, UINT_PTR userData,
                                  IORING_SQE_FLAGS sqeFlags);

#ifdef __cplusplus
}
#endif

#endif
