/* SPDX-License-Identifier: MIT */
/* Reads .expect files. */
#include "conformance/kit/expect_set.h"
#include "conformance/kit/scenario.h"
#include "conformance/kit/text.h"
#include "conformance/trace/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const basis_names[CF_BASIS_COUNT] = {
    "recorded",  "reported",   "machine-output", "ci-assertion", "suite-assertion",
    "statement", "documented", "inferred",       "decision",
};
static const char *const class_names[CF_CLASS_COUNT] = {"exact", "set",    "order",
                                                        "stat",  "ignore", "layout"};

const char *cf_basis_name(enum cf_basis basis)
{
    return basis_names[basis];
}

const char *cf_class_name(enum cf_class class_)
{
    return class_names[class_];
}

const char *cf_finding_name(enum cf_finding verdict)
{
    static const char *const names[] = {"pass", "fail", "vacuous", "skipped", "report"};

    return names[verdict];
}

static int name_index(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (!strcmp(names[i], name)) {
            return i;
        }
    }
    return -1;
}

/* ---- fields ---- */

static bool parse_user_data(const char *text, size_t nchars, struct cf_field *field)
{
    const char *colon = memchr(text, ':', nchars);

    if (colon) {
        field->ring = cf_xstrndup(text, (size_t)(colon - text));
        nchars -= (size_t)(colon + 1 - text);
        text = colon + 1;
    }
    const char *dots = strstr(text, "..");
    if (dots && dots < text + nchars) {
        return cf_parse_number(text, (size_t)(dots - text), &field->from) &&
               cf_parse_number(dots + 2, nchars - (size_t)(dots + 2 - text), &field->to);
    }
    if (!cf_parse_number(text, nchars, &field->from)) {
        return false;
    }
    field->to = field->from;
    return true;
}

static bool known_sub(enum cf_field_kind kind, const char *sub)
{
    static const char *const call[] = {"hr", "ret", "st", "le", "ms", "count"};
    static const char *const cqe[] = {"hr", "info", "count"};
    static const char *const mem[] = {"changed", "content", "poison_ok"};

    switch (kind) {
    case CF_FIELD_CALL:
        return name_index(call, 6, sub) >= 0 || (!strncmp(sub, "out.", 4) && sub[4]);
    case CF_FIELD_CQE:
        return name_index(cqe, 3, sub) >= 0;
    case CF_FIELD_MEM:
        return name_index(mem, 3, sub) >= 0;
    default:
        return sub[0] == '\0';
    }
}

bool cf_field_parse(const char *text, bool event, struct cf_field *field_out)
{
    size_t head = strcspn(text, "[.");
    const char *rest = text + head;
    uint64_t number;

    memset(field_out, 0, sizeof *field_out);
    field_out->index = -1;
    field_out->kind = CF_FIELD_CALL;
    if (!cf_is_name(text, head)) {
        return false;
    }
    if (*rest == '[') {
        size_t inside = strcspn(rest + 1, "]");
        if (rest[1 + inside] != ']') {
            return false;
        }
        if (head == 3 && !memcmp(text, "cqe", 3)) {
            field_out->kind = CF_FIELD_CQE;
            if (!parse_user_data(rest + 1, inside, field_out)) {
                return false;
            }
        } else if (head == 3 && (!memcmp(text, "evt", 3) || !memcmp(text, "mem", 3))) {
            field_out->kind = text[0] == 'e' ? CF_FIELD_EVT : CF_FIELD_MEM;
            field_out->label = cf_xstrndup(rest + 1, inside);
        } else {
            field_out->label = cf_xstrndup(text, head);
            if (!cf_parse_number(rest + 1, inside, &number)) {
                return false;
            }
            field_out->index = (int)number;
        }
        rest += inside + 2;
    } else {
        field_out->label = cf_xstrndup(text, head);
    }
    if (event && *rest == '\0') {
        field_out->kind = field_out->kind == CF_FIELD_CALL ? CF_FIELD_STEP : field_out->kind;
        field_out->sub = cf_xstrdup("");
        return field_out->kind == CF_FIELD_STEP || field_out->kind == CF_FIELD_CQE;
    }
    field_out->sub = cf_xstrdup(*rest == '.' ? rest + 1 : rest);
    return !event && known_sub(field_out->kind, field_out->sub);
}

