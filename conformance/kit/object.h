/* SPDX-License-Identifier: MIT */
/*
 * Objects of DirectStorage, and fences, that a scenario has made: what a symbol of class 'u' holds.
 * Private to the kit. It is never freed before the end of the trial, so that what was released can
 * still be named; its interface is not called any more then.
 */
#ifndef CF_KIT_OBJECT_H
#define CF_KIT_OBJECT_H

#include "conformance/kit/interface.h"
#include "conformance/kit/run.h"

/* Work that a custom decompression queue gave, and that was not answered. */
struct cf_taken {
    struct cf_taken *next;
    uint64_t ordinal; /* 1, 2, …: an id says nothing in a trace */
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST request;
};

struct cf_object {
    enum cf_object_kind kind;
    unsigned level; /* of its interfaces, the one that we have: 3 for IDStorageQueue3 */
    volatile LONG refs;
    bool closed;
    IUnknown *iface;
    const WCHAR *path; /* of a file, as it was passed; the data symbol's */
    const char *shown; /* the same in a trace */
    struct cf_taken *taken; /* run.lock; oldest first */
    uint64_t taken_count;   /* run.lock; ever */
};

/* ---- symbols ---- */

/*
 * The object that a word names, whose methods can be called: of this kind, not released.
 * Else the run stops, and NULL.
 */
struct cf_object *cf_object_of(struct cf_thread *thread, const struct cf_step *step,
                               const char *word, enum cf_object_kind kind);
/* The same as an argument: null, bad, or whatever was made, released or not. */
struct cf_object_arg {
    void *pointer;
    const char *sym;
};
struct cf_object_arg cf_object_argument(struct cf_thread *thread, const char *word);
/* A fence is called by whoever gets it: null, or a live one. False: the run stopped. */
bool cf_fence_argument(struct cf_thread *thread, const struct cf_step *step, const char *word,
                       struct cf_object_arg *fence_out);

/*
 * To call a method of a newer interface than we have: another pointer to the object, to be released
 * after the call. NULL: this runtime does not have it, and the run has ended as skipped.
 */
void *cf_object_as(struct cf_thread *thread, const struct cf_step *step,
                   const struct cf_object *object, const char *interface_name);

/* What a call made: introduces it under the name, with `obj` and `same` in the outputs. */
void cf_object_made(struct cf_call *call, const char *name, const struct cf_interface *iface,
                    void *pointer, struct cf_object **object_out);

/* A function of DirectStorage that this system lacks ends the run as skipped. */
bool cf_dstorage_has(struct cf_thread *thread, const struct cf_step *step, bool has,
                     const char *fn);

/* value of a word of a list "a=1 b=2", or a number. False: neither, and the run stopped. */
struct cf_word {
    const char *name;
    uint64_t value;
};
bool cf_option_word(struct cf_thread *thread, const struct cf_step *step, const char *option,
                    const struct cf_word *words, uint64_t otherwise, uint64_t *value_out);
extern const struct cf_word cf_formats[], cf_source_types[];

/* The text of an option without quotes and escapes, kept to the end of the trial; NULL: none. */
const char *cf_option_text(struct cf_thread *thread, const struct cf_step *step,
                           const char *option);

/* Lets go of everything that the scenario still holds. */
void cf_objects_release(struct cf_run *run);

#endif
