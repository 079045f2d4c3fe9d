/* SPDX-License-Identifier: MIT */
/* Between code pages and UTF-16. */
#ifndef _STRINGAPISET_
#define _STRINGAPISET_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define CP_ACP 0
#define CP_UTF8 65001
#define MB_PRECOMPOSED 0x00000001
#define MB_ERR_INVALID_CHARS 0x00000008
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_NO_BEST_FIT_CHARS 0x00000400

/*
 * UTF-8 to UTF-16.
 * CodePage: CP_UTF8, or CP_ACP, which is UTF-8 here; others are ERROR_INVALID_PARAMETER.
 * dwFlags: MB_ERR_INVALID_CHARS fails on what is no UTF-8, without it U+FFFD stands for each such
 *   byte; MB_PRECOMPOSED goes with CP_ACP; others are ERROR_INVALID_FLAGS.
 * lpMultiByteStr: the text.
 * cbMultiByte: bytes of it; -1 up to its terminator, which is converted, too.
 * lpWideCharStr: out; not the memory of lpMultiByteStr.
 * cchWideChar: characters of lpWideCharStr; 0 counts only.
 * Returns characters written or needed; 0 and the last error: ERROR_INSUFFICIENT_BUFFER,
 *   ERROR_NO_UNICODE_TRANSLATION, ERROR_INVALID_FLAGS, ERROR_INVALID_PARAMETER.
 * Source: [D] MultiByteToWideChar; [I].
 */
WINBASEAPI int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr,
                                          int cbMultiByte, LPWSTR lpWideCharStr, int cchWideChar);

/*
 * UTF-16 to UTF-8.
 * CodePage: CP_UTF8, or CP_ACP, which is UTF-8 here; others are ERROR_INVALID_PARAMETER.
 * dwFlags: WC_ERR_INVALID_CHARS fails on a lone surrogate, without it U+FFFD stands for it;
 *   WC_NO_BEST_FIT_CHARS goes with CP_ACP; others are ERROR_INVALID_FLAGS.
 * lpWideCharStr: the text.
 * cchWideChar: characters of it; -1 up to its terminator, which is converted, too.
 * lpMultiByteStr: out; not the memory of lpWideCharStr.
 * cbMultiByte: bytes of lpMultiByteStr; 0 counts only.
 * lpDefaultChar: NULL with CP_UTF8; never used.
 * lpUsedDefaultChar: out, FALSE; NULL with CP_UTF8.
 * Returns bytes written or needed; 0 and the last error: ERROR_INSUFFICIENT_BUFFER,
 *   ERROR_NO_UNICODE_TRANSLATION, ERROR_INVALID_FLAGS, ERROR_INVALID_PARAMETER.
 * Source: [D] WideCharToMultiByte; [I].
 */
WINBASEAPI int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr,
                                          int cchWideChar, LPSTR lpMultiByteStr, int cbMultiByte,
                                          LPCSTR lpDefaultChar, LPBOOL lpUsedDefaultChar);

RINGER_EXTERN_C_END

#endif
