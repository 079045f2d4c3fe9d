/* SPDX-License-Identifier: MIT */
/* Results as a table, as JSON, and against those of another run. */
#ifndef CF_BENCH_OUTPUT_H
#define CF_BENCH_OUTPUT_H

#include "conformance/bench/bench.h"

#include <jansson.h>

/* What may change between two runs of the same code: a ratio by a tenth, more where pairs differ. */
#define BENCH_NOISE 0.10

/*
 * The document that every bench begins with: which it is, of which version, on what, and its rows, whose
 * reference is taken. A new reference.
 */
json_t *bench_document(const char *bench, const struct bench_options *options, json_t *rows);
/* Of a row or document: "" and 0 for what is not there. The text is borrowed. */
const char *bench_text(const json_t *row, const char *key);
double bench_number(const json_t *row, const char *key);

/* The document of ringer-bench(1) for rings; a new reference. */
json_t *bench_json(const struct bench_options *options, const struct bench_results *results);
/* Of a document, be it measured just now or read from a file. */
void bench_print(const json_t *document);
/*
 * Holds each row against the same row of an older document: adds "compared" to document, and prints a
 * line a row unless quiet. How many got worse by more than the noise.
 */
size_t bench_compare(const json_t *old, json_t *document, bool quiet);
/*
 * RUN_PASS, RUN_FAIL when a judged row was missed or a row failed, RUN_CANNOT when none was
 * measured, or there are requirements and none could be judged here.
 */
int bench_verdict(const json_t *document);

#endif
