/* SPDX-License-Identifier: MIT */
/* An unmodified program: executed once, with the agent plugged in, which waits before main. */
#include "conformance/explore/target.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

static void append_env(const char *name, const char *separator, const char *value)
{
    const char *old = getenv(name);
    char *text =
        old && *old ? run_format("%s%s%s", old, separator, value) : run_format("%s", value);

    setenv(name, text, 1);
    free(text);
}

static void execute(struct cf_target *target, int error_pipe)
{
    char *words =
        run_format("%d,%d,%d,%d,%s", target->server.server_commands, target->server.server_answers,
                   target->area_fd, target->trace_fd, run_paths()->tracer);
    int error;

    setenv("RINGER_EXPLORE", words, 1);
    setenv("RINGER_ENGINE", "sim", 1);
    run_hooks_export();
    if (target->lint_path)
        setenv("RINGER_LINT", target->lint_path, 1);
    append_env("RINGER_HOOKS", ",", run_paths()->agent);
    if (run_paths()->library)
        append_env("LD_LIBRARY_PATH", ":", run_paths()->library);
    fcntl(target->server.server_commands, F_SETFD, 0);
    fcntl(target->server.server_answers, F_SETFD, 0);
    /* The same addresses on every run: a program that looks at them does the same again. */
    personality(ADDR_NO_RANDOMIZE);
    signal(SIGPIPE, SIG_DFL);
    cf_target_redirect(target);
    execvp(target->argv[0], target->argv);
    error = errno;
    (void)!write(error_pipe, &error, sizeof(error));
    _exit(127);
}

bool cf_target_program(struct cf_target *target, char **argv, unsigned timeout_ms, char **error_out)
{
    int error_pipe[2], error = 0;
    pid_t pid;

    if (!cf_target_open(target, argv[0], timeout_ms, error_out))
        return false;
    target->argv = argv;
    if (access(run_paths()->agent, R_OK) || access(run_paths()->tracer, R_OK)) {
        *error_out = run_format("no agent at %s", run_paths()->agent);
        return false;
    }
    if (pipe2(error_pipe, O_CLOEXEC)) {
        *error_out = run_format("no pipe: %s", strerror(errno));
        return false;
    }
    pid = fork();
    if (!pid)
        execute(target, error_pipe[1]);
    close(error_pipe[1]);
    if (pid > 0)
        cf_server_started(&target->server, pid);
    if (pid < 0 || read(error_pipe[0], &error, sizeof(error)) > 0) {
        *error_out = run_format("%s: %s", argv[0], strerror(pid < 0 ? errno : error));
        close(error_pipe[0]);
        return false;
    }
    close(error_pipe[0]);
    return true;
}
