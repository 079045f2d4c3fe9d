/* SPDX-License-Identifier: MIT */
/*
 * `ringer check`: a verdict over traces, scenarios, or what a program does. Says which behaviours were
 * leaned on, weakest grounds first, so that a green that rests on guesses can be seen and, if wished,
 * turned red.
 */
#include "conformance/runner/check.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/launch.h"
#include "conformance/runner/paths.h"
#include "conformance/runner/progress.h"
#include "conformance/runner/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_check = {
    .name = "check",
    .summary = "judge a trace, scenarios, or what a program does",
    .help = "usage: ringer check [options] TRACE.jsonl...\n"
            "       ringer check [options] -- ./app [args]\n"
            "       ringer check [options] SCENARIO...     (as ringer run names them)\n\n"
            "Lists the rows of the behaviour table that were leaned on, weakest basis first.\n\n"
            "  --fail-on B     also fail when a row that was leaned on has basis B or a weaker one;\n"
            "                  strongest first: recorded, reported, machine-output, ci-assertion,\n"
            "                  suite-assertion, statement, documented, inferred, decision\n"
            "  --junit F       write JUnit XML\n"
            "  --json          the verdict on stdout as JSON\n"
            "  --keep F        keep the trace of the program\n"
            "  --engine E, --profile P   for program and scenarios, as for ringer run\n"
            "  --fault PLAN    operations of program and scenarios fail on purpose (docs/faults.md)\n"
            RUN_HOOK_HELP
            "  --timeout S     end the program, or a scenario, after S seconds, which is a failure\n"
            "  --help\n\n"
            "exit: 0 every rule held, 1 one was broken, the program failed, or --fail-on says so,\n"
            "      2 usage, 77 cannot run here\n",
    .main = check_main,
};

