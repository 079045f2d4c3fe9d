/* SPDX-License-Identifier: MIT */
/* The loop over n: a child for each, with a watchdog and counts of what it may not keep. */
#include "emu/tests/fail.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#    define LEAK_CHECK 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define LEAK_CHECK 1
#    endif
#endif
#ifdef LEAK_CHECK
int __lsan_do_recoverable_leak_check(void);
#endif

#define NOTHING_FAILED 3 /* exit code of a child whose n is larger than its number of calls */
#define MOST_ERRNOS 5u
#define MOST_CALLS 5000u

bool fail_documented(NTSTATUS status)
{
    static const NTSTATUS known[] = {
        STATUS_INSUFFICIENT_RESOURCES,
        STATUS_NO_MEMORY,
        STATUS_TOO_MANY_OPENED_FILES,
        STATUS_DISK_FULL,
        STATUS_IO_DEVICE_ERROR,
        STATUS_ACCESS_DENIED,
        STATUS_NOT_SUPPORTED,
        /* The kernel could not look at the caller's memory: to a caller that is bad memory. */
        STATUS_ACCESS_VIOLATION,
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == status)
            return true;
    return false;
}

bool fail_ok(NTSTATUS status, bool strict, const char *what, int line)
{
    if (status >= 0)
        return true;
    if (strict || !fail_documented(status)) {
        fprintf(stderr, "line %d: %s: status %08x\n", line, what, (unsigned)status);
        abort();
    }
    return false;
}

/* What a process may keep to itself: more of it than in a run without faults is a leak. */
struct kept {
    long blocks, pages, fds, event_fds;
};

static void count_fds(struct kept *kept)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    char path[300], target[64];

    MUST(dir);
    while ((entry = readdir(dir))) {
        ssize_t n;

        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        n = readlink(path, target, sizeof target - 1);
        if (n < 0)
            continue;
        target[n] = '\0';
        if (strstr(target, "eventfd"))
            kept->event_fds++;
        else
            kept->fds++;
    }
    closedir(dir);
}

static struct kept count_kept(void)
{
    struct kept kept = {.blocks = fail_live_blocks(), .pages = fail_live_pages()};

    count_fds(&kept);
    return kept;
}

static bool keeps_more(const struct kept *kept, const struct kept *allowed)
{
    return kept->blocks > allowed->blocks || kept->pages > allowed->pages ||
           kept->fds > allowed->fds || kept->event_fds > allowed->event_fds;
}

/* Other threads let go of what is closed when they come to it: looks until they have. */
static struct kept settle(const struct kept *allowed)
{
    struct timespec turn = {.tv_nsec = 1000000};
    struct kept kept = count_kept();

    for (int i = 0; i < 1500 && keeps_more(&kept, allowed); i++) {
        nanosleep(&turn, NULL);
        kept = count_kept();
    }
    return kept;
}

struct attempt {
    const struct fail_workload *workload;
    unsigned long nth;
    bool sticky;
    unsigned which_errno;
    struct kept allowed; /* to keep; of no interest when nth is 0 */
};

/* Shared with the children. */
static struct result {
    struct kept kept;
    unsigned long calls;
    char failed[64];
} * result;

static void child(const struct attempt *attempt)
{
    const char *failed;

    alarm(2 * FAIL_PATIENCE_MS / 1000);
    fail_arm(attempt->nth, attempt->sticky, attempt->which_errno);
    attempt->workload->run(attempt->nth == 0);
    failed = fail_disarm();
    result->calls = fail_calls();
    snprintf(result->failed, sizeof result->failed, "%s", failed ? failed : "");
    if (attempt->nth && !failed)
        _exit(NOTHING_FAILED);
    attempt->workload->run(true);
    result->kept = settle(&attempt->allowed);
#ifdef LEAK_CHECK
    if (__lsan_do_recoverable_leak_check())
        _exit(4);
#endif
    _exit(0);
}

/* The child's wait status. */
static int try(const struct attempt *attempt)
{
    int status = 0;
    pid_t pid;

    memset(result, 0, sizeof *result);
    fflush(NULL);
    pid = fork();
    MUST(pid >= 0);
    if (!pid)
        child(attempt);
    while (waitpid(pid, &status, 0) < 0)
        MUST(errno == EINTR);
    return status;
}

