/* SPDX-License-Identifier: MIT */
/* `--hook` and its like, for the commands that have them. */
#include "conformance/runner/hooks.h"

#include <stdlib.h>

int run_hooks_option(const struct run_command *command, int option, const char *argument)
{
    char *error = NULL;
    int code = -1;

    if (option == RUN_OPT_HOOK && !run_hooks_add(argument, &error))
        code = run_usage(command, "--hook %s", error);
    else if (option == RUN_OPT_CLAIMS)
        run_hooks_set_claims(argument);
    else if (option == RUN_OPT_VIRTUAL)
        run_hooks_set_virtual();
    else if (option == RUN_OPT_STRICT)
        run_hooks_set_strict();
    else if (option == RUN_OPT_ETW)
        code = run_etw_option(command, argument);
    free(error);
    return code;
}
