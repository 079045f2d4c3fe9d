/* SPDX-License-Identifier: MIT */
/*
 * Enough of Criterion's interface to run our tests under ThreadSanitizer, with which Criterion 2.4
 * crashes before its first test. Each test runs in a forked child; output is TAP. A test file must
 * not tell the two apart.
 */
#ifndef EMU_TESTS_PLAIN_CRITERION_H
#define EMU_TESTS_PLAIN_CRITERION_H

#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct plain_test {
    const char *suite, *name;
    void (*run)(void);
    void (*init)(void);
    void (*fini)(void);
    int signal, exit_code;
    double timeout;
    bool disabled;
    const char *description;
    struct plain_test *next;
};

#define PLAIN_SKIPPED 77

__attribute__((weak)) struct plain_test *plain_first;
__attribute__((weak)) struct plain_test **plain_end = &plain_first;
__attribute__((weak)) _Atomic int plain_failures;

#define Test(suite_, name_, ...)                                                                   \
    static void suite_##_##name_##_impl(void);                                                     \
    static struct plain_test suite_##_##name_##_test = {                                           \
        .suite = #suite_, .name = #name_, .run = suite_##_##name_##_impl, __VA_ARGS__};            \
    __attribute__((constructor)) static void suite_##_##name_##_add(void)                          \
    {                                                                                              \
        *plain_end = &suite_##_##name_##_test;                                                     \
        plain_end = &suite_##_##name_##_test.next;                                                 \
    }                                                                                              \
    static void suite_##_##name_##_impl(void)

struct plain_suite {
    const char *name;
    void (*init)(void);
    void (*fini)(void);
    double timeout;
    bool disabled;
    const char *description;
    struct plain_suite *next;
};

__attribute__((weak)) struct plain_suite *plain_suites;

#define TestSuite(suite_, ...)                                                                     \
    static struct plain_suite suite_##_suite = {.name = #suite_, __VA_ARGS__};                     \
    __attribute__((constructor)) static void suite_##_suite_add(void)                              \
    {                                                                                              \
        suite_##_suite.next = plain_suites;                                                        \
        plain_suites = &suite_##_suite;                                                            \
    }                                                                                              \
    extern int plain_no_suite_options

static inline __attribute__((format(printf, 5, 6))) void plain_failed(bool fatal, const char *what,
                                                              const char *file, int line,
                                                              const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "# %s:%d: %s %s\n", file, line, what, text);
    plain_failures++;
    if (fatal)
        _exit(1);
}

#define PLAIN_CHECK(fatal, cond, what, ...)                                                        \
    ((cond) ? (void)0 : plain_failed(fatal, what, __FILE__, __LINE__, " " __VA_ARGS__))

