/* SPDX-License-Identifier: MIT */
/* Windows module names, and what they stand for here. */
#ifndef DISPATCH_MODULES_H
#define DISPATCH_MODULES_H

#include <stdbool.h>
#include <stddef.h>

/* One a module that exports.def names; its address is its HMODULE. */
struct dispatch_module {
    const char *name; /* canonical: "kernelbase", "ntdll" */
    const char *file; /* "kernelbase.dll" */
};

extern const struct dispatch_module dispatch_modules[];
extern const size_t dispatch_module_count;

/*
 * The module behind a name: any case, with or without ".dll" or a directory, aliases and API sets
 * included (kernel32 and api-ms-win-core-* are kernelbase). NULL when it is none of ours.
 */
const struct dispatch_module *dispatch_module_find(const char *name);

/* The module when the pointer is one of ours, else NULL. */
const struct dispatch_module *dispatch_module_from(const void *handle);

#endif
