/* SPDX-License-Identifier: MIT */
/*
 * Reads a scenario: metadata, then steps. Everything that can be wrong without running is an error
 * with its line: words, options, missing options, symbols used before they are made, expressions,
 * blocks.
 */
#include "conformance/kit/scenario.h"
#include "conformance/kit/text.h"
#include "conformance/trace/same.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *args, *options;
} verbs[CF_VERB_COUNT] = {
#define CF_VERB(name, positional, options) {#name, positional, options},
#include "conformance/kit/verbs.def"
#undef CF_VERB
};

#define MAX_DEPTH 8
#define MOST_NAME_CHARS 24 /* they become names of files, and symbols of traces with ".peer" */

struct symbol {
    char *name;
    char class_; /* 'd' 'f' 'b' 'e' 'r' 'q' 'k' 't' 'x' 'o' 'u' 'g' 'V' */
};

struct parser {
    struct cf_scenario *scenario;
    struct cf_error *error;
    const char *path;
    unsigned line;
    struct symbol symbols[256];
    unsigned symbol_count;
    char *labels[256];
    unsigned label_count;
    struct cf_step **tails[MAX_DEPTH];
    struct cf_step *open_blocks[MAX_DEPTH];
    unsigned depth;
    bool failed;
};

const char *cf_verb_name(enum cf_verb_id verb)
{
    return verbs[verb].name;
}

const struct cf_option *cf_step_find(const struct cf_step *step, const char *name)
{
    for (unsigned i = 0; i < step->option_count; i++) {
        const char *known = step->options[i].name;
        if (cf_same(known, name)) {
            return &step->options[i];
        }
    }
    return NULL;
}

const char *cf_step_option(const struct cf_step *step, const char *name)
{
    const struct cf_option *option = cf_step_find(step, name);

    return option ? option->value : NULL;
}

static bool fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(struct parser *parser, const char *format, ...)
{
    char text[sizeof parser->error->text];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cf_set_error(parser->error, parser->path, parser->line, "%s", text);
    parser->failed = true;
    return false;
}

static char symbol_class(const struct parser *parser, const char *name, size_t nchars)
{
    for (unsigned i = 0; i < parser->symbol_count; i++) {
        const char *known = parser->symbols[i].name;
        if (strlen(known) == nchars && !memcmp(known, name, nchars)) {
            return parser->symbols[i].class_;
        }
    }
    return '\0';
}

static bool define(struct parser *parser, const char *name, char class_)
{
    char known = symbol_class(parser, name, strlen(name));

    if (known && known != class_) {
        return fail(parser, "'%s' already names something else", name);
    }
    if (!known) {
        if (parser->symbol_count == sizeof parser->symbols / sizeof *parser->symbols) {
            return fail(parser, "too many symbols");
        }
        parser->symbols[parser->symbol_count++] = (struct symbol){cf_xstrdup(name), class_};
    }
    return true;
}

/* Any expression whose names are known; the values do not matter here. */
static bool known_number(void *ctx, const char *name, size_t nchars, bool dollar, uint64_t *value)
{
    struct parser *parser = ctx;
    const char *dot = memchr(name, '.', nchars);

    *value = 1;
    if (!dollar) {
        return cf_word_number(name, nchars, value) || (nchars == 3 && !memcmp(name, "max", 3));
    }
    if (!dot) {
        return symbol_class(parser, name, nchars) == 'V';
    }
    for (unsigned i = 0; i < parser->label_count; i++) {
        if (strlen(parser->labels[i]) == (size_t)(dot - name) &&
            !memcmp(parser->labels[i], name, (size_t)(dot - name))) {
            return true;
        }
    }
    return false;
}

static bool is_number(struct parser *parser, const char *word)
{
    uint64_t value;

    return cf_evaluate(word, known_number, parser, &value);
}

/* A name, "P.peer" included, of one of the classes. */
static bool is_symbol(struct parser *parser, const char *word, size_t nchars, const char *classes)
{
    char class_ = symbol_class(parser, word, nchars);

    return class_ && strchr(classes, class_);
}

static bool is_buffer(struct parser *parser, const char *word)
{
    size_t nchars = strcspn(word, "+");

    if (!strcmp(word, "null") || !strcmp(word, "bad")) {
        return true;
    }
    if (word[0] == '@') {
        char index[64];
        return nchars < sizeof index &&
               (memcpy(index, word + 1, nchars - 1), index[nchars - 1] = 0,
                is_number(parser, index)) &&
               (!word[nchars] || is_number(parser, word + nchars + 1));
    }
    return is_symbol(parser, word, nchars, "b") &&
           (!word[nchars] || is_number(parser, word + nchars + 1));
}

