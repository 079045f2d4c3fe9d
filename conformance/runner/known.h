/* SPDX-License-Identifier: MIT */
/*
 * Known differences as data: conformance/expect/<target>/NAME.txt, one a line:
 *   SCENARIO FIELD [seen=VALUE] REASON to the end of the line
 * FIELD is an expectation's field (in quotes when it has blanks), or one of crash, hang, leak, rule:ID,
 * or skip, which means that the scenario is not run there at all.
 * seen= pins the wrong answer: another wrong answer fails, and so does a right one.
 */
#ifndef CF_RUNNER_KNOWN_H
#define CF_RUNNER_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

struct run_known {
    char *scenario, *field, *seen, *reason; /* seen NULL: any wrong answer */
    const char *file;                       /* for messages */
    unsigned line;
    bool met;
};

struct run_known_list {
    struct run_known *rows;
    size_t count;
    char **files;
    size_t file_count;
};

/* Reads every *.txt of directory; a missing directory is an empty list. False: *error_out, owned. */
bool run_known_load(struct run_known_list *list, const char *directory, char **error_out);
struct run_known *run_known_find(struct run_known_list *list, const char *scenario,
                                 const char *field);
void run_known_fini(struct run_known_list *list);

#endif
