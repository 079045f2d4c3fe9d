/* SPDX-License-Identifier: MIT */
/* Slots, modules, ringer.h. */
#include "api/tests/win32.h"

#include <ioringapi.h>

static void *original_close, *original_last_error;
static LONG nt_closes;

static NTSTATUS NTAPI counting_close(HANDLE handle)
{
    InterlockedIncrement(&nt_closes);
    return ((NTSTATUS(NTAPI *)(HANDLE))original_close)(handle);
}

static DWORD WINAPI lying_last_error(void)
{
    return 4711;
}

Test(slots, a_call_across_modules_passes_its_slot)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    original_close = ringer_slot_swap("ntdll", "NtClose", (void *)counting_close);
    cr_assert_not_null(original_close);
    OK(CloseHandle(event));
    cr_assert_eq(nt_closes, 1);
    /* Leaving twice is told. */
    cr_assert(ringer_slot_replace("ntdll.dll", "NtClose", (void *)counting_close, original_close));
    cr_assert_not(
        ringer_slot_replace("ntdll.dll", "NtClose", (void *)counting_close, original_close));
    CloseHandle(CreateEventW(NULL, TRUE, FALSE, NULL));
    cr_assert_eq(nt_closes, 1);
}

Test(slots, a_call_inside_a_module_does_not)
{
    original_last_error = ringer_slot_swap("kernel32", "GetLastError", (void *)lying_last_error);
    cr_assert_eq(GetLastError(), 4711);
    /* CreateFileW looks at nothing of this; GetTempFileName asks its own kb_GetLastError. */
    ringer_slot_swap("kernel32", "GetLastError", original_last_error);
    SetLastError(5);
    cr_assert_eq(GetLastError(), 5);
    cr_assert_null(ringer_slot_swap("kernel32", "NoSuchFunction", (void *)lying_last_error));
    cr_assert_null(ringer_slot_swap("user32", "GetLastError", (void *)lying_last_error));
}

Test(slots, every_row_is_complete)
{
    struct ringer_export row, found;

    cr_assert_gt(ringer_export_count(), 250);
    for (size_t i = 0; i < ringer_export_count(); i++) {
        cr_assert(ringer_export_info(i, &row));
        cr_assert_eq(ringer_slot_get(row.module, row.name), row.implementation, "%s", row.name);
        cr_assert(ringer_export_from_address(row.function, &found), "%s", row.name);
        cr_assert_str_eq(found.name, row.name);
        cr_assert_eq((void *)GetProcAddress(GetModuleHandleA(row.module), row.name), row.function);
    }
    cr_assert_not(ringer_export_info(ringer_export_count(), &row));
}

Test(modules, aliases)
{
    HMODULE kernelbase = GetModuleHandleW(u"KernelBase");

    cr_assert_not_null(kernelbase);
    cr_assert_eq(GetModuleHandleW(u"KERNEL32.dll"), kernelbase);
    cr_assert_eq(GetModuleHandleA("api-ms-win-core-ioring-l1-1-0.dll"), kernelbase);
    /* [R] IA7: what kernel32 exports is forwarded to API sets l1-1-0 and l1-1-2. */
    cr_assert_eq(GetModuleHandleA("api-ms-win-core-ioring-l1-1-2.dll"), kernelbase);
    cr_assert_eq((void *)GetProcAddress(GetModuleHandleA("api-ms-win-core-ioring-l1-1-2"),
                                        "BuildIoRingReadFileScatter"),
                 (void *)BuildIoRingReadFileScatter);
    cr_assert_eq((void *)GetProcAddress(GetModuleHandleA("api-ms-win-core-ioring-l1-1-0"),
                                        "BuildIoRingCancelRequest"),
                 (void *)BuildIoRingCancelRequest);
    cr_assert_eq(GetModuleHandleA("C:\\Windows\\System32\\kernel32.dll"), kernelbase);
    cr_assert_eq(LoadLibraryW(u"kernel32.dll"), kernelbase);
    cr_assert_neq(GetModuleHandleA("NTDLL"), kernelbase);
    FAILS(GetModuleHandleA("nosuch.dll"), ERROR_MOD_NOT_FOUND);
    cr_assert_eq((void *)GetProcAddress(kernelbase, "ReadFile"), (void *)ReadFile);
    FAILS(GetProcAddress(kernelbase, "NoSuchFunction"), ERROR_PROC_NOT_FOUND);
    FAILS(GetProcAddress(kernelbase, (LPCSTR)12), ERROR_PROC_NOT_FOUND);
    FAILS(GetProcAddress(kernelbase, "NtClose"), ERROR_PROC_NOT_FOUND);
}

Test(modules, shared_objects)
{
    HMODULE libm = LoadLibraryA("libm.so.6"), owner;

    cr_assert_not_null(libm);
    cr_assert_not_null((void *)GetProcAddress(libm, "cos"));
    cr_assert_eq(GetModuleHandleW(u"libm.so.6"), libm);
    OK(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCSTR)(void *)ReadFile, &owner));
    cr_assert_eq(owner, GetModuleHandleA("kernelbase"));
    OK(FreeLibrary(libm));
    FAILS(FreeLibrary(libm), ERROR_MOD_NOT_FOUND);
    FAILS(LoadLibraryA("no-such-library.so"), ERROR_MOD_NOT_FOUND);
}

Test(ringer, engines)
{
    struct ringer_engine_info info;
    const char *name = ringer_engine_name(), *wanted = getenv("RINGER_ENGINE");
    bool chosen = false;

    for (size_t i = 0; ringer_engine_info(i, &info); i++)
        chosen = chosen || (info.chosen && strcmp(info.name, name) == 0 && info.usable);
    cr_assert(chosen);
    if (wanted && strcmp(wanted, "threads") == 0)
        cr_assert_str_eq(name, "threads");
}
