/* SPDX-License-Identifier: MIT */
/* The frame of a swim-lane picture: colours, what it says in words, the schedule below. */
#include "conformance/trace/swimlane.h"

#include "conformance/trace/swimlane_model.h"
#include "conformance/trace/swimlane_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_WORDS = 150, /* of a line; all of it stands in its title */
    MOST_FAULTS = 8,
    MOST_CHOICES = 40,
    MOST_TOLD = 40, /* operations in the description */
    LINE = 17,
};

/*
 * Every rule begins with .swim: several pictures share a page. No custom properties: viewers that
 * are no browsers do not know them. The ten colours of operations can be told from both grounds;
 * red is none.
 */
static const char style[] = ".swim{font:10.5px system-ui,sans-serif}\n"
                            ".swim text{fill:#1d2430}\n"
                            ".swim .page{fill:#fff}\n"
                            ".swim .lane{fill:#f3f5f8}\n"
                            ".swim .head{font-size:15px;font-weight:600}\n"
                            ".swim .name{font-weight:600}\n"
                            ".swim text.soft{fill:#5d6878}\n"
                            ".swim .call rect{fill:#dde5f0;stroke:#9fb0c6}\n"
                            ".swim .way{fill:none;stroke-width:1.5}\n"
                            ".swim .stay{fill-opacity:.35;stroke:none}\n"
                            ".swim .maybe{fill-opacity:.13;stroke:none}\n"
                            ".swim .c0{fill:#2a78d2;stroke:#2a78d2}\n"
                            ".swim .c1{fill:#2a9d4a;stroke:#2a9d4a}\n"
                            ".swim .c2{fill:#b07d10;stroke:#b07d10}\n"
                            ".swim .c3{fill:#8e5bd6;stroke:#8e5bd6}\n"
                            ".swim .c4{fill:#0f94a2;stroke:#0f94a2}\n"
                            ".swim .c5{fill:#a86632;stroke:#a86632}\n"
                            ".swim .c6{fill:#6b8f1e;stroke:#6b8f1e}\n"
                            ".swim .c7{fill:#5a72dc;stroke:#5a72dc}\n"
                            ".swim .c8{fill:#a452bd;stroke:#a452bd}\n"
                            ".swim .c9{fill:#6f7c8c;stroke:#6f7c8c}\n"
                            ".swim .op text{stroke:#fff;stroke-width:2.5;paint-order:stroke}\n"
                            ".swim .mark{fill:#1d2430;stroke:#1d2430;stroke-width:1.2}\n"
                            ".swim .other{fill:#5d6878}\n"
                            ".swim text.wrong{fill:#c8102e;font-weight:600}\n"
                            ".swim .band{fill:#c8102e;fill-opacity:.12}\n"
                            ".swim .call.bad rect{fill:#fbdadd;stroke:#c8102e;stroke-width:2}\n"
                            "@media(prefers-color-scheme:dark){\n"
                            ".swim text{fill:#e7ebf0}\n"
                            ".swim .page{fill:#12161b}\n"
                            ".swim .lane{fill:#1a2027}\n"
                            ".swim text.soft{fill:#9aa6b5}\n"
                            ".swim .call rect{fill:#2b3644;stroke:#53657c}\n"
                            ".swim .mark{fill:#e7ebf0;stroke:#e7ebf0}\n"
                            ".swim .other{fill:#9aa6b5}\n"
                            ".swim text.wrong{fill:#ff6070}\n"
                            ".swim .band{fill:#ff6070;fill-opacity:.22}\n"
                            ".swim .call.bad rect{fill:#4a1c22;stroke:#ff6070}\n"
                            ".swim .op text{stroke:#12161b}}\n"
                            ".swim .op.bad{fill:#e0283f;stroke:#e0283f}\n"
                            ".swim .op.bad .way{stroke-width:2.6}\n"
                            ".swim .mark.bad{fill:#e0283f;stroke:#e0283f}\n"
                            ".swim .mark.unsignalled,.swim .mark.stray{fill:none}\n";

