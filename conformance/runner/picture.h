/* SPDX-License-Identifier: MIT */
/* A trace as a swim-lane picture, with what the oracle says of it in red. */
#ifndef CF_RUNNER_PICTURE_H
#define CF_RUNNER_PICTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct cf_trace;

/*
 * schedule: a ringer-schedule/1 as cf_schedule_save writes it, whose choices and failure are
 * shown, too; or NULL. suspect: user data as 0x1f of what is shown in red when the oracle has nothing to
 * say, or "". All of it is borrowed. False when nothing could be written.
 */
bool run_picture(const struct cf_trace *trace, const char *title, const json_t *schedule,
                 const char *suspect, FILE *out);
/* False: it is no schedule; *error_out says why and is the caller's. */
bool run_picture_schedule(const char *path, json_t **schedule_out, char **error_out);

#endif
