// SPDX-License-Identifier: MIT
// std::wstring, wcslen and std::filesystem next to CreateFileW.
// expect: ringer right, ringer-char16 refused
#include <string>
#include <filesystem>
#include <fstream>
#include <cwchar>
#include <windows.h>

int main()
{
    std::wstring name = L"wide-";
    name += L"\u00fc\U0001F600.txt";
    if (wcslen(name.c_str()) != 12 || std::wcslen(name.c_str()) != name.size())
        return 1;
    HANDLE file = CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
    DWORD written = 0;
    if (file == INVALID_HANDLE_VALUE || !WriteFile(file, "abc", 3, &written, nullptr) ||
        written != 3 || !CloseHandle(file))
        return 2;
    std::filesystem::path path = "wide-\xc3\xbc\xf0\x9f\x98\x80.txt";
    if (!std::filesystem::exists(path) || std::filesystem::file_size(path) != 3)
        return 3;
    return std::filesystem::remove(path) ? 0 : 4;
}
