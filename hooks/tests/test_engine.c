/* SPDX-License-Identifier: MIT */
/* Hooks and chains through the public calls: hooks.md HK-01 to HK-06, HK-11, HK-12, HK-15. */
#include "hooks/tests/hook_test.h"

#include <ioringapi.h>

/* ---- HK-02, HK-03: order ---- */

static char trail[64];
static struct ringer_hook *hooks[3];
static DWORD(WINAPI *original[3])(void);

static void note(char c)
{
    size_t n = strlen(trail);

    if (n + 1 < sizeof trail)
        trail[n] = c;
}

#define LAYER(i, in, out)                                                                          \
    static DWORD WINAPI layer_##i(void)                                                            \
    {                                                                                              \
        DWORD ticks;                                                                               \
                                                                                                   \
        note(in);                                                                                  \
        ticks = original[i]();                                                                     \
        note(out);                                                                                 \
        return ticks + (1u << i);                                                                  \
    }
LAYER(0, 'a', 'A')
LAYER(1, 'b', 'B')
LAYER(2, 'c', 'C')

static DWORD WINAPI no_ticks(void)
{
    return 0;
}

static void *const layers[] = {(void *)layer_0, (void *)layer_1, (void *)layer_2};

/* The original is a function that always answers 0; above it three layers. */
static void stack_three(void)
{
    struct ringer_hook_options lowest = {.size = sizeof lowest, .priority = -1};
    struct ringer_hook *bottom;

    cr_assert_eq(ringer_hook_create((void *)GetTickCount, (void *)no_ticks, &lowest, NULL, &bottom), 0);
    cr_assert_eq(ringer_hook_enable(bottom), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(ringer_hook_attach((void *)GetTickCount, layers[i], (void **)&original[i], &hooks[i]),
                     0);
}

static const char *walk(DWORD *ticks_out)
{
    memset(trail, 0, sizeof trail);
    *ticks_out = GetTickCount();
    return trail;
}

Test(chain, newest_outermost)
{
    DWORD ticks;

    stack_three();
    cr_assert_str_eq(walk(&ticks), "cbaABC");
    cr_assert_eq(ticks, 7);
}

Test(chain, leaves_in_any_order)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    DWORD ticks, left;

    stack_three();
    for (int o = 0; o < 6; o++) {
        left = 7;
        for (int step = 0; step < 3; step++) {
            cr_assert_eq(ringer_hook_disable(hooks[orders[o][step]]), RINGER_HOOK_OK);
            left &= ~(1u << orders[o][step]);
            cr_assert_eq(strlen(walk(&ticks)), 2 * (size_t)__builtin_popcount(left));
            cr_assert_eq(ticks, left, "order %d, step %d: %u", o, step, ticks);
        }
        for (int i = 0; i < 3; i++)
            cr_assert_eq(ringer_hook_enable(hooks[i]), RINGER_HOOK_OK);
        cr_assert_str_eq(walk(&ticks), "cbaABC");
    }
}

Test(chain, query)
{
    struct ringer_hook_layer layer;

    stack_three();
    for (size_t i = 0; i < 3; i++) {
        cr_assert(ringer_hook_chain((void *)GetTickCount, i, &layer));
        cr_assert_eq(layer.detour, layers[2 - i]);
        cr_assert_eq(layer.original, (void *)original[2 - i]);
        cr_assert(*layer.module);
    }
    cr_assert(ringer_hook_chain((void *)GetTickCount, 3, &layer));
    cr_assert_eq(layer.priority, -1);
    cr_assert_not(ringer_hook_chain((void *)GetTickCount, 4, &layer));
    cr_assert_not(ringer_hook_chain((void *)GetTickCount64, 0, &layer));
    cr_assert_not(ringer_hook_chain((void *)memcpy, 0, &layer));
}

