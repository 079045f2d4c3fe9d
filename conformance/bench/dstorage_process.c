/* SPDX-License-Identifier: MIT */
/* Children of the bench: a pipe, a limit of time, an end. */
#include "conformance/bench/dstorage_process.h"

#include "conformance/runner/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 120000 /* a slice is a second or two: who takes longer hangs */

static void become(char *const argv[], const char *engine, int out)
{
    int null = open("/dev/null", O_RDONLY);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    setenv("RINGER_ENGINE", engine, 1);
    setenv("RINGER_LOG", "quiet", 1);
    unsetenv("RINGER_HOOKS");
    unsetenv("RINGER_PROFILE");
    unsetenv("RINGER_DSTORAGE");
    execvp(argv[0], argv);
    _exit(127);
}

/* What comes out of the pipe until its end; false when it took too long. */
static bool collect(int end, char **text_out)
{
    uint64_t until = run_now_ms() + LIMIT_MS;
    size_t nbytes = 0, room = 1 << 16;
    char *text = run_xalloc(room);
    bool good = true;

    for (;;) {
        struct pollfd ready = {.fd = end, .events = POLLIN};
        uint64_t now = run_now_ms();
        ssize_t got;

        if (now >= until || poll(&ready, 1, (int)(until - now)) == 0) {
            good = false;
            break;
        }
        if (nbytes + 1 == room) {
            char *larger = run_xalloc(room *= 2);

            memcpy(larger, text, nbytes);
            free(text);
            text = larger;
        }
        got = read(end, text + nbytes, room - 1 - nbytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        nbytes += (size_t)got;
    }
    text[nbytes] = '\0';
    *text_out = text;
    return good;
}

bool dstorage_run(char *const argv[], const char *engine, char **out_out, char *note)
{
    int ends[2], status = 0;
    bool in_time;
    pid_t child;

    *out_out = run_format("%s", "");
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) || (child = fork()) < 0) {
        snprintf(note, 160, "no process");
        return false;
    }
    if (child == 0)
        become(argv, engine, ends[1]);
    close(ends[1]);
    free(*out_out);
    in_time = collect(ends[0], out_out);
    close(ends[0]);
    if (!in_time)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    (*out_out)[strcspn(*out_out, "\n")] = '\0';
    if (!in_time)
        snprintf(note, 160, "%.100s hangs", argv[0]);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        snprintf(note, 160, "no %.100s on PATH", argv[0]);
    else
        snprintf(note, 160, "ended with %d: %.120s",
                 WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), *out_out);
    return false;
}
