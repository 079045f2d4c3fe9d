/* SPDX-License-Identifier: MIT */
/* Steps of custom decompression, where the scenario does the work, and of the codec. */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TAKEN 256u

/* ---- taking work ---- */

/* Each call gives a handle of the caller's own: it is closed at the end. */
bool cf_step_customevent(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *custom = cf_object_of(thread, step, step->args[1], CF_OBJECT_CUSTOM);
    IDStorageCustomDecompressionQueue *of;
    struct cf_symbol *symbol;
    struct cf_call call;

    if (!custom) {
        return false;
    }
    symbol = cf_symbol_new(thread, step->args[0], 'e');
    of = (IDStorageCustomDecompressionQueue *)custom->iface;
    cf_call_begin(&call, thread, step, "IDStorageCustomDecompressionQueue::GetEvent");
    cf_trace_in_sym(&call.trace, "custom", step->args[1]);
    cf_call_start(&call);
    symbol->handle = of->lpVtbl->GetEvent(of);
    cf_call_stop(&call);
    symbol->open = symbol->handle != NULL;
    cf_trace_out_sym(&call.trace, "event", symbol->open ? symbol->name : NULL);
    if (symbol->open) {
        cf_trace_object(thread->run->writer, &(struct cf_trace_object){.sym = symbol->name,
                                                                       .kind = "event",
                                                                       .flags = 1});
    }
    return cf_call_end_ret(&call, symbol->open, 0, symbol->open, NULL);
}

static void keep_taken(struct cf_thread *thread, struct cf_object *custom,
                       const DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct cf_taken *taken = cf_xalloc(sizeof *taken), **link;

        taken->request = requests[i];
        AcquireSRWLockExclusive(&thread->run->lock);
        taken->ordinal = ++custom->taken_count;
        for (link = &custom->taken; *link; link = &(*link)->next) {
        }
        *link = taken;
        ReleaseSRWLockExclusive(&thread->run->lock);
    }
}

/* With flags=: GetRequests1. */
bool cf_step_customget(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *custom = cf_object_of(thread, step, step->args[0], CF_OBJECT_CUSTOM);
    uint32_t most = (uint32_t)cf_option_number(thread, step, "max", 1), count = 0xd5d5d5d5;
    const char *null = cf_step_option(step, "null");
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST requests[MOST_TAKEN], *array = requests;
    UINT32 *number = &count;
    bool newer = cf_step_option(step, "flags");
    uint32_t flags = (uint32_t)cf_option_number(thread, step, "flags", 0);
    IDStorageCustomDecompressionQueue1 *of;
    struct cf_call call;
    HRESULT hr;

    if (!custom) {
        return false;
    }
    if (most > MOST_TAKEN || (null && strcmp(null, "requests") && strcmp(null, "count"))) {
        return cf_stop(thread, step, "max up to %u; null=requests or count", MOST_TAKEN);
    }
    if (null && null[0] == 'r') {
        array = NULL;
    } else if (null) {
        number = NULL;
    }
    of = cf_object_as(thread, step, custom,
                      newer ? "IDStorageCustomDecompressionQueue1"
                            : "IDStorageCustomDecompressionQueue");
    if (!of) {
        return false;
    }
    memset(requests, 0xd5, sizeof requests);
    cf_call_begin(&call, thread, step,
                  newer ? "IDStorageCustomDecompressionQueue1::GetRequests1"
                        : "IDStorageCustomDecompressionQueue::GetRequests");
    cf_trace_in_sym(&call.trace, "custom", step->args[0]);
    if (newer) {
        cf_trace_in_u64(&call.trace, "flags", flags);
    }
    cf_trace_in_u64(&call.trace, "max", most);
    if (null) {
        cf_trace_in_sym(&call.trace, null, NULL);
    }
    cf_call_start(&call);
    hr = newer ? of->lpVtbl->GetRequests1(of, flags, most, array, number)
               : of->lpVtbl->GetRequests(of, most, array, number);
    cf_call_stop(&call);
    of->lpVtbl->Release(of);
    if (number) {
        cf_out(&call, "count", count);
    }
    if (SUCCEEDED(hr) && array && number && count && count <= most) {
        cf_out(&call, "format", requests[0].CompressionFormat);
        cf_out(&call, "flags", requests[0].Flags);
        cf_out(&call, "len", requests[0].SrcSize);
        cf_out(&call, "room", requests[0].DstSize);
        keep_taken(thread, custom, requests, count);
    }
    return cf_call_end_hr(&call, hr, NULL);
}

