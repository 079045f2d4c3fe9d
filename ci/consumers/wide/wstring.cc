// SPDX-License-Identifier: MIT
// What a program does with std::wstring.
// expect: ringer right, ringer-char16 refused
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>
#include <sstream>
#include <windows.h>

int main()
{
    std::wstring s = L"hello";
    WCHAR room[260];

    s += L" w\u00f6rld";
    if (s.size() != 11 || s.find(L"w\u00f6") != 6 || s.substr(0, 5) != L"hello" || s.back() != L'd')
        return 1;
    std::unordered_map<std::wstring, int> hashed{{s, 3}};
    std::map<std::wstring, int> sorted{{L"b", 2}, {L"a", 1}};
    if (hashed.at(L"hello w\u00f6rld") != 3 || sorted.begin()->second != 1)
        return 2;
    if (std::to_wstring(-42) != L"-42" || std::stoi(std::wstring(L"77")) != 77 ||
        std::stod(std::wstring(L"1.5")) != 1.5)
        return 3;
    std::wstring_view view = s;
    if (view.substr(6) != L"w\u00f6rld" || std::hash<std::wstring_view>()(view) !=
                                               std::hash<std::wstring>()(s))
        return 4;
    std::wstring big(1000, L'x');
    big.insert(3, L"abc").replace(0, 3, L"zz").erase(5);
    if (big != L"zzabc" || std::wstring(big.rbegin(), big.rend()) != L"cbazz")
        return 5;
    std::vector<wchar_t> buffer(260);
    if (swprintf(buffer.data(), buffer.size(), L"%s", s.c_str()) != 11 || s != buffer.data())
        return 6;
    if (std::wstring(L"\U0001F600").size() != 2)
        return 7;
    std::copy(s.begin(), s.end(), room);
    room[s.size()] = 0;
    std::ostringstream narrow;
    narrow << "still " << 8;
    return s.compare(room) == 0 && narrow.str() == "still 8" ? 0 : 8;
}
