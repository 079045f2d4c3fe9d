/* SPDX-License-Identifier: MIT */
/*
 * MinHook's calls over ringer_hook.h. One copy of this is in each plugin: its list is the instance,
 * and the address of its state the owner that the engine knows it by.
 *
 * [D] hooks.md 5.3: the statuses and their order: what is wrong with the instance, with the addresses,
 * with the hook's own state.
 */
#include <MinHook.h>
#include <ringer_hook.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct entry {
    struct entry *next;
    void *target;
    struct ringer_hook *hook;
    bool enabled;
    bool queued; /* what ApplyQueued makes of enabled */
};

static struct {
    pthread_mutex_t mutex;
    bool initialized;
    struct entry *entries; /* owned */
} instance = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static struct entry **find_locked(const void *target)
{
    struct entry **link = &instance.entries;

    while (*link && (*link)->target != target)
        link = &(*link)->next;
    return link;
}

/* MH_OK with the lock held, or why not. */
static MH_STATUS begin(void)
{
    pthread_mutex_lock(&instance.mutex);
    if (instance.initialized)
        return MH_OK;
    pthread_mutex_unlock(&instance.mutex);
    return MH_ERROR_NOT_INITIALIZED;
}

static MH_STATUS end(MH_STATUS status)
{
    pthread_mutex_unlock(&instance.mutex);
    return status;
}

static void set_locked(struct entry *entry, bool enable)
{
    if (enable)
        ringer_hook_enable(entry->hook);
    else
        ringer_hook_disable(entry->hook);
    entry->enabled = entry->queued = enable;
}

/* All that differ from what wanted says of them, in one commit. */
static MH_STATUS set_all_locked(bool (*wanted)(const struct entry *entry))
{
    struct ringer_hook_change *changes;
    size_t count = 0;

    for (struct entry *at = instance.entries; at; at = at->next)
        count += at->enabled != wanted(at);
    if (!count)
        return MH_OK;
    changes = calloc(count, sizeof *changes);
    if (!changes)
        return MH_ERROR_MEMORY_ALLOC;
    count = 0;
    for (struct entry *at = instance.entries; at; at = at->next) {
        if (at->enabled == wanted(at))
            continue;
        changes[count++] = (struct ringer_hook_change){at->hook, wanted(at)};
        at->enabled = at->queued = wanted(at);
    }
    ringer_hook_commit(changes, count);
    free(changes);
    return MH_OK;
}

static bool all(const struct entry *entry)
{
    return true;
}

static bool none(const struct entry *entry)
{
    return false;
}

static bool as_queued(const struct entry *entry)
{
    return entry->queued;
}

MH_STATUS WINAPI MH_Initialize(VOID)
{
    MH_STATUS status;

    pthread_mutex_lock(&instance.mutex);
    status = instance.initialized ? MH_ERROR_ALREADY_INITIALIZED : MH_OK;
    instance.initialized = true;
    return end(status);
}

MH_STATUS WINAPI MH_Uninitialize(VOID)
{
    MH_STATUS status = begin();
    struct entry *entry;

    if (status)
        return status;
    status = set_all_locked(none);
    if (status)
        return end(status);
    while ((entry = instance.entries)) {
        instance.entries = entry->next;
        ringer_hook_remove(entry->hook);
        free(entry);
    }
    instance.initialized = false;
    return end(MH_OK);
}

MH_STATUS WINAPI MH_SetThreadFreezeMethod(MH_THREAD_FREEZE_METHOD method)
{
    MH_STATUS status = begin();

    return status ? status : end(MH_OK);
}

static MH_STATUS status_of(int result)
{
    switch (result) {
    case RINGER_HOOK_OK:
        return MH_OK;
    case RINGER_HOOK_NO_CODE:
        return MH_ERROR_NOT_EXECUTABLE;
    case RINGER_HOOK_EXHAUSTED:
        return MH_ERROR_MEMORY_ALLOC;
    default:
        return MH_ERROR_UNSUPPORTED_FUNCTION;
    }
}

/* A second hook on a target is told only after the addresses were found good. */
static MH_STATUS create_locked(void *target, void *detour, void **original)
{
    struct ringer_hook_options options = {.size = sizeof options, .owner = &instance};
    struct entry *entry;
    struct ringer_hook *hook;
    void *next;
    MH_STATUS status;

    if (*find_locked(target))
        return ringer_hook_is_code(detour) ? MH_ERROR_ALREADY_CREATED : MH_ERROR_NOT_EXECUTABLE;
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return MH_ERROR_MEMORY_ALLOC;
    status = status_of(ringer_hook_create(target, detour, &options, &next, &hook));
    if (status) {
        free(entry);
        return status;
    }
    entry->target = target;
    entry->hook = hook;
    entry->next = instance.entries;
    instance.entries = entry;
    if (original)
        *original = next;
    return MH_OK;
}

