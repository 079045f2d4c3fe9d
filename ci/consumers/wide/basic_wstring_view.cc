// SPDX-License-Identifier: MIT
// std::basic_string_view<wchar_t>, spelt out.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <string_view>

int main()
{
    std::basic_string_view<wchar_t> s(L"text");
    return s.size() == 4 ? 0 : 1;
}
