// SPDX-License-Identifier: MIT
// A wide file.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <fstream>

int main()
{
    std::basic_ofstream<wchar_t> f("wide-out.txt");
    f << L"text";
    return f ? 0 : 1;
}
