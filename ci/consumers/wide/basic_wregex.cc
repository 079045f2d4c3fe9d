// SPDX-License-Identifier: MIT
// Wide regex, spelt out.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <regex>
#include <string>

int main()
{
    std::basic_regex<wchar_t> r(L"a+");
    return std::regex_match(L"aaa", r) ? 0 : 1;
}
