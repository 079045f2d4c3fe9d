/* SPDX-License-Identifier: MIT */
/* `ringer replay`: the calls of traces again on an engine of this machine, compared modulo legal order. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/engines.h"
#include "conformance/runner/progress.h"
#include "conformance/runner/replay.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int replay_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_replay = {
    .name = "replay",
    .summary = "make the calls of a trace again and compare",
    .help = "usage: ringer replay [options] TRACE.jsonl...\n\n"
            "Makes the same calls through the public API, each trace in a process of its own, and compares\n"
            "what came out. Times, handle values and legal orders never count; what the rules leave open is\n"
            "printed with --verbose as legal. No path of a trace is opened for writing: files are copied.\n\n"
            "  --engine E       uring or threads (default: what fits here)\n"
            "  --profile P      as for ringer run (default: what the trace says)\n"
            "  -o, --out F      keep the trace of the replay (one TRACE only)\n"
            "  --files DIR      where relative paths of the trace are (default: here)\n"
            "  --evidence       refuse what is no evidence of Windows: synthetic traces, and those of\n"
            "                   ringer and Wine\n"
            "  --timeout S      seconds a trace may take (default 30)\n"
            "  --jobs N         traces at a time (default: processors)\n"
            "  --json           differences on stdout as JSON\n"
            "  --verbose        legal differences too, and a line for each trace that is the same\n"
            "  --help\n\n"
            "exit: 0 the same, or different only where it is legal; 1 different; 2 usage, or a trace that is\n"
            "      unreadable or refused; 77 cannot run here\n",
    .main = replay_main,
};

struct options {
    const char *engine, *profile, *out, *files;
    unsigned timeout_s, jobs;
    bool evidence, json, verbose;
};

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {
        {"engine", required_argument, NULL, 'e'}, {"profile", required_argument, NULL, 'p'},
        {"out", required_argument, NULL, 'o'},    {"files", required_argument, NULL, 'f'},
        {"evidence", no_argument, NULL, 'E'},     {"timeout", required_argument, NULL, 't'},
        {"jobs", required_argument, NULL, 'J'},   {"json", no_argument, NULL, 'j'},
        {"verbose", no_argument, NULL, 'v'},      {"help", no_argument, NULL, 'h'},
        {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "ho:v", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            o->engine = optarg;
            break;
        case 'p':
            o->profile = optarg;
            if (!run_profile_known(optarg))
                return run_usage(command, "no profile '%s'", optarg);
            break;
        case 'o':
            o->out = optarg;
            break;
        case 'f':
            o->files = optarg;
            break;
        case 'E':
            o->evidence = true;
            break;
        case 't':
            if (!run_parse_unsigned(optarg, 1, 3600, &o->timeout_s))
                return run_usage(command, "--timeout wants seconds, 1 to 3600");
            break;
        case 'J':
            if (!run_parse_unsigned(optarg, 1, 256, &o->jobs))
                return run_usage(command, "--jobs wants a number from 1 to 256");
            break;
        case 'j':
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
    if (optind == argc)
        return run_usage(command, "no trace");
    if (o->out && argc - optind > 1)
        return run_usage(command, "--out is for one trace");
    return -1;
}

/* NULL when it can run here; else the reason. Fills in the engine that fits. */
static char *find_engine(const char **engine)
{
    struct run_engine_row rows[RUN_MAX_ENGINES];
    size_t count = run_engines_probe(rows);

    for (size_t i = 0; i < count; i++) {
        if (*engine ? strcmp(rows[i].name, *engine) : !rows[i].chosen)
            continue;
        *engine = rows[i].name;
        return rows[i].usable ? NULL : run_format("%s: %s", rows[i].name, rows[i].reason);
    }
    return run_format("no engine '%s'", *engine ? *engine : "");
}

static void print_difference(const struct run_replay *replay, const struct cf_difference *d)
{
    printf("  %s", d->legal ? "legal" : "DIFFERS");
    if (d->line)
        printf(" line %zu", d->line);
    if (d->n)
        printf(" call %llu", (unsigned long long)d->n);
    printf(" %s%s%s%s %s: expected %s, got %s", d->fn, d->step ? " [" : "", d->step ? d->step : "",
           d->step ? "]" : "", d->field, d->expected, d->got);
    if (*d->why)
        printf("; %s", d->why);
    if (d->rows)
        printf(" [%s]", d->rows);
    else if (!d->legal && run_replay_rows(replay, d->scenario))
        printf(" [rows %s]", run_replay_rows(replay, d->scenario));
    putchar('\n');
}

