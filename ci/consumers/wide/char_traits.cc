// SPDX-License-Identifier: MIT
// std::char_traits<wchar_t> by hand.
// expect: ringer refused, ringer-char16 right
#include <string>
#include <windows.h>

int main()
{
    return std::char_traits<wchar_t>::length(L"text") == 4 ? 0 : 1;
}
