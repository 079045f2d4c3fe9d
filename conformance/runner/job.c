/* SPDX-License-Identifier: MIT */
/* The pool of children: fork, limit, reap. Waiting is for SIGCHLD or the nearest limit, never a poll. */
#include "conformance/runner/job.h"

#include "conformance/runner/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

unsigned run_default_parallel(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set))
        return 2;
    return (unsigned)CPU_COUNT(&set);
}

static void redirect_output(const char *path)
{
    int log = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (log >= 0) {
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
    }
}

static void be_child(struct run_job *job, const sigset_t *mask)
{
    struct rlimit no_core = {0, 0};

    setpgid(0, 0); /* whatever it starts dies with it */
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* and it with a runner that is killed */
    setrlimit(RLIMIT_CORE, &no_core);
    sigprocmask(SIG_SETMASK, mask, NULL);
    redirect_output(job->log_path);
    job->shared->code = job->body(job, job->shared);
    job->shared->returned = true;
    exit(0); /* not _exit: an end of the process that hangs or faults is a finding too */
}

static bool start_job(struct run_job *job, const sigset_t *mask)
{
    job->shared = mmap(NULL, sizeof(*job->shared), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    job->started_ms = run_now_ms();
    if (job->shared == MAP_FAILED) {
        job->shared = NULL;
        job->pid = -1;
    } else {
        fflush(NULL);
        job->pid = fork();
        if (!job->pid)
            be_child(job, mask);
    }
    if (job->pid > 0) {
        setpgid(job->pid, job->pid); /* both sides: whoever comes first */
        return true;
    }
    job->ending = RUN_UNBORN;
    return false;
}

static void finish_job(struct run_job *job, int status)
{
    job->ms = (unsigned)(run_now_ms() - job->started_ms);
    kill(-job->pid, SIGKILL); /* stragglers */
    if (job->ending == RUN_HUNG)
        return;
    if (WIFSIGNALED(status)) {
        job->ending = RUN_CRASHED;
        job->signal = WTERMSIG(status);
    } else if (WEXITSTATUS(status) || !job->shared->returned) {
        job->ending = RUN_CRASHED;
        job->exit_code = WEXITSTATUS(status);
    } else {
        job->ending = RUN_ENDED;
    }
}

/* How long until the first limit; 0 kills at once those that are over theirs. */
static int enforce_limits(struct run_job **jobs, size_t count)
{
    int left_ms = 1000;

    for (size_t i = 0; i < count; i++) {
        uint64_t age_ms = run_now_ms() - jobs[i]->started_ms;

        if (jobs[i]->pid <= 0 || jobs[i]->ending == RUN_HUNG)
            continue;
        if (age_ms >= jobs[i]->timeout_ms) {
            jobs[i]->ending = RUN_HUNG;
            kill(-jobs[i]->pid, SIGKILL);
            kill(jobs[i]->pid, SIGKILL);
        } else if (jobs[i]->timeout_ms - age_ms < (uint64_t)left_ms) {
            left_ms = (int)(jobs[i]->timeout_ms - age_ms);
        }
    }
    return left_ms;
}

static struct run_job *reap_one(struct run_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int status;

        if (jobs[i]->pid > 0 && waitpid(jobs[i]->pid, &status, WNOHANG) == jobs[i]->pid) {
            finish_job(jobs[i], status);
            jobs[i]->pid = 0;
            return jobs[i];
        }
    }
    return NULL;
}

void run_jobs(struct run_job **jobs, size_t count, unsigned parallel,
              void (*done)(struct run_job *job, void *ctx), void *ctx)
{
    size_t next = 0, running = 0;
    bool alone = false;
    sigset_t chld, mask;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &mask);
    while (next < count || running) {
        struct run_job *ended;

        while (next < count && running < parallel && !alone &&
               (!jobs[next]->exclusive || !running)) {
            struct run_job *job = jobs[next++];

            if (start_job(job, &mask)) {
                running++;
                alone = job->exclusive;
            } else if (done) {
                done(job, ctx);
            }
        }
        ended = reap_one(jobs, next);
        if (ended) {
            running--;
            alone = false;
            if (done)
                done(ended, ctx);
        } else if (running) {
            int left_ms = enforce_limits(jobs, next);
            struct timespec timeout = {left_ms / 1000, (left_ms % 1000) * 1000000L};

            sigtimedwait(&chld, NULL, &timeout);
        }
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

void run_job_fini(struct run_job *job)
{
    if (job->shared)
        munmap(job->shared, sizeof(*job->shared));
    job->shared = NULL;
}

char *run_job_ending_text(const struct run_job *job)
{
    switch (job->ending) {
    case RUN_ENDED:
        return run_format("ended");
    case RUN_CRASHED:
        if (job->signal)
            return run_format("crash (SIG%s)", sigabbrev_np(job->signal));
        return run_format("crash (exit %d)", job->exit_code);
    case RUN_HUNG:
        return run_format("hang (more than %u ms)", job->timeout_ms);
    case RUN_UNBORN:
        break;
    }
    return run_format("no process");
}
