/* SPDX-License-Identifier: MIT */
/*
 * I/O rings as Windows programs see them: every function of the API up to version 4. Natively and
 * with mingw-w64, whose own header of this name stops at version 1.
 *
 * Grades behind a statement: [R] somebody saw Windows do it, [D] Microsoft documents it, [S] known
 * from public symbols, [I] inferred by us, [decision] ours. None of these calls is thread-safe on one
 * ring unless its comment says so: builders and submitters serialise among themselves.
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
     * Version 3. The entry starts when everything ahead of it on this ring has completed; entries
     * behind it are not held back [R].
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
 * An enum that {0} may initialise, as it may in C: CreateIoRing(IORING_VERSION_3, {0}, ...). Trivial
 * and as large as the enum, so the struct around it is passed as in C.
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

typedef struct IORING_CREATE_FLAGS {
    IORING_CREATE_REQUIRED_FIELD Required;
    IORING_CREATE_ADVISORY_FIELD Advisory;
} IORING_CREATE_FLAGS;

typedef struct IORING_INFO {
    IORING_VERSION IoRingVersion;
    IORING_CREATE_FLAGS Flags;
    UINT32 SubmissionQueueSize; /* entries, as rounded */
    UINT32 CompletionQueueSize; /* entries, as rounded */
} IORING_INFO;

