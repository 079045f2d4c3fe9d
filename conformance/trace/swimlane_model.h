/* SPDX-License-Identifier: MIT */
/*
 * What a swim-lane picture shows, before anybody knows where: calls, operations and marks with
 * their columns, then with their places. Inner to swimlane*.c.
 */
#ifndef CF_TRACE_SWIMLANE_MODEL_H
#define CF_TRACE_SWIMLANE_MODEL_H

#include "conformance/trace/swimlane.h"

#include <jansson.h>

#define SWIM_NONE SIZE_MAX

enum {
    SWIM_MOST_COLUMNS = 600,
    SWIM_COLUMN = 36, /* width, at least */
    SWIM_LEFT = 170,  /* where columns begin; before it the names of lanes */
    SWIM_CALL = 174,  /* height of a thread's lane */
    SWIM_ROW = 15,
    SWIM_CHAR = 7, /* width of a letter, at most */
};

/* Where an operation can be; each is entered at a point of time. */
enum swim_phase { SWIM_BUILT, SWIM_RUNNING, SWIM_DONE, SWIM_POPPED, SWIM_PHASES };

struct swim_call {
    const struct cf_record *record;
    size_t from, to; /* columns */
    size_t thread, fault;
};

struct swim_op {
    const struct cf_record *build, *submit, *cqe; /* NULL: never, or nobody saw it */
    size_t ring, thread, pop_thread;
    size_t column[SWIM_PHASES]; /* SWIM_NONE: never, or nobody saw it */
    size_t earliest, end;       /* not done before that column; gone with that column */
    uint64_t user_data;
    size_t fault;
    bool shown; /* the rest is set for those only */
    int x[SWIM_PHASES], end_x, row[SWIM_PHASES];
};

enum swim_mark_kind {
    SWIM_SET,
    SWIM_RESET,
    SWIM_ATTACH,
    SWIM_SIGNALLED,
    SWIM_NOT_SIGNALLED,
    SWIM_COMPLETION, /* popped */
    SWIM_OTHER,
};

struct swim_mark {
    const struct cf_record *record;
    enum swim_mark_kind kind;
    size_t column, subject; /* the event; of a completion its operation or SWIM_NONE */
    size_t ring, thread;    /* of a completion; thread SWIM_NONE: not known who popped */
    size_t fault;
};

/* A thread, a ring or an event. */
struct swim_subject {
    const char *sym; /* NULL: a thread */
    uint64_t number; /* of a thread; entries of a ring's submission queue, or 0 */
    uint64_t taken, popped, cq;
    size_t empty_column;         /* the last pop that found nothing */
    size_t last_to;              /* of a thread: column of its last call */
    bool shown;                  /* has lanes: */
    int y[2], rows[2], depth[2]; /* of a ring both queues and the most in them, of others y[0] */
};

struct swim_model {
    const struct cf_swimlane *picture;
    size_t all_columns, first_column, column_count; /* of the trace; of the part that is drawn */
    size_t *fault_of;                               /* by index of record; SWIM_NONE: none */
    struct swim_call *calls;
    struct swim_op *ops;
    struct swim_mark *marks;
    struct swim_subject *threads, *rings, *events;
    size_t call_count, op_count, mark_count, thread_count, ring_count, event_count;
    size_t first_open;
    json_t *thread_names, *ring_names, *event_names, *call_numbers; /* -> index */
    /* places */
    int *column_x; /* column_count + 1 of them */
    int engine_y, engine_rows, other_y, bottom, width;
    bool has_engine, has_other;
};

/* False when memory ran out. cf_swim_fini in either case. */
bool cf_swim_init(struct swim_model *model, const struct cf_swimlane *picture);
void cf_swim_fini(struct swim_model *model);
/* Fills in places; top: where the first lane begins. False when memory ran out. */
bool cf_swim_place(struct swim_model *model, int top);
/* Is it in the part that is drawn? Of a call: some of it. */
bool cf_swim_shown(const struct swim_model *model, size_t column);
bool cf_swim_call_shown(const struct swim_model *model, const struct swim_call *call);
/* The nearest that is drawn, counted in the part. There must be one. */
size_t cf_swim_clamp(const struct swim_model *model, size_t column);
int cf_swim_lane_height(int rows);
/* Everything but the frame and the words around it. */
void cf_swim_draw(const struct swim_model *model, FILE *out);
/* What a mark says when one points at it: the record, and the rule that it breaks. */
void cf_swim_title(const struct swim_model *model, const struct cf_record *record, size_t fault,
                   FILE *out);
/* Finds what each fault names: sets the fault numbers of calls, operations and marks. */
void cf_swim_accuse(struct swim_model *model);
/* "0x1f", or the end of a long one. */
void cf_swim_label(const struct swim_op *op, char text[16]);

#endif
