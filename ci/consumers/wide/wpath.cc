// SPDX-License-Identifier: MIT
// A path from wide text.
// libc++ converts in its headers, by sizeof(wchar_t), and is right.
// expect: ringer either, ringer-char16 right
#include <windows.h>
#include <filesystem>

int main()
{
    std::filesystem::path p(L"a/b");
    return p.string() == "a/b" ? 0 : 1;
}
