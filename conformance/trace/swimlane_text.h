/* SPDX-License-Identifier: MIT */
/* Text of a trace inside XML: escaped, and what XML cannot hold replaced. Inner to swimlane*.c. */
#ifndef CF_TRACE_SWIMLANE_TEXT_H
#define CF_TRACE_SWIMLANE_TEXT_H

#include <stddef.h>
#include <stdio.h>

struct cf_record;

/* At most so many characters, then an ellipsis; most 0: all of it. NULL is nothing. */
void cf_swim_text(FILE *out, const char *text, size_t most);
/* The record as one line, as `ringer trace` prints it; free() it. NULL without memory. */
char *cf_swim_line(const struct cf_record *record);

#endif
