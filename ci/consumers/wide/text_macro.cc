// SPDX-License-Identifier: MIT
// TEXT and the A/W names.
// expect: ringer right, ringer-char16 right
#define UNICODE
#include <windows.h>

int main()
{
    HANDLE file = CreateFile(TEXT("no-such-file"), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    const TCHAR *text = TEXT("ab");

    return file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND &&
           sizeof(TCHAR) == 2 && text[2] == 0 ? 0 : 1;
}
