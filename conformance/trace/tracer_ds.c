/* SPDX-License-Identifier: MIT */
/*
 * DirectStorage's methods are no exports, so there is nothing to put a wrapper on. The runtime's
 * own event log is the witness: it is switched on, and what it said of this process becomes
 * records at the end.
 */
#include "conformance/trace/tracer.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char log_path[PATH_MAX]; /* set before the first call; "" : there is none */
static bool ours;               /* nobody else wants the file */
static long begin_at;           /* of a file that was there before */

void tracer_ds_begin(const char *trace_path)
{
    const char *wanted = getenv("RINGER_ETW");
    char whole[PATH_MAX];
    FILE *file;

    ours = !wanted || !*wanted;
    if (ours && !realpath(trace_path, whole))
        return;
    if (snprintf(log_path, sizeof(log_path), "%s%s", ours ? whole : wanted, ours ? ".etw" : "") >=
        (int)sizeof(log_path)) {
        *log_path = 0;
        return;
    }
    if (ours) {
        unlink(log_path);
        setenv("RINGER_ETW", log_path, 1);
    } else if ((file = fopen(log_path, "rb"))) {
        if (!fseek(file, 0, SEEK_END))
            begin_at = ftell(file);
        fclose(file);
    }
}

/* A whole line of an event of this process: what stands between its braces, else NULL. */
static char *members_of(char *line, ssize_t nbytes)
{
    unsigned long process;
    int nchars = 0;

    sscanf(line, "{\"time\":%*d,\"process\":%lu,%n", &process, &nchars);
    if (!nchars || process != (unsigned long)getpid() || nbytes < 3 ||
        strcmp(line + nbytes - 3, "}}\n"))
        return NULL;
    line[nbytes - 2] = 0;
    return line + 1;
}

void tracer_ds_end(struct cf_trace_writer *writer)
{
    FILE *file = *log_path ? fopen(log_path, "rb") : NULL;
    char *line = NULL, *members;
    size_t capacity = 0;
    ssize_t nbytes;

    if (!file)
        return;
    fseek(file, begin_at, SEEK_SET);
    while ((nbytes = getline(&line, &capacity, file)) > 0) {
        members = members_of(line, nbytes);
        if (members)
            cf_trace_ds_event(writer, members);
    }
    free(line);
    fclose(file);
    if (ours)
        unlink(log_path);
}
