/* SPDX-License-Identifier: MIT */
/* `ringer caps`: which engines can run here, and what a program is told by QueryIoRingCapabilities. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/engines.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static int caps_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_caps = {
    .name = "caps",
    .summary = "print engines, with reasons, and capabilities",
    .help = "usage: ringer caps [--profile P] [--json]\n\n"
            "  --profile P   as for ringer run\n"
            "  --json\n"
            "  --help\n\n"
            "exit: 0, 1 no engine can run here, 2 usage\n",
    .main = caps_main,
};

static const struct run_engine_row *chosen_row(const struct run_engine_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].chosen)
            return &rows[i];
    return NULL;
}

static void print_json(const struct run_engine_row *rows, size_t count,
                       const struct run_engine_row *chosen)
{
    json_t *engines = json_array(), *root;

    for (size_t i = 0; i < count; i++)
        json_array_append_new(engines, json_pack("{s:s, s:b, s:b, s:s}", "name", rows[i].name,
                                                 "usable", (int)rows[i].usable, "chosen",
                                                 (int)rows[i].chosen, "reason", rows[i].reason));
    root = json_pack("{s:o, s:I, s:I, s:I, s:I}", "engines", engines, "max_version",
                     (json_int_t)(chosen ? chosen->max_version : 0), "max_submission_queue",
                     (json_int_t)(chosen ? chosen->max_sq : 0), "max_completion_queue",
                     (json_int_t)(chosen ? chosen->max_cq : 0), "features",
                     (json_int_t)(chosen ? chosen->features : 0));
    json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
}

static void print_text(const struct run_engine_row *rows, size_t count,
                       const struct run_engine_row *chosen)
{
    for (size_t i = 0; i < count; i++)
        printf("engine %-8s %s%s%s\n", rows[i].name,
               rows[i].chosen ? "chosen" : rows[i].usable ? "usable" : "not usable: ",
               rows[i].usable && *rows[i].reason ? ", " : "", rows[i].reason);
    if (chosen)
        printf("ioring version %u, submission queue up to %u, completion queue up to %u, "
               "features 0x%x\n",
               chosen->max_version, chosen->max_sq, chosen->max_cq, chosen->features);
}

static int caps_main(const struct run_command *command, int argc, char **argv)
{
    static const struct option options[] = {{"profile", required_argument, NULL, 'p'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct run_engine_row rows[RUN_MAX_ENGINES];
    const struct run_engine_row *chosen;
    bool json = false;
    size_t count;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'p' && run_profile_known(optarg))
            setenv("RINGER_PROFILE", optarg, 1);
        else if (option == 'j')
            json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind < argc)
        return run_usage(command, "no operand is wanted, there is '%s'", argv[optind]);
    count = run_engines_probe(rows);
    chosen = chosen_row(rows, count);
    if (json)
        print_json(rows, count, chosen);
    else
        print_text(rows, count, chosen);
    return chosen ? RUN_PASS : RUN_FAIL;
}
