/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of `ringer` and what they share: exit codes, the table of main.c, small helpers.
 * Codes, names and JSON keys are a contract (README.md): scripts rely on them.
 */
#ifndef CF_RUNNER_CMD_H
#define CF_RUNNER_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUN_PASS = 0, RUN_FAIL = 1, RUN_USAGE = 2, RUN_CANNOT = 77 };

struct run_command {
    const char *name, *summary;
    const char *help; /* printed by --help: usage line and options */
    int (*main)(const struct run_command *command, int argc, char **argv);
};

extern const struct run_command run_cmd_run, run_cmd_check, run_cmd_record, run_cmd_caps,
    run_cmd_report, run_cmd_env, run_cmd_explore, run_cmd_bench, run_cmd_replay, run_cmd_trace,
    run_cmd_answers, run_cmd_gdeflate, run_cmd_hooks;

/* Prints the command's help on stdout; RUN_PASS. */
int run_help(const struct run_command *command);
/* One line on stderr and where to find help; RUN_USAGE. */
int run_usage(const struct run_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One line on stderr, the reason; RUN_CANNOT. */
int run_cannot(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The program has no way on without memory: says so and exits with RUN_CANNOT. */
void *run_xalloc(size_t nbytes);
char *run_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs Python with these words, the first being its own name: the script's exit code, or RUN_CANNOT. */
int run_python(char **args);

uint64_t run_now_ms(void);
/* A number from min to max, else false. */
bool run_parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *value_out);
bool run_profile_known(const char *name);

/* Puts a fault plan (docs/faults.md) in force for what is run from here on: -1, or the exit code. */
int run_fault_option(const struct run_command *command, const char *plan);
/* Whatever runs from here on appends DirectStorage's events to that file, made empty: the same. */
int run_etw_option(const struct run_command *command, const char *path);
/* The plan that is in force, or NULL. */
const char *run_fault_plan(void);

/* mkdir -p; false with errno. */
bool run_make_dirs(const char *path);
/* A fresh private directory below TMPDIR; the caller removes it with run_remove_tree and frees. */
char *run_scratch_dir(void);
void run_remove_tree(const char *path);

#endif
