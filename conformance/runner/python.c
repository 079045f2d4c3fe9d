/* SPDX-License-Identifier: MIT */
/* Runs what is written in Python. */
#include "conformance/runner/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The system's own interpreter first: its packages are what ci/deps installs. */
static void become_python(char **args)
{
    static const char *const pythons[] = {"/usr/bin/python3", "python3"};
    const char *chosen = getenv("RINGER_PYTHON");

    if (chosen)
        execvp(chosen, args);
    for (size_t i = 0; i < sizeof(pythons) / sizeof(pythons[0]); i++)
        execvp(pythons[i], args);
    fprintf(stderr, "ringer: python3: %s\n", strerror(errno));
    _exit(RUN_CANNOT);
}

int run_python(char **args)
{
    pid_t child;
    int status;

    fflush(NULL);
    child = fork();
    if (!child)
        become_python(args);
    if (child < 0)
        return run_cannot("no process: %s", strerror(errno));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return RUN_CANNOT;
    return WIFEXITED(status) ? WEXITSTATUS(status) : RUN_FAIL;
}
