/* SPDX-License-Identifier: MIT */
/*
 * `ringer check`: the oracle over traces, or over what a program does. Says what the program leaned on,
 * weakest grounds first, so that a green that rests on guesses can be seen and, if wished, turned red.
 */
#include "conformance/runner/check.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/launch.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int check_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_check = {
    .name = "check",
    .summary = "judge a trace, or what a program does",
    .help = "usage: ringer check [options] TRACE.jsonl...\n"
            "       ringer check [options] -- ./app [args]\n\n"
            "  --fail-on B     also fail when a rule that was leaned on has basis B or weaker:\n"
            "                  machine-output, ci-assertion, suite-assertion, statement, documented,\n"
            "                  inferred, decision\n"
            "  --junit F       write JUnit XML\n"
            "  --json          the verdict on stdout as JSON\n"
            "  --keep F        keep the trace of the program\n"
            "  --engine E, --profile P   for the program, as for ringer run\n"
            "  --timeout S     end the program after S seconds, which is a failure\n"
            "  --help\n\n"
            "exit: 0 every rule held, 1 one was broken or the program failed, 2 usage, 77 cannot run here\n",
    .main = check_main,
};

struct options {
    const char *junit, *keep, *fail_on;
    unsigned timeout_s;
    bool json;
};

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {
        {"fail-on", required_argument, NULL, 'f'}, {"junit", required_argument, NULL, 'u'},
        {"json", no_argument, NULL, 'j'},          {"keep", required_argument, NULL, 'k'},
        {"engine", required_argument, NULL, 'e'},  {"profile", required_argument, NULL, 'p'},
        {"timeout", required_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'},
        {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'f' && run_basis_rank(optarg) >= 0)
            o->fail_on = optarg;
        else if (option == 'u')
            o->junit = optarg;
        else if (option == 'j')
            o->json = true;
        else if (option == 'k')
            o->keep = optarg;
        else if (option == 'e')
            setenv("RINGER_ENGINE", optarg, 1);
        else if (option == 'p' && run_profile_known(optarg))
            setenv("RINGER_PROFILE", optarg, 1);
        else if (option == 't' && run_parse_unsigned(optarg, 1, 86400, &o->timeout_s))
            ;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    return optind < argc ? -1 : run_usage(command, "want a trace, or -- and a program");
}

static int finish(const struct options *o, const struct run_checks *checks)
{
    if (o->junit && !run_checks_junit(checks, o->junit))
        return run_cannot("%s cannot be written", o->junit);
    if (o->json)
        run_checks_print_json(checks);
    else
        run_checks_print(checks);
    return run_checks_failed(checks) ? RUN_FAIL : RUN_PASS;
}

static int check_program(const struct options *o, char **argv)
{
    char *scratch = run_scratch_dir(), *error = NULL;
    char *trace = o->keep ? run_format("%s", o->keep) : run_format("%s/trace.jsonl", scratch);
    struct run_launch launch = {.argv = argv, .trace_path = trace, .timeout_s = o->timeout_s};
    struct run_checks checks = {.fail_on = o->fail_on};
    int code;

    if (!run_launch(&launch, &error)) {
        code = run_cannot("%s", error);
    } else if (!launch.started) {
        code = run_cannot("%s: %s", argv[0], strerror(launch.start_error));
    } else if (!launch.traced) {
        char *ending = run_launch_text(&launch);

        code = run_cannot("%s (%s) left no trace: is it linked against libringer?", argv[0], ending);
        free(ending);
    } else {
        struct run_check *check = run_checks_add(&checks, argv[0], trace);

        check->ending = run_launch_text(&launch);
        check->program_failed = launch.signal || launch.exit_code || launch.timed_out;
        code = finish(o, &checks);
    }
    run_checks_fini(&checks);
    run_remove_tree(scratch);
    free(scratch);
    free(trace);
    free(error);
    return code;
}

static int check_traces(const struct run_command *command, const struct options *o, int count,
                        char **paths)
{
    struct run_checks checks = {.fail_on = o->fail_on};
    int code;

    for (int i = 0; i < count; i++)
        if (access(paths[i], R_OK))
            return run_usage(command, "%s cannot be read", paths[i]);
    for (int i = 0; i < count; i++)
        run_checks_add(&checks, paths[i], paths[i]);
    code = finish(o, &checks);
    run_checks_fini(&checks);
    return code;
}

static int check_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {0};
    int code = parse(command, argc, argv, &o);

    if (code >= 0)
        return code;
    if (optind > 1 && !strcmp(argv[optind - 1], "--"))
        return check_program(&o, argv + optind);
    return check_traces(command, &o, argc - optind, argv + optind);
}
