/* SPDX-License-Identifier: MIT */
/*
 * The base types. Widths are Windows', not LP64's: nothing here is `long`. They agree with Microsoft's
 * own <wsl/winadapter.h>, so that a program may include both.
 */
#ifndef _MINWINDEF_
#define _MINWINDEF_

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <ringer_directx.h>
#include <ringer_wchar.h>

#ifdef __cplusplus
#define RINGER_EXTERN_C_BEGIN extern "C" {
#define RINGER_EXTERN_C_END }
#else
#define RINGER_EXTERN_C_BEGIN
#define RINGER_EXTERN_C_END
#endif

#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#endif

/* One calling convention, the platform's own. */
#undef WINAPI
#define WINAPI
#undef APIENTRY
#define APIENTRY
#define CALLBACK
#define NTAPI
#define APIPRIVATE
#ifndef STDMETHODCALLTYPE
#define STDMETHODCALLTYPE
#define STDAPICALLTYPE
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#define RINGER_API __attribute__((visibility("default")))
#define WINBASEAPI RINGER_API
#define NTSYSAPI RINGER_API
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_ALIGN(x) __attribute__((aligned(x)))
#define FORCEINLINE static inline __attribute__((always_inline))
#undef STDAPI
#define STDAPI EXTERN_C RINGER_API HRESULT STDAPICALLTYPE
#define STDAPI_(type) EXTERN_C RINGER_API type STDAPICALLTYPE

#ifndef CONST
#define CONST const
#endif
#ifndef IN
#define IN
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif
#ifndef MAX_PATH
#define MAX_PATH 260
#endif

typedef void VOID;
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef void *HANDLE;
typedef HANDLE *PHANDLE, *LPHANDLE;

typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef char CCHAR;
typedef const char *LPCSTR, *PCSTR;
typedef WCHAR *PWCHAR, *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *PCWCH, *LPCWCH;

typedef int8_t INT8, *PINT8;
typedef int16_t INT16, *PINT16, SHORT, *PSHORT;
typedef int32_t INT32, *PINT32, INT, *PINT, LONG, *PLONG, *LPLONG, LONG32;
typedef int64_t INT64, *PINT64, LONG64, *PLONG64, LONGLONG, *PLONGLONG;
typedef uint8_t UINT8, *PUINT8, UCHAR, *PUCHAR;
typedef unsigned char BYTE, *PBYTE, *LPBYTE;
typedef uint16_t UINT16, *PUINT16, USHORT, *PUSHORT, WORD, *PWORD, *LPWORD;
typedef uint32_t UINT32, *PUINT32, UINT, *PUINT, ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD, DWORD32;
typedef uint64_t UINT64, *PUINT64, ULONG64, *PULONG64, ULONGLONG, *PULONGLONG, DWORD64, *PDWORD64,
    DWORDLONG, *PDWORDLONG;
/* winadapter.h has BOOL unsigned and BOOLEAN a char; one of the two had to give way. */
typedef uint32_t BOOL, WINBOOL, *PBOOL, *LPBOOL;
typedef char BOOLEAN, *PBOOLEAN;
typedef float FLOAT;
typedef double DOUBLE;

#if UINTPTR_MAX > 0xFFFFFFFFu
typedef int64_t INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR;
typedef uint64_t UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR, KAFFINITY;
#else
#error "Ringer needs a 64-bit platform."
#endif
typedef size_t SIZE_T, *PSIZE_T;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;

typedef LONG HRESULT;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef WORD ATOM;

typedef struct HINSTANCE__ *HINSTANCE, *HMODULE;
typedef HANDLE HGLOBAL, HLOCAL;
typedef INT_PTR(WINAPI *FARPROC)(void);
typedef INT_PTR(WINAPI *NEARPROC)(void);
typedef INT_PTR(WINAPI *PROC)(void);

#ifndef DECLARE_HANDLE
#define DECLARE_HANDLE(name) \
    struct name##__ {        \
        int unused;          \
    };                       \
    typedef struct name##__ *name
#endif

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#define MAKEWORD(a, b) ((WORD)(((BYTE)(a)) | ((WORD)((BYTE)(b))) << 8))
#define MAKELONG(a, b) ((LONG)(((WORD)(a)) | ((DWORD)((WORD)(b))) << 16))
#define LOWORD(l) ((WORD)(((DWORD_PTR)(l)) & 0xffff))
#define HIWORD(l) ((WORD)((((DWORD_PTR)(l)) >> 16) & 0xffff))
#define LOBYTE(w) ((BYTE)(((DWORD_PTR)(w)) & 0xff))
#define HIBYTE(w) ((BYTE)((((DWORD_PTR)(w)) >> 8) & 0xff))

#define MAXUINT8 ((UINT8)~((UINT8)0))
#define MAXUINT16 ((UINT16)~((UINT16)0))
#define MAXUINT32 ((UINT32)~((UINT32)0))
#define MAXUINT64 ((UINT64)~((UINT64)0))
#define MAXINT32 ((INT32)(MAXUINT32 >> 1))
#define MAXINT64 ((INT64)(MAXUINT64 >> 1))
#define MAXDWORD 0xffffffff
#define MAXLONG 0x7fffffff
#define MAXULONG_PTR (~((ULONG_PTR)0))

#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(P) ((void)(P))
#endif

#endif