MH_STATUS WINAPI MH_CreateHook(LPVOID pTarget, LPVOID pDetour, LPVOID *ppOriginal)
{
    MH_STATUS status = begin();

    return status ? status : end(create_locked(pTarget, pDetour, ppOriginal));
}

MH_STATUS WINAPI MH_CreateHookApiEx(LPCWSTR pszModule, LPCSTR pszProcName, LPVOID pDetour,
                                    LPVOID *ppOriginal, LPVOID *ppTarget)
{
    HMODULE module = GetModuleHandleW(pszModule);
    void *target;

    if (!module)
        return MH_ERROR_MODULE_NOT_FOUND;
    target = (void *)GetProcAddress(module, pszProcName);
    if (!target)
        return MH_ERROR_FUNCTION_NOT_FOUND;
    if (ppTarget)
        *ppTarget = target;
    return MH_CreateHook(target, pDetour, ppOriginal);
}

MH_STATUS WINAPI MH_CreateHookApi(LPCWSTR pszModule, LPCSTR pszProcName, LPVOID pDetour,
                                  LPVOID *ppOriginal)
{
    return MH_CreateHookApiEx(pszModule, pszProcName, pDetour, ppOriginal, NULL);
}

MH_STATUS WINAPI MH_RemoveHook(LPVOID pTarget)
{
    MH_STATUS status = begin();
    struct entry **link, *entry;

    if (status)
        return status;
    link = find_locked(pTarget);
    entry = *link;
    if (!entry)
        return end(MH_ERROR_NOT_CREATED);
    *link = entry->next;
    ringer_hook_remove(entry->hook);
    free(entry);
    return end(MH_OK);
}

static MH_STATUS set(void *target, bool enable)
{
    MH_STATUS status = begin();
    struct entry *entry;

    if (status)
        return status;
    if (target == MH_ALL_HOOKS)
        return end(set_all_locked(enable ? all : none));
    entry = *find_locked(target);
    if (!entry)
        return end(MH_ERROR_NOT_CREATED);
    if (entry->enabled == enable)
        return end(enable ? MH_ERROR_ENABLED : MH_ERROR_DISABLED);
    set_locked(entry, enable);
    return end(MH_OK);
}

MH_STATUS WINAPI MH_EnableHook(LPVOID pTarget)
{
    return set(pTarget, true);
}

MH_STATUS WINAPI MH_DisableHook(LPVOID pTarget)
{
    return set(pTarget, false);
}

static MH_STATUS queue(void *target, bool enable)
{
    MH_STATUS status = begin();
    struct entry *entry;

    if (status)
        return status;
    if (target == MH_ALL_HOOKS) {
        for (entry = instance.entries; entry; entry = entry->next)
            entry->queued = enable;
        return end(MH_OK);
    }
    entry = *find_locked(target);
    if (!entry)
        return end(MH_ERROR_NOT_CREATED);
    entry->queued = enable;
    return end(MH_OK);
}

MH_STATUS WINAPI MH_QueueEnableHook(LPVOID pTarget)
{
    return queue(pTarget, true);
}

MH_STATUS WINAPI MH_QueueDisableHook(LPVOID pTarget)
{
    return queue(pTarget, false);
}

MH_STATUS WINAPI MH_ApplyQueued(VOID)
{
    MH_STATUS status = begin();

    return status ? status : end(set_all_locked(as_queued));
}

const char *WINAPI MH_StatusToString(MH_STATUS status)
{
    static const char *const names[] = {
#define NAME(status) [status + 1] = #status
        NAME(MH_UNKNOWN),
        NAME(MH_OK),
        NAME(MH_ERROR_ALREADY_INITIALIZED),
        NAME(MH_ERROR_NOT_INITIALIZED),
        NAME(MH_ERROR_ALREADY_CREATED),
        NAME(MH_ERROR_NOT_CREATED),
        NAME(MH_ERROR_ENABLED),
        NAME(MH_ERROR_DISABLED),
        NAME(MH_ERROR_NOT_EXECUTABLE),
        NAME(MH_ERROR_UNSUPPORTED_FUNCTION),
        NAME(MH_ERROR_MEMORY_ALLOC),
        NAME(MH_ERROR_MEMORY_PROTECT),
        NAME(MH_ERROR_MODULE_NOT_FOUND),
        NAME(MH_ERROR_FUNCTION_NOT_FOUND),
#undef NAME
    };
    int index = (int)status + 1;

    return index >= 0 && (size_t)index < sizeof names / sizeof names[0] ? names[index] : "(unknown)";
}
