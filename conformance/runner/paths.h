/* SPDX-License-Identifier: MIT */
/*
 * Where the tool finds its data: beside itself in a build tree (a file named `ringer.paths`, written
 * by the build and never installed), else below the prefix that it was installed to.
 */
#ifndef CF_RUNNER_PATHS_H
#define CF_RUNNER_PATHS_H

struct run_paths {
    char *scenarios;  /* directory; searched recursively for *.scn */
    char *expect;     /* directory of <target>/ lists of known differences */
    char *behaviours; /* directory of *.json */
    char *evidence;   /* likewise */
    char *report;     /* report.py */
    char *tracer;     /* ringer-trace.so */
    char *agent;      /* ringer-explore.so */
    char *refvfs;     /* refvfs.so, the reference layer of virtual files */
    char *allocations; /* ringer-allocations.so: bench hooks preloads it */
    char *links;      /* directory of the Windows-named links */
    char *library;    /* directory of libringer.so */
    /* Build tree only, else NULL: the PE build, its starter, the recorder for Windows. */
    char *wine, *wine_run, *conformance_exe;
};

/* Filled on first call; never freed. Members may name things that do not exist. */
const struct run_paths *run_paths(void);

#endif
