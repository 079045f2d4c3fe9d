/* SPDX-License-Identifier: MIT */
/* What lint finds, and what it leaves alone: hooks.md 5.9, HK-14. */
#include "hooks/tests/hook_test.h"

#include <ioringapi.h>

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

static NTSTATUS(NTAPI *next_nt)(HANDLE, PLONG);

static NTSTATUS NTAPI keeps_what_it_found(HANDLE event, PLONG before)
{
    DWORD error = GetLastError();
    NTSTATUS status;

    SetLastError(77);
    errno = EDOM;
    status = next_nt(event, before);
    errno = 5;
    SetLastError(error);
    return status;
}

static NTSTATUS NTAPI leaves_another(HANDLE event, PLONG before)
{
    NTSTATUS status = next_nt(event, before);

    SetLastError(78);
    return status;
}

/* A service has no last error: what was there before may be there again, and nothing else. */
Test(lint, a_service_has_no_last_error)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct ringer_hook *hook;

    begin();
    ringer_hook_attach((void *)NtSetEvent, (void *)keeps_what_it_found, (void **)&next_nt, &hook);
    SetLastError(3);
    errno = 5;
    cr_assert_eq(NtSetEvent(event, NULL), STATUS_SUCCESS);
    found(none);
    ringer_hook_remove(hook);
    ringer_hook_attach((void *)NtSetEvent, (void *)leaves_another, (void **)&next_nt, &hook);
    SetLastError(3);
    cr_assert_eq(NtSetEvent(event, NULL), STATUS_SUCCESS);
    FOUND("last-error");
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

/* ---- rings ---- */

static HRESULT(WINAPI *next_pop)(HIORING, IORING_CQE *);
static __typeof__(&BuildIoRingReadFile) next_read;
static int first; /* so many pops go wrong */
static IORING_CQE kept;

static HRESULT WINAPI pop_twice(HIORING ring, IORING_CQE *completion)
{
    if (first-- == 0) {
        *completion = kept;
        return S_OK;
    }
    return next_pop(ring, completion) == S_OK ? (kept = *completion, S_OK) : S_FALSE;
}

static HRESULT WINAPI pop_and_lose(HIORING ring, IORING_CQE *completion)
{
    if (first-- == 0)
        next_pop(ring, completion);
    return next_pop(ring, completion);
}

static HRESULT WINAPI pop_altered(HIORING ring, IORING_CQE *completion)
{
    HRESULT result = next_pop(ring, completion);

    if (result == S_OK && first-- == 0)
        completion->Information /= 2;
    return result;
}

static HRESULT WINAPI pop_renamed(HIORING ring, IORING_CQE *completion)
{
    HRESULT result = next_pop(ring, completion);

    if (result == S_OK && first-- == 0)
        completion->UserData += 1000;
    return result;
}

static HRESULT WINAPI pop_through(HIORING ring, IORING_CQE *completion)
{
    if (kept.UserData) {
        *completion = kept;
        kept.UserData = 0;
        return S_OK;
    }
    return next_pop(ring, completion);
}

/* The read with user data 2 is virtual: it never goes down. */
static HRESULT WINAPI read_virtual(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF buffer,
                                   UINT32 nbytes, UINT64 offset, UINT_PTR user_data,
                                   IORING_SQE_FLAGS flags)
{
    if (user_data != 2)
        return next_read(ring, file, buffer, nbytes, offset, user_data, flags);
    kept = (IORING_CQE){.UserData = 2, .Information = 17};
    return S_OK;
}

/* Of the four reads: what the wait is for, and how long it may take. */
static UINT32 wait_for = 4, wait_ms = INFINITE;

/* Four reads of this program, waited for and popped until there are no more. */
static void read_four(void *pop)
{
    static char buffer[4][16];
    IORING_CREATE_FLAGS flags = {0};
    struct ringer_hook *hook;
    WCHAR name[MAX_PATH];
    IORING_CQE completion;
    HIORING ring;
    HANDLE file;

    begin();
    cr_assert_eq(ringer_hook_attach((void *)PopIoRingCompletion, pop, (void **)&next_pop, &hook), 0);
    OK(GetTempPathW(MAX_PATH, name));
    OK(GetTempFileNameW(name, u"lnt", 0, name));
    file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL, CREATE_ALWAYS,
                       FILE_FLAG_DELETE_ON_CLOSE, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    OK(WriteFile(file, buffer, sizeof buffer, &(DWORD){0}, NULL));
    cr_assert_eq(CreateIoRing(IORING_VERSION_3, flags, 8, 8, &ring), S_OK);
    for (UINT_PTR i = 0; i < 4; i++)
        cr_assert_eq(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                                         IoRingBufferRefFromPointer(buffer[i]), 16, i * 16, i,
                                         IOSQE_FLAGS_NONE), S_OK);
    cr_assert_eq(SubmitIoRing(ring, kept.UserData ? 3 : wait_for, wait_ms, NULL), S_OK);
    while (PopIoRingCompletion(ring, &completion) == S_OK)
        ;
    cr_assert_eq(CloseIoRing(ring), S_OK);
    OK(CloseHandle(file));
}

static HRESULT WINAPI pop_well(HIORING ring, IORING_CQE *completion)
{
    return next_pop(ring, completion);
}

Test(rings, a_good_hook)
{
    read_four((void *)pop_well);
    found(none);
}

Test(rings, a_virtual_read)
{
    begin();
    ringer_hook_attach((void *)BuildIoRingReadFile, (void *)read_virtual, (void **)&next_read, NULL);
    read_four((void *)pop_through);
    found(none);
}

Test(rings, completed_twice)
{
    first = 2;
    read_four((void *)pop_twice);
    FOUND("completed-twice");
}

