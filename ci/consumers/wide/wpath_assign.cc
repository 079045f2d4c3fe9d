// SPDX-License-Identifier: MIT
// A path assigned from std::wstring.
// libc++ converts in its headers, by sizeof(wchar_t), and is right.
// expect: ringer either, ringer-char16 right
#include <windows.h>
#include <filesystem>
#include <string>

int main()
{
    std::filesystem::path p;
    p = std::wstring(L"a/b");
    p /= L"c";
    return p.string() == "a/b/c" ? 0 : 1;
}
