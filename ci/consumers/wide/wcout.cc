// SPDX-License-Identifier: MIT
// Wide streams.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <iostream>
#include <string>

int main()
{
    std::wcout << L"text" << std::endl;
    return 0;
}
