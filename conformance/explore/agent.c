/* SPDX-License-Identifier: MIT */
/*
 * ringer-explore.so: makes a program explorable without changing it. libringer loads it before
 * main; it stays there as a fork server, and each child that it makes goes on into main with a
 * simulation that follows the plan, and with the tracer. RINGER_EXPLORE holds descriptors and the
 * tracer's path.
 */
#include "conformance/explore/player.h"
#include "conformance/explore/serve.h"
#include "conformance/trace/tracer.h"

#include <dlfcn.h>
#include <pthread.h>
#include <ringer.h>
#include <ringer_sim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct cf_player player;
static struct cf_area *area;
static _Atomic int threads; /* that were made; the points between calls are for them */
static HANDLE(WINAPI *real_CreateThread)(LPSECURITY_ATTRIBUTES, SIZE_T, LPTHREAD_START_ROUTINE,
                                         LPVOID, DWORD, LPDWORD);

static HANDLE WINAPI count_CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                        LPTHREAD_START_ROUTINE start, LPVOID context, DWORD flags,
                                        LPDWORD id)
{
    threads = 1;
    return real_CreateThread(security, stack, start, context, flags, id);
}

/* Calls that the engine does not see since they stay in user memory. */
static void before_call(const char *fn)
{
    if (threads && (!strncmp(fn, "Build", 5) || !strcmp(fn, "PopIoRingCompletion")))
        ringer_sim_point();
}

static void leave_at_once(void)
{
    _exit(0); /* the explorer knows from the area why */
}

static __attribute__((destructor)) void end_run(void)
{
    if (!area || !area->begun || area->ended)
        return;
    area->summary.size = sizeof(area->summary);
    ringer_sim_end(&area->summary);
    area->ended = 1;
}

/* A process that the program forks is not explored: from here on it has an area of its own. */
static void in_fork(void)
{
    mmap(area, sizeof(*area), PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
}

static int refuse(const char *why)
{
    fprintf(stderr, "ringer-explore: %s\n", why);
    return 1;
}

RINGER_API int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args);

int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args)
{
    const char *words = getenv("RINGER_EXPLORE");
    struct tracer_explored explored = {.before = before_call};
    struct ringer_sim_params params;
    int commands, answers, area_fd, trace_fd, at = 0;
    char path[64];
    tracer_begin_fn begin_trace;
    void *tracer;

    if (!words ||
        sscanf(words, "%d,%d,%d,%d,%n", &commands, &answers, &area_fd, &trace_fd, &at) != 4 || !at)
        return refuse("started by `ringer explore` only");
    area = cf_area_map(area_fd);
    tracer = dlopen(words + at, RTLD_NOW | RTLD_LOCAL);
    begin_trace = tracer ? (tracer_begin_fn)dlsym(tracer, "ringer_trace_begin") : NULL;
    if (!area || !begin_trace)
        return refuse("no memory, or no tracer");
    unsetenv("RINGER_EXPLORE"); /* what the program itself starts is not explored */
    unsetenv("RINGER_HOOKS");
    cf_serve(commands, answers);

    close(area_fd);
    player.give_up = player.halt = leave_at_once;
    cf_player_begin(&player, area);
    cf_player_params(&player, &params);
    if (!ringer_sim_begin(&params)) {
        area->begun = 0;
        return refuse("the engine is not sim");
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", trace_fd);
    explored.path = path;
    if (begin_trace(api, &explored) || pthread_atfork(NULL, NULL, in_fork))
        return refuse("no trace");
    real_CreateThread = (__typeof__(real_CreateThread))api->slot_swap("kernelbase", "CreateThread",
                                                                      (void *)count_CreateThread);
    return 0;
}
