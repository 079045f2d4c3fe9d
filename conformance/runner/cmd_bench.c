/* SPDX-License-Identifier: MIT */
/* `ringer bench`: how fast it is, against io_uring itself, libdeflate, fio, a number, and what it was. */
#include "conformance/bench/bench.h"
#include "conformance/bench/codec.h"
#include "conformance/bench/dstorage.h"
#include "conformance/bench/explore.h"
#include "conformance/bench/hooks.h"
#include "conformance/bench/output.h"
#include "conformance/runner/cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bench_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_bench = {
    .name = "bench",
    .summary = "measure reads, the codec, exploration, hooks and DirectStorage",
    .help =
        "usage: ringer bench ioring|gdeflate|explore|hooks|dstorage [options]\n\n"
        "  --filter F[,F]  only rows whose name contains one of these; a whole name is that row\n"
        "  --full          every combination, not the chosen ones (a quarter of an hour)\n"
        "  --quick         a few seconds; nothing is judged\n"
        "  --engine E      ioring, hooks, dstorage: of our side, uring (default) or threads\n"
        "  --dir DIR       ioring, dstorage: where the file is made (default: a directory on ext4 or xfs)\n"
        "  --file PATH     read this file instead, 1 MiB at least; or compress it, 256 KiB at least\n"
        "  --compare OLD   against the JSON of another run; 1 if a row is worse\n"
        "  --input NEW     measure nothing, take this JSON as the run\n"
        "  --list          print the names of the rows, and run nothing\n"
        "  --json\n"
        "  --help\n\n"
        "ioring, dstorage: rows with a target are judged on ext4 and xfs, those of tmpfs on tmpfs.\n"
        "exit: 0 every judged row is met, 1 one is not or is worse, 2 usage,\n"
        "      77 nothing can be measured here, or no requirement judged\n",
    .main = bench_main,
};

struct options {
    struct bench_options bench;
    const char *compare, *input, *counted;
    bool json, list;
    const char *client; /* explored by the bench itself: explore_client */
    bool codec;         /* of GDeflate, not of the ring */
    bool explore;       /* of schedules */
    bool hooks;         /* of slots, hooks and virtual files */
    bool dstorage;      /* of DirectStorage */
};

enum {
    OPT_FULL = 256,
    OPT_QUICK,
    OPT_PAIRS,
    OPT_DIR,
    OPT_FILE,
    OPT_COMPARE,
    OPT_INPUT,
    OPT_LIST,
    OPT_COUNTED,
    OPT_CLIENT
};

