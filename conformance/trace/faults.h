/* SPDX-License-Identifier: MIT */
/*
 * Faults that were dealt out by plan (docs/faults.md), as notes: whoever reads the trace knows which
 * answers were asked for.
 */
#ifndef CF_TRACE_FAULTS_H
#define CF_TRACE_FAULTS_H

#include "conformance/trace/writer.h"

/*
 * One note each, of who "fault", like "read#3=eof ud=0x5"; to be called before the trace ends. Returns
 * how many faults there were.
 */
size_t cf_trace_faults(struct cf_trace_writer *writer);

#endif
