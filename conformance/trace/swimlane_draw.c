/* SPDX-License-Identifier: MIT */
/* The lanes of a swim-lane picture and what is in them, as SVG elements. */
#include "conformance/trace/swimlane_model.h"
#include "conformance/trace/swimlane_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TITLE = 1500, MOST_NAME = 25, BAR = SWIM_ROW - 4 };

static const char *bad(size_t fault)
{
    return fault == SWIM_NONE ? "" : " bad";
}

void cf_swim_title(const struct swim_model *m, const struct cf_record *record, size_t fault,
                   FILE *out)
{
    char *line = record ? cf_swim_line(record) : NULL;

    fputs("<title>", out);
    cf_swim_text(out, line, MOST_TITLE);
    if (fault != SWIM_NONE) {
        const struct cf_swim_fault *f = &m->picture->faults[fault];

        fputs(line ? "\nbreaks " : "breaks ", out);
        cf_swim_text(out, f->rule, 0);
        fputs(": ", out);
        cf_swim_text(out, f->text, MOST_TITLE);
        fputs("\n", out);
        cf_swim_text(out, f->words, MOST_TITLE);
    }
    fputs("</title>", out);
    free(line);
}

static int column_left(const struct swim_model *m, size_t column)
{
    return m->column_x[cf_swim_clamp(m, column)];
}

static int column_right(const struct swim_model *m, size_t column)
{
    return m->column_x[cf_swim_clamp(m, column) + 1];
}

static int column_middle(const struct swim_model *m, size_t column)
{
    return (column_left(m, column) + column_right(m, column)) / 2;
}

/* ---- lanes ---- */

static void lane(const struct swim_model *m, int y, int height, const char *name, const char *more,
                 FILE *out)
{
    fprintf(out, "<rect class=\"lane\" x=\"4\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>", y,
            m->width - 8, height - 3);
    fprintf(out, "<text class=\"name\" x=\"12\" y=\"%d\">", y + 15);
    cf_swim_text(out, name, MOST_NAME);
    fputs("</text>", out);
    if (more)
        fprintf(out, "<text class=\"soft\" x=\"12\" y=\"%d\">%s</text>",
                y + (height < 32 ? 15 : 29), more);
    fputs("\n", out);
}

static void queue_lane(const struct swim_model *m, const struct swim_subject *ring, int queue,
                       FILE *out)
{
    uint64_t size = queue ? ring->cq : ring->number;
    int height = cf_swim_lane_height(ring->rows[queue]);
    char name[48], more[64];
    int used;

    snprintf(name, sizeof(name), "%.12s %s queue", ring->sym, queue ? "completion" : "submission");
    /* when something completed is not known, so more may have waited there */
    used = snprintf(more, sizeof(more), queue ? "%d or more at once" : "at most %d",
                    ring->depth[queue]);
    if (size)
        snprintf(more + used, sizeof(more) - (size_t)used, " of %" PRIu64, size);
    lane(m, ring->y[queue], height, name, height < 32 ? NULL : more, out);
}

static void draw_lanes(const struct swim_model *m, FILE *out)
{
    char name[48];

    for (size_t i = 0; i < m->thread_count; i++) {
        snprintf(name, sizeof(name), "thread %" PRIu64, m->threads[i].number);
        if (m->threads[i].shown)
            lane(m, m->threads[i].y[0], SWIM_CALL, name, NULL, out);
    }
    for (size_t i = 0; i < m->event_count; i++) {
        snprintf(name, sizeof(name), "event %.30s", m->events[i].sym);
        if (m->events[i].shown)
            lane(m, m->events[i].y[0], 24, name, NULL, out);
    }
    for (size_t i = 0; i < m->ring_count; i++)
        for (int queue = 0; queue < 2 && m->rings[i].shown; queue++)
            queue_lane(m, &m->rings[i], queue, out);
    if (m->has_engine)
        lane(m, m->engine_y, cf_swim_lane_height(m->engine_rows), "engine", NULL, out);
    if (m->has_other)
        lane(m, m->other_y, 24, "memory and others", NULL, out);
}

/* The column of the record that cannot be. */
static void draw_band(const struct swim_model *m, const struct cf_record *record, size_t column,
                      size_t fault, int top, FILE *out)
{
    if (fault == SWIM_NONE || !cf_swim_shown(m, column) ||
        m->picture->faults[fault].line != record->line)
        return;
    fprintf(out, "<rect class=\"band bad\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">",
            column_left(m, column), top, column_right(m, column) - column_left(m, column),
            m->bottom - top);
    cf_swim_title(m, record, fault, out);
    fputs("</rect>\n", out);
}

/* ---- calls ---- */

