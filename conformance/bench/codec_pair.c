/* SPDX-License-Identifier: MIT */
/* Two processes at once. A number of passes goes in by a socket, the time that they took comes out. */
#include "conformance/bench/codec_pair.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A side that failed answers with this. */
#define FAILED UINT64_MAX

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool receive(int fd, void *what, size_t nbytes)
{
    ssize_t got;

    do {
        got = recv(fd, what, nbytes, MSG_WAITALL);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)nbytes;
}

static bool tell(int fd, const void *what, size_t nbytes)
{
    return send(fd, what, nbytes, MSG_NOSIGNAL) == (ssize_t)nbytes;
}

/* The child: until nobody asks any more. */
static void serve(int fd, const struct codec_side *like)
{
    /* Zeros but for what is borrowed: the parent's side is not open. */
    struct codec_side *side = malloc(sizeof(*side));
    bool good = side != NULL;
    uint32_t passes;

    if (good) {
        *side = *like;
        side->pool = NULL;
        good = codec_side_open(side);
    }
    while (receive(fd, &passes, sizeof(passes))) {
        uint64_t start = now_ns(), took;

        for (uint32_t i = 0; good && i < passes; i++)
            good = codec_side_pass(side);
        took = good ? now_ns() - start : FAILED;
        if (!tell(fd, &took, sizeof(took)))
            break;
    }
    _exit(0);
}

static bool start(struct codec_pair *pair, int index, const struct codec_side *side)
{
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return false;
    pid = fork();
    if (!pid) {
        /* The other child sees the end of its socket only when nobody else has it open. */
        close(ends[0]);
        for (int i = 0; i < index; i++)
            close(pair->half[i].fd);
        serve(ends[1], side);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    pair->half[index].pid = pid;
    pair->half[index].fd = ends[0];
    return true;
}

bool codec_pair_open(struct codec_pair *pair, const struct codec_side *side)
{
    pair->half[0].fd = pair->half[1].fd = -1;
    return start(pair, 0, side) && start(pair, 1, side);
}

double codec_pair_ns(struct codec_pair *pair, unsigned passes, bool *bad)
{
    uint32_t asked = passes;
    double sum = 0;
    bool ok = true;

    for (int i = 0; i < 2; i++)
        ok = tell(pair->half[i].fd, &asked, sizeof(asked)) && ok;
    for (int i = 0; ok && i < 2; i++) {
        uint64_t took;

        ok = receive(pair->half[i].fd, &took, sizeof(took)) && took != FAILED;
        /* Neither waits for the other, so neither pays for one that was held up. */
        sum += (double)took;
    }
    *bad = !ok || *bad;
    return ok ? sum / 2 / 2 / passes : 1;
}

void codec_pair_close(struct codec_pair *pair)
{
    for (int i = 0; i < 2; i++)
        if (pair->half[i].fd >= 0)
            close(pair->half[i].fd);
    for (int i = 0; i < 2; i++)
        while (pair->half[i].fd >= 0 && waitpid(pair->half[i].pid, NULL, 0) < 0 && errno == EINTR)
            ;
    pair->half[0].fd = pair->half[1].fd = -1;
}
