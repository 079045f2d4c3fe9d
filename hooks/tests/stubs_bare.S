/* SPDX-License-Identifier: MIT */
/* The stubs without landing pads. */
#define STUB_TABLE "hooks/tests/stub_rows.def"
#define STUB_SLOTS hook_test_slots
#define STUB_NAME(name) bare_##name
#define STUB_NO_LANDING_PAD 1
#include "api/dispatch/stubs_x86_64.S"
