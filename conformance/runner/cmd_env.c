/* SPDX-License-Identifier: MIT */
/* `ringer env`: the line that makes the Windows-named links (kernel32.dll and so on) found. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/paths.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int env_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_env = {
    .name = "env",
    .summary = "print the line that makes the Windows-named links found",
    .help = "usage: eval \"$(ringer env)\"\n\n"
            "  --json   the same as an object\n"
            "  --help\n\n"
            "exit: 0, 2 usage, 77 the links are not there\n",
    .main = env_main,
};

/* In single quotes, whatever the path holds. */
static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
    putchar('\'');
}

static int env_main(const struct run_command *command, int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    const struct run_paths *paths = run_paths();
    bool json = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'j')
            json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind < argc)
        return run_usage(command, "no operand is wanted, there is '%s'", argv[optind]);
    if (!paths->links || access(paths->links, R_OK))
        return run_cannot("no Windows-named links at %s", paths->links ? paths->links : "(unset)");
    if (json) {
        json_t *object = json_pack("{s:s, s:s}", "LD_LIBRARY_PATH", paths->links, "library",
                                   paths->library);

        json_dumpf(object, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(object);
        return RUN_PASS;
    }
    fputs("export LD_LIBRARY_PATH=", stdout);
    print_quoted(paths->links);
    puts("\"${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\"");
    return RUN_PASS;
}