Test(chain, priority_is_further_out)
{
    struct ringer_hook_options high = {.size = sizeof high, .priority = 1};
    DWORD ticks;

    cr_assert_eq(ringer_hook_create((void *)GetTickCount, (void *)layer_0, &high,
                                    (void **)&original[0], &hooks[0]), 0);
    cr_assert_eq(ringer_hook_enable(hooks[0]), 0);
    ringer_hook_attach((void *)GetTickCount, (void *)layer_1, (void **)&original[1], &hooks[1]);
    cr_assert_str_eq(walk(&ticks), "abBA");
    cr_assert_eq(ringer_hook_detach(hooks[1]), 0);
    cr_assert_str_eq(walk(&ticks), "aA");
}

/* ---- HK-05, HK-06: the original ---- */

Test(original, leads_on_after_the_hook_is_gone)
{
    struct ringer_hook *second;

    stack_three();
    cr_assert_eq(ringer_hook_detach(hooks[1]), RINGER_HOOK_OK);
    cr_assert_eq(original[1](), 1, "next was layer 0");
    /* And after what it led to is gone as well. */
    cr_assert_eq(ringer_hook_detach(hooks[0]), RINGER_HOOK_OK);
    cr_assert_eq(original[1](), 0);
    cr_assert_eq(original[0](), 0);
    cr_assert_eq(ringer_hook_detach(hooks[0]), RINGER_HOOK_INVALID);
    cr_assert_eq(ringer_hook_enable(hooks[0]), RINGER_HOOK_INVALID);
    /* The same pair again is the same thunk: however often, none is used up. */
    for (int i = 0; i < 3000; i++) {
        cr_assert_eq(ringer_hook_attach((void *)GetTickCount, (void *)layer_1, NULL, &second), 0);
        cr_assert_eq(second, hooks[1]);
        cr_assert_eq(ringer_hook_detach(second), 0);
    }
}

Test(original, can_be_called_before_the_hook_is_in)
{
    struct ringer_hook *hook;
    DWORD(WINAPI * next)(void) = NULL;

    cr_assert_eq(ringer_hook_create((void *)GetCurrentThreadId, (void *)layer_0, NULL, (void **)&next, &hook),
                 0);
    cr_assert_not_null((void *)next);
    cr_assert_eq(next(), GetCurrentThreadId());
}

/* ---- what is refused ---- */

Test(refused, codes)
{
    static int data;
    struct ringer_hook_options small = {.size = 4}, odd = {.size = sizeof odd, .flags = 0x80};
    void *next = &data;
    struct ringer_hook *hook = (void *)&data;

    cr_assert_eq(ringer_hook_create(NULL, (void *)layer_0, NULL, &next, &hook), RINGER_HOOK_NO_CODE);
    cr_assert_eq(ringer_hook_create(&data, (void *)layer_0, NULL, &next, &hook), RINGER_HOOK_NO_CODE);
    cr_assert_eq(ringer_hook_create((void *)ReadFile, &data, NULL, &next, &hook), RINGER_HOOK_NO_CODE);
    cr_assert_eq(ringer_hook_create((void *)layer_1, (void *)layer_0, NULL, &next, &hook),
                 RINGER_HOOK_NO_EXPORT);
    cr_assert_eq(ringer_hook_create((void *)ReadFile, (void *)layer_0, &small, &next, &hook),
                 RINGER_HOOK_INVALID);
    cr_assert_eq(ringer_hook_create((void *)ReadFile, (void *)layer_0, &odd, &next, &hook),
                 RINGER_HOOK_INVALID);
    cr_assert_eq(ringer_hook_create((void *)ReadFile, (void *)layer_0, NULL, &next, NULL),
                 RINGER_HOOK_INVALID);
    cr_assert_eq(next, &data);
    cr_assert_eq(hook, (void *)&data);
    cr_assert_eq(ringer_hook_create((void *)ReadFile, (void *)layer_0, NULL, NULL, &hook), 0);
    cr_assert_eq(ringer_hook_disable(hook), RINGER_HOOK_DISABLED);
    cr_assert_eq(ringer_hook_enable(hook), RINGER_HOOK_OK);
    cr_assert_eq(ringer_hook_enable(hook), RINGER_HOOK_ENABLED);
    cr_assert_eq(ringer_hook_enable(NULL), RINGER_HOOK_INVALID);
    cr_assert_eq(ringer_hook_remove((void *)&data), RINGER_HOOK_INVALID);
}