static bool report(const struct attempt *attempt, const char *what)
{
    printf("not ok %s: n %lu%s, errno %u, %s: %s\n", attempt->workload->name, attempt->nth,
           attempt->sticky ? " and on" : "", attempt->which_errno,
           result->failed[0] ? result->failed : "?", what);
    return false;
}

static bool judge(const struct attempt *attempt, int status)
{
    const struct kept *kept = &result->kept, *allowed = &attempt->allowed;
    char text[128];

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return report(attempt, "hangs");
    if (status) {
        snprintf(text, sizeof text, "ends with %x", (unsigned)status);
        return report(attempt, text);
    }
    if (keeps_more(kept, allowed)) {
        snprintf(text, sizeof text, "keeps %ld blocks %ld pages %ld fds, not %ld %ld %ld",
                 kept->blocks, kept->pages, kept->fds, allowed->blocks, allowed->pages, allowed->fds);
        return report(attempt, text);
    }
    return true;
}

/*
 * More than a run without faults keeps: a view of a queue that /proc could not be asked about stays
 * (emu/ring/queues.c), an engine that came in for another has its shared queue and its workers.
 */
static struct kept allowance(const struct kept *clean)
{
    struct kept kept = *clean;

    kept.pages += 64; /* the views of two large rings */
    kept.blocks += 1;
    kept.fds += 1;
    kept.event_fds += 8;
    return kept;
}

struct options {
    bool full, verbose;
    const char *only;
    unsigned long from, step;
};

/* Every n of one workload, one kind of fault; the number of n, or -1 after a failure. */
static long sweep(struct attempt *attempt, const struct options *options)
{
    bool good = true;
    long count = 0;

    for (attempt->nth = options->from; attempt->nth < MOST_CALLS;
         attempt->nth += options->full ? 1 : options->step) {
        int status = try(attempt);

        if (WIFEXITED(status) && WEXITSTATUS(status) == NOTHING_FAILED)
            break;
        good = judge(attempt, status) && good;
        if (options->verbose)
            printf("# %lu %s\n", attempt->nth, result->failed);
        count++;
    }
    return good ? count : -1;
}

static bool run_workload(const struct fail_workload *workload, const struct options *options)
{
    struct attempt attempt = {.workload = workload};
    long total = 0;
    bool good = true;
    int status;

    /* Without a fault: what is kept when it has settled is what may be kept. */
    attempt.allowed = (struct kept){LONG_MAX, LONG_MAX, LONG_MAX, LONG_MAX};
    status = try(&attempt);
    if (status)
        return report(&attempt, "fails without a fault");
    attempt.allowed = allowance(&result->kept);
    for (unsigned sticky = 0; sticky < (workload->once ? 1 : 2); sticky++) {
        for (unsigned e = 0; e < (options->full ? MOST_ERRNOS : 1); e++) {
            long n;

            attempt.sticky = sticky;
            attempt.which_errno = e;
            n = sweep(&attempt, options);
            good = good && n > 0;
            total += n > 0 ? n : 0;
        }
    }
    printf("%s %s: %ld faults\n", good ? "ok" : "not ok", workload->name, total);
    return good;
}

int fail_main(int argc, char **argv, const struct fail_workload *workloads, size_t count)
{
    struct options options = {.from = 1, .step = 1};
    bool good = true;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--full"))
            options.full = true;
        else if (!strcmp(argv[i], "--verbose"))
            options.verbose = true;
        else if (!strcmp(argv[i], "--only") && i + 1 < argc)
            options.only = argv[++i];
        else if (!strcmp(argv[i], "--from") && i + 1 < argc)
            options.from = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--step") && i + 1 < argc)
            options.step = strtoul(argv[++i], NULL, 10);
        else
            return 2;
    }
    MUST(options.step);
    result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MUST(result != MAP_FAILED);
    for (size_t i = 0; i < count; i++)
        if (!options.only || !strcmp(options.only, workloads[i].name))
            good = run_workload(&workloads[i], &options) && good;
    munmap(result, sizeof *result);
    return good ? 0 : 1;
}