static bool is_kind(struct parser *parser, char kind, const char *word)
{
    size_t nchars = strlen(word);
    uint64_t value;
    const char *colon;

    switch (kind) {
    case 'N':
        return is_number(parser, word);
    case 'w':
        return word[0] != '\0';
    case 'y':
        return (cf_is_quoted(word) && word[0] == '"') || is_number(parser, word);
    case 'z':
        return cf_condition_valid(word, true);
    case 'i':
        return cf_op_number(word, &value);
    case 'd':
    case 'e':
    case 'r':
    case 'q':
    case 'k':
    case 't':
    case 'g':
    case 'o': {
        char classes[2] = {kind, '\0'};
        return is_symbol(parser, word, nchars, classes);
    }
    case 'c':
        return is_symbol(parser, word, nchars, "b");
    case 'h':
        return is_symbol(parser, word, nchars, "fek");
    case 'f':
        return !strcmp(word, "null") || !strcmp(word, "invalid") ||
               (word[0] == '@' ? is_number(parser, word + 1)
                               : is_symbol(parser, word, nchars, "fe"));
    case 'u':
        return !strcmp(word, "null") || !strcmp(word, "bad") ||
               is_symbol(parser, word, nchars, "u");
    case 'v':
        return !strcmp(word, "null") || !strcmp(word, "invalid") ||
               is_symbol(parser, word, nchars, "ef");
    case 'b':
        return is_buffer(parser, word);
    case 'l':
        colon = strrchr(word, ':');
        if (colon && is_number(parser, colon + 1)) {
            char *buffer = cf_xstrndup(word, (size_t)(colon - word));
            bool good = is_buffer(parser, buffer);
            free(buffer);
            return good;
        }
        return false;
    }
    return false;
}

static bool define_kind(struct parser *parser, char kind, const char *word)
{
    char *peer;
    bool good;

    if (!cf_is_name(word, strlen(word)) || strlen(word) > MOST_NAME_CHARS) {
        return fail(parser, "'%s' is no name", word);
    }
    if (kind == 'P') {
        peer = cf_xalloc(strlen(word) + 6);
        sprintf(peer, "%s.peer", word);
        good = define(parser, word, 'f') && define(parser, peer, 'f');
        free(peer);
        return good;
    }
    if (kind == 'X') {
        return define(parser, word, 'x');
    }
    return define(parser, word, kind == 'V' ? 'V' : (char)(kind - 'A' + 'a'));
}

static bool check_args(struct parser *parser, struct cf_step *step)
{
    const char *kinds = verbs[step->verb].args;
    unsigned i = 0;

    while (*kinds) {
        char kind = *kinds++;
        bool optional = *kinds == '?', many = *kinds == '*';
        kinds += optional || many;
        while (*kinds == ' ') {
            kinds++;
        }
        if (!many && i == step->arg_count) {
            if (optional) {
                continue;
            }
            return fail(parser, "'%s' needs more words", verbs[step->verb].name);
        }
        do {
            if (i == step->arg_count) {
                break;
            }
            const char *word = step->args[i];
            if (kind == 'H') {
                char source = step->arg_count > 1
                                  ? symbol_class(parser, step->args[1], strlen(step->args[1]))
                                  : '\0';
                if (!source || !define_kind(parser, (char)(source - 'a' + 'A'), word)) {
                    return parser->failed ? false : fail(parser, "nothing known to copy");
                }
            } else if (strchr("DFPBERQKTVXUG", kind)) {
                if (!define_kind(parser, kind, word)) {
                    return false;
                }
            } else if (!is_kind(parser, kind, word)) {
                return fail(parser, "'%s' does not fit '%s' here (kind %c)", word,
                            verbs[step->verb].name, kind);
            }
            i++;
        } while (many);
    }
    if (i < step->arg_count) {
        return fail(parser, "unknown word '%s' in '%s'", step->args[i], verbs[step->verb].name);
    }
    return true;
}

/* Finds name in an option list "a=N! b c=w"; *kind_out is '\0' for a bare option. */
static bool find_option(const char *list, const char *name, size_t nchars, char *kind_out)
{
    while (*list) {
        size_t word = strcspn(list, " "), key = strcspn(list, " =");
        if (key == nchars && !memcmp(list, name, nchars)) {
            *kind_out = key < word ? list[key + 1] : '\0';
            return true;
        }
        list += word;
        list += *list == ' ';
    }
    return false;
}

