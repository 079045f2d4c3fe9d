/* SPDX-License-Identifier: MIT */
/* Part of winternl.h: what handles say of their objects. */
#ifndef RINGER_NTOBJECTS_H
#define RINGER_NTOBJECTS_H

#include <winternl.h>

RINGER_EXTERN_C_BEGIN

typedef enum _OBJECT_INFORMATION_CLASS {
    ObjectBasicInformation = 0,
    ObjectNameInformation = 1,
    ObjectTypeInformation = 2
} OBJECT_INFORMATION_CLASS;

typedef struct _PUBLIC_OBJECT_BASIC_INFORMATION {
    ULONG Attributes;
    ACCESS_MASK GrantedAccess;
    ULONG HandleCount;
    ULONG PointerCount;
    ULONG Reserved[10];
} PUBLIC_OBJECT_BASIC_INFORMATION, *PPUBLIC_OBJECT_BASIC_INFORMATION;

typedef struct _PUBLIC_OBJECT_TYPE_INFORMATION {
    UNICODE_STRING TypeName;
    ULONG Reserved[22];
} PUBLIC_OBJECT_TYPE_INFORMATION, *PPUBLIC_OBJECT_TYPE_INFORMATION;

/* The characters follow, terminated. */
typedef struct _OBJECT_NAME_INFORMATION {
    UNICODE_STRING Name;
} OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;

/*
 * What a handle is, or what its object is called: \Device\HarddiskVolume1 and the path on Linux for a
 *   file, a name without characters for what has none or keeps none.
 * Handle: any handle, whatever its access.
 * ObjectInformationClass: ObjectBasicInformation, ObjectNameInformation, ObjectTypeInformation.
 * ObjectInformation: out; the class's struct, strings behind it.
 * ObjectInformationLength: bytes of it; for ObjectBasicInformation those of the struct exactly.
 * ReturnLength: out; bytes that it takes. May be NULL.
 * Returns STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH, or STATUS_BUFFER_OVERFLOW for the name of
 *   a file, when it does not fit; STATUS_INVALID_INFO_CLASS, STATUS_INVALID_HANDLE,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] NtQueryObject; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryObject(HANDLE Handle,
                                      OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                      PVOID ObjectInformation, ULONG ObjectInformationLength,
                                      PULONG ReturnLength);

typedef VOID(NTAPI *PPS_APC_ROUTINE)(PVOID ApcArgument1, PVOID ApcArgument2, PVOID ApcArgument3);

/*
 * Has a thread make a call the next time that it waits alertably; a new thread makes those that are
 * there before its own function.
 * ThreadHandle: a thread with THREAD_SET_CONTEXT.
 * ApcRoutine: what it calls; NULL is STATUS_INVALID_PARAMETER.
 * ApcArgument1: any number.
 * ApcArgument2: any number.
 * ApcArgument3: any number.
 * Returns STATUS_SUCCESS; STATUS_UNSUCCESSFUL for a thread that has ended, STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED, STATUS_NO_MEMORY,
 *   STATUS_INVALID_PARAMETER.
 * Source: [D] QueueUserAPC; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueueApcThread(HANDLE ThreadHandle, PPS_APC_ROUTINE ApcRoutine,
                                         PVOID ApcArgument1, PVOID ApcArgument2,
                                         PVOID ApcArgument3);

/*
 * Makes the calls that wait for this thread, without a wait.
 * Returns STATUS_SUCCESS; cannot fail.
 * Source: [I].
 */
NTSYSAPI NTSTATUS NTAPI NtTestAlert(void);

RINGER_EXTERN_C_END

#endif