void cf_field_fini(struct cf_field *field)
{
    free(field->label);
    free(field->ring);
    free(field->sub);
}

/* ---- lines ---- */

struct reader {
    struct cf_expect_set *set;
    struct cf_error *error;
    unsigned line, content_lines;
};

static bool bad(struct reader *reader, const char *what, const char *word)
{
    cf_set_error(reader->error, reader->set->path, reader->line, "%s '%s'", what, word);
    return false;
}

static bool valid_value(const char *value)
{
    uint32_t code;
    uint64_t number;
    const char *dots = strstr(value, "..");

    if (!strncmp(value, "not:", 4)) {
        return valid_value(value + 4);
    }
    if (!strcmp(value, "ok") || !strcmp(value, "fail") || cf_is_quoted(value) ||
        cf_code_by_name(value, &code) || value[0] == '[') {
        return true;
    }
    if (!strncmp(value, "ascii(", 6)) {
        unsigned long long seed, offset, nbytes;
        char tail;
        return sscanf(value, "ascii(%llu)@%llu+%llu%c", &seed, &offset, &nbytes, &tail) == 3;
    }
    if (value[0] == '$') {
        struct cf_field field;
        bool good = cf_field_parse(value + 1, false, &field);
        cf_field_fini(&field);
        return good;
    }
    if (!strncmp(value, ">=", 2) || !strncmp(value, "<=", 2)) {
        return cf_parse_number(value + 2, strlen(value + 2), &number);
    }
    if (dots) {
        return cf_parse_number(value, (size_t)(dots - value), &number) &&
               cf_parse_number(dots + 2, strlen(dots + 2), &number);
    }
    return cf_parse_number(value, strlen(value), &number);
}

enum { MOST_CONTENT = 1 << 16 }; /* bytes of an expected content that are kept */

static void find_content(struct cf_meant *meant, const char *value)
{
    unsigned long long seed, offset, nbytes;

    if (cf_is_quoted(value)) {
        meant->bytes = cf_unquote(value, &meant->nbytes);
    } else if (sscanf(value, "ascii(%llu)@%llu+%llu", &seed, &offset, &nbytes) == 3 &&
               nbytes <= MOST_CONTENT) {
        meant->nbytes = (size_t)nbytes;
        meant->bytes = cf_xalloc(meant->nbytes);
        cf_generate(meant->bytes, meant->nbytes, offset, seed);
    }
    if (meant->bytes) {
        meant->meaning = CF_MEANS_CONTENT;
        cf_sha256_of(meant->bytes, meant->nbytes, meant->sha);
    }
}

static struct cf_meant find_meaning(const struct cf_field *field, const char *value)
{
    struct cf_meant meant = {.meaning = CF_MEANS_TEXT, .high = UINT64_MAX};
    const char *dots = strstr(value, "..");
    uint32_t code;

    if (field->sub && !strcmp(field->sub, "content")) {
        find_content(&meant, value);
    } else if (cf_code_by_name(value, &code)) {
        meant = (struct cf_meant){.meaning = CF_MEANS_RANGE, .low = code, .high = code};
    } else if (value[0] == '>') {
        meant.meaning = cf_parse_number(value + 2, strlen(value + 2), &meant.low) ? CF_MEANS_RANGE
                                                                                  : CF_MEANS_TEXT;
    } else if (value[0] == '<') {
        meant.meaning = cf_parse_number(value + 2, strlen(value + 2), &meant.high) ? CF_MEANS_RANGE
                                                                                   : CF_MEANS_TEXT;
    } else if (dots && cf_parse_number(value, (size_t)(dots - value), &meant.low) &&
               cf_parse_number(dots + 2, strlen(dots + 2), &meant.high)) {
        meant.meaning = CF_MEANS_RANGE;
    } else if (!dots && cf_parse_number(value, strlen(value), &meant.low)) {
        meant.high = meant.low;
        meant.meaning = CF_MEANS_RANGE;
    }
    return meant;
}