static bool add_option(struct parser *parser, struct cf_step *step, const char *word)
{
    size_t nchars = strcspn(word, "=");
    const char *value = word[nchars] ? word + nchars + 1 : "";
    char kind;

    if (!find_option(verbs[step->verb].options, word, nchars, &kind)) {
        return fail(parser, "'%s' has no option '%.*s'", verbs[step->verb].name, (int)nchars, word);
    }
    if ((kind == '\0') != (word[nchars] == '\0')) {
        return fail(parser, "option '%.*s' %s", (int)nchars, word,
                    kind ? "needs a value" : "takes no value");
    }
    char *name = cf_xstrndup(word, nchars);
    step->options = realloc(step->options, (step->option_count + 1) * sizeof *step->options);
    if (!step->options) {
        abort();
    }
    step->options[step->option_count++] = (struct cf_option){.name = name, .value = cf_xstrdup(value)};
    if (kind == 'O') {
        return define_kind(parser, 'O', value);
    }
    if (kind && !is_kind(parser, kind, value)) {
        return fail(parser, "'%s' does not fit option '%s' (kind %c)", value, name, kind);
    }
    return true;
}

static bool check_required(struct parser *parser, const struct cf_step *step)
{
    const char *list = verbs[step->verb].options;

    while (*list) {
        size_t word = strcspn(list, " "), key = strcspn(list, " =");
        if (word && list[word - 1] == '!') {
            char *name = cf_xstrndup(list, key);
            bool given = cf_step_option(step, name);
            if (!given) {
                fail(parser, "'%s' needs %s=", verbs[step->verb].name, name);
            }
            free(name);
            if (!given) {
                return false;
            }
        }
        list += word;
        list += *list == ' ';
    }
    return true;
}

static bool is_option(const struct cf_step *step, const char *word)
{
    char kind;

    return find_option(verbs[step->verb].options, word, strcspn(word, "="), &kind);
}

static bool add_words(struct parser *parser, struct cf_step *step, char **words, int count)
{
    step->args = cf_xalloc((size_t)count * sizeof *step->args);
    for (int i = 0; i < count; i++) {
        const char *equals = strchr(words[i], '=');
        bool looks_like = equals && cf_is_name(words[i], (size_t)(equals - words[i]));
        if (step->verb != CF_VERB_when && (is_option(step, words[i]) || looks_like)) {
            if (!add_option(parser, step, words[i])) {
                return false;
            }
        } else {
            step->args[step->arg_count++] = cf_xstrdup(words[i]);
        }
    }
    return check_args(parser, step) && check_required(parser, step);
}

static void steps_free(struct cf_step *step)
{
    while (step) {
        struct cf_step *next = step->next;
        for (unsigned i = 0; i < step->arg_count; i++) {
            free(step->args[i]);
        }
        for (unsigned i = 0; i < step->option_count; i++) {
            free(step->options[i].name);
            free(step->options[i].value);
        }
        free(step->args);
        free(step->options);
        free(step->label);
        steps_free(step->body);
        free(step);
        step = next;
    }
}

static bool add_label(struct parser *parser, const char *label)
{
    for (unsigned i = 0; i < parser->label_count; i++) {
        if (!strcmp(parser->labels[i], label)) {
            return fail(parser, "label '%s' stands twice", label);
        }
    }
    if (parser->label_count == sizeof parser->labels / sizeof *parser->labels) {
        return fail(parser, "too many labels");
    }
    parser->labels[parser->label_count++] = cf_xstrdup(label);
    return true;
}

