/* SPDX-License-Identifier: MIT */
/* What a fuzz target of this room is: one function over bytes, run by libFuzzer or by driver.c. */
#ifndef CF_FUZZ_H
#define CF_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