/* ---- doing it ---- */

/*
 * A scenario may have asked for decompression into memory that is none. Then only what lies within
 * one of its buffers is touched.
 */
static bool may_touch(struct cf_thread *thread, const void *memory, uint64_t nbytes, bool write)
{
    struct cf_run *run = thread->run;
    uint64_t at = (uintptr_t)memory;
    bool within = false, all_good = true;

    AcquireSRWLockExclusive(&run->lock);
    for (const struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        uint64_t from = (uintptr_t)symbol->bytes;
        bool good = symbol->readable && (!write || symbol->writable);

        if (!symbol->bytes) {
            continue;
        }
        all_good &= good;
        within |= good && at >= from && at - from <= symbol->nbytes &&
                  nbytes <= symbol->nbytes - (at - from);
    }
    within |= all_good && !run->hostile;
    ReleaseSRWLockExclusive(&run->lock);
    return within && memory;
}

static HRESULT do_work(struct cf_thread *thread,
                       const DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *request, const char *what,
                       const struct cf_object *codec)
{
    uint64_t nbytes = request->SrcSize < request->DstSize ? request->SrcSize : request->DstSize;
    const uint8_t *from = request->SrcBuffer;
    uint8_t *to = request->DstBuffer;

    if (!may_touch(thread, from, request->SrcSize, false) ||
        !may_touch(thread, to, request->DstSize, true)) {
        return S_OK;
    }
    if (codec) {
        IDStorageCompressionCodec *of = (IDStorageCompressionCodec *)codec->iface;
        size_t written;
        return of->lpVtbl->DecompressBuffer(of, from, request->SrcSize, to, request->DstSize,
                                            &written);
    }
    for (uint64_t i = 0; what[0] != 'n' && i < nbytes; i++) {
        to[i] = what[0] == 'u' ? (uint8_t)toupper(from[i]) : from[i];
    }
    return S_OK;
}

/* Of this format, or of any; the oldest one, or the newest. */
static struct cf_taken *take_out(struct cf_thread *thread, struct cf_object *custom, uint64_t format,
                                 bool newest)
{
    struct cf_taken **link, **found = NULL, *taken = NULL;

    AcquireSRWLockExclusive(&thread->run->lock);
    for (link = &custom->taken; *link; link = &(*link)->next) {
        if ((newest || !found) && (!format || (*link)->request.CompressionFormat == format)) {
            found = link;
        }
    }
    if (found) {
        taken = *found;
        *found = taken->next;
    }
    ReleaseSRWLockExclusive(&thread->run->lock);
    return taken;
}

/* What is to be answered, and with what; false: nothing was taken, and the run stopped. */
struct answers {
    DSTORAGE_CUSTOM_DECOMPRESSION_RESULT results[MOST_TAKEN];
    uint64_t ordinals[MOST_TAKEN], formats[MOST_TAKEN];
    uint32_t count;
};

static bool collect(struct cf_thread *thread, const struct cf_step *step, struct cf_object *custom,
                    struct answers *answers)
{
    const char *does = cf_step_option(step, "does"), *order = cf_step_option(step, "order");
    const char *codec_word = cf_step_option(step, "codec");
    bool all = cf_step_option(step, "all"), newest = order && !strcmp(order, "newest");
    bool given = cf_step_option(step, "result");
    HRESULT result = (HRESULT)cf_option_number(thread, step, "result", 0);
    struct cf_object *codec = NULL;
    struct cf_taken *taken;
    uint64_t format;

