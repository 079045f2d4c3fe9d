/* SPDX-License-Identifier: MIT */
/*
 * IoRing, Nt services and DirectStorage by name, looked up at run time (kernelbase, then kernel32;
 * ntdll; dstorage), so that their absence is a result and not a failure to start.
 */
#ifndef CF_KIT_BIND_H
#define CF_KIT_BIND_H

#include <stdbool.h>
#include <windows.h>

#include <winternl.h>

#include <dstorage.h>
#include <ioringapi.h>
#include <ioringnt.h>

#define CF_RING_FUNCTIONS(X)          \
    X(QueryIoRingCapabilities)        \
    X(IsIoRingOpSupported)            \
    X(CreateIoRing)                   \
    X(GetIoRingInfo)                  \
    X(SubmitIoRing)                   \
    X(CloseIoRing)                    \
    X(PopIoRingCompletion)            \
    X(SetIoRingCompletionEvent)       \
    X(BuildIoRingCancelRequest)       \
    X(BuildIoRingReadFile)            \
    X(BuildIoRingRegisterFileHandles) \
    X(BuildIoRingRegisterBuffers)     \
    X(BuildIoRingWriteFile)           \
    X(BuildIoRingFlushFile)           \
    X(BuildIoRingReadFileScatter)     \
    X(BuildIoRingWriteFileGather)

#define CF_NT_FUNCTIONS(X)       \
    X(NtCreateIoRing)            \
    X(NtSubmitIoRing)            \
    X(NtQueryIoRingCapabilities) \
    X(NtSetInformationIoRing)    \
    X(NtClose)

#define CF_DSTORAGE_FUNCTIONS(X)  \
    X(DStorageSetConfiguration)   \
    X(DStorageSetConfiguration1)  \
    X(DStorageSetConfiguration2)  \
    X(DStorageGetFactory)         \
    X(DStorageCreateCompressionCodec)

/* NULL where this system has no such function. */
struct cf_api {
#define CF_MEMBER(name) __typeof__(&name) name;
    CF_RING_FUNCTIONS(CF_MEMBER)
    CF_NT_FUNCTIONS(CF_MEMBER)
    CF_DSTORAGE_FUNCTIONS(CF_MEMBER) /* after cf_api_bind_dstorage */
#undef CF_MEMBER
    bool wine;
};

void cf_api_bind(struct cf_api *api);
/* Loads dstorage.dll, from where this system looks for it. False: there is none. */
bool cf_api_bind_dstorage(struct cf_api *api);

#endif
