/* SPDX-License-Identifier: MIT */
/* Children on demand, each in a process group of its own, so that nothing outlives its run. */
#include "conformance/explore/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool put(int fd, int value)
{
    return write(fd, &value, sizeof(value)) == (ssize_t)sizeof(value);
}

static bool get(int fd, int *value)
{
    ssize_t nbytes;

    do
        nbytes = read(fd, value, sizeof(*value));
    while (nbytes < 0 && errno == EINTR);
    return nbytes == (ssize_t)sizeof(*value);
}

void cf_serve(int commands, int answers)
{
    struct rlimit no_core = {0, 0};
    char command;

    setrlimit(RLIMIT_CORE, &no_core);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (read(commands, &command, 1) == 1) {
        int status = 0;
        pid_t child = fork();

        if (!child) {
            setpgid(0, 0);
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(commands);
            close(answers);
            return;
        }
        if (child < 0 || !put(answers, child))
            break;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
        kill(-child, SIGKILL); /* whatever it started */
        if (!put(answers, status))
            break;
    }
    _exit(0);
}

bool cf_server_prepare(struct cf_server *server)
{
    int down[2], up[2];

    if (pipe2(down, O_CLOEXEC))
        return false;
    if (pipe2(up, O_CLOEXEC)) {
        close(down[0]);
        close(down[1]);
        return false;
    }
    server->pid = 0;
    server->commands = down[1];
    server->answers = up[0];
    server->server_commands = down[0];
    server->server_answers = up[1];
    return true;
}

void cf_server_started(struct cf_server *server, pid_t pid)
{
    close(server->server_commands);
    close(server->server_answers);
    server->pid = pid;
}

void cf_server_run(struct cf_server *server, unsigned timeout_ms, struct cf_ending *ending)
{
    struct pollfd answer = {server->answers, POLLIN, 0};
    int child, status = 0;

    memset(ending, 0, sizeof(*ending));
    if (write(server->commands, "r", 1) != 1 || !get(server->answers, &child)) {
        ending->lost = true;
        return;
    }
    while (poll(&answer, 1, ending->timed_out ? -1 : (int)timeout_ms) == 0) {
        ending->timed_out = true;
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
    }
    if (!get(server->answers, &status))
        ending->lost = true;
    ending->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ending->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

void cf_server_stop(struct cf_server *server)
{
    if (!server->pid)
        return;
    close(server->commands);
    close(server->answers);
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}