static bool add_value(struct reader *reader, struct cf_expectation *item, const char *value)
{
    if (!valid_value(value)) {
        return bad(reader, "no value", value);
    }
    item->values = realloc(item->values, (item->value_count + 1) * sizeof *item->values);
    item->meant = realloc(item->meant, (item->value_count + 1) * sizeof *item->meant);
    if (!item->values || !item->meant) {
        abort();
    }
    item->meant[item->value_count] = find_meaning(&item->field, value);
    item->values[item->value_count++] = cf_xstrdup(value);
    return true;
}

static bool add_when(struct reader *reader, struct cf_expectation *item, const char *list)
{
    while (*list) {
        size_t nchars = strcspn(list, ",");
        char *condition = cf_xstrndup(list, nchars);
        item->when = realloc(item->when, (item->when_count + 1) * sizeof *item->when);
        if (!item->when) {
            abort();
        }
        item->when[item->when_count++] = condition;
        if (!cf_condition_valid(condition, false)) {
            return bad(reader, "no condition", condition);
        }
        list += nchars + (list[nchars] == ',');
    }
    return true;
}

static bool add_control(struct reader *reader, struct cf_expectation *item, const char *text)
{
    const char *less = strchr(text, '<');
    char *left = less ? cf_xstrndup(text, (size_t)(less - text)) : NULL;
    bool good;

    item->control = cf_xalloc(2 * sizeof *item->control);
    good = less && cf_field_parse(left, true, &item->control[0]) &&
           cf_field_parse(less + 1, true, &item->control[1]);
    free(left);
    return good || bad(reader, "no control", text);
}

/* key=value words behind the values. */
static bool add_attribute(struct reader *reader, struct cf_expectation *item, const char *word,
                          bool *basis_given)
{
    const char *equals = strchr(word, '='), *value = equals + 1, *colon;
    size_t nchars = (size_t)(equals - word);
    char key[16] = "";
    char **target = NULL;

    snprintf(key, sizeof key, "%.*s", (int)nchars, word);
    if (!strcmp(key, "basis")) {
        int basis = name_index(basis_names, CF_BASIS_COUNT, value);
        if (basis < 0) {
            return bad(reader, "unknown basis", value);
        }
        item->basis = (enum cf_basis)basis;
        *basis_given = true;
        return true;
    }
    if (!strcmp(key, "when")) {
        return add_when(reader, item, value);
    }
    if (!strcmp(key, "control")) {
        return add_control(reader, item, value);
    }
    if (!strcmp(key, "alt")) {
        colon = strchr(value, ':');
        if (!colon || item->alt_group) {
            return bad(reader, "alt=GROUP:CASE, not", value);
        }
        item->alt_group = cf_xstrndup(value, (size_t)(colon - value));
        item->alt_case = cf_xstrdup(colon + 1);
        return true;
    }
    target = !strcmp(key, "grounds")     ? &item->grounds
             : !strcmp(key, "conflicts") ? &item->conflicts
             : !strcmp(key, "row")       ? &item->row
                                         : NULL;
    if (!target || *target || !*value) {
        return bad(reader, "unknown or repeated attribute", word);
    }
    *target = cf_xstrdup(value);
    return true;
}

static bool is_attribute(const char *word)
{
    size_t key = strspn(word, "abcdefghijklmnopqrstuvwxyz");

    return key > 0 && word[key] == '=';
}

