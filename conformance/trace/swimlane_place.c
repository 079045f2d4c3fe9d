/* SPDX-License-Identifier: MIT */
/*
 * Where things of a swim-lane picture stand. Within a column each point at which an operation
 * moves on has a place of its own, those of one operation from left to right; within a lane what
 * overlaps stands in rows.
 */
#include "conformance/trace/swimlane_model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void cf_swim_label(const struct swim_op *op, char text[16])
{
    if (op->user_data <= 0xffffff)
        snprintf(text, 16, "0x%" PRIx64, op->user_data);
    else
        snprintf(text, 16, "\xe2\x80\xa6%04" PRIx64, op->user_data & 0xffff);
}

/* ---- the part that is drawn ---- */

bool cf_swim_shown(const struct swim_model *m, size_t column)
{
    return column != SWIM_NONE && column >= m->first_column &&
           column < m->first_column + m->column_count;
}

bool cf_swim_call_shown(const struct swim_model *m, const struct swim_call *call)
{
    return call->to >= m->first_column && call->from < m->first_column + m->column_count;
}

static size_t first_fault_column(const struct swim_model *m)
{
    size_t first = SWIM_NONE;

    for (size_t i = 0; i < m->call_count; i++)
        if (m->calls[i].fault != SWIM_NONE && m->calls[i].to < first)
            first = m->calls[i].to;
    for (size_t i = 0; i < m->mark_count; i++)
        if (m->marks[i].fault != SWIM_NONE && m->marks[i].column < first)
            first = m->marks[i].column;
    return first;
}

static void choose_part(struct swim_model *m)
{
    size_t fault = first_fault_column(m);

    m->column_count = m->all_columns;
    if (m->all_columns > SWIM_MOST_COLUMNS) {
        m->column_count = SWIM_MOST_COLUMNS;
        if (fault != SWIM_NONE && fault > SWIM_MOST_COLUMNS / 4 * 3)
            m->first_column = fault - SWIM_MOST_COLUMNS / 4 * 3;
        if (m->first_column > m->all_columns - SWIM_MOST_COLUMNS)
            m->first_column = m->all_columns - SWIM_MOST_COLUMNS;
    }
    /* One built before is left out, however long it lives, unless it is what went wrong. */
    for (size_t i = 0; i < m->op_count; i++) {
        struct swim_op *op = &m->ops[i];

        op->shown = cf_swim_shown(m, op->column[SWIM_BUILT]) ||
                    (op->fault != SWIM_NONE && op->column[SWIM_BUILT] < m->first_column &&
                     op->end >= m->first_column);
    }
}

/* ---- columns ---- */

size_t cf_swim_clamp(const struct swim_model *m, size_t column)
{
    if (column < m->first_column)
        return 0;
    column -= m->first_column;
    return column < m->column_count ? column : m->column_count - 1;
}

static bool place_columns(struct swim_model *m)
{
    size_t *points = calloc(m->column_count + 1, sizeof(*points));
    size_t *next = calloc(m->column_count + 1, sizeof(*next));
    int x = SWIM_LEFT;

    m->column_x = calloc(m->column_count + 1, sizeof(*m->column_x));
    if (!points || !next || !m->column_x) {
        free(points);
        free(next);
        return false;
    }
    for (size_t i = 0; i < m->op_count; i++)
        for (int p = 0; p < SWIM_PHASES && m->ops[i].shown; p++)
            if (m->ops[i].column[p] != SWIM_NONE)
                points[cf_swim_clamp(m, m->ops[i].column[p])]++;
    for (size_t c = 0; c < m->column_count; c++) {
        int wanted = 12 + 7 * (int)points[c];

        m->column_x[c] = x;
        x += wanted > SWIM_COLUMN ? wanted : SWIM_COLUMN;
    }
    m->column_x[m->column_count] = x;
    for (int p = 0; p < SWIM_PHASES; p++) {
        for (size_t i = 0; i < m->op_count; i++) {
            struct swim_op *op = &m->ops[i];
            size_t c;
            int width;

            if (!op->shown || op->column[p] == SWIM_NONE)
                continue;
            c = cf_swim_clamp(m, op->column[p]);
            width = m->column_x[c + 1] - m->column_x[c] - 12;
            op->x[p] =
                m->column_x[c] + 6 + (int)((2 * next[c] + 1) * (size_t)width / (2 * points[c]));
            next[c]++;
        }
    }
    for (size_t i = 0; i < m->op_count; i++)
        if (m->ops[i].shown)
            m->ops[i].end_x = m->column_x[cf_swim_clamp(m, m->ops[i].end) + 1] - 6;
    free(points);
    free(next);
    return true;
}

/* ---- rows ---- */

struct stretch {
    struct swim_op *op;
    int from, to, past; /* past: to, with its label */
};

static int by_begin(const void *left, const void *right)
{
    const struct stretch *a = left, *b = right;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->op < b->op ? -1 : a->op > b->op;
}

