/* SPDX-License-Identifier: MIT */
/* ioringapi.h's functions by their implementations' names: what the dispatch slots start with. */
#ifndef KB_IORING_API_H
#define KB_IORING_API_H

#include <windows.h>
#include <ioringapi.h>

HRESULT WINAPI kb_QueryIoRingCapabilities(IORING_CAPABILITIES *capabilities);
BOOL WINAPI kb_IsIoRingOpSupported(HIORING ioRing, IORING_OP_CODE op);
HRESULT WINAPI kb_CreateIoRing(IORING_VERSION ioringVersion, IORING_CREATE_FLAGS flags,
                               UINT32 submissionQueueSize, UINT32 completionQueueSize, HIORING *h);
HRESULT WINAPI kb_GetIoRingInfo(HIORING ioRing, IORING_INFO *info);
HRESULT WINAPI kb_SubmitIoRing(HIORING ioRing, UINT32 waitOperations, UINT32 milliseconds,
                               UINT32 *submittedEntries);
HRESULT WINAPI kb_CloseIoRing(HIORING ioRing);
HRESULT WINAPI kb_PopIoRingCompletion(HIORING ioRing, IORING_CQE *cqe);
HRESULT WINAPI kb_SetIoRingCompletionEvent(HIORING ioRing, HANDLE hEvent);
HRESULT WINAPI kb_BuildIoRingCancelRequest(HIORING ioRing, IORING_HANDLE_REF file,
                                           UINT_PTR opToCancel, UINT_PTR userData);
HRESULT WINAPI kb_BuildIoRingReadFile(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                      IORING_BUFFER_REF dataRef, UINT32 numberOfBytesToRead,
                                      UINT64 fileOffset, UINT_PTR userData,
                                      IORING_SQE_FLAGS sqeFlags);
HRESULT WINAPI kb_BuildIoRingRegisterFileHandles(HIORING ioRing, UINT32 count,
                                                 HANDLE const handles[], UINT_PTR userData);
HRESULT WINAPI kb_BuildIoRingRegisterBuffers(HIORING ioRing, UINT32 count,
                                             IORING_BUFFER_INFO const buffers[], UINT_PTR userData);
HRESULT WINAPI kb_BuildIoRingWriteFile(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                       IORING_BUFFER_REF bufferRef, UINT32 numberOfBytesToWrite,
                                       UINT64 fileOffset, FILE_WRITE_FLAGS writeFlags,
                                       UINT_PTR userData, IORING_SQE_FLAGS sqeFlags);
HRESULT WINAPI kb_BuildIoRingFlushFile(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                       FILE_FLUSH_MODE flushMode, UINT_PTR userData,
                                       IORING_SQE_FLAGS sqeFlags);
HRESULT WINAPI kb_BuildIoRingReadFileScatter(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                             UINT32 segmentCount,
                                             FILE_SEGMENT_ELEMENT segmentArray[],
                                             UINT32 numberOfBytesToRead, UINT64 fileOffset,
                                             UINT_PTR userData, IORING_SQE_FLAGS sqeFlags);
HRESULT WINAPI kb_BuildIoRingWriteFileGather(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                             UINT32 segmentCount,
                                             FILE_SEGMENT_ELEMENT segmentArray[],
                                             UINT32 numberOfBytesToWrite, UINT64 fileOffset,
                                             FILE_WRITE_FLAGS writeFlags, UINT_PTR userData,
                                             IORING_SQE_FLAGS sqeFlags);

#endif