Test(rings, never_completed)
{
    first = 2;
    read_four((void *)pop_and_lose);
    FOUND("never-completed");
}

Test(rings, never_completed_though_waited_for_with_a_limit)
{
    first = 2;
    wait_ms = 60000;
    read_four((void *)pop_and_lose);
    FOUND("never-completed");
}

/* The program never asks for all: it polls, finds nothing, and closes. */
Test(rings, never_completed_by_the_close)
{
    first = 2;
    wait_for = 1;
    read_four((void *)pop_and_lose);
    FOUND("never-completed");
}

static HRESULT WINAPI pop_no_more(HIORING ring, IORING_CQE *completion)
{
    return first-- ? next_pop(ring, completion) : S_FALSE;
}

/* What the hook leaves where it is may still be asked for. */
Test(rings, closed_with_completions_left)
{
    first = 2;
    wait_for = 1;
    read_four((void *)pop_no_more);
    found(none);
}

static HRESULT WINAPI pop_and_say(HIORING ring, IORING_CQE *completion)
{
    char text[300], cut[20];
    uint64_t calls = ringer_hook_calls();

    cr_assert(ringer_hook_standing(text, sizeof text));
    cr_assert(strstr(text, "inside PopIoRingCompletion of "), "%s", text);
    cr_assert_not(strstr(text, "did not go on"), "%s", text);
    cr_assert_lt(ringer_hook_standing(cut, sizeof cut), sizeof cut);
    cr_assert_eq(strncmp(cut, text, sizeof cut - 1), 0);
    cr_assert_geq(calls, 1);
    return next_pop(ring, completion);
}

Test(rings, what_hooks_have_in_hand)
{
    char text[300] = "?";

    cr_assert_eq(ringer_hook_standing(text, sizeof text), 0);
    cr_assert_eq(text[0], 0);
    cr_assert_eq(ringer_hook_standing(NULL, 0), 0);
    read_four((void *)pop_and_say);
    cr_assert_eq(ringer_hook_standing(text, sizeof text), 0, "%s", text);
}

static HRESULT WINAPI pop_and_say_kept(HIORING ring, IORING_CQE *completion)
{
    char text[300];

    ringer_hook_standing(text, sizeof text);
    cr_assert_eq(kept.UserData != 0, !!strstr(text, "user data 0x2 was queued and did not go on"),
                 "%s", text);
    return pop_through(ring, completion);
}

Test(rings, what_a_hook_keeps)
{
    begin();
    ringer_hook_attach((void *)BuildIoRingReadFile, (void *)read_virtual, (void **)&next_read, NULL);
    read_four((void *)pop_and_say_kept);
    found(none);
}

Test(rings, altered)
{
    first = 2;
    read_four((void *)pop_altered);
    FOUND("result-altered");
}

Test(rings, unknown)
{
    first = 2;
    read_four((void *)pop_renamed);
    FOUND("unknown-completion", "never-completed");
}

/* ---- poison ---- */

static const char poison[16] = "\xDE\x01POISON-OF-OURS";

/* 100 bytes of which so many, from at on, are poison. */
static HANDLE poisoned(unsigned at, unsigned nbytes)
{
    char bytes[100] = "good";
    WCHAR name[MAX_PATH];
    HANDLE file;

    begin();
    for (unsigned i = at; i < at + nbytes; i++)
        bytes[i] = poison[i % sizeof poison];
    cr_assert_eq(ringer_lint_poison(poison, 7), 0);
    cr_assert_eq(ringer_lint_poison(NULL, 16), 0);
    cr_assert_eq(ringer_lint_poison(poison, sizeof poison), 1);
    cr_assert_eq(ringer_lint_poison(poison, sizeof poison), 1, "again");
    OK(GetTempPathW(MAX_PATH, name));
    OK(GetTempFileNameW(name, u"lnt", 0, name));
    file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL, CREATE_ALWAYS,
                       FILE_FLAG_DELETE_ON_CLOSE, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    OK(WriteFile(file, bytes, sizeof bytes, &(DWORD){0}, NULL));
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    return file;
}

Test(poison, read)
{
    HANDLE file = poisoned(40, 30);
    char bytes[100];
    DWORD count;

    OK(ReadFile(file, bytes, 40, &count, NULL));
    found(none);
    OK(ReadFile(file, bytes, 5, &count, NULL));
    found(none); /* too few to say */
    OK(ReadFile(file, bytes, 8, &count, NULL));
    FOUND("poison");
    CloseHandle(file);
}

Test(poison, in_the_middle)
{
    HANDLE file = poisoned(32, 16);
    char bytes[100];
    DWORD count;

    OK(ReadFile(file, bytes, 100, &count, NULL));
    FOUND("poison");
    CloseHandle(file);
}

static void read_by_ring(unsigned offset)
{
    HANDLE file = poisoned(50, 50);
    IORING_CREATE_FLAGS flags = {0};
    IORING_CQE completion;
    char bytes[16];
    HIORING ring;

    cr_assert_eq(CreateIoRing(IORING_VERSION_3, flags, 8, 8, &ring), S_OK);
    cr_assert_eq(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                                     IoRingBufferRefFromPointer(bytes), 16, offset, 7,
                                     IOSQE_FLAGS_NONE), S_OK);
    cr_assert_eq(SubmitIoRing(ring, 1, INFINITE, NULL), S_OK);
    cr_assert_eq(PopIoRingCompletion(ring, &completion), S_OK);
    cr_assert_eq(completion.Information, 16);
    cr_assert_eq(CloseIoRing(ring), S_OK);
    CloseHandle(file);
}

Test(poison, ring)
{
    read_by_ring(60);
    FOUND("poison");
}

Test(poison, ring_of_good)
{
    read_by_ring(0);
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
