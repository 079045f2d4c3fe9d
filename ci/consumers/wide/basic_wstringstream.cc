// SPDX-License-Identifier: MIT
// Wide string streams, spelt out.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <sstream>
#include <string>

int main()
{
    std::basic_ostringstream<wchar_t> s;
    s << 5;
    return s.str().size() == 1 ? 0 : 1;
}
