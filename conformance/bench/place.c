/* SPDX-License-Identifier: MIT */
/* Files of a run: made, found and removed. */
#include "conformance/bench/place.h"

#include "conformance/bench/work.h"
#include "conformance/runner/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAST_FILE (1u << 20)

/* For the signal handler; a slot is empty or names a file that exists. */
static char *volatile made[2];

static void remove_made(int signal)
{
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
        if (made[i])
            unlink(made[i]);
    raise(signal); /* the handler was for once: this one ends the process */
}

static void remember(char *path)
{
    struct sigaction action = {.sa_handler = remove_made, .sa_flags = (int)SA_RESETHAND};

    made[made[0] != NULL] = path;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static void forget(const char *path)
{
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
        if (made[i] == path)
            made[i] = NULL;
}

static bool is_disk(const char *file_system)
{
    return !strcmp(file_system, "ext4") || !strcmp(file_system, "xfs");
}

bool bench_place_right(enum bench_place place, const char *file_system)
{
    return place == BENCH_TMPFS ? !strcmp(file_system, "tmpfs") : is_disk(file_system);
}

const char *bench_place_choose(void)
{
    const char *dirs[] = {getenv("TMPDIR"), "/var/tmp", "/tmp", "."}, *first = NULL;
    char name[16];

    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
        if (!dirs[i] || access(dirs[i], W_OK))
            continue;
        bench_file_system(dirs[i], name, sizeof(name));
        if (is_disk(name))
            return dirs[i];
        if (!first)
            first = dirs[i];
    }
    return first ? first : ".";
}

void bench_place_make(struct bench_file_at *at, const char *dir, uint64_t nbytes)
{
    at->path = run_format("%s/ringer-bench-%d", dir, (int)getpid());
    remember(at->path);
    if (bench_file_make(at->path, nbytes)) {
        bench_file_system(at->path, at->file_system, sizeof(at->file_system));
        at->nbytes = nbytes;
        at->stamped = true;
        return;
    }
    snprintf(at->why, sizeof(at->why), "no file in %.80s: %s", dir, strerror(errno));
    at->stamped = true; /* as much of it as there is */
    bench_place_drop(at);
}

void bench_place_given(struct bench_file_at *at, const char *file)
{
    struct stat info;

    if (stat(file, &info) || !S_ISREG(info.st_mode) || info.st_size < LEAST_FILE) {
        snprintf(at->why, sizeof(at->why), "%.100s is no file of 1 MiB or more", file);
        return;
    }
    at->path = run_format("%s", file);
    at->nbytes = (uint64_t)info.st_size;
    bench_file_system(file, at->file_system, sizeof(at->file_system));
}

void bench_place_drop(struct bench_file_at *at)
{
    if (at->path && at->stamped) {
        unlink(at->path);
        forget(at->path);
    }
    free(at->path);
    at->path = NULL;
}