static void result_text(const struct cf_record *record, char text[40])
{
    uint64_t value = record->call.value;

    *text = '\0';
    if (record->call.result == CF_RESULT_RET)
        snprintf(text, 40, "= %" PRIu64, value);
    else if (record->call.result == CF_RESULT_HR && value < 2)
        snprintf(text, 40, "%s", value ? "S_FALSE" : "S_OK");
    else if (record->call.result == CF_RESULT_STATUS && !value)
        snprintf(text, 40, "STATUS_SUCCESS");
    else if (record->call.result != CF_RESULT_NONE)
        snprintf(text, 40, "0x%08" PRIx64, value);
}

static void draw_call(const struct swim_model *m, const struct swim_call *call, FILE *out)
{
    int x = column_left(m, call->from) + 2, y = m->threads[call->thread].y[0] + 4,
        height = SWIM_CALL - 14;
    int width = column_right(m, call->to) - 2 - x, text_x = column_left(m, call->from) + 15,
        text_y = y + height - 6;
    const char *step = call->record->call.step;
    char result[40];

    result_text(call->record, result);
    fprintf(out, "<g class=\"call%s\">", bad(call->fault));
    cf_swim_title(m, call->record, call->fault, out);
    fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>", x, y, width,
            height);
    fprintf(out, "<text x=\"%d\" y=\"%d\" transform=\"rotate(-90 %d %d)\">", text_x, text_y, text_x,
            text_y);
    cf_swim_text(out, call->record->call.fn, MOST_NAME);
    text_x += 13;
    fprintf(out, "</text><text class=\"soft\" x=\"%d\" y=\"%d\" transform=\"rotate(-90 %d %d)\">",
            text_x, text_y, text_x, text_y);
    cf_swim_text(out, result, 0);
    if (step) {
        fputs(*result ? " \xc2\xb7 " : "", out);
        cf_swim_text(out, step, 12);
    }
    fputs("</text></g>\n", out);
}

/* ---- operations ---- */

static bool reached(const struct swim_model *m, const struct swim_op *op, enum swim_phase phase)
{
    return op->column[phase] != SWIM_NONE && op->column[phase] < m->first_column + m->column_count;
}

/*
 * The middle of its row in the lane of a phase; of the last one: the lower edge of the pop's bar.
 */
static int phase_y(const struct swim_model *m, const struct swim_op *op, enum swim_phase phase)
{
    const struct swim_subject *ring = &m->rings[op->ring];
    int middle = 4 + SWIM_ROW * op->row[phase] + SWIM_ROW / 2;

    if (phase == SWIM_RUNNING)
        return m->engine_y + middle;
    if (phase != SWIM_POPPED)
        return ring->y[phase == SWIM_DONE] + middle;
    return op->pop_thread != SWIM_NONE && m->threads[op->pop_thread].shown
               ? m->threads[op->pop_thread].y[0] + SWIM_CALL - 9
               : ring->y[0];
}

static void move_to(FILE *out, int x, int y, bool down)
{
    fprintf(out, "H%dV%d%s", x, y, down ? "m-3-5l3 5l3-5m-3 5" : "m-3 5l3-5l3 5m-3-5");
}

/*
 * Build, submission queue, engine, completion queue, pop; it ends where the operation was last
 * seen.
 */
static void draw_way(const struct swim_model *m, const struct swim_op *op, FILE *out)
{
    const struct swim_subject *thread = &m->threads[op->thread];

    fprintf(out, "<path class=\"way\" d=\"M%d %d", op->x[SWIM_BUILT],
            thread->shown ? thread->y[0] + SWIM_CALL - 10 : m->rings[op->ring].y[0]);
    move_to(out, op->x[SWIM_BUILT], phase_y(m, op, SWIM_BUILT), true);
    if (reached(m, op, SWIM_RUNNING))
        move_to(out, op->x[SWIM_RUNNING], phase_y(m, op, SWIM_RUNNING), true);
    if (reached(m, op, SWIM_DONE))
        move_to(out, op->x[SWIM_DONE], phase_y(m, op, SWIM_DONE), false);
    if (reached(m, op, SWIM_POPPED))
        move_to(out, op->x[SWIM_POPPED], phase_y(m, op, SWIM_POPPED), false);
    else
        fprintf(out, "H%d", op->end_x);
    fputs("\"/>", out);
}

static int next_x(const struct swim_model *m, const struct swim_op *op, enum swim_phase phase)
{
    for (int next = (int)phase + 1; next < SWIM_PHASES; next++)
        if (reached(m, op, next))
            return op->x[next];
    return op->end_x;
}

static void bar(FILE *out, const char *class, int from, int to, int y)
{
    if (to > from)
        fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>",
                class, from, y - BAR / 2, to - from, BAR);
}

/* What is certain solid; where it may have completed faint. */
static void draw_running(const struct swim_model *m, const struct swim_op *op, FILE *out)
{
    int from = op->x[SWIM_RUNNING], to = next_x(m, op, SWIM_RUNNING),
        y = phase_y(m, op, SWIM_RUNNING);
    int sure = from;

    if (op->earliest != SWIM_NONE && op->earliest > op->column[SWIM_RUNNING])
        sure = column_middle(m, op->earliest);
    sure = sure < from ? from : sure > to ? to : sure;
    bar(out, "stay", from, sure, y);
    bar(out, "maybe", sure, to, y);
}

