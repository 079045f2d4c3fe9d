/* SPDX-License-Identifier: MIT */
/*
 * Loads plugins: those of RINGER_HOOKS before main, others when asked; and tells them when the
 * process ends. ringer.h says how.
 */
#include <ringer.h>
#include <ringer_hook.h>

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef BOOL(WINAPI *dll_main_fn)(HINSTANCE module, DWORD reason, LPVOID reserved);

/* Loaded and told so; never unloaded: a caller may be inside one of its detours. */
struct plugin {
    struct plugin *earlier;
    void *object;
    ringer_plugin_fini_fn fini;
    dll_main_fn dll_main;
};

/* Written before main, or by a tool that has one thread. */
static struct plugin *plugins;

static int fail(char *error, size_t error_nbytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(char *error, size_t error_nbytes, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error && error_nbytes)
        vsnprintf(error, error_nbytes, format, args);
    va_end(args);
    return 0;
}

/* The newest goes first. As Windows does at the end of a process: reserved is not NULL. */
static void end_all(void)
{
    for (struct plugin *plugin = plugins; plugin; plugin = plugin->earlier) {
        if (plugin->fini)
            plugin->fini();
        else if (plugin->dll_main)
            plugin->dll_main((HINSTANCE)plugin->object, DLL_PROCESS_DETACH, plugin);
    }
}

static int keep(struct plugin plugin)
{
    struct plugin *kept = malloc(sizeof *kept);

    if (!kept)
        return 0;
    /* Handlers of exit come before destructors: plugin and emulator are still whole then. */
    if (!plugins && atexit(end_all)) {
        free(kept);
        return 0;
    }
    *kept = plugin;
    kept->earlier = plugins;
    plugins = kept;
    return 1;
}

static int load(const char *file, const char *args, char *error, size_t error_nbytes)
{
    struct plugin plugin = {.object = dlopen(file, RTLD_NOW | RTLD_LOCAL)};
    ringer_plugin_init_fn init;
    const void *poison;

    if (!plugin.object)
        return fail(error, error_nbytes, "%s: %s", file, dlerror());
    /* Only now, with dlopen's own lock free again: a plugin may load and look up at will. */
    poison = dlsym(plugin.object, "ringer_hook_poison");
    ringer_lint_poison(poison, poison ? RINGER_HOOK_POISON_NBYTES : 0);
    init = (ringer_plugin_init_fn)dlsym(plugin.object, "ringer_plugin_init");
    if (init) {
        plugin.fini = (ringer_plugin_fini_fn)dlsym(plugin.object, "ringer_plugin_fini");
        if (init(ringer_plugin_api(), args) != 0)
            return fail(error, error_nbytes, "%s: ringer_plugin_init failed", file);
        return keep(plugin) || fail(error, error_nbytes, "%s: no memory", file);
    }
    plugin.dll_main = (dll_main_fn)dlsym(plugin.object, "DllMain");
    if (!plugin.dll_main)
        return fail(error, error_nbytes, "%s: has neither ringer_plugin_init nor DllMain", file);
    if (!plugin.dll_main((HINSTANCE)plugin.object, DLL_PROCESS_ATTACH, NULL)) {
        /* As on Windows, where it would then be unloaded, which is left out: it may have hooked. */
        plugin.dll_main((HINSTANCE)plugin.object, DLL_PROCESS_DETACH, NULL);
        return fail(error, error_nbytes, "%s: DllMain returned FALSE", file);
    }
    return keep(plugin) || fail(error, error_nbytes, "%s: no memory", file);
}

int ringer_plugins_load(const char *list, char *error, size_t error_nbytes)
{
    char *copy = strdup(list ? list : ""), *item, *next;
    int good = 1;

    if (error && error_nbytes)
        *error = '\0';
    if (!copy)
        return fail(error, error_nbytes, "no memory");
    for (item = copy; item && good; item = next) {
        char *args;

        next = strchr(item, ',');
        if (next)
            *next++ = '\0';
        args = strchr(item, ':');
        if (args)
            *args++ = '\0';
        if (*item)
            good = load(item, args ? args : "", error, error_nbytes);
    }
    free(copy);
    return good;
}

void *ringer_plugin_symbol(const char *name)
{
    void *found = NULL;

    for (struct plugin *plugin = plugins; plugin && name && !found; plugin = plugin->earlier)
        found = dlsym(plugin->object, name);
    return found;
}

/* Late among constructors: the emulator's own come first. */
static __attribute__((constructor(65535))) void load_all(void)
{
    char error[512];

    if (ringer_plugins_load(getenv("RINGER_HOOKS"), error, sizeof error))
        return;
    fprintf(stderr, "ringer: hook %s\n", error);
    fflush(stderr);
    /* exit() would run destructors of what never was constructed. */
    _exit(2);
}
