/* SPDX-License-Identifier: MIT */
/* Counting instructions: the counted process, and who counts it. */
#include "conformance/bench/instructions.h"

#include "conformance/bench/side.h"
#include "conformance/bench/work.h"
#include "conformance/runner/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int bench_counted(const char *spec, const char *file)
{
    static struct bench_work work;
    struct bench_row row;
    struct bench_side *side;
    struct stat info;
    char who[16], name[48], error[160];
    unsigned reads;

    if (sscanf(spec, "%15[^:]:%u:%47s", who, &reads, name) != 3 || !bench_row_parse(name, &row) ||
        !file || stat(file, &info) || !bench_peer_count ||
        !bench_work_init(&work, &row, file, (uint64_t)info.st_size, false))
        return RUN_USAGE;
    side = bench_side_open(strcmp(who, "peer") ? &bench_ours : &bench_peers[0], &work, error);
    if (!side)
        return run_cannot("%s", error);
    for (unsigned done = 0; done < reads; done += work.batch)
        if (!side->ops->round(side))
            return run_cannot("%s", side->error);
    if (side->flight.bad)
        return RUN_FAIL;
    bench_side_close(side);
    bench_work_fini(&work);
    return RUN_PASS;
}

/* Becomes the counted process, under callgrind when out is given. */
static void become(char *const argv[], const char *engine, const char *out)
{
    char *option = out ? run_format("--callgrind-out-file=%s", out) : NULL, **under;
    int null = open("/dev/null", O_RDWR);
    size_t count = 0;

    if (null < 0)
        _exit(RUN_CANNOT);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    setenv("RINGER_ENGINE", engine, 1);
    if (!out)
        execvp(argv[0], argv);
    while (argv[count])
        count++;
    under = run_xalloc((count + 4) * sizeof(*under));
    under[0] = (char *)"valgrind";
    under[1] = (char *)"--tool=callgrind";
    under[2] = option;
    memcpy(under + 3, argv, count * sizeof(*under));
    if (out)
        execvp(under[0], under);
    _exit(RUN_CANNOT);
}

static bool ended_well(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == RUN_PASS;
}

static bool read_totals(const char *out, uint64_t *count_out)
{
    FILE *stream = fopen(out, "r");
    bool found = false;
    char line[512];

    while (stream && !found && fgets(line, sizeof(line), stream))
        found = sscanf(line, "summary: %" SCNu64, count_out) == 1 ||
                sscanf(line, "totals: %" SCNu64, count_out) == 1;
    if (stream)
        fclose(stream);
    return found;
}

static bool count_by_callgrind(char *const argv[], const char *engine, uint64_t *count_out)
{
    char *dir = run_scratch_dir(), *out = run_format("%s/out", dir);
    pid_t pid;
    bool ok;

    fflush(NULL);
    pid = fork();
    if (!pid)
        become(argv, engine, out);
    ok = pid > 0 && ended_well(pid) && read_totals(out, count_out);
    run_remove_tree(dir);
    free(out);
    free(dir);
    return ok;
}

/* Few virtual machines offer the counter; threads of the process are counted, too. */
static bool count_by_processor(char *const argv[], const char *engine, uint64_t *count_out)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE,
                                   .size = sizeof(attr),
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .disabled = 1,
                                   .inherit = 1,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1,
                                   .enable_on_exec = 1};
    int gate[2], counter;
    pid_t pid;
    char go;
    bool ok;

    if (pipe(gate))
        return false;
    fflush(NULL);
    pid = fork();
    if (!pid) {
        close(gate[1]);
        if (read(gate[0], &go, 1) == 1)
            become(argv, engine, NULL);
        _exit(RUN_CANNOT);
    }
    close(gate[0]);
    counter = pid > 0 ? (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, 0) : -1;
    ok = counter >= 0 && write(gate[1], "", 1) == 1;
    close(gate[1]);
    ok = pid > 0 && ended_well(pid) && ok;
    ok = ok && read(counter, count_out, sizeof(*count_out)) == (ssize_t)sizeof(*count_out);
    if (counter >= 0)
        close(counter);
    return ok;
}

bool bench_count_instructions(char *const argv[], const char *engine, uint64_t *count_out)
{
    return count_by_callgrind(argv, engine, count_out) ||
           count_by_processor(argv, engine, count_out);
}

static bool each(const char *who, const char *row, const char *engine, const char *path, bool quick,
                 double *each_out)
{
    uint64_t counts[2];
    unsigned reads = quick ? 512 : 4096;
    char self[4096];
    ssize_t nchars = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[nchars > 0 ? nchars : 0] = '\0';
    for (unsigned i = 0; i < 2; i++) {
        char *spec = run_format("%s:%u:%s", who, reads * (i + 1), row);
        const char *const argv[] = {self, "bench", "ioring", "--counted", spec, "--file", path, NULL};
        bool ok = bench_count_instructions((char *const *)argv, engine, &counts[i]);

        free(spec);
        if (!ok)
            return false;
    }
    *each_out = ((double)counts[1] - (double)counts[0]) / reads;
    return true;
}

bool bench_instructions(const struct bench_row *row, const char *engine, const char *path,
                        bool quick, double *ours_out, double *peer_out, char *error)
{
    char name[48];

    snprintf(name, sizeof(name), "cached.%s.4k.d%u",
             row->registered   ? "registered"
             : row->overlapped ? "overlapped"
                               : "sync",
             row->depth);
    if (each("ours", name, engine, path, quick, ours_out) &&
        each("peer", name, engine, path, quick, peer_out))
        return true;
    snprintf(error, 160, "neither valgrind nor the processor counts instructions here");
    return false;
}
