/* SPDX-License-Identifier: MIT */
/* Loads the plugins of RINGER_HOOKS before main; ringer.h says how. */
#include <ringer.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef BOOL(WINAPI *dll_main_fn)(HINSTANCE module, DWORD reason, LPVOID reserved);

/* exit() would run destructors of what never was constructed. */
static void __attribute__((noreturn)) refuse(const char *file, const char *why)
{
    fprintf(stderr, "ringer: hook %s: %s\n", file, why);
    fflush(stderr);
    _exit(2);
}

static void load(const char *file, const char *args)
{
    void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    ringer_plugin_init_fn init;
    dll_main_fn dll_main;

    if (!object)
        refuse(file, dlerror());
    /* Only now, with dlopen's own lock free again: a plugin may load and look up at will. */
    init = (ringer_plugin_init_fn)dlsym(object, "ringer_plugin_init");
    if (init) {
        if (init(ringer_plugin_api(), args) != 0)
            refuse(file, "ringer_plugin_init failed");
        return;
    }
    dll_main = (dll_main_fn)dlsym(object, "DllMain");
    if (!dll_main)
        refuse(file, "has neither ringer_plugin_init nor DllMain");
    if (!dll_main((HINSTANCE)object, DLL_PROCESS_ATTACH, NULL))
        refuse(file, "DllMain returned FALSE");
}

/* Late among constructors: the emulator's own come first. */
static __attribute__((constructor(65535))) void load_all(void)
{
    const char *hooks = getenv("RINGER_HOOKS");
    char *list, *item, *next;

    if (!hooks || !*hooks)
        return;
    list = strdup(hooks);
    if (!list)
        refuse("RINGER_HOOKS", "no memory");
    for (item = list; item; item = next) {
        char *args;

        next = strchr(item, ',');
        if (next)
            *next++ = 0;
        args = strchr(item, ':');
        if (args)
            *args++ = 0;
        if (*item)
            load(item, args ? args : "");
    }
    free(list);
}
