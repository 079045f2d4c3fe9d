/* SPDX-License-Identifier: MIT */
/* The stubs in assembly: many threads through a slot that changes, and hooks that patch code. */
#include "hooks/tests/hook_test.h"
#include "hooks/tests/patch.h"

#include "emu/base/sanitizer.h"

enum { TEST_SUM, TEST_NUMBER, TEST_COUNT };

#define EXPORT(module, ret, name, params, args)                                                    \
    ret pad_##name params;                                                                         \
    ret bare_##name params;
#include "hooks/tests/stub_rows.def"
#undef EXPORT

static double add(long a, long b, long c, long d, long e, long f, long g, long h, double x, double y)
{
    return (double)(a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h) + 9 * x + 10 * y;
}

static double add_again(long a, long b, long c, long d, long e, long f, long g, long h, double x, double y)
{
    return 10 * y + 9 * x + (double)(8 * h + 7 * g + 6 * f + 5 * e + 4 * d + 3 * c + 2 * b + a);
}

static int seven(void)
{
    return 7;
}

static int eight(void)
{
    return 8;
}

extern _Atomic(void *) hook_test_slots[TEST_COUNT] __attribute__((visibility("hidden")));
_Atomic(void *) hook_test_slots[TEST_COUNT] = {(void *)add, (void *)seven};

typedef double sum_fn(long, long, long, long, long, long, long, long, double, double);

/* ---- threads ---- */

#define THREADS 8
static _Atomic bool stop;
static _Atomic unsigned wrong;

static void *call_sums(void *argument)
{
    sum_fn *const stubs[] = {pad_sum, bare_sum};
    unsigned long n = (unsigned long)(uintptr_t)argument;

    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        long a = (long)(n = n * 6364136223846793005u + 1442695040888963407u) >> 40;
        sum_fn *stub = stubs[n >> 63];

        if (stub(a, 1, a, 2, a, 3, a, 4, (double)a, 5) != add(a, 1, a, 2, a, 3, a, 4, (double)a, 5) ||
            pad_number() != 7)
            atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

Test(stubs, many_threads_while_slots_change)
{
    pthread_t threads[THREADS];

    for (uintptr_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, call_sums, (void *)(i + 1)), 0);
    for (int i = 0; i < 16000; i++) {
        atomic_store_explicit(&hook_test_slots[TEST_SUM], i & 1 ? (void *)add : (void *)add_again,
                              memory_order_release);
        if (i % 512 == 0)
            sched_yield();
    }
    stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(wrong, 0);
}

/* ---- shape ---- */

static void check_shape(const void *function, bool pad)
{
    static const uint8_t landing_pad[] = {0xf3, 0x0f, 0x1e, 0xfa}, nop[] = {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0};
    const uint8_t *code = function;

    cr_assert_eq((uintptr_t)code % 16, 0);
    cr_assert_arr_eq(code - 8, nop, 8);
    cr_assert_eq(memcmp(code, landing_pad, 4) == 0, pad);
    code += pad ? 4 : 0;
    cr_assert_arr_eq(code, nop, 8);
    cr_assert_arr_eq(code + 8, nop, 8);
}

Test(stubs, shape)
{
    check_shape((void *)pad_sum, true);
    check_shape((void *)pad_number, true);
    check_shape((void *)bare_sum, false);
#ifndef EMU_SANITIZED
    struct ringer_export row;

    for (size_t i = 0; ringer_export_info(i, &row); i++)
        check_shape(row.function, true);
#endif
}

/* ---- patches ---- */

static struct patch sum_patch;
static unsigned passed;

static double patched_sum(long a, long b, long c, long d, long e, long f, long g, long h, double x, double y)
{
    passed++;
    return ((sum_fn *)sum_patch.original)(a, b, c, d, e, f, g, h, x, y) + 1;
}

#define SUM(function) (function)(1, 2, 3, 4, 5, 6, 7, 8, 9.5, 10.5)

static void patch_one(sum_fn *stub, size_t skip, size_t nbytes)
{
    double plain = SUM(add);

    passed = 0;
    cr_assert(patch_apply(&sum_patch, (uint8_t *)stub + skip, (void *)patched_sum, nbytes));
    cr_assert_eq(SUM(stub), plain + 1);
    cr_assert_eq(passed, 1);
    /* Both ways of hooking on one function: the slot is behind the patch. */
    atomic_store(&hook_test_slots[TEST_SUM], (void *)add_again);
    cr_assert_eq(SUM(stub), plain + 1);
    atomic_store(&hook_test_slots[TEST_SUM], (void *)add);
    patch_remove(&sum_patch);
    cr_assert_eq(SUM(stub), plain);
    cr_assert_eq(passed, 2);
}

Test(patch, stubs_of_five_and_fourteen_bytes)
{
    static const size_t sizes[] = {5, 14};

    if (!patch_allowed((void *)pad_sum))
        cr_skip_test("code may not be written here");
    for (int i = 0; i < 2; i++) {
        patch_one(pad_sum, 0, sizes[i]);
        patch_one(pad_sum, 4, sizes[i]); /* behind the landing pad, as some do */
        patch_one(bare_sum, 0, sizes[i]);
    }
}

/* The way of hot patching: there is room before the entry for the long jump. */
extern uint8_t bare_number_code[] __asm__("bare_number");

Test(patch, room_before_the_entry)
{
    uint8_t *volatile code = bare_number_code; /* the compiler knows of no room there */
    uint8_t *entry = code;
    struct patch patch;

    if (!patch_allowed(entry))
        cr_skip_test("code may not be written here");
    cr_assert(patch_apply(&patch, entry - 8, (void *)eight, 5));
    cr_assert_eq(((int (*)(void))(entry - 8))(), 8);
    cr_assert_eq(bare_number(), 7, "the entry is as it was");
    patch_remove(&patch);
}

#ifndef EMU_SANITIZED
static struct patch ticks_patch;
static DWORD(WINAPI *next_ticks)(void);

static DWORD WINAPI patched_ticks(void)
{
    passed++;
    return ((DWORD(WINAPI *)(void))ticks_patch.original)();
}

static DWORD WINAPI hooked_ticks(void)
{
    return next_ticks() ^ 1;
}

static DWORD WINAPI no_ticks(void)
{
    return 40;
}

Test(patch, an_export_that_is_hooked_as_well)
{
    struct ringer_export row;
    struct ringer_hook *hook;

    cr_assert(ringer_export_find(NULL, "GetTickCount", &row));
    if (!patch_allowed(row.function))
        cr_skip_test("code may not be written here");
    ringer_hook_attach(row.function, (void *)no_ticks, NULL, NULL);
    cr_assert(patch_apply(&ticks_patch, row.function, (void *)patched_ticks, 14));
    cr_assert_eq(GetTickCount(), 40);
    cr_assert_eq(passed, 1);
    cr_assert_eq(ringer_hook_attach(row.function, (void *)hooked_ticks, (void **)&next_ticks, &hook), 0);
    cr_assert_eq(GetTickCount(), 41);
    cr_assert_eq(passed, 2);
    patch_remove(&ticks_patch);
    cr_assert_eq(GetTickCount(), 41);
    ringer_hook_detach(hook);
    cr_assert_eq(GetTickCount(), 40);
    cr_assert_eq(passed, 2);
}
#endif