/* ---- several at once ---- */

Test(commit, all_or_nothing_and_only_what_differs)
{
    struct ringer_hook_change changes[3];
    DWORD ticks;

    stack_three();
    for (int i = 0; i < 3; i++)
        changes[i] = (struct ringer_hook_change){hooks[i], i == 1};
    cr_assert_eq(ringer_hook_commit(changes, 3), RINGER_HOOK_OK);
    cr_assert_str_eq(walk(&ticks), "bB");
    changes[0].enable = 1;
    changes[2].hook = NULL;
    cr_assert_eq(ringer_hook_commit(changes, 3), RINGER_HOOK_INVALID);
    cr_assert_str_eq(walk(&ticks), "bB");
}

/* ---- somebody else in the slot ---- */

static DWORD(WINAPI *under_raw)(void);

static DWORD WINAPI raw(void)
{
    note('r');
    return under_raw();
}

Test(slots, raw_swaps_above_and_below)
{
    DWORD ticks;

    under_raw = (DWORD(WINAPI *)(void))ringer_slot_swap("kernel32", "GetTickCount", (void *)no_ticks);
    for (int i = 0; i < 2; i++)
        ringer_hook_attach((void *)GetTickCount, layers[i], (void **)&original[i], &hooks[i]);
    under_raw = (DWORD(WINAPI *)(void))ringer_slot_swap("kernel32", "GetTickCount", (void *)raw);
    ringer_hook_attach((void *)GetTickCount, layers[2], (void **)&original[2], &hooks[2]);
    cr_assert_str_eq(walk(&ticks), "crbaABC");
    /* Layer 1 cannot be cut out: the raw one holds its address. It passes on, and comes back in place. */
    cr_assert_eq(ringer_hook_disable(hooks[1]), 0);
    cr_assert_str_eq(walk(&ticks), "craAC");
    cr_assert_eq(ringer_hook_disable(hooks[0]), 0);
    cr_assert_str_eq(walk(&ticks), "crC");
    cr_assert_eq(ringer_hook_enable(hooks[1]), 0);
    cr_assert_str_eq(walk(&ticks), "crbBC");
    cr_assert_eq(ringer_hook_enable(hooks[0]), 0);
    cr_assert_str_eq(walk(&ticks), "acrbBCA");
}

/* ---- arguments on the stack, by value ---- */

static HRESULT(WINAPI *next_write)(HIORING, IORING_HANDLE_REF, IORING_BUFFER_REF, UINT32, UINT64,
                                   FILE_WRITE_FLAGS, UINT_PTR, IORING_SQE_FLAGS);
static HRESULT WINAPI write_detour(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF buffer,
                                   UINT32 nbytes, UINT64 offset, FILE_WRITE_FLAGS write_flags,
                                   UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    return next_write(ring, file, buffer, nbytes, offset, write_flags, user_data, flags);
}

static HRESULT WINAPI write_bottom(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF buffer,
                                   UINT32 nbytes, UINT64 offset, FILE_WRITE_FLAGS write_flags,
                                   UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    return ring == (HIORING)1 && file.Kind == IORING_REF_REGISTERED && file.Handle.Index == 2 &&
                   buffer.Kind == IORING_REF_RAW && buffer.Buffer.Address == (void *)3 && nbytes == 4 &&
                   offset == 5 && write_flags == 6 && user_data == 7 && flags == 8
               ? 4711
               : 0;
}

