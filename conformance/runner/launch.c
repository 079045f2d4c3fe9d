/* SPDX-License-Identifier: MIT */
/* A user's program under the tracer: RINGER_HOOKS names the plug-in, libringer loads it by itself. */
#include "conformance/runner/launch.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* name=value, or name=old<separator>value when it is set already. */
static void append_env(const char *name, const char *separator, const char *value)
{
    const char *old = getenv(name);
    char *text = old && *old ? run_format("%s%s%s", old, separator, value)
                             : run_format("%s", value);

    setenv(name, text, 1);
    free(text);
}

static void exec_traced(const struct run_launch *launch, const char *trace_path, int error_pipe)
{
    char *hook = run_format("%s:%s", run_paths()->tracer, trace_path);
    int error;

    /* The tracer comes last, and so is outermost: it sees what the program sees. */
    if (launch->hooked)
        run_hooks_export();
    if (launch->hooked && launch->lint_path)
        setenv("RINGER_LINT", launch->lint_path, 1);
    append_env("RINGER_HOOKS", ",", hook);
    if (run_paths()->library)
        append_env("LD_LIBRARY_PATH", ":", run_paths()->library);
    execvp(launch->argv[0], launch->argv);
    error = errno;
    (void)!write(error_pipe, &error, sizeof(error));
    _exit(127);
}

/* Waits for the child or the limit; SIGCHLD is blocked. */
static int wait_limited(pid_t child, unsigned timeout_s, bool *timed_out)
{
    uint64_t deadline_ms = run_now_ms() + timeout_s * 1000ull;
    sigset_t chld;
    int status;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    while (!waitpid(child, &status, WNOHANG)) {
        uint64_t now_ms = run_now_ms();
        uint64_t left_ms = !timeout_s ? 60000 : deadline_ms > now_ms ? deadline_ms - now_ms : 0;
        struct timespec left = {(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000};

        if (!left_ms) {
            *timed_out = true;
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            break;
        }
        sigtimedwait(&chld, NULL, &left);
    }
    return status;
}

/* The event log that the tracer takes in at the end, when there was none. */
static void forget_log(const char *trace_path)
{
    char *log = run_format("%s.etw", trace_path);

    unlink(log);
    free(log);
}

static bool absolute(const char *path, char **absolute_out)
{
    char here[4096];

    if (*path == '/' || !getcwd(here, sizeof(here)))
        *absolute_out = run_format("%s", path);
    else
        *absolute_out = run_format("%s/%s", here, path);
    return !strpbrk(*absolute_out, ",");
}

bool run_launch(struct run_launch *launch, char **error_out)
{
    char *trace_path = NULL;
    sigset_t chld, mask;
    struct stat info;
    int error_pipe[2], status;
    pid_t child;

    if (!run_paths()->tracer || access(run_paths()->tracer, R_OK)) {
        *error_out = run_format("no tracer at %s", run_paths()->tracer);
        return false;
    }
    if (!absolute(launch->trace_path, &trace_path) || pipe2(error_pipe, O_CLOEXEC)) {
        *error_out = run_format("the trace cannot go to '%s'", trace_path);
        free(trace_path);
        return false;
    }
    unlink(trace_path);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &mask);
    fflush(NULL);
    child = fork();
    if (!child) {
        sigprocmask(SIG_SETMASK, &mask, NULL);
        exec_traced(launch, trace_path, error_pipe[1]);
    }
    close(error_pipe[1]);
    launch->started = child > 0 && read(error_pipe[0], &launch->start_error,
                                        sizeof(launch->start_error)) <= 0;
    close(error_pipe[0]);
    status = child > 0 ? wait_limited(child, launch->timeout_s, &launch->timed_out) : 0;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    launch->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    launch->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    launch->traced = !stat(trace_path, &info) && info.st_size > 0;
    forget_log(trace_path);
    free(trace_path);
    if (child < 0)
        *error_out = run_format("no process: %s", strerror(errno));
    return child > 0;
}

char *run_launch_text(const struct run_launch *launch)
{
    if (launch->timed_out)
        return run_format("more than %u s", launch->timeout_s);
    if (launch->signal)
        return run_format("SIG%s", sigabbrev_np(launch->signal));
    return run_format("exit %d", launch->exit_code);
}

const char *run_launch_untraced(const struct run_launch *launch)
{
    /* As the loader of hooks ends a process whose hook it could not load. */
    if (launch->hooked && launch->exit_code == 2)
        return "was the hook refused (it says so above), or is it not linked against libringer?";
    return "is it linked against libringer?";
}
