/* SPDX-License-Identifier: MIT */
/* Handles, events, waits and completion ports. */
#include "api/ntdll/ntdll.h"

#include "api/ntdll/thread.h"
#include "emu/base/usermem.h"

NTSTATUS NTAPI nt_NtClose(HANDLE Handle)
{
    return emu_nt_close(nt_number(Handle));
}

NTSTATUS NTAPI nt_NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                    HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                    ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    emu_handle target = 0;
    NTSTATUS status;

    if (TargetHandle && !emu_probe_user(TargetHandle, sizeof *TargetHandle))
        return STATUS_ACCESS_VIOLATION;
    /* [D] TargetHandle NULL with DUPLICATE_CLOSE_SOURCE: a remote close. */
    status = emu_nt_duplicate_object(nt_number(SourceProcessHandle), nt_number(SourceHandle),
                                     nt_number(TargetProcessHandle), &target, DesiredAccess,
                                     HandleAttributes, Options & ~(ULONG)DUPLICATE_SAME_ATTRIBUTES);
    if (status < 0)
        return status;
    if (!TargetHandle || !emu_copy_to_user(TargetHandle, &target, sizeof target))
        emu_nt_close(target);
    return status;
}

NTSTATUS NTAPI nt_NtQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                PVOID ObjectInformation, ULONG ObjectInformationLength,
                                PULONG ReturnLength)
{
    return emu_nt_query_object(nt_number(Handle), ObjectInformationClass, ObjectInformation,
                               ObjectInformationLength, ReturnLength);
}

NTSTATUS NTAPI nt_NtCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                                POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                                BOOLEAN InitialState)
{
    struct emu_object_name name;
    emu_handle event = 0;
    NTSTATUS status;

    if (!EventHandle)
        return STATUS_ACCESS_VIOLATION;
    if (EventType != NotificationEvent && EventType != SynchronizationEvent)
        return STATUS_INVALID_PARAMETER;
    status = nt_object_name(ObjectAttributes, &name);
    if (status < 0)
        return status;
    status = emu_nt_create_event(&event, DesiredAccess, name.nbytes ? &name : NULL,
                                 EventType == NotificationEvent, InitialState != 0);
    if (status >= 0)
        *EventHandle = (HANDLE)(ULONG_PTR)event;
    return status;
}

/* Opened through the door's create: created means it was not there. Nobody else saw the new one. */
NTSTATUS NTAPI nt_NtOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes)
{
    struct emu_object_name name;
    emu_handle event = 0;
    NTSTATUS status;

    if (!EventHandle || !ObjectAttributes)
        return STATUS_ACCESS_VIOLATION;
    status = nt_object_name(ObjectAttributes, &name);
    if (status < 0)
        return status;
    if (name.nbytes == 0)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    name.attributes |= OBJ_OPENIF;
    status = emu_nt_create_event(&event, DesiredAccess, &name, 1, 0);
    if (status < 0)
        return status;
    if (status != STATUS_OBJECT_NAME_EXISTS) {
        emu_nt_close(event);
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    *EventHandle = (HANDLE)(ULONG_PTR)event;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI nt_NtSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return emu_nt_set_event(nt_number(EventHandle), PreviousState);
}

NTSTATUS NTAPI nt_NtResetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return emu_nt_reset_event(nt_number(EventHandle), PreviousState);
}

NTSTATUS NTAPI nt_NtClearEvent(HANDLE EventHandle)
{
    return emu_nt_reset_event(nt_number(EventHandle), NULL);
}

NTSTATUS NTAPI nt_NtQueryEvent(HANDLE EventHandle, EVENT_INFORMATION_CLASS EventInformationClass,
                               PVOID EventInformation, ULONG EventInformationLength,
                               PULONG ReturnLength)
{
    return emu_nt_query_event(nt_number(EventHandle), EventInformationClass, EventInformation,
                              EventInformationLength, ReturnLength);
}

