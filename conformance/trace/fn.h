/* SPDX-License-Identifier: MIT */
/* Functions that judges ask for, as numbers: a trace names each call once, and it is looked up once. */
#ifndef CF_TRACE_FN_H
#define CF_TRACE_FN_H

/* In the order of how often programs call them. */
#define CF_FUNCTIONS(X)                            \
    X(PopIoRingCompletion, "PopIoRingCompletion")  \
    X(BuildIoRingReadFile, "BuildIoRingReadFile")  \
    X(SubmitIoRing, "SubmitIoRing")                \
    X(BuildIoRingWriteFile, "BuildIoRingWriteFile") \
    X(kit_check, "kit.check")                      \
    X(kit_sqe, "kit.sqe")                          \
    X(kit_ntpop, "kit.ntpop")                      \
    X(CloseHandle, "CloseHandle")                  \
    X(CreateFileW, "CreateFileW")                  \
    X(CreateIoRing, "CreateIoRing")                \
    X(CloseIoRing, "CloseIoRing")                  \
    X(BuildIoRingFlushFile, "BuildIoRingFlushFile") \
    X(BuildIoRingCancelRequest, "BuildIoRingCancelRequest") \
    X(BuildIoRingRegisterFileHandles, "BuildIoRingRegisterFileHandles") \
    X(BuildIoRingRegisterBuffers, "BuildIoRingRegisterBuffers") \
    X(BuildIoRingReadFileScatter, "BuildIoRingReadFileScatter") \
    X(BuildIoRingWriteFileGather, "BuildIoRingWriteFileGather") \
    X(WaitForSingleObject, "WaitForSingleObject")  \
    X(WaitForSingleObjectEx, "WaitForSingleObjectEx") \
    X(SetEvent, "SetEvent")                        \
    X(ResetEvent, "ResetEvent")                    \
    X(CreateEventW, "CreateEventW")                \
    X(CreateEventA, "CreateEventA")                \
    X(CreateEventExW, "CreateEventExW")            \
    X(SetIoRingCompletionEvent, "SetIoRingCompletionEvent") \
    X(GetIoRingInfo, "GetIoRingInfo")              \
    X(QueryIoRingCapabilities, "QueryIoRingCapabilities") \
    X(IsIoRingOpSupported, "IsIoRingOpSupported")  \
    X(ReadFile, "ReadFile")                        \
    X(WriteFile, "WriteFile")                      \
    X(NtSubmitIoRing, "NtSubmitIoRing")            \
    X(NtCreateIoRing, "NtCreateIoRing")            \
    X(NtSetInformationIoRing, "NtSetInformationIoRing") \
    X(NtClose, "NtClose")                          \
    X(raw_sqe, "raw.sqe")                          \
    X(raw_pop, "raw.pop")                          \
    X(raw_wild, "raw.wild")                        \
    X(kit_ntpeek, "kit.ntpeek")                    \
    X(kit_ntpoke, "kit.ntpoke")                    \
    X(CreateFileA, "CreateFileA")                  \
    X(CreateFile2, "CreateFile2")                  \
    X(DuplicateHandle, "DuplicateHandle")          \
    X(CreateIoCompletionPort, "CreateIoCompletionPort") \
    X(DisconnectNamedPipe, "DisconnectNamedPipe")  \
    X(CancelIo, "CancelIo")                        \
    X(CancelIoEx, "CancelIoEx")                    \
    X(CancelSynchronousIo, "CancelSynchronousIo")  \
    X(NtCancelIoFile, "NtCancelIoFile")            \
    X(NtCancelIoFileEx, "NtCancelIoFileEx")        \
    X(ExitThread, "ExitThread")                    \
    X(TerminateThread, "TerminateThread")          \
    X(closesocket, "closesocket")                  \
    X(shutdown, "shutdown")                        \
    X(EnqueueRequest, "IDStorageQueue::EnqueueRequest") \
    X(EnqueueStatus, "IDStorageQueue::EnqueueStatus") \
    X(EnqueueSignal, "IDStorageQueue::EnqueueSignal") \
    X(EnqueueSetEvent, "IDStorageQueue1::EnqueueSetEvent") \
    X(EnqueueRequests, "IDStorageQueue3::EnqueueRequests") \
    X(DsSubmit, "IDStorageQueue::Submit")          \
    X(DsCancel, "IDStorageQueue::CancelRequestsWithTag") \
    X(DsCloseQueue, "IDStorageQueue::Close")       \
    X(DsErrorRecord, "IDStorageQueue::RetrieveErrorRecord") \
    X(DsQuery, "IDStorageQueue::Query")            \
    X(DsHResult, "IDStorageStatusArray::GetHResult") \
    X(DsIsComplete, "IDStorageStatusArray::IsComplete") \
    X(DsCreateQueue, "IDStorageFactory::CreateQueue") \
    X(DsCreateStatusArray, "IDStorageFactory::CreateStatusArray") \
    X(DsOpenFile, "IDStorageFactory::OpenFile")    \
    X(DsStagingBufferSize, "IDStorageFactory::SetStagingBufferSize") \
    X(DsGetFactory, "DStorageGetFactory")          \
    X(DsCloseFile, "IDStorageFile::Close")         \
    X(DsGetRequests, "IDStorageCustomDecompressionQueue::GetRequests") \
    X(DsGetRequests1, "IDStorageCustomDecompressionQueue1::GetRequests1") \
    X(DsRequestResults, "IDStorageCustomDecompressionQueue::SetRequestResults") \
    X(FenceValue, "ID3D12Fence::GetCompletedValue") \
    X(FenceSignal, "ID3D12Fence::Signal")          \
    X(FenceEvent, "ID3D12Fence::SetEventOnCompletion")

enum cf_fn {
    CF_FN_OTHER,
#define X(name, text) CF_FN_##name,
    CF_FUNCTIONS(X)
#undef X
    CF_FN_CREATE_FILE,            /* another that begins with CreateFile */
    CF_FN_BUILD,                  /* with BuildIoRing */
    CF_FN_WAIT_FOR_SINGLE_OBJECT, /* with WaitForSingleObject */
};

enum cf_fn cf_fn_of(const char *name);

#endif
