/* SPDX-License-Identifier: MIT */
/* Threads of a test: all start together, all are joined, nothing sleeps. */
#ifndef EMU_TESTS_THREADS_H
#define EMU_TESTS_THREADS_H

#include <criterion/criterion.h>
#include <pthread.h>

#define TEST_THREADS_MAX 16

struct test_threads {
    pthread_t ids[TEST_THREADS_MAX];
    int count;
};

static inline void test_threads_start(struct test_threads *threads, void *(*body)(void *),
                                      void *arg)
{
    cr_assert(threads->count < TEST_THREADS_MAX);
    cr_assert(pthread_create(&threads->ids[threads->count++], NULL, body, arg) == 0);
}

static inline void test_threads_join(struct test_threads *threads)
{
    for (int i = 0; i < threads->count; i++)
        pthread_join(threads->ids[i], NULL);
    threads->count = 0;
}

#endif
