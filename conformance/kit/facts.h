/* SPDX-License-Identifier: MIT */
/* What the system says of a file or a folder, as the steps and their replay show it. */
#ifndef CF_KIT_FACTS_H
#define CF_KIT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

/* One of what is said, under the name that it has in a trace. */
struct cf_fact {
    const char *name;
    uint64_t value;
};

#define CF_FILE_FACTS 9
#define CF_PATH_FACTS 3

/*
 * Every way to ask a handle for its size and kind. Attributes without those that a virtual file may not
 * have. False, with the last error of GetFileInformationByHandle: the rest is asked all the same.
 */
bool cf_file_facts(HANDLE file, struct cf_fact facts_out[CF_FILE_FACTS]);

/* The same of a path: GetFileAttributesExW, whose last error it is, and what GetFileAttributesW says. */
bool cf_path_facts(const WCHAR *path, struct cf_fact facts_out[CF_PATH_FACTS]);

/* Does the path that the system gives for a handle end in "\" and name? False with the last error. */
bool cf_final_path(HANDLE file, const char *name, bool *same_out);

/*
 * The names in dir that fit a pattern, in order of the alphabet, with a space between; without the
 * folder itself and the one above. False with the last error of FindFirstFileW.
 */
bool cf_list_names(const char *dir, const char *pattern, size_t *count_out, char *text_out,
                   size_t text_nbytes);

#endif
