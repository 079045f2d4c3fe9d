/* SPDX-License-Identifier: MIT */
/*
 * Mutants: rules that a test-only build (-Dmutants=true) can break at run time, one at a time, by
 * RINGER_MUTANT=name, to show that the suite notices. In any other build EMU_MUTANT is a constant.
 *
 * A switch stands where its rule lives, last in its condition: that it was looked at is what counts
 * as having been reached.
 */
#ifndef EMU_BASE_MUTANT_H
#define EMU_BASE_MUTANT_H

#include <stdbool.h>

enum emu_mutant {
#define EMU_MUTANT_ROW(name, row, rule) EMU_MUTANT_##name,
#include "emu/base/mutants.def"
#undef EMU_MUTANT_ROW
    EMU_MUTANT_COUNT
};

#if defined(RINGER_MUTANTS) && !defined(_WIN32)

/* Is this one chosen? Counts, in the file that RINGER_MUTANT_HITS names, how often that was so. */
bool emu_mutant_on(enum emu_mutant mutant);
/* For a mutant that has two places: the first arms the second. */
void emu_mutant_arm(enum emu_mutant mutant);
bool emu_mutant_armed(enum emu_mutant mutant);

#define EMU_MUTANT(name) __builtin_expect(emu_mutant_on(EMU_MUTANT_##name), 0)
#define EMU_MUTANT_ARM(name) emu_mutant_arm(EMU_MUTANT_##name)
#define EMU_MUTANT_ARMED(name) __builtin_expect(emu_mutant_armed(EMU_MUTANT_##name), 0)

#else

#define EMU_MUTANT(name) ((void)EMU_MUTANT_##name, 0)
#define EMU_MUTANT_ARM(name) ((void)EMU_MUTANT_##name)
#define EMU_MUTANT_ARMED(name) ((void)EMU_MUTANT_##name, 0)

#endif

#endif
