/* SPDX-License-Identifier: MIT */
/* `ringer gdeflate`: files into the streams that DirectStorage loads, and back. */
#include "conformance/runner/cmd.h"
#include "conformance/runner/progress.h"
#include "conformance/runner/whole_file.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <ringer_codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int gdeflate_main(const struct run_command *command, int argc, char **argv);

const struct run_command run_cmd_gdeflate = {
    .name = "gdeflate",
    .summary = "compress and decompress GDeflate streams",
    .help = "usage: ringer gdeflate compress [options] IN OUT\n"
            "       ringer gdeflate decompress [options] IN OUT\n"
            "       ringer gdeflate info [options] IN\n\n"
            "  --level L    compress: fastest, default or best (default: default)\n"
            "  --threads N  1 to 1024 (default: one a processor)\n"
            "  --json       what was done, or what the stream says of itself\n"
            "  --help\n\n"
            "IN and OUT are files; - is stdin and stdout.\n"
            "exit: 0, 1 a bad stream, or what the format cannot hold, 2 usage or an unreadable IN,\n"
            "      77 OUT cannot be written, or there is no memory\n",
    .main = gdeflate_main,
};

struct options {
    enum ringer_codec_level level;
    const char *level_name;
    unsigned threads;
    bool json;
    const char *verb, *in, *out;
};

static const struct {
    const char *name;
    enum ringer_codec_level level;
} levels[] = {
    {"fastest", RINGER_CODEC_FASTEST},
    {"default", RINGER_CODEC_DEFAULT},
    {"best", RINGER_CODEC_BEST},
};

static bool take_level(struct options *o, const char *name)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (!strcmp(levels[i].name, name)) {
            o->level = levels[i].level;
            o->level_name = levels[i].name;
            return true;
        }
    return false;
}

/* -1: go on; else the exit code. */
static int parse_options(const struct run_command *command, int argc, char **argv, struct options *o)
{
    static const struct option options[] = {{"level", required_argument, NULL, 'l'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h')
            return run_help(command);
        if (option == 'j')
            o->json = true;
        else if (!(option == 'l' && take_level(o, optarg)) &&
                 !(option == 't' && run_parse_unsigned(optarg, 1, 1024, &o->threads)))
            return run_usage(command, "bad option '%s'", argv[optind - 1]);
    }
    return -1;
}

static int parse(const struct run_command *command, int argc, char **argv, struct options *o)
{
    int code = parse_options(command, argc, argv, o);
    char **words = argv + optind;
    int count = argc - optind, wanted;

    if (code >= 0)
        return code;
    if (!count)
        return run_usage(command, "compress, decompress or info?");
    o->verb = words[0];
    if (strcmp(o->verb, "compress") && strcmp(o->verb, "decompress") && strcmp(o->verb, "info"))
        return run_usage(command, "no '%s': there are compress, decompress and info", o->verb);
    wanted = strcmp(o->verb, "info") ? 3 : 2;
    if (count != wanted)
        return run_usage(command, "%s takes %s", o->verb, wanted == 3 ? "IN and OUT" : "IN");
    if (o->level_name && strcmp(o->verb, "compress"))
        return run_usage(command, "--level is for compress");
    o->in = words[1];
    o->out = wanted == 3 ? words[2] : NULL;
    if (o->json && o->out && !strcmp(o->out, "-"))
        return run_usage(command, "--json and the result cannot both be on stdout");
    return -1;
}

static const char *place(const char *path, const char *standing_for)
{
    return strcmp(path, "-") ? path : standing_for;
}

/* One line about IN; its exit code. */
static int refused(const struct options *o, enum ringer_codec_status status, size_t tile)
{
    const char *in = place(o->in, "stdin"), *text = ringer_codec_status_text(status);

    if (status == RINGER_CODEC_NO_MEMORY)
        return run_cannot("%s: %s", in, text);
    if (tile < SIZE_MAX)
        fprintf(stderr, "ringer: %s: tile %zu: %s\n", in, tile, text);
    else
        fprintf(stderr, "ringer: %s: %s\n", in, text);
    return RUN_FAIL;
}

struct done {
    const struct ringer_codec_info *info;
    size_t file_nbytes; /* of the stream and what follows it */
    unsigned threads;
    uint64_t ms;
};

static void print_json(const struct options *o, const struct done *done)
{
    const struct ringer_codec_info *info = done->info;
    json_t *root = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "verb", o->verb, "input", o->in, "id",
        (json_int_t)info->id, "tile_count", (json_int_t)info->tile_count, "tile_nbytes",
        (json_int_t)info->tile_nbytes, "last_nbytes", (json_int_t)info->last_nbytes, "raw_nbytes",
        (json_int_t)info->raw_nbytes, "stream_nbytes", (json_int_t)info->stream_nbytes, "ignored_nbytes",
        (json_int_t)(done->file_nbytes - info->stream_nbytes), "ratio",
        (double)info->raw_nbytes / (double)info->stream_nbytes);

    if (o->out) {
        json_object_set_new(root, "output", json_string(o->out));
        json_object_set_new(root, "threads", json_integer(done->threads));
        json_object_set_new(root, "ms", json_integer((json_int_t)done->ms));
    }
    if (!strcmp(o->verb, "compress"))
        json_object_set_new(root, "level", json_string(o->level_name ? o->level_name : "default"));
    json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(root);
}

