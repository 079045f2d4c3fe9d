// SPDX-License-Identifier: MIT
// std::isspace of a locale.
// expect: ringer refused, ringer-char16 right
#include <windows.h>
#include <locale>

int main()
{
    return std::isspace(L' ', std::locale()) ? 0 : 1;
}
