/* SPDX-License-Identifier: MIT */
/* A kept trace: an arena that is emptied between two runs, and records over it. */
#include "conformance/trace/kept.h"

#include "conformance/trace/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_NBYTES = 1 << 16,
    IN_VALUES = 11, /* of most calls; more are moved to a larger place */
    OUT_VALUES = 5,
    STRING_NBYTES = 128,
};

static void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

struct cf_kept *cf_kept_create(void)
{
    struct cf_kept *kept = calloc(1, sizeof(*kept));

    if (!kept)
        return NULL;
    kept->trace.integrity = CF_TRACE_WHOLE;
    kept->trace.host = "";
    return kept;
}

void cf_kept_destroy(struct cf_kept *kept)
{
    while (kept->first) {
        struct cf_kept_block *next = kept->first->next;

        free(kept->first);
        kept->first = next;
    }
    free(kept->trace.records);
    free(kept);
}

void cf_kept_clear(struct cf_kept *kept)
{
    kept->trace.count = 0;
    kept->block = kept->first;
    kept->used = 0;
}

static void add_block(struct cf_kept *kept, size_t nbytes)
{
    struct cf_kept_block *block;

    if (kept->block && kept->block->next && kept->block->next->nbytes >= nbytes) {
        kept->block = kept->block->next;
    } else {
        if (nbytes < BLOCK_NBYTES)
            nbytes = BLOCK_NBYTES;
        block = need(malloc(sizeof(*block) + nbytes));
        block->nbytes = nbytes;
        block->next = kept->block ? kept->block->next : NULL;
        if (kept->block)
            kept->block->next = block;
        else
            kept->first = block;
        kept->block = block;
    }
    kept->used = 0;
}

void *cf_kept_memory_locked(struct cf_kept *kept, size_t nbytes)
{
    void *memory;

    nbytes = (nbytes + 15) & ~(size_t)15;
    if (!kept->block || kept->block->nbytes - kept->used < nbytes)
        add_block(kept, nbytes);
    memory = kept->block->bytes + kept->used;
    kept->used += nbytes;
    return memory;
}

struct cf_record *cf_kept_record_locked(struct cf_kept *kept, enum cf_record_type type)
{
    struct cf_trace *trace = &kept->trace;
    struct cf_record *record;

    if (trace->count == kept->capacity) {
        kept->capacity = kept->capacity ? 2 * kept->capacity : 256;
        trace->records = need(realloc(trace->records, kept->capacity * sizeof(*trace->records)));
    }
    record = &trace->records[trace->count++];
    memset(record, 0, sizeof(*record));
    record->type = type;
    record->line = trace->count;
    return record;
}

static const char *copy_locked(struct cf_kept *kept, const char *string)
{
    size_t nbytes = string ? strlen(string) + 1 : 0;

    return string ? memcpy(cf_kept_memory_locked(kept, nbytes), string, nbytes) : NULL;
}

static const char *put_digits(char *text, const unsigned char *bytes, size_t nbytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < nbytes; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * nbytes] = '\0';
    return text;
}

/* ---- calls ---- */

void cf_kept_call_begin_locked(struct cf_trace_call *call)
{
    struct cf_kept_call *kept = &call->kept;
    const size_t nbytes = (IN_VALUES + OUT_VALUES) * sizeof(struct cf_trace_value);

    kept->values[0] = cf_kept_memory_locked(call->writer->kept, nbytes + STRING_NBYTES);
    kept->values[1] = kept->values[0] + IN_VALUES;
    kept->capacities[0] = IN_VALUES;
    kept->capacities[1] = OUT_VALUES;
    kept->counts[0] = kept->counts[1] = 0;
    kept->chars = (char *)kept->values[0] + nbytes;
    kept->room = STRING_NBYTES;
}

static void *memory(struct cf_trace_call *call, size_t nbytes)
{
    void *place;

    cf_lock_acquire(&call->writer->lock);
    place = cf_kept_memory_locked(call->writer->kept, nbytes);
    cf_lock_release(&call->writer->lock);
    return place;
}

static const char *copy(struct cf_trace_call *call, const char *string)
{
    size_t nbytes = strlen(string) + 1;
    char *place;

    if (nbytes > call->kept.room)
        return memcpy(memory(call, nbytes), string, nbytes);
    place = memcpy(call->kept.chars, string, nbytes);
    call->kept.chars += nbytes;
    call->kept.room -= nbytes;
    return place;
}

struct cf_trace_value *cf_kept_put(struct cf_trace_call *call, unsigned list, const char *key,
                                   enum cf_trace_value_kind kind)
{
    struct cf_kept_call *kept = &call->kept;
    struct cf_trace_value *value;

