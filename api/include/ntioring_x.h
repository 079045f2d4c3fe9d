/* SPDX-License-Identifier: MIT */
/*
 * What the Win32 and the NT side of I/O rings share: versions, features, operation codes, buffers.
 * Natively and with mingw-w64, whose own header of this name stops at version 1.
 */
#ifndef _NTIORINGX_H_
#define _NTIORINGX_H_

#include <minwindef.h>
#include <winnt.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An open number: a host may report a version that has no name here, and a ring can be made with it.
 * [D] SDK; [R] a ring at exactly MaxVersion works.
 */
typedef enum IORING_VERSION {
    IORING_VERSION_INVALID = 0,
    IORING_VERSION_1 = 1,   /* 11 21H2: read, registration, cancel */
    IORING_VERSION_2 = 2,   /* a lost edge of the completion event is mended */
    IORING_VERSION_3 = 300, /* 11 22H2: write, flush, IOSQE_FLAGS_DRAIN_PRECEDING_OPS */
    IORING_VERSION_4 = 400, /* 11 24H2: scatter and gather */
} IORING_VERSION;

typedef enum IORING_FEATURE_FLAGS {
    IORING_FEATURE_FLAGS_NONE = 0,
    IORING_FEATURE_UM_EMULATION = 0x00000001, /* [D] no Windows sets it */
    IORING_FEATURE_SET_COMPLETION_EVENT = 0x00000002, /* SetIoRingCompletionEvent works */
} IORING_FEATURE_FLAGS;
DEFINE_ENUM_FLAG_OPERATORS(IORING_FEATURE_FLAGS)

/* Numbers are never reused, new ones are appended [D]. */
typedef enum IORING_OP_CODE {
    IORING_OP_NOP = 0, /* has no builder; only an entry written by hand carries it */
    IORING_OP_READ = 1,
    IORING_OP_REGISTER_FILES = 2,   /* later entries do not start before it is complete [D][R] */
    IORING_OP_REGISTER_BUFFERS = 3, /* likewise */
    IORING_OP_CANCEL = 4,
    IORING_OP_WRITE = 5,         /* version 3 */
    IORING_OP_FLUSH = 6,         /* version 3 */
    IORING_OP_READ_SCATTER = 7,  /* version 4 */
    IORING_OP_WRITE_GATHER = 8,  /* version 4 */
} IORING_OP_CODE;

/* One buffer to register. Address NULL and Length 0: an unused slot [D]. */
typedef struct IORING_BUFFER_INFO {
    void *Address;
    UINT32 Length; /* bytes */
} IORING_BUFFER_INFO;

typedef struct IORING_REGISTERED_BUFFER {
    UINT32 BufferIndex; /* into the array of the last registration */
    UINT32 Offset;      /* bytes from that buffer's start */
} IORING_REGISTERED_BUFFER;

/* A waitOperations value: everything submitted so far [D]. */
#define IORING_SUBMIT_WAIT_ALL 0xFFFFFFFFu

#ifdef __cplusplus
}
#endif

#endif