#define cr_assert(cond, ...) PLAIN_CHECK(true, cond, #cond, __VA_ARGS__)
#define cr_expect(cond, ...) PLAIN_CHECK(false, cond, #cond, __VA_ARGS__)
#define cr_assert_not(cond, ...) PLAIN_CHECK(true, !(cond), "!" #cond, __VA_ARGS__)
#define cr_expect_not(cond, ...) PLAIN_CHECK(false, !(cond), "!" #cond, __VA_ARGS__)
#define PLAIN_OP(fatal, a, op, b, ...) PLAIN_CHECK(fatal, (a)op(b), #a " " #op " " #b, __VA_ARGS__)
#define cr_assert_eq(a, b, ...) PLAIN_OP(true, a, ==, b, __VA_ARGS__)
#define cr_expect_eq(a, b, ...) PLAIN_OP(false, a, ==, b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...) PLAIN_OP(true, a, !=, b, __VA_ARGS__)
#define cr_expect_neq(a, b, ...) PLAIN_OP(false, a, !=, b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...) PLAIN_OP(true, a, <, b, __VA_ARGS__)
#define cr_expect_lt(a, b, ...) PLAIN_OP(false, a, <, b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) PLAIN_OP(true, a, <=, b, __VA_ARGS__)
#define cr_expect_leq(a, b, ...) PLAIN_OP(false, a, <=, b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...) PLAIN_OP(true, a, >, b, __VA_ARGS__)
#define cr_expect_gt(a, b, ...) PLAIN_OP(false, a, >, b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) PLAIN_OP(true, a, >=, b, __VA_ARGS__)
#define cr_expect_geq(a, b, ...) PLAIN_OP(false, a, >=, b, __VA_ARGS__)
#define cr_assert_null(a, ...) PLAIN_CHECK(true, (a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_expect_null(a, ...) PLAIN_CHECK(false, (a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_assert_not_null(a, ...) PLAIN_CHECK(true, (a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_expect_not_null(a, ...) PLAIN_CHECK(false, (a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) PLAIN_CHECK(true, !strcmp(a, b), #a " is " #b, __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...) PLAIN_CHECK(false, !strcmp(a, b), #a " is " #b, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) PLAIN_CHECK(true, strcmp(a, b), #a " is not " #b, __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...) PLAIN_CHECK(false, strcmp(a, b), #a " is not " #b, __VA_ARGS__)
#define cr_assert_arr_eq(a, b, n, ...)                                                             \
    PLAIN_CHECK(true, !memcmp(a, b, n), #a " is " #b, __VA_ARGS__)
#define cr_expect_arr_eq(a, b, n, ...)                                                             \
    PLAIN_CHECK(false, !memcmp(a, b, n), #a " is " #b, __VA_ARGS__)
#define cr_assert_fail(...) PLAIN_CHECK(true, false, "failed", __VA_ARGS__)
#define cr_fail(...) PLAIN_CHECK(false, false, "failed", __VA_ARGS__)
#define cr_skip_test(...) _exit(PLAIN_SKIPPED)
#define cr_skip(...) _exit(PLAIN_SKIPPED)

/* What a test does not say itself, its suite says. */
static inline void plain_inherit(struct plain_test *test)
{
    for (struct plain_suite *suite = plain_suites; suite; suite = suite->next) {
        if (strcmp(suite->name, test->suite))
            continue;
        test->init = test->init ? test->init : suite->init;
        test->fini = test->fini ? test->fini : suite->fini;
        test->timeout = test->timeout > 0 ? test->timeout : suite->timeout;
    }
}

static inline void plain_child(struct plain_test *test)
{
    plain_inherit(test);
    alarm(test->timeout > 0 ? (unsigned)test->timeout : 300);
    if (test->init)
        test->init();
    test->run();
    if (test->fini)
        test->fini();
    exit(plain_failures ? 1 : 0); /* not _exit: the sanitizer has its say at the end */
}

/* `--filter SUITE/NAME`, a pattern, as Criterion has it; its other options change nothing here. */
static inline void plain_filter(int argc, char **argv, struct plain_test *test)
{
    for (int i = 1; i + 1 < argc; i++) {
        char full[256];

        if (strcmp(argv[i], "--filter"))
            continue;
        snprintf(full, sizeof full, "%s/%s", test->suite, test->name);
        test->disabled |= fnmatch(argv[i + 1], full, 0) != 0;
    }
}

__attribute__((weak)) int main(int argc, char **argv)
{
    struct plain_test *test;
    int count = 0, number = 0, failed = 0;

    for (test = plain_first; test; test = test->next) {
        plain_filter(argc, argv, test);
        count++;
    }
    printf("TAP version 13\n1..%d\n", count);
    for (test = plain_first; test; test = test->next) {
        int status = 0, expected = test->exit_code, skipped = test->disabled;
        bool ok;
        pid_t child;

        fflush(NULL);
        child = skipped ? 0 : fork();
        if (!skipped && !child)
            plain_child(test);
        if (!skipped)
            waitpid(child, &status, 0);
        ok = test->signal ? WIFSIGNALED(status) && WTERMSIG(status) == test->signal
                          : WIFEXITED(status) && WEXITSTATUS(status) == expected;
        if (WIFEXITED(status) && WEXITSTATUS(status) == PLAIN_SKIPPED)
            skipped = 1;
        printf("%s %d - %s::%s%s\n", ok || skipped ? "ok" : "not ok", ++number, test->suite,
               test->name, skipped ? " # SKIP" : "");
        if (!ok && !skipped) {
            printf("# status 0x%x\n", (unsigned)status);
            failed++;
        }
    }
    return failed != 0;
}

#endif
