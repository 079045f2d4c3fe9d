/* SPDX-License-Identifier: MIT */
/*
 * Two runs of one scenario, side by side: on real files and on a hook's. What a program could see must
 * be the same: results and outputs of labelled calls, completions in any order, events, bytes.
 */
#ifndef CF_RUNNER_BESIDE_H
#define CF_RUNNER_BESIDE_H

#include "conformance/kit/kit.h"

/*
 * NULL: the same but for what the scenario leaves to luck. Else one line that names the first
 * difference, owned by the caller.
 */
char *run_beside(const struct cf_scenario *scenario, const char *real_trace,
                 const char *hooked_trace);

#endif
