/* SPDX-License-Identifier: MIT */
/*
 * Detours' transactions over ringer_hook.h. One copy of this is in each plugin, with its own
 * transaction and its own attachments.
 *
 * [D] hooks.md 5.3: a pointer changes at Commit and not before, an error poisons the transaction, one
 * transaction at a time.
 */
#include <detours.h>
#include <ringer_hook.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* Of one target by one detour; lives from DetourAttach to the Commit of its DetourDetach. */
struct attachment {
    struct attachment *next;
    void *target, *detour, *original;
    struct ringer_hook *hook;
};

struct operation {
    struct operation *next; /* in the order that they were asked for */
    void **pointer;         /* the caller's */
    struct attachment *attachment;
    bool attach;
};

static struct {
    pthread_mutex_t mutex;
    DWORD thread; /* of the transaction; 0: there is none */
    LONG error;
    void **failed;
    struct operation *first, **end;
    struct attachment *attachments; /* attached; owned */
    BOOL ignore_small, retain;
    void *lower_bound, *upper_bound;
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER,
           .lower_bound = (void *)0x70000000,
           .upper_bound = (void *)0x80000000};

/* NO_ERROR with the lock held, or why not. */
static LONG begin(void)
{
    pthread_mutex_lock(&state.mutex);
    if (state.thread && state.thread == GetCurrentThreadId())
        return NO_ERROR;
    pthread_mutex_unlock(&state.mutex);
    return ERROR_INVALID_OPERATION;
}

static LONG end(LONG error)
{
    pthread_mutex_unlock(&state.mutex);
    return error;
}

static LONG poison_locked(LONG error, void **pointer)
{
    state.error = error;
    state.failed = pointer;
    return error;
}

LONG WINAPI DetourTransactionBegin(VOID)
{
    pthread_mutex_lock(&state.mutex);
    if (state.thread)
        return end(ERROR_INVALID_OPERATION);
    state.thread = GetCurrentThreadId();
    state.error = NO_ERROR;
    state.failed = NULL;
    state.first = NULL;
    state.end = &state.first;
    return end(NO_ERROR);
}

static void abort_locked(void)
{
    struct operation *operation;

    while ((operation = state.first)) {
        state.first = operation->next;
        if (operation->attach) {
            ringer_hook_remove(operation->attachment->hook);
            free(operation->attachment);
        }
        free(operation);
    }
    state.thread = 0;
}

LONG WINAPI DetourTransactionAbort(VOID)
{
    LONG error = begin();

    if (error)
        return error;
    abort_locked();
    return end(NO_ERROR);
}

static void forget_locked(struct attachment *attachment)
{
    struct attachment **link = &state.attachments;

    while (*link != attachment)
        link = &(*link)->next;
    *link = attachment->next;
    ringer_hook_remove(attachment->hook);
    free(attachment);
}

/* The pointers first: a detour that is reached finds its way on. */
static LONG apply_locked(void)
{
    struct ringer_hook_change *changes;
    struct operation *operation;
    size_t count = 0;

    for (operation = state.first; operation; operation = operation->next)
        count++;
    changes = calloc(count + 1, sizeof *changes);
    if (!changes)
        return ERROR_NOT_ENOUGH_MEMORY;
    count = 0;
    for (operation = state.first; operation; operation = operation->next) {
        struct attachment *attachment = operation->attachment;

        changes[count++] = (struct ringer_hook_change){attachment->hook, operation->attach};
        if (operation->attach)
            *operation->pointer = attachment->original;
    }
    ringer_hook_commit(changes, count);
    free(changes);
    while ((operation = state.first)) {
        struct attachment *attachment = operation->attachment;

        state.first = operation->next;
        if (operation->attach) {
            attachment->next = state.attachments;
            state.attachments = attachment;
        } else {
            *operation->pointer = attachment->target;
            forget_locked(attachment);
        }
        free(operation);
    }
    return NO_ERROR;
}

LONG WINAPI DetourTransactionCommitEx(PVOID **pppFailedPointer)
{
    LONG error = begin();

    if (pppFailedPointer)
        *pppFailedPointer = NULL;
    if (error)
        return error;
    error = state.error ? state.error : apply_locked();
    if (error && pppFailedPointer)
        *pppFailedPointer = state.failed;
    abort_locked();
    return end(error);
}

LONG WINAPI DetourTransactionCommit(VOID)
{
    return DetourTransactionCommitEx(NULL);
}

LONG WINAPI DetourUpdateThread(HANDLE hThread)
{
    LONG error = begin();

    return error ? error : end(state.error);
}

static LONG add_locked(void **pointer, struct attachment *attachment, bool attach)
{
    struct operation *operation = calloc(1, sizeof *operation);

    if (!operation)
        return ERROR_NOT_ENOUGH_MEMORY;
    *operation = (struct operation){.pointer = pointer, .attachment = attachment, .attach = attach};
    *state.end = operation;
    state.end = &operation->next;
    return NO_ERROR;
}

