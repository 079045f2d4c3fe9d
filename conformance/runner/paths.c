/* SPDX-License-Identifier: MIT */
/* Finds scenarios, tables and libraries of this very copy of the tool. */
#include "conformance/runner/paths.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *own_directory(void)
{
    static char path[4096];
    ssize_t nbytes = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash;

    if (nbytes <= 0)
        return NULL;
    path[nbytes] = '\0';
    slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return path;
}

/* Lines `member path`; true when the file is there, that is in a build tree. */
static bool read_build_tree(const char *directory, struct run_paths *paths)
{
    char *name = run_format("%s/ringer.paths", directory);
    FILE *file = fopen(name, "re");
    char key[32], value[4096];

    free(name);
    if (!file)
        return false;
    while (fscanf(file, "%31s %4095[^\n]", key, value) == 2) {
#define MEMBER(member)                                                                             \
    if (!strcmp(key, #member))                                                                     \
    paths->member = run_format("%s", value)
        MEMBER(scenarios);
        MEMBER(expect);
        MEMBER(behaviours);
        MEMBER(evidence);
        MEMBER(report);
        MEMBER(tracer);
        MEMBER(agent);
        MEMBER(refvfs);
        MEMBER(allocations);
        MEMBER(links);
        MEMBER(library);
        MEMBER(wine);
        MEMBER(wine_run);
        MEMBER(conformance_exe);
#undef MEMBER
    }
    fclose(file);
    return true;
}

/* Installed: from <prefix>/bin the rest is found by the relative paths that the build chose. */
static void find_installed(const char *directory, struct run_paths *paths)
{
    const char *data = directory, *lib = directory;

    paths->scenarios = run_format("%s/" RINGER_TO_DATA "/scenario", data);
    paths->expect = run_format("%s/" RINGER_TO_DATA "/expect", data);
    paths->behaviours = run_format("%s/" RINGER_TO_DATA "/behaviours", data);
    paths->evidence = run_format("%s/" RINGER_TO_DATA "/evidence", data);
    paths->report = run_format("%s/" RINGER_TO_DATA "/report/report.py", data);
    paths->tracer = run_format("%s/" RINGER_TO_LIB "/ringer/ringer-trace.so", lib);
    paths->agent = run_format("%s/" RINGER_TO_LIB "/ringer/ringer-explore.so", lib);
    paths->refvfs = run_format("%s/" RINGER_TO_LIB "/ringer/refvfs.so", lib);
    paths->allocations = run_format("%s/" RINGER_TO_LIB "/ringer/ringer-allocations.so", lib);
    paths->links = run_format("%s/" RINGER_TO_LIB "/ringer/windows-names", lib);
    paths->library = run_format("%s/" RINGER_TO_LIB, lib);
}

/* A path without "..": what is printed must make sense elsewhere, and missing things stay named. */
static void tidy(char **path)
{
    char *real = *path ? realpath(*path, NULL) : NULL;

    if (!real)
        return;
    free(*path);
    *path = real;
}

const struct run_paths *run_paths(void)
{
    static struct run_paths paths;
    const char *directory;

    if (paths.scenarios)
        return &paths;
    directory = own_directory();
    if (!directory)
        directory = ".";
    if (!read_build_tree(directory, &paths))
        find_installed(directory, &paths);
    tidy(&paths.scenarios);
    tidy(&paths.expect);
    tidy(&paths.behaviours);
    tidy(&paths.evidence);
    tidy(&paths.report);
    tidy(&paths.tracer);
    tidy(&paths.agent);
    tidy(&paths.links);
    tidy(&paths.library);
    return &paths;
}
