/* SPDX-License-Identifier: MIT */
#include "conformance/trace/faults.h"

#include <windows.h>

#include <inttypes.h>
#include <ringer.h>
#include <stdio.h>

size_t cf_trace_faults(struct cf_trace_writer *writer)
{
    size_t count = ringer_fault_count();
    struct ringer_fault fault;
    char text[160];

    for (size_t i = 0; i < count && ringer_fault_info(i, &fault); i++) {
        int nchars = snprintf(text, sizeof(text), "%s", fault.text);

        if (fault.has_user_data)
            snprintf(text + nchars, sizeof(text) - (size_t)nchars, " ud=0x%" PRIx64,
                     (uint64_t)fault.user_data);
        cf_trace_note(writer, text, "fault");
    }
    return count;
}
