// SPDX-License-Identifier: MIT
// Wide regex.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <regex>
#include <string>

int main()
{
    std::wstring s = L"aaa";
    return std::regex_match(s, std::wregex(L"a+")) ? 0 : 1;
}
