// SPDX-License-Identifier: MIT
#include "emu/ring/profile.h"

#include "emu/base/log.h"

#include <ioringapi.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define EVENT IORING_FEATURE_SET_COMPLETION_EVENT

/*
 * [R] IC1, IC2, IC3: 400, 65536, 131072, feature 2 on current Windows 11. The older rows: versions by
 * build [D, S] ioring.md 1.3; their limits and feature bits are [I] the same. server2022 is [I] 21H2's
 * kin (IC16 says the calls succeed there with version 3, the documentation starts at build 22000).
 */
static const struct emu_profile profiles[] = {
    {"win11-24h2", EMU_FAMILY_WIN11, true, 400, IORING_OP_WRITE_GATHER, EVENT, 65536, 131072},
    {"win11-22h2", EMU_FAMILY_WIN11, true, 300, IORING_OP_FLUSH, EVENT, 65536, 131072},
    {"win11-21h2", EMU_FAMILY_WIN11, true, 2, IORING_OP_CANCEL, EVENT, 65536, 131072},
    {"server2022", EMU_FAMILY_WIN11, true, 300, IORING_OP_FLUSH, EVENT, 65536, 131072},
    {"win10", EMU_FAMILY_WIN10, false, 0, 0, 0, 0, 0},
    {"wine", EMU_FAMILY_WINE, false, 0, 0, 0, 0, 0},
};

const struct emu_profile *emu_profile(void)
{
    static _Atomic(const struct emu_profile *) chosen;
    const struct emu_profile *profile = atomic_load_explicit(&chosen, memory_order_relaxed);
    const char *name;

    if (profile) /* relaxed: points to constants */
        return profile;
    profile = &profiles[0];
    name = getenv("RINGER_PROFILE");
    if (name && *name) {
        size_t i = 0;

        while (i < sizeof profiles / sizeof profiles[0] && strcmp(profiles[i].name, name))
            i++;
        if (i < sizeof profiles / sizeof profiles[0])
            profile = &profiles[i];
        else
            emu_log(EMU_LOG_WARN, "RINGER_PROFILE=%s is no profile, using %s", name, profile->name);
    }
    atomic_store_explicit(&chosen, profile, memory_order_relaxed);
    return profile;
}

bool emu_profile_has_version(const struct emu_profile *profile, uint32_t version)
{
    static const uint32_t defined[] = {1, 2, 300, 400};

    for (size_t i = 0; i < sizeof defined / sizeof defined[0]; i++)
        if (defined[i] == version)
            return version <= profile->max_version;
    return false;
}

enum emu_family emu_nt_family(void)
{
    return emu_profile()->family;
}
