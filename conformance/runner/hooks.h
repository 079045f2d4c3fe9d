/* SPDX-License-Identifier: MIT */
/*
 * `--hook FILE[:args]`: the hooks that what is run from here on runs under, and how they are judged;
 * and `--etw`, which is for the same commands.
 * One setting a process, as for faults; hooks are loaded in children only.
 */
#ifndef CF_RUNNER_HOOKS_H
#define CF_RUNNER_HOOKS_H

#include "conformance/runner/cmd.h"

#include <jansson.h>

/* The options that run, check, record and explore share, for their help. */
#define RUN_HOOK_HELP                                                                             \
    "  --hook F[:ARGS]  load this hook first; without a program: the cases for hooks, each on real\n" \
    "                   files before (docs/hook-authors.md). May stand several times\n"              \
    "  --claims WORDS   judge the hook by these (core async nt ...), not by what it says itself\n"   \
    "  --virtual        every file that a scenario only reads is the hook's\n"                       \
    "  --strict-windows what works by luck is a failure\n"                        \
    "  --etw F          DirectStorage's events to F, as its trace sessions have them\n"

/* Values for getopt's table, and the rows themselves. */
enum { RUN_OPT_HOOK = 4096, RUN_OPT_CLAIMS, RUN_OPT_VIRTUAL, RUN_OPT_STRICT, RUN_OPT_ETW };
#define RUN_HOOK_OPTIONS                                                                           \
    {"hook", required_argument, NULL, RUN_OPT_HOOK},                                               \
        {"claims", required_argument, NULL, RUN_OPT_CLAIMS},                                       \
        {"virtual", no_argument, NULL, RUN_OPT_VIRTUAL},                                           \
        {"strict-windows", no_argument, NULL, RUN_OPT_STRICT},                                     \
        {"etw", required_argument, NULL, RUN_OPT_ETW}

struct run_hooks {
    char *list;   /* as in RINGER_HOOKS, files absolute */
    char *claims; /* words parted by blanks */
    bool claims_given;
    bool strict, all_virtual;
};

/* One of RUN_HOOK_OPTIONS with its argument: -1, or the exit code. */
int run_hooks_option(const struct run_command *command, int option, const char *argument);
/* What those do. False: *error_out, the caller's. */
bool run_hooks_add(const char *argument, char **error_out);
void run_hooks_set_claims(const char *words);
void run_hooks_set_virtual(void);
void run_hooks_set_strict(void);
/* NULL: no hook. */
const struct run_hooks *run_hooks(void);
bool run_hooks_claim(const char *word);
/* Adds the hooks to RINGER_HOOKS, for a program that is about to be executed. */
void run_hooks_export(void);
/* In a child, before the first call of the API: loads them. False with the reason. */
bool run_hooks_load(char *error, size_t error_nbytes);
/* In that child: what lint has found, a line of JSON each, to a file. */
void run_hooks_write_lint(const char *path);
/* In the parent: what the child wrote; a new reference. */
/* In a child that has so long: before it is ended it says on stderr what its hooks have in hand. */
void run_hooks_last_words(unsigned timeout_ms);
void run_hooks_say_standing(void);
json_t *run_hooks_read_lint(const char *path);
/* The options again, each with a blank behind it, "" without hooks; the caller's. */
char *run_hooks_words(void);
/* Where known differences of the (first) hook are listed; the caller's. */
char *run_hooks_expect(void);
/* For results.json; NULL without hooks. */
json_t *run_hooks_json(void);

#endif
