/* SPDX-License-Identifier: MIT */
/* Hooks under test: which, what they claim, and their life in a child. */
#include "conformance/runner/hooks.h"

#include "conformance/runner/paths.h"

#include <windows.h>

#include <ringer.h>
#include <ringer_hook.h>

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static struct run_hooks hooks;

const struct run_hooks *run_hooks(void)
{
    return hooks.list ? &hooks : NULL;
}

static bool has_word(const char *words, const char *word)
{
    size_t nchars = strlen(word);

    for (const char *at = words; at && (at = strstr(at, word)); at += nchars)
        if ((at == words || strchr(" ,", at[-1])) && (!at[nchars] || strchr(" ,", at[nchars])))
            return true;
    return false;
}

bool run_hooks_claim(const char *word)
{
    return has_word(hooks.claims, word);
}

/* The child's half of asking: it is the one that has the hook's code in it. */
static void answer_claims(const char *file, const char *args, int fd)
{
    void *object = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    const char *claims = object ? dlsym(object, "ringer_hook_claims") : NULL;
    const char *(*claims_of)(const char *) =
        object ? (const char *(*)(const char *))dlsym(object, "ringer_hook_claims_of") : NULL;
    const char *text = !object ? dlerror() : claims_of ? claims_of(args) : claims ? claims : "core";

    (void)!write(fd, object ? "+" : "-", 1);
    (void)!write(fd, text, strlen(text));
    _exit(0);
}

/* What it claims, or NULL with *error_out; both the caller's. */
static char *ask_claims(const char *file, const char *args, char **error_out)
{
    char text[512] = "";
    size_t nbytes = 0;
    ssize_t got = 0;
    int ends[2];
    pid_t child;

    if (pipe(ends)) {
        *error_out = run_format("%s", strerror(errno));
        return NULL;
    }
    fflush(NULL);
    child = fork();
    if (!child) {
        close(ends[0]);
        answer_claims(file, args, ends[1]);
    }
    close(ends[1]);
    while (child > 0 && nbytes < sizeof(text) - 1 &&
           (got = read(ends[0], text + nbytes, sizeof(text) - 1 - nbytes)) > 0)
        nbytes += (size_t)got;
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    if (*text == '+')
        return run_format("%s", text + 1);
    *error_out = run_format("%s", *text ? text + 1 : "died while it was loaded");
    return NULL;
}

bool run_hooks_add(const char *argument, char **error_out)
{
    size_t nchars = strcspn(argument, ":");
    char *file = run_format("%.*s", (int)nchars, argument), *real = realpath(file, NULL);
    char *claims = NULL, *list;

    if (!real)
        *error_out = run_format("%s: %s", file, strerror(errno));
    else if (strpbrk(real, ",:") || strchr(argument, ','))
        *error_out = run_format("%s: neither ',' nor a ':' in its path", argument);
    else if ((claims = ask_claims(real, argument + nchars + (argument[nchars] == ':'), error_out))) {
        list = run_format("%s%s%s%s", hooks.list ? hooks.list : "", hooks.list ? "," : "", real,
                          argument + nchars);
        free(hooks.list);
        hooks.list = list;
    }
    if (claims && !hooks.claims_given) {
        char *both = hooks.claims ? run_format("%s %s", hooks.claims, claims) : strdup(claims);

        free(hooks.claims);
        hooks.claims = both;
    }
    free(claims);
    free(real);
    free(file);
    return !*error_out;
}

void run_hooks_set_claims(const char *words)
{
    free(hooks.claims);
    hooks.claims = run_format("%s", words);
    hooks.claims_given = true;
}

void run_hooks_set_virtual(void)
{
    hooks.all_virtual = true;
}

void run_hooks_set_strict(void)
{
    hooks.strict = true;
}

void run_hooks_export(void)
{
    const char *old = getenv("RINGER_HOOKS");
    char *list;

    if (!hooks.list)
        return;
    list = run_format("%s%s%s", old ? old : "", old && *old ? "," : "", hooks.list);
    setenv("RINGER_HOOKS", list, 1);
    free(list);
}

char *run_hooks_words(void)
{
    char *words = run_format("%s", "");

    for (const char *at = hooks.list; at && *at; at += *at == ',') {
        size_t nchars = strcspn(at, ",");
        char *more = run_format("%s--hook '%.*s' ", words, (int)nchars, at);

        free(words);
        words = more;
        at += nchars;
    }
    if (hooks.list) {
        char *more = run_format("%s%s%s%s%s%s", words, hooks.claims_given ? "--claims '" : "",
                                hooks.claims_given ? hooks.claims : "", hooks.claims_given ? "' " : "",
                                hooks.all_virtual ? "--virtual " : "",
                                hooks.strict ? "--strict-windows " : "");

        free(words);
        words = more;
    }
    return words;
}

bool run_hooks_load(char *error, size_t error_nbytes)
{
    ringer_hook_watch(1);
    return ringer_plugins_load(hooks.list, error, error_nbytes);
}

void run_hooks_write_lint(const char *path)
{
    FILE *out = fopen(path, "we");
    struct ringer_lint finding;

    for (size_t i = 0; out && i < ringer_lint_count() && ringer_lint_info(i, &finding); i++) {
        json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "lint", ringer_lint_name(finding.kind),
                                "function", finding.function, "module", finding.module, "text",
                                finding.text);

        json_dumpf(row, out, JSON_COMPACT);
        fputc('\n', out);
        json_decref(row);
    }
    if (out)
        fclose(out);
}

void run_hooks_say_standing(void)
{
    char line[400] = "hooks: ";
    size_t nbytes = ringer_hook_standing(line + 7, sizeof(line) - 8);

    line[7 + nbytes] = '\n';
    if (nbytes)
        (void)!write(STDERR_FILENO, line, nbytes + 8);
}

static void on_alarm(int number)
{
    (void)number;
    run_hooks_say_standing();
}

/* By a signal, on whichever thread: a thread of its own would be one more in the process that is judged. */
void run_hooks_last_words(unsigned timeout_ms)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval when = {.it_value = {.tv_sec = timeout_ms * 9 / 10 / 1000,
                                          .tv_usec = timeout_ms * 9 / 10 % 1000 * 1000}};

    if (timeout_ms >= 100 && !sigaction(SIGALRM, &action, NULL))
        setitimer(ITIMER_REAL, &when, NULL);
}

json_t *run_hooks_read_lint(const char *path)
{
    json_t *rows = json_array(), *row;
    FILE *in = fopen(path, "re");

    while (in && (row = json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL)))
        json_array_append_new(rows, row);
    if (in)
        fclose(in);
    return rows;
}

char *run_hooks_expect(void)
{
    int nchars = (int)strcspn(hooks.list, ":,"), from = nchars;

    while (from > 0 && hooks.list[from - 1] != '/')
        from--;
    nchars -= from;
    if (nchars > 3 && !strncmp(hooks.list + from + nchars - 3, ".so", 3))
        nchars -= 3;
    return run_format("%s/%.*s", run_paths()->expect, nchars, hooks.list + from);
}

json_t *run_hooks_json(void)
{
    if (!hooks.list)
        return NULL;
    return json_pack("{s:s, s:s, s:b, s:b}", "hooks", hooks.list, "claims", hooks.claims, "strict",
                     (int)hooks.strict, "virtual", (int)hooks.all_virtual);
}
