// SPDX-License-Identifier: MIT
// Wide string streams.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <sstream>
#include <string>

int main()
{
    std::wstringstream s;
    s << 5;
    return s.str() == L"5" ? 0 : 1;
}