static const struct option long_options[] = {
    {"filter", required_argument, NULL, 'f'},
    {"full", no_argument, NULL, OPT_FULL},
    {"quick", no_argument, NULL, OPT_QUICK},
    {"pairs", required_argument, NULL, OPT_PAIRS},
    {"engine", required_argument, NULL, 'e'},
    {"dir", required_argument, NULL, OPT_DIR},
    {"file", required_argument, NULL, OPT_FILE},
    {"compare", required_argument, NULL, OPT_COMPARE},
    {"input", required_argument, NULL, OPT_INPUT},
    {"list", no_argument, NULL, OPT_LIST},
    {"counted", required_argument, NULL, OPT_COUNTED}, /* the bench's own: see bench_counted */
    {"client", required_argument, NULL, OPT_CLIENT},   /* likewise */
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void add_filters(struct bench_options *o, char *words)
{
    for (char *save = NULL, *word = strtok_r(words, ",", &save); word;
         word = strtok_r(NULL, ",", &save)) {
        o->filters = realloc(o->filters, (o->filter_count + 1) * sizeof(*o->filters));
        if (!o->filters)
            abort();
        o->filters[o->filter_count++] = word;
    }
}

/* False: it is none of these, or has a bad value. */
static bool take(struct options *o, int option)
{
    switch (option) {
    case 'f':
        add_filters(&o->bench, optarg);
        return true;
    case 'e':
        o->bench.engine = optarg;
        return !strcmp(optarg, "uring") || !strcmp(optarg, "threads");
    case 'j':
        return o->json = true;
    case OPT_FULL:
        return o->bench.full = true;
    case OPT_QUICK:
        return o->bench.quick = true;
    case OPT_PAIRS:
        return run_parse_unsigned(optarg, 1, 255, &o->bench.pairs);
    case OPT_LIST:
        return o->list = true;
    case OPT_DIR:
        o->bench.dir = optarg;
        return true;
    case OPT_FILE:
        o->bench.file = optarg;
        return true;
    case OPT_COMPARE:
        o->compare = optarg;
        return true;
    case OPT_INPUT:
        o->input = optarg;
        return true;
    case OPT_CLIENT:
        o->client = optarg;
        return true;
    case OPT_COUNTED:
        o->counted = optarg;
        return true;
    default:
        return false;
    }
}

/* -1: go on; else the exit code. */
static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (option == 'h')
            return run_help(command);
        if (!take(o, option))
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind >= argc)
        return run_usage(command, "what is to be measured? there are: ioring, gdeflate, explore, hooks, dstorage");
    o->codec = !strcmp(argv[optind], "gdeflate");
    o->explore = !strcmp(argv[optind], "explore");
    o->hooks = !strcmp(argv[optind], "hooks");
    o->dstorage = !strcmp(argv[optind], "dstorage");
    if (optind + 1 < argc ||
        (strcmp(argv[optind], "ioring") && !o->codec && !o->explore && !o->hooks && !o->dstorage))
        return run_usage(command, "no bench '%s': there are ioring, gdeflate, explore, hooks and dstorage",
                         argv[argc - 1]);
    if ((o->codec || o->explore || o->hooks) && (o->bench.dir || o->counted || o->bench.full))
        return run_usage(command, "that is an option of ioring");
    if (o->dstorage && (o->counted || o->bench.full))
        return run_usage(command, "that is an option of ioring");
    if ((o->explore || o->hooks) && o->bench.file)
        return run_usage(command, "that is an option of the other benches");
    if (o->bench.dir && o->bench.file)
        return run_usage(command, "--dir or --file, not both");
    return -1;
}

/* A document of the same bench; an older one of the ring says so by not saying. */
static json_t *load(const char *path, const struct options *o)
{
    const char *wanted = o->codec      ? "gdeflate"
                         : o->explore  ? "explore"
                         : o->hooks    ? "hooks"
                         : o->dstorage ? "dstorage"
                                       : "ioring";
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);
    const char *bench = json_string_value(json_object_get(document, "bench"));

    if (document && json_is_array(json_object_get(document, "rows")) &&
        !strcmp(bench ? bench : "ioring", wanted))
        return document;
    fprintf(stderr, "ringer bench: %s: %s\n", path,
            document ? "no results of a bench" : error.text);
    json_decref(document);
    return NULL;
}