typedef struct IORING_CAPABILITIES {
    IORING_VERSION MaxVersion;
    UINT32 MaxSubmissionQueueSize; /* entries; 65536 seen [R] */
    UINT32 MaxCompletionQueueSize; /* entries; 131072 seen [R] */
    IORING_FEATURE_FLAGS FeatureFlags;
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
 * In C the SDK's are initialisers: IORING_HANDLE_REF ref = IoRingHandleRefFromHandle(h). Ours are values
 * too, so a call may have them as arguments; code for Windows in C keeps to the first form.
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

/* One finished operation. */
typedef struct IORING_CQE {
    UINT_PTR UserData;     /* as given to the builder, unchanged */
    HRESULT ResultCode;    /* S_OK, or e.g. 0x80070026 at the end of the file [R] */
    ULONG_PTR Information; /* bytes transferred by a read or write */
} IORING_CQE;

/*
 * What this process may ask of CreateIoRing. Needs no ring [R].
 * capabilities: receives the answer; NULL is E_INVALIDARG [decision].
 */
STDAPI QueryIoRingCapabilities(IORING_CAPABILITIES *capabilities);

/*
 * TRUE when a ring of this ring's version takes the operation; FALSE for an unknown one and for a bad
 * ring, with no error [D]. (The header's BOOL rules: Microsoft's page says S_OK / S_FALSE.)
 */
STDAPI_(BOOL) IsIoRingOpSupported(HIORING ioRing, IORING_OP_CODE op);

/*
 * Makes a ring.
 * submissionQueueSize, completionQueueSize: entries; the first is rounded up to a power of two, the
 *   second too and to at least twice the first [D][R].
 * h: receives the ring; the caller owns it and ends it with CloseIoRing.
 * IORING_E_VERSION_NOT_SUPPORTED above MaxVersion; IORING_E_REQUIRED_FLAG_NOT_SUPPORTED;
 * IORING_E_SUBMISSION_QUEUE_TOO_BIG, IORING_E_COMPLETION_QUEUE_TOO_BIG; E_INVALIDARG [D].
 */
STDAPI CreateIoRing(IORING_VERSION ioringVersion, IORING_CREATE_FLAGS flags,
                    UINT32 submissionQueueSize, UINT32 completionQueueSize, HIORING *h);

/* Version, flags and true sizes of a ring [D][R]. E_HANDLE for what is no ring. */
STDAPI GetIoRingInfo(HIORING ioRing, IORING_INFO *info);

/*
 * Hands every built entry to the kernel, then waits.
 * waitOperations: 0 does not wait (milliseconds is then ignored [D]); n waits until n operations have
 *   completed; IORING_SUBMIT_WAIT_ALL waits for all submitted so far. Waiting with nothing queued or
 *   pending is E_INVALIDARG at once [R-].
 * milliseconds: INFINITE for ever; on expiry IORING_E_WAIT_TIMEOUT, with all entries submitted [R].
 * submittedEntries: receives how many entries went over; may be NULL.
 * An entry with a mistake does not fail the call; its completion says so [D]. After any other failure
 * all entries are still queued [D]. IORING_E_SUBMIT_IN_PROGRESS when another thread is inside [D].
 */
STDAPI SubmitIoRing(HIORING ioRing, UINT32 waitOperations, UINT32 milliseconds,
                    UINT32 *submittedEntries);

/*
 * Ends a ring. Queued entries are dropped; operations in flight are neither cancelled nor waited for
 * and may still touch their buffers after the call [D].
 */
STDAPI CloseIoRing(HIORING ioRing);

/* Takes the oldest completion: S_OK; S_FALSE when there is none, with *cqe untouched [D][R]. */
STDAPI PopIoRingCompletion(HIORING ioRing, IORING_CQE *cqe);

/*
 * Sets hEvent whenever a completion arrives in an *empty* queue: an edge, not a level [R]. The ring
 * keeps a reference of its own, so the caller may close his handle [R]. NULL takes the event away.
 * A second call replaces the first [R]. E_INVALIDARG for what is no event [D].
 */
STDAPI SetIoRingCompletionEvent(HIORING ioRing, HANDLE hEvent);

/*
 * The builders put one entry into the submission queue and start nothing.
 * file, fileRef, dataRef: a raw or a registered reference; copied. The memory behind dataRef is the
 *   kernel's until the completion is there.
 * userData: comes back in the completion; 0 is a value like any other, but see BuildIoRingCancelRequest.
 * flags: IOSQE_FLAGS_*; an unknown one is IORING_E_REQUIRED_FLAG_NOT_SUPPORTED [D].
 * IORING_E_SUBMISSION_QUEUE_FULL at exactly the size that GetIoRingInfo reports; what is queued stays
 * good [R].
 */

/*
 * opToCancel: the userData of operations on this file; 0 means every pending one on it, also those of
 * other rings [R]. Completes with S_OK or 0x80070490 (not found) beside the target's own completion.
 */
STDAPI BuildIoRingCancelRequest(HIORING ioRing, IORING_HANDLE_REF file, UINT_PTR opToCancel,
                                UINT_PTR userData);

/* fileOffset: bytes from the start of the file; pipes and sockets ignore it [R]. */
STDAPI BuildIoRingReadFile(HIORING ioRing, IORING_HANDLE_REF fileRef, IORING_BUFFER_REF dataRef,
                           UINT32 numberOfBytesToRead, UINT64 fileOffset, UINT_PTR userData,
                           IORING_SQE_FLAGS flags);

/*
 * Replaces the whole table of registered files [D]; INVALID_HANDLE_VALUE leaves a slot unused.
 * An entry built behind it may use the new indices at once, in the same submit [R].
 * handles: count of them; keep them valid until the completion [D].
 */
STDAPI BuildIoRingRegisterFileHandles(HIORING ioRing, UINT32 count, HANDLE const handles[],
                                      UINT_PTR userData);

/*
 * Replaces the whole table of registered buffers [D][R]. The array is read when the operation runs:
 * freed too early it completes with 0x800703E6 [R].
 */
STDAPI BuildIoRingRegisterBuffers(HIORING ioRing, UINT32 count, IORING_BUFFER_INFO const buffers[],
                                  UINT_PTR userData);

/* Version 3; CO_E_NOT_SUPPORTED on an older ring [R-]. */
STDAPI BuildIoRingWriteFile(HIORING ioRing, IORING_HANDLE_REF fileRef, IORING_BUFFER_REF bufferRef,
                            UINT32 numberOfBytesToWrite, UINT64 fileOffset,
                            FILE_WRITE_FLAGS writeFlags, UINT_PTR userData,
                            IORING_SQE_FLAGS sqeFlags);

/*
 * Version 3. Without IOSQE_FLAGS_DRAIN_PRECEDING_OPS it does not cover writes built before it [R].
 * E_ACCESSDENIED in the completion when the handle cannot write [R].
 */
STDAPI BuildIoRingFlushFile(HIORING ioRing, IORING_HANDLE_REF fileRef, FILE_FLUSH_MODE flushMode,
                            UINT_PTR userData, IORING_SQE_FLAGS sqeFlags);

/*
 * Version 4. segmentArray: segmentCount pages, one element each, of memory that is page-aligned;
 * numberOfBytes may end inside the last. The handle wants FILE_FLAG_NO_BUFFERING, as ReadFileScatter.
 */
STDAPI BuildIoRingReadFileScatter(HIORING ioRing, IORING_HANDLE_REF fileRef, UINT32 segmentCount,
                                  FILE_SEGMENT_ELEMENT segmentArray[], UINT32 numberOfBytesToRead,
                                  UINT64 fileOffset, UINT_PTR userData, IORING_SQE_FLAGS sqeFlags);

/* Version 4; as above, writing. */
STDAPI BuildIoRingWriteFileGather(HIORING ioRing, IORING_HANDLE_REF fileRef, UINT32 segmentCount,
                                  FILE_SEGMENT_ELEMENT segmentArray[], UINT32 numberOfBytesToWrite,
                                  UINT64 fileOffset, FILE_WRITE_FLAGS writeFlags, UINT_PTR userData,
                                  IORING_SQE_FLAGS sqeFlags);

#ifdef __cplusplus
}
#endif

#endif
