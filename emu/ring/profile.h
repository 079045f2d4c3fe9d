/* SPDX-License-Identifier: MIT */
/* What a Windows build's rings can do. RINGER_PROFILE chooses one row for the whole process. */
#ifndef EMU_RING_PROFILE_H
#define EMU_RING_PROFILE_H

#include "emu/syscall.h" /* enum emu_family */

#include <stdbool.h>
#include <stdint.h>

struct emu_profile {
    const char *name;
    enum emu_family family;
    bool has_ioring;
    uint32_t max_version;
    uint32_t max_opcode;
    uint32_t feature_flags;
    uint32_t max_submission, max_completion;
};

const struct emu_profile *emu_profile(void);

/* A version that CreateIoRing knows: defined, and within the profile. */
bool emu_profile_has_version(const struct emu_profile *profile, uint32_t version);

#endif
