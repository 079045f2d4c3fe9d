/* SPDX-License-Identifier: MIT */
/*
 * Life beside Microsoft's DirectX-Headers, whose <basetsd.h> stub defines a part of the base types too.
 * Most of them agree with ours. The few that do not (no anonymous members, 32-bit WCHAR) go by other
 * names: Microsoft's when this header comes first, ours when it comes second.
 */
#ifndef RINGER_DIRECTX_H
#define RINGER_DIRECTX_H

#if defined(RPC_NO_WINDOWS_H) && defined(COM_NO_WINDOWS_H) && defined(MIDL_INTERFACE)

/* Microsoft's came first. */
#define RINGER_HAS_DIRECTX_TYPES
#define LARGE_INTEGER RINGER_LARGE_INTEGER
#define PLARGE_INTEGER RINGER_PLARGE_INTEGER
#define _LARGE_INTEGER _RINGER_LARGE_INTEGER
#define ULARGE_INTEGER RINGER_ULARGE_INTEGER
#define PULARGE_INTEGER RINGER_PULARGE_INTEGER
#define _ULARGE_INTEGER _RINGER_ULARGE_INTEGER
#define SECURITY_ATTRIBUTES RINGER_SECURITY_ATTRIBUTES
#define _SECURITY_ATTRIBUTES _RINGER_SECURITY_ATTRIBUTES
#define TCHAR RINGER_TCHAR
#define PTSTR RINGER_PTSTR
#define LPCTSTR RINGER_LPCTSTR
#define PCTSTR RINGER_PCTSTR
#ifdef RINGER_CHAR16
#define WCHAR RINGER_WCHAR
#define PWSTR RINGER_PWSTR
#define LPWSTR RINGER_LPWSTR
#define PWCHAR RINGER_PWCHAR
#define LPCWSTR RINGER_LPCWSTR
#define PCWSTR RINGER_PCWSTR
#endif

#elif defined(__has_include)
#if __has_include(<unknwnbase.h>) && __has_include(<rpcndr.h>)

/* They are on the include path and may follow: now is the time, under other names. */
#define RINGER_HAS_DIRECTX_TYPES
#pragma push_macro("LONG_MAX")
#pragma push_macro("ULONG_MAX")
#define LARGE_INTEGER DIRECTX_LARGE_INTEGER
#define PLARGE_INTEGER DIRECTX_PLARGE_INTEGER
#define _LARGE_INTEGER _DIRECTX_LARGE_INTEGER
#define ULARGE_INTEGER DIRECTX_ULARGE_INTEGER
#define PULARGE_INTEGER DIRECTX_PULARGE_INTEGER
#define _ULARGE_INTEGER _DIRECTX_ULARGE_INTEGER
#define SECURITY_ATTRIBUTES DIRECTX_SECURITY_ATTRIBUTES
#define _SECURITY_ATTRIBUTES _DIRECTX_SECURITY_ATTRIBUTES
#define TCHAR DIRECTX_TCHAR
#define PTSTR DIRECTX_PTSTR
#define LPCTSTR DIRECTX_LPCTSTR
#define PCTSTR DIRECTX_PCTSTR
#define WCHAR DIRECTX_WCHAR
#define PWSTR DIRECTX_PWSTR
#define LPWSTR DIRECTX_LPWSTR
#define PWCHAR DIRECTX_PWCHAR
#define LPCWSTR DIRECTX_LPCWSTR
#define PCWSTR DIRECTX_PCWSTR
#include <rpcndr.h>
#undef LARGE_INTEGER
#undef PLARGE_INTEGER
#undef _LARGE_INTEGER
#undef ULARGE_INTEGER
#undef PULARGE_INTEGER
#undef _ULARGE_INTEGER
#undef SECURITY_ATTRIBUTES
#undef _SECURITY_ATTRIBUTES
#undef TCHAR
#undef PTSTR
#undef LPCTSTR
#undef PCTSTR
#undef WCHAR
#undef PWSTR
#undef LPWSTR
#undef PWCHAR
#undef LPCWSTR
#undef PCWSTR
#pragma pop_macro("LONG_MAX")
#pragma pop_macro("ULONG_MAX")
#undef TRUE
#undef FALSE

#endif
#endif

/* Microsoft's versions of these do less, or warn. */
#undef HeapAlloc
#undef HeapFree
#undef UNREFERENCED_PARAMETER
#undef C_ASSERT

#endif
