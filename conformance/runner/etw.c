/* SPDX-License-Identifier: MIT */
/* `--etw FILE`: DirectStorage's event log; whatever runs inherits it by its environment. */
#include "conformance/runner/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int run_etw_option(const struct run_command *command, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    char *whole;

    if (fd < 0)
        return run_usage(command, "--etw %s: %s", path, strerror(errno));
    close(fd);
    whole = realpath(path, NULL); /* children have folders of their own */
    setenv("RINGER_ETW", whole ? whole : path, 1);
    free(whole);
    return -1;
}
