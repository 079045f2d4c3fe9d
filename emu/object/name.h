/* SPDX-License-Identifier: MIT */
/* File names as NT compares them: without case, and against search expressions. */
#ifndef EMU_OBJECT_NAME_H
#define EMU_OBJECT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One unit in upper case: the simple pairs of Latin, Greek, Cyrillic, Armenian and their kin. */
uint16_t emu_name_upcase(uint16_t unit);

/* Less than, equal to or greater than 0, as directories are sorted: by the units in upper case. */
int emu_name_compare(const uint16_t *a, size_t a_count, const uint16_t *b, size_t b_count);

/*
 * A search expression: * and ? as everybody knows them, and what Win32 makes of them where DOS had rules of
 * its own: < (runs up to the last dot), > (one unit, or none before a dot and at the end), " (a dot, or the
 * end). scratch: 2 * (expression_count + 1) bytes.
 */
bool emu_name_match(const uint16_t *expression, size_t expression_count, const uint16_t *name,
                    size_t name_count, uint8_t *scratch);

#endif
