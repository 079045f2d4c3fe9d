/* SPDX-License-Identifier: MIT */
/*
 * The subset of <windows.h> that a program of files, pipes, events, threads and I/O rings needs.
 * Everything declared here is implemented; there is no GUI.
 */
#ifndef _WINDOWS_
#define _WINDOWS_

#include <minwindef.h>
#include <winnt.h>
#include <minwinbase.h>
#include <winbase.h>
#include <winerror.h>
#include <winnls.h>

#endif