static bool parse_order(struct reader *reader, struct cf_expectation *item, char **words, int count,
                        int *used_out)
{
    int i = 0;
    size_t nchars = 1;

    item->class_ = CF_ORDER;
    item->events = cf_xalloc((size_t)(count + 1) * sizeof *item->events);
    while (i < count && !is_attribute(words[i])) {
        nchars += strlen(words[i]) + 1;
        if (i % 2 == 1 && strcmp(words[i], "<")) {
            return bad(reader, "'<' expected, not", words[i]);
        }
        if (i % 2 == 0 && !cf_field_parse(words[i], true, &item->events[item->event_count++])) {
            return bad(reader, "no event", words[i]);
        }
        i++;
    }
    if (item->event_count < 2 || i % 2 == 0) {
        return bad(reader, "order A < B", "");
    }
    item->text = cf_xalloc(nchars);
    for (int j = 0; j < i; j++) {
        strcat(strcat(item->text, j ? " " : ""), words[j]);
    }
    *used_out = i;
    return true;
}

static bool parse_values(struct reader *reader, struct cf_expectation *item, char **words,
                         int count, int *used_out)
{
    int class_ = count > 1 ? name_index(class_names, CF_CLASS_COUNT, words[1]) : -1, i = 2;

    item->text = cf_xstrdup(words[0]);
    if (!cf_field_parse(words[0], false, &item->field)) {
        return bad(reader, "no field", words[0]);
    }
    if (class_ < 0 || class_ == CF_ORDER) {
        return bad(reader, "no class after", words[0]);
    }
    item->class_ = (enum cf_class)class_;
    if (class_ == CF_SET) {
        if (i >= count || strcmp(words[i++], "{")) {
            return bad(reader, "set { … } expected after", words[0]);
        }
        while (i < count && strcmp(words[i], "}")) {
            if (!add_value(reader, item, words[i++])) {
                return false;
            }
        }
        if (i++ >= count) {
            return bad(reader, "'}' missing after", words[0]);
        }
    } else {
        while (i < count && !is_attribute(words[i])) {
            if (!add_value(reader, item, words[i++])) {
                return false;
            }
        }
    }
    bool needs_one = class_ == CF_EXACT || class_ == CF_LAYOUT;
    if ((needs_one && item->value_count != 1) || (class_ == CF_SET && item->value_count == 0)) {
        return bad(reader, "wrong number of values for", words[0]);
    }
    *used_out = i;
    return true;
}

static bool parse_expectation(struct reader *reader, char **words, int count)
{
    struct cf_expect_set *set = reader->set;
    struct cf_expectation *item;
    bool basis_given = false;
    int used = 0;

    set->items = realloc(set->items, (set->count + 1) * sizeof *set->items);
    if (!set->items) {
        abort();
    }
    item = &set->items[set->count++];
    memset(item, 0, sizeof *item);
    item->line = reader->line;
    if (!strcmp(words[0], "order")) {
        if (!parse_order(reader, item, words + 1, count - 1, &used)) {
            return false;
        }
        used++;
    } else if (!parse_values(reader, item, words, count, &used)) {
        return false;
    }
    for (; used < count; used++) {
        if (!is_attribute(words[used])) {
            return bad(reader, "unknown word", words[used]);
        }
        if (!add_attribute(reader, item, words[used], &basis_given)) {
            return false;
        }
    }
    if (!basis_given || (!item->grounds && item->basis != CF_BASIS_DECISION)) {
        return bad(reader, "basis= and grounds= are needed for", item->text);
    }
    return true;
}

static bool parse_line(struct reader *reader, char *line)
{
    char *words[CF_MAX_WORDS];
    int count = cf_split_words(line, words);

    if (count < 0) {
        return bad(reader, "a line that cannot be cut into words", "");
    }
    if (count == 0) {
        return true;
    }
    reader->content_lines++;
    if (reader->content_lines == 1) {
        return (count == 2 && !strcmp(words[0], "expect") && !strcmp(words[1], "1")) ||
               bad(reader, "the first line must be 'expect 1', not", words[0]);
    }
    if (reader->content_lines == 2) {
        if (count != 2 || strcmp(words[0], "scenario")) {
            return bad(reader, "the second line must be 'scenario ID', not", words[0]);
        }
        reader->set->scenario = cf_xstrdup(words[1]);
        return true;
    }
    if (strcmp(words[0], "expect") || count < 3) {
        return bad(reader, "unknown word", words[0]);
    }
    return parse_expectation(reader, words + 1, count - 1);
}