static size_t shown_faults(const struct cf_swimlane *p)
{
    return p->fault_count < MOST_FAULTS ? p->fault_count : MOST_FAULTS;
}

static int head_height(const struct cf_swimlane *p)
{
    return 50 +
           LINE * (int)(shown_faults(p) + (p->fault_count > MOST_FAULTS) + (p->failure != NULL));
}

static int foot_height(const struct cf_swimlane *p)
{
    size_t lines = p->choice_count < MOST_CHOICES ? p->choice_count : MOST_CHOICES + 1;

    return 28 + LINE + (p->choices ? LINE * (int)(lines + 1) : 0);
}

/* ---- words ---- */

static void counts(const struct swim_model *m, FILE *out)
{
    fprintf(out, "%zu call%s of %zu thread%s, %zu operation%s, host ", m->call_count,
            m->call_count == 1 ? "" : "s", m->thread_count, m->thread_count == 1 ? "" : "s",
            m->op_count, m->op_count == 1 ? "" : "s");
    cf_swim_text(out, *m->picture->trace->host ? m->picture->trace->host : "unknown", 40);
    if (m->all_columns > m->column_count)
        fprintf(out, "; drawn are columns %zu to %zu of %zu", m->first_column + 1,
                m->first_column + m->column_count, m->all_columns);
    if (m->picture->is_judged && !m->picture->fault_count)
        fputs("; no rule is broken", out);
}

static void fault_words(const struct cf_swim_fault *fault, FILE *out)
{
    cf_swim_text(out, fault->rule, 0);
    if (fault->line)
        fprintf(out, ", line %zu", fault->line);
    fputs(": ", out);
    cf_swim_text(out, fault->words, MOST_WORDS);
}

static void describe_op(const struct swim_op *op, FILE *out)
{
    fprintf(out, "\n0x%" PRIx64 ": built in call %" PRIu64, op->user_data, op->build->call.n);
    if (op->submit)
        fprintf(out, ", submitted in call %" PRIu64, op->submit->call.n);
    else
        fputs(", never submitted", out);
    if (op->cqe)
        fprintf(out, ", popped in call %" PRIu64 " with 0x%08" PRIx32 ".", op->cqe->cqe.after,
                op->cqe->cqe.hr);
    else
        fputs(", never popped.", out);
}

/* For those who cannot see the picture: everything that it is about. */
static void describe(const struct swim_model *m, FILE *out)
{
    const struct cf_swimlane *p = m->picture;
    size_t told = 0;

    fputs("<desc>", out);
    fputs(m->call_count ? "Time runs from left to right, a column for each record. "
                        : "This trace holds no calls. ",
          out);
    counts(m, out);
    fputs(".", out);
    for (size_t i = 0; i < shown_faults(p); i++) {
        fputs("\nBroken: ", out);
        fault_words(&p->faults[i], out);
        fputs(". ", out);
        cf_swim_text(out, p->faults[i].text, 0);
    }
    for (size_t i = 0; i < m->op_count && told < MOST_TOLD; i++) {
        if (!m->ops[i].shown)
            continue;
        describe_op(&m->ops[i], out);
        told++;
    }
    if (told < m->op_count)
        fprintf(out, "\nOf %zu operations these are %zu.", m->op_count, told);
    fputs("</desc>\n", out);
}