NTSTATUS NTAPI nt_NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    emu_handle handle = nt_number(Handle);

    return nt_make_calls(
        emu_nt_wait_for_multiple_objects(1, &handle, 1, Alertable != 0, nt_time(Timeout)));
}

NTSTATUS NTAPI nt_NtWaitForMultipleObjects(ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType,
                                           BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    emu_handle handles[MAXIMUM_WAIT_OBJECTS];

    if (Count == 0 || Count > MAXIMUM_WAIT_OBJECTS)
        return STATUS_INVALID_PARAMETER_1;
    if (WaitType != WaitAny && WaitType != WaitAll)
        return STATUS_INVALID_PARAMETER_3;
    if (!Handles)
        return STATUS_ACCESS_VIOLATION;
    for (ULONG i = 0; i < Count; i++)
        handles[i] = nt_number(Handles[i]);
    return nt_make_calls(emu_nt_wait_for_multiple_objects(Count, handles, WaitType == WaitAny,
                                                          Alertable != 0, nt_time(Timeout)));
}

NTSTATUS NTAPI nt_NtCreateIoCompletion(PHANDLE IoCompletionHandle, ACCESS_MASK DesiredAccess,
                                       POBJECT_ATTRIBUTES ObjectAttributes, ULONG Count)
{
    emu_handle port = 0;
    NTSTATUS status;

    if (!IoCompletionHandle)
        return STATUS_ACCESS_VIOLATION;
    status = emu_nt_create_io_completion(&port, DesiredAccess, Count);
    if (status >= 0)
        *IoCompletionHandle = (HANDLE)(ULONG_PTR)port;
    return status;
}

NTSTATUS NTAPI nt_NtSetIoCompletion(HANDLE IoCompletionHandle, PVOID KeyContext, PVOID ApcContext,
                                    NTSTATUS IoStatus, ULONG_PTR IoStatusInformation)
{
    return emu_nt_set_io_completion(nt_number(IoCompletionHandle), (ULONG_PTR)KeyContext,
                                    (ULONG_PTR)ApcContext, IoStatus, IoStatusInformation);
}

NTSTATUS NTAPI nt_NtRemoveIoCompletion(HANDLE IoCompletionHandle, PVOID *KeyContext,
                                       PVOID *ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                       PLARGE_INTEGER Timeout)
{
    struct emu_completion_packet packet;
    uint32_t removed = 0;
    NTSTATUS status;

    if (!KeyContext || !ApcContext || !IoStatusBlock)
        return STATUS_ACCESS_VIOLATION;
    status = emu_nt_remove_io_completion(nt_number(IoCompletionHandle), &packet, 1, &removed,
                                         nt_time(Timeout), 0);
    if (status != STATUS_SUCCESS)
        return status;
    *KeyContext = (PVOID)(ULONG_PTR)packet.key;
    *ApcContext = (PVOID)(ULONG_PTR)packet.apc_context;
    IoStatusBlock->Status = packet.iosb.status;
    IoStatusBlock->Information = packet.iosb.information;
    return status;
}

NTSTATUS NTAPI nt_NtRemoveIoCompletionEx(HANDLE IoCompletionHandle,
                                         PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation,
                                         ULONG Count, PULONG NumEntriesRemoved,
                                         PLARGE_INTEGER Timeout, BOOLEAN Alertable)
{
    _Static_assert(sizeof(FILE_IO_COMPLETION_INFORMATION) == sizeof(struct emu_completion_packet),
                   "the door fills the caller's array");

    if (Count == 0 || !IoCompletionInformation || !NumEntriesRemoved)
        return STATUS_INVALID_PARAMETER;
    return nt_make_calls(
        emu_nt_remove_io_completion(nt_number(IoCompletionHandle),
                                    (struct emu_completion_packet *)IoCompletionInformation, Count,
                                    NumEntriesRemoved, nt_time(Timeout), Alertable != 0));
}
