/* SPDX-License-Identifier: MIT */
/* The provenance header of a trace: what this host can say of itself. */
#include "conformance/runner/header.h"

#include "conformance/runner/version.h"
#include "conformance/trace/provenance.h"
#include "conformance/trace/writer.h"

#include <windows.h>

#include <ioringapi.h>

static struct cf_provenance provenance;
static bool prepared;

void run_header_prepare(void)
{
    if (!prepared)
        cf_provenance_collect(&provenance, (const void *)&QueryIoRingCapabilities);
    prepared = true;
}

void run_write_header(struct cf_trace_writer *writer, const char *recorder, const char *engine,
                      const char *profile, const char *dir)
{
    IORING_CAPABILITIES caps = {0};
    struct cf_trace_header header = {
        .recorder_name = recorder,
        .recorder_version = RINGER_VERSION_TEXT,
        .host = "ringer",
        .os = "linux",
        .profile = profile ? profile : "win11-24h2",
        .engine = engine,
    };

    run_header_prepare();
    cf_provenance_volume(&provenance, dir);
    cf_provenance_apply(&provenance, &header);
    if (SUCCEEDED(QueryIoRingCapabilities(&caps))) {
        header.has_caps = true;
        header.caps_version = caps.MaxVersion;
        header.caps_sq = caps.MaxSubmissionQueueSize;
        header.caps_cq = caps.MaxCompletionQueueSize;
        header.caps_features = caps.FeatureFlags;
    }
    cf_trace_header(writer, &header);
}
