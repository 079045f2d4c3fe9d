/* SPDX-License-Identifier: MIT */
/* What a Win32 function or a COM method may say when resources run out. */
#ifndef TEST_FAIL_CODES_H
#define TEST_FAIL_CODES_H

#include "emu/tests/fail.h"

#include <windows.h>

static inline bool documented_error(DWORD error)
{
    static const DWORD known[] = {
        ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES, ERROR_TOO_MANY_OPEN_FILES,
        ERROR_OUTOFMEMORY,       ERROR_DISK_FULL,           ERROR_ACCESS_DENIED,
        ERROR_IO_DEVICE,         ERROR_NOT_SUPPORTED,       ERROR_NOACCESS,
        ERROR_COMMITMENT_LIMIT,
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == error)
            return true;
    return false;
}

static inline bool documented_hresult(HRESULT hr)
{
    return hr == E_OUTOFMEMORY || hr == E_ACCESSDENIED || hr == CO_E_NOT_SUPPORTED ||
           (HRESULT_FACILITY(hr) == FACILITY_WIN32 && documented_error(HRESULT_CODE(hr)));
}

/* Success? Anything undocumented, or any failure of a strict run, ends the child. */
static inline bool hr_succeeded(HRESULT hr, bool strict, const char *what, int line)
{
    if (SUCCEEDED(hr))
        return true;
    if (strict || !documented_hresult(hr)) {
        fprintf(stderr, "line %d: %s: %08x\n", line, what, (unsigned)hr);
        abort();
    }
    return false;
}
#define HR(call) hr_succeeded(call, strict, #call, __LINE__)

#endif
