// SPDX-License-Identifier: MIT
// L""s.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <string>

int main()
{
    using namespace std::literals;
    auto s = L"text"s;
    return s.size() == 4 ? 0 : 1;
}
