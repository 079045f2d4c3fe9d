/* SPDX-License-Identifier: MIT */
/* ringer.h: fault plans. */
#include <ringer.h>

#include "emu/base/fault.h"

#include <stdio.h>

int ringer_fault_check(const char *plan, char *error, size_t error_nbytes)
{
    struct emu_fault_plan parsed;

    if (!error)
        error_nbytes = 0;
    if (error_nbytes)
        error[0] = '\0';
    return emu_fault_parse(plan, &parsed, error, error_nbytes);
}

size_t ringer_fault_count(void)
{
    return emu_fault_count();
}

int ringer_fault_info(size_t index, struct ringer_fault *info)
{
    struct emu_fault_dealt dealt;

    if (!info || !emu_fault_info(index, &dealt))
        return 0;
    snprintf(info->text, sizeof info->text, "%s#%llu%s%s=%s", emu_fault_what_name(dealt.what),
             (unsigned long long)dealt.number, *dealt.part ? "@" : "", dealt.part,
             emu_fault_kind_name(dealt.kind));
    info->user_data = dealt.user_data;
    info->has_user_data = dealt.has_user_data;
    return 1;
}
