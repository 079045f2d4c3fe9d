// SPDX-License-Identifier: MIT
// Nothing narrow is worse off.
// expect: ringer right, ringer-char16 right
#include <filesystem>
#include <fstream>
#include <iostream>
#include <locale>
#include <regex>
#include <sstream>
#include <string>
#include <windows.h>

int main()
{
    std::stringstream s;
    std::filesystem::path path = std::filesystem::current_path() / "narrow.tmp";

    s << "a" << 1 << 2.5 << std::hex << 255;
    if (s.str() != "a12.5ff" || !std::regex_match(s.str(), std::regex("[a-z0-9.]+")))
        return 1;
    std::ofstream(path) << "text" << std::endl;
    if (std::filesystem::file_size(path) != 5 || !std::filesystem::remove(path))
        return 2;
    std::cout << path.filename() << std::u16string(u"ab").size() << std::endl;
    return std::isalpha('x', std::locale()) && std::stoi("12") == 12 ? 0 : 3;
}
