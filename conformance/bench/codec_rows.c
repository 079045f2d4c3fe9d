/* SPDX-License-Identifier: MIT */
/* What is measured of the codec, and what is required of it. */
#include "conformance/bench/codec.h"

#include "conformance/runner/cmd.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_ROWS 128

struct list {
    struct codec_row rows[MOST_ROWS];
    size_t count;
};

static struct codec_row *add(struct list *list, struct codec_row row)
{
    list->rows[list->count] = row;
    return &list->rows[list->count++];
}

/* A vector unit that this processor has not is a row that cannot be measured, not a row that is missing. */
static double decode_target(enum ringer_codec_isa isa)
{
    return isa == RINGER_CODEC_ISA_SCALAR ? 0.65 : isa == RINGER_CODEC_ISA_AVX512 ? 1.3 : 0;
}

static void add_level(struct list *list, const char *in, unsigned input, unsigned level)
{
    const char *at = codec_level_names[level];
    struct codec_row base = {.input = input, .level = level};
    struct codec_row *row;

    base.kind = CODEC_DECODE;
    base.decodes = true;
    for (int isa = RINGER_CODEC_ISA_SCALAR; isa < RINGER_CODEC_ISA_COUNT; isa++) {
        row = add(list, base);
        row->isa = (enum ringer_codec_isa)isa;
        row->target = decode_target(row->isa);
        snprintf(row->name, sizeof(row->name), "decode.%s.%s.%s", in, at, ringer_codec_isa_name(row->isa));
    }
    row = add(list, base);
    row->all = true;
    snprintf(row->name, sizeof(row->name), "decode.%s.%s.all", in, at);
    base.kind = CODEC_ENCODE;
    base.decodes = false;
    row = add(list, base);
    row->target = 1;
    snprintf(row->name, sizeof(row->name), "encode.%s.%s.one", in, at);
    row = add(list, base);
    row->all = true;
    snprintf(row->name, sizeof(row->name), "encode.%s.%s.all", in, at);
}

static void add_scaling(struct list *list, const char *in, unsigned input)
{
    for (int decodes = 1; decodes >= 0; decodes--) {
        struct codec_row *row = add(list, (struct codec_row){.kind = CODEC_SCALING, .input = input, .level = 1});

        row->decodes = decodes;
        row->target = 0.95;
        snprintf(row->name, sizeof(row->name), "scaling.%s.%s", decodes ? "decode" : "encode", in);
    }
}

static const char *name_at(const void *rows, size_t index)
{
    return ((const struct codec_row *)rows)[index].name;
}

const char *codec_input_name(const struct bench_options *options, unsigned input)
{
    return options->file ? "file" : codec_input_names[input];
}

struct codec_row *codec_rows(const struct bench_options *options, size_t *count_out)
{
    struct list *all = run_xalloc(sizeof(*all));
    struct codec_row *rows;
    /* A file that was given stands for all inputs. */
    unsigned inputs = options->file ? 1 : CODEC_INPUTS;
    size_t count = 0;
    bool exact;

    for (unsigned input = 0; input < inputs; input++) {
        const char *in = codec_input_name(options, input);

        for (unsigned level = 0; level < CODEC_LEVELS; level++)
            add_level(all, in, input, level);
        add_scaling(all, in, input);
    }
    exact = bench_all_are_names(options, all->rows, all->count, name_at);
    rows = run_xalloc(all->count * sizeof(*rows));
    for (size_t i = 0; i < all->count; i++)
        if (bench_wanted(options, all->rows[i].name, exact))
            rows[count++] = all->rows[i];
    free(all);
    *count_out = count;
    return rows;
}
