/* SPDX-License-Identifier: MIT */
/*
 * Module names. [I] hooks.md 5.2: one slot an implementation; kernel32 and the API sets are other names
 * of it, as they forward on Windows.
 */
#include "api/dispatch/modules.h"

#include <string.h>
#include <strings.h>

const struct dispatch_module dispatch_modules[] = {
    {"kernelbase", "kernelbase.dll"},
    {"ntdll", "ntdll.dll"},
    {"dstorage", "dstorage.dll"},
    {"dstoragecore", "dstoragecore.dll"},
    {"d3d12", "d3d12.dll"},
};
const size_t dispatch_module_count = sizeof dispatch_modules / sizeof dispatch_modules[0];

static const struct {
    const char *name;
    bool prefix; /* API sets end in -l<level>-<version>-<sub> */
    unsigned module;
} names[] = {
    {"kernelbase", false, 0},
    {"kernel32", false, 0},
    {"ntdll", false, 1},
    {"dstorage", false, 2},
    {"dstoragecore", false, 3},
    {"d3d12", false, 4},
    {"api-ms-win-core-console-", true, 0},
    {"api-ms-win-core-debug-", true, 0},
    {"api-ms-win-core-errorhandling-", true, 0},
    {"api-ms-win-core-fibers-", true, 0},
    {"api-ms-win-core-file-", true, 0},
    {"api-ms-win-core-handle-", true, 0},
    {"api-ms-win-core-heap-", true, 0},
    {"api-ms-win-core-interlocked-", true, 0},
    {"api-ms-win-core-io-", true, 0},
    {"api-ms-win-core-ioring-", true, 0},
    {"api-ms-win-core-libraryloader-", true, 0},
    {"api-ms-win-core-localization-", true, 0},
    {"api-ms-win-core-memory-", true, 0},
    {"api-ms-win-core-namedpipe-", true, 0},
    {"api-ms-win-core-processenvironment-", true, 0},
    {"api-ms-win-core-processthreads-", true, 0},
    {"api-ms-win-core-profile-", true, 0},
    {"api-ms-win-core-string-", true, 0},
    {"api-ms-win-core-synch-", true, 0},
    {"api-ms-win-core-sysinfo-", true, 0},
};

const struct dispatch_module *dispatch_module_find(const char *name)
{
    size_t length;

    for (const char *at = name; *at; at++) {
        if (*at == '\\' || *at == '/')
            name = at + 1;
    }
    length = strlen(name);
    if (length > 4 && strcasecmp(name + length - 4, ".dll") == 0)
        length -= 4;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t known = strlen(names[i].name);

        if (strncasecmp(name, names[i].name, known) == 0 &&
            (names[i].prefix ? length > known : length == known))
            return &dispatch_modules[names[i].module];
    }
    return NULL;
}

const struct dispatch_module *dispatch_module_from(const void *handle)
{
    for (size_t i = 0; i < dispatch_module_count; i++) {
        if (handle == &dispatch_modules[i])
            return &dispatch_modules[i];
    }
    return NULL;
}
