/* SPDX-License-Identifier: MIT */
/* A fault plan as text and as rules: the language of docs/faults.md. */
#ifndef EMU_BASE_FAULT_PLAN_H
#define EMU_BASE_FAULT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum emu_fault_what {
    EMU_FAULT_READ,
    EMU_FAULT_WRITE,
    EMU_FAULT_FLUSH,
    EMU_FAULT_CANCEL,
    EMU_FAULT_OPEN,
    EMU_FAULT_SUBMIT,
    EMU_FAULT_WAIT,
    EMU_FAULT_WHAT_COUNT
};

enum emu_fault_kind {
    EMU_FAULT_DEVICE_ERROR,
    EMU_FAULT_NO_MEMORY,
    EMU_FAULT_DISK_FULL,
    EMU_FAULT_EOF,
    EMU_FAULT_ACCESS_DENIED,
    EMU_FAULT_IGNORED,
    EMU_FAULT_REFUSE,
    EMU_FAULT_EXPIRE,
    EMU_FAULT_KIND_COUNT
};

enum { EMU_FAULT_RULES = 32, EMU_FAULT_PART = 64 };

struct emu_fault_rule {
    uint8_t whats;             /* bits 1 << enum emu_fault_what: which operations it counts */
    uint8_t kind;              /* enum emu_fault_kind */
    uint8_t percent;           /* 1 to 100 */
    uint32_t first, last;      /* of those counted, from 1; UINT32_MAX: no last one */
    char part[EMU_FAULT_PART]; /* of the file's path; "": any file, or none */
};

struct emu_fault_plan {
    uint64_t seed;
    uint32_t count;
    struct emu_fault_rule rules[EMU_FAULT_RULES];
};

/*
 * False: error has one line that names the column and what was expected there; of the plan nothing may
 * be used. text: any bytes, or NULL.
 */
bool emu_fault_parse(const char *text, struct emu_fault_plan *plan_out, char *error,
                     size_t error_nbytes);

const char *emu_fault_what_name(enum emu_fault_what what);
const char *emu_fault_kind_name(enum emu_fault_kind kind);
/* May this kind befall that operation? on_disk: of a file that has an end and a disk that can be full. */
bool emu_fault_fits(enum emu_fault_kind kind, enum emu_fault_what what, bool on_disk);

/* Does the rule, with a fault for the nth operation that it counts, mean this one? The same each time. */
bool emu_fault_chosen(const struct emu_fault_plan *plan, uint32_t rule, uint64_t n);

#endif
