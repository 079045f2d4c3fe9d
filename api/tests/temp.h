/* SPDX-License-Identifier: MIT */
/* Where tests put their files: TMPDIR, or /tmp without one. */
#ifndef TEST_TEMP_H
#define TEST_TEMP_H

#include <stdio.h>
#include <stdlib.h>

/* As Windows' MAX_PATH has it. */
#define TEMP_MAX 260

/* A template for mkstemp and mkdtemp in path (TEMP_MAX); the same again. */
static inline char *temp_template(char *path, const char *name)
{
    const char *folder = getenv("TMPDIR");
    int n = snprintf(path, TEMP_MAX, "%s/ringer-%s-XXXXXX", folder && *folder ? folder : "/tmp",
                     name);

    if (n < 0 || n >= TEMP_MAX)
        abort(); /* a test that cannot have files cannot go on */
    return path;
}

#endif
