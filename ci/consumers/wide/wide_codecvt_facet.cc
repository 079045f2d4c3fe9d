// SPDX-License-Identifier: MIT
// The conversion facet of a locale.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <locale>
#include <cwchar>

int main()
{
    return std::use_facet<std::codecvt<wchar_t, char, std::mbstate_t>>(std::locale()).max_length() > 0 ? 0 : 1;
}
