/* SPDX-License-Identifier: MIT */
/* `ringer record`: a program under the tracer; the trace is kept and nothing is judged. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/launch.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int record_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_record = {
    .name = "record",
    .summary = "write a trace of what a program does",
    .help = "usage: ringer record [-o F] [--timeout S] [--json] -- ./app [args]\n\n"
            "  -o, --output F   the trace (default ringer-trace.jsonl)\n"
            "  --engine E       uring or threads (default: what fits here)\n"
            "  --profile P      as for ringer run\n"
            "  --fault PLAN     operations fail on purpose (docs/faults.md); notes say which did\n"
            RUN_HOOK_HELP
            "  --timeout S      end the program after S seconds (default: never)\n"
            "  --json           print path and exit as JSON\n"
            "  --help\n\n"
            "exit: 0 recorded and the program ended with 0, 1 the program failed, 2 usage,\n"
            "      77 no trace came out (not linked against libringer?)\n",
    .main = record_main,
};

struct options {
    const char *output;
    unsigned timeout_s;
    bool json;
};

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},  {"engine", required_argument, NULL, 'e'},
        {"profile", required_argument, NULL, 'p'}, {"timeout", required_argument, NULL, 't'},
        {"json", no_argument, NULL, 'j'},          {"help", no_argument, NULL, 'h'},
        {"fault", required_argument, NULL, 'F'},   RUN_HOOK_OPTIONS, {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+ho:", options, NULL)) != -1) {
        if (option == 'o')
            o->output = optarg;
        else if (option == 'e')
            setenv("RINGER_ENGINE", optarg, 1);
        else if (option == 'p' && run_profile_known(optarg))
            setenv("RINGER_PROFILE", optarg, 1);
        else if (option == 'F' && run_fault_option(command, optarg) >= 0)
            return RUN_USAGE;
        else if (option == 'F')
            ;
        else if (option == 't' && run_parse_unsigned(optarg, 1, 86400, &o->timeout_s))
            ;
        else if (option >= RUN_OPT_HOOK && run_hooks_option(command, option, optarg) >= 0)
            return RUN_USAGE;
        else if (option >= RUN_OPT_HOOK)
            ;
        else if (option == 'j')
            o->json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    return optind < argc ? -1 : run_usage(command, "no program after --");
}

static int record_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {.output = "ringer-trace.jsonl"};
    int code = parse(command, argc, argv, &o);
    struct run_launch launch = {.argv = argv + optind, .trace_path = o.output, .hooked = true};
    char *error = NULL, *ending;

    if (code >= 0)
        return code;
    launch.timeout_s = o.timeout_s;
    if (!run_launch(&launch, &error)) {
        code = run_cannot("%s", error);
        free(error);
        return code;
    }
    if (!launch.started)
        return run_cannot("%s: %s", launch.argv[0], strerror(launch.start_error));
    ending = run_launch_text(&launch);
    code = launch.signal || launch.exit_code || launch.timed_out ? RUN_FAIL : RUN_PASS;
    if (o.json) {
        json_t *object = json_pack("{s:s, s:b, s:s, s:i}", "trace", o.output, "traced",
                                   (int)launch.traced, "ended", ending, "exit", launch.exit_code);

        json_dumpf(object, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(object);
    } else if (launch.traced) {
        fprintf(stderr, "ringer: %s (%s: %s)\n", o.output, launch.argv[0], ending);
    }
    free(ending);
    if (!launch.traced)
        return run_cannot("%s left no trace: %s", launch.argv[0], run_launch_untraced(&launch));
    return code;
}
