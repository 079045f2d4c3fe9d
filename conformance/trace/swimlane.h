/* SPDX-License-Identifier: MIT */
/*
 * A trace as a picture: a lane a thread, the queues of each ring, the engine, and each
 * operation's way from build to pop. Time is ordinal, a column a record, so that simulated and
 * real traces look alike.
 */
#ifndef CF_TRACE_SWIMLANE_H
#define CF_TRACE_SWIMLANE_H

#include "conformance/trace/reader.h"

#include <stdbool.h>
#include <stdio.h>

/* What a judge found wrong: drawn in red, with the operations whose user data the words name. */
struct cf_swim_fault {
    size_t line;             /* of the trace; 0: of no record */
    const char *rule, *text; /* its id, and the rule in one sentence */
    const char *words;       /* what contradicts it */
};

/* All of it is borrowed; strings may hold any bytes. */
struct cf_swimlane {
    const struct cf_trace *trace;
    const char *title;
    bool is_judged; /* without faults: says that no rule is broken */
    const struct cf_swim_fault *faults;
    size_t fault_count;
    const char *failure;        /* how the run failed by itself; NULL: it did not, or nobody said */
    const char *const *choices; /* of the schedule, a line each */
    size_t choice_count;
};

/*
 * One svg element with everything in it, no id, so that several may stand in one page. Of a long
 * trace the part around the first fault, or the beginning, is drawn and the picture says so. False
 * when nothing could be written or memory ran out.
 */
bool cf_trace_swimlane(const struct cf_swimlane *picture, FILE *out);

#endif
