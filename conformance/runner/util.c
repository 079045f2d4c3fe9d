/* SPDX-License-Identifier: MIT */
/* What every subcommand needs of the C library: memory, text, time, directories. */
#include "conformance/runner/cmd.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void *run_xalloc(size_t nbytes)
{
    void *memory = calloc(1, nbytes ? nbytes : 1);

    if (!memory) {
        fputs("ringer: out of memory\n", stderr);
        exit(RUN_CANNOT);
    }
    return memory;
}

char *run_format(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) {
        fputs("ringer: out of memory\n", stderr);
        exit(RUN_CANNOT);
    }
    va_end(args);
    return text;
}

uint64_t run_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool run_parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *value_out)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || end == text || *end || *text == '-' || value < min || value > max)
        return false;
    *value_out = (unsigned)value;
    return true;
}

bool run_profile_known(const char *name)
{
    static const char *const profiles[] = {"win11-24h2", "win11-22h2", "win11-21h2",
                                           "server2022", "win10",      "wine"};

    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
        if (!strcmp(profiles[i], name))
            return true;
    return false;
}

bool run_make_dirs(const char *path)
{
    char *copy = run_format("%s", path);
    bool ok = true;

    for (char *p = copy + 1; ok && *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        ok = !mkdir(copy, 0777) || errno == EEXIST;
        *p = '/';
    }
    ok = ok && (!mkdir(copy, 0777) || errno == EEXIST);
    free(copy);
    return ok;
}

char *run_scratch_dir(void)
{
    const char *base = getenv("TMPDIR");
    char *path = run_format("%s/ringer-XXXXXX", base && *base ? base : "/tmp");

    if (mkdtemp(path))
        return path;
    fprintf(stderr, "ringer: no scratch directory %s: %s\n", path, strerror(errno));
    exit(RUN_CANNOT);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    return remove(path);
}

void run_remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