static bool parse_step(struct parser *parser, char **words, int count)
{
    size_t nchars = strlen(words[0]);
    char *label = NULL;
    int verb;

    if (words[0][nchars - 1] == ':') {
        if (!cf_is_name(words[0], nchars - 1) || count < 2) {
            return fail(parser, "'%s' is no label of a step", words[0]);
        }
        label = words[0];
        label[nchars - 1] = '\0';
        words++;
        count--;
    }
    if (!strcmp(words[0], "end")) {
        if (parser->depth == 0 || count > 1 || label) {
            return fail(parser, "'end' without a block");
        }
        parser->depth--;
        return true;
    }
    for (verb = 0; verb < CF_VERB_COUNT && strcmp(verbs[verb].name, words[0]); verb++) {
    }
    if (verb == CF_VERB_COUNT) {
        return fail(parser, "unknown step '%s'", words[0]);
    }
    bool block = verb == CF_VERB_loop || verb == CF_VERB_when || verb == CF_VERB_thread;
    if (label && block) {
        return fail(parser, "a block takes no label");
    }
    struct cf_step *step = cf_xalloc(sizeof *step);
    step->verb = (enum cf_verb_id)verb;
    step->line = parser->line;
    step->label = label ? cf_xstrdup(label) : NULL;
    *parser->tails[parser->depth] = step; /* owned by the scenario from here on */
    parser->tails[parser->depth] = &step->next;
    if (!add_words(parser, step, words + 1, count - 1) || (label && !add_label(parser, label))) {
        return false;
    }
    if (block) {
        if (parser->depth + 1 == MAX_DEPTH) {
            return fail(parser, "blocks too deep");
        }
        parser->open_blocks[parser->depth++] = step;
        parser->tails[parser->depth] = &step->body;
    }
    return true;
}

static char **list_of(char **words, int count)
{
    char **list = cf_xalloc((size_t)(count + 1) * sizeof *list);

    for (int i = 0; i < count; i++) {
        list[i] = cf_xstrdup(words[i]);
    }
    return list;
}

static void list_free(char **list)
{
    for (char **item = list; item && *item; item++) {
        free(*item);
    }
    free(list);
}

/* Text to the end of the line: id and rule are read before the line is cut into words. */
static char *rest_of(const char *line, const char *keyword)
{
    line += strspn(line, " \t") + strlen(keyword);
    line += strspn(line, " \t");
    size_t nchars = strlen(line);
    while (nchars && strchr(" \t\r", line[nchars - 1])) {
        nchars--;
    }
    return cf_xstrndup(line, nchars);
}

/* 1: was metadata, 0: is a step, -1: error. */
static int parse_meta(struct parser *parser, const char *raw, char **words, int count)
{
    struct cf_scenario *scenario = parser->scenario;
    char ***list = !strcmp(words[0], "behaviours") ? &scenario->behaviours
                   : !strcmp(words[0], "needs")    ? &scenario->needs
                   : !strcmp(words[0], "levels")   ? &scenario->levels
                   : !strcmp(words[0], "claims")   ? &scenario->claims
                   : !strcmp(words[0], "luck")     ? &scenario->luck
                                                   : NULL;
    char **text = !strcmp(words[0], "id")     ? &scenario->id
                  : !strcmp(words[0], "rule") ? &scenario->rule
                  : !strcmp(words[0], "note") ? &scenario->note
                  : !strcmp(words[0], "fault") ? &scenario->fault
                                               : NULL;
    bool trials = !strcmp(words[0], "trials"), paths = !strcmp(words[0], "paths");
    uint64_t number;

    if (!list && !text && !trials && !paths) {
        return 0;
    }
    if (scenario->steps) {
        return fail(parser, "'%s' after the first step", words[0]), -1;
    }
    if (trials) {
        if (count != 2 || !cf_parse_number(words[1], strlen(words[1]), &number) || number == 0 ||
            number > 10000) {
            return fail(parser, "trials N"), -1;
        }
        scenario->trials = (unsigned)number;
        return 1;
    }
    if (paths) {
        if (count != 2 || strcmp(words[1], "one")) {
            return fail(parser, "paths one"), -1;
        }
        scenario->one_path = true;
        return 1;
    }
    if (count < 2 || (list ? *list != NULL : *text != NULL)) {
        return fail(parser, "'%s' is empty or stands twice", words[0]), -1;
    }
    if (text) {
        *text = rest_of(raw, words[0]);
        return 1;
    }
    *list = list_of(words + 1, count - 1);
    for (int i = 1; i < count && list == &scenario->needs; i++) {
        if (!cf_condition_valid(words[i], false)) {
            return fail(parser, "unknown need '%s'", words[i]), -1;
        }
    }
    return 1;
}

static bool parse_line(struct parser *parser, const char *raw)
{
    char *line = cf_xstrdup(raw), *words[CF_MAX_WORDS];
    int count = cf_split_words(line, words);
    bool good = true;

    if (count < 0) {
        good = fail(parser, count == -1 ? "a quote is not closed" : "too many words");
    } else if (count > 0 && parser->scenario->trials == 0) {
        if (count != 2 || strcmp(words[0], "scenario") || strcmp(words[1], "1")) {
            good = fail(parser, "the first line must be 'scenario 1'");
        }
        parser->scenario->trials = 1;
    } else if (count > 0) {
        int meta = parse_meta(parser, raw, words, count);
        good = meta > 0 || (meta == 0 && parse_step(parser, words, count));
    }
    free(line);
    return good;
}