struct options {
    const char *junit, *keep, *fail_on, *engine, *profile;
    unsigned timeout_s;
    bool json, fault;
};

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {
        {"fail-on", required_argument, NULL, 'f'}, {"junit", required_argument, NULL, 'u'},
        {"json", no_argument, NULL, 'j'},          {"keep", required_argument, NULL, 'k'},
        {"engine", required_argument, NULL, 'e'},  {"profile", required_argument, NULL, 'p'},
        {"timeout", required_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'},
        {"fault", required_argument, NULL, 'F'},   RUN_HOOK_OPTIONS, {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'f' && run_basis_rank(optarg) < 0)
            return run_usage(command, "no basis '%s'", optarg);
        else if (option == 'f')
            o->fail_on = optarg;
        else if (option == 'u')
            o->junit = optarg;
        else if (option == 'F' && run_fault_option(command, optarg) >= 0)
            return RUN_USAGE;
        else if (option == 'F')
            o->fault = true;
        else if (option >= RUN_OPT_HOOK && run_hooks_option(command, option, optarg) >= 0)
            return RUN_USAGE;
        else if (option >= RUN_OPT_HOOK)
            ;
        else if (option == 'j')
            o->json = true;
        else if (option == 'k')
            o->keep = optarg;
        else if (option == 'e')
            o->engine = optarg;
        else if (option == 'p' && run_profile_known(optarg))
            o->profile = optarg;
        else if (option == 't' && run_parse_unsigned(optarg, 1, 86400, &o->timeout_s))
            ;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    return optind < argc || run_hooks() ? -1 : run_usage(command, "want a trace, a scenario, or -- and a program");
}

static int finish(const struct options *o, const struct run_checks *checks)
{
    if (o->junit && !run_checks_junit(checks, o->junit))
        return run_cannot("%s cannot be written", o->junit);
    if (o->json)
        run_checks_print_json(checks);
    else
        run_checks_print(checks);
    if (run_checks_skipped(checks) == checks->count)
        return run_cannot("all was skipped");
    return run_checks_failed(checks) ? RUN_FAIL : RUN_PASS;
}

/* How the program does without the hook, so that a failure says whose it is; the caller's. */
static char *without_hook(const struct options *o, const char *scratch, char **argv)
{
    char *trace = run_format("%s/real.jsonl", scratch), *error = NULL, *text, *ending;
    struct run_launch launch = {.argv = argv, .trace_path = trace, .timeout_s = o->timeout_s};
    struct run_rules rules = {0};

    if (!run_launch(&launch, &error) || !launch.started || !launch.traced) {
        text = run_format("no trace");
    } else {
        ending = run_launch_text(&launch);
        run_rules_judge(&rules, trace);
        text = rules.breach_count ? run_format("%s, and it breaks %s", ending, rules.breaches[0].rule)
                                  : run_format("%s, and it breaks no rule", ending);
        free(ending);
    }
    run_rules_fini(&rules);
    free(trace);
    free(error);
    return text;
}

static int check_program(const struct options *o, struct run_checks *checks, char **argv)
{
    char *scratch = run_scratch_dir(), *error = NULL;
    char *trace = o->keep ? run_format("%s", o->keep) : run_format("%s/trace.jsonl", scratch);
    char *lint = run_format("%s/lint.jsonl", scratch), *real = NULL;
    struct run_launch launch = {.argv = argv,
                                .trace_path = trace,
                                .timeout_s = o->timeout_s,
                                .hooked = run_hooks(),
                                .lint_path = lint};
    int code, kept = o->keep ? open(o->keep, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;

    if (o->keep && kept < 0) {
        code = run_cannot("--keep %s: %s", o->keep, strerror(errno));
        run_remove_tree(scratch);
        free(scratch);
        free(trace);
        free(lint);
        return code;
    }
    if (kept >= 0)
        close(kept);
    if (o->engine)
        setenv("RINGER_ENGINE", o->engine, 1);
    if (o->profile)
        setenv("RINGER_PROFILE", o->profile, 1);
    if (run_hooks())
        real = without_hook(o, scratch, argv);
    if (!run_launch(&launch, &error)) {
        code = run_cannot("%s", error);
    } else if (!launch.started) {
        code = run_cannot("%s: %s", argv[0], strerror(launch.start_error));
    } else if (!launch.traced) {
        char *ending = run_launch_text(&launch);

        code = run_cannot("%s (%s) left no trace: %s", argv[0], ending,
                          run_launch_untraced(&launch));
        free(ending);
    } else {
        struct run_check *check = run_checks_add(checks, argv[0], trace);

        check->ending = run_launch_text(&launch);
        check->faults = o->fault ? run_checks_faults(trace) : NULL;
        check->real = real;
        real = NULL;
        check->lint = run_hooks() ? run_hooks_read_lint(lint) : NULL;
        check->program_failed = launch.signal || launch.exit_code || launch.timed_out;
        code = finish(o, checks);
    }
    run_remove_tree(scratch);
    free(scratch);
    free(trace);
    free(lint);
    free(real);
    free(error);
    return code;
}

/* What is no file is the name of a scenario, unless it looks like a path. */
static bool is_scenario(const char *word)
{
    size_t nchars = strlen(word);
    struct stat info;

    if (stat(word, &info))
        return !strchr(word, '/');
    return S_ISDIR(info.st_mode) || (nchars > 4 && !strcmp(word + nchars - 4, ".scn"));
}

/* Somebody left out the two dashes. */
static bool is_program(const char *word)
{
    char first[4] = "";
    struct stat info;
    int fd;

    if (stat(word, &info) || !S_ISREG(info.st_mode) || access(word, X_OK))
        return false;
    fd = open(word, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)!read(fd, first, sizeof(first));
        close(fd);
    }
    return !memcmp(first, "\177ELF", 4) || !memcmp(first, "#!", 2);
}

/* Traces as they are, scenarios on every native engine that works here unless one was named. */
static int check_words(const struct run_command *command, const struct options *o,
                       struct run_checks *checks, int count, char **words)
{
    struct run_suite suite = {.profile = o->profile};
    char *scratch = run_scratch_dir(), *error = NULL;
    struct run_suite_options options = {
        .scratch = scratch,
        .parallel = run_default_parallel(),
        .timeout_ms = 1000 * (o->timeout_s ? o->timeout_s : 30),
        .progress = run_progress,
    };
    int code = -1;

    if (!count && !run_suite_add_area(&suite, "hooks", &error))
        code = run_usage(command, "%s", error);
    for (int i = 0; i < count && code < 0; i++) {
        if (is_program(words[i]))
            code = run_usage(command, "%s is a program: say ringer check -- %s", words[i], words[i]);
        else if (!is_scenario(words[i]) && access(words[i], R_OK))
            code = run_usage(command, "%s cannot be read", words[i]);
        else if (!is_scenario(words[i]) && o->fault)
            code = run_usage(command, "%s: no fault befalls what has been recorded", words[i]);
        else if (!is_scenario(words[i]))
            run_checks_add(checks, words[i], words[i]);
        else if (!run_suite_add(&suite, words[i], &error))
            code = run_usage(command, "%s", error);
    }
    if (code < 0 && suite.pair_count) {
        if (!run_suite_engines(&suite, o->engine ? o->engine : "uring,threads", &error))
            code = run_usage(command, "%s", error);
        else if (!run_suite_run(&suite, &options, &error))
            code = run_cannot("%s", error);
        run_progress_clear();
        for (size_t i = 0; i < suite.case_count && code < 0; i++)
            run_checks_add_case(checks, &suite.cases[i]);
    }
    if (code < 0)
        code = finish(o, checks);
    run_suite_fini(&suite);
    run_remove_tree(scratch);
    free(scratch);
    free(error);
    return code;
}

static int check_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {0};
    struct run_checks checks;
    int code = parse(command, argc, argv, &o);

    if (code >= 0)
        return code;
    if (!run_checks_init(&checks, o.fail_on))
        code = run_cannot("%s: no behaviour table", run_paths()->behaviours);
    else if (optind > 1 && !strcmp(argv[optind - 1], "--"))
        code = check_program(&o, &checks, argv + optind);
    else
        code = check_words(command, &o, &checks, argc - optind, argv + optind);
    run_checks_fini(&checks);
    return code;
}
