// SPDX-License-Identifier: MIT
// wcslen by way of <string.h> and <windows.h>, where Windows has it.
// expect: ringer right, ringer-char16 refused
#include <string.h>
#include <windows.h>

int main(void)
{
    WCHAR path[MAX_PATH] = L"abc";

    return wcslen(path) == 3 && !_wcsicmp(path, L"ABC") ? 0 : 1;
}