/* name_at: the name of the row of that index. */
static int print_list(const void *rows, size_t count, const char *(*name_at)(const void *rows, size_t index),
                      bool json)
{
    json_t *names = json_array();

    for (size_t i = 0; i < count; i++) {
        if (json)
            json_array_append_new(names, json_string(name_at(rows, i)));
        else
            puts(name_at(rows, i));
    }
    if (json) {
        json_dumpf(names, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(names);
    return RUN_PASS;
}

static const char *row_name(const void *rows, size_t index)
{
    return ((const struct bench_row *)rows)[index].name;
}

static const char *codec_row_name(const void *rows, size_t index)
{
    return ((const struct codec_row *)rows)[index].name;
}

static const char *explore_row_name(const void *rows, size_t index)
{
    return ((const struct explore_row *)rows)[index].name;
}

static json_t *measure_explore(const struct run_command *command, const struct options *o,
                               int *code_out)
{
    size_t count;
    struct explore_row *rows = explore_rows(&o->bench, &count);
    json_t *document = NULL;
    char *error = NULL;

    if (!count)
        *code_out = run_usage(command, "no row is named so (see --list)");
    else if (o->list)
        *code_out = print_list(rows, count, explore_row_name, o->json);
    else if (!(document = explore_bench(&o->bench, rows, count, &error)))
        *code_out = run_cannot("%s", error);
    free(error);
    free(rows);
    return document;
}

static const char *hooks_row_name(const void *rows, size_t index)
{
    return ((const struct hooks_row *)rows)[index].name;
}

static json_t *measure_hooks(const struct run_command *command, const struct options *o, int *code_out)
{
    size_t count;
    struct hooks_row *rows = hooks_rows(&o->bench, &count);
    json_t *document = NULL;
    char *error = NULL;

    if (!count)
        *code_out = run_usage(command, "no row is named so (see --list)");
    else if (o->list)
        *code_out = print_list(rows, count, hooks_row_name, o->json);
    else if (!(document = hooks_bench(&o->bench, rows, count, &error)))
        *code_out = run_cannot("%s", error);
    free(error);
    free(rows);
    return document;
}

static const char *dstorage_row_name(const void *rows, size_t index)
{
    return ((const struct dstorage_row *)rows)[index].name;
}

static json_t *measure_dstorage(const struct run_command *command, const struct options *o, int *code_out)
{
    size_t count;
    struct dstorage_row *rows = dstorage_rows(&o->bench, &count);
    json_t *document = NULL;
    char *error = NULL;

    if (!count)
        *code_out = run_usage(command, "no row is named so (see --list)");
    else if (o->list)
        *code_out = print_list(rows, count, dstorage_row_name, o->json);
    else if (!(document = dstorage_bench(&o->bench, rows, count, &error)))
        *code_out = run_cannot("%s", error);
    free(error);
    free(rows);
    return document;
}

static json_t *measure_codec(const struct run_command *command, const struct options *o, int *code_out)
{
    size_t count;
    struct codec_row *rows = codec_rows(&o->bench, &count);
    json_t *document = NULL;
    char *error = NULL;

    if (!count)
        *code_out = run_usage(command, "no row is named so (see --list)");
    else if (o->list)
        *code_out = print_list(rows, count, codec_row_name, o->json);
    else if (!(document = codec_bench(&o->bench, rows, count, &error)))
        *code_out = run_cannot("%s", error);
    free(error);
    free(rows);
    return document;
}

/* The document of a run; NULL with *code_out. */
static json_t *measure(const struct run_command *command, const struct options *o, int *code_out)
{
    struct bench_results results = {0};
    size_t count;
    struct bench_row *rows = bench_rows(&o->bench, &count);
    json_t *document = NULL;
    char *error = NULL;

    if (!count)
        *code_out = run_usage(command, "no row is named so (see --list)");
    else if (o->list)
        *code_out = print_list(rows, count, row_name, o->json);
    else if (bench_run(&o->bench, rows, count, &results, &error))
        document = bench_json(&o->bench, &results);
    else
        *code_out = run_cannot("%s", error);
    bench_results_fini(&results);
    free(error);
    free(rows);
    return document;
}

static int finish(const struct options *o, json_t *document, json_t *old)
{
    int code = bench_verdict(document);
    size_t worse = 0;

    if (!o->json && o->codec)
        codec_print(document);
    else if (!o->json && o->explore)
        explore_print(document);
    else if (!o->json && o->hooks)
        hooks_print(document);
    else if (!o->json && o->dstorage)
        dstorage_print(document);
    else if (!o->json)
        bench_print(document);
    if (old)
        worse = bench_compare(old, document, o->json);
    if (o->json) {
        json_dumpf(document, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    return worse ? RUN_FAIL : code;
}

static int bench_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {.bench.engine = "uring"};
    int code = parse(command, argc, argv, &o);
    json_t *old = NULL, *document = NULL;

    if (code < 0 && o.counted)
        code = bench_counted(o.counted, o.bench.file);
    if (code < 0 && o.client)
        code = o.dstorage ? dstorage_client(o.client)
               : o.hooks  ? hooks_client(o.client)
                          : explore_client(o.client);
    if (code < 0 && o.compare && !(old = load(o.compare, &o)))
        code = RUN_USAGE;
    if (code < 0) {
        document = o.input      ? load(o.input, &o)
                   : o.codec    ? measure_codec(command, &o, &code)
                   : o.explore  ? measure_explore(command, &o, &code)
                   : o.hooks    ? measure_hooks(command, &o, &code)
                   : o.dstorage ? measure_dstorage(command, &o, &code)
                                : measure(command, &o, &code);
        if (!document && code < 0)
            code = RUN_USAGE;
    }
    if (document)
        code = finish(&o, document, old);
    json_decref(document);
    json_decref(old);
    free(o.bench.filters);
    return code;
}
