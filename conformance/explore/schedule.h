/* SPDX-License-Identifier: MIT */
/* Schedules for people and for files: what was offered, what happened, and how to have it again. */
#ifndef CF_EXPLORE_SCHEDULE_H
#define CF_EXPLORE_SCHEDULE_H

#include "conformance/explore/search.h"

#include <jansson.h>
#include <stdio.h>

#define CF_SCHEDULE_SCHEMA "ringer-schedule/1"

/* "start", "complete 3 device-error", … Owned by nobody; valid until the next call. */
const char *cf_where_name(uint32_t where);
const char *cf_option_name(const struct ringer_sim_option *option);
const char *cf_act_name(uint32_t act, uint32_t outcome);
/* Comma list of error, memory, disk, refuse, expire; or all, none. */
bool cf_faults_parse(const char *text, uint32_t *faults_out);

/* The choices of the last run that differ from the default, a line each. */
void cf_schedule_print(FILE *file, const struct cf_area *area, const char *indent);
/*
 * The user data, as 0x1f, of the operation that the last choice but the default was about, or "". Owned by
 * nobody; valid until the next call.
 */
const char *cf_schedule_suspect(const struct cf_area *area);
/* The last call that each thread made and came back from: where it stands, when nobody goes on. */
void cf_schedule_standing(const struct cf_area *area, char *text, size_t nbytes);
/* Choices as data; a new reference. all: also where the default was taken. */
json_t *cf_schedule_choices(const struct cf_area *area, uint32_t count, bool all);

/* The schedule of the last run with what it rests on. False with errno. */
bool cf_schedule_save(const char *path, const struct cf_area *area,
                      const struct cf_schedule *schedule, const char *target,
                      const struct cf_outcome_of_run *failure);
/* Sets the plan's spaces and faults too. *offered_out: as saved, to be compared after the run. */
bool cf_schedule_load(const char *path, struct cf_area *area, struct cf_schedule *schedule,
                      json_t **offered_out, char **error_out);
/* Was everything offered as it had been? NULL, or where it was not, owned by the caller. */
char *cf_schedule_strayed(const struct cf_area *area, const json_t *offered);

#endif
