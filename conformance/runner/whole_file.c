/* SPDX-License-Identifier: MIT */
/* Reading whole files; writing by a name of the moment and rename. */
#include "conformance/runner/whole_file.h"

#include "conformance/runner/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a signal that ends the process must take away first. */
static char *volatile pending;

static const int deadly[] = {SIGHUP, SIGINT, SIGTERM};
#define DEADLY_COUNT (sizeof(deadly) / sizeof(deadly[0]))

static bool grow(struct run_bytes *bytes, size_t *room, size_t most)
{
    size_t larger = *room ? *room + *room / 2 : 1 << 16;
    uint8_t *items;

    if (larger > most)
        larger = most;
    items = realloc(bytes->items, larger);
    if (!items)
        return false;
    bytes->items = items;
    *room = larger;
    return true;
}

static int read_all(int fd, size_t most, struct run_bytes *bytes)
{
    struct stat info;
    size_t room = 0;

    /* One byte more shows the end without another round. */
    if (!fstat(fd, &info) && S_ISREG(info.st_mode) && (uint64_t)info.st_size < most) {
        room = (size_t)info.st_size + 1;
        bytes->items = malloc(room);
        if (!bytes->items)
            return ENOMEM;
    }
    for (;;) {
        ssize_t got;

        if (bytes->count == room && room == most)
            return 0;
        if (bytes->count == room && !grow(bytes, &room, most))
            return ENOMEM;
        got = read(fd, bytes->items + bytes->count, room - bytes->count);
        if (got < 0 && errno != EINTR)
            return errno;
        if (!got)
            return 0;
        if (got > 0)
            bytes->count += (size_t)got;
    }
}

int run_read_whole(const char *path, size_t most, struct run_bytes *bytes_out)
{
    bool given = !strcmp(path, "-");
    int fd = given ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int error;

    *bytes_out = (struct run_bytes){0};
    if (fd < 0)
        return errno;
    error = read_all(fd, most < SIZE_MAX ? most + 1 : most, bytes_out);
    if (!given)
        close(fd);
    if (error) {
        free(bytes_out->items);
        *bytes_out = (struct run_bytes){0};
    }
    return error;
}

static int write_all(int fd, const uint8_t *bytes, size_t count)
{
    while (count) {
        ssize_t put = write(fd, bytes, count);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errno;
        bytes += put;
        count -= (size_t)put;
    }
    return 0;
}

static int write_and_close(int fd, const uint8_t *bytes, size_t count)
{
    int error = write_all(fd, bytes, count);

    /* Some file systems say only now that there is no room. */
    if (close(fd) && !error)
        error = errno;
    return error;
}

static void take_away(int number)
{
    if (pending)
        unlink(pending);
    /* SA_RESETHAND: this time it ends the process. */
    raise(number);
}

static void guard(struct sigaction *before)
{
    struct sigaction action = {.sa_handler = take_away, .sa_flags = (int)SA_RESETHAND};

    for (size_t i = 0; i < DEADLY_COUNT; i++) {
        sigaction(deadly[i], NULL, &before[i]);
        /* What was ignored stays so. */
        if (before[i].sa_handler != SIG_IGN)
            sigaction(deadly[i], &action, NULL);
    }
}

static void unguard(const struct sigaction *before)
{
    for (size_t i = 0; i < DEADLY_COUNT; i++)
        sigaction(deadly[i], &before[i], NULL);
}

/* As open() would make it. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

static int replace(const char *path, mode_t mode, const void *bytes, size_t count)
{
    struct sigaction before[DEADLY_COUNT];
    char *beside = run_format("%s.XXXXXX", path);
    int fd, error;

    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        error = errno;
        free(beside);
        return error;
    }
    pending = beside;
    guard(before);
    error = fchmod(fd, mode) ? errno : 0;
    if (error)
        close(fd);
    else
        error = write_and_close(fd, bytes, count);
    if (!error && rename(beside, path))
        error = errno;
    if (error)
        unlink(beside);
    pending = NULL;
    unguard(before);
    free(beside);
    return error;
}

int run_write_whole(const char *path, const void *bytes, size_t count)
{
    struct stat info;
    char *place;
    int fd, error;

    if (!strcmp(path, "-"))
        return write_all(STDOUT_FILENO, bytes, count);
    if (stat(path, &info))
        return errno == ENOENT ? replace(path, new_mode(), bytes, count) : errno;
    if (!S_ISREG(info.st_mode)) {
        fd = open(path, O_WRONLY | O_CLOEXEC);
        return fd < 0 ? errno : write_and_close(fd, bytes, count);
    }
    /* A link stays one. */
    place = realpath(path, NULL);
    if (!place)
        return errno;
    error = replace(place, info.st_mode & 07777, bytes, count);
    free(place);
    return error;
}