static void head(const struct swim_model *m, FILE *out)
{
    const struct cf_swimlane *p = m->picture;
    int y = 40;

    fputs("<text class=\"head\" x=\"12\" y=\"22\">", out);
    cf_swim_text(out, p->title ? p->title : "A trace", 100);
    fprintf(out, "</text>\n<text class=\"soft\" x=\"12\" y=\"%d\">", y);
    counts(m, out);
    fputs("</text>\n", out);
    for (size_t i = 0; i < shown_faults(p); i++) {
        fprintf(out, "<text class=\"wrong\" x=\"12\" y=\"%d\">", y += LINE);
        cf_swim_title(m, NULL, i, out);
        fault_words(&p->faults[i], out);
        fputs("</text>\n", out);
    }
    if (p->fault_count > MOST_FAULTS)
        fprintf(out, "<text class=\"wrong\" x=\"12\" y=\"%d\">and %zu more</text>\n", y += LINE,
                p->fault_count - MOST_FAULTS);
    if (p->failure) {
        fprintf(out, "<text class=\"name\" x=\"12\" y=\"%d\"><title>", y += LINE);
        cf_swim_text(out, p->failure, 0);
        fputs("</title>the run failed: ", out);
        cf_swim_text(out, p->failure, MOST_WORDS);
        fputs("</text>\n", out);
    }
}

static void foot(const struct swim_model *m, FILE *out)
{
    const struct cf_swimlane *p = m->picture;
    int y = m->bottom + 18;

    fprintf(out,
            "<text class=\"soft\" x=\"12\" y=\"%d\">Each operation goes from its build over the "
            "submission queue, the engine and the completion queue to its pop. Where its bar is "
            "faint it may have completed: a trace does not tell.</text>\n",
            y);
    fprintf(out,
            "<text class=\"soft\" x=\"12\" y=\"%d\">\xe2\x96\xb2 event set, \xe2\x96\xbc reset, "
            "\xe2\x97\x86 given to a ring, \xe2\x97\x8f seen signalled, "
            "\xe2\x97\x8b seen not signalled</text>\n",
            y += LINE);
    if (!p->choices)
        return;
    fprintf(out,
            "<text class=\"name\" x=\"12\" y=\"%d\">the schedule: %zu choice%s not the "
            "default</text>\n",
            y += LINE, p->choice_count, p->choice_count == 1 ? "" : "s");
    for (size_t i = 0; i < p->choice_count && i < MOST_CHOICES; i++) {
        fprintf(out, "<text class=\"choice\" x=\"24\" y=\"%d\"><title>", y += LINE);
        cf_swim_text(out, p->choices[i], 0);
        fputs("</title>", out);
        cf_swim_text(out, p->choices[i], MOST_WORDS);
        fputs("</text>\n", out);
    }
    if (p->choice_count > MOST_CHOICES)
        fprintf(out, "<text class=\"soft\" x=\"24\" y=\"%d\">and %zu more</text>\n", y += LINE,
                p->choice_count - MOST_CHOICES);
}

/* ---- all of it ---- */

static void write_picture(const struct swim_model *m, FILE *out)
{
    int height = m->bottom + foot_height(m->picture);

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"swim\" role=\"img\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\" aria-label=\"",
            m->width, height, m->width, height);
    cf_swim_text(out, m->picture->title ? m->picture->title : "A trace", 200);
    fputs("\">\n<title>", out);
    cf_swim_text(out, m->picture->title ? m->picture->title : "A trace", 200);
    fputs("</title>\n", out);
    describe(m, out);
    fprintf(out, "<style>%s</style>\n<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", style,
            m->width, height);
    head(m, out);
    if (m->all_columns)
        cf_swim_draw(m, out);
    if (!m->call_count)
        fprintf(out, "<text class=\"empty\" x=\"12\" y=\"%d\">This trace holds no calls.</text>\n",
                m->bottom - LINE);
    foot(m, out);
    fputs("</svg>\n", out);
}

bool cf_trace_swimlane(const struct cf_swimlane *picture, FILE *out)
{
    struct swim_model model;
    bool good = cf_swim_init(&model, picture) && cf_swim_place(&model, head_height(picture));

    if (good && !model.call_count)
        model.bottom += 2 * LINE;
    if (good)
        write_picture(&model, out);
    cf_swim_fini(&model);
    return good && !ferror(out);
}