Test(arguments, arrive)
{
    for (int watched = 0; watched <= ringer_hook_watch(0); watched++) {
        struct ringer_hook *bottom, *top;

        ringer_hook_watch(watched);
        ringer_hook_attach((void *)BuildIoRingWriteFile, (void *)write_bottom, NULL, &bottom);
        ringer_hook_attach((void *)BuildIoRingWriteFile, (void *)write_detour, (void **)&next_write, &top);
        cr_assert_eq(BuildIoRingWriteFile((HIORING)1, IoRingHandleRefFromIndex(2),
                                          IoRingBufferRefFromPointer((void *)3), 4, 5, 6, 7, 8),
                     4711);
        ringer_hook_detach(bottom);
        ringer_hook_detach(top);
    }
}

/* ---- HK-01: every export ---- */

/* What of a result is the function's: a stub in C brings back no more. -1: it does not come back. */
static int result_nbytes(const char *name)
{
    const struct { /* not static: to clang strcmp is no constant */
        const char *name;
        int nbytes;
    } results[] = {
#define EXPORT(module, ret, name, params, args) {#name, strcmp(#ret, "void") ? (int)sizeof(ret) : 0},
#define EXPORT_NORETURN(module, ret, name, params, args) {#name, -1},
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT
    };

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (!strcmp(name, results[i].name))
            return results[i].nbytes;
    return 0;
}

static bool is_answer(unsigned result, unsigned answer, int nbytes)
{
    unsigned mask = nbytes >= 4 ? ~0u : (1u << 8 * nbytes) - 1;

    return (result & mask) == (answer & mask);
}

#define CALL() call(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
Test(exports, each_can_be_hooked_and_let_go)
{
    struct ringer_hook_options lowest = {.size = sizeof lowest, .priority = INT32_MIN};
    size_t count = ringer_export_count();
    struct ringer_export row;
    struct ringer_hook *hook;

    if (!hook_test_answers[0])
        cr_skip_test("no assembly for this processor");
    cr_assert_leq(count, HOOK_TEST_DETOURS);
    hook_test_counting = 1;
    for (size_t i = 0; i < count; i++) {
        /* As many as any has: what lies on the stack is the callee's, who may write there. */
        unsigned (*call)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t,
                         uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t);
        int nbytes;

        ringer_export_info(i, &row);
        nbytes = result_nbytes(row.name);
        if (nbytes < 0)
            continue;
        call = (__typeof__(call))row.function;
        /* At the bottom one that answers a number, so that it can be called with none of its arguments. */
        cr_assert_eq(ringer_hook_create(row.function, hook_test_answers[i], &lowest, NULL, &hook), 0);
        cr_assert_eq(ringer_hook_enable(hook), 0);
        cr_assert(is_answer(CALL(), (unsigned)i + 1, nbytes), "%s", row.name);
        cr_assert_eq(ringer_hook_attach(row.function, hook_test_counters[i], &hook_test_next[i], &hook), 0);
        cr_assert_eq(hook_test_counts[i], 0);
        cr_assert(is_answer(CALL(), (unsigned)i + 1, nbytes), "%s", row.name);
        cr_assert_eq(hook_test_counts[i], 1, "%s", row.name);
        cr_assert_eq(ringer_hook_detach(hook), 0);
        cr_assert(is_answer(CALL(), (unsigned)i + 1, nbytes), "%s", row.name);
        cr_assert_eq(hook_test_counts[i], 1, "%s", row.name);
    }
}

/* ---- HK-11: one function by all its names; HK-12: one that is not there ---- */

