/* SPDX-License-Identifier: MIT */
/* `ringer trace`: a trace as text, for Perfetto or as a picture, and whether it is what its writer wrote. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/paths.h"
#include "conformance/runner/picture.h"
#include "conformance/trace/provenance.h"
#include "conformance/trace/reader.h"
#include "conformance/trace/view.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int trace_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_trace = {
    .name = "trace",
    .summary = "show a trace, convert it for Perfetto, draw it, verify it",
    .help = "usage: ringer trace [options] TRACE.jsonl...\n"
            "       ringer trace --etw-compare A B [--json]\n\n"
            "Without an option the trace is printed as text, a line for each call.\n\n"
            "  --perfetto       Chrome Trace Event JSON, which ui.perfetto.dev and chrome://tracing open;\n"
            "                   several traces become tracks of one view, the first above\n"
            "  --svg F          a swim-lane picture of one trace to F (- is stdout): threads, queues, engine,\n"
            "                   each operation from build to pop, and in red what breaks a rule\n"
            "  --schedule F     with --svg: the choices of a schedule of ringer explore, too\n"
            "  --verify         whether the file is whole, carries the hash of its lines, and says where\n"
            "                   it comes from\n"
            "  --etw-compare    whether two logs of DirectStorage's events tell the same: of --etw, or of a\n"
            "                   trace session on Windows, dumped as JSON\n"
            "  -o, --output F   text, events or findings there and not to stdout\n"
            "  --json           findings as JSON, with --verify and --etw-compare\n"
            "  --help\n\n"
            "exit: 0, 1 a trace was changed or is not whole (--verify), logs differ (--etw-compare),\n"
            "      2 usage or an unreadable trace, 77 the output cannot be written\n",
    .main = trace_main,
};

struct options {
    const char *output, *svg, *schedule;
    bool perfetto, verify, compare, json;
};

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {{"perfetto", no_argument, NULL, 'p'},
                                            {"svg", required_argument, NULL, 'g'},
                                            {"schedule", required_argument, NULL, 's'},
                                            {"verify", no_argument, NULL, 'V'},
                                            {"etw-compare", no_argument, NULL, 'e'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
        if (option == 'p')
            o->perfetto = true;
        else if (option == 'g')
            o->svg = optarg;
        else if (option == 's')
            o->schedule = optarg;
        else if (option == 'V')
            o->verify = true;
        else if (option == 'e')
            o->compare = true;
        else if (option == 'o')
            o->output = optarg;
        else if (option == 'j')
            o->json = true;
        else if (option == 'h')
            return run_help(command);
        else
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    if (optind == argc)
        return run_usage(command, "no trace");
    if (o->compare && (o->perfetto || o->verify || o->svg || o->output || argc - optind != 2))
        return run_usage(command, "--etw-compare goes with two logs and --json only");
    if (o->perfetto && o->verify)
        return run_usage(command, "--perfetto or --verify");
    if (o->svg && (o->perfetto || o->verify || o->output || argc - optind > 1))
        return run_usage(command, "--svg goes with one trace and --schedule only");
    if (o->schedule && !o->svg)
        return run_usage(command, "--schedule goes with --svg");
    return -1;
}

/* ---- verify ---- */

static const char *integrity_text(const struct cf_trace *trace)
{
    switch (trace->integrity) {
    case CF_TRACE_WHOLE:
        return "whole";
    case CF_TRACE_NO_END:
        return "no end: the recorder died, or still runs";
    case CF_TRACE_BAD_HASH:
        return "changed: the hash of the lines is another one";
    case CF_TRACE_BAD_COUNT:
        return "changed: the end names other numbers of lines or calls";
    }
    return "";
}

/* Keys of the provenance that the header lacks, and how many are "unknown". */
static json_t *missing_keys(const struct cf_trace *trace, size_t *unknown_out)
{
    static const char *const own[] = {"host", "os", "build", "arch", "fs", "started_utc", "qpc_hz"};
    const struct cf_record *header = &trace->records[0];
    json_t *missing = json_array();
    size_t count;
    const char *const *keys = cf_provenance_keys(&count);

    *unknown_out = 0;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (!json_object_get(header->json, own[i]))
            json_array_append_new(missing, json_string(own[i]));
    }
    for (size_t i = 0; i < count; i++) {
        const char *value = cf_record_string(header, "system", keys[i]);

        if (!value)
            json_array_append_new(missing, json_string(keys[i]));
        *unknown_out += value && !strcmp(value, "unknown");
    }
    return missing;
}

static json_t *finding(const char *path, const struct cf_trace *trace)
{
    size_t unknown;
    json_t *missing = missing_keys(trace, &unknown);

    return json_pack("{s:s, s:b, s:s, s:b, s:s, s:I, s:I, s:I, s:o}", "trace", path, "whole",
                     (int)(trace->integrity == CF_TRACE_WHOLE && !trace->cut_line), "integrity",
                     integrity_text(trace), "cut_line", (int)trace->cut_line, "host", trace->host, "records",
                     (json_int_t)trace->count, "lost_events", (json_int_t)trace->lost_events,
                     "unknown_provenance", (json_int_t)unknown, "missing_provenance", missing);
}

