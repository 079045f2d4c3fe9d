/* SPDX-License-Identifier: MIT */
/* Steps that speak to the hook under test, and one that a stale handle number is for. */
#include "conformance/kit/run.h"

#include <stdio.h>
#include <string.h>

/* Without a hook nothing is held and nothing is to be let go. */
bool cf_step_hook(struct cf_thread *thread, const struct cf_step *step)
{
    const struct cf_run_options *options = thread->run->options;
    char command[96];

    if (!options->hooked) {
        return true;
    }
    snprintf(command, sizeof command, "%s", step->args[0]);
    if (step->arg_count > 1) {
        size_t nchars = strlen(command);

        snprintf(command + nchars, sizeof command - nchars, " %s", step->args[1]);
    }
    if (step->arg_count > 2) {
        size_t nchars = strlen(command);

        snprintf(command + nchars, sizeof command - nchars, " %llu",
                 (unsigned long long)cf_number(thread, step->args[2]));
    }
    cf_trace_note(thread->run->writer, command, "hook");
    if (!options->control || options->control(command) != 0) {
        return cf_skip(thread, step, "the hook has no control '%s'", command);
    }
    return true;
}

#define MOST_OPENS 4096

/* Opens until a handle has the number that a closed one had; what came instead is closed again. */
bool cf_step_reuse(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *data = cf_symbol_find(thread, step->args[1]);
    struct cf_symbol *old = cf_symbol_find(thread, cf_step_option(step, "of"));
    HANDLE wanted = old->handle, *others = cf_keep(thread, MOST_OPENS * sizeof *others), got = NULL;
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'f');
    DWORD flags = FILE_ATTRIBUTE_NORMAL;
    unsigned count = 0;

    flags |= cf_step_option(step, "overlapped") ? FILE_FLAG_OVERLAPPED : 0;
    flags |= cf_step_option(step, "no_buffering") ? FILE_FLAG_NO_BUFFERING : 0;
    symbol->overlapped = flags & FILE_FLAG_OVERLAPPED;
    while (count < MOST_OPENS) {
        got = CreateFileW(data->path, cf_access_of(step), cf_share_of(step), NULL, OPEN_EXISTING,
                          flags, NULL);
        if (got == INVALID_HANDLE_VALUE || got == wanted) {
            break;
        }
        others[count++] = got;
    }
    while (count) {
        CloseHandle(others[--count]);
    }
    if (got == INVALID_HANDLE_VALUE) {
        return cf_stop(thread, step, "open: error %lu", (unsigned long)GetLastError());
    }
    if (got != wanted) {
        return cf_skip(thread, step, "this system does not use the number again");
    }
    symbol->handle = got;
    symbol->open = true;
    cf_trace_object(thread->run->writer, &(struct cf_trace_object){.sym = symbol->name,
                                                                   .kind = "file",
                                                                   .flags = flags,
                                                                   .nbytes = data->nbytes,
                                                                   .content = data->content});
    return true;
}
