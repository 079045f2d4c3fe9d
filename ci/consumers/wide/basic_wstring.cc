// SPDX-License-Identifier: MIT
// std::basic_string<wchar_t>, spelt out.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <string>

int main()
{
    std::basic_string<wchar_t> s(L"text");
    s += L"more and more and more and more";
    return s.size() == 35 ? 0 : 1;
}
