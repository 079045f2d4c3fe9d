/* SPDX-License-Identifier: MIT */
/* Names for handles and addresses: handed out in order of appearance, never twice. */
#include "conformance/trace/tracer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uintptr_t value; /* 0: free; slots of the forgotten keep their value and have no name */
    uint64_t nbytes; /* of a buffer */
    bool is_buffer;
    char sym[TRACER_SYM];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* covers what follows; a leaf */
static struct entry *entries;
static size_t capacity, used;
static unsigned next_number[26];

static struct entry *probe(struct entry *table, size_t size, uintptr_t value, bool is_buffer)
{
    size_t i = (size_t)((value ^ is_buffer) * 0x9e3779b97f4a7c15u >> 17);

    for (;; i++) {
        struct entry *entry = &table[i & (size - 1)];

        if (!entry->value || (entry->value == value && entry->is_buffer == is_buffer))
            return entry;
    }
}

static bool grow_locked(void)
{
    size_t size = capacity ? 2 * capacity : 256;
    struct entry *table = calloc(size, sizeof(*table));

    if (!table)
        return false;
    used = 0;
    for (size_t i = 0; i < capacity; i++) {
        if (!entries[i].value || !*entries[i].sym)
            continue;
        *probe(table, size, entries[i].value, entries[i].is_buffer) = entries[i];
        used++;
    }
    free(entries);
    entries = table;
    capacity = size;
    return true;
}

/* NULL without memory. */
static struct entry *slot_locked(const void *value, bool is_buffer)
{
    struct entry *entry;

    if (2 * (used + 1) > capacity && !grow_locked())
        return NULL;
    entry = probe(entries, capacity, (uintptr_t)value, is_buffer);
    if (!entry->value) {
        *entry = (struct entry){.value = (uintptr_t)value, .is_buffer = is_buffer};
        used++;
    }
    return entry;
}

static void name_locked(struct entry *entry, char letter)
{
    snprintf(entry->sym, sizeof(entry->sym), "%c%u", letter, next_number[letter - 'a']++);
}

const char *tracer_name(const void *handle, char sym[TRACER_SYM])
{
    struct entry *entry;

    if (!handle)
        return NULL;
    if (handle == INVALID_HANDLE_VALUE)
        return "invalid";
    pthread_mutex_lock(&lock);
    entry = capacity ? probe(entries, capacity, (uintptr_t)handle, false) : NULL;
    strcpy(sym, entry && entry->value && *entry->sym ? entry->sym : "unknown");
    pthread_mutex_unlock(&lock);
    return sym;
}

const char *tracer_introduce(const void *handle, char letter, const char *kind, uint32_t flags,
                             char sym[TRACER_SYM])
{
    struct entry *entry;

    strcpy(sym, "unknown");
    if (!handle || handle == INVALID_HANDLE_VALUE)
        return NULL;
    pthread_mutex_lock(&lock);
    entry = slot_locked(handle, false);
    if (entry) {
        name_locked(entry, letter);
        strcpy(sym, entry->sym);
    }
    pthread_mutex_unlock(&lock);
    if (kind)
        cf_trace_object(tracer_writer(),
                        &(struct cf_trace_object){.sym = sym, .kind = kind, .flags = flags});
    return sym;
}

void tracer_forget(const void *handle, char sym[TRACER_SYM])
{
    struct entry *entry;

    strcpy(sym, "unknown");
    pthread_mutex_lock(&lock);
    entry = capacity && handle ? probe(entries, capacity, (uintptr_t)handle, false) : NULL;
    if (entry && entry->value && *entry->sym) {
        strcpy(sym, entry->sym);
        *entry->sym = '\0';
    }
    pthread_mutex_unlock(&lock);
}

void tracer_remember(const void *handle, const char *sym)
{
    struct entry *entry;

    if (!handle || !strcmp(sym, "unknown"))
        return;
    pthread_mutex_lock(&lock);
    entry = slot_locked(handle, false);
    if (entry && !*entry->sym)
        snprintf(entry->sym, sizeof(entry->sym), "%s", sym);
    pthread_mutex_unlock(&lock);
}

const char *tracer_buffer(const void *address, uint64_t nbytes, char sym[TRACER_SYM])
{
    struct entry *entry;
    bool fresh = false;

    if (!address)
        return NULL;
    strcpy(sym, "unknown");
    pthread_mutex_lock(&lock);
    entry = slot_locked(address, true);
    if (entry) {
        fresh = !*entry->sym || entry->nbytes < nbytes;
        if (fresh) {
            name_locked(entry, 'b'); /* a longer use is another buffer: its size has to be right */
            entry->nbytes = nbytes;
        }
        strcpy(sym, entry->sym);
    }
    pthread_mutex_unlock(&lock);
    if (fresh)
        cf_trace_object(tracer_writer(), &(struct cf_trace_object){
                                             .sym = sym, .kind = "buffer", .nbytes = nbytes});
    return sym;
}
