/* SPDX-License-Identifier: MIT */
/* `ringer run`: scenarios on engines, with a verdict each. A program after `--` goes to `check`. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/progress.h"
#include "conformance/runner/suite.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_run = {
    .name = "run",
    .summary = "run scenarios on the engines and judge them",
    .help = "usage: ringer run [options] [SCENARIO...]\n"
            "       ringer run [options] -- ./app [args]   (as ringer check)\n\n"
            "SCENARIO is a file, a directory, an id, a prefix that ends in '.', or an area;\n"
            "without one every scenario that is shipped is run.\n\n"
            "  --engine E      uring, threads, sim, wine, a comma list of these, or all (default)\n"
            "  --profile P     win11-24h2 (default), win11-22h2, win11-21h2, server2022, win10, wine\n"
            "  --level L       only scenarios of this level (quick, full)\n"
            "  --fault PLAN    operations fail on purpose, as in read#3=device-error (docs/faults.md);\n"
            "                  the oracle judges, expectations are only shown\n"
            RUN_HOOK_HELP
            "  --jobs N        children at a time (default: processors)\n"
            "  --timeout S     seconds a case may take (default 30)\n"
            "  --report DIR    keep results.json and traces there (see ringer report)\n"
            "  --list          print what would run, and run nothing\n"
            "  --json          results on stdout as JSON\n"
            "  --verbose       a line a case, also for those that pass\n"
            "  --help\n\n"
            "The last line of text output is 'N passed, N failed'.\n"
            "exit: 0 no case failed, 1 a case failed, 2 usage, 77 cannot run here\n",
    .main = run_main,
};

struct options {
    const char *engine, *profile, *level, *report;
    unsigned jobs, timeout_s;
    bool list, json, verbose;
};

enum { OPT_ENGINE = 256, OPT_PROFILE, OPT_LEVEL, OPT_FAULT, OPT_JOBS, OPT_TIMEOUT, OPT_REPORT, OPT_LIST, OPT_JSON };

static const struct option long_options[] = {
    {"engine", required_argument, NULL, OPT_ENGINE},
    {"profile", required_argument, NULL, OPT_PROFILE},
    {"level", required_argument, NULL, OPT_LEVEL},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"report", required_argument, NULL, OPT_REPORT},
    {"list", no_argument, NULL, OPT_LIST},
    {"json", no_argument, NULL, OPT_JSON},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    RUN_HOOK_OPTIONS,
    {0},
};

/* -1: go on; else the exit code. */
static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+hvj:", long_options, NULL)) != -1) {
        switch (option) {
        case OPT_ENGINE:
            o->engine = optarg;
            break;
        case OPT_PROFILE:
            o->profile = optarg;
            if (!run_profile_known(optarg))
                return run_usage(command, "no profile '%s'", optarg);
            break;
        case OPT_LEVEL:
            o->level = optarg;
            if (strcmp(optarg, "quick") && strcmp(optarg, "full"))
                return run_usage(command, "no level '%s': quick or full", optarg);
            break;
        case OPT_FAULT:
            if (run_fault_option(command, optarg) >= 0)
                return RUN_USAGE;
            break;
        case RUN_OPT_HOOK:
        case RUN_OPT_CLAIMS:
        case RUN_OPT_VIRTUAL:
        case RUN_OPT_STRICT:
        case RUN_OPT_ETW:
            if (run_hooks_option(command, option, optarg) >= 0)
                return RUN_USAGE;
            break;
        case 'j':
        case OPT_JOBS:
            if (!run_parse_unsigned(optarg, 1, 256, &o->jobs))
                return run_usage(command, "--jobs wants a number from 1 to 256");
            break;
        case OPT_TIMEOUT:
            if (!run_parse_unsigned(optarg, 1, 3600, &o->timeout_s))
                return run_usage(command, "--timeout wants seconds, 1 to 3600");
            break;
        case OPT_REPORT:
            o->report = optarg;
            break;
        case OPT_LIST:
            o->list = true;
            break;
        case OPT_JSON:
            o->json = true;
            break;
        case 'v':
            o->verbose = true;
            break;
        case 'h':
            return run_help(command);
        default:
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
        }
    }
    return -1;
}

static void keep_level(struct run_suite *suite, const char *level)
{
    size_t kept = 0;

    for (size_t i = 0; i < suite->pair_count; i++)
        if (suite->pairs[i].problem || cf_scenario_has_level(suite->pairs[i].scenario, level))
            suite->pairs[kept++] = suite->pairs[i];
    suite->pair_count = kept;
}