struct cf_expect_set *cf_expect_parse(const char *text, size_t nbytes, const char *path,
                                      struct cf_error *error)
{
    struct reader reader = {.error = error};
    const char *end = text + nbytes;
    bool good = true;

    reader.set = cf_xalloc(sizeof *reader.set);
    reader.set->path = cf_xstrdup(path);
    while (good && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t nchars = (size_t)((newline ? newline : end) - text);
        char *line = cf_xstrndup(text, nchars);
        reader.line++;
        good = parse_line(&reader, line);
        free(line);
        text += nchars + 1;
    }
    if (good && (!reader.set->scenario || reader.set->count == 0)) {
        reader.line = 0;
        good = bad(&reader, "nothing is expected in", path);
    }
    if (!good) {
        cf_expect_destroy(reader.set);
        return NULL;
    }
    return reader.set;
}

struct cf_expect_set *cf_expect_load(const char *path, struct cf_error *error)
{
    FILE *file = fopen(path, "rb");
    struct cf_expect_set *set;
    char *text = NULL;
    size_t nbytes = 0, got;

    if (!file) {
        cf_set_error(error, path, 0, "cannot be opened");
        return NULL;
    }
    do {
        text = realloc(text, nbytes + 4096);
        if (!text) {
            abort();
        }
        got = fread(text + nbytes, 1, 4096, file);
        nbytes += got;
    } while (got);
    fclose(file);
    set = cf_expect_parse(text, nbytes, path, error);
    free(text);
    return set;
}

static void expectation_fini(struct cf_expectation *item)
{
    for (unsigned i = 0; i < item->value_count; i++) {
        free(item->values[i]);
        free(item->meant[i].bytes);
    }
    for (unsigned i = 0; i < item->when_count; i++) {
        free(item->when[i]);
    }
    for (unsigned i = 0; i < item->event_count; i++) {
        cf_field_fini(&item->events[i]);
    }
    if (item->control) {
        cf_field_fini(&item->control[0]);
        cf_field_fini(&item->control[1]);
    }
    cf_field_fini(&item->field);
    free(item->values);
    free(item->meant);
    free(item->when);
    free(item->events);
    free(item->control);
    free(item->text);
    free(item->grounds);
    free(item->conflicts);
    free(item->row);
    free(item->alt_group);
    free(item->alt_case);
}

void cf_expect_destroy(struct cf_expect_set *set)
{
    if (!set) {
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        expectation_fini(&set->items[i]);
    }
    free(set->items);
    free(set->path);
    free(set->scenario);
    free(set);
}

const char *cf_expect_scenario(const struct cf_expect_set *set)
{
    return set->scenario;
}

size_t cf_expect_size(const struct cf_expect_set *set)
{
    return set->count;
}

static bool fits(const struct cf_field *field, const struct cf_scenario *scenario)
{
    return !field->label || cf_scenario_has_label(scenario, field->label);
}

bool cf_expect_fits(const struct cf_expect_set *set, const struct cf_scenario *scenario,
                    struct cf_error *error)
{
    if (strcmp(set->scenario, scenario->id)) {
        cf_set_error(error, set->path, 2, "expects '%s', the scenario is '%s'", set->scenario,
                     scenario->id);
        return false;
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct cf_expectation *item = &set->items[i];
        bool good = fits(&item->field, scenario);
        for (unsigned j = 0; j < item->event_count; j++) {
            good = good && fits(&item->events[j], scenario);
        }
        if (!good) {
            cf_set_error(error, set->path, item->line, "no step is labelled as in '%s'",
                         item->text);
            return false;
        }
    }
    return true;
}
