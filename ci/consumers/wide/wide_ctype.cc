// SPDX-License-Identifier: MIT
// A wide facet.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <locale>

int main()
{
    return std::use_facet<std::ctype<wchar_t>>(std::locale()).is(std::ctype_base::alpha, L'a') ? 0 : 1;
}
