// SPDX-License-Identifier: MIT
// A path as wide text.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <filesystem>
#include <string>

int main()
{
    std::filesystem::path p("a/b");
    return p.wstring() == L"a/b" ? 0 : 1;
}
