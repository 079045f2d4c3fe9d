/* SPDX-License-Identifier: MIT */
/* The first line of every trace that this tool writes itself. Called in a child: it asks the API. */
#ifndef CF_RUNNER_HEADER_H
#define CF_RUNNER_HEADER_H

struct cf_trace_writer;

/* In the parent, once: what is the same for every child. */
void run_header_prepare(void);

/* profile NULL: the default one. dir: where the data files of the run lie. */
void run_write_header(struct cf_trace_writer *writer, const char *recorder, const char *engine,
                      const char *profile, const char *dir);

#endif