static void draw_op(const struct swim_model *m, size_t index, FILE *out)
{
    const struct swim_op *op = &m->ops[index];
    char label[16];

    fprintf(out, "<g class=\"op c%zu%s\">", index % 10, bad(op->fault));
    fprintf(out, "<title>0x%" PRIx64 ": ", op->user_data);
    cf_swim_text(out, op->build->call.fn, MOST_TITLE);
    fprintf(out, " in call %" PRIu64, op->build->call.n);
    if (op->submit)
        fprintf(out, ", submitted in call %" PRIu64, op->submit->call.n);
    if (op->cqe)
        fprintf(out, ", popped in call %" PRIu64 " with 0x%08" PRIx32, op->cqe->cqe.after,
                op->cqe->cqe.hr);
    else
        fputs(", never popped", out);
    if (op->fault != SWIM_NONE) {
        fputs("\nbreaks ", out);
        cf_swim_text(out, m->picture->faults[op->fault].rule, 0);
        fputs(": ", out);
        cf_swim_text(out, m->picture->faults[op->fault].text, MOST_TITLE);
        fputs("\n", out);
        cf_swim_text(out, m->picture->faults[op->fault].words, MOST_TITLE);
    }
    fputs("</title>", out);
    cf_swim_label(op, label);
    draw_way(m, op, out);
    for (int phase = SWIM_BUILT; phase < SWIM_POPPED; phase++) {
        if (!reached(m, op, phase))
            continue;
        if (phase == SWIM_RUNNING)
            draw_running(m, op, out);
        else
            bar(out, "stay", op->x[phase], next_x(m, op, phase), phase_y(m, op, phase));
        fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>", op->x[phase] + 5,
                phase_y(m, op, phase) + 4, label);
    }
    fputs("</g>\n", out);
}

/* ---- marks ---- */

static void draw_completion(const struct swim_model *m, const struct swim_mark *mark, FILE *out)
{
    const struct swim_op *op = mark->subject != SWIM_NONE ? &m->ops[mark->subject] : NULL;
    int x = column_middle(m, mark->column), y = m->rings[mark->ring].y[1] + 8;

    if (op && op->shown) {
        x = op->x[SWIM_POPPED];
        y = phase_y(m, op, SWIM_POPPED);
    }
    fprintf(out, "<g class=\"mark popped%s%s\">", op ? "" : " stray", bad(mark->fault));
    cf_swim_title(m, mark->record, mark->fault, out);
    fprintf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"3.5\"/></g>\n", x, y);
}

static void draw_mark(const struct swim_model *m, const struct swim_mark *mark, FILE *out)
{
    static const char *const classes[] = {"set",         "reset", "attach", "signalled",
                                          "unsignalled", "",      "other"};
    static const char *const shapes[] = {"m-5 4h10l-5-9z",
                                         "m-5-4h10l-5 9z",
                                         "m0-5l5 5l-5 5l-5-5z",
                                         "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
                                         "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
                                         "",
                                         "m-4-4h8v8h-8z"};
    int y = mark->kind == SWIM_OTHER ? m->other_y : m->events[mark->subject].y[0];

    fprintf(out, "<g class=\"mark %s%s\">", classes[mark->kind], bad(mark->fault));
    cf_swim_title(m, mark->record, mark->fault, out);
    fprintf(out, "<path d=\"M%d %d%s\"/></g>\n", column_middle(m, mark->column), y + 11,
            shapes[mark->kind]);
}

void cf_swim_draw(const struct swim_model *m, FILE *out)
{
    int top = m->bottom;

    for (size_t i = 0; i < m->thread_count; i++)
        if (m->threads[i].shown && m->threads[i].y[0] < top)
            top = m->threads[i].y[0];
    draw_lanes(m, out);
    for (size_t i = 0; i < m->call_count; i++)
        draw_band(m, m->calls[i].record, m->calls[i].to, m->calls[i].fault, top, out);
    for (size_t i = 0; i < m->mark_count; i++)
        draw_band(m, m->marks[i].record, m->marks[i].column, m->marks[i].fault, top, out);
    for (size_t i = 0; i < m->call_count; i++)
        if (cf_swim_call_shown(m, &m->calls[i]))
            draw_call(m, &m->calls[i], out);
    for (int red = 0; red < 2; red++) /* what is wrong lies above the rest */
        for (size_t i = 0; i < m->op_count; i++)
            if (m->ops[i].shown && (m->ops[i].fault != SWIM_NONE) == red)
                draw_op(m, i, out);
    for (size_t i = 0; i < m->mark_count; i++) {
        if (!cf_swim_shown(m, m->marks[i].column))
            continue;
        if (m->marks[i].kind == SWIM_COMPLETION)
            draw_completion(m, &m->marks[i], out);
        else
            draw_mark(m, &m->marks[i], out);
    }
}
