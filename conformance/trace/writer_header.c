/* SPDX-License-Identifier: MIT */
/* The records that say where a trace comes from and what stands in it: hdr, scn, obj. */
#include "conformance/trace/kept.h"
#include "conformance/trace/record.h"

void cf_trace_header(struct cf_trace_writer *writer, const struct cf_trace_header *header)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_header(writer, header);
        return;
    }
    cf_record_begin(&text, "hdr");
    cf_put_string(&text, "schema", CF_TRACE_SCHEMA);
    cf_text_key(&text, "recorder");
    cf_text_raw(&text, "{");
    cf_put_string(&text, "name", header->recorder_name);
    cf_put_string(&text, "version", header->recorder_version);
    cf_put_string(&text, "commit", header->recorder_commit);
    cf_put_string(&text, "sha256", header->recorder_sha256);
    cf_put_string(&text, "compiler", header->recorder_compiler);
    cf_text_raw(&text, "}");
    cf_put_string(&text, "host", header->host);
    cf_put_string(&text, "os", header->os);
    cf_put_string(&text, "build", header->build);
    cf_put_string(&text, "arch", header->arch);
    cf_put_string(&text, "profile", header->profile);
    cf_put_string(&text, "engine", header->engine);
    cf_put_string(&text, "fs", header->file_system);
    if (header->has_caps) {
        cf_text_key(&text, "caps");
        cf_text_raw(&text, "{");
        cf_put_u64(&text, "ver", header->caps_version);
        cf_put_u64(&text, "sq", header->caps_sq);
        cf_put_u64(&text, "cq", header->caps_cq);
        cf_put_hex(&text, "features", header->caps_features, 8);
        cf_text_raw(&text, "}");
    }
    if (header->system)
        cf_put_pairs(&text, "system", header->system, header->system_count);
    cf_put_string(&text, "scenario_set_sha256", header->scenario_set_sha256);
    if (!writer->undated)
        cf_put_utc(&text, "started_utc");
    cf_put_u64(&text, "qpc_hz", 1000000000); /* t0 and t1 are nanoseconds already */
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_scenario(struct cf_trace_writer *writer, const struct cf_trace_scenario *scenario)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_scenario(writer, scenario);
        return;
    }
    cf_record_begin(&text, "scn");
    cf_put_string(&text, "id", scenario->id);
    cf_put_string(&text, "title", scenario->title);
    cf_put_strings(&text, "needs", scenario->needs, scenario->needs_count);
    cf_put_pairs(&text, "params", scenario->params, scenario->params_count);
    cf_put_u64(&text, "trial", scenario->trial);
    cf_put_u64(&text, "child", scenario->child);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_object(struct cf_trace_writer *writer, const struct cf_trace_object *object)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_object(writer, object);
        return;
    }
    cf_record_begin(&text, "obj");
    cf_put_string(&text, "sym", object->sym);
    cf_put_string(&text, "kind", object->kind);
    cf_put_hex(&text, "flags", object->flags, 8);
    cf_put_u64(&text, "size", object->nbytes);
    cf_put_string(&text, "content", object->content);
    cf_put_string(&text, "sha256", object->sha256);
    if (object->has_seed)
        cf_put_u64(&text, "seed", object->seed);
    if (object->bytes)
        cf_put_bytes(&text, "bytes", object->bytes, object->bytes_count);
    if (object->is_placed)
        cf_put_u64(&text, "page_off", object->page_offset);
    if (object->guard)
        cf_put_bool(&text, "guard", true);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}