static LONG attach_locked(void **pointer, void *detour, struct attachment **attachment_out)
{
    struct ringer_hook_options options = {.size = sizeof options, .owner = &state};
    struct attachment *attachment = calloc(1, sizeof *attachment);
    int result;
    LONG error;

    if (!attachment)
        return ERROR_NOT_ENOUGH_MEMORY;
    attachment->target = DetourCodeFromPointer(*pointer, NULL);
    attachment->detour = detour;
    result = ringer_hook_create(attachment->target, detour, &options, &attachment->original,
                                &attachment->hook);
    error = result == RINGER_HOOK_OK          ? NO_ERROR
            : result == RINGER_HOOK_EXHAUSTED ? ERROR_NOT_ENOUGH_MEMORY
                                              : ERROR_INVALID_BLOCK;
    if (!error) {
        error = add_locked(pointer, attachment, true);
        if (error)
            ringer_hook_remove(attachment->hook);
    }
    if (error) {
        free(attachment);
        attachment = NULL;
    }
    *attachment_out = attachment;
    return error;
}

/* NO_ERROR: locked, and to be gone on with. */
static LONG check(void **pointer, void *detour)
{
    LONG error = begin();

    if (error)
        return error;
    if (!detour)
        return end(ERROR_INVALID_PARAMETER);
    if (state.error)
        return end(state.error);
    if (!pointer)
        return end(ERROR_INVALID_HANDLE);
    if (!*pointer)
        return end(poison_locked(ERROR_INVALID_HANDLE, pointer));
    return NO_ERROR;
}

LONG WINAPI DetourAttachEx(PVOID *ppPointer, PVOID pDetour, PDETOUR_TRAMPOLINE *ppRealTrampoline,
                           PVOID *ppRealTarget, PVOID *ppRealDetour)
{
    struct attachment *attachment;
    LONG error;

    if (ppRealTrampoline)
        *ppRealTrampoline = NULL;
    if (ppRealTarget)
        *ppRealTarget = NULL;
    if (ppRealDetour)
        *ppRealDetour = NULL;
    error = check(ppPointer, pDetour);
    if (error)
        return error;
    error = attach_locked(ppPointer, pDetour, &attachment);
    if (error == ERROR_INVALID_BLOCK && state.ignore_small)
        return end(error);
    if (error)
        return end(poison_locked(error, ppPointer));
    if (ppRealTrampoline)
        *ppRealTrampoline = (PDETOUR_TRAMPOLINE)attachment->original;
    if (ppRealTarget)
        *ppRealTarget = attachment->target;
    if (ppRealDetour)
        *ppRealDetour = pDetour;
    return end(NO_ERROR);
}

LONG WINAPI DetourAttach(PVOID *ppPointer, PVOID pDetour)
{
    return DetourAttachEx(ppPointer, pDetour, NULL, NULL, NULL);
}

static bool is_leaving_locked(const struct attachment *attachment)
{
    for (struct operation *at = state.first; at; at = at->next)
        if (at->attachment == attachment)
            return true;
    return false;
}

LONG WINAPI DetourDetach(PVOID *ppPointer, PVOID pDetour)
{
    LONG error = check(ppPointer, pDetour);
    struct attachment *at;

    if (error)
        return error;
    for (at = state.attachments; at; at = at->next)
        if (at->original == *ppPointer && at->detour == pDetour && !is_leaving_locked(at))
            break;
    error = at ? add_locked(ppPointer, at, false) : ERROR_INVALID_BLOCK;
    if (error == ERROR_INVALID_BLOCK && state.ignore_small)
        return end(error);
    return end(error ? poison_locked(error, ppPointer) : NO_ERROR);
}

static BOOL swap(BOOL *value, BOOL with)
{
    BOOL before;

    pthread_mutex_lock(&state.mutex);
    before = *value;
    *value = with;
    pthread_mutex_unlock(&state.mutex);
    return before;
}

static void *swap_bound(void **value, void *with)
{
    void *before;

    pthread_mutex_lock(&state.mutex);
    before = *value;
    *value = with;
    pthread_mutex_unlock(&state.mutex);
    return before;
}

BOOL WINAPI DetourSetIgnoreTooSmall(BOOL fIgnore)
{
    return swap(&state.ignore_small, fIgnore);
}

BOOL WINAPI DetourSetRetainRegions(BOOL fRetain)
{
    return swap(&state.retain, fRetain);
}

PVOID WINAPI DetourSetSystemRegionLowerBound(PVOID pSystemRegionLowerBound)
{
    return swap_bound(&state.lower_bound, pSystemRegionLowerBound);
}

PVOID WINAPI DetourSetSystemRegionUpperBound(PVOID pSystemRegionUpperBound)
{
    return swap_bound(&state.upper_bound, pSystemRegionUpperBound);
}

PVOID WINAPI DetourCodeFromPointer(PVOID pPointer, PVOID *ppGlobals)
{
    void *function = ringer_hook_function(pPointer);

    if (ppGlobals)
        *ppGlobals = NULL;
    return function ? function : pPointer;
}

PVOID WINAPI DetourFindFunction(LPCSTR pszModule, LPCSTR pszFunction)
{
    HMODULE module;

    if (!pszFunction) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    module = LoadLibraryA(pszModule);
    return module ? (PVOID)GetProcAddress(module, pszFunction) : NULL;
}
