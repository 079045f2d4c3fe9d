/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over files, so that corpora are tests wherever there is no libFuzzer: each
 * argument is a file, or a folder of which every file of any depth is taken (a suffix may be asked
 * for: --suffix .scn).
 */
#include "conformance/fuzz/fuzz.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned done;

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t count = 0, got;

    if (!file) {
        perror(path);
        return 1;
    }
    do {
        bytes = realloc(bytes, count + 4096);
        if (!bytes) {
            abort();
        }
        got = fread(bytes + count, 1, 4096, file);
        count += got;
    } while (got);
    fclose(file);
    /* A copy of just that size, so that a sanitizer sees a read behind the end. */
    uint8_t *exact = malloc(count ? count : 1);
    if (!exact) {
        abort();
    }
    memcpy(exact, bytes, count);
    free(bytes);
    /* Said first: when the target dies, the last name is the one. */
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(exact, count);
    free(exact);
    done++;
    return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int run_tree(char *path, const char *suffix)
{
    char *roots[] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    int rc = 0;

    if (!tree) {
        perror(path);
        return 1;
    }
    while ((entry = fts_read(tree))) {
        size_t nchars = strlen(entry->fts_path), tail = strlen(suffix);

        if (entry->fts_info == FTS_NS || entry->fts_info == FTS_ERR) {
            fprintf(stderr, "%s: %s\n", entry->fts_path, strerror(entry->fts_errno));
            rc = 1;
        } else if (entry->fts_info == FTS_F && nchars >= tail &&
                   !strcmp(entry->fts_path + nchars - tail, suffix)) {
            rc |= run_file(entry->fts_path);
        }
    }
    fts_close(tree);
    return rc;
}

int main(int argc, char **argv)
{
    const char *suffix = "";
    int rc = 0;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--suffix") && i + 1 < argc) {
            suffix = argv[++i];
        } else {
            rc |= run_tree(argv[i], suffix);
        }
    }
    printf("%u inputs\n", done);
    return rc || !done;
}
