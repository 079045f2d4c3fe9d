/* SPDX-License-Identifier: MIT */
/* The chosen defect. Part of builds with -Dmutants=true only. */
#include "hooks/plugins/layer/mutant.h"

#include "hooks/plugins/layer/layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *row, *hk_case, *what;
} mutants[VL_MUTANT_COUNT + 1] = {
#define VL_MUTANT_ROW(name, row, hk_case, what) {#name, row, hk_case, what},
#include "hooks/plugins/layer/mutants.def"
#undef VL_MUTANT_ROW
};

/* Written while the plugin is loaded, before its first detour. */
static unsigned chosen = VL_MUTANT_COUNT;

static void list(void)
{
    for (size_t i = 0; i < VL_MUTANT_COUNT; i++)
        printf("%s\t%s\t%s\t%s\n", mutants[i].name, mutants[i].row, mutants[i].hk_case,
               mutants[i].what);
    fflush(stdout);
    _Exit(0);
}

bool vl_mutant_choose(const char *args)
{
    const char *environment = getenv("RINGER_VFS_MUTANT");
    char name[64];

    if (!vl_argument(args, "mutant", name, sizeof name)) {
        if (!environment || !*environment)
            return true;
        snprintf(name, sizeof name, "%s", environment);
    }
    if (!strcmp(name, "list"))
        list();
    for (chosen = 0; chosen < VL_MUTANT_COUNT && strcmp(mutants[chosen].name, name); chosen++)
        ;
    return chosen < VL_MUTANT_COUNT;
}

bool vl_mutant_on(enum vl_mutant mutant)
{
    return chosen == (unsigned)mutant;
}