Test(names, one_hook_sees_every_alias)
{
    static const char *const modules[] = {
        "kernel32", "KERNEL32.DLL", "kernelbase.dll", "C:\\Windows\\System32\\kernel32.dll",
        "api-ms-win-core-sysinfo-l1-1-0", "API-MS-Win-Core-SysInfo-l1-2-1.dll", "api-ms-win-core-file-l1-1-0"};
    DWORD ticks, sum = 0;

    stack_three();
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        HMODULE loaded = LoadLibraryA(modules[i]), there = GetModuleHandleA(modules[i]);
        DWORD(WINAPI * call)(void) = (DWORD(WINAPI *)(void))(void *)GetProcAddress(there, "GetTickCount");

        cr_assert_not_null(there, "%s", modules[i]);
        cr_assert_eq(loaded, there);
        cr_assert_eq((void *)call, (void *)GetTickCount, "%s", modules[i]);
        sum += call();
        OK(FreeLibrary(loaded));
    }
    cr_assert_eq(sum, 7 * sizeof modules / sizeof modules[0]);
    cr_assert_str_eq(walk(&ticks), "cbaABC");
    /* What has a Nt name only is of ntdll only, and a hook on what it looks like is no hook on it. */
    FAILS(GetProcAddress(GetModuleHandleA("kernel32"), "NtClose"), ERROR_PROC_NOT_FOUND);
    cr_assert_null(ringer_hook_function((void *)layer_0));
    cr_assert_eq(ringer_hook_function((void *)GetTickCount), (void *)GetTickCount);
}

Test(names, what_a_windows_has_not_is_not_found)
{
    setenv("RINGER_PROFILE", "win10", 1);
    FAILS(GetProcAddress(GetModuleHandleA("kernelbase"), "CreateIoRing"), ERROR_PROC_NOT_FOUND);
    FAILS(GetProcAddress(GetModuleHandleA("ntdll"), "NtSubmitIoRing"), ERROR_PROC_NOT_FOUND);
    cr_assert_not_null((void *)GetProcAddress(GetModuleHandleA("ntdll"), "NtReadFile"));
    cr_assert_eq(ringer_hook_profiles("kernel32", "CreateIoRing"), RINGER_GRAPH_WIN11);
    cr_assert_eq(ringer_hook_profiles("ntdll", "CreateIoRing"), 0);
    cr_assert_eq(ringer_hook_profiles(NULL, "ReadFile"),
                 RINGER_GRAPH_WIN11 | RINGER_GRAPH_WIN10 | RINGER_GRAPH_WINE);
}

/* ---- HK-04: threads ---- */

#define THREADS 8
static _Atomic bool stop;
static _Atomic uint64_t called, reached, wrong;
static DWORD(WINAPI *next_id[3])(void);
static _Thread_local DWORD my_id;

static DWORD WINAPI id_bottom(void)
{
    atomic_fetch_add_explicit(&reached, 1, memory_order_relaxed);
    return my_id;
}

#define ID_LAYER(i)                                                                                \
    static DWORD WINAPI id_layer_##i(void)                                                         \
    {                                                                                              \
        DWORD id = next_id[i]();                                                                   \
                                                                                                   \
        if (id != my_id)                                                                           \
            atomic_fetch_add(&wrong, 1);                                                           \
        return id;                                                                                 \
    }
ID_LAYER(0)
ID_LAYER(1)
ID_LAYER(2)

static void *call_ids(void *argument)
{
    uint64_t n = 0;

    my_id = (DWORD)(uintptr_t)argument;
    for (; !atomic_load_explicit(&stop, memory_order_relaxed); n++)
        if (GetCurrentThreadId() != my_id)
            atomic_fetch_add(&wrong, 1);
    atomic_fetch_add(&called, n);
    return NULL;
}

static void storm(int rounds)
{
    static void *const detours[] = {(void *)id_layer_0, (void *)id_layer_1, (void *)id_layer_2};
    struct ringer_hook_options lowest = {.size = sizeof lowest, .priority = -1};
    struct ringer_hook *bottom, *hook[3];
    pthread_t threads[THREADS];
    unsigned random = 1;

    called = reached = wrong = 0;
    stop = false;
    for (int i = 0; i < 3; i++)
        cr_assert_eq(ringer_hook_create((void *)GetCurrentThreadId, detours[i], NULL,
                                        (void **)&next_id[i], &hook[i]), 0);
    cr_assert_eq(ringer_hook_create((void *)GetCurrentThreadId, (void *)id_bottom, &lowest, NULL, &bottom), 0);
    cr_assert_eq(ringer_hook_enable(bottom), 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, call_ids, (void *)(i + 1)), 0);
    for (int i = 0; i < rounds; i++) {
        random = random * 1103515245u + 12345u;
        if (ringer_hook_enable(hook[random / 65536 % 3]) == RINGER_HOOK_ENABLED)
            ringer_hook_disable(hook[random / 65536 % 3]);
        if (i % 256 == 0)
            sched_yield();
    }
    stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(wrong, 0);
    cr_assert_eq(called, reached, "%llu called, %llu reached the end", (unsigned long long)called,
                 (unsigned long long)reached);
}

