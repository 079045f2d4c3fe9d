/* SPDX-License-Identifier: MIT */
/* What lint finds, and what it leaves alone: hooks.md 5.9, HK-14. */
#include "hooks/tests/hook_test.h"

#include <dlfcn.h>
#include <errno.h>

static const char *const none[] = {NULL};

/* Exactly these were found. */
static void found(const char *const *names)
{
    struct ringer_lint lint;
    size_t count = 0;

    while (names[count])
        count++;
    for (size_t i = 0; ringer_lint_info(i, &lint); i++) {
        bool known = false;

        for (size_t n = 0; n < count; n++)
            known = known || !strcmp(names[n], ringer_lint_name(lint.kind));
        cr_assert(known, "%s of %s: %s", ringer_lint_name(lint.kind), lint.function, lint.text);
    }
    cr_assert_eq(ringer_lint_count(), count);
}
#define FOUND(...) found((const char *const[]){__VA_ARGS__, NULL})

static void begin(void)
{
    if (!ringer_hook_watch(1))
        cr_skip_test("no assembly for this processor");
}

static DWORD(WINAPI *next)(void);
static char owner_a, owner_b;

static DWORD WINAPI passes_on(void)
{
    return next();
}

static DWORD WINAPI other(void)
{
    return 3;
}

static struct ringer_hook *make(void *detour, void **original, const void *owner)
{
    struct ringer_hook_options options = {.size = sizeof options, .owner = owner};
    struct ringer_hook *hook;

    cr_assert_eq(ringer_hook_create((void *)GetTickCount, detour, &options, original, &hook), 0);
    return hook;
}

Test(lint, a_good_hook)
{
    struct ringer_hook *a, *b;

    begin();
    a = make((void *)other, NULL, &owner_a);
    ringer_hook_enable(a);
    b = make((void *)passes_on, (void **)&next, &owner_b);
    ringer_hook_enable(b);
    cr_assert_eq(GetTickCount(), 3);
    SetLastError(12);
    errno = 13;
    cr_assert_eq(GetTickCount(), 3);
    cr_assert_eq(errno, 13);
    cr_assert_eq(GetLastError(), 12);
    ringer_hook_remove(b);
    ringer_hook_remove(a);
    found(none);
}

Test(lint, not_lifo)
{
    struct ringer_hook *a, *b;

    begin();
    a = make((void *)other, NULL, &owner_a);
    ringer_hook_enable(a);
    b = make((void *)passes_on, (void **)&next, &owner_b);
    ringer_hook_enable(b);
    ringer_hook_disable(a);
    FOUND("not-lifo");
}

Test(lint, own_hooks_may_leave_in_any_order)
{
    struct ringer_hook *a, *b;

    begin();
    a = make((void *)other, NULL, &owner_a);
    ringer_hook_enable(a);
    b = make((void *)passes_on, (void **)&next, &owner_a);
    ringer_hook_enable(b);
    ringer_hook_disable(a);
    found(none);
}

Test(lint, made_before_and_enabled_after)
{
    struct ringer_hook *a, *b;

    begin();
    a = make((void *)passes_on, (void **)&next, &owner_a);
    b = make((void *)other, NULL, &owner_b);
    ringer_hook_enable(b);
    ringer_hook_enable(a);
    FOUND("enable-order");
}

static DWORD WINAPI sets_error(void)
{
    DWORD ticks = next();

    SetLastError(99);
    return ticks;
}

static DWORD WINAPI sets_errno(void)
{
    DWORD ticks = next();

    errno = EDOM;
    return ticks;
}

static DWORD WINAPI sets_error_with_another_result(void)
{
    SetLastError(98);
    errno = EDOM;
    return next() + 1;
}

static void call_once(void *detour)
{
    struct ringer_hook *bottom, *hook;

    begin();
    bottom = make((void *)other, NULL, &owner_a);
    ringer_hook_enable(bottom);
    hook = make(detour, (void **)&next, &owner_a);
    ringer_hook_enable(hook);
    SetLastError(0);
    errno = 0;
    GetTickCount();
}

Test(lint, last_error)
{
    call_once((void *)sets_error);
    GetTickCount();
    FOUND("last-error");
}

Test(lint, errno_changed)
{
    call_once((void *)sets_errno);
    FOUND("errno");
}

Test(lint, an_error_of_its_own_result_is_its_own)
{
    call_once((void *)sets_error_with_another_result);
    found(none);
}

static int left;

static DWORD WINAPI calls_itself(void)
{
    return left-- ? GetTickCount() : next();
}

Test(lint, own_target)
{
    left = 1;
    call_once((void *)calls_itself);
    found(none); /* once is what a guard looks like */
    left = 5;
    GetTickCount();
    FOUND("own-target");
}