    if (kept->counts[list] == kept->capacities[list]) {
        struct cf_trace_value *larger;

        kept->capacities[list] *= 2;
        larger = memory(call, kept->capacities[list] * sizeof(*larger));
        memcpy(larger, kept->values[list], kept->counts[list] * sizeof(*larger));
        kept->values[list] = larger;
    }
    value = &kept->values[list][kept->counts[list]++];
    value->key = key;
    value->kind = kind;
    value->count = 0;
    return value;
}

void cf_kept_put_number(struct cf_trace_call *call, unsigned list, const char *key,
                        enum cf_trace_value_kind kind, uint64_t number)
{
    cf_kept_put(call, list, key, kind)->number = number;
}

void cf_kept_put_string(struct cf_trace_call *call, unsigned list, const char *key,
                        const char *string)
{
    if (string)
        cf_kept_put(call, list, key, CF_VALUE_STRING)->string = copy(call, string);
    else
        cf_kept_put(call, list, key, CF_VALUE_NULL);
}

void cf_kept_put_bytes(struct cf_trace_call *call, const char *key, const void *bytes,
                       size_t nbytes)
{
    const char *digits = put_digits(memory(call, 2 * nbytes + 1), bytes, nbytes);

    cf_kept_put(call, 0, key, CF_VALUE_STRING)->string = digits;
}

void cf_kept_put_digest(struct cf_trace_call *call, unsigned list, const char *key,
                        const void *bytes, size_t nbytes)
{
    struct cf_trace_digest *digest = memory(call, sizeof(*digest) + nbytes + CF_SHA256_HEX_SIZE);

    digest->nbytes = nbytes;
    digest->hex = (char *)digest->bytes + nbytes;
    digest->hex[0] = '\0';
    if (nbytes)
        memcpy(digest->bytes, bytes, nbytes);
    cf_kept_put(call, list, key, CF_VALUE_DIGEST)->digest = digest;
}

void cf_kept_put_strings(struct cf_trace_call *call, const char *key, const char *const *strings,
                         size_t count)
{
    struct cf_trace_value *value = cf_kept_put(call, 0, key, CF_VALUE_STRINGS);
    const char **copies = memory(call, (count + 1) * sizeof(*copies));

    for (size_t i = 0; i < count; i++)
        copies[i] = strings[i] ? copy(call, strings[i]) : NULL;
    value->strings = copies;
    value->count = (uint32_t)count;
}

void cf_kept_put_numbers(struct cf_trace_call *call, const char *key, const uint64_t *values,
                         size_t count)
{
    struct cf_trace_value *value = cf_kept_put(call, 0, key, CF_VALUE_NUMBERS);
    uint64_t *copies = memory(call, (count + 1) * sizeof(*copies));

    if (count)
        memcpy(copies, values, count * sizeof(*copies));
    value->numbers = copies;
    value->count = (uint32_t)count;
}

void cf_kept_call_end(struct cf_trace_call *call, enum cf_result_kind result, uint64_t value,
                      const uint32_t *last_error)
{
    struct cf_trace_writer *writer = call->writer;
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_CALL);
    record->own = (struct cf_trace_values){call->kept.values[0], call->kept.counts[0]};
    record->parts = (struct cf_trace_values){call->kept.values[1], call->kept.counts[1]};
    record->call.fn = call->fn;
    record->call.id = cf_fn_of(call->fn);
    record->call.step = call->step;
    record->call.n = call->n;
    record->call.thread = call->thread;
    record->call.t0_ns = call->t0_ns;
    record->call.t1_ns = call->t1_ns;
    record->call.last_error = last_error ? *last_error : 0;
    record->call.result = result;
    record->call.value = value;
    cf_lock_release(&writer->lock);
}

/* ---- other records ---- */

struct list {
    struct cf_trace_value items[8];
    size_t count;
};

static void add_string(struct cf_kept *kept, struct list *list, const char *key, const char *string)
{
    if (string)
        list->items[list->count++] = (struct cf_trace_value){
            .key = key, .kind = CF_VALUE_STRING, .string = copy_locked(kept, string)};
}

static void add_number(struct list *list, const char *key, uint64_t number)
{
    list->items[list->count++] =
        (struct cf_trace_value){.key = key, .kind = CF_VALUE_NUMBER, .number = number};
}

static struct cf_trace_values values_of(struct cf_kept *kept, const struct list *list)
{
    size_t nbytes = list->count * sizeof(*list->items);
    struct cf_trace_value *items = cf_kept_memory_locked(kept, nbytes);

    memcpy(items, list->items, nbytes);
    return (struct cf_trace_values){items, list->count};
}

void cf_kept_header(struct cf_trace_writer *writer, const struct cf_trace_header *header)
{
    struct list own = {.count = 0}, caps = {.count = 0};
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_HDR);
    add_string(writer->kept, &own, "host", header->host);
    add_string(writer->kept, &own, "engine", header->engine);
    add_string(writer->kept, &own, "profile", header->profile);
    if (header->has_caps) {
        add_number(&caps, "ver", header->caps_version);
        add_number(&caps, "sq", header->caps_sq);
        add_number(&caps, "cq", header->caps_cq);
        add_number(&caps, "features", header->caps_features);
        caps.items[caps.count - 1].kind = CF_VALUE_HEX;
    }
    record->own = values_of(writer->kept, &own);
    record->parts = values_of(writer->kept, &caps);
    writer->kept->trace.host = header->host && own.count ? own.items[0].string : "";
    cf_lock_release(&writer->lock);
}

