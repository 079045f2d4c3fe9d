/* SPDX-License-Identifier: MIT */
/* UTF-8 and UTF-16. CP_ACP is UTF-8 here [decision]: it is what Linux programs' narrow names are. */
#include "api/kernelbase/kernelbase.h"

#include "api/ucrt/ucrt.h"

#define REPLACEMENT 0xFFFDu

static bool is_utf8(UINT page)
{
    return page == CP_ACP || page == CP_UTF8;
}

int WINAPI kb_MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr,
                                  int cbMultiByte, LPWSTR lpWideCharStr, int cchWideChar)
{
    size_t nbytes, at = 0, out = 0;

    if (!lpMultiByteStr || cbMultiByte == 0 || cchWideChar < 0 || (cchWideChar && !lpWideCharStr) ||
        (const void *)lpMultiByteStr == (const void *)lpWideCharStr)
        return (int)kb_fail(ERROR_INVALID_PARAMETER);
    if (!is_utf8(CodePage))
        return (int)kb_fail(ERROR_INVALID_PARAMETER);
    /* [D] For UTF-8 only MB_ERR_INVALID_CHARS; CP_ACP takes MB_PRECOMPOSED too. */
    if (dwFlags & ~(DWORD)(MB_ERR_INVALID_CHARS | (CodePage == CP_ACP ? MB_PRECOMPOSED : 0)))
        return (int)kb_fail(ERROR_INVALID_FLAGS);
    nbytes = cbMultiByte < 0 ? strlen(lpMultiByteStr) + 1 : (size_t)cbMultiByte;
    while (at < nbytes) {
        char16_t units[2];
        uint32_t code;
        size_t count, taken =
            ucrt_utf8_take((const unsigned char *)lpMultiByteStr + at, nbytes - at, &code);

        if (taken == 0) {
            if (dwFlags & MB_ERR_INVALID_CHARS)
                return (int)kb_fail(ERROR_NO_UNICODE_TRANSLATION);
            code = REPLACEMENT;
            taken = 1;
        }
        at += taken;
        count = ucrt_utf16_put(code, units);
        if (cchWideChar) {
            if (out + count > (size_t)cchWideChar)
                return (int)kb_fail(ERROR_INSUFFICIENT_BUFFER);
            memcpy(lpWideCharStr + out, units, count * sizeof *units);
        }
        out += count;
    }
    if (out > INT_MAX)
        return (int)kb_fail(ERROR_ARITHMETIC_OVERFLOW);
    return (int)out;
}

int WINAPI kb_WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr,
                                  int cchWideChar, LPSTR lpMultiByteStr, int cbMultiByte,
                                  LPCSTR lpDefaultChar, LPBOOL lpUsedDefaultChar)
{
    size_t length, at = 0, out = 0;

    if (!lpWideCharStr || cchWideChar == 0 || cbMultiByte < 0 || (cbMultiByte && !lpMultiByteStr) ||
        (const void *)lpMultiByteStr == (const void *)lpWideCharStr)
        return (int)kb_fail(ERROR_INVALID_PARAMETER);
    if (!is_utf8(CodePage))
        return (int)kb_fail(ERROR_INVALID_PARAMETER);
    /* [D] UTF-8 has no default character. */
    if (CodePage == CP_UTF8 && (lpDefaultChar || lpUsedDefaultChar))
        return (int)kb_fail(ERROR_INVALID_PARAMETER);
    if (dwFlags & ~(DWORD)(WC_ERR_INVALID_CHARS | (CodePage == CP_ACP ? WC_NO_BEST_FIT_CHARS : 0)))
        return (int)kb_fail(ERROR_INVALID_FLAGS);
    length = cchWideChar < 0 ? kb_length(lpWideCharStr) + 1 : (size_t)cchWideChar;
    if (lpUsedDefaultChar)
        *lpUsedDefaultChar = FALSE;
    while (at < length) {
        char bytes[4];
        uint32_t code;
        size_t count,
            taken = ucrt_utf16_take((const char16_t *)lpWideCharStr + at, length - at, &code);

        if (taken == 0) {
            if (dwFlags & WC_ERR_INVALID_CHARS)
                return (int)kb_fail(ERROR_NO_UNICODE_TRANSLATION);
            code = REPLACEMENT;
            taken = 1;
        }
        at += taken;
        count = ucrt_utf8_put(code, bytes);
        if (cbMultiByte) {
            if (out + count > (size_t)cbMultiByte)
                return (int)kb_fail(ERROR_INSUFFICIENT_BUFFER);
            memcpy(lpMultiByteStr + out, bytes, count);
        }
        out += count;
    }
    if (out > INT_MAX)
        return (int)kb_fail(ERROR_ARITHMETIC_OVERFLOW);
    return (int)out;
}

WCHAR *kb_wide(const char *utf8)
{
    WCHAR *wide;
    int count;

    if (!utf8) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    count = kb_MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, NULL, 0);
    if (count == 0)
        return NULL;
    wide = malloc((size_t)count * sizeof *wide);
    if (!wide) {
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    kb_MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, wide, count);
    return wide;
}

int WINAPI kb_lstrlenW(LPCWSTR lpString)
{
    return lpString ? (int)kb_length(lpString) : 0;
}

int WINAPI kb_lstrlenA(LPCSTR lpString)
{
    return lpString ? (int)strlen(lpString) : 0;
}