Test(lint, original_after_removal)
{
    struct ringer_hook *hook;

    begin();
    hook = make((void *)passes_on, (void **)&next, &owner_a);
    ringer_hook_enable(hook);
    ringer_hook_disable(hook);
    next();
    found(none);
    ringer_hook_remove(hook);
    next();
    FOUND("original-detached");
}

/* ---- who is inside ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int inside;

static DWORD WINAPI waits(void)
{
    atomic_store(&inside, 1);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return 5;
}

static void *call(void *unused)
{
    GetTickCount();
    return unused;
}

static void *open_gate(void *unused)
{
    pthread_mutex_unlock(&gate);
    return unused;
}

Test(lint, unload_with_a_caller_inside)
{
    struct ringer_hook *hook;
    pthread_t thread;

    begin();
    hook = make((void *)waits, NULL, &owner_a);
    ringer_hook_enable(hook);
    pthread_mutex_lock(&gate);
    pthread_create(&thread, NULL, call, NULL);
    while (!atomic_load(&inside))
        sched_yield();
    cr_assert_eq(ringer_hook_quiesce(&owner_a, 1), 0);
    cr_assert_eq(ringer_hook_quiesce(&owner_b, 1), 1);
    cr_assert_eq(ringer_hook_unload((void *)waits, 1), 0);
    pthread_mutex_unlock(&gate);
    pthread_join(thread, NULL);
    cr_assert_eq(ringer_hook_unload((void *)waits, 0xFFFFFFFF), 1);
    cr_assert_neq(GetTickCount(), 5);
    FOUND("unload-attached", "unload-inside");
}

Test(lint, quiesce_waits)
{
    struct ringer_hook *hook;
    pthread_t thread;

    begin();
    hook = make((void *)waits, NULL, &owner_a);
    ringer_hook_enable(hook);
    pthread_mutex_lock(&gate);
    pthread_create(&thread, NULL, call, NULL);
    while (!atomic_load(&inside))
        sched_yield();
    ringer_hook_remove(hook);
    open_gate(NULL);
    cr_assert_eq(ringer_hook_quiesce(&owner_a, 0xFFFFFFFF), 1);
    pthread_join(thread, NULL);
    found(none);
}

static void *leaves_for_good(void *unused)
{
    GetTickCount();
    return unused;
}

static DWORD WINAPI ends_the_thread(void)
{
    pthread_exit(NULL);
}

Test(lint, a_thread_that_ends_inside_is_inside_no_more)
{
    struct ringer_hook *hook;
    pthread_t thread;

    begin();
    hook = make((void *)ends_the_thread, NULL, &owner_a);
    ringer_hook_enable(hook);
    pthread_create(&thread, NULL, leaves_for_good, NULL);
    pthread_join(thread, NULL);
    cr_assert_eq(ringer_hook_quiesce(&owner_a, 0xFFFFFFFF), 1);
}

Test(lint, unwatched_is_unknown)
{
    struct ringer_hook *hook = make((void *)other, NULL, &owner_a);

    ringer_hook_enable(hook);
    cr_assert_eq(ringer_hook_quiesce(&owner_a, 1), -1);
    cr_assert_eq(ringer_hook_unload((void *)other, 1), -1);
    cr_assert_neq(GetTickCount(), 3, "but it is out");
    found(none);
}

/* ---- the loader ---- */

Test(lint, a_constructor)
{
    begin();
    setenv("HOOK_CONSTRUCTOR", "1", 1);
    cr_assert_not_null(dlopen(getenv("HOOK_INSTANCE"), RTLD_NOW | RTLD_LOCAL), "%s", dlerror());
    FOUND("loader");
}

/* ---- the list ---- */

Test(lint, reports_of_others)
{
    struct ringer_lint lint;

    cr_assert_eq(ringer_lint_report(RINGER_LINT_POISON, "ReadFile", (void *)other, "poison at byte 4"), 1);
    cr_assert_eq(ringer_lint_report(RINGER_LINT_POISON, "ReadFile", (void *)other, "and again"), 1);
    cr_assert_eq(ringer_lint_report(RINGER_LINT_KINDS, "ReadFile", NULL, "x"), 0);
    cr_assert_eq(ringer_lint_report(RINGER_LINT_POISON, NULL, NULL, NULL), 0);
    cr_assert_eq(ringer_lint_count(), 1);
    cr_assert(ringer_lint_info(0, &lint));
    cr_assert_str_eq(lint.function, "ReadFile");
    cr_assert_str_eq(lint.text, "poison at byte 4");
    cr_assert(*lint.module);
    cr_assert_not(ringer_lint_info(1, &lint));
    for (int kind = 0; kind < RINGER_LINT_KINDS; kind++)
        cr_assert_not_null(ringer_lint_name((enum ringer_lint_kind)kind));
    cr_assert_null(ringer_lint_name(RINGER_LINT_KINDS));
}
