/* SPDX-License-Identifier: MIT */
/* Objects by name: interfaces, references, and letting go at the end. */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <stdlib.h>
#include <string.h>

/* ---- symbols ---- */

static struct cf_object *object_named(struct cf_thread *thread, const char *word)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, word);

    return symbol && symbol->class_ == 'u' ? symbol->object : NULL;
}

struct cf_object *cf_object_of(struct cf_thread *thread, const struct cf_step *step,
                               const char *word, enum cf_object_kind kind)
{
    struct cf_object *object = object_named(thread, word);

    if (!object || object->kind != kind || object->refs < 1) {
        cf_stop(thread, step, "'%s' is no object that has this method", word);
        return NULL;
    }
    return object;
}

struct cf_object_arg cf_object_argument(struct cf_thread *thread, const char *word)
{
    struct cf_object *object;

    if (cf_same(word, "null")) {
        return (struct cf_object_arg){NULL, NULL};
    }
    if (cf_same(word, "bad")) {
        return (struct cf_object_arg){thread->run->bad_page, "nonnull"};
    }
    object = object_named(thread, word);
    return (struct cf_object_arg){object ? object->iface : NULL, object ? word : NULL};
}

bool cf_fence_argument(struct cf_thread *thread, const struct cf_step *step, const char *word,
                       struct cf_object_arg *fence_out)
{
    struct cf_object *object = cf_same(word, "null") ? NULL : object_named(thread, word);

    *fence_out = cf_object_argument(thread, word);
    if (cf_same(word, "null") || (object && object->kind == CF_OBJECT_FENCE && object->refs > 0)) {
        return true;
    }
    return cf_stop(thread, step, "'%s' is no fence", word);
}

void *cf_object_as(struct cf_thread *thread, const struct cf_step *step,
                   const struct cf_object *object, const char *interface_name)
{
    const struct cf_interface *iface = cf_interface_named(interface_name);
    void *pointer = NULL;

    if (object->level >= iface->level) {
        object->iface->lpVtbl->AddRef(object->iface);
        return object->iface;
    }
    if (FAILED(object->iface->lpVtbl->QueryInterface(object->iface, iface->iid, &pointer))) {
        cf_skip(thread, step, "this DirectStorage has no %s", interface_name);
        return NULL;
    }
    return pointer;
}

static bool is_known(struct cf_thread *thread, const void *pointer)
{
    struct cf_run *run = thread->run;
    bool known = false;

    AcquireSRWLockExclusive(&run->lock);
    for (const struct cf_symbol *symbol = run->symbols; symbol && !known; symbol = symbol->next) {
        known = symbol->class_ == 'u' && symbol->object && symbol->object->iface == pointer &&
                symbol->object->refs > 0;
    }
    ReleaseSRWLockExclusive(&run->lock);
    return known;
}

void cf_object_made(struct cf_call *call, const char *name, const struct cf_interface *iface,
                    void *pointer, struct cf_object **object_out)
{
    bool same = pointer && is_known(call->thread, pointer);
    struct cf_symbol *symbol = cf_symbol_new(call->thread, name, 'u');
    struct cf_object *object = cf_keep(call->thread, sizeof *object);

    cf_trace_out_sym(&call->trace, "obj", pointer ? name : NULL);
    cf_out(call, "same", same);
    if (object_out) {
        *object_out = object;
    }
    object->kind = iface->kind;
    object->level = iface->level;
    object->iface = pointer;
    object->refs = pointer != NULL;
    symbol->object = object;
    if (pointer) {
        cf_trace_object(call->thread->run->writer,
                        &(struct cf_trace_object){.sym = name, .kind = cf_object_kind_name(object->kind)});
    }
}

bool cf_dstorage_has(struct cf_thread *thread, const struct cf_step *step, bool has, const char *fn)
{
    return has || cf_skip(thread, step, "this DirectStorage has no %s", fn);
}

/* ---- words ---- */

const struct cf_word cf_formats[] = {
    {"none", 0}, {"gdeflate", 1}, {"zstd", 2}, {"custom", 0x80}, {NULL, 0}};
const struct cf_word cf_source_types[] = {{"file", 0}, {"memory", 1}, {NULL, 0}};

bool cf_option_word(struct cf_thread *thread, const struct cf_step *step, const char *option,
                    const struct cf_word *words, uint64_t otherwise, uint64_t *value_out)
{
    const char *word = cf_step_option(step, option);

    *value_out = otherwise;
    if (!word) {
        return true;
    }
    for (; words->name; words++) {
        if (!strcmp(words->name, word)) {
            *value_out = words->value;
            return true;
        }
    }
    return cf_parse_number(word, strlen(word), value_out) ||
           cf_stop(thread, step, "'%s' is no %s", word, option);
}

const char *cf_option_text(struct cf_thread *thread, const struct cf_step *step, const char *option)
{
    const char *word = cf_step_option(step, option);
    uint8_t *bytes;
    size_t nbytes;
    char *text;

    if (!word || !cf_is_quoted(word)) {
        return NULL;
    }
    bytes = cf_unquote(word, &nbytes);
    text = cf_keep(thread, nbytes + 1);
    if (bytes) {
        memcpy(text, bytes, nbytes);
    }
    free(bytes);
    return text;
}

/* ---- the end ---- */

static void close_queue(struct cf_object *object)
{
    IDStorageQueue *queue = (IDStorageQueue *)object->iface;

    if (!object->closed) {
        queue->lpVtbl->Close(queue);
    }
}

static void free_taken(struct cf_object *object)
{
    while (object->taken) {
        struct cf_taken *taken = object->taken;
        object->taken = taken->next;
        free(taken);
    }
}

/* Queues first: what is under way on them uses the rest. The newest goes before what made it. */
void cf_objects_release(struct cf_run *run)
{
    for (struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        struct cf_object *object = symbol->object;

        if (object && object->kind == CF_OBJECT_QUEUE && object->refs > 0) {
            close_queue(object);
        }
    }
    for (struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        struct cf_object *object = symbol->object;

        if (!object) {
            continue;
        }
        for (; object->refs > 0; object->refs--) {
            object->iface->lpVtbl->Release(object->iface);
        }
        free_taken(object);
        symbol->object = NULL; /* the memory goes with the trial */
    }
}