Test(threads, attach_and_detach_under_calls)
{
    storm(20000);
}

Test(threads, and_watched)
{
    if (ringer_hook_watch(1))
        storm(8000);
}

/* ---- the bypass ---- */

static int owner_a, owner_b;

Test(bypass, skips_the_owner_on_this_thread)
{
    struct ringer_hook_options a = {sizeof a, RINGER_HOOK_BYPASS, &owner_a, 0},
                               b = {sizeof b, RINGER_HOOK_BYPASS, &owner_b, 0};
    DWORD ticks;

    if (ringer_hook_create((void *)GetTickCount, (void *)layer_0, &a, (void **)&original[0], &hooks[0]) ==
        RINGER_HOOK_UNSUPPORTED)
        cr_skip_test("no assembly for this processor");
    cr_assert_not(ringer_hook_bypass_enter(&owner_b), "has no hook yet");
    ringer_hook_create((void *)GetTickCount, (void *)layer_1, &b, (void **)&original[1], &hooks[1]);
    ringer_hook_enable(hooks[0]);
    ringer_hook_enable(hooks[1]);
    for (int watched = 0; watched < 2; watched++) {
        ringer_hook_watch(watched);
        cr_assert_str_eq(walk(&ticks), "baAB");
        cr_assert(ringer_hook_bypass_enter(&owner_b));
        cr_assert_str_eq(walk(&ticks), "aA");
        cr_assert(ringer_hook_bypass_enter(&owner_b));
        cr_assert(ringer_hook_bypass_enter(&owner_a));
        cr_assert_str_eq(walk(&ticks), "");
        cr_assert(ringer_hook_bypass_leave(&owner_b));
        cr_assert_str_eq(walk(&ticks), "", "they nest");
        cr_assert(ringer_hook_bypass_leave(&owner_b));
        cr_assert(ringer_hook_bypass_leave(&owner_a));
        cr_assert_not(ringer_hook_bypass_leave(&owner_a));
        cr_assert_str_eq(walk(&ticks), "baAB");
    }
}

/* ---- HK-15: a hook on close that writes a log ---- */

static NTSTATUS(NTAPI *next_close)(HANDLE);
static _Thread_local bool logging;
static unsigned logged;
static WCHAR log_name[MAX_PATH];

static NTSTATUS NTAPI logging_close(HANDLE handle)
{
    DWORD error = GetLastError(), written;

    if (!logging) {
        HANDLE file;

        logging = true;
        file = CreateFileW(log_name, FILE_APPEND_DATA, 0, NULL, OPEN_ALWAYS, 0, NULL);
        if (file != INVALID_HANDLE_VALUE && WriteFile(file, "closed\n", 7, &written, NULL))
            logged++;
        CloseHandle(file);
        logging = false;
    }
    SetLastError(error);
    return next_close(handle);
}

Test(close, may_be_hooked_by_one_who_closes)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    WCHAR directory[MAX_PATH];
    DWORD flags;

    OK(GetTempPathW(MAX_PATH, directory));
    OK(GetTempFileNameW(directory, u"log", 0, log_name));
    cr_assert_eq(ringer_hook_attach((void *)NtClose, (void *)logging_close, (void **)&next_close, NULL), 0);
    OK(CloseHandle(event));
    cr_assert_eq(logged, 1);
    FAILS(GetHandleInformation(event, &flags), ERROR_INVALID_HANDLE);
    cr_assert_eq(logged, 1);
    OK(DeleteFileW(log_name));
}
