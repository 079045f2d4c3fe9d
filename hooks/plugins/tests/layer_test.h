/* SPDX-License-Identifier: MIT */
/* What the tests of refvfs' lower half share: its detours in place in this process, and a folder. */
#ifndef HOOKS_PLUGINS_TESTS_LAYER_TEST_H
#define HOOKS_PLUGINS_TESTS_LAYER_TEST_H

#include "hooks/plugins/layer/layer.h"

#include <criterion/criterion.h>

#include <windows.h>
#include <winternl.h>

#include <stdint.h>

/* Hooks this process, with nothing virtual yet, and makes an empty folder. */
void lt_start(void);
/* Removes the folder and all in it. */
void lt_end(void);

/* folder\name. Eight of them live at a time. */
const WCHAR *lt_path(const char *name);
/* A real file with this text; folders must be there. Past the hooks. */
void lt_write(const char *name, const char *text);
void lt_mkdir(const char *name);
void lt_delete(const char *name);
/* The size, or -1 - error: what a program sees that opens and reads it. text_out: 64 bytes. */
int lt_read(const WCHAR *path, char *text_out);
/* True: the program reads this text there, and all that names it agree on the size. */
bool lt_shows(const WCHAR *path, const char *text);
/* True: it is not there, however asked. */
bool lt_lacks(const WCHAR *path);
/* The virtual file with this text. */
UINT64 lt_add(const char *name, const char *text);

#endif
