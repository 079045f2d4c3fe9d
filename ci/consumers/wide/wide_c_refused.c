// SPDX-License-Identifier: MIT
// A wide function without a 16-bit version.
// expect: ringer refused, ringer-char16 right
#include <wchar.h>
#include <windows.h>

int main(void)
{
    int value = 0;

    return swscanf(L"12", L"%d", &value) == 1 && value == 12 ? 0 : 1;
}
