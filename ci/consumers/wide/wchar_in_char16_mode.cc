// SPDX-License-Identifier: MIT
// A 32-bit wide string is no WCHAR string.
// expect: ringer right, ringer-char16 refused
#include <windows.h>

int main()
{
    return CreateFileW(L"no-such-file", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr) ==
                       INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND ? 0 : 1;
}