static void print_list(const struct run_suite *suite, bool json)
{
    json_t *array = json_array();

    for (size_t i = 0; i < suite->pair_count; i++) {
        const struct run_pair *pair = &suite->pairs[i];
        const char *rule = pair->problem ? pair->problem : pair->scenario->rule;

        if (json)
            json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "scenario", pair->id, "area",
                                                   pair->area, "rule", rule ? rule : ""));
        else
            printf("%-36s %s\n", pair->id, rule ? rule : "");
    }
    if (json) {
        json_dumpf(array, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(array);
}

static void print_cases(const struct run_suite *suite, bool verbose)
{
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];

        if (c->verdict == RUN_VERDICT_PASS ? !verbose : false)
            continue;
        if (c->verdict == RUN_VERDICT_SKIPPED && !verbose)
            continue;
        printf("%-15s %s on %s%s%s", run_verdict_name(c->verdict), c->pair->id, c->column,
               *c->reason ? ": " : "", c->reason);
        if (verbose)
            printf(" (%u ms)", c->job.ms);
        putchar('\n');
    }
}

#define SKIPS_SHOWN 5

/* Is there an earlier case with the same reason, in the same column? */
static bool is_told(const struct run_suite *suite, const struct run_case *c)
{
    for (const struct run_case *at = suite->cases; at < c; at++)
        if (at->verdict == RUN_VERDICT_SKIPPED && !strcmp(at->column, c->column) &&
            !strcmp(at->reason, c->reason))
            return true;
    return false;
}

static unsigned times_skipped(const struct run_suite *suite, const struct run_case *c)
{
    unsigned count = 0;

    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *at = &suite->cases[i];

        count += at->verdict == RUN_VERDICT_SKIPPED && !strcmp(at->column, c->column) &&
                 !strcmp(at->reason, c->reason);
    }
    return count;
}

/* What a hook was not judged by, and why: each reason once, the first few. */
static void print_skips(const struct run_suite *suite, const char *column)
{
    unsigned reasons = 0;

    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];

        if (c->verdict != RUN_VERDICT_SKIPPED || strcmp(c->column, column) || is_told(suite, c))
            continue;
        if (++reasons <= SKIPS_SHOWN)
            printf("           %u skipped: %s\n", times_skipped(suite, c), c->reason);
    }
    if (reasons > SKIPS_SHOWN)
        printf("           and %u other reasons: --verbose\n", reasons - SKIPS_SHOWN);
}

/* A hook that no case came by is attached to nothing, or to what nobody calls. */
static void print_uncalled(const struct run_suite *suite)
{
    unsigned cases = 0;

    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];

        if (!c->real || c->verdict == RUN_VERDICT_SKIPPED)
            continue;
        if (!c->job.shared || c->job.ending != RUN_ENDED || c->job.shared->hook_calls)
            return;
        cases++;
    }
    if (cases)
        printf("hook     never called, in %u cases: is it attached, and to what they call?\n", cases);
}

static void print_faults(const struct run_suite *suite)
{
    unsigned faults = 0, cases = 0, expectations = 0;

    for (size_t i = 0; i < suite->case_count; i++) {
        const struct run_case *c = &suite->cases[i];

        faults += c->job.shared ? c->job.shared->faults : 0;
        cases += c->job.shared && c->job.shared->faults;
        expectations += c->under_faults;
    }
    if (run_fault_plan())
        printf("\nfaults   %u in %u cases; %u expectations under faults, not judged", faults, cases,
               expectations);
}

static void print_summary(const struct run_suite *suite, const json_t *results, bool verbose)
{
    struct run_counts counts = run_suite_counts(suite, NULL);
    const char *name;
    json_t *value;
    const char *separator = "";

    for (size_t i = 0; i < suite->engine_count; i++) {
        const struct run_engine *engine = &suite->engines[i];
        struct run_counts of = run_suite_counts(suite, engine->name);

        if (engine->usable)
            printf("%-8s %u passed, %u failed, %u skipped\n", engine->name, of.passed, of.failed,
                   of.skipped);
        if (engine->usable && !verbose && strstr(engine->name, "+hook"))
            print_skips(suite, engine->name);
        if (!engine->usable)
            printf("%-8s not usable here: %s\n", engine->name, engine->reason);
    }
    fputs("basis    ", stdout);
    json_object_foreach (json_object_get(results, "basis"), name, value) {
        printf("%s%s %d/%d", separator, name, (int)json_integer_value(json_array_get(value, 0)),
               (int)json_integer_value(json_array_get(value, 1)));
        separator = ", ";
    }
    print_faults(suite);
    putchar('\n');
    print_uncalled(suite);
    printf("time     %u.%03u s\n", suite->elapsed_ms / 1000, suite->elapsed_ms % 1000);
    printf("%u passed, %u failed\n", counts.passed, counts.failed);
}

