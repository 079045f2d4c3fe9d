/* SPDX-License-Identifier: MIT */
/* The stubs as they are, under names of the test's own. */
#define STUB_TABLE "hooks/tests/stub_rows.def"
#define STUB_SLOTS hook_test_slots
#define STUB_NAME(name) pad_##name
#include "api/dispatch/stubs_x86_64.S"
