/* SPDX-License-Identifier: MIT */
/* JSON text as trace files want it: ASCII only, no floats, big and opaque numbers as hex strings. */
#ifndef CF_TRACE_TEXT_H
#define CF_TRACE_TEXT_H

#include "conformance/trace/writer.h"

void cf_text_init(struct cf_trace_text *text);
void cf_text_fini(struct cf_trace_text *text);
void cf_text_raw(struct cf_trace_text *text, const char *chars);
/* A quoted JSON string; bytes that are not UTF-8 become U+FFFD. */
void cf_text_string(struct cf_trace_text *text, const char *chars);
/* The same from UTF-16; half a surrogate pair becomes U+FFFD. */
void cf_text_string16(struct cf_trace_text *text, const uint16_t *chars);
/* A number, or from 2^53 on a hex string. */
void cf_text_u64(struct cf_trace_text *text, uint64_t value);
void cf_text_hex(struct cf_trace_text *text, uint64_t value, int digits); /* quoted, at least digits */
/* `"key":`, with a comma before it unless the text is empty or ends in an opening bracket. */
void cf_text_key(struct cf_trace_text *text, const char *key);

#endif
