/* SPDX-License-Identifier: MIT */
/*
 * Files for programs that run under a plugin: the same bytes in a real one and in virtual ones. Each
 * program makes them, and runs itself again with the plugin.
 */
#ifndef HOOKS_PLUGINS_TESTS_FILES_H
#define HOOKS_PLUGINS_TESTS_FILES_H

#include <windows.h>

#include <stdint.h>

/* hows: for each file how its provider reads, as the manifest says it; NULL: a real file. */
struct pf_files {
    const char *const *hows;
    unsigned count, nbytes;
    const char *folder; /* written by pf_start */
};

/* argv[1] is the plugin. Returns once it is loaded. */
void pf_start(struct pf_files *files, char **argv);
void pf_end(const struct pf_files *files);

unsigned char pf_byte(unsigned file, uint64_t at);
void pf_path(const struct pf_files *files, unsigned file, char *path, size_t nbytes);
/* Overlapped, for reading. */
HANDLE pf_open(const struct pf_files *files, unsigned file);

void __attribute__((noreturn)) pf_fail(const char *what, unsigned long value);

#endif
