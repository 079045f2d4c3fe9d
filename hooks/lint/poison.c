/* SPDX-License-Identifier: MIT */
/*
 * Bytes that no program should ever read: what lies behind a virtual handle until a hook puts the
 * file's own there. Who sees them was served by the system past the hook.
 */
#include "hooks/lint/lint.h"

#include "emu/base/usermem.h"

#include <stdio.h>
#include <string.h>

#define PATTERNS 4
#define LEAST 8 /* bytes in a row, below which it may be chance */
#define MOST 64
#define CHUNK 4096

struct pattern {
    size_t nbytes;
    unsigned char bytes[MOST];
};

/* Under the lock to be added to; each is as it is for ever once it is counted. */
static struct emu_lock lock = EMU_LOCK_INIT;
static struct pattern patterns[PATTERNS];
static _Atomic unsigned count;

int ringer_lint_poison(const void *pattern, size_t nbytes)
{
    bool known = false;
    unsigned n;

    if (!pattern || nbytes < LEAST || nbytes > MOST)
        return 0;
    emu_lock_acquire(&lock);
    n = atomic_load_explicit(&count, memory_order_relaxed);
    for (unsigned i = 0; i < n; i++)
        known = known || (patterns[i].nbytes == nbytes && !memcmp(patterns[i].bytes, pattern, nbytes));
    if (!known && n < PATTERNS) {
        memcpy(patterns[n].bytes, pattern, nbytes);
        patterns[n].nbytes = nbytes;
        atomic_store_explicit(&count, n + 1, memory_order_release); /* pairs with is_poisoned */
        known = true;
    }
    emu_lock_release(&lock);
    return known;
}

/* A read that begins anywhere in the pattern. */
static bool begins_with(const unsigned char *data, size_t nbytes, const struct pattern *pattern)
{
    for (size_t phase = 0; nbytes >= LEAST && phase < pattern->nbytes; phase++) {
        size_t i = 0;

        while (i < LEAST && data[i] == pattern->bytes[(phase + i) % pattern->nbytes])
            i++;
        if (i == LEAST)
            return true;
    }
    return false;
}

static bool is_poisoned(const unsigned char *data, size_t nbytes)
{
    unsigned n = atomic_load_explicit(&count, memory_order_acquire);

    for (unsigned i = 0; i < n; i++)
        if (begins_with(data, nbytes, &patterns[i]) ||
            memmem(data, nbytes, patterns[i].bytes, LEAST))
            return true;
    return false;
}

void hook_lint_read(const char *function, const void *buffer, uint64_t nbytes)
{
    unsigned char chunk[CHUNK];
    char text[96];

    if (!atomic_load_explicit(&count, memory_order_relaxed))
        return;
    /* Chunks overlap, so that nothing hides where they meet. */
    for (uint64_t at = 0; at < nbytes; at += CHUNK - LEAST) {
        size_t here = nbytes - at < CHUNK ? (size_t)(nbytes - at) : CHUNK;

        if (!emu_copy_from_user(chunk, (const char *)buffer + at, here))
            return; /* it is another's by now */
        if (!is_poisoned(chunk, here))
            continue;
        snprintf(text, sizeof text, "what lies behind a virtual handle was read, within %zu bytes from %llu on",
                 here, (unsigned long long)at);
        ringer_lint_report(RINGER_LINT_POISON, function, NULL, text);
        return;
    }
}