static bool stretch_of(struct swim_op *op, enum swim_phase phase, struct stretch *stretch)
{
    char label[16];
    int least;

    if (!op->shown || op->column[phase] == SWIM_NONE)
        return false;
    *stretch = (struct stretch){op, op->x[phase], op->end_x, 0};
    for (int next = (int)phase + 1; next < SWIM_PHASES; next++) {
        if (op->column[next] == SWIM_NONE)
            continue;
        stretch->to = op->x[next];
        break;
    }
    cf_swim_label(op, label);
    least = stretch->from + SWIM_CHAR * (int)strlen(label) +
            8; /* the label stands in its bar, or beside */
    stretch->past = stretch->to < least ? least : stretch->to;
    return true;
}

static int most_at_once(const struct stretch *stretches, size_t count)
{
    int most = 0;

    for (size_t i = 0; i < count; i++) {
        int here = 0;

        for (size_t j = 0; j <= i; j++) /* begins before, in order */
            here += stretches[j].to > stretches[i].from;
        most = here > most ? here : most;
    }
    return most;
}

/* How many rows the operations of a ring (SWIM_NONE: of all) need in a phase; -1: no memory. */
static int place_rows(struct swim_model *m, size_t ring, enum swim_phase phase, int *depth_out)
{
    struct stretch *stretches = calloc(m->op_count + 1, sizeof(*stretches));
    int *ends = calloc(m->op_count + 1, sizeof(*ends)), rows = 0;
    size_t count = 0;

    if (!stretches || !ends) {
        free(stretches);
        free(ends);
        return -1;
    }
    for (size_t i = 0; i < m->op_count; i++)
        if (ring == SWIM_NONE || m->ops[i].ring == ring)
            count += stretch_of(&m->ops[i], phase, &stretches[count]);
    if (count)
        qsort(stretches, count, sizeof(*stretches), by_begin);
    *depth_out = most_at_once(stretches, count);
    for (size_t i = 0; i < count; i++) {
        int row = 0;

        while (row < rows && ends[row] + 4 > stretches[i].from)
            row++;
        if (row == rows)
            rows++;
        ends[row] = stretches[i].past;
        stretches[i].op->row[phase] = row;
    }
    free(stretches);
    free(ends);
    return rows;
}

int cf_swim_lane_height(int rows)
{
    return 10 + SWIM_ROW * (rows > 0 ? rows : 1);
}

/* A lane is there for what the drawn part speaks of. */
static void choose_lanes(struct swim_model *m)
{
    for (size_t i = 0; i < m->call_count; i++)
        m->threads[m->calls[i].thread].shown |= cf_swim_call_shown(m, &m->calls[i]);
    for (size_t i = 0; i < m->op_count; i++) {
        m->rings[m->ops[i].ring].shown |= m->ops[i].shown;
        m->has_engine |= m->ops[i].shown && m->ops[i].column[SWIM_RUNNING] != SWIM_NONE;
    }
    for (size_t i = 0; i < m->mark_count; i++) {
        const struct swim_mark *mark = &m->marks[i];

        if (!cf_swim_shown(m, mark->column))
            continue;
        if (mark->kind == SWIM_COMPLETION)
            m->rings[mark->ring].shown = true;
        else if (mark->kind == SWIM_OTHER)
            m->has_other = true;
        else
            m->events[mark->subject].shown = true;
    }
}

static int stack(struct swim_subject *subjects, size_t count, int height, int y)
{
    for (size_t i = 0; i < count; i++) {
        subjects[i].y[0] = y;
        y += subjects[i].shown ? height : 0;
    }
    return y;
}

bool cf_swim_place(struct swim_model *m, int top)
{
    int y = top, depth;

    choose_part(m);
    if (!place_columns(m))
        return false;
    choose_lanes(m);
    y = stack(m->threads, m->thread_count, SWIM_CALL, y);
    y = stack(m->events, m->event_count, 24, y);
    for (size_t r = 0; r < m->ring_count; r++) {
        for (int queue = 0; queue < 2 && m->rings[r].shown; queue++) {
            struct swim_subject *ring = &m->rings[r];

            ring->rows[queue] =
                place_rows(m, r, queue ? SWIM_DONE : SWIM_BUILT, &ring->depth[queue]);
            if (ring->rows[queue] < 0)
                return false;
            ring->y[queue] = y;
            y += cf_swim_lane_height(ring->rows[queue]);
        }
    }
    m->engine_y = y;
    m->engine_rows = place_rows(m, SWIM_NONE, SWIM_RUNNING, &depth);
    if (m->engine_rows < 0)
        return false;
    if (m->has_engine)
        y += cf_swim_lane_height(m->engine_rows);
    m->other_y = y;
    m->bottom = y + (m->has_other ? 24 : 0);
    m->width = m->column_x[m->column_count] + 12;
    if (m->width < 960)
        m->width = 960;
    return true;
}
