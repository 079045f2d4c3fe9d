// SPDX-License-Identifier: MIT
// Wide order of a locale.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <locale>

int main()
{
    const wchar_t a[] = L"a", b[] = L"b";
    return std::use_facet<std::collate<wchar_t>>(std::locale()).compare(a, a + 1, b, b + 1) < 0 ? 0 : 1;
}
