// SPDX-License-Identifier: MIT
// Wide numbers of a locale.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <locale>

int main()
{
    return std::use_facet<std::numpunct<wchar_t>>(std::locale()).decimal_point() == L'.' ? 0 : 1;
}
