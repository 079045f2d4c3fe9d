/* SPDX-License-Identifier: MIT */
/* The bytes of a file that a trace states, and whether a look at a buffer saw certain bytes. */
#ifndef CF_ORACLE_CONTENTS_H
#define CF_ORACLE_CONTENTS_H

#include "conformance/trace/reader.h"

/* [from, from + nbytes) of the contents; false when the trace does not say them. */
bool ora_contents_make(const struct cf_record *object, uint64_t from, uint64_t nbytes,
                       unsigned char *bytes);
/* Does the look (kit.check) say what it saw? Were it these bytes? */
bool ora_contents_shown(const struct cf_record *check, const unsigned char *bytes, size_t nbytes,
                        bool *same_out);

#endif
