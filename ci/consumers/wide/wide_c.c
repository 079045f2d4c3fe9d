// SPDX-License-Identifier: MIT
// The wide C functions and printf with wide arguments.
// expect: ringer right, ringer-char16 refused
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <inttypes.h>
#include <wctype.h>
#include <windows.h>

int main(void)
{
    wchar_t text[100], *end, *next;
    const WCHAR *word = L"w\u00f6rld";
    char bytes[40];
    size_t longer = 300;
    wchar_t *big = malloc((longer + 1) * sizeof *big);

    if (sizeof(wchar_t) != 2 || wcslen(word) != 5)
        return 1;
    if (swprintf(text, 100, L"%s|%5d|%-4ls|%hs|%S|%c|%lld|%.2f|%%", L"wide", 42, L"x", "narrow", "b",
                 L'\u20ac', -7LL, 1.5) != 36 ||
        wcscmp(text, L"wide|   42|x   |narrow|b|\u20ac|-7|1.50|%"))
        return 2;
    if (wcstol(L" -12x", &end, 10) != -12 || *end != L'x' || wcstoimax(L"7", NULL, 10) != 7)
        return 3;
    if (snprintf(bytes, sizeof bytes, "%ls %S %lc", L"\u20ac", L"\U0001F600", L'z') != 10 ||
        strcmp(bytes, "\xe2\x82\xac \xf0\x9f\x98\x80 z"))
        return 4;
    if (towupper(L'\u00e4') != L'\u00c4' || !iswalpha(L'\u0416') || iswdigit(L'x'))
        return 5;
    if (mbstowcs(text, "\xf0\x9f\x98\x80", 10) != 2 || text[0] != 0xd83d ||
        wcstombs(bytes, text, sizeof bytes) != 4)
        return 6;
    if (_wcsicmp(L"ABC\u00c4", L"abc\u00e4") || wcscmp(L"a", L"b") >= 0 || !wcsstr(word, L"\u00f6r"))
        return 7;
    wcscpy(text, L"a b  c");
    if (wcscmp(wcstok(text, L" ", &next), L"a") || wcscmp(wcstok(NULL, L" ", &next), L"b") ||
        wcscmp(wcstok(NULL, L" ", &next), L"c") || wcstok(NULL, L" ", &next))
        return 8;
    if (swprintf(text, 4, L"%s", L"12345") >= 0 || _snwprintf(text, 5, L"12345") != 5)
        return 9;
    wmemset(big, L'y', longer);
    big[longer] = 0;
    if (wcslen(big) != 300 || wcschr(big, L'z') || wcsrchr(big, L'y') != big + 299)
        return 10;
    free(big);
    return 0;
}
