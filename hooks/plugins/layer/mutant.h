/* SPDX-License-Identifier: MIT */
/*
 * Defects on purpose: mistakes that hooks make, which a test-only build (-Dmutants=true) of refvfs
 * can be told to make, one at a time, by mutant=NAME among the plugin's arguments or
 * RINGER_VFS_MUTANT. In any other build VL_MUTANT is a constant. A switch stands where the right
 * way lives, last in its condition.
 */
#ifndef HOOKS_PLUGINS_LAYER_MUTANT_H
#define HOOKS_PLUGINS_LAYER_MUTANT_H

#include <stdbool.h>

enum vl_mutant {
#define VL_MUTANT_ROW(name, row, hk_case, what) VL_MUTANT_##name,
#include "hooks/plugins/layer/mutants.def"
#undef VL_MUTANT_ROW
    VL_MUTANT_COUNT
};

#ifdef RINGER_MUTANTS
/* False: there is none of that name. "list" prints them, one a line, and ends the process. */
bool vl_mutant_choose(const char *args);
bool vl_mutant_on(enum vl_mutant mutant);
#    define VL_MUTANT(name) __builtin_expect(vl_mutant_on(VL_MUTANT_##name), 0)
#else
#    define VL_MUTANT(name) ((void)VL_MUTANT_##name, 0)
#endif

#endif