static void print_replay(const struct run_replay *replay, bool verbose)
{
    const struct cf_comparison *c = &replay->comparison;

    if (replay->verdict == RUN_REPLAY_SAME && !verbose)
        return;
    printf("%-10s %s on %s", run_replay_verdict_name(replay->verdict), replay->path, replay->engine);
    if (replay->reason)
        printf(": %s", replay->reason);
    printf(" (%zu calls, %zu compared, %zu absorbed, %zu not made, %zu completions, %zu reordered)\n",
           c->calls, c->compared, c->absorbed, c->not_made, c->completions, c->reordered);
    if (replay->note)
        printf("  note: %s\n", replay->note);
    if (c->made_up)
        puts("  note: contents of some file are not in the trace and not in --files: made up");
    for (size_t i = 0; i < c->count; i++) {
        if (!c->items[i].legal || verbose)
            print_difference(replay, &c->items[i]);
    }
}

static json_t *optional(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *difference_json(const struct run_replay *replay, const struct cf_difference *d)
{
    const char *rows = d->rows ? d->rows : run_replay_rows(replay, d->scenario);

    return json_pack("{s:b, s:I, s:I, s:o, s:o, s:o, s:I, s:s, s:s, s:s, s:o, s:o}", "legal", (int)d->legal,
                     "line", (json_int_t)d->line, "n", (json_int_t)d->n, "call", optional(d->fn), "step",
                     optional(d->step), "scenario", optional(d->scenario), "trial", (json_int_t)d->trial,
                     "field", d->field, "expected", d->expected, "got", d->got, "why", optional(d->why),
                     "rows", optional(rows));
}

static json_t *replay_json(const struct run_replay *replay)
{
    const struct cf_comparison *c = &replay->comparison;
    json_t *differences = json_array();

    for (size_t i = 0; i < c->count; i++)
        json_array_append_new(differences, difference_json(replay, &c->items[i]));
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "trace",
                     replay->path, "verdict", run_replay_verdict_name(replay->verdict), "engine",
                     replay->engine, "host", optional(replay->host), "evidence", (int)replay->is_evidence,
                     "note", optional(replay->note), "reason", optional(replay->reason), "made_up", (int)c->made_up, "calls",
                     (json_int_t)c->calls, "compared", (json_int_t)c->compared, "absorbed",
                     (json_int_t)c->absorbed, "not_made", (json_int_t)c->not_made, "completions",
                     (json_int_t)c->completions, "reordered", (json_int_t)c->reordered, "differences",
                     differences);
}

struct tally {
    size_t by_verdict[RUN_REPLAY_COUNT];
};

static void print_all(const struct run_replay *replays, size_t count, const struct options *o,
                      struct tally *tally)
{
    json_t *array = o->json ? json_array() : NULL;

    for (size_t i = 0; i < count; i++) {
        tally->by_verdict[replays[i].verdict]++;
        if (o->json)
            json_array_append_new(array, replay_json(&replays[i]));
        else
            print_replay(&replays[i], o->verbose);
    }
    if (o->json) {
        json_t *root = json_pack("{s:s, s:i, s:i, s:i, s:i, s:o}", "schema", "ringer-replay/1", "same",
                                 (int)tally->by_verdict[RUN_REPLAY_SAME], "legal",
                                 (int)tally->by_verdict[RUN_REPLAY_LEGAL], "different",
                                 (int)tally->by_verdict[RUN_REPLAY_DIFFERENT], "refused",
                                 (int)tally->by_verdict[RUN_REPLAY_REFUSED], "replays", array);

        json_dumpf(root, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(root);
    } else {
        printf("%zu same, %zu legal, %zu different, %zu refused\n", tally->by_verdict[RUN_REPLAY_SAME],
               tally->by_verdict[RUN_REPLAY_LEGAL], tally->by_verdict[RUN_REPLAY_DIFFERENT],
               tally->by_verdict[RUN_REPLAY_REFUSED]);
    }
}

static int replay_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {.timeout_s = 30, .files = "."};
    int code = parse(command, argc, argv, &o);
    struct tally tally = {0};
    struct run_replay *replays;
    size_t count;
    char *error, *scratch;

    if (code >= 0)
        return code;
    error = find_engine(&o.engine);
    if (error) {
        code = run_cannot("%s", error);
        free(error);
        return code;
    }
    count = (size_t)(argc - optind);
    replays = run_xalloc(count * sizeof(*replays));
    scratch = run_scratch_dir();
    for (size_t i = 0; i < count; i++)
        replays[i] = (struct run_replay){.path = argv[optind + (int)i], .engine = o.engine,
                                         .profile = o.profile, .files = o.files, .out = o.out,
                                         .as_evidence = o.evidence, .timeout_ms = o.timeout_s * 1000};
    run_replays(replays, count, scratch, o.jobs ? o.jobs : run_default_parallel());
    print_all(replays, count, &o, &tally);
    code = tally.by_verdict[RUN_REPLAY_REFUSED]     ? RUN_USAGE
           : tally.by_verdict[RUN_REPLAY_DIFFERENT] ? RUN_FAIL
           : tally.by_verdict[RUN_REPLAY_CANNOT]    ? RUN_CANNOT
                                                    : RUN_PASS;
    for (size_t i = 0; i < count; i++)
        run_replay_fini(&replays[i]);
    free(replays);
    run_remove_tree(scratch);
    free(scratch);
    return code;
}