static void print_finding(const json_t *item, FILE *out)
{
    const json_t *missing = json_object_get(item, "missing_provenance");
    size_t count = json_array_size(missing);

    fprintf(out, "%s: %s%s; %lld records, host %s, provenance: %zu fields missing, %lld unknown\n",
            json_string_value(json_object_get(item, "trace")),
            json_string_value(json_object_get(item, "integrity")),
            json_is_true(json_object_get(item, "cut_line")) ? ", the last line is cut" : "",
            (long long)json_integer_value(json_object_get(item, "records")),
            json_string_value(json_object_get(item, "host")), count,
            (long long)json_integer_value(json_object_get(item, "unknown_provenance")));
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s%s", i ? " " : "  missing: ", json_string_value(json_array_get(missing, i)),
                i + 1 == count ? "\n" : "");
}

static int verify(struct cf_trace **traces, char **paths, size_t count, const struct options *o, FILE *out)
{
    json_t *findings = json_array();
    int code = RUN_PASS;

    for (size_t i = 0; i < count; i++) {
        json_t *item = finding(paths[i], traces[i]);

        if (!json_is_true(json_object_get(item, "whole")))
            code = RUN_FAIL;
        if (!o->json)
            print_finding(item, out);
        json_array_append_new(findings, item);
    }
    if (o->json) {
        json_dumpf(findings, out, JSON_INDENT(1));
        fputc('\n', out);
    }
    json_decref(findings);
    return code;
}

/* ---- the command ---- */

/* "ringer uring: t.jsonl". Owned by the caller. */
static char *title_of(const struct cf_trace *trace, const char *path)
{
    const char *engine = cf_record_string(&trace->records[0], NULL, "engine");

    return run_format("%s%s%s: %s", trace->host, engine ? " " : "", engine ? engine : "", path);
}

static int draw(const struct cf_trace *trace, const char *path, const json_t *schedule, FILE *out)
{
    char *title = title_of(trace, path);
    bool good = run_picture(trace, title, schedule, "", out);

    free(title);
    return good ? RUN_PASS : RUN_CANNOT;
}

static int show(struct cf_trace **traces, char **paths, size_t count, const struct options *o,
                const json_t *schedule, FILE *out)
{
    struct cf_track *tracks;
    bool good = true;

    if (o->svg)
        return draw(traces[0], paths[0], schedule, out);
    if (o->verify)
        return verify(traces, paths, count, o, out);
    if (!o->perfetto) {
        for (size_t i = 0; i < count; i++)
            cf_trace_list(traces[i], out);
        return RUN_PASS;
    }
    tracks = run_xalloc(count * sizeof(*tracks));
    for (size_t i = 0; i < count; i++)
        tracks[i] = (struct cf_track){traces[i], title_of(traces[i], paths[i])};
    good = cf_trace_perfetto(tracks, count, out);
    for (size_t i = 0; i < count; i++)
        free((char *)tracks[i].name);
    free(tracks);
    return good ? RUN_PASS : RUN_CANNOT;
}

/* etw.py lies beside report.py. */
static int compare_logs(const struct options *o, char *a, char *b)
{
    const char *report = run_paths()->report, *slash = strrchr(report, '/');
    char *script = run_format("%.*setw.py", slash ? (int)(slash + 1 - report) : 0, report);
    char *args[] = {(char *)"python3", script, a, b, o->json ? (char *)"--json" : NULL, NULL};
    int code = run_python(args);

    free(script);
    return code;
}

static int trace_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {0};
    int code = parse(command, argc, argv, &o);
    struct cf_trace **traces;
    char **paths = argv + optind;
    size_t count, loaded = 0;
    json_t *schedule = NULL;
    char *problem = NULL; /* of the schedule */
    FILE *out = stdout;

    if (code >= 0)
        return code;
    if (o.compare)
        return compare_logs(&o, paths[0], paths[1]);
    count = (size_t)(argc - optind);
    traces = run_xalloc(count * sizeof(struct cf_trace *));
    code = RUN_PASS;
    for (; loaded < count && code == RUN_PASS; loaded++) {
        struct cf_trace_error error = {0};

        traces[loaded] = cf_trace_load(paths[loaded], &error);
        if (!traces[loaded])
            code = run_usage(command, "%s, line %zu: %s", paths[loaded], error.line, error.text);
    }
    if (code == RUN_PASS && o.schedule && !run_picture_schedule(o.schedule, &schedule, &problem))
        code = run_usage(command, "%s", problem);
    if (o.svg && strcmp(o.svg, "-") != 0)
        o.output = o.svg;
    if (code == RUN_PASS && o.output)
        out = fopen(o.output, "we");
    if (!out)
        code = run_cannot("%s: %s", o.output, strerror(errno));
    if (code == RUN_PASS)
        code = show(traces, paths, count, &o, schedule, out);
    if (out && out != stdout && fclose(out))
        code = run_cannot("%s: %s", o.output, strerror(errno));
    for (size_t i = 0; i < loaded; i++)
        cf_trace_free(traces[i]);
    free(traces);
    free(problem);
    json_decref(schedule);
    return code;
}
