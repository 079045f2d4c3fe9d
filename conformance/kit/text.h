/* SPDX-License-Identifier: MIT */
/*
 * Words, numbers, quoted text, named constants and generated content: what scenarios and
 * expectations have in common. Calls no API.
 */
#ifndef CF_KIT_TEXT_H
#define CF_KIT_TEXT_H

#include "conformance/kit/kit.h"

#define CF_MAX_WORDS 80

/*
 * Cuts a line into words in place: blanks separate, "…" keeps blanks, '#' outside quotes ends the
 * line. Quotes and escapes stay in the word. Returns the number of words, -1 for an open quote, -2
 * for too many.
 */
int cf_split_words(char *line, char **words);

bool cf_is_name(const char *word, size_t nchars);
bool cf_is_quoted(const char *word);
/* Bytes of a quoted word; *nbytes_out of them, owned by the caller. NULL for a bad escape. */
uint8_t *cf_unquote(const char *word, size_t *nbytes_out);

/* A plain number: decimal or 0x…, with K or M. */
bool cf_parse_number(const char *word, size_t nchars, uint64_t *value_out);

/* Resolves $name and bare words of an expression; false: unknown. */
typedef bool (*cf_resolve_fn)(void *ctx, const char *name, size_t nchars, bool dollar,
                              uint64_t *value_out);
/* factor ('*' factor)* (('+'|'-') …)*, wrapping. False when it is not an expression. */
bool cf_evaluate(const char *expression, cf_resolve_fn resolve, void *ctx, uint64_t *value_out);
/* inf all none skip default data min nosync: the words that stand for numbers. */
bool cf_word_number(const char *name, size_t nchars, uint64_t *value_out);

/* nop read register-files … or a number. */
bool cf_op_number(const char *word, uint64_t *value_out);
const char *cf_op_name(unsigned op); /* NULL beyond the known ones */
#define CF_OP_COUNT 9

/* S_OK, E_ABORT, ERROR_…, STATUS_… that scenarios speak of. */
bool cf_code_by_name(const char *name, uint32_t *code_out);
const char *cf_code_name(uint32_t hresult);

/* Byte i of generated content; always below 0x80, so never a poison byte. */
uint8_t cf_generated_byte(uint64_t index, uint64_t seed);
void cf_generate(uint8_t *bytes, size_t nbytes, uint64_t offset, uint64_t seed);

/* ---- conditions ---- */

struct cf_facts {
    bool has_ioring, has_nt;
    uint32_t max_version, features, ops; /* ops: bit n set: operation n supported */
    const char *host, *engine;           /* "windows" "wine" "linux"; engine NULL: not known */
    unsigned bits;
    bool hooked; /* a hook under test shows the virtual files */
    bool has_dstorage, has_fence; /* of scenarios that speak of them; a fence can be made */
    bool mapping; /* this trial is the one with ForceMappingLayer */
};

/* True when the text is a condition. resolve: for $x<op>N; NULL refuses those. */
bool cf_condition_valid(const char *text, bool dollars);
bool cf_condition_holds(const char *text, const struct cf_facts *facts, cf_resolve_fn resolve,
                        void *ctx);

void *
cf_xalloc(size_t nbytes); /* zeroed; a recorder out of memory has nothing left to say: aborts */
char *cf_xstrndup(const char *text, size_t nchars);
char *cf_xstrdup(const char *text);
void cf_set_error(struct cf_error *error, const char *path, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