static int run_and_report(struct run_suite *suite, const struct options *o, const char *scratch)
{
    struct run_suite_options options = {
        .scratch = scratch,
        .parallel = o->jobs ? o->jobs : run_default_parallel(),
        .timeout_ms = o->timeout_s * 1000,
        .progress = run_progress,
    };
    struct run_counts counts;
    char *error = NULL;
    json_t *results;
    int code;

    if (!run_suite_run(suite, &options, &error)) {
        code = run_cannot("%s", error);
        free(error);
        return code;
    }
    run_progress_clear();
    results = run_suite_json(suite);
    counts = run_suite_counts(suite, NULL);
    code = counts.failed ? RUN_FAIL : RUN_PASS;
    if (!counts.failed && !counts.passed && !counts.known)
        code = RUN_CANNOT;
    if (o->report) {
        char *path = run_format("%s/results.json", o->report);

        if (json_dump_file(results, path, JSON_INDENT(1)))
            code = run_cannot("%s cannot be written", path);
        free(path);
    }
    if (o->json) {
        json_dumpf(results, stdout, JSON_INDENT(1));
        putchar('\n');
    } else {
        print_cases(suite, o->verbose);
        print_summary(suite, results, o->verbose);
    }
    json_decref(results);
    return code;
}

/* A program after `--` is what check judges: hand over the words from `--` on. */
static int hand_over(char **argv, int argc, int first)
{
    char **args = run_xalloc((size_t)(argc - first + 3) * sizeof(*args));
    int count = 0, code;

    args[count++] = (char *)"check";
    args[count++] = (char *)"--";
    while (first < argc)
        args[count++] = argv[first++];
    optind = 0; /* getopt starts anew */
    code = run_cmd_check.main(&run_cmd_check, count, args);
    free(args);
    return code;
}

static bool fill_suite(struct run_suite *suite, const struct options *o, int argc, char **argv,
                       char **error_out)
{
    bool ok = optind < argc;

    /* Under a hook, the cases for hooks; with --virtual every case is one. */
    if (!ok && run_hooks() && !run_hooks()->all_virtual)
        ok = run_suite_add_area(suite, "hooks", error_out);
    else if (!ok)
        ok = run_suite_add_all(suite, error_out);

    for (int i = optind; ok && i < argc; i++)
        ok = run_suite_add(suite, argv[i], error_out);
    if (ok && o->level)
        keep_level(suite, o->level);
    return ok && (o->list || run_suite_engines(suite, o->engine, error_out));
}

static int run_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {.engine = "all", .timeout_s = 30};
    struct run_suite suite = {0};
    char *error = NULL, *scratch = NULL;
    int code = parse(command, argc, argv, &o);

    if (code >= 0)
        return code;
    if (optind > 1 && !strcmp(argv[optind - 1], "--")) {
        if (optind == argc)
            return run_usage(command, "no program after --");
        if (strcmp(o.engine, "all"))
            setenv("RINGER_ENGINE", o.engine, 1);
        if (o.profile)
            setenv("RINGER_PROFILE", o.profile, 1);
        return hand_over(argv, argc, optind);
    }
    suite.profile = o.profile;
    if (!fill_suite(&suite, &o, argc, argv, &error)) {
        code = run_usage(command, "%s", error);
    } else if (o.list) {
        print_list(&suite, o.json);
        code = RUN_PASS;
    } else {
        scratch = o.report ? run_format("%s/traces", o.report) : run_scratch_dir();
        if (o.report)
            run_remove_tree(scratch);
        code = run_make_dirs(scratch) ? run_and_report(&suite, &o, scratch)
                                      : run_cannot("%s cannot be made", scratch);
        if (!o.report)
            run_remove_tree(scratch);
    }
    run_suite_fini(&suite);
    free(scratch);
    free(error);
    return code;
}