static bool check_whole(struct parser *parser)
{
    struct cf_scenario *scenario = parser->scenario;

    if (parser->depth) {
        parser->line = parser->open_blocks[parser->depth - 1]->line;
        return fail(parser, "the block that starts here has no 'end'");
    }
    for (char **label = scenario->luck; label && *label; label++) {
        if (strncmp(*label, "cqe:", 4) && !cf_scenario_has_label(scenario, *label)) {
            return fail(parser, "luck: no label '%s'", *label);
        }
    }
    if (!scenario->id || !scenario->rule || !scenario->behaviours || !scenario->steps) {
        return fail(parser, "id, rule, behaviours and at least one step are needed");
    }
    return true;
}

/* ---- what can be known before a run ---- */

static bool resolve_word(void *ctx, const char *name, size_t nchars, bool dollar, uint64_t *value_out)
{
    (void)ctx;
    return !dollar && cf_word_number(name, nchars, value_out);
}

static void find_constants(struct cf_scenario *scenario, struct cf_step *step)
{
    for (; step; step = step->next) {
        for (unsigned i = 0; i < step->arg_count; i++) {
            scenario->refers |= strchr(step->args[i], '$') != NULL;
        }
        for (unsigned i = 0; i < step->option_count; i++) {
            struct cf_option *option = &step->options[i];
            scenario->refers |= strchr(option->value, '$') != NULL;
            option->constant = cf_evaluate(option->value, resolve_word, NULL, &option->number);
        }
        find_constants(scenario, step->body);
    }
}

struct cf_scenario *cf_scenario_parse(const char *text, size_t nbytes, const char *path,
                                      struct cf_error *error)
{
    static char *default_levels[] = {"quick", "full"};
    struct parser parser = {.error = error, .path = path};
    const char *end = text + nbytes;
    bool good = true;

    parser.scenario = cf_xalloc(sizeof *parser.scenario);
    parser.scenario->path = cf_xstrdup(path);
    parser.tails[0] = &parser.scenario->steps;
    while (good && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t nchars = (size_t)((newline ? newline : end) - text);
        char *raw = cf_xstrndup(text, nchars);
        parser.line++;
        good = parse_line(&parser, raw);
        free(raw);
        text += nchars + 1;
    }
    good = good && check_whole(&parser);
    for (unsigned i = 0; i < parser.symbol_count; i++) {
        free(parser.symbols[i].name);
    }
    for (unsigned i = 0; i < parser.label_count; i++) {
        free(parser.labels[i]);
    }
    parser.scenario->label_count = parser.label_count;
    if (!good) {
        cf_scenario_destroy(parser.scenario);
        return NULL;
    }
    find_constants(parser.scenario, parser.scenario->steps);
    if (!parser.scenario->levels) {
        parser.scenario->levels = list_of(default_levels, 2);
    }
    return parser.scenario;
}

void cf_scenario_destroy(struct cf_scenario *scenario)
{
    if (!scenario) {
        return;
    }
    steps_free(scenario->steps);
    list_free(scenario->behaviours);
    list_free(scenario->needs);
    list_free(scenario->levels);
    list_free(scenario->claims);
    list_free(scenario->luck);
    free(scenario->fault);
    free(scenario->path);
    free(scenario->id);
    free(scenario->rule);
    free(scenario->note);
    free(scenario);
}

struct cf_scenario *cf_scenario_load(const char *path, struct cf_error *error)
{
    struct cf_scenario *scenario;
    FILE *file = fopen(path, "rb");
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
    scenario = cf_scenario_parse(text, nbytes, path, error);
    free(text);
    return scenario;
}

bool cf_scenario_has_level(const struct cf_scenario *scenario, const char *level)
{
    for (char **item = scenario->levels; *item; item++) {
        if (!strcmp(*item, level)) {
            return true;
        }
    }
    return false;
}

static bool steps_have_label(const struct cf_step *step, const char *label)
{
    for (; step; step = step->next) {
        if ((step->label && !strcmp(step->label, label)) || steps_have_label(step->body, label)) {
            return true;
        }
    }
    return false;
}

bool cf_scenario_has_label(const struct cf_scenario *scenario, const char *label)
{
    return steps_have_label(scenario->steps, label);
}
