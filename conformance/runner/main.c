/* SPDX-License-Identifier: MIT */
/*
 * The `ringer` tool: finds the subcommand and hands over. The process itself never calls the
 * emulator; whatever does runs in a child, so that a wrong implementation cannot harm the judge.
 */
#include "conformance/runner/cmd.h"
#include "conformance/runner/version.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct run_command *const commands[] = {
    &run_cmd_run,  &run_cmd_check,  &run_cmd_record,
    &run_cmd_caps, &run_cmd_report, &run_cmd_env, &run_cmd_explore, &run_cmd_bench,
    &run_cmd_replay, &run_cmd_trace, &run_cmd_answers, &run_cmd_gdeflate, &run_cmd_hooks,
};

/* Names that the contract reserves and this version cannot run. */
static const char *const reserved[] = {"import", "wine"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int run_help(const struct run_command *command)
{
    printf("ringer %s: %s\n\n%s", command->name, command->summary, command->help);
    return RUN_PASS;
}

int run_usage(const struct run_command *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "ringer %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (see: ringer %s --help)\n", command->name);
    return RUN_USAGE;
}

int run_cannot(const char *format, ...)
{
    va_list args;

    fputs("ringer: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return RUN_CANNOT;
}

static void print_help(FILE *stream)
{
    fputs("ringer: IoRing of Windows on Linux, and the judge of what it does\n\n"
          "usage: ringer COMMAND [options]   (ringer COMMAND --help tells more)\n\n",
          stream);
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(stream, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nexit: 0 pass, 1 fail, 2 usage, 77 cannot run here\n", stream);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (!name) {
        print_help(stderr);
        return RUN_USAGE;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
        print_help(stdout);
        return RUN_PASS;
    }
    if (!strcmp(name, "--version")) {
        puts("ringer " RINGER_VERSION_TEXT);
        return RUN_PASS;
    }
    for (size_t i = 0; i < COUNT(commands); i++)
        if (!strcmp(name, commands[i]->name))
            return commands[i]->main(commands[i], argc - 1, argv + 1);
    for (size_t i = 0; i < COUNT(reserved); i++)
        if (!strcmp(name, reserved[i]))
            return run_cannot("%s: not built in version " RINGER_VERSION_TEXT, name);
    fprintf(stderr, "ringer: no command '%s' (see: ringer --help)\n", name);
    return RUN_USAGE;
}
