/* SPDX-License-Identifier: MIT */
/* Exits with what GetTickCount says; a plugin decides. */
#include <windows.h>

int main(void)
{
    return (int)(GetTickCount() & 0xFF);
}
