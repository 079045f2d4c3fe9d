// SPDX-License-Identifier: MIT
// Conversion by facet.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <locale>
#include <codecvt>
#include <string>

int main()
{
    std::wstring_convert<std::codecvt_utf8<wchar_t>> c;
    return c.from_bytes("\xc3\xa4") == L"\u00e4" ? 0 : 1;
}
