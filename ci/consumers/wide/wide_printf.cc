// SPDX-License-Identifier: MIT
// wprintf and printf of wide text, byte by byte as UTF-8.
// expect: ringer right, ringer-char16 refused
#include <cstdio>
#include <cstring>
#include <cwchar>
#include <windows.h>

int main()
{
    char line[64] = "";
    FILE *file = std::tmpfile();

    std::fwprintf(file, L"%s-%d", L"\u00e4\U0001F600", 5);
    std::fprintf(file, "-%ls", L"\u20ac");
    WCHAR word[] = L"end";
    std::fputws(word, file);
    std::rewind(file);
    if (!std::fgets(line, sizeof line, file))
        return 1;
    return std::strcmp(line, "\xc3\xa4\xf0\x9f\x98\x80-5-\xe2\x82\xac" "end") ? 2 : 0;
}