    if ((does && strcmp(does, "copy") && strcmp(does, "upper") && strcmp(does, "nothing")) ||
        (order && !newest && strcmp(order, "oldest"))) {
        return cf_stop(thread, step, "does=copy, upper or nothing; order=oldest or newest");
    }
    if (!cf_option_word(thread, step, "format", cf_formats, 0, &format) ||
        (codec_word && !(codec = cf_object_of(thread, step, codec_word, CF_OBJECT_CODEC)))) {
        return false;
    }
    do {
        taken = take_out(thread, custom, format, newest);
        if (!taken) {
            break;
        }
        HRESULT done = do_work(thread, &taken->request, does ? does : "copy", codec);
        answers->results[answers->count].Id = taken->request.Id;
        answers->results[answers->count].Result = given ? result : done;
        answers->formats[answers->count] = taken->request.CompressionFormat;
        answers->ordinals[answers->count++] = taken->ordinal;
        free(taken);
    } while (all && answers->count < MOST_TAKEN);
    return answers->count || cf_stop(thread, step, "nothing was taken");
}

bool cf_step_customend(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *custom = cf_object_of(thread, step, step->args[0], CF_OBJECT_CUSTOM);
    const char *id = cf_step_option(step, "id"), *does = cf_step_option(step, "does");
    bool null = cf_step_option(step, "null");
    struct answers answers = {.count = 0};
    IDStorageCustomDecompressionQueue *of;
    struct cf_call call;
    HRESULT hr;

    if (!custom) {
        return false;
    }
    if (id && strcmp(id, "wrong")) {
        return cf_stop(thread, step, "an id can only be wrong");
    }
    if (id || null) { /* an id that nobody gave out; and a null pointer to one result */
        answers.count = 1;
        answers.ordinals[0] = answers.formats[0] = 0;
        answers.results[0].Id = UINT64_MAX - 1;
        answers.results[0].Result = S_OK;
    } else if (!collect(thread, step, custom, &answers)) {
        return false;
    }
    of = (IDStorageCustomDecompressionQueue *)custom->iface;
    cf_call_begin(&call, thread, step, "IDStorageCustomDecompressionQueue::SetRequestResults");
    cf_trace_in_sym(&call.trace, "custom", step->args[0]);
    cf_trace_in_u64(&call.trace, "count", answers.count);
    if (null) {
        cf_trace_in_sym(&call.trace, "results", NULL);
    } else {
        cf_trace_in_u64s(&call.trace, "ids", answers.ordinals, answers.count);
        cf_trace_in_u64s(&call.trace, "formats", answers.formats, answers.count);
        cf_trace_in_str(&call.trace, "does", does ? does : "copy");
        cf_trace_in_sym(&call.trace, "codec", cf_step_option(step, "codec"));
        cf_trace_in_hex32(&call.trace, "result", (uint32_t)answers.results[0].Result);
    }
    cf_call_start(&call);
    hr = of->lpVtbl->SetRequestResults(of, answers.count, null ? NULL : answers.results);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

/* ---- the codec ---- */

bool cf_step_codec(struct cf_thread *thread, const struct cf_step *step)
{
    const char *name = cf_step_option(step, "iid");
    const struct cf_interface *named =
        cf_interface_named(name ? name : "IDStorageCompressionCodec");
    uint32_t threads = (uint32_t)cf_option_number(thread, step, "threads", 0);
    struct cf_interface own;
    struct cf_call call;
    void *pointer = NULL;
    uint64_t format;
    HRESULT hr;

    if (!cf_dstorage_has(thread, step, thread->run->api.DStorageCreateCompressionCodec,
                         "DStorageCreateCompressionCodec") ||
        !cf_option_word(thread, step, "format", cf_formats, 1, &format)) {
        return false;
    }
    if (!named) {
        return cf_stop(thread, step, "no interface '%s'", name);
    }
    own = *named;
    own.kind = CF_OBJECT_CODEC;
    cf_call_begin(&call, thread, step, "DStorageCreateCompressionCodec");
    cf_trace_in_u64(&call.trace, "format", format);
    cf_trace_in_u64(&call.trace, "threads", threads);
    cf_trace_in_str(&call.trace, "iid", own.name);
    cf_call_start(&call);
    hr = thread->run->api.DStorageCreateCompressionCodec((DSTORAGE_COMPRESSION_FORMAT)format,
                                                         threads, own.iid, &pointer);
    cf_call_stop(&call);
    cf_object_made(&call, step->args[0], &own, pointer, NULL);
    return cf_call_end_hr(&call, hr, NULL);
}

/* Both directions: from a buffer to a buffer, out `written`. */
static bool convert(struct cf_thread *thread, const struct cf_step *step, const char *fn,
                    const uint64_t *level)
{
    struct cf_object *codec = cf_object_of(thread, step, step->args[0], CF_OBJECT_CODEC);
    uint64_t nbytes = cf_option_number(thread, step, "len", 0);
    uint64_t room = cf_option_number(thread, step, "room", 0);
    bool null = cf_step_option(step, "nowritten");
    struct cf_buffer_arg from, to;
    IDStorageCompressionCodec *of;
    size_t written = 0;
    struct cf_call call;
    HRESULT hr;

    if (!codec) {
        return false;
    }
    cf_buffer_argument(thread, step->args[1], &from);
    cf_buffer_argument(thread, cf_step_option(step, "to"), &to);
    /* A codec is a library: it follows its pointers, so they are null or the scenario's. */
    if ((from.address && !may_touch(thread, from.address, nbytes, false)) ||
        (to.address && !may_touch(thread, to.address, room, true)) || from.registered ||
        to.registered || !cf_buffer_holds(thread, step, &from, nbytes) ||
        !cf_buffer_holds(thread, step, &to, room) || !strncmp(step->args[1], "bad", 3) ||
        !strncmp(cf_step_option(step, "to"), "bad", 3)) {
        return cf_stop(thread, step, "%s from and to the scenario's own buffers", fn);
    }
    of = (IDStorageCompressionCodec *)codec->iface;
    cf_call_begin(&call, thread, step, fn);
    cf_trace_in_sym(&call.trace, "codec", step->args[0]);
    cf_trace_in_sym(&call.trace, "src", from.sym[0] ? from.sym : NULL);
    cf_trace_in_u64(&call.trace, "src_off", from.offset);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_trace_in_sym(&call.trace, "buf", to.sym[0] ? to.sym : NULL);
    cf_trace_in_u64(&call.trace, "buf_off", to.offset);
    cf_trace_in_u64(&call.trace, "room", room);
    if (level) {
        cf_trace_in_u64(&call.trace, "level", (uint32_t)*level);
    }
    if (null) {
        cf_trace_in_sym(&call.trace, "written", NULL);
    }
    cf_call_start(&call);
    hr = level ? of->lpVtbl->CompressBuffer(of, from.address, (size_t)nbytes,
                                            (DSTORAGE_COMPRESSION)(INT32)(uint32_t)*level,
                                            to.address, (size_t)room, null ? NULL : &written)
               : of->lpVtbl->DecompressBuffer(of, from.address, (size_t)nbytes, to.address,
                                              (size_t)room, null ? NULL : &written);
    cf_call_stop(&call);
    if (!null) {
        cf_out(&call, "written", written);
    }
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_compress(struct cf_thread *thread, const struct cf_step *step)
{
    static const struct cf_word levels[] = {
        {"fastest", 0xffffffff}, {"default", 0}, {"best", 1}, {NULL, 0}};
    uint64_t level;

    return cf_option_word(thread, step, "level", levels, 0, &level) &&
           convert(thread, step, "IDStorageCompressionCodec::CompressBuffer", &level);
}

bool cf_step_decompress(struct cf_thread *thread, const struct cf_step *step)
{
    return convert(thread, step, "IDStorageCompressionCodec::DecompressBuffer", NULL);
}

bool cf_step_bound(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *codec = cf_object_of(thread, step, step->args[0], CF_OBJECT_CODEC);
    uint64_t nbytes = cf_number(thread, step->args[1]);
    IDStorageCompressionCodec *of;
    struct cf_call call;
    size_t bound;

    if (!codec) {
        return false;
    }
    of = (IDStorageCompressionCodec *)codec->iface;
    cf_call_begin(&call, thread, step, "IDStorageCompressionCodec::CompressBufferBound");
    cf_trace_in_sym(&call.trace, "codec", step->args[0]);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_call_start(&call);
    bound = of->lpVtbl->CompressBufferBound(of, (size_t)nbytes);
    cf_call_stop(&call);
    cf_out(&call, "bound", bound);
    return cf_call_end_void(&call);
}
