/* SPDX-License-Identifier: MIT */
/* What a successful wait promises, for the two rules that ask. */
#ifndef CF_ORACLE_WAITS_H
#define CF_ORACLE_WAITS_H

#include "conformance/oracle/rule.h"

/*
 * Compares every pop that found nothing with what waits before it had promised. all: only waits that
 * covered every entry submitted so far; else only the others.
 */
void ora_check_waits(struct ora_judge *judge, bool all);

#endif
