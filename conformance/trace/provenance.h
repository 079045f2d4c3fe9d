/* SPDX-License-Identifier: MIT */
/*
 * Where a trace comes from: the facts of its header's `system`. Every key of the list stands in every
 * header; what the host does not say is "unknown", what cannot be there at all is "none".
 */
#ifndef CF_TRACE_PROVENANCE_H
#define CF_TRACE_PROVENANCE_H

#include "conformance/trace/writer.h"

enum { CF_PROVENANCE_COUNT = 48, CF_PROVENANCE_TEXT = 144 };

struct cf_provenance {
    struct cf_trace_pair pairs[CF_PROVENANCE_COUNT];
    size_t count;
    char texts[CF_PROVENANCE_COUNT][CF_PROVENANCE_TEXT];
    char file_system[32], arch[16], build[64], image_sha256[72];
};

/* Keys that every header has, in their order; *count_out of them. */
const char *const *cf_provenance_keys(size_t *count_out);

/*
 * Asks the host. image: an address within the program or library under test, whose file is hashed as
 * that of the API; NULL: unknown. Hashing takes milliseconds: once a process, before it forks.
 */
void cf_provenance_collect(struct cf_provenance *provenance, const void *image);
/* Asks for the volume of dir, where the data files of the run lie. */
void cf_provenance_volume(struct cf_provenance *provenance, const char *dir);
/* Lets header point at what was collected: os, build, arch, fs, system, the recorder's own hash. */
void cf_provenance_apply(const struct cf_provenance *provenance, struct cf_trace_header *header);

#endif
