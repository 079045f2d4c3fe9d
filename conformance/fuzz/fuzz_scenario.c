/* SPDX-License-Identifier: MIT */
/*
 * Scenarios from anywhere. The parser sees every input; what it takes is run, in a child with a time
 * limit, in a folder of its own. A child may end as setup, be skipped, or wait until its time is over
 * (a scenario can ask for that, and runners have a limit for it); it may not crash, leave anything
 * beside its folder or in it, or make processes, and threads and memory have their bounds.
 */
#include "conformance/fuzz/fuzz.h"
#include "conformance/kit/kit.h"
#include "conformance/trace/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            fprintf(stderr, "fuzz_scenario:%d: %s\n", __LINE__, #condition);    \
            abort();                                                            \
        }                                                                       \
    } while (0)

#define LIMIT_MS 400 /* RINGER_FUZZ_LIMIT_MS */

/* base/ holds "run", the folder of the run, and "canary", which nobody may touch. */
static char base[64], folder[80], canary[80];

static void remove_base(void)
{
    unlink(canary);
    rmdir(folder);
    rmdir(base);
}

static void make_base(void)
{
    int fd;

    snprintf(base, sizeof base, "/tmp/ringer-fuzz-XXXXXX");
    CHECK(mkdtemp(base));
    snprintf(folder, sizeof folder, "%s/run", base);
    snprintf(canary, sizeof canary, "%s/canary", base);
    CHECK(!mkdir(folder, 0700));
    fd = open(canary, O_WRONLY | O_CREAT | O_EXCL, 0400);
    CHECK(fd >= 0 && write(fd, "canary", 6) == 6 && !close(fd));
    atexit(remove_base);
}

static unsigned entries_of(const char *path)
{
    DIR *dir = opendir(path);
    unsigned count = 0;

    CHECK(dir);
    while (readdir(dir)) {
        count++;
    }
    closedir(dir);
    return count - 2; /* . and .. */
}

/* What a killed child leaves is its own data files: D.bin, no folders. */
static void empty_folder(void)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[400];

    CHECK(dir);
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        size_t nchars = strlen(entry->d_name);
        CHECK(nchars > 4 && !strcmp(entry->d_name + nchars - 4, ".bin"));
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        CHECK(!unlink(path));
    }
    closedir(dir);
}

static void check_outside(void)
{
    char text[8] = "";
    struct stat facts;
    int fd = open(canary, O_RDONLY);

    CHECK(fd >= 0 && read(fd, text, sizeof text) == 6 && !memcmp(text, "canary", 6));
    CHECK(!fstat(fd, &facts) && facts.st_nlink == 1);
    close(fd);
    CHECK(entries_of(base) == 2);
}

static unsigned limit_ms(void)
{
    const char *word = getenv("RINGER_FUZZ_LIMIT_MS");

    return word ? (unsigned)strtoul(word, NULL, 10) : LIMIT_MS;
}

/* The child's end; SIGALRM ends it when the scenario waits. */
static void run(const struct cf_scenario *scenario)
{
    struct itimerval limit = {.it_value = {limit_ms() / 1000, limit_ms() % 1000 * 1000}};
    struct rlimit small_file = {64u << 20, 64u << 20}, no_core = {0, 0};
    struct cf_run_options options = {.dir = folder, .engine = getenv("RINGER_ENGINE")};
    struct cf_run_result result;
    struct cf_trace_writer *writer;
    enum cf_outcome outcome;

    options.trials = scenario->trials < 3 ? 0 : 2;
    setrlimit(RLIMIT_FSIZE, &small_file);
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGALRM, SIG_DFL); /* libFuzzer has a handler of its own */
    setitimer(ITIMER_REAL, &limit, NULL);
    writer = cf_trace_create("/dev/null");
    CHECK(writer);
    outcome = cf_scenario_run(scenario, writer, &options, &result);
    CHECK(outcome <= CF_ERROR && (outcome == CF_RAN || result.reason[0]));
    CHECK(cf_trace_close(writer));
    CHECK(entries_of(folder) == 0);
    _exit(0);
}

static void run_in_child(const struct cf_scenario *scenario)
{
    int status = 0;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (!pid) {
        run(scenario);
    }
    while (waitpid(pid, &status, 0) < 0) {
        CHECK(errno == EINTR);
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        empty_folder();
    } else if (status) {
        fprintf(stderr, "fuzz_scenario: the run ended with %x\n", (unsigned)status);
        abort();
    }
    check_outside();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct cf_error error = {0};
    struct cf_scenario *scenario =
        cf_scenario_parse((const char *)bytes, count, "fuzz.scn", &error);

    if (!scenario) {
        CHECK(error.text[0]);
        return 0;
    }
    CHECK(scenario->id && scenario->rule && scenario->steps && scenario->trials);
    if (!base[0]) {
        make_base();
    }
    run_in_child(scenario);
    cf_scenario_destroy(scenario);
    return 0;
}