void cf_kept_scenario(struct cf_trace_writer *writer, const struct cf_trace_scenario *scenario)
{
    struct list own = {.count = 0}, params = {.count = 0};
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_SCN);
    add_string(writer->kept, &own, "title", scenario->title);
    for (size_t i = 0; i < scenario->params_count && i < 8; i++)
        add_string(writer->kept, &params, scenario->params[i].key, scenario->params[i].value);
    record->scn.id = copy_locked(writer->kept, scenario->id);
    record->scn.trial = scenario->trial;
    record->own = values_of(writer->kept, &own);
    record->parts = values_of(writer->kept, &params);
    cf_lock_release(&writer->lock);
}

void cf_kept_object(struct cf_trace_writer *writer, const struct cf_trace_object *object)
{
    struct list own = {.count = 0};
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_OBJ);
    record->obj.sym = copy_locked(writer->kept, object->sym);
    record->obj.kind = copy_locked(writer->kept, object->kind);
    record->obj.flags = object->flags;
    record->obj.nbytes = object->nbytes;
    add_string(writer->kept, &own, "content", object->content);
    add_string(writer->kept, &own, "sha256", object->sha256);
    if (object->has_seed)
        add_number(&own, "seed", object->seed);
    if (object->bytes)
        own.items[own.count++] = (struct cf_trace_value){
            .key = "bytes",
            .kind = CF_VALUE_STRING,
            .string = put_digits(cf_kept_memory_locked(writer->kept, 2 * object->bytes_count + 1),
                                 object->bytes, object->bytes_count)};
    if (object->is_placed)
        add_number(&own, "page_off", object->page_offset);
    record->own = values_of(writer->kept, &own);
    cf_lock_release(&writer->lock);
}

void cf_kept_cqe(struct cf_trace_writer *writer, const char *ring, uint64_t user_data, int32_t hr,
                 uint64_t information, uint64_t order, uint64_t after)
{
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_CQE);
    record->cqe.ring = copy_locked(writer->kept, ring);
    record->cqe.user_data = user_data;
    record->cqe.hr = (uint32_t)hr;
    record->cqe.information = information;
    record->cqe.order = order;
    record->cqe.after = after;
    cf_lock_release(&writer->lock);
}

void cf_kept_event(struct cf_trace_writer *writer, const char *sym, bool signalled, const char *by,
                   uint64_t value, uint64_t after)
{
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_EVT);
    record->evt.sym = copy_locked(writer->kept, sym);
    record->evt.by = copy_locked(writer->kept, by);
    record->evt.signalled = signalled;
    record->evt.value = value;
    record->evt.after = after;
    cf_lock_release(&writer->lock);
}

void cf_kept_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *seen, bool merged)
{
    size_t nbytes = seen->changed_count * sizeof(struct cf_span);
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_MEM);
    record->mem.sym = copy_locked(writer->kept, seen->sym);
    record->mem.fill = seen->fill;
    record->mem.merged = merged;
    record->mem.poison_ok = seen->poison_ok;
    record->mem.after = seen->after;
    record->mem.changed = cf_kept_memory_locked(writer->kept, nbytes);
    record->mem.changed_count = seen->changed_count;
    for (size_t i = 0; i < seen->changed_count; i++)
        record->mem.changed[i] = (struct cf_span){seen->changed[i].from, seen->changed[i].to};
    cf_lock_release(&writer->lock);
}

void cf_kept_exception(struct cf_trace_writer *writer, uint32_t code, const char *kind,
                       int32_t exit_code)
{
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_EXC);
    record->exc.kind = copy_locked(writer->kept, kind);
    record->exc.code = code;
    record->exc.exit_code = exit_code;
    cf_lock_release(&writer->lock);
}

void cf_kept_history(struct cf_trace_writer *writer, uint64_t trials, bool vacuous)
{
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_HIST);
    record->hist.trials = trials;
    record->hist.vacuous = vacuous;
    cf_lock_release(&writer->lock);
}

void cf_kept_note(struct cf_trace_writer *writer, const char *text, const char *who)
{
    struct list own = {.count = 0};
    struct cf_record *record;

    cf_lock_acquire(&writer->lock);
    record = cf_kept_record_locked(writer->kept, CF_NOTE);
    add_string(writer->kept, &own, "text", text);
    add_string(writer->kept, &own, "who", who);
    record->own = values_of(writer->kept, &own);
    cf_lock_release(&writer->lock);
}
