// SPDX-License-Identifier: MIT
/* The chosen mutant. Part of builds with -Dmutants=true only. */
#include "emu/base/mutant.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct {
    const char *name, *row, *rule;
} mutants[EMU_MUTANT_COUNT] = {
#define EMU_MUTANT_ROW(name, row, rule) [EMU_MUTANT_##name] = {#name, row, rule},
#include "emu/base/mutants.def"
#undef EMU_MUTANT_ROW
};

/* Relaxed: written once, before main, where no other thread is. */
static _Atomic unsigned chosen = EMU_MUTANT_COUNT;
static _Atomic bool armed;
/* In a file, mapped: it outlives a crash, and every process of a run adds to it. */
static _Atomic uint64_t *hits;

static void refuse(const char *what, const char *value)
{
    fprintf(stderr, "ringer: %s: %s\n", what, value);
    _exit(2);
}

static void list(void)
{
    for (size_t i = 0; i < EMU_MUTANT_COUNT; i++)
        printf("%s\t%s\t%s\n", mutants[i].name, mutants[i].row, mutants[i].rule);
    fflush(stdout);
    _exit(0);
}

static void open_hits(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    void *map = MAP_FAILED;

    if (fd >= 0 && !ftruncate(fd, sizeof *hits))
        map = mmap(NULL, sizeof *hits, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        refuse("RINGER_MUTANT_HITS cannot be used", path);
    close(fd);
    hits = map;
}

/* Before every other constructor of ours. */
__attribute__((constructor(101))) static void choose(void)
{
    const char *name = getenv("RINGER_MUTANT"), *path = getenv("RINGER_MUTANT_HITS");
    unsigned i = 0;

    if (!name || !*name)
        return;
    if (!strcmp(name, "list"))
        list();
    while (i < EMU_MUTANT_COUNT && strcmp(mutants[i].name, name))
        i++;
    if (i == EMU_MUTANT_COUNT)
        refuse("RINGER_MUTANT is no mutant of this build", name);
    if (path && *path)
        open_hits(path);
    atomic_store_explicit(&chosen, i, memory_order_relaxed);
}

static bool is_chosen(enum emu_mutant mutant)
{
    return atomic_load_explicit(&chosen, memory_order_relaxed) == (unsigned)mutant;
}

bool emu_mutant_on(enum emu_mutant mutant)
{
    if (!is_chosen(mutant))
        return false;
    if (hits)
        atomic_fetch_add_explicit(hits, 1, memory_order_relaxed);
    return true;
}

void emu_mutant_arm(enum emu_mutant mutant)
{
    if (is_chosen(mutant))
        atomic_store(&armed, true);
}

bool emu_mutant_armed(enum emu_mutant mutant)
{
    return is_chosen(mutant) && atomic_load(&armed) && emu_mutant_on(mutant);
}
