/* SPDX-License-Identifier: MIT */
/* `--fault PLAN`: what is a plan the library says; whatever runs inherits it by its environment. */
#include "conformance/runner/cmd.h"

#include <windows.h>

#include <ringer.h>
#include <stdlib.h>

int run_fault_option(const struct run_command *command, const char *plan)
{
    char error[192];

    if (!ringer_fault_check(plan, error, sizeof(error)))
        return run_usage(command, "--fault %s: %s", plan, error);
    setenv("RINGER_FAULT", plan, 1);
    return -1;
}

const char *run_fault_plan(void)
{
    const char *plan = getenv("RINGER_FAULT");

    return plan && ringer_fault_check(plan, NULL, 0) ? plan : NULL;
}
