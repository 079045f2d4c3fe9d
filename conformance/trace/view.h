/* SPDX-License-Identifier: MIT */
/* A loaded trace for people: as text, or as the events that Perfetto and chrome://tracing open. */
#ifndef CF_TRACE_VIEW_H
#define CF_TRACE_VIEW_H

#include "conformance/trace/reader.h"

#include <stdbool.h>
#include <stdio.h>

/* One line a record, calls as a C programmer would write them. */
void cf_trace_list(const struct cf_trace *trace, FILE *out);

struct cf_track {
    const struct cf_trace *trace;
    const char *name; /* of the process in the viewer */
};

/*
 * Chrome Trace Event JSON: calls as X, the life of an operation from build over submit to pop as b, n,
 * e, events as i, the numbers of built, running and unpopped operations as C; every event carries its
 * record under args. One process a track, in the order given. False when nothing could be written.
 */
bool cf_trace_perfetto(const struct cf_track *tracks, size_t count, FILE *out);

#endif
