// SPDX-License-Identifier: MIT
// The same with u16string.
// expect: ringer refused, ringer-char16 right
#include <string>
#include <filesystem>
#include <windows.h>

int main()
{
    std::u16string name = u"wide-\u00fc\U0001F600.txt";
    HANDLE file = CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
    if (file == INVALID_HANDLE_VALUE || !CloseHandle(file))
        return 1;
    std::filesystem::path path(name);
    if (path.string() != "wide-\xc3\xbc\xf0\x9f\x98\x80.txt" || !std::filesystem::exists(path))
        return 2;
    if (!DeleteFileW(path.u16string().c_str()))
        return 3;
    return 0;
}