static void print_info(const struct options *o, const struct done *done)
{
    const struct ringer_codec_info *info = done->info;

    printf("%s: %u tile%s of %u bytes, the last of %u; id 0x%02x\n", place(o->in, "stdin"),
           info->tile_count, info->tile_count == 1 ? "" : "s", info->tile_nbytes, info->last_nbytes,
           info->id);
    printf("%llu bytes in %llu, ratio %.3f\n", (unsigned long long)info->raw_nbytes,
           (unsigned long long)info->stream_nbytes,
           (double)info->raw_nbytes / (double)info->stream_nbytes);
    if (done->file_nbytes > info->stream_nbytes)
        printf("%llu bytes behind the last tile are ignored\n",
               (unsigned long long)(done->file_nbytes - info->stream_nbytes));
}

static enum ringer_codec_status compress(const struct ringer_codec_options *options,
                                         const struct run_bytes *in, struct run_bytes *out)
{
    uint64_t bound;
    enum ringer_codec_status status = ringer_codec_bound(RINGER_CODEC_GDEFLATE, in->count, &bound);

    if (status)
        return status;
    out->items = malloc(bound);
    if (!out->items)
        return RINGER_CODEC_NO_MEMORY;
    return ringer_codec_compress(RINGER_CODEC_GDEFLATE, options, in->items, in->count, out->items, bound,
                                 &out->count);
}

static enum ringer_codec_status decompress(const struct ringer_codec_options *options,
                                           const struct run_bytes *in, struct run_bytes *out,
                                           size_t *fault_out)
{
    struct ringer_codec_info info;
    enum ringer_codec_status status =
        ringer_codec_info(RINGER_CODEC_GDEFLATE, in->items, in->count, &info);

    if (status)
        return status;
    out->items = malloc(info.raw_nbytes);
    if (!out->items)
        return RINGER_CODEC_NO_MEMORY;
    out->count = info.raw_nbytes;
    return ringer_codec_decompress(RINGER_CODEC_GDEFLATE, options, in->items, in->count, out->items,
                                   out->count, fault_out);
}

static void show_progress(void *context, size_t done, size_t total)
{
    run_progress(done, total, context);
}

/* IN is in memory; OUT is written when all of it is known to be good. */
static int work(const struct options *o, const struct run_bytes *in, struct run_bytes *out)
{
    bool packs = !strcmp(o->verb, "compress");
    struct ringer_codec_pool *pool = o->threads == 1 ? NULL : ringer_codec_pool_new(o->threads);
    struct ringer_codec_options options = {
        .level = o->level, .pool = pool, .progress = show_progress};
    struct ringer_codec_info info = {0};
    struct done done = {.info = &info, .threads = pool ? pool->threads : 1, .ms = run_now_ms()};
    const struct run_bytes *stream = packs ? out : in;
    enum ringer_codec_status status;
    size_t fault = SIZE_MAX;
    int error;

    status = packs ? compress(&options, in, out) : decompress(&options, in, out, &fault);
    run_progress_clear();
    ringer_codec_pool_free(pool);
    if (status)
        return refused(o, status, fault);
    done.ms = run_now_ms() - done.ms;
    error = run_write_whole(o->out, out->items, out->count);
    if (error)
        return run_cannot("%s: %s", place(o->out, "stdout"), strerror(error));
    done.file_nbytes = stream->count;
    ringer_codec_info(RINGER_CODEC_GDEFLATE, stream->items, stream->count, &info);
    if (o->json)
        print_json(o, &done);
    return RUN_PASS;
}

static int tell(const struct options *o, const struct run_bytes *in)
{
    struct ringer_codec_info info;
    struct done done = {.info = &info, .file_nbytes = in->count};
    enum ringer_codec_status status =
        ringer_codec_info(RINGER_CODEC_GDEFLATE, in->items, in->count, &info);

    if (status)
        return refused(o, status, SIZE_MAX);
    if (o->json)
        print_json(o, &done);
    else
        print_info(o, &done);
    return RUN_PASS;
}

static int gdeflate_main(const struct run_command *command, int argc, char **argv)
{
    struct options o = {.level = RINGER_CODEC_DEFAULT};
    struct run_bytes in, out = {0};
    int code = parse(command, argc, argv, &o), error;
    /* One byte more than fits is enough to refuse it. */
    size_t most = 65535 * (size_t)65536;

    if (code >= 0)
        return code;
    error = run_read_whole(o.in, strcmp(o.verb, "compress") ? SIZE_MAX : most, &in);
    if (error == ENOMEM)
        return run_cannot("%s: %s", place(o.in, "stdin"), strerror(error));
    if (error)
        return run_usage(command, "%s: %s", place(o.in, "stdin"), strerror(error));
    code = strcmp(o.verb, "info") ? work(&o, &in, &out) : tell(&o, &in);
    free(in.items);
    free(out.items);
    return code;
}
